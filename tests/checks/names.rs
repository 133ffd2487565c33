//! Names: of constructs, resources, stacks, outputs, parameters, conditions, exports.

use formwork::cfn::{ec2, sqs};
use formwork::intrinsics::{region, stack_name, sub};
use formwork::{App, Condition, Env, Parameter, Rule, Stack};

use super::{found, passes, problems, told};

fn queue(s: &mut Stack, id: &str) {
    s.add(id, sqs::Queue::new());
}

#[test]
fn two_constructs_of_one_name_are_reported_once() {
    insta::assert_snapshot!(found(|s| {
        queue(s, "Jobs");
        queue(s, "Jobs");
    }), @r"
    error[name-used-twice] Jobs: two constructs are called `Jobs` here
      help: give one of them another id
    ");
    passes(|s| {
        queue(s, "Jobs");
        queue(s, "jobs");
    });
}

#[test]
fn two_paths_with_one_logical_id_are_both_named() {
    insta::assert_snapshot!(found(|s| {
        queue(s, "my-jobs");
        queue(s, "myjobs");
    }), @r"
    error[duplicate-logical-id] myjobs: `my-jobs` and `myjobs` both have the logical id `myjobs`
      help: a logical id is the path without what is not alphanumeric: change one id
    ");
    passes(|s| {
        queue(s, "my-jobs");
        queue(s, "my-tasks");
    });
}

#[test]
fn a_logical_id_of_ones_own_is_alphanumeric_and_taken_by_nobody() {
    let of = |id: &'static str| {
        found(|s| {
            queue(s, "Jobs");
            let other = s.add("Other", sqs::Queue::new());
            s.resource(other).logical_id(id);
        })
    };
    insta::assert_snapshot!(of("Jobs"), @r"
    error[duplicate-logical-id] Other: `Jobs` and `Other` both have the logical id `Jobs`
      help: a logical id is the path without what is not alphanumeric: change one id
    ");
    insta::assert_snapshot!(of("my_jobs"), @r"
    error[name] Other: `Other` gives the logical id `my_jobs`
      help: a logical id is 1 to 255 letters and digits
    ");
    insta::assert_snapshot!(of(""), @r"
    error[name] Other: `Other` gives an empty logical id
      help: a logical id is 1 to 255 letters and digits
    ");
    assert_eq!(of("Tasks"), "");
}

#[test]
fn an_id_has_at_least_one_letter_or_digit() {
    insta::assert_snapshot!(found(|s| queue(s, "")), @r"
    error[empty-name]: a construct's id is empty
      help: give it an id
    ");
    insta::assert_snapshot!(found(|s| queue(s, "日本")), @r"
    error[name] 日本: `日本` gives an empty logical id
      help: a logical id is 1 to 255 letters and digits
    ");
    passes(|s| queue(s, "日本-1"));
}

#[test]
fn what_is_declared_twice_is_shown_twice() {
    insta::assert_snapshot!(found(|s| {
        queue(s, "Jobs");
        for _ in 0..2 {
            s.output("Out", "x");
            s.parameter("In", Parameter::string());
            s.condition("If", Condition::equals(region(), "us-east-1"));
            s.rule("Rule", Rule::new().assert(Condition::equals(region(), "us-east-1"), "east"));
        }
    }), @r"
    error[name-used-twice]: the output `Out` is declared twice
      help: give one of them another name
    error[name-used-twice]: the parameter `In` is declared twice
      help: give one of them another name
    error[name-used-twice]: the condition `If` is declared twice
      help: give one of them another name
    error[name-used-twice]: the rule `Rule` is declared twice
      help: give one of them another name
    ");
}

#[test]
fn names_are_letters_and_digits() {
    insta::assert_snapshot!(found(|s| {
        queue(s, "Jobs");
        s.output("my-out", "x");
        s.parameter("my_in", Parameter::string());
        s.condition("日本", Condition::equals(region(), "us-east-1"));
        s.mapping("a.b", [("dev", vec![("k", "v")])]);
        s.rule("", Rule::new().assert(Condition::equals(region(), "us-east-1"), "east"));
    }), @r"
    error[name]: the parameter `my_in` has characters other than letters and digits
      help: call it `myin`
    error[name]: the output `my-out` has characters other than letters and digits
      help: call it `myout`
    error[name]: the condition `日本` has characters other than letters and digits
      help: call it by letters and digits
    error[name]: the mapping `a.b` has characters other than letters and digits
      help: call it `ab`
    error[name]: a rule has no name
      help: call it by letters and digits
    ");
}

#[test]
fn a_parameter_and_a_resource_have_different_names() {
    insta::assert_snapshot!(found(|s| {
        queue(s, "Jobs");
        s.parameter("Jobs", Parameter::string());
    }), @r"
    error[name-used-twice]: a parameter and a resource are both called `Jobs`
      help: `Ref` could mean either: rename one
    ");
    passes(|s| {
        queue(s, "Jobs");
        s.parameter("JobsName", Parameter::string());
        s.output("Jobs", "x");
        s.condition("Jobs", Condition::equals(region(), "us-east-1"));
    });
}

/// What is found in stacks with these paths.
fn stacks(paths: &[&str]) -> String {
    told(&problems(|app| {
        for path in paths {
            app.stack(*path, Env::any(), |s| queue(s, "Jobs"));
        }
    }))
}

#[test]
fn two_stacks_of_one_path_are_reported_once() {
    insta::assert_snapshot!(stacks(&["shop/dev", "Shop/dev"]), @r"
    error[name-used-twice]: two stacks have the path `Shop/dev`
      help: paths name files, so two may not differ in capitals alone; give one of them another path
    ");
    assert_eq!(stacks(&["shop/dev", "shop/prod"]), "");
}

#[test]
fn two_paths_that_give_one_stack_name_are_both_named() {
    insta::assert_snapshot!(stacks(&["shop/dev", "shop-dev"]), @r"
    error[name-used-twice]: `shop/dev` and `shop-dev` are both called `shop-dev` in any account/any region
      help: to CloudFormation they are one stack: `set_name` one of them
    ");
    let elsewhere = told(&problems(|app: &mut App| {
        app.stack("shop/dev", Env::region("us-east-1"), |s| queue(s, "Jobs"));
        app.stack("shop-dev", Env::region("us-west-2"), |s| queue(s, "Jobs"));
    }));
    assert_eq!(elsewhere, "");
}

#[test]
fn a_path_names_files_and_a_stack() {
    insta::assert_snapshot!(stacks(&["../escape"]), @r"
    error[name]: `../escape` is not a path that can name a stack
      help: letters, digits, `-`, `_` and `.`, with `/` between the parts
    error[name]: CloudFormation refuses `..-escape` as the name of a stack
      help: a letter, then letters, digits and `-`, 128 characters at most: choose another path, or `set_name`
    ");
    insta::assert_snapshot!(stacks(&["shop//dev"]), @r"
    error[name]: `shop//dev` is not a path that can name a stack
      help: letters, digits, `-`, `_` and `.`, with `/` between the parts
    ");
    insta::assert_snapshot!(stacks(&["1shop"]), @r"
    error[name]: CloudFormation refuses `1shop` as the name of a stack
      help: a letter, then letters, digits and `-`, 128 characters at most: choose another path, or `set_name`
    ");
    insta::assert_snapshot!(stacks(&["shop/dev_1"]), @r"
    error[name]: CloudFormation refuses `shop-dev_1` as the name of a stack
      help: a letter, then letters, digits and `-`, 128 characters at most: choose another path, or `set_name`
    ");
    insta::assert_snapshot!(stacks(&[&"s".repeat(129)]), @r"
    error[name]: CloudFormation refuses `sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss` as the name of a stack
      help: a letter, then letters, digits and `-`, 128 characters at most: choose another path, or `set_name`
    ");
    assert_eq!(stacks(&["shop/dev-1", &"s".repeat(128)]), "");
    let named = told(&problems(|app| {
        app.stack("shop/dev_1", Env::any(), |s| {
            s.set_name("shop-dev-1");
            queue(s, "Jobs");
        });
    }));
    assert_eq!(named, "");
}

/// What is found where two stacks export under a name each.
fn exports(envs: [Env; 2], name: fn(&mut Stack) -> formwork::Value<String>) -> String {
    told(&problems(|app| {
        for (path, env) in ["one", "two"].into_iter().zip(envs) {
            app.stack(path, env, |s| {
                queue(s, "Jobs");
                let name = name(s);
                s.output("Out", "x").export(name);
            });
        }
    }))
}

#[test]
fn an_export_name_is_used_once_in_an_account_and_region() {
    let east = || Env::new("111111111111", "us-east-1");
    insta::assert_snapshot!(exports([east(), east()], |_| "shared".into()), @r"
    error[export-name]: the export `shared` of `two` is also one of `one`, in 111111111111/us-east-1
      help: an export's name is unique in an account and region: put the stack's name into it
    ");
    insta::assert_snapshot!(exports([east(), east()], |_| sub("shared-${AWS::Region}", []).into()), @r"
    error[export-name]: the export `shared-us-east-1` of `two` is also one of `one`, in 111111111111/us-east-1
      help: an export's name is unique in an account and region: put the stack's name into it
    ");
    assert_eq!(exports([east(), east()], |_| sub("${AWS::StackName}-shared", []).into()), "");
    assert_eq!(
        exports([east(), east()], |_| formwork::intrinsics::join("-", [stack_name(), "shared".into()]).into()),
        ""
    );
    assert_eq!(exports([east(), Env::new("111111111111", "us-west-2")], |_| "shared".into()), "");
    assert_eq!(exports([east(), Env::new("222222222222", "us-east-1")], |_| "shared".into()), "");
}

#[test]
fn an_export_of_ones_own_may_not_take_the_name_that_a_reference_makes() {
    let taken = |name: &str| {
        told(&problems(|app| {
            let vpc = app.stack("net", Env::any(), |s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16")));
            app.stack("web", Env::any(), |s| {
                s.add("Group", ec2::SecurityGroup::new("web").vpc_id(vpc));
                s.output("Own", "x").export(name);
            });
        }))
    };
    let key = formwork::core::logical_id(["Exports", r#"Output{"Ref":"Vpc"}"#]);
    let free = told(&problems(|app| {
        let vpc = app.stack("net", Env::any(), |s| {
            let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
            s.output("Own", vpc.cidr_block()).export("net:own");
            vpc
        });
        app.stack("web", Env::any(), |s| {
            s.add("Group", ec2::SecurityGroup::new("web").vpc_id(vpc));
        });
    }));
    insta::assert_snapshot!(taken(&format!("net:{key}")), @r"
    error[export-name]: the export `net:ExportsOutputRefVpc0040386A` of `web` is also one of `net`, in any account/any region
      help: an export's name is unique in an account and region: put the stack's name into it
    ");
    assert_eq!(taken("net:own"), "");
    assert_eq!(free, "");
}
