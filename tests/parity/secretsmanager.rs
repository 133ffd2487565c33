//! Secrets.

use formwork::Stack;
use formwork::aws::iam::UserSpec;
use formwork::aws::secretsmanager::{SecretSpec, SecretStringGenerator};

use super::Case;

pub const CASES: &[Case] = &[("secret", secret), ("secret_of_defaults", secret_of_defaults)];

fn secret(s: &mut Stack) {
    let secret = s.add(
        "Secret",
        SecretSpec {
            secret_name: Some("db/credentials".into()),
            description: Some("login".into()),
            generate: SecretStringGenerator {
                password_length: Some(30),
                exclude_characters: Some("/@\" ".into()),
                ..SecretStringGenerator::json_key("{\"username\":\"shop\"}", "password")
            },
            ..SecretSpec::default()
        },
    );
    let reader = s.add("Reader", UserSpec::default());
    secret.grant_read(s, reader);
}

fn secret_of_defaults(s: &mut Stack) {
    s.add("Secret", SecretSpec::default());
}
