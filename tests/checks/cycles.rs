//! Resources that need each other.

use formwork::cfn::{ec2, sqs};
use formwork::intrinsics::sub;
use formwork::{RawResource, Resource as _, json};
use serde_json::json as plain;

use super::{found, passes, problems, raw};

#[test]
fn a_cycle_is_spelled_out_and_each_of_it_is_shown() {
    let found = problems(|app| {
        app.stack("test", formwork::Env::any(), |s| {
            let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
            let web = s.add("Web", ec2::SecurityGroup::new("web").vpc_id(vpc));
            let data = s.add("Data", ec2::SecurityGroup::new("data").vpc_id(vpc));
            let rule = |from| {
                ec2::security_group::Ingress::new("tcp").from_port(443).to_port(443).source_security_group_id(from)
            };
            s.edit(web, |g| g.security_group_ingress([rule(data)]));
            s.edit(data, |g| g.security_group_ingress([rule(web)]));
        });
    });
    insta::assert_snapshot!(super::told(&found), @r"
    error[dependency-cycle] Web: these resources need each other: Web → Data → Web
      help: move one of the references into a resource of its own, as a rule of a security group can be
    ");
    let did: Vec<_> = found[0].places.iter().map(|place| place.did).collect();
    assert_eq!(did, ["added here", "and this one"]);
}

#[test]
fn references_without_a_cycle_may_meet_again() {
    passes(|s| {
        let top = s.add("Top", sqs::Queue::new());
        let left = s.add("Left", sqs::Queue::new().queue_name(sub("${Top.QueueName}-l", [])));
        let right = s.add("Right", sqs::Queue::new().tags([formwork::cfn::Tag::new("of", top.arn())]));
        let bottom = s.add("Bottom", sqs::Queue::new());
        s.resource(bottom).depends_on(left);
        s.resource(bottom).depends_on(right);
        s.resource(bottom).depends_on(top);
    });
}

#[test]
fn a_resource_that_needs_itself_is_a_cycle_of_one() {
    let text = found(|s| {
        let web = s.add("Web", ec2::SecurityGroup::new("web"));
        let own = ec2::security_group::Ingress::new("-1").source_security_group_id(web);
        s.edit(web, |g| g.security_group_ingress([own]));
    });
    insta::assert_snapshot!(text, @r"
    error[dependency-cycle] Web: this resource needs itself: Web → Web
      help: move one of the references into a resource of its own, as a rule of a security group can be
    ");
    passes(|s| {
        let web = s.add("Web", ec2::SecurityGroup::new("web"));
        let own = ec2::SecurityGroupIngress::new("-1").group_id(web).source_security_group_id(web);
        s.add("Own", own);
    });
}

#[test]
fn a_cycle_through_texts_json_metadata_and_order_is_found() {
    let by_sub = found(|s| {
        s.add("A", sqs::Queue::new().queue_name(sub("${B.QueueName}", [])));
        s.add("B", sqs::Queue::new().queue_name(sub("${A.QueueName}", [])));
    });
    insta::assert_snapshot!(by_sub, @r"
    error[dependency-cycle] A: these resources need each other: A → B → A
      help: move one of the references into a resource of its own, as a rule of a security group can be
    ");
    let by_json = found(|s| {
        s.add("A", raw("My::Own::Type", plain!({ "Other": { "Fn::GetAtt": ["B", "Arn"] } })));
        s.add("B", RawResource::new("My::Own::Type").raw("Other", plain!({ "Ref": "A" })));
    });
    insta::assert_snapshot!(by_json, @r"
    error[dependency-cycle] A: these resources need each other: A → B → A
      help: move one of the references into a resource of its own, as a rule of a security group can be
    ");
    let by_order = found(|s| {
        let a = s.add("A", sqs::Queue::new());
        let b = s.add("B", sqs::Queue::new().redrive_policy(json!({ "deadLetterTargetArn": a.arn() })));
        let c = s.add("C", sqs::Queue::new());
        s.resource(c).depends_on(b);
        s.resource(a).metadata("After", c.arn());
    });
    insta::assert_snapshot!(by_order, @r"
    error[dependency-cycle] A: these resources need each other: A → C → B → A
      help: move one of the references into a resource of its own, as a rule of a security group can be
    ");
}
