//! Rotation: who exchanges a secret's value, and when.

use super::Secret;
use crate::aws::ec2::SecurityGroup;
use crate::cfn::ec2::SubnetId;
use crate::cfn::secretsmanager as sm;
use crate::core::{Construct, NodeId, Problem, RawResource, Ref, Resource as _, Stack, Value, intrinsics};

/// What the hosted functions come with.
const TRANSFORM: &str = "AWS::SecretsManager-2024-09-16";

/// How a secret's value is exchanged: for [`Secret::rotate`].
#[derive(Clone, Debug)]
pub struct Rotation {
    /// Who does it.
    by: By,
    /// Days from one to the next, 1 to 1,000. Default: 30.
    pub days: u32,
    /// Whether it happens for the first time at once. Default: true, from AWS.
    pub rotate_immediately: Option<bool>,
}

#[derive(Clone, Debug)]
enum By {
    Function(Value<String>),
    Hosted(HostedRotation),
}

impl Rotation {
    /// By a function of your own, by its ARN. Secrets Manager may invoke it, for this secret; it must be allowed to read and
    /// write the secret: [`Secret::grant_read`], [`Secret::grant_write`].
    #[must_use]
    pub fn function(arn: impl Into<Value<String>>) -> Self {
        Self { by: By::Function(arn.into()), days: 30, rotate_immediately: None }
    }

    /// By a function of AWS's for databases, which CloudFormation adds with a transform.
    #[must_use]
    pub const fn hosted(rotation: HostedRotation) -> Self {
        Self { by: By::Hosted(rotation), days: 30, rotate_immediately: None }
    }

    /// So many days from one to the next.
    #[must_use]
    pub fn every_days(self, days: u32) -> Self {
        Self { days, ..self }
    }

    pub(super) const fn of(self, secret: Secret) -> Schedule {
        Schedule { rotation: self, secret }
    }
}

/// A function of AWS's that exchanges a database's password.
#[derive(Clone, Debug)]
pub struct HostedRotation {
    /// Whose password, and how: `PostgreSQLSingleUser`, `MySQLSingleUser`, `PostgreSQLMultiUser`, …
    pub rotation_type: String,
    /// The subnets it runs in, from which the database and Secrets Manager are reached. Default: no VPC.
    pub subnets: Vec<Value<SubnetId>>,
    /// Its security groups, which the database lets in. Default: none.
    pub security_groups: Vec<SecurityGroup>,
    /// Characters that new passwords do not have. Default: those that AWS CDK leaves out of passwords of databases.
    pub exclude_characters: String,
    /// The secret of the user who may exchange passwords of others: for the `MultiUser` types. Default: none.
    pub master_secret: Option<Secret>,
}

/// Characters that databases, connection strings or shells stumble over: AWS CDK's list, with the four (`/`, `@`, `"`,
/// space) that RDS refuses.
pub(in crate::aws) const EXCLUDED: &str = " %+~`#$&*()|[]{}:;<>?!'/@\"\\";

impl HostedRotation {
    fn new(rotation_type: &str) -> Self {
        Self {
            rotation_type: rotation_type.into(),
            subnets: Vec::new(),
            security_groups: Vec::new(),
            exclude_characters: EXCLUDED.into(),
            master_secret: None,
        }
    }

    /// Of a PostgreSQL user, who exchanges the own password.
    #[must_use]
    pub fn postgresql_single_user() -> Self {
        Self::new("PostgreSQLSingleUser")
    }

    /// Of a MySQL user, who exchanges the own password.
    #[must_use]
    pub fn mysql_single_user() -> Self {
        Self::new("MySQLSingleUser")
    }

    fn check(&self, stack: &mut Stack) {
        let multi = self.rotation_type.ends_with("MultiUser");
        if multi != self.master_secret.is_some() {
            let message =
                format!("`master_secret` is for rotation of several users, and this is `{}`", self.rotation_type);
            let help = if multi { "set `master_secret`" } else { "leave it out" };
            stack.report_at(None, Problem::error("dependent-properties", message).help(help));
        }
    }

    fn build(self, secret: Secret) -> sm::rotation_schedule::HostedRotationLambda {
        let mut out = sm::rotation_schedule::HostedRotationLambda::new(self.rotation_type)
            .exclude_characters(self.exclude_characters);
        if let Some(key) = secret.encryption_key {
            out = out.kms_key_arn(key.arn());
        }
        if let Some(master) = self.master_secret {
            out = out.master_secret_arn(master.arn());
            if let Some(key) = master.encryption_key {
                out = out.master_secret_kms_key_arn(key.arn());
            }
        }
        if !self.security_groups.is_empty() {
            let ids: Vec<Value<String>> = self.security_groups.iter().map(|group| group.group_id().into()).collect();
            out = out.vpc_security_group_ids(intrinsics::join(",", ids));
        }
        if !self.subnets.is_empty() {
            out = out.vpc_subnet_ids(intrinsics::join(",", self.subnets));
        }
        out
    }
}

/// A rotation of a secret.
pub(super) struct Schedule {
    rotation: Rotation,
    secret: Secret,
}

impl Construct for Schedule {
    type Out = Ref<sm::RotationSchedule>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let Self { rotation, secret } = self;
        if !(1..=1000).contains(&rotation.days) {
            let message = format!("a secret cannot be rotated every {} days", rotation.days);
            stack.report_at(None, Problem::error("range", message).help("write 1 to 1,000 days"));
        }
        let unit = if rotation.days == 1 { "day" } else { "days" };
        let rate = format!("rate({} {unit})", rotation.days);
        let rules = sm::rotation_schedule::RotationRules::new().schedule_expression(rate);
        let mut schedule = sm::RotationSchedule::new(secret.arn()).rotation_rules(rules);
        let mut permission = None;
        schedule = match rotation.by {
            By::Function(arn) => {
                permission = Some(allow_invoke(stack, &arn, &secret));
                schedule.rotation_lambda_arn(arn)
            }
            By::Hosted(hosted) => {
                hosted.check(stack);
                stack.transform(TRANSFORM);
                schedule.hosted_rotation_lambda(hosted.build(secret))
            }
        };
        if let Some(immediately) = rotation.rotate_immediately {
            schedule = schedule.rotate_immediately_on_update(immediately);
        }
        let schedule = stack.add("Resource", schedule);
        if let Some(permission) = permission {
            // Secrets Manager tries the function out when the schedule is made.
            stack.resource(schedule).depends_on(permission);
        }
        schedule
    }
}

/// Lets Secrets Manager invoke a function, for a secret alone. Rule: the Secrets Manager user guide, "Lambda rotation
/// function permissions".
fn allow_invoke(stack: &mut Stack, function: &Value<String>, secret: &Secret) -> NodeId {
    let permission = RawResource::new("AWS::Lambda::Permission")
        .raw("Action", "lambda:InvokeFunction")
        .raw("FunctionName", function.clone())
        .raw("Principal", "secretsmanager.amazonaws.com")
        .raw("SourceArn", secret.secret.get_ref().cast::<String>());
    stack.add("InvokeFunction", permission).node()
}
