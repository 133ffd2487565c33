//! Secrets.

use formwork::Stack;
use formwork::aws::iam::{Principal, Statement, UserSpec};
use formwork::aws::secretsmanager::{HostedRotation, ReplicaRegion, Rotation, SecretSpec, SecretStringGenerator};

use super::{Case, lambda};

pub const CASES: &[Case] = &[
    ("replicated_secret_with_a_policy", replicated_secret_with_a_policy),
    ("rotated_by_a_function", rotated_by_a_function),
    ("rotated_by_a_hosted_function", rotated_by_a_hosted_function),
    ("secret", secret),
    ("secret_names", secret_names),
    ("secret_of_defaults", secret_of_defaults),
];

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

fn secret_names(s: &mut Stack) {
    let named = s.add("Named", SecretSpec { secret_name: Some("db/the-login".into()), ..SecretSpec::default() });
    s.output("GivenName", named.secret_name());
    let unnamed = s.add("Unnamed", SecretSpec::default());
    s.output("MadeName", unnamed.secret_name());
}

fn rotated_by_a_function(s: &mut Stack) {
    let function = s.add("Rotate", lambda::spec());
    let secret = s.add("Secret", SecretSpec::default());
    secret.grant_read(s, function);
    secret.grant_write(s, function);
    secret.rotate(s, "Rotation", Rotation::function(function.arn()).every_days(7));
}

fn rotated_by_a_hosted_function(s: &mut Stack) {
    let secret = s.add("Secret", SecretSpec::default());
    secret.rotate(s, "Rotation", Rotation::hosted(HostedRotation::postgresql_single_user()));
}

fn secret_of_defaults(s: &mut Stack) {
    s.add("Secret", SecretSpec::default());
}

fn replicated_secret_with_a_policy(s: &mut Stack) {
    let replica_regions = vec![ReplicaRegion::new("eu-central-1")];
    let secret = s.add("Secret", SecretSpec { replica_regions, ..SecretSpec::default() });
    let statement = Statement::allow(["secretsmanager:GetSecretValue"], ["*"]);
    secret.add_to_policy(s, statement.principal(Principal::account("333333333333")));
}
