//! References: that what they name is there, and stands where CloudFormation resolves it.

use formwork::cfn::{ec2, iam, s3, sqs};
use formwork::core::Computed;
use formwork::intrinsics::{if_else, ssm_secure, sub};
use formwork::testing::Template;
use formwork::{
    App, Condition, Construct, Env, Json, NodeId, Parameter, RawResource, Ref, Resource as _, Rule, Stack,
    UpdatePolicy, Value, json,
};
use serde_json::json as plain;

use super::{found, passes, problems, raw, told};

#[test]
fn an_attribute_that_the_type_does_not_have_is_told_the_nearest() {
    let of = |name: &'static str| {
        found(|s| {
            let jobs = s.add("Jobs", sqs::Queue::new());
            let policy = json!({ "Statement": [{ "Effect": "Allow", "Resource": jobs.get_att::<String>(name) }] });
            s.add("Policy", iam::ManagedPolicy::new(policy))
        })
    };
    insta::assert_snapshot!(of("Arm"), @r"
    error[unknown-attribute] Policy PolicyDocument.Statement[0].Resource: AWS::SQS::Queue has no attribute `Arm`
      help: did you mean `Arn`?
    ");
    insta::assert_snapshot!(of("Colour"), @r"
    error[unknown-attribute] Policy PolicyDocument.Statement[0].Resource: AWS::SQS::Queue has no attribute `Colour`
      help: it has `Arn`, `QueueUrl` and `QueueName`
    ");
    assert_eq!(of("Arn"), "");
    assert_eq!(of("VisibilityTimeout"), "", "properties can be read too");
}

#[test]
fn outputs_of_nested_stacks_are_attributes() {
    passes(|s| {
        let inner = s
            .add("Inner", raw("AWS::CloudFormation::Stack", plain!({ "TemplateURL": "https://s3.amazonaws.com/b/t" })));
        s.output("Out", inner.get_att::<String>("Outputs.VpcId"));
    });
}

#[test]
fn a_name_in_the_text_of_sub_must_stand_for_something() {
    let of = |text: &'static str| {
        found(|s| {
            s.parameter("Stage", Parameter::string());
            s.add("Jobs", sqs::Queue::new());
            s.output("Out", sub(text, [("Host", "h".into())]));
        })
    };
    assert_eq!(of("${Host} ${Stage} ${Jobs} ${Jobs.Arn} ${AWS::Region} ${!Kept} $ ${ }"), of("${ }"));
    assert_eq!(of("${Host} ${Stage} ${Jobs} ${Jobs.Arn} ${AWS::Region} ${!Kept} $"), "");
    insta::assert_snapshot!(of("${Hots}"), @r"
    error[unknown-reference]: nothing stands for `${Hots}` in this text
      help: did you mean `${Host}`? give `sub` a variable `Hots`, or write `${!Hots}` to keep it as it is
    ");
    insta::assert_snapshot!(of("${Job.Arn}"), @r"
    error[unknown-reference]: nothing stands for `${Job.Arn}` in this text
      help: did you mean `${Jobs}`? give `sub` a variable `Job.Arn`, or write `${!Job.Arn}` to keep it as it is
    ");
    insta::assert_snapshot!(of("${Jobs.Arm}"), @r"
    error[unknown-attribute]: AWS::SQS::Queue has no attribute `Arm`
      help: did you mean `Arn`?
    ");
    insta::assert_snapshot!(of("${AWS::Regoin}"), @r"
    error[unknown-reference]: nothing stands for `${AWS::Regoin}` in this text
      help: did you mean `${AWS::Region}`? give `sub` a variable `AWS::Regoin`, or write `${!AWS::Regoin}` to keep it as it is
    ");
    insta::assert_snapshot!(of("${Elsewhere}"), @r"
    error[unknown-reference]: nothing stands for `${Elsewhere}` in this text
      help: give `sub` a variable `Elsewhere`, or write `${!Elsewhere}` to keep it as it is
    ");
}

#[test]
fn a_name_in_json_must_stand_for_something() {
    let of = |value: serde_json::Value| {
        found(|s| {
            s.add("Jobs", sqs::Queue::new());
            s.add("Policy", iam::ManagedPolicy::new(plain!({ "Statement": [{ "Resource": value }] })))
        })
    };
    for good in [
        plain!({ "Ref": "Jobs" }),
        plain!({ "Fn::GetAtt": ["Jobs", "Arn"] }),
        plain!({ "Fn::GetAtt": "Jobs.Arn" }),
        plain!({ "Fn::Sub": "${Jobs.Arn}/${AWS::Region}" }),
        plain!({ "Fn::Sub": ["${X}", { "X": { "Ref": "AWS::Region" } }] }),
        plain!({ "Ref": "Jobs", "And": "more" }),
    ] {
        assert_eq!(of(good.clone()), "", "{good}");
    }
    insta::assert_snapshot!(of(plain!({ "Ref": "Job" })), @r"
    error[unknown-reference] Policy PolicyDocument.Statement[0].Resource: nothing in this stack is called `Job`
      help: did you mean `Jobs`? pass what `add` returns rather than a name
    ");
    insta::assert_snapshot!(of(plain!({ "Fn::GetAtt": ["Jobs", "Arm"] })), @r"
    error[unknown-attribute] Policy PolicyDocument.Statement[0].Resource: AWS::SQS::Queue has no attribute `Arm`
      help: did you mean `Arn`?
    ");
    insta::assert_snapshot!(of(plain!({ "Fn::Sub": ["${Y}", { "X": "x" }] })), @r"
    error[unknown-reference] Policy PolicyDocument.Statement[0].Resource: nothing in this stack is called `Y`
      help: pass what `add` returns rather than a name
    ");
}

struct Group;

impl Construct for Group {
    type Out = NodeId;

    fn build(self, s: &mut Stack) -> NodeId {
        s.add("Inner", sqs::Queue::new());
        s.current().expect("a construct is being built")
    }
}

/// A construct without children.
struct Nothing;

impl Construct for Nothing {
    type Out = NodeId;

    fn build(self, s: &mut Stack) -> NodeId {
        s.current().expect("a construct is being built")
    }
}

#[test]
fn what_depends_on_a_construct_waits_for_every_resource_in_it() {
    let template = Template::of(|s| {
        let group = s.add("Group", Group);
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).depends_on(group);
        s.add_within(group, "Later", sqs::Queue::new());
    });
    let jobs = template.resource("Jobs");
    assert_eq!(jobs["DependsOn"], serde_json::json!(["GroupInner92CB7A4B", "GroupLater4D872098"]));
}

#[test]
fn a_construct_without_a_resource_cannot_be_depended_on() {
    let text = found(|s| {
        let group = s.add("Group", Nothing);
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.resource(jobs).depends_on(group);
    });
    insta::assert_snapshot!(text, @r"
    error[unknown-reference] Jobs: this depends on a construct that holds no resource
      help: depend on one that does
    ");
    passes(|s| {
        let first = s.add("First", sqs::Queue::new());
        let second = s.add("Second", sqs::Queue::new());
        s.resource(second).depends_on(first);
    });
}

#[test]
fn a_mapping_is_asked_for_keys_that_it_has() {
    let of = |first: &'static str, second: &'static str| {
        found(|s| {
            let sizes = s.mapping("Sizes", [("dev", vec![("class", "small")]), ("prod", vec![("class", "large")])]);
            s.add("Jobs", sqs::Queue::new().queue_name(sizes.find(first, second)))
        })
    };
    assert_eq!(of("dev", "class"), "");
    insta::assert_snapshot!(of("test", "class"), @r"
    error[unknown-reference] Jobs QueueName: the mapping `Sizes` has no key `test`
      help: add it to the mapping, or look up with `find_or`
    ");
    insta::assert_snapshot!(of("dev", "count"), @r"
    error[unknown-reference] Jobs QueueName: the mapping `Sizes` has no key `count`
      help: add it to the mapping, or look up with `find_or`
    ");
    passes(|s| {
        let sizes = s.mapping("Sizes", [("dev", vec![("class", "small")])]);
        s.add("Jobs", sqs::Queue::new().queue_name(sizes.find_or("test", "class", "none")));
    });
    let by_region = |region: &'static str| {
        super::found_in(Env::region(region), |s| {
            let sizes = s.mapping("Sizes", [("us-east-1", vec![("class", "small")])]);
            s.add("Jobs", sqs::Queue::new().queue_name(sizes.find(formwork::intrinsics::region(), "class")))
        })
    };
    assert_eq!(by_region("us-east-1"), "");
    insta::assert_snapshot!(by_region("us-west-2"), @r"
    error[unknown-reference] Jobs QueueName: the mapping `Sizes` has no key `us-west-2`
      help: add it to the mapping, or look up with `find_or`
    ");
}

#[test]
fn what_another_stack_declares_is_not_known_in_this_one() {
    let text = told(&problems(|app| {
        let (stage, prod, sizes) = app.stack("one", Env::any(), |s| {
            s.add("Jobs", sqs::Queue::new());
            let stage = s.parameter("Stage", Parameter::string());
            let prod = s.condition("Prod", Condition::equals(&stage, "prod"));
            (stage, prod, s.mapping("Sizes", [("dev", vec![("class", "small")])]))
        });
        app.stack("two", Env::any(), |s| {
            let named = s.add("A", sqs::Queue::new().queue_name(&stage));
            s.resource(named).condition(&prod);
            s.add("B", sqs::Queue::new().queue_name(if_else(&prod, "a", "b")));
            s.add("C", sqs::Queue::new().queue_name(sizes.find("dev", "class")));
            s.condition("Test", Condition::negate(&prod));
            s.rule("Rule", Rule::new().assert(Condition::equals(&stage, "prod"), "must be"));
            s.output("Out", named.arn()).condition(&prod);
        });
    }));
    insta::assert_snapshot!(text, @r"
    error[unknown-reference] A QueueName: the parameter `Stage` belongs to another stack
      help: declare the parameter in this stack too
    error[unknown-reference] A: the condition `Prod` belongs to another stack
      help: declare the condition in this stack too
    error[unknown-reference] B QueueName: the condition `Prod` belongs to another stack
      help: declare the condition in this stack too
    error[unknown-reference] C QueueName: the mapping `Sizes` belongs to another stack
      help: declare the mapping in this stack too
    error[unknown-reference]: the condition `Prod` belongs to another stack
      help: declare the condition in this stack too
    error[unknown-reference]: the condition `Prod` belongs to another stack
      help: declare the condition in this stack too
    error[unknown-reference]: the parameter `Stage` belongs to another stack
      help: declare the parameter in this stack too
    ");
}

#[test]
fn references_in_policies_and_metadata_are_checked_too() {
    let text = found(|s| {
        let group = s.add(
            "Fleet",
            raw(
                "AWS::AutoScaling::AutoScalingGroup",
                plain!({
                    "MinSize": "1", "MaxSize": "1", "LaunchConfigurationName": "c",
                }),
            ),
        );
        let update = formwork::core::CodeDeployLambdaAliasUpdate {
            application_name: sub("${Nothing}", []).into_expr(),
            deployment_group_name: "g".into(),
            before_allow_traffic_hook: None,
            after_allow_traffic_hook: None,
        };
        s.resource(group)
            .update_policy(UpdatePolicy::new().code_deploy_lambda_alias_update(update))
            .metadata("Note", sub("${Nowhere}", []));
        s.metadata("Stack", sub("${Never}", []));
    });
    insta::assert_snapshot!(text, @r"
    error[unknown-reference] Fleet: nothing stands for `${Nowhere}` in this text
      help: give `sub` a variable `Nowhere`, or write `${!Nowhere}` to keep it as it is
    error[unknown-reference] Fleet: nothing stands for `${Nothing}` in this text
      help: give `sub` a variable `Nothing`, or write `${!Nothing}` to keep it as it is
    error[unknown-reference]: nothing stands for `${Never}` in this text
      help: give `sub` a variable `Never`, or write `${!Never}` to keep it as it is
    ");
}

#[test]
fn a_reference_to_another_account_or_region_says_how_to_read_it() {
    let text = |there: Env, here: Env| {
        told(&problems(|app| {
            let jobs = app.stack("one", there, |s| s.add("Jobs", sqs::Queue::new()));
            app.stack("two", here, |s| {
                s.add("Jobs", sqs::Queue::new().queue_name(jobs.queue_name()));
            });
        }))
    };
    let (east, west) = (Env::new("111111111111", "us-east-1"), Env::new("111111111111", "us-west-2"));
    insta::assert_snapshot!(text(east.clone(), west), @r"
    error[other-environment] Jobs: this refers to stack `one` in 111111111111/us-east-1, and this stack is in 111111111111/us-west-2
      help: exports reach no other account or region: wrap the reference in `by_stack_output(…)`, which reads the output when this stack is deployed, or pass the value as a parameter
    ");
    assert_eq!(text(east.clone(), east), "");
}

#[test]
fn a_reference_to_another_app_is_refused() {
    let text = told(&problems(|app| {
        let mut other = App::new();
        let jobs = other.stack("other", Env::any(), |s| s.add("Jobs", sqs::Queue::new()));
        app.stack("two", Env::any(), |s| {
            s.add("Jobs", sqs::Queue::new().queue_name(jobs.queue_name()));
        });
    }));
    insta::assert_snapshot!(text, @r"
    error[unknown-reference] Jobs: this refers to a resource of another app
      help: a reference is only good in the app that made it; take its value as a parameter or an import
    ");
}

#[test]
fn a_change_to_a_resource_of_another_stack_is_refused() {
    let text = told(&problems(|app| {
        let jobs = app.stack("one", Env::any(), |s| s.add("Jobs", sqs::Queue::new()));
        app.stack("two", Env::any(), |s| {
            s.add("Mine", sqs::Queue::new());
            s.edit(jobs, |jobs| jobs.visibility_timeout(60));
        });
    }));
    insta::assert_snapshot!(text, @r"
    error[not-this-stack]: a resource of `one` cannot be edited here
      help: do it in the definition of its own stack
    ");
}

#[test]
fn a_secure_string_is_read_where_cloudformation_reads_it() {
    passes(|s| {
        let password = ssm_secure("/db/password", Some(1));
        let db = formwork::cfn::rds::DbInstance::new().db_instance_class("db.t4g.micro").master_username("root");
        s.add("Db", db.master_user_password(password));
    });
    insta::assert_snapshot!(found(|s| s.add("Jobs", sqs::Queue::new().queue_name(ssm_secure("/name", Some(1))))), @r"
    error[secret] Jobs QueueName: a secure string of Systems Manager is not read here
      help: few properties take one; Secrets Manager's secrets can stand anywhere in a resource
    ");
    insta::assert_snapshot!(found(|s| {
        s.add("Jobs", sqs::Queue::new());
        s.output("Out", ssm_secure("/name", Some(1)));
    }), @r"
    error[secret]: a secure string of Systems Manager is not read here
      help: few properties take one; Secrets Manager's secrets can stand anywhere in a resource
    error[secret]: the output `Out` shows a secret
      help: output the secret's ARN, and read its value where it is needed
    ");
}

#[test]
fn a_typed_reference_fits_where_its_kind_is_taken() {
    passes(|s| {
        let vpc: Ref<ec2::Vpc> = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let group = s.add("Group", ec2::SecurityGroup::new("g").vpc_id(vpc));
        let bucket = s.add("Bucket", s3::Bucket::new());
        let list: Value<Json> = json!([group.group_id(), vpc.default_security_group()]);
        let endpoint =
            ec2::VpcEndpoint::new(vpc).service_name("com.amazonaws.us-east-1.s3").raw("SecurityGroupIds", list);
        s.add("Endpoint", endpoint);
        s.add("Name", RawResource::new("My::Own::Type").raw("Bucket", bucket.get_ref().cast::<Computed>()));
    });
}
