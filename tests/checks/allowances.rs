//! Allowances: one finding, at one construct, for a reason that the template keeps.

use formwork::cfn::{ec2, sqs};
use formwork::testing::Template;
use formwork::{Construct, NodeId, Stack};

use super::{found, passes};

fn quantum() -> ec2::Vpc {
    ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy("quantum")
}

#[test]
fn an_allowance_silences_one_check_at_one_construct() {
    passes(|s| {
        let vpc = s.add("Vpc", quantum());
        s.allow("announced this week", "allowed-values", vpc);
    });
    let other = found(|s| {
        let vpc = s.add("Vpc", quantum().cidr_block("wide"));
        s.add("Other", quantum());
        s.allow("announced this week", "allowed-values", vpc);
    });
    insta::assert_snapshot!(other, @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation
      help: write it like 10.0.0.0/16
    error[allowed-values] Other InstanceTenancy: `InstanceTenancy` cannot be `quantum`
      help: it can be `dedicated`, `default` or `host`
    ");
}

#[test]
fn the_reason_is_kept_in_the_metadata_of_the_template() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", quantum());
        s.allow("announced this week", "allowed-values", vpc);
    });
    insta::assert_snapshot!(template.resource("Vpc")["Metadata"], @r#"{"formwork:allow":[{"Check":"allowed-values","Reason":"announced this week"}]}"#);
}

struct Network;

impl Construct for Network {
    type Out = NodeId;

    fn build(self, s: &mut Stack) -> NodeId {
        s.add("Vpc", quantum());
        s.current().expect("a construct is being built")
    }
}

#[test]
fn an_allowance_at_a_construct_reaches_what_is_inside_it() {
    passes(|s| {
        let network = s.add("Network", Network);
        s.allow("announced this week", "allowed-values", network);
    });
}

#[test]
fn an_allowance_that_silences_nothing_is_a_warning() {
    insta::assert_snapshot!(found(|s| {
        let jobs = s.add("Jobs", sqs::Queue::new());
        s.allow("it was once", "allowed-values", jobs);
    }), @r"
    warning[unused-allowance] Jobs: `allowed-values` finds nothing here
      help: delete this allowance
    ");
    insta::assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", quantum());
        s.allow("announced this week", "allowed-values", vpc);
        s.allow("and again", "allowed-values", vpc);
    }), @r"
    warning[unused-allowance] Vpc: `allowed-values` finds nothing here
      help: delete this allowance
    ");
}

#[test]
fn an_unknown_check_is_an_error_with_the_nearest_name() {
    let of = |check: &'static str| {
        found(|s| {
            let vpc = s.add("Vpc", quantum());
            s.allow("announced this week", check, vpc);
        })
    };
    insta::assert_snapshot!(of("allowed-value"), @r"
    error[allowed-values] Vpc InstanceTenancy: `InstanceTenancy` cannot be `quantum`
      help: it can be `dedicated`, `default` or `host`
    error[unused-allowance] Vpc: there is no check called `allowed-value`
      help: a problem shows its check's name in brackets; did you mean `allowed-values`?
    ");
    insta::assert_snapshot!(of("everything"), @r"
    error[allowed-values] Vpc InstanceTenancy: `InstanceTenancy` cannot be `quantum`
      help: it can be `dedicated`, `default` or `host`
    error[unused-allowance] Vpc: there is no check called `everything`
      help: a problem shows its check's name in brackets
    ");
}

#[test]
fn what_cloudformation_refuses_for_certain_cannot_be_allowed() {
    insta::assert_snapshot!(found(|s| {
        s.add("my-jobs", sqs::Queue::new());
        let second = s.add("myjobs", sqs::Queue::new());
        s.allow("they are the same to us", "duplicate-logical-id", second);
    }), @r"
    error[duplicate-logical-id] myjobs: `my-jobs` and `myjobs` both have the logical id `myjobs`
      help: a logical id is the path without what is not alphanumeric: change one id
    warning[unused-allowance] myjobs: no reason allows what `duplicate-logical-id` finds
      help: CloudFormation refuses it whatever the reason: delete this allowance, and mend what is found
    ");
}

#[test]
fn a_warning_can_be_allowed() {
    passes(|s| {
        let properties = serde_json::json!({ "EIP": "192.0.2.1", "InstanceId": "i-1a2b3c4d" });
        let address = s.add("Address", super::raw("AWS::EC2::EIPAssociation", properties));
        s.allow("the old way, until the move", "deprecated", address);
    });
}
