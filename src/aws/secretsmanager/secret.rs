//! Secrets: what is generated, who may read it, what it is for.

use super::{Rotation, SecretStringGenerator};
use crate::aws::iam::{Grantee, Statement, document, owns_policy_of};
use crate::aws::kms::Key;
use crate::cfn::{kms, secretsmanager as sm};
use crate::core::{Computed, Construct, DeletionPolicy, NodeId, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// A secret whose value Secrets Manager generates: it is in no template.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{Principal, RoleSpec};
/// use formwork::aws::secretsmanager::{SecretSpec, SecretStringGenerator};
///
/// let login = s.add("Login", SecretSpec {
///     generate: SecretStringGenerator::json_key(r#"{"username":"app"}"#, "password"),
///     ..SecretSpec::new()
/// });
/// let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
/// login.grant_read(s, &role);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SecretSpec {
    /// Its name, unique in the region: letters, digits and `/_+=.@-`, up to 512. A change replaces the secret. Default:
    /// CloudFormation makes one.
    pub secret_name: Option<String>,
    /// What it is for, up to 2,048 characters. Default: none.
    pub description: Option<String>,
    /// The key that encrypts it. Default: `aws/secretsmanager`, which other accounts cannot use.
    pub encryption_key: Option<Key>,
    /// How its value is made. Default: 32 characters.
    pub generate: SecretStringGenerator,
    /// Other regions that it is copied to, and kept the same in. Default: none.
    pub replica_regions: Vec<ReplicaRegion>,
    /// What becomes of it when it leaves the stack, or is replaced. Default: it is deleted, as in AWS CDK: a generated
    /// password can be set anew, also on a database that is restored, and a name is free again.
    pub deletion_policy: DeletionPolicy,
}

impl Default for SecretSpec {
    fn default() -> Self {
        Self {
            secret_name: None,
            description: None,
            encryption_key: None,
            generate: SecretStringGenerator::default(),
            replica_regions: Vec::new(),
            deletion_policy: DeletionPolicy::Delete,
        }
    }
}

impl SecretSpec {
    /// A generated password, with the defaults of every field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rule: the AWS Secrets Manager API reference, `CreateSecret`.
    fn check_name(&self, stack: &mut Stack) {
        let Some(name) = &self.secret_name else { return };
        let problem = if let Some(wrong) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !"/_+=.@-".contains(*c))
        {
            let wrong = if wrong == ' ' { "space".to_owned() } else { format!("`{wrong}`") };
            Problem::error("pattern", format!("a secret's name has no {wrong}"))
                .help("write letters, digits and `/_+=.@-`")
        } else if name.is_empty() || name.len() > 512 {
            let length = name.len();
            Problem::error("length", format!("a secret's name of {length} characters")).help("write 1 to 512")
        } else {
            return;
        };
        stack.report_at(None, problem);
    }
}

/// A region that a secret is copied to.
#[derive(Clone, Debug)]
pub struct ReplicaRegion {
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The key there that encrypts the copy, by its ARN. Default: `aws/secretsmanager` of that region.
    pub encryption_key: Option<Value<kms::KeyArn>>,
}

impl ReplicaRegion {
    /// A region, where the copy is encrypted by AWS's key.
    #[must_use]
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), encryption_key: None }
    }

    fn build(self, stack: &mut Stack) -> sm::secret::ReplicaRegion {
        if stack.env().region_code() == Some(&self.region) {
            let message = format!("a secret of {0} cannot be copied to {0}", self.region);
            let problem = Problem::error("allowed-values", message).help("leave its own region out");
            stack.report_at(None, problem);
        }
        let out = sm::secret::ReplicaRegion::new(self.region);
        match self.encryption_key {
            Some(key) => out.kms_key_id(key.cast::<Computed>()),
            None => out,
        }
    }
}

/// What a secret holds the credentials of.
#[derive(Clone, Debug)]
pub struct SecretTarget {
    /// Its identifier.
    pub id: Value<String>,
    /// Its type, such as `AWS::RDS::DBInstance`.
    pub target_type: &'static str,
}

/// A secret that was added.
#[derive(Clone, Copy, Debug)]
pub struct Secret {
    /// The secret itself.
    pub secret: Ref<sm::Secret>,
    /// What made its value complete, where it was attached: whoever refers to the secret waits for it.
    pub attachment: Option<Ref<sm::SecretTargetAttachment>>,
    /// The key that encrypts it, if it is not AWS's.
    pub encryption_key: Option<Key>,
    /// The construct of the secret, where its one policy is, attached or not.
    home: NodeId,
    /// The construct of the secret, or of its attachment.
    node: NodeId,
    /// How many parts its name has, between hyphens.
    name_parts: usize,
}

impl Construct for SecretSpec {
    type Out = Secret;

    fn build(self, stack: &mut Stack) -> Secret {
        self.check_name(stack);
        self.generate.check(stack);
        let mut secret = sm::Secret::new().generate_secret_string(self.generate.build());
        // A name that CloudFormation makes is the logical id, a hyphen, and random letters.
        let name_parts = self.secret_name.as_ref().map_or(2, |name| name.split('-').count());
        if let Some(description) = self.description {
            secret = secret.description(description);
        }
        if let Some(key) = self.encryption_key {
            secret = secret.kms_key_id(key.arn());
        }
        if let Some(name) = self.secret_name {
            secret = secret.name(name);
        }
        if !self.replica_regions.is_empty() {
            let replicas: Vec<_> = self.replica_regions.into_iter().map(|replica| replica.build(stack)).collect();
            secret = secret.replica_regions(replicas);
        }
        let node = stack.current();
        let secret = stack.add("Resource", secret);
        stack.resource(secret).removal_policy(self.deletion_policy);
        let node = node.unwrap_or(secret.node());
        Secret { secret, attachment: None, encryption_key: self.encryption_key, home: node, node, name_parts }
    }
}

/// Where a secret is attached to what it is for: the child `Attachment`.
struct Attachment(Secret, SecretTarget);

impl Construct for Attachment {
    type Out = Secret;

    fn build(self, stack: &mut Stack) -> Secret {
        let Self(secret, target) = self;
        let attachment = sm::SecretTargetAttachment::new(secret.arn(), target.id, target.target_type);
        let node = stack.current();
        let attachment = stack.add("Resource", attachment);
        Secret { attachment: Some(attachment), node: node.unwrap_or(attachment.node()), ..secret }
    }
}

impl Secret {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        match self.attachment {
            Some(attachment) => attachment.get_ref().cast(),
            None => self.secret.get_ref().cast(),
        }
    }

    /// Its name: its ARN's last part without the six random letters that Secrets Manager puts behind.
    #[must_use]
    pub fn secret_name(&self) -> Value<String> {
        let name = || intrinsics::select(6, intrinsics::split(":", self.secret.get_ref().cast::<String>()));
        let parts = (0..self.name_parts).map(|index| {
            let index = i64::try_from(index).unwrap_or(i64::MAX);
            intrinsics::select(index, intrinsics::split("-", name()))
        });
        intrinsics::join("-", parts.collect::<Vec<_>>()).into()
    }

    /// One key of its JSON, read when the stack is deployed: a dynamic reference, never the value.
    #[must_use]
    pub fn field(&self, key: &str) -> Value<Computed> {
        intrinsics::secretsmanager(self.secret, Some(key))
    }

    /// All of it, read when the stack is deployed: a dynamic reference, never the value.
    #[must_use]
    pub fn value(&self) -> Value<Computed> {
        intrinsics::secretsmanager(self.secret, None)
    }

    /// Lets somebody read it, and decrypt it with its key through Secrets Manager alone.
    #[track_caller]
    pub fn grant_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
        self.grant(stack, grantee.into(), &actions, &["kms:Decrypt"]);
    }

    /// Lets somebody change it, and encrypt it with its key through Secrets Manager alone.
    #[track_caller]
    pub fn grant_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions =
            ["secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage"];
        self.grant(stack, grantee.into(), &actions, &["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]);
    }

    #[track_caller]
    fn grant(&self, stack: &mut Stack, grantee: Grantee, actions: &[&str], with_key: &[&str]) {
        let statement = Statement::allow(actions.iter().copied(), [self.arn()]);
        grantee.grant(stack, statement, |stack, mut statement| {
            statement.resources = vec!["*".into()];
            self.add_to_policy(stack, statement);
        });
        if let Some(key) = self.encryption_key {
            let service = intrinsics::sub("secretsmanager.${AWS::Region}.amazonaws.com", []);
            let statement = Statement::allow(with_key.iter().copied(), [key.arn()]);
            key.grant(stack, grantee, statement.when("StringEquals", "kms:ViaService", service));
        }
    }

    /// Adds a statement to the secret's own policy, which is made with the first one. Its resource is `*`: this secret.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        if !owns_policy_of(stack, self.home) {
            return;
        }
        let policy = stack.within(self.home, |stack| {
            let known = stack.child("Policy").and_then(|node| stack.within(node, |stack| stack.child("Resource")));
            known.map_or_else(|| stack.add("Policy", Policy(*self)), Ref::new)
        });
        document::add_statement(stack, policy, "ResourcePolicy", statement, Some(self.home));
    }

    /// Completes it with the address of what it is for, and returns the completed one: whoever uses that waits for it.
    #[track_caller]
    pub fn attach(&self, stack: &mut Stack, target: impl Into<SecretTarget>) -> Self {
        stack.add_within(self.node, "Attachment", Attachment(*self, target.into()))
    }

    /// Has its value exchanged again and again. Default: every 30 days, at once for the first time.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::secretsmanager::{Rotation, SecretSpec};
    ///
    /// let token = s.add("Token", SecretSpec::new());
    /// let function = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";
    /// token.rotate(s, "Rotation", Rotation::function(function));
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    pub fn rotate(&self, stack: &mut Stack, id: &str, rotation: Rotation) -> Ref<sm::RotationSchedule> {
        stack.add_within(self.node, id, rotation.of(*self))
    }
}

/// A policy of a secret that says nothing yet.
struct Policy(Secret);

impl Construct for Policy {
    type Out = Ref<sm::ResourcePolicy>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        stack.add("Resource", sm::ResourcePolicy::new(crate::json!({}), self.0.secret))
    }
}

impl From<&Secret> for StackRef {
    fn from(secret: &Secret) -> Self {
        secret.secret.into()
    }
}

crate::aws::iam::has_arn! { Secret, "a secret"; }
