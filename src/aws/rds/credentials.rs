//! Credentials of the master user.

use crate::aws::kms::Key;
use crate::aws::secretsmanager::{EXCLUDED, Secret, SecretSpec, SecretStringGenerator};
use crate::core::{Problem, Stack};

/// The name and password of a database's master user. The password is in a secret, and in the template as a dynamic
/// reference alone.
///
/// ```
/// use formwork::aws::rds::Credentials;
/// let credentials = Credentials::generated("app");
/// ```
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A secret of its own: `Secret` below the database, with 30 characters that RDS and shells accept.
    Generated {
        /// The user's name.
        username: String,
        /// The secret's name. Default: CloudFormation makes one.
        secret_name: Option<String>,
        /// The key that encrypts it. Default: AWS's.
        encryption_key: Option<Key>,
        /// Characters that it does not have. Default: AWS CDK's list, with the four (`/`, `@`, `"`, space) that RDS
        /// refuses. These four are left out whatever is said here.
        exclude_characters: String,
    },
    /// A secret that is there, with the keys `username` and `password`.
    Secret(Secret),
}

impl Credentials {
    /// A generated password for this user, with the logical id that AWS CDK's `Credentials.fromUsername` gives the secret;
    /// that of its `fromGeneratedSecret` ends with a hash of the options, and can be set with `logical_id`.
    #[must_use]
    pub fn generated(username: impl Into<String>) -> Self {
        Self::Generated {
            username: username.into(),
            secret_name: None,
            encryption_key: None,
            exclude_characters: EXCLUDED.into(),
        }
    }

    /// A secret that is there, with the keys `username` and `password`.
    #[must_use]
    pub const fn secret(secret: &Secret) -> Self {
        Self::Secret(*secret)
    }

    /// Names the secret that is made. One that is there keeps its name.
    #[must_use]
    pub fn secret_name(mut self, name: impl Into<String>) -> Self {
        if let Self::Generated { secret_name, .. } = &mut self {
            *secret_name = Some(name.into());
        }
        self
    }

    /// The secret, made where there is none.
    pub(super) fn build(self, stack: &mut Stack) -> Secret {
        let (username, secret_name, encryption_key, mut excluded) = match self {
            Self::Secret(secret) => return secret,
            Self::Generated { username, secret_name, encryption_key, exclude_characters } => {
                (username, secret_name, encryption_key, exclude_characters)
            }
        };
        let first = username.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
        if !first || !username.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            let problem = Problem::error("pattern", format!("`{username}` cannot be the name of a master user"))
                .help("write a letter, then letters, digits and `_`");
            stack.report_at(None, problem);
        }
        for refused in ['/', '@', '"', ' '] {
            if !excluded.contains(refused) {
                excluded.push(refused);
            }
        }
        let generate = SecretStringGenerator {
            password_length: Some(30),
            exclude_characters: Some(excluded),
            ..SecretStringGenerator::json_key(serde_json::json!({ "username": username }).to_string(), "password")
        };
        let description = format!("Master user of {}", place(stack));
        stack.add(
            "Secret",
            SecretSpec { secret_name, encryption_key, generate, description: Some(description), ..SecretSpec::new() },
        )
    }
}

/// The database's path, from the stack on.
fn place(stack: &Stack) -> String {
    let path = stack.current().map(|node| stack.path_of(node).join("/")).unwrap_or_default();
    format!("{}/{path}", stack.path())
}
