//! The stack itself.

use super::{BUCKET_OUTPUT, REPOSITORY_OUTPUT, VERSION, VERSION_OUTPUT};
use crate::cfn::{ecr, s3};
use crate::core::intrinsics::sub;
use crate::core::{Computed, DeletionPolicy, Json, Ref, Stack, UpdateReplacePolicy, Value};
use crate::json;

/// How long an old version of an object is kept, in days.
const NONCURRENT_DAYS: i64 = 30;
/// How long parts of an upload that never ended are kept, in days.
const UPLOAD_DAYS: i64 = 7;
/// How long an image without a tag is kept, in days.
const UNTAGGED_DAYS: i64 = 7;

/// Defines the stack `formwork-bootstrap`.
///
/// * A bucket `formwork-assets-<account>-<region>`: encrypted (SSE-S3), versioned, closed to the public, without ACLs,
///   reached over TLS alone. Old versions go after 30 days, parts of uploads that never ended after 7.
/// * A repository of that name: scanned on push, its tags never moved, open to Lambda functions of the account. Images
///   without a tag go after 7 days.
///
/// Both stay when the stack is deleted, for stacks that were deployed with their assets may still read them. A creation
/// that fails takes them back, so that it can be tried again.
pub fn define(s: &mut Stack) {
    s.description("Where formwork puts the files and images that its stacks are deployed with.");
    let bucket = s.add("Bucket", bucket());
    let policy = s.add("BucketPolicy", s3::BucketPolicy::new(bucket, tls_only(bucket)));
    let repository = s.add("Repository", repository());
    keep(s, bucket);
    keep(s, policy);
    keep(s, repository);
    s.output(BUCKET_OUTPUT, bucket).description("The bucket for files and large templates.");
    s.output(REPOSITORY_OUTPUT, repository.repository_uri()).description("The repository for container images.");
    s.output(VERSION_OUTPUT, VERSION).description("Which definition of this stack was deployed.");
}

fn name() -> Value<Computed> {
    sub("formwork-assets-${AWS::AccountId}-${AWS::Region}", [])
}

fn keep<R>(s: &mut Stack, resource: Ref<R>) {
    s.resource(resource)
        .deletion_policy(DeletionPolicy::RetainExceptOnCreate)
        .update_replace_policy(UpdateReplacePolicy::Retain);
}

fn bucket() -> s3::Bucket {
    use s3::bucket as of;
    let encrypted = of::ServerSideEncryptionByDefault::new(of::ServerSideEncryptionByDefaultSseAlgorithm::AES256);
    let encrypted = of::ServerSideEncryptionRule::new().server_side_encryption_by_default(encrypted);
    let closed = of::PublicAccessBlockConfiguration::new()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true);
    let owner = of::OwnershipControlsRuleObjectOwnership::BUCKET_OWNER_ENFORCED;
    let versions = of::Rule::new(of::RuleStatus::ENABLED)
        .id("OldVersions")
        .noncurrent_version_expiration(of::NoncurrentVersionExpiration::new(NONCURRENT_DAYS));
    let uploads = of::Rule::new(of::RuleStatus::ENABLED)
        .id("UnfinishedUploads")
        .abort_incomplete_multipart_upload(of::AbortIncompleteMultipartUpload::new(UPLOAD_DAYS));
    s3::Bucket::new()
        .bucket_name(name())
        .bucket_encryption(of::BucketEncryption::new([encrypted]))
        .lifecycle_configuration(of::LifecycleConfiguration::new([versions, uploads]))
        .ownership_controls(of::OwnershipControls::new([of::OwnershipControlsRule::new().object_ownership(owner)]))
        .public_access_block_configuration(closed)
        .versioning_configuration(of::VersioningConfiguration::new(of::VersioningConfigurationStatus::ENABLED))
}

#[expect(clippy::vec_init_then_push, reason = "what `json!` of a list becomes inside this crate")]
fn tls_only(bucket: Ref<s3::Bucket>) -> Value<Json> {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket.arn(), sub("${Bucket}/*", [("Bucket", bucket.arn().into())])],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    })
}

fn repository() -> ecr::Repository {
    use ecr::repository as of;
    let lifecycle = serde_json::json!({
        "rules": [{
            "rulePriority": 1,
            "description": "Images without a tag",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": UNTAGGED_DAYS,
            },
            "action": { "type": "expire" },
        }],
    });
    ecr::Repository::new()
        .repository_name(name())
        .image_scanning_configuration(of::ImageScanningConfiguration::new().scan_on_push(true))
        // A tag is the hash of what the image is built from.
        .image_tag_mutability(of::ImageTagMutability::IMMUTABLE)
        .lifecycle_policy(of::LifecyclePolicy::new().lifecycle_policy_text(lifecycle.to_string()))
        .repository_policy_text(lambda_reads())
}

/// Lambda pulls the images of functions by itself. Rule: the AWS Lambda developer guide, "Amazon ECR permissions".
#[expect(clippy::vec_init_then_push, reason = "what `json!` of a list becomes inside this crate")]
fn lambda_reads() -> Value<Json> {
    let functions = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*";
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "LambdaReads",
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" },
            "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Condition": { "StringLike": { "aws:sourceArn": sub(functions, []) } },
        }],
    })
}
