//! Who works on the stage, and what it keeps.

use formwork::aws::iam::{ManagedPolicySpec, Statement};
use formwork::aws::s3::BucketSpec;
use formwork::aws::sqs::QueueSpec;
use formwork::cfn::sns;
use formwork::{App, Condition, DeletionPolicy, Parameter};

use super::api::iam;
use super::{env, play};

fn define(app: &mut App, step: usize) {
    app.stack("storage/iam", env(), |s| {
        let roles = iam::iam(s);
        let mut actions = vec!["s3:GetObject"];
        if step >= 1 {
            actions.push("s3:PutObject");
        }
        let read = Statement::allow(actions, ["arn:aws:s3:::reports-of-the-stage/*"]);
        s.add("Reports", ManagedPolicySpec { roles: vec![roles.app], ..ManagedPolicySpec::new([read]) });
    });
    app.stack("storage/files", env(), |s| {
        if step < 4 {
            s.add("Logs", BucketSpec { deletion_policy: DeletionPolicy::Retain, ..BucketSpec::default() });
        }
        if step >= 2 {
            // A topic for alarms, where the stage is one that somebody watches.
            let stage = s.parameter("Stage", Parameter::string().default(if step < 3 { "prod" } else { "dev" }));
            let watched = s.condition("Watched", Condition::equals(&stage, "prod"));
            let alarms = s.add("Alarms", sns::Topic::new());
            s.resource(alarms).condition(&watched);
        }
        // Under another id, a queue is another: unless it says where it was.
        s.add(
            if step < 5 { "Jobs" } else { "Reports" },
            QueueSpec { visibility_timeout: Some(90), ..QueueSpec::default() },
        );
    });
}

#[test]
fn what_is_announced_of_storage_is_what_happens() {
    play(
        define,
        [
            &[("storage/iam", "Reports", "updated")],
            &[("storage/files", "Alarms", "created")],
            &[("storage/files", "Alarms", "deleted")],
            &[("storage/files", "Logs6819BB44", "kept"), ("storage/files", "LogsPolicy90DB40C9", "deleted")],
            &[
                ("storage/files", "Reports", "created"),
                ("storage/files", "Reports/Policy", "created"),
                ("storage/files", "JobsDF1CC2D4", "deleted"),
                ("storage/files", "JobsPolicy30CCDE58", "deleted"),
            ],
        ],
    );
}
