//! Secrets: generated, and referred to, but never written out.

use crate::aws::iam::{Grantee, Statement};
use crate::cfn::{kms, secretsmanager as cfn};
use crate::core::{Computed, Construct, DeletionPolicy, Ref, Stack, UpdateReplacePolicy, Value, intrinsics};

/// A secret that Secrets Manager generates: its value is in no template, and there is no field to write one into.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::secretsmanager::{Generate, SecretSpec};
///
/// let login = s.add("Login", SecretSpec {
///     generate: Generate::user("shop"),
///     ..SecretSpec::default()
/// });
/// let password = login.field("password");
/// # let _ = password;
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SecretSpec {
    /// Its name, up to 512 characters. A change replaces the secret. Default: CloudFormation makes one.
    pub secret_name: Option<Value<String>>,
    /// What it is for, up to 2,048 characters. Default: none.
    pub description: Option<String>,
    /// How its value is made. Default: 32 characters of every kind.
    pub generate: Generate,
    /// The key that encrypts it. Default: the account's `aws/secretsmanager`.
    pub kms_key: Option<Value<kms::KeyArn>>,
    /// What happens to it when it leaves the stack, or is replaced. Default: it is deleted, as AWS CDK's is: what it was
    /// generated for goes with it.
    pub deletion_policy: DeletionPolicy,
}

impl Default for SecretSpec {
    fn default() -> Self {
        Self {
            secret_name: None,
            description: None,
            generate: Generate::default(),
            kms_key: None,
            deletion_policy: DeletionPolicy::Delete,
        }
    }
}

/// How a secret's value is generated.
#[derive(Clone, Debug, Default)]
pub struct Generate {
    /// How many characters, 1 to 4,096. Default: 32.
    pub password_length: Option<u32>,
    /// Characters that are not used. Default: none.
    pub exclude_characters: Option<String>,
    /// Leaves punctuation out. Default: false.
    pub exclude_punctuation: bool,
    /// Makes the value a JSON object, with these fields beside the generated one. Default: the value is the password.
    pub user: Option<User>,
}

/// The fields of a secret for a login, as databases' rotation reads them.
#[derive(Clone, Debug)]
pub struct User {
    /// Who logs in.
    pub username: String,
    /// The field that holds the generated password.
    pub key: String,
}

impl Generate {
    /// A JSON object `{"username": …, "password": …}`.
    #[must_use]
    pub fn user(username: impl Into<String>) -> Self {
        let user = User { username: username.into(), key: "password".into() };
        Self { user: Some(user), ..Self::default() }
    }

    fn property(self) -> cfn::secret::GenerateSecretString {
        let mut generate = cfn::secret::GenerateSecretString::new();
        if let Some(length) = self.password_length {
            generate = generate.password_length(length);
        }
        if let Some(characters) = self.exclude_characters {
            generate = generate.exclude_characters(characters);
        }
        if self.exclude_punctuation {
            generate = generate.exclude_punctuation(true);
        }
        if let Some(user) = self.user {
            let template = serde_json::json!({ "username": user.username }).to_string();
            generate = generate.generate_string_key(user.key).secret_string_template(template);
        }
        generate
    }
}

/// A secret that was added.
#[derive(Clone, Copy, Debug)]
pub struct Secret {
    /// The secret itself.
    pub secret: Ref<cfn::Secret>,
}

impl Construct for SecretSpec {
    type Out = Secret;

    fn build(self, stack: &mut Stack) -> Secret {
        let mut secret = cfn::Secret::new().generate_secret_string(self.generate.property());
        if let Some(name) = self.secret_name {
            secret = secret.name(name);
        }
        if let Some(description) = self.description {
            secret = secret.description(description);
        }
        if let Some(key) = self.kms_key {
            secret = secret.kms_key_id(key.cast::<Computed>());
        }
        let secret = stack.add("Resource", secret);
        let replaced = match self.deletion_policy {
            DeletionPolicy::Delete => UpdateReplacePolicy::Delete,
            _ => UpdateReplacePolicy::Retain,
        };
        stack.resource(secret).deletion_policy(self.deletion_policy).update_replace_policy(replaced);
        Secret { secret }
    }
}

impl Secret {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.secret.get_ref().into()
    }

    /// One field of its JSON, read by CloudFormation while it deploys: a dynamic reference, never the value.
    #[must_use]
    pub fn field(&self, name: &str) -> Value<Computed> {
        intrinsics::secretsmanager(self.arn(), Some(name))
    }

    /// The whole of it, read by CloudFormation while it deploys: a dynamic reference, never the value.
    #[must_use]
    pub fn value(&self) -> Value<Computed> {
        intrinsics::secretsmanager(self.arn(), None)
    }

    /// Lets a grantee read it: `secretsmanager:GetSecretValue`, `secretsmanager:DescribeSecret`, here only.
    #[track_caller]
    pub fn grant_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"];
        grantee.into().grant_identity(stack, Statement::allow(actions, [self.arn()]), "the right to read a secret");
    }
}
