//! Log groups.

use crate::aws::iam::{Grantee, Principal, Statement};
use crate::aws::kms::Key;
use crate::cfn::{kms, logs};
use crate::core::{Computed, Construct, DeletionPolicy, Ref, Stack, Value, intrinsics};

/// A log group. It keeps its events for two years, and is kept when its stack is deleted, as AWS CDK's is.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::logs::LogGroupSpec;
///
/// s.add("Logs", LogGroupSpec {
///     log_group_name: Some("/aws/ecs/shop".into()),
///     retention_days: Some(30),
///     ..LogGroupSpec::default()
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct LogGroupSpec {
    /// Its name, up to 512 characters. A change replaces the group. Default: CloudFormation makes one.
    pub log_group_name: Option<Value<String>>,
    /// How many days events are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192,
    /// 2557, 2922, 3288 or 3653; `None` for ever. Default: 731.
    pub retention_days: Option<u32>,
    /// The key that encrypts it. The policy of one that a [`KeySpec`](crate::aws::kms::KeySpec) of this stack made lets
    /// the service use it for this group (AWS CDK leaves that to you); that of another key must. Default: a key of the
    /// service's.
    pub kms_key: Option<Value<kms::KeyArn>>,
    /// What it can do: `STANDARD`, `INFREQUENT_ACCESS`, which costs half and knows no metric filters or subscriptions, or
    /// `DELIVERY`. A change replaces the group. Default: `STANDARD`.
    pub log_group_class: Option<Value<logs::log_group::LogGroupClass>>,
    /// What happens to it when it leaves the stack, or is replaced. Default: it is retained.
    pub deletion_policy: DeletionPolicy,
}

impl Default for LogGroupSpec {
    fn default() -> Self {
        Self {
            log_group_name: None,
            retention_days: Some(731),
            kms_key: None,
            log_group_class: None,
            deletion_policy: DeletionPolicy::Retain,
        }
    }
}

/// A log group that was added.
#[derive(Clone, Copy, Debug)]
pub struct LogGroup {
    /// The group itself.
    pub log_group: Ref<logs::LogGroup>,
}

/// Lets the service encrypt groups of a name. Rule: the Amazon CloudWatch Logs user guide, "Encrypt log data in CloudWatch
/// Logs using AWS Key Management Service".
fn encrypts(name: &str) -> Statement {
    let actions = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"];
    let service = Principal::service(intrinsics::sub("logs.${AWS::Region}.amazonaws.com", []));
    let group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:";
    let group = intrinsics::sub(format!("{group}{name}"), []);
    let service = service.when("ArnLike", "kms:EncryptionContext:aws:logs:arn", group);
    Statement::allow(actions, ["*"]).principal(service)
}

impl Construct for LogGroupSpec {
    type Out = LogGroup;

    fn build(self, stack: &mut Stack) -> LogGroup {
        let name = self.log_group_name.as_ref().and_then(|name| name.expr().as_str()).unwrap_or("*");
        if let Some(key) = self.kms_key.as_ref().and_then(|arn| Key::of(stack, arn)) {
            key.let_service(stack, encrypts(name));
        }
        let mut group = logs::LogGroup::new();
        if let Some(name) = self.log_group_name {
            group = group.log_group_name(name);
        }
        if let Some(days) = self.retention_days {
            group = group.retention_in_days(days);
        }
        if let Some(key) = self.kms_key {
            group = group.kms_key_id(key.cast::<Computed>());
        }
        if let Some(class) = self.log_group_class {
            group = group.log_group_class(class);
        }
        let log_group = stack.add("Resource", group);
        stack.resource(log_group).removal_policy(self.deletion_policy);
        LogGroup { log_group }
    }
}

impl LogGroup {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<logs::LogGroupName> {
        self.log_group.get_ref()
    }

    /// Its ARN, with `:*` for its streams at the end.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.log_group.arn().into()
    }

    /// Lets a grantee open streams and write events: `logs:CreateLogStream`, `logs:PutLogEvents`, here only.
    #[track_caller]
    pub fn grant_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let statement = Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"], [self.arn()]);
        grantee.into().grant_identity(stack, statement, "a log group");
    }

    /// Lets a grantee read events: `logs:FilterLogEvents`, `logs:GetLogEvents`, `logs:DescribeLogStreams` and the group's
    /// fields, here only.
    #[track_caller]
    pub fn grant_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions =
            ["logs:FilterLogEvents", "logs:GetLogEvents", "logs:GetLogGroupFields", "logs:DescribeLogStreams"];
        grantee.into().grant_identity(stack, Statement::allow(actions, [self.arn()]), "a log group");
    }
}

crate::aws::iam::has_arn! { LogGroup, "a log group"; }
