//! Keys: what encrypts, and who may let it.

use super::AliasSpec;
use crate::aws::iam::{Grantee, PolicyDocument, Principal, Statement, document};
use crate::cfn::kms;
use crate::core::{Construct, DeletionPolicy, NodeId, Problem, Ref, Stack, StackRef, Value};

const ENCRYPT: [&str; 3] = ["kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"];
const DECRYPT: [&str; 1] = ["kms:Decrypt"];

/// An encryption key whose material is exchanged every year. The account decides with its IAM policies who may use it,
/// as AWS CDK's keys have it; what is granted stands in the policies of those it is granted to.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{Principal, RoleSpec};
/// use formwork::aws::kms::KeySpec;
///
/// let key = s.add("Key", KeySpec { alias: Some("shop/orders".into()), ..KeySpec::new() });
/// let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
/// key.grant_encrypt_decrypt(s, &role);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct KeySpec {
    /// A name of the key; more of them are [`AliasSpec`]s. Default: none.
    pub alias: Option<String>,
    /// What it is for, up to 8,192 characters. Default: none.
    pub description: Option<String>,
    /// Whether AWS exchanges the key material by itself; what was encrypted before can still be read. Symmetric keys
    /// alone can. Default: true where the key is symmetric (AWS CDK's is false).
    pub enable_key_rotation: Option<bool>,
    /// How often, in days, 90 to 2,560. Default: 365, from AWS.
    pub rotation_period_in_days: Option<u32>,
    /// Days between the deletion of the key and its end, in which it can be brought back, 7 to 30. Default: 30, from AWS.
    pub pending_window_in_days: Option<u8>,
    /// Whether it can be replicated to other regions. A change replaces the key. Default: false.
    pub multi_region: bool,
    /// The kind of key. A change replaces the key. Default: `SYMMETRIC_DEFAULT`.
    pub key_spec: Option<Value<kms::key::KeySpec>>,
    /// What it is used for. Default: `ENCRYPT_DECRYPT`.
    pub key_usage: Option<Value<kms::key::KeyUsage>>,
    /// Who may do what with it. Default: the account may do everything, and leaves it to its IAM policies who may.
    pub policy: Option<PolicyDocument>,
    /// What becomes of it when it leaves the stack, or is replaced. Default: it stays, since what it encrypted cannot be
    /// read without it.
    pub deletion_policy: DeletionPolicy,
}

impl Default for KeySpec {
    fn default() -> Self {
        Self {
            alias: None,
            description: None,
            enable_key_rotation: None,
            rotation_period_in_days: None,
            pending_window_in_days: None,
            multi_region: false,
            key_spec: None,
            key_usage: None,
            policy: None,
            deletion_policy: DeletionPolicy::Retain,
        }
    }
}

impl KeySpec {
    /// A symmetric key, with the defaults of every field.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn symmetric(&self) -> bool {
        let symmetric: Value<kms::key::KeySpec> = "SYMMETRIC_DEFAULT".into();
        self.key_spec.as_ref().is_none_or(|spec| *spec == symmetric)
    }

    fn check(&self, stack: &mut Stack) {
        let mut report =
            |check, message: &str, help: &str| stack.report_at(None, Problem::error(check, message).help(help));
        if self.enable_key_rotation == Some(true) && !self.symmetric() {
            report("exclusive-properties", "only symmetric keys are rotated by AWS", "leave `enable_key_rotation` out");
        }
        if self.rotation_period_in_days.is_some() && !self.enable_key_rotation.unwrap_or(self.symmetric()) {
            let message = "`rotation_period_in_days` is set, and the key is not rotated";
            report("exclusive-properties", message, "turn `enable_key_rotation` on, or leave the period out");
        }
        if self.deletion_policy == DeletionPolicy::Snapshot {
            report("allowed-values", "there are no snapshots of keys", "write `DeletionPolicy::Retain`");
        }
    }
}

/// A key that was added.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key itself.
    pub key: Ref<kms::Key>,
    /// Its first alias, where the spec named one.
    pub alias: Option<Ref<kms::Alias>>,
}

/// Everything, to the account that the stack is in.
fn account_policy() -> PolicyDocument {
    PolicyDocument::new([Statement::allow(["kms:*"], ["*"]).principal(Principal::this_account())])
}

impl Construct for KeySpec {
    type Out = Key;

    fn build(self, stack: &mut Stack) -> Key {
        self.check(stack);
        let rotated = self.enable_key_rotation.unwrap_or(self.symmetric());
        let policy = self.policy.unwrap_or_else(account_policy).build(stack);
        let mut key = kms::Key::new().key_policy(policy);
        if rotated {
            key = key.enable_key_rotation(true);
        }
        if let Some(description) = self.description {
            key = key.description(description);
        }
        if let Some(days) = self.rotation_period_in_days {
            key = key.rotation_period_in_days(days);
        }
        if let Some(days) = self.pending_window_in_days {
            key = key.pending_window_in_days(days);
        }
        if self.multi_region {
            key = key.multi_region(true);
        }
        if let Some(spec) = self.key_spec {
            key = key.key_spec(spec);
        }
        if let Some(usage) = self.key_usage {
            key = key.key_usage(usage);
        }
        let key = stack.add("Resource", key);
        stack.resource(key).removal_policy(self.deletion_policy);
        let mut out = Key { key, alias: None };
        out.alias = self.alias.map(|name| stack.add("Alias", AliasSpec::new(name, &out)));
        out
    }
}

impl Key {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<kms::KeyArn> {
        self.key.arn()
    }

    /// Its id.
    #[must_use]
    pub fn key_id(&self) -> Value<kms::KeyId> {
        self.key.get_ref()
    }

    /// Lets somebody encrypt with it.
    #[track_caller]
    pub fn grant_encrypt(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, grantee, Statement::allow(ENCRYPT, [self.arn()]));
    }

    /// Lets somebody decrypt what it encrypted.
    #[track_caller]
    pub fn grant_decrypt(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, grantee, Statement::allow(DECRYPT, [self.arn()]));
    }

    /// Lets somebody encrypt and decrypt.
    #[track_caller]
    pub fn grant_encrypt_decrypt(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions = DECRYPT.into_iter().chain(ENCRYPT);
        self.grant(stack, grantee, Statement::allow(actions, [self.arn()]));
    }

    /// Lets somebody sign with it: a key of the usage `SIGN_VERIFY`.
    #[track_caller]
    pub fn grant_sign(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, grantee, Statement::allow(["kms:Sign"], [self.arn()]));
    }

    /// Lets somebody verify what it signed: a key of the usage `SIGN_VERIFY`.
    #[track_caller]
    pub fn grant_verify(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, grantee, Statement::allow(["kms:Verify"], [self.arn()]));
    }

    /// Lets somebody do what a statement on this key says: an identity by its own policy, anybody else by the key's.
    #[track_caller]
    pub fn grant(&self, stack: &mut Stack, grantee: impl Into<Grantee>, statement: Statement) {
        grantee.into().grant(stack, statement, |stack, mut statement| {
            // In a key's policy `*` is the key: its own ARN would be a cycle.
            statement.resources = vec!["*".into()];
            self.add_to_policy(stack, statement);
        });
    }

    /// Adds a statement to the key's policy. Its principals are whom it is about, its resource is `*`: this key.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        document::add_statement(stack, self.key, "KeyPolicy", statement, Some(self.key.node()));
    }
}

impl From<&Key> for Value<kms::KeyArn> {
    fn from(key: &Key) -> Self {
        key.arn()
    }
}

impl From<Key> for NodeId {
    fn from(key: Key) -> Self {
        key.key.node()
    }
}

impl From<&Key> for StackRef {
    fn from(key: &Key) -> Self {
        key.key.into()
    }
}

crate::aws::iam::has_arn! { Key, "a key"; }
