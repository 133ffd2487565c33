//! What a stack declares beside resources: parameters, conditions, rules, outputs, policies.

use formwork::cfn::{ec2, rds, s3, sqs};
use formwork::intrinsics::{get_azs, join_list, region, split, to_json_string, value_of};
use formwork::{Condition, DeletionPolicy, Parameter, Rule, Stack, UpdateReplacePolicy, json};

use super::{found, passes};

fn parameter<T>(parameter: Parameter<T>) -> String {
    found(|s| {
        s.add("Jobs", sqs::Queue::new());
        s.parameter("It", parameter);
    })
}

#[test]
fn a_default_keeps_the_constraints_of_its_parameter() {
    let string = Parameter::string;
    insta::assert_snapshot!(parameter(string().default("web").allowed_pattern("[0-9]+")), @r"
    error[parameter]: the default of `It` does not match its own pattern
      help: change one of them
    ");
    insta::assert_snapshot!(parameter(string().default("web").allowed_values(["dev", "prod"])), @r"
    error[parameter]: the default `web` of `It` is not one of its own values
      help: they are `dev` and `prod`
    ");
    insta::assert_snapshot!(parameter(string().default("web").length(4, 8)), @r"
    error[parameter]: the default of `It` is shorter or longer than its own limits
      help: change one of them
    ");
    insta::assert_snapshot!(parameter(Parameter::<i64>::number().default(99).range(1, 10)), @r"
    error[parameter]: the default of `It` is outside its own range
      help: change one of them
    ");
    insta::assert_snapshot!(parameter(Parameter::<i64>::number().default("many")), @r"
    error[parameter]: the default of `It` is not a number
      help: give it a number, or no default
    ");
    insta::assert_snapshot!(parameter(string().length(8, 4)), @r"
    error[parameter]: the limits of `It` leave nothing: at least 8, at most 4
      help: swap them
    ");
    insta::assert_snapshot!(parameter(Parameter::<i64>::number().range(8, 4)), @r"
    error[parameter]: the limits of `It` leave nothing: at least 8, at most 4
      help: swap them
    ");
    for good in [
        string().default("123").allowed_pattern("[0-9]+").length(3, 3),
        string().default("dev").allowed_values(["dev", "prod"]),
        string().default(true).allowed_values(["true", "false"]),
        string().default(3).allowed_values(["3", "5"]),
    ] {
        assert_eq!(parameter(good), "");
    }
    assert_eq!(parameter(Parameter::<i64>::number().default(10).range(1, 10)), "");
    assert_eq!(parameter(Parameter::<i64>::number().default("1.5").range(1, 2)), "");
}

#[test]
fn each_item_of_a_list_keeps_the_constraints() {
    let list = Parameter::list;
    assert_eq!(parameter(list().default("dev, prod").allowed_values(["dev", "test", "prod"])), "");
    assert_eq!(parameter(list().default("a,b").allowed_pattern("[a-z]")), "");
    insta::assert_snapshot!(parameter(list().default("dev,qa").allowed_values(["dev", "prod"])), @r"
    error[parameter]: the default `dev,qa` of `It` is not one of its own values
      help: they are `dev` and `prod`
    ");
    insta::assert_snapshot!(parameter(list().default("a,1").allowed_pattern("[a-z]")), @r"
    error[parameter]: the default of `It` does not match its own pattern
      help: change one of them
    ");
}

#[test]
fn a_default_is_a_literal() {
    insta::assert_snapshot!(parameter(Parameter::string().default(region())), @r"
    error[parameter]: the default or a value of `It` is not a literal
      help: parameters take no references and no functions
    ");
    insta::assert_snapshot!(parameter(Parameter::string().allowed_values([json!(["a"])])), @r"
    error[parameter]: the default or a value of `It` is not a literal
      help: parameters take no references and no functions
    ");
}

fn condition(condition: impl FnOnce(&mut Stack) -> Condition) -> String {
    found(|s| {
        s.add("Jobs", sqs::Queue::new());
        let condition = condition(s);
        s.condition("It", condition);
    })
}

#[test]
fn conditions_combine_two_to_ten() {
    let same = || Condition::equals(region(), "us-east-1");
    insta::assert_snapshot!(condition(|_| Condition::all([same()])), @r"
    error[condition]: the condition `It` combines 1 condition
      help: `all` and `any` take 2 to 10
    ");
    insta::assert_snapshot!(condition(|_| Condition::any((0..11).map(|_| same()))), @r"
    error[condition]: the condition `It` combines 11 conditions
      help: `all` and `any` take 2 to 10
    ");
    insta::assert_snapshot!(condition(|_| Condition::negate(Condition::any(Vec::<Condition>::new()))), @r"
    error[condition]: the condition `It` combines 0 conditions
      help: `all` and `any` take 2 to 10
    ");
    assert_eq!(condition(|_| Condition::all([same(), same()])), "");
    assert_eq!(condition(|_| Condition::any((0..10).map(|_| same()))), "");
}

#[test]
fn conditions_know_no_resources_and_no_functions_of_rules() {
    insta::assert_snapshot!(condition(|s| {
        let queue = s.add("Queue", sqs::Queue::new());
        Condition::equals(queue.arn(), "x")
    }), @r"
    error[condition]: the condition `It` refers to a resource
      help: it is decided before there are resources: compare parameters, mappings and pseudo parameters
    ");
    insta::assert_snapshot!(condition(|_| Condition::contains(["a"], region())), @r"
    error[condition]: the condition `It` uses a function of rules
      help: `contains` and `each_member_…` stand in rules only
    ");
    insta::assert_snapshot!(condition(|s| {
        let vpc = s.parameter("Vpc", Parameter::<String>::of_type("AWS::EC2::VPC::Id"));
        Condition::equals(value_of(&vpc, "Tags.Department"), "IT")
    }), @r"
    error[condition]: this function stands in rules only
      help: assert it with `Stack::rule`, or take the value as a parameter
    ");
}

#[test]
fn a_rule_asserts_something_about_parameters() {
    let rule = |rule: fn(&mut Stack) -> Rule| {
        found(|s| {
            s.add("Jobs", sqs::Queue::new());
            let rule = rule(s);
            s.rule("It", rule);
        })
    };
    insta::assert_snapshot!(rule(|_| Rule::new()), @r"
    error[condition]: the rule `It` asserts nothing
      help: add `.assert(…)`
    ");
    insta::assert_snapshot!(rule(|s| {
        let queue = s.add("Queue", sqs::Queue::new());
        Rule::new().assert(Condition::equals(queue.arn(), "x"), "is x")
    }), @r"
    error[condition]: the rule `It` refers to a resource
      help: it is decided before there are resources: compare parameters, mappings and pseudo parameters
    ");
    assert_eq!(
        rule(|s| {
            let vpc = s.parameter("Vpc", Parameter::<String>::of_type("AWS::EC2::VPC::Id"));
            let ours = Condition::equals(value_of(&vpc, "Tags.Department"), "IT");
            Rule::new().when(Condition::contains(["us-east-1"], region())).assert(ours, "ours")
        }),
        ""
    );
}

#[test]
fn an_output_is_text() {
    insta::assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        s.output("List", json!(["a", "b"]));
        s.output("Object", json!({ "a": 1 }));
        s.output("Parts", split(",", "a,b"));
        s.output("Blocks", vpc.cidr_block_associations());
        let names = s.parameter("Names", Parameter::list());
        s.output("Names", names);
    }), @r#"
    error[wrong-type]: the output `List` is not text
      help: an output is one string: join a list with `join_list(",", …)`, write an object with `to_json_string`
    error[wrong-type]: the output `Object` is not text
      help: an output is one string: join a list with `join_list(",", …)`, write an object with `to_json_string`
    error[wrong-type]: the output `Parts` is not text
      help: an output is one string: join a list with `join_list(",", …)`, write an object with `to_json_string`
    error[wrong-type]: the output `Blocks` is not text
      help: an output is one string: join a list with `join_list(",", …)`, write an object with `to_json_string`
    error[wrong-type]: the output `Names` is not text
      help: an output is one string: join a list with `join_list(",", …)`, write an object with `to_json_string`
    "#);
    passes(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        s.output("Zones", join_list(",", get_azs("")));
        s.output("Object", to_json_string(json!({ "a": 1 })));
        s.output("Blocks", join_list(",", vpc.cidr_block_associations()));
        s.output("Number", 5);
        s.output("Json", json!({ "Ref": "Vpc" }));
    });
}

#[test]
fn a_snapshot_is_for_types_that_have_them() {
    insta::assert_snapshot!(found(|s| {
        let bucket = s.add("Bucket", s3::Bucket::new());
        s.resource(bucket).deletion_policy(DeletionPolicy::Snapshot);
    }), @r"
    error[allowed-values] Bucket: AWS::S3::Bucket has no snapshots, so no policy can make one
      help: retain it instead
    ");
    passes(|s| {
        let db = s.add("Db", rds::DbInstance::new().db_instance_class("db.t4g.micro"));
        s.resource(db).deletion_policy(DeletionPolicy::Snapshot).update_replace_policy(UpdateReplacePolicy::Snapshot);
        let bucket = s.add("Bucket", s3::Bucket::new());
        s.resource(bucket).deletion_policy(DeletionPolicy::Retain);
    });
}

#[test]
fn a_mapping_holds_literals_under_keys_that_cloudformation_takes() {
    let of = |first: &'static str, second: &'static str, value: formwork::Expr| {
        found(|s| {
            s.add("Jobs", sqs::Queue::new());
            s.mapping("Map", [(first, vec![(second, value)])]);
        })
    };
    assert_eq!(of("us-east-1", "class", "small".into()), "");
    assert_eq!(of("example.com", "list", json!(["a", 1]).into_expr()), "");
    insta::assert_snapshot!(of("us_east_1", "class", "small".into()), @r"
    error[name]: the mapping `Map` has the key `us_east_1`
      help: keys of this level are of letters, digits, `.` and `-`
    ");
    insta::assert_snapshot!(of("dev", "my-class", "small".into()), @r"
    error[name]: the mapping `Map` has the key `my-class`
      help: keys of this level are of letters and digits
    ");
    insta::assert_snapshot!(of("", "class", "small".into()), @r"
    error[name]: the mapping `Map` has the key ``
      help: keys of this level are of letters, digits, `.` and `-`
    ");
    insta::assert_snapshot!(of("dev", "class", region().into_expr()), @r"
    error[wrong-type]: the mapping `Map` holds something that is not a literal
      help: its values are text, numbers and lists of them: no references, no functions, no objects
    ");
    insta::assert_snapshot!(of("dev", "class", json!({ "a": 1 }).into_expr()), @r"
    error[wrong-type]: the mapping `Map` holds something that is not a literal
      help: its values are text, numbers and lists of them: no references, no functions, no objects
    ");
}
