//! Input that nobody writes on purpose is a problem, never a crash.

use formwork::cfn::{ec2, iam, sqs};
use formwork::intrinsics::{if_else, join, sub};
use formwork::{Condition, Env, Expr, Json, Parameter, RawResource, Resource as _, Value, json};
use serde_json::json as plain;

use super::{found, found_in_resource, passes, problems, told};

fn nested_lists(depth: usize) -> Value<Json> {
    let mut value = Expr::Bool(true);
    for _ in 0..depth {
        value = Expr::List(vec![value]);
    }
    Value::from_expr(value)
}

#[test]
fn json_nested_deeper_than_anything_takes_is_a_problem() {
    insta::assert_snapshot!(found(|s| s.add("Policy", iam::ManagedPolicy::new(nested_lists(1000)))), @r"
    error[limit] Policy PolicyDocument: this value has more than 200 levels, one inside the other
      help: no service takes as many: look for a loop that wraps a value in itself
    ");
    insta::assert_snapshot!(found(|s| s.add("It", RawResource::new("My::Own::Type").raw("X", nested_lists(1000)))), @r"
    error[limit] It X: this value has more than 200 levels, one inside the other
      help: no service takes as many: look for a loop that wraps a value in itself
    ");
    passes(|s| s.add("It", RawResource::new("My::Own::Type").raw("X", nested_lists(150))));
}

#[test]
fn json_text_nested_far_deeper_is_the_same_problem() {
    let mut value = plain!(true);
    for _ in 0..4_000 {
        value = serde_json::Value::Array(vec![value]);
    }
    let text = found(|s| s.add("It", RawResource::new("My::Own::Type").raw("X", value)));
    assert!(text.starts_with("error[limit] It X: this value has more than 200 levels"), "{text}");
}

#[test]
fn functions_nested_too_deep_are_a_problem() {
    let text = found(|s| {
        let condition = s.condition("If", Condition::equals("a", "b"));
        let mut name: Value<String> = "name".into();
        for _ in 0..500 {
            name = if_else(&condition, "other", name).into();
        }
        s.add("Jobs", sqs::Queue::new().queue_name(&name));
        s.output("Name", &name);
        s.metadata("Name", &name);
    });
    insta::assert_snapshot!(text, @r"
    error[limit] Jobs QueueName: this value has more than 200 levels, one inside the other
      help: no service takes as many: look for a loop that wraps a value in itself
    error[limit]: this value has more than 200 levels, one inside the other
      help: no service takes as many: look for a loop that wraps a value in itself
    error[limit]: this value has more than 200 levels, one inside the other
      help: no service takes as many: look for a loop that wraps a value in itself
    ");
    let joined = found(|s| {
        let mut name: Value<String> = "name".into();
        for _ in 0..60 {
            name = join("-", [name]).into();
        }
        s.add("Jobs", sqs::Queue::new().queue_name(name))
    });
    assert_eq!(joined, "");
}

#[test]
fn numbers_that_json_cannot_hold_are_a_problem() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let text = found(|s| {
            let alarm = plain!({
                "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "MetricName": "Errors",
                "Namespace": "AWS/Lambda", "Period": 60, "Statistic": "Sum",
            });
            s.add("Alarm", super::raw("AWS::CloudWatch::Alarm", alarm).raw("Threshold", number))
        });
        let told = format!("error[wrong-type] Alarm Threshold: `{number}` is not a number that JSON can hold\n");
        assert_eq!(text, told + "  help: give it a finite number\n");
    }
    let free = found(|s| s.add("Policy", iam::ManagedPolicy::new(json!({ "Statement": [f64::NAN] }))));
    insta::assert_snapshot!(free, @r"
    error[wrong-type] Policy PolicyDocument.Statement[0]: `NaN` is not a number that JSON can hold
      help: give it a finite number
    ");
    let foreign = found(|s| s.add("It", RawResource::new("My::Own::Type").raw("X", f64::INFINITY)));
    insta::assert_snapshot!(foreign, @r"
    error[wrong-type] It X: `inf` is not a number that JSON can hold
      help: give it a finite number
    ");
}

#[test]
fn great_numbers_do_not_overflow() {
    for number in [i64::MAX, i64::MIN] {
        let text = found(|s| s.add("Jobs", sqs::Queue::new().raw("DelaySeconds", number)));
        assert!(text.starts_with("error[range] Jobs DelaySeconds: `DelaySeconds` cannot be `"), "{text}");
    }
    let text = found_in_resource("AWS::SQS::Queue", plain!({ "DelaySeconds": u64::MAX }));
    assert!(text.starts_with("error[range]"), "{text}");
    let text = found_in_resource("AWS::SQS::Queue", plain!({ "DelaySeconds": "9".repeat(10_000) }));
    assert!(text.starts_with("error[wrong-type]"), "{text}");
}

#[test]
fn names_in_other_scripts_and_with_slashes_are_named_as_they_are() {
    insta::assert_snapshot!(found(|s| s.add("日本/語", sqs::Queue::new())), @r"
    error[name] 日本--語: `日本--語` gives an empty logical id
      help: a logical id is 1 to 255 letters and digits
    ");
    passes(|s| s.add("a/b", sqs::Queue::new()));
    insta::assert_snapshot!(found(|s| {
        s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").raw("Ключ", "v").raw("", 1).raw("A.B[0]/C", 1))
    }), @r"
    error[unknown-property] Vpc Ключ: there is no property `Ключ` here
      help: there are `CidrBlock`, `EnableDnsHostnames`, `EnableDnsSupport`, `InstanceTenancy`, `Ipv4IpamPoolId`, `Ipv4NetmaskLength`, `Tags` and `VpcEncryptionControl`
    error[unknown-property] Vpc: there is no property `` here
      help: there are `CidrBlock`, `EnableDnsHostnames`, `EnableDnsSupport`, `InstanceTenancy`, `Ipv4IpamPoolId`, `Ipv4NetmaskLength`, `Tags` and `VpcEncryptionControl`
    error[unknown-property] Vpc A.B[0]/C: there is no property `A.B[0]/C` here
      help: there are `CidrBlock`, `EnableDnsHostnames`, `EnableDnsSupport`, `InstanceTenancy`, `Ipv4IpamPoolId`, `Ipv4NetmaskLength`, `Tags` and `VpcEncryptionControl`
    ");
    insta::assert_snapshot!(found_in_resource("", plain!({ "": "" })), @r"
    error[unknown-type] It: `` cannot be the name of a resource type
      help: it is like AWS::S3::Bucket, MyCompany::Service::Thing or Custom::Thing
    ");
    insta::assert_snapshot!(found_in_resource("AWS::", plain!({})), @r"
    error[unknown-type] It: there is no resource type AWS::
      help: private and third-party types begin with another word than AWS
    ");
    insta::assert_snapshot!(found(|s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.output("Out", jobs.get_att::<String>(""));
    }), @r"
    error[unknown-attribute]: AWS::SQS::Queue has no attribute ``
      help: it has `Arn`, `QueueUrl` and `QueueName`
    ");
}

#[test]
fn texts_of_ten_thousand_characters_are_measured_and_cut() {
    let long = "x".repeat(10_000);
    let text = found(|s| {
        s.add("Vpc", ec2::Vpc::new().cidr_block(&long).instance_tenancy(&long).raw(&*long, 1));
        s.output(&*long, "x");
        s.parameter(&*long, Parameter::string());
        s.set_name(&*long);
    });
    for check in ["allowed-values", "format", "unknown-property", "name"] {
        assert!(text.contains(&format!("error[{check}]")), "{check}");
    }
    passes(|s| s.add(&long, sqs::Queue::new()));
    let tagged = told(&problems(|app| {
        app.stack(long.as_str(), Env::new(&*long, &*long), |s| {
            s.add("Jobs", sqs::Queue::new().queue_name(sub(format!("${{{long}}}"), [])));
            s.tag(&*long, &*long);
        });
    }));
    assert!(tagged.contains("error[unknown-reference]") && tagged.contains("error[limit]"));
}

#[test]
fn texts_that_look_like_functions_or_markup_are_text() {
    for name in
        ["${", "${}", "${!}", "${${}}", "}${", "{{resolve:", "{{resolve:}}", "$", "\u{0}", "\u{feff}", "\u{202e}"]
    {
        let text = found(|s| {
            s.add("Jobs", sqs::Queue::new());
            s.output("Plain", name);
            s.output("Sub", sub(name, []));
        });
        assert!(!text.contains("wrong-type"), "{name}: {text}");
    }
}

#[test]
fn lists_of_ten_thousand_items_are_checked() {
    let items: Vec<String> = (0..10_000).map(|n| format!("arn:aws:iam::aws:policy/P{n}")).collect();
    insta::assert_snapshot!(found_in_resource("AWS::IAM::Group", plain!({ "ManagedPolicyArns": items })), @r"
    error[item-count] It ManagedPolicyArns: `ManagedPolicyArns` has 10000 items
      help: it may have at most 20
    ");
}

#[test]
fn conditions_that_name_themselves_end() {
    let text = found(|s| {
        let stage = s.parameter("Stage", Parameter::string().default("x"));
        let first = s.condition("Prod", Condition::equals("a", "b"));
        let again = s.condition("Prod", Condition::negate(&first));
        s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy(if_else(&again, &stage, "default")));
    });
    assert!(text.contains("error[name-used-twice]"), "{text}");
}

#[test]
fn a_chain_as_long_as_a_stack_is_walked() {
    let text = found(|s| {
        let first = s.add("Q0", sqs::Queue::new());
        let mut last = first;
        for n in 1..500 {
            let next = s.add(format!("Q{n}"), sqs::Queue::new());
            s.resource(next).depends_on(last);
            last = next;
        }
        s.resource(first).depends_on(last);
    });
    assert!(
        text.starts_with("error[dependency-cycle] Q0: these resources need each other: Q0 → Q499 → Q498"),
        "{text}"
    );
}
