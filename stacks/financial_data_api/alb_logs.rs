//! Where the load balancer writes its access logs.

use formwork::aws::s3::{Bucket, BucketSpec};
use formwork::{DeletionPolicy, Stack};

use super::stage::Stage;

/// A private bucket that load balancers of the account may write to.
pub fn alb_logs(s: &mut Stack, stage: &Stage) -> Bucket {
    s.description("Access logs of the financial data API's load balancer");
    let name = stage.resource_name("alb-logs");
    // The logs are worth no more than the stage: they go with it (`destroy --empty-buckets`).
    let deletion_policy = DeletionPolicy::Delete;
    let logs = s.add("Logs", BucketSpec { bucket_name: Some(name.into()), deletion_policy, ..BucketSpec::default() });
    logs.accept_load_balancer_logs(s, "");
    s.output("BucketName", logs.name()).description("The bucket with the access logs");
    logs
}
