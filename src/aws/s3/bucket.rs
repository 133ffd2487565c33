//! Buckets.

use super::LifecycleRule;
use crate::aws::iam::{Grantee, Principal, Statement, add_to_resource_policy, owns_policy_of};
use crate::aws::kms::Key;
use crate::cfn::s3::bucket;
use crate::cfn::{kms, s3};
use crate::core::{Computed, Construct, DeletionPolicy, NodeId, Ref, Stack, Value, intrinsics};

/// What reading and writing objects takes of the key that encrypts them: AWS CDK's actions. Parts of an upload are read.
const KEY_READ: [&str; 2] = ["kms:Decrypt", "kms:DescribeKey"];
const KEY_WRITE: [&str; 4] = ["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Decrypt"];

/// A bucket: private, encrypted, reached over TLS only, its objects owned by its owner, and kept when its stack is
/// deleted.
///
/// AWS CDK leaves the public access block, the encryption and the ownership to what S3 does with new buckets, and TLS to
/// an option; here the template says them, and TLS is always enforced.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{Principal, RoleSpec};
/// use formwork::aws::s3::{BucketSpec, LifecycleRule};
///
/// let reports = s.add("Reports", BucketSpec {
///     versioned: true,
///     lifecycle_rules: vec![LifecycleRule { expiration_days: Some(365), ..LifecycleRule::default() }],
///     ..BucketSpec::default()
/// });
/// let reader = s.add("Reader", RoleSpec::new(Principal::service("ecs-tasks.amazonaws.com")));
/// reports.grant_read(s, &reader);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct BucketSpec {
    /// Its name, 3 to 63 of `a-z0-9.-`, unique in the world. A change replaces the bucket. Default: CloudFormation makes
    /// one.
    pub bucket_name: Option<Value<String>>,
    /// Whether it keeps an object's earlier versions. Default: false.
    pub versioned: bool,
    /// The key that encrypts it, with a bucket key, which saves calls. Who is granted to read or write may use
    /// it, if it is one of this app's. Default: S3's own keys (SSE-S3).
    pub kms_key: Option<Value<kms::KeyArn>>,
    /// What becomes of objects with time. Default: nothing.
    pub lifecycle_rules: Vec<LifecycleRule>,
    /// The bucket that gets a record of each request, and the beginning of the records' keys. Default: none is kept.
    pub server_access_logs: Option<(Bucket, String)>,
    /// Whether policies and access lists that would let anybody in have no effect: all four of S3's blocks of public access
    /// are on. Default: true.
    pub public_access_blocked: bool,
    /// What happens to it when it leaves the stack, or is replaced. Default: it is retained, with its objects.
    pub deletion_policy: DeletionPolicy,
}

impl Default for BucketSpec {
    fn default() -> Self {
        Self {
            bucket_name: None,
            versioned: false,
            kms_key: None,
            lifecycle_rules: Vec::new(),
            server_access_logs: None,
            public_access_blocked: true,
            deletion_policy: DeletionPolicy::Retain,
        }
    }
}

/// A bucket that was added.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    /// The bucket itself.
    pub bucket: Ref<s3::Bucket>,
    node: NodeId,
    key: Option<Key>,
}

impl BucketSpec {
    fn encryption(&self) -> bucket::BucketEncryption {
        let rule = bucket::ServerSideEncryptionRule::new();
        let rule = match &self.kms_key {
            None => rule.server_side_encryption_by_default(bucket::ServerSideEncryptionByDefault::new(
                bucket::ServerSideEncryptionByDefaultSseAlgorithm::AES256,
            )),
            Some(key) => rule.bucket_key_enabled(true).server_side_encryption_by_default(
                bucket::ServerSideEncryptionByDefault::new(bucket::ServerSideEncryptionByDefaultSseAlgorithm::AWS_KMS)
                    .kms_master_key_id(key.clone().cast::<Computed>()),
            ),
        };
        bucket::BucketEncryption::new([rule])
    }
}

impl Construct for BucketSpec {
    type Out = Bucket;

    fn build(self, stack: &mut Stack) -> Bucket {
        let owner = bucket::OwnershipControlsRule::new()
            .object_ownership(bucket::OwnershipControlsRuleObjectOwnership::BUCKET_OWNER_ENFORCED);
        let block = bucket::PublicAccessBlockConfiguration::new()
            .block_public_acls(self.public_access_blocked)
            .block_public_policy(self.public_access_blocked)
            .ignore_public_acls(self.public_access_blocked)
            .restrict_public_buckets(self.public_access_blocked);
        let mut props = s3::Bucket::new()
            .bucket_encryption(self.encryption())
            .ownership_controls(bucket::OwnershipControls::new([owner]))
            .public_access_block_configuration(block);
        if let Some(name) = self.bucket_name {
            props = props.bucket_name(name);
        }
        if self.versioned {
            let versioning = bucket::VersioningConfiguration::new(bucket::VersioningConfigurationStatus::ENABLED);
            props = props.versioning_configuration(versioning);
        }
        if !self.lifecycle_rules.is_empty() {
            let rules: Vec<_> = self.lifecycle_rules.into_iter().map(LifecycleRule::property).collect();
            props = props.lifecycle_configuration(bucket::LifecycleConfiguration::new(rules));
        }
        if let Some((target, prefix)) = &self.server_access_logs {
            let logging = bucket::LoggingConfiguration::new()
                .destination_bucket_name(target.bucket)
                .log_file_prefix(prefix.as_str());
            props = props.logging_configuration(logging);
        }
        let node = stack.current();
        let key = self.kms_key.as_ref().and_then(|arn| Key::of(stack, arn));
        let bucket = stack.add("Resource", props);
        stack.resource(bucket).removal_policy(self.deletion_policy);
        let bucket = Bucket { bucket, node: node.unwrap_or(bucket.node()), key };
        bucket.add_to_resource_policy(stack, bucket.tls_only());
        if let Some((target, prefix)) = self.server_access_logs {
            target.accept_access_logs(stack, &bucket, &prefix);
        }
        bucket
    }
}

impl Bucket {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<s3::BucketName> {
        self.bucket.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.bucket.arn().into()
    }

    /// The ARN of objects in it, by a pattern of keys: `*`, `reports/*`.
    #[must_use]
    pub fn arn_for_objects(&self, keys: &str) -> Value<String> {
        intrinsics::sub(format!("${{Bucket}}/{keys}"), [("Bucket", self.arn())]).into()
    }

    /// Refuses requests that are not encrypted on their way. Rule: the Amazon S3 user guide, "Security best practices for
    /// Amazon S3".
    fn tls_only(self) -> Statement {
        Statement::deny(["s3:*"], [self.arn(), self.arn_for_objects("*")]).principal(Principal::any()).when(
            "Bool",
            "aws:SecureTransport",
            "false",
        )
    }

    /// Adds a statement to the bucket's own policy.
    #[track_caller]
    pub fn add_to_resource_policy(&self, stack: &mut Stack, statement: Statement) {
        if !owns_policy_of(stack, self.node) {
            return;
        }
        let bucket = self.name();
        stack.within(self.node, |stack| {
            add_to_resource_policy(stack, "Policy", statement, |document| s3::BucketPolicy::new(bucket, document));
        });
    }

    #[track_caller]
    fn grant<const N: usize, const M: usize>(
        &self,
        stack: &mut Stack,
        grantee: impl Into<Grantee>,
        actions: [&str; N],
        resources: Vec<Value<String>>,
        with_key: [&str; M],
    ) {
        let grantee = grantee.into();
        let statement = Statement::allow(actions, resources);
        grantee.grant(stack, statement, |stack, statement| self.add_to_resource_policy(stack, statement));
        if let Some(key) = self.key.filter(|_| M > 0) {
            key.grant_use(stack, grantee, with_key);
        }
    }

    /// Lets a grantee list and read what is in it: `s3:GetObject*`, `s3:GetBucket*`, `s3:List*`.
    #[track_caller]
    pub fn grant_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let all = vec![self.arn(), self.arn_for_objects("*")];
        self.grant(stack, grantee, ["s3:GetObject*", "s3:GetBucket*", "s3:List*"], all, KEY_READ);
    }

    /// Lets a grantee write and delete objects: AWS CDK's actions, without changing permissions or retention.
    #[track_caller]
    pub fn grant_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions = ["s3:DeleteObject*", "s3:PutObject", "s3:PutObjectTagging", "s3:Abort*"];
        self.grant(stack, grantee, actions, vec![self.arn_for_objects("*")], KEY_WRITE);
    }

    /// Lets a grantee add and overwrite objects, but neither read nor delete them.
    #[track_caller]
    pub fn grant_put(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions = ["s3:PutObject", "s3:PutObjectTagging", "s3:Abort*"];
        self.grant(stack, grantee, actions, vec![self.arn_for_objects("*")], KEY_WRITE);
    }

    /// Lets a grantee delete objects.
    #[track_caller]
    pub fn grant_delete(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, grantee, ["s3:DeleteObject*"], vec![self.arn_for_objects("*")], []);
    }

    /// Lets a grantee read and write.
    #[track_caller]
    pub fn grant_read_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        self.grant_read(stack, grantee.clone());
        self.grant_write(stack, grantee);
    }

    /// Lets load balancers of this account write their access logs here, below `prefix`. Rule: the Elastic Load
    /// Balancing guide, "Access logs for your Application Load Balancer".
    #[track_caller]
    pub fn accept_load_balancer_logs(&self, stack: &mut Stack, prefix: &str) {
        let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let keys = format!("${{Bucket}}/{below}AWSLogs/${{AWS::AccountId}}/*");
        let objects = intrinsics::sub(keys, [("Bucket", self.arn())]);
        // Load balancers of another account write below that one's number.
        let service = Principal::service("logdelivery.elasticloadbalancing.amazonaws.com");
        self.add_to_resource_policy(stack, Statement::allow(["s3:PutObject"], [objects]).principal(service));
    }

    /// Lets CloudTrail write the logs of this account's trails here, below `prefix`, which may be empty: those of the stack's
    /// own region. Rule: the AWS CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
    #[track_caller]
    pub fn accept_cloudtrail_logs(&self, stack: &mut Stack, prefix: &str) {
        let trails = "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${AWS::AccountId}:trail/*";
        let service = Principal::service("cloudtrail.amazonaws.com").when(
            "ArnLike",
            "aws:SourceArn",
            intrinsics::sub(trails, []),
        );
        let look = Statement::allow(["s3:GetBucketAcl"], [self.arn()]).principal(service.clone());
        self.add_to_resource_policy(stack, look);
        let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let keys = format!("${{Bucket}}/{below}AWSLogs/${{AWS::AccountId}}/*");
        let objects = intrinsics::sub(keys, [("Bucket", self.arn())]);
        let write = Statement::allow(["s3:PutObject"], [objects]).principal(service);
        let owned = write.when("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control");
        self.add_to_resource_policy(stack, owned);
    }

    /// The key that encrypts it, where it is one of this app's.
    #[cfg(feature = "cloudfront")]
    pub(in crate::aws) const fn key(&self) -> Option<Key> {
        self.key
    }

    /// Its policy, where it is in the same stack.
    #[cfg(any(feature = "cloudtrail", all(feature = "ec2", feature = "elasticloadbalancingv2")))]
    pub(in crate::aws) fn policy(&self, stack: &mut Stack) -> Option<NodeId> {
        let policy = stack.within(self.node, |stack| stack.child("Policy"))?;
        stack.within(policy, |stack| stack.child("Resource"))
    }

    /// Lets S3 write the records of another bucket's requests here.
    fn accept_access_logs(self, stack: &mut Stack, of: &Self, prefix: &str) {
        let service = Principal::service("logging.s3.amazonaws.com").when("ArnLike", "aws:SourceArn", of.arn()).when(
            "StringEquals",
            "aws:SourceAccount",
            intrinsics::account_id(),
        );
        let objects = self.arn_for_objects(&format!("{prefix}*"));
        self.add_to_resource_policy(stack, Statement::allow(["s3:PutObject"], [objects]).principal(service));
    }
}

crate::aws::iam::has_arn! { Bucket, "a bucket"; }
