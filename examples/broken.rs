//! An app full of mistakes, to see how they are told: `cargo run --example broken -- synth`.
//!
//! Each is one that the compiler cannot find. Nothing is written while there is one.

use std::process::ExitCode;

use formwork::aws::ec2::{Peer, Port, SecurityGroupSpec, Tier, VpcSpec};
use formwork::aws::iam::{ManagedPolicySpec, PolicyDocument};
use formwork::cfn::{ec2, rds, sqs};
use formwork::intrinsics::sub;
use formwork::{App, Env, Resource as _};

fn main() -> ExitCode {
    formwork::cli::main(define)
}

fn define(app: &mut App) {
    let vpc = app.stack("shop/network", Env::new("111111111111", "us-east-1"), |s| {
        let tiers = vec![Tier::public("Public").prefix_length(24), Tier::private("App").prefix_length(16)];
        let vpc = s.add("Vpc", VpcSpec { tiers, ..VpcSpec::new("10.0.0.0/16") });
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
        web.allow_from(s, Peer::ipv4("10.0.0.0/33"), Port::tcp(443));
        s.add("Old", ec2::Vpc::new().cidr_block("10.1.0.0/16").instance_tenancy("dedicate"));
        vpc
    });
    app.stack("shop/data", Env::new("111111111111", "eu-west-1"), |s| {
        s.add("Group", ec2::SecurityGroup::new("database").vpc_id(vpc.vpc));
        let db = rds::DbInstance::new().engine("postgres").allocated_storage("20");
        let db = db.master_user_password("correct horse");
        s.add("Db", db.raw("Storage", 20));
        let jobs = s.add("Jobs", sqs::Queue::new().visibility_timeout(50_000));
        s.add("Jobs", sqs::Queue::new());
        s.output("Url", sub("https://${Jbos}.example.com", [("Jobs", jobs.queue_name())]));
        s.allow("the old name stays until spring", "patern", jobs);
    });
    app.stack("shop/access", Env::new("111111111111", "eu-west-1"), |s| {
        let staff = PolicyDocument::from_json("examples/broken-policy.json", include_str!("broken-policy.json"));
        s.add("Staff", ManagedPolicySpec::new(staff));
    });
}
