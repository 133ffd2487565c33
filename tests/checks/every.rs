//! No check is without a case.

use std::collections::{BTreeMap, BTreeSet};

use formwork::aws::ec2::{VpcSpec, Zones};
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec};
use formwork::aws::elasticloadbalancingv2::TargetGroupSpec;
use formwork::aws::iam::{ManagedPolicySpec, Principal, RoleSpec, Statement};
use formwork::cfn::{ec2, iam, sqs};
use formwork::core::Computed;
use formwork::synth::check::CHECKS;
use formwork::{App, Asset, Condition, Env, Parameter, RawResource, Resource as _, Stack, json};
use serde_json::json as plain;

use super::{problems, raw, told, trust};

/// A definition with one mistake.
type Case = fn(&mut App);

/// One stack with one mistake.
fn stack<T>(app: &mut App, define: impl FnOnce(&mut Stack) -> T) {
    app.stack("test", Env::region("eu-west-1"), define);
}

fn vpc() -> ec2::Vpc {
    ec2::Vpc::new().cidr_block("10.0.0.0/16")
}

/// Each check, and a definition in which it is the only one to find something.
const CASES: &[(&str, Case)] = &[
    ("address-block", |app| stack(app, |s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/8")))),
    ("allowed-values", |app| stack(app, |s| s.add("Vpc", vpc().instance_tenancy("quantum")))),
    ("allows-everything", |app| {
        stack(app, |s| s.add("Policy", ManagedPolicySpec::new([Statement::allow(["*"], ["*"])])));
    }),
    ("asset", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.asset("Code", Asset::folder("/home/me/code"));
        });
    }),
    ("condition", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.condition("One", Condition::all([Condition::equals("a", "b")]));
        });
    }),
    ("dependency-cycle", |app| {
        stack(app, |s| {
            let first = s.add("First", sqs::Queue::new());
            let second = s.add(
                "Second",
                sqs::Queue::new().redrive_policy(json!({ "deadLetterTargetArn": first.arn(), "maxReceiveCount": 3 })),
            );
            s.edit(first, |queue| {
                queue.redrive_policy(json!({ "deadLetterTargetArn": second.arn(), "maxReceiveCount": 3 }))
            });
        });
    }),
    ("dependent-properties", |app| {
        stack(app, |s| {
            let subnet = plain!({ "VpcId": "vpc-1a2b3c4d", "Ipv4IpamPoolId": "ipam-pool-0123456789abcdef0" });
            s.add("Subnet", raw("AWS::EC2::Subnet", subnet));
        });
    }),
    ("deprecated", |app| {
        stack(app, |s| {
            let address = plain!({ "EIP": "192.0.2.1", "InstanceId": "i-1a2b3c4d" });
            s.add("Address", raw("AWS::EC2::EIPAssociation", address));
        });
    }),
    ("duplicate-logical-id", |app| {
        stack(app, |s| {
            s.add("a-b", sqs::Queue::new());
            s.add("ab", sqs::Queue::new());
        });
    }),
    ("empty-name", |app| {
        stack(app, |s| {
            let jobs = s.add("", sqs::Queue::new());
            s.resource(jobs).logical_id("Jobs");
        });
    }),
    ("empty-stack", |app| stack(app, |_| ())),
    ("engine-version", |app| {
        stack(app, |s| {
            let cluster = plain!({ "Engine": "aurora-postgresql", "EngineVersion": "17.99" });
            s.add("Cluster", raw("AWS::RDS::DBCluster", cluster));
        });
    }),
    ("exclusive-properties", |app| stack(app, |s| s.add("Vpc", ec2::Vpc::new()))),
    ("export-name", |app| {
        for path in ["one", "two"] {
            app.stack(path, Env::any(), |s| {
                s.add("Vpc", vpc());
                s.output("Out", "x").export("shared");
            });
        }
    }),
    ("format", |app| stack(app, |s| s.add("Vpc", ec2::Vpc::new().cidr_block("wide")))),
    ("grant", |app| {
        stack(app, |s| {
            let role = s.add("Role", RoleSpec::new(Principal::any()));
            role.grant_pass_role(s, Principal::any());
        });
    }),
    ("item-count", |app| {
        stack(app, |s| {
            let profile = plain!({ "Roles": ["one", "two"] });
            s.add("Profile", raw("AWS::IAM::InstanceProfile", profile));
        });
    }),
    ("length", |app| stack(app, |s| s.add("Role", iam::Role::new(trust()).role_name("r".repeat(65))))),
    ("limit", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.description("d".repeat(1025));
        });
    }),
    ("missing-property", |app| {
        stack(app, |s| s.add("Subnet", raw("AWS::EC2::Subnet", plain!({ "CidrBlock": "10.0.0.0/24" }))));
    }),
    ("name", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.output("my-out", "x");
        });
    }),
    ("name-used-twice", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.add("Vpc", vpc());
        });
    }),
    ("not-this-stack", |app| {
        let other = app.stack("other", Env::any(), |s| s.add("Vpc", vpc()));
        app.stack("test", Env::any(), |s| {
            s.add("Vpc", vpc());
            s.edit(other, |vpc| vpc.enable_dns_support(true));
        });
    }),
    ("other-environment", |app| {
        let other = app.stack("other", Env::region("us-west-2"), |s| s.add("Vpc", vpc()));
        stack(app, |s| s.add("Group", ec2::SecurityGroup::new("g").vpc_id(other)));
    }),
    ("parameter", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.parameter("In", Parameter::string().default("a").allowed_values(["b"]));
        });
    }),
    ("pattern", |app| stack(app, |s| s.add("Role", iam::Role::new(trust()).role_name("my role")))),
    ("policy-document", |app| {
        stack(app, |s| s.add("Policy", ManagedPolicySpec::new([Statement::allow(["s3>GetObject"], ["*"])])));
    }),
    ("range", |app| stack(app, |s| s.add("Jobs", sqs::Queue::new().delay_seconds(901)))),
    ("read-only-property", |app| {
        stack(app, |s| s.add("Vpc", vpc().raw("VpcId", "vpc-1a2b3c4d")));
    }),
    ("region", |app| stack(app, |s| s.add("Images", RawResource::new("AWS::ECR::PublicRepository")))),
    ("runbook", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.runbook("look", "Look", "{{VpcId}}");
        });
    }),
    ("secret", |app| {
        stack(app, |s| s.add("Secret", raw("AWS::SecretsManager::Secret", plain!({ "SecretString": "hunter2" }))));
    }),
    ("target-group", |app| {
        stack(app, |s| {
            let vpc = s.add("Vpc", VpcSpec { zones: Zones::Count(1), ..VpcSpec::new("10.0.0.0/16") });
            let cluster = s.add("Cluster", ClusterSpec::default());
            let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec::new("web", "nginx")]));
            let service = s.add("Service", FargateServiceSpec::new(&cluster, &task, &vpc));
            let targets = s.add("Targets", TargetGroupSpec::new(&vpc, 80));
            service.attach(s, &targets);
        });
    }),
    ("unique-items", |app| {
        stack(app, |s| {
            let policies = plain!({ "ManagedPolicyArns": ["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/A"] });
            s.add("Group", raw("AWS::IAM::Group", policies));
        });
    }),
    ("unknown-action", |app| {
        stack(app, |s| s.add("Policy", ManagedPolicySpec::new([Statement::allow(["s3:GetObjcet"], ["*"])])));
    }),
    ("unknown-attribute", |app| {
        stack(app, |s| {
            let vpc = s.add("Vpc", vpc());
            s.output("Out", vpc.get_att::<String>("Colour"));
        });
    }),
    ("unknown-property", |app| stack(app, |s| s.add("Vpc", vpc().raw("Colour", "red")))),
    ("unknown-reference", |app| {
        stack(app, |s| {
            s.add("Vpc", vpc());
            s.output("Out", formwork::intrinsics::sub("${Nothing}", []));
        });
    }),
    ("unknown-type", |app| stack(app, |s| s.add("It", RawResource::new("AWS::EC2::Nothing")))),
    ("unused-allowance", |app| {
        stack(app, |s| {
            let vpc = s.add("Vpc", vpc());
            s.allow("for no reason", "range", vpc);
        });
    }),
    ("wrong-identifier", |app| {
        stack(app, |s| {
            let jobs = s.add("Jobs", sqs::Queue::new());
            let wrong = jobs.get_ref().cast::<Computed>();
            s.add("Subnet", ec2::Subnet::new(wrong).cidr_block("10.0.0.0/24"));
        });
    }),
    ("wrong-type", |app| stack(app, |s| s.add("Vpc", vpc().raw("EnableDnsSupport", "yes")))),
];

#[test]
fn every_check_has_a_case_and_every_case_a_check() {
    let checks: BTreeSet<&str> = CHECKS.iter().map(|(name, _)| *name).collect();
    let cases: BTreeSet<&str> = CASES.iter().map(|(name, _)| *name).collect();
    assert_eq!(cases, checks);
    assert_eq!(cases.len(), CASES.len(), "a check has two cases");
}

#[test]
fn each_case_is_found_by_its_own_check_alone() {
    for (name, case) in CASES {
        let found = problems(case);
        let checks: Vec<_> = found.iter().map(|problem| problem.check).collect();
        assert_eq!(checks, [*name], "{}", told(&found));
    }
}

#[test]
fn every_problem_says_where_it_is_and_what_to_do_next() {
    for (name, case) in CASES {
        for problem in problems(case) {
            assert!(!problem.places.is_empty(), "{name}: {problem:?}");
            assert!(problem.stack.is_some(), "{name}: {problem:?}");
            let help = problem.help.as_deref().unwrap_or_default();
            assert!(!help.is_empty() && !help.ends_with('.'), "{name}: {help}");
            assert!(!problem.message.ends_with('.') && !problem.message.is_empty(), "{name}: {}", problem.message);
        }
    }
}

#[test]
fn every_check_is_described_in_order() {
    let names: Vec<_> = CHECKS.iter().map(|(name, _)| *name).collect();
    assert!(names.is_sorted(), "{names:?}");
    let descriptions: BTreeMap<_, _> = CHECKS.iter().map(|(name, does)| (*does, *name)).collect();
    assert_eq!(descriptions.len(), CHECKS.len());
}
