//! Trails.

use super::{DataEvents, ReadWriteType};
use crate::aws::iam::{Principal, Role, RoleSpec, Statement};
use crate::aws::kms::Key;
use crate::aws::logs::LogGroup;
use crate::aws::s3::{Bucket, BucketSpec};
use crate::cfn::{cloudtrail, kms};
use crate::core::{Computed, Construct, Ref, Stack, StackRef, Value, intrinsics};

/// A trail: a record of what is done in an account, in a bucket, whose files can be shown to be as CloudTrail wrote them.
/// Unless it is told otherwise, it records what is done to resources, in every region, and nothing of the data in them.
///
/// AWS CDK lets any trail of anybody write to the bucket; here, this account's and region's alone.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::cloudtrail::{DataEvents, ReadWriteType, TrailSpec};
/// use formwork::aws::s3::BucketSpec;
///
/// let uploads = s.add("Uploads", BucketSpec::default());
/// s.add("Trail", TrailSpec {
///     data_events: vec![DataEvents::s3_objects([(&uploads, "input/")], ReadWriteType::WriteOnly)],
///     ..TrailSpec::default()
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TrailSpec {
    /// Its name, 3 to 128 letters, digits and `.-_`. A change replaces it. Default: CloudFormation makes one.
    pub trail_name: Option<Value<String>>,
    /// The bucket that it writes to, whose policy lets CloudTrail do so: that of a bucket of this stack is told to; one of
    /// another stack has to [`accept_cloudtrail_logs`](Bucket::accept_cloudtrail_logs) there. Default: one of its own, which
    /// is kept when its stack is deleted.
    pub bucket: Option<Bucket>,
    /// What the keys of its files begin with, up to 200 characters, without `/` at the end. Default: nothing.
    pub s3_key_prefix: Option<String>,
    /// Whether it records what is done in every region, and not only in the stack's own. Default: true.
    pub is_multi_region_trail: bool,
    /// Whether it records what is done with services that belong to no region, such as IAM. Default: true.
    pub include_global_service_events: bool,
    /// Whether it writes down hashes of its files, by which changed or deleted ones are found out. Default: true.
    pub enable_file_validation: bool,
    /// Which management events it records: what is done to resources, rather than to the data in them. The first trail of a
    /// region records them free of charge. `None`: none of them. Default: all.
    pub management_events: Option<ReadWriteType>,
    /// Which events of data it records. Each costs. Default: none.
    pub data_events: Vec<DataEvents>,
    /// The key that encrypts its files. The policy of one that a [`KeySpec`](crate::aws::kms::KeySpec) of this stack made
    /// lets CloudTrail use it (AWS CDK leaves that to you); that of another key must. Default: S3's own keys.
    pub encryption_key: Option<Value<kms::KeyArn>>,
    /// A log group that it writes events to as well. Default: none.
    pub cloud_watch_log_group: Option<LogGroup>,
}

impl Default for TrailSpec {
    fn default() -> Self {
        Self {
            trail_name: None,
            bucket: None,
            s3_key_prefix: None,
            is_multi_region_trail: true,
            include_global_service_events: true,
            enable_file_validation: true,
            management_events: Some(ReadWriteType::All),
            data_events: Vec::new(),
            encryption_key: None,
            cloud_watch_log_group: None,
        }
    }
}

/// A trail that was added.
#[derive(Clone, Copy, Debug)]
pub struct Trail {
    /// The trail itself.
    pub trail: Ref<cloudtrail::Trail>,
    /// The bucket that it writes to.
    pub bucket: Bucket,
}

/// Lets CloudTrail encrypt what it writes. Rule: the AWS CloudTrail user guide, "Configure AWS KMS key policies for
/// CloudTrail".
fn encrypts() -> [Statement; 2] {
    let trails = || intrinsics::sub("arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/*", []);
    let of_any_region = intrinsics::sub("arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*", []);
    let service = || Principal::service("cloudtrail.amazonaws.com").when("ArnLike", "aws:SourceArn", trails());
    let context = service().when("StringLike", "kms:EncryptionContext:aws:cloudtrail:arn", of_any_region);
    [
        Statement::allow(["kms:GenerateDataKey*"], ["*"]).principal(context),
        Statement::allow(["kms:DescribeKey"], ["*"]).principal(service()),
    ]
}

/// The role that CloudTrail writes to a log group as. Rule: the AWS CloudTrail user guide, "Role policy document for
/// CloudTrail to use CloudWatch Logs for monitoring".
fn logs_role(stack: &mut Stack, group: &LogGroup) -> Role {
    let role = stack.add("LogsRole", RoleSpec::new(Principal::service("cloudtrail.amazonaws.com")));
    role.add_to_policy(stack, Statement::allow(["logs:PutLogEvents", "logs:CreateLogStream"], [group.arn()]));
    role
}

impl TrailSpec {
    fn properties(&self, bucket: &Bucket) -> cloudtrail::Trail {
        let mut trail = cloudtrail::Trail::new(true, bucket.name())
            .enable_log_file_validation(self.enable_file_validation)
            .include_global_service_events(self.include_global_service_events)
            .is_multi_region_trail(self.is_multi_region_trail);
        if let Some(name) = &self.trail_name {
            trail = trail.trail_name(name);
        }
        if let Some(prefix) = &self.s3_key_prefix {
            trail = trail.s3_key_prefix(prefix);
        }
        if let Some(key) = &self.encryption_key {
            trail = trail.kms_key_id(key.clone().cast::<Computed>());
        }
        let selectors = self.selectors();
        if !selectors.is_empty() {
            trail = trail.event_selectors(selectors);
        }
        trail
    }
}

impl Construct for TrailSpec {
    type Out = Trail;

    fn build(self, stack: &mut Stack) -> Trail {
        self.check_events(stack);
        let bucket = self.bucket.unwrap_or_else(|| stack.add("S3", BucketSpec::default()));
        if stack.owns(bucket.bucket) {
            bucket.accept_cloudtrail_logs(stack, self.s3_key_prefix.as_deref().unwrap_or_default());
        }
        if let Some(key) = self.encryption_key.as_ref().and_then(|arn| Key::of(stack, arn)) {
            for statement in encrypts() {
                key.let_service(stack, statement);
            }
        }
        let mut trail = self.properties(&bucket);
        let role = self.cloud_watch_log_group.map(|group| (logs_role(stack, &group), group));
        if let Some((role, group)) = &role {
            trail = trail
                .cloud_watch_logs_log_group_arn(group.arn().cast::<Computed>())
                .cloud_watch_logs_role_arn(role.arn());
        }
        let trail = stack.add("Resource", trail);
        // CloudTrail tries whether it may write before it makes a trail.
        if let Some(policy) = bucket.policy(stack).filter(|_| stack.owns(bucket.bucket)) {
            stack.resource(trail).depends_on(policy);
        }
        if let Some(rights) = role.and_then(|(role, _)| role.identity().granted(stack)) {
            stack.resource(trail).depends_on(rights);
        }
        Trail { trail, bucket }
    }
}

impl Trail {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.trail.arn()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<cloudtrail::TrailName> {
        self.trail.get_ref()
    }
}

impl From<&Trail> for StackRef {
    fn from(trail: &Trail) -> Self {
        trail.trail.into()
    }
}

crate::aws::iam::has_arn! { Trail, "a trail"; }
