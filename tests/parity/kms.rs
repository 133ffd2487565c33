//! Keys.

use formwork::Stack;
use formwork::aws::iam::{Principal, UserSpec};
use formwork::aws::kms::{AliasSpec, KeySpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::s3::BucketSpec;
use formwork::aws::secretsmanager::SecretSpec;
use formwork::aws::sns::TopicSpec;

use super::Case;

pub const CASES: &[Case] = &[
    ("encrypted_bucket_and_topic", encrypted_bucket_and_topic),
    ("encrypted_log_group", encrypted_log_group),
    ("grants", grants),
    ("key", key),
    ("key_with_options", key_with_options),
    ("secret_of_own_key", secret_of_own_key),
    ("signing_key", signing_key),
];

fn key(s: &mut Stack) {
    s.add("Key", KeySpec::new());
}

fn key_with_options(s: &mut Stack) {
    let spec = KeySpec {
        alias: Some("shop/orders".into()),
        description: Some("orders".into()),
        rotation_period_in_days: Some(180),
        pending_window_in_days: Some(7),
        multi_region: true,
        ..KeySpec::new()
    };
    let key = s.add("Key", spec);
    s.add("Reports", AliasSpec::new("shop/reports", &key));
}

fn signing_key(s: &mut Stack) {
    let spec = KeySpec { key_spec: Some("RSA_2048".into()), key_usage: Some("SIGN_VERIFY".into()), ..KeySpec::new() };
    let key = s.add("Key", spec);
    let user = s.add("User", UserSpec::default());
    key.grant_sign(s, user);
    key.grant_verify(s, user);
}

fn grants(s: &mut Stack) {
    let key = s.add("Key", KeySpec::new());
    let [encrypts, decrypts, both] = ["Encrypts", "Decrypts", "Both"].map(|id| s.add(id, UserSpec::default()));
    key.grant_encrypt(s, encrypts);
    key.grant_decrypt(s, decrypts);
    key.grant_encrypt_decrypt(s, both);
    key.grant_decrypt(s, Principal::account("333333333333"));
    key.grant_encrypt(s, Principal::service("events.amazonaws.com"));
}

fn secret_of_own_key(s: &mut Stack) {
    let key = s.add("Key", KeySpec::new());
    let secret = s.add("Secret", SecretSpec { encryption_key: Some(key), ..SecretSpec::new() });
    let [reader, writer] = ["Reader", "Writer"].map(|id| s.add(id, UserSpec::default()));
    secret.grant_read(s, reader);
    secret.grant_write(s, writer);
}

fn encrypted_log_group(s: &mut Stack) {
    let key = s.add("Key", KeySpec::new());
    let log_group_name = Some("/shop".into());
    s.add("Logs", LogGroupSpec { kms_key: Some(key.arn()), log_group_name, ..LogGroupSpec::default() });
}

fn encrypted_bucket_and_topic(s: &mut Stack) {
    let key = s.add("Key", KeySpec::new());
    let bucket = s.add("Bucket", BucketSpec { kms_key: Some(key.arn()), ..BucketSpec::default() });
    let topic = s.add("Topic", TopicSpec { kms_key: Some(key.arn()), ..TopicSpec::default() });
    let [reader, writer, publisher] = ["Reader", "Writer", "Publisher"].map(|id| s.add(id, UserSpec::default()));
    bucket.grant_read(s, reader);
    bucket.grant_put(s, writer);
    topic.grant_publish(s, publisher);
    topic.grant_publish(s, Principal::service("events.amazonaws.com"));
}
