//! What goes through a bucket: templates too big to send along.

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use sha2::{Digest as _, Sha256};

use super::Trouble;
use super::session::Session;
use super::trouble::Fault;

/// The stacks that hold a bucket for assets, ours first, and the output that names it.
const BOOTSTRAPS: [(&str, &str); 2] = [("formwork-bootstrap", "BucketName"), ("CDKToolkit", "BucketName")];

impl Session {
    /// The bucket for what is too big to send along: formwork's own, or that of an AWS CDK bootstrap.
    pub(super) async fn bucket(&self) -> Result<String, Trouble> {
        if let Some(bucket) = &*self.bucket.borrow() {
            return Ok(bucket.clone());
        }
        for (stack, output) in BOOTSTRAPS {
            let found =
                self.describe(stack).await.map_err(|fault| fault.trouble("cannot look for the assets bucket"))?;
            let found = found.as_deref().and_then(|stack| {
                let output = stack.outputs().iter().find(|o| o.output_key() == Some(output))?;
                output.output_value().map(str::to_owned)
            });
            if let Some(bucket) = found {
                *self.bucket.borrow_mut() = Some(bucket.clone());
                return Ok(bucket);
            }
        }
        Err(Trouble::refused(
            format!("account {} has no bucket for assets in {}", self.account, self.region),
            "`bootstrap` makes one, once for an account and region; a template of more than 51,200 bytes and files that \
             a stack takes along go through it",
        ))
    }

    /// Whether an object is in a bucket.
    pub(super) async fn has_object(&self, bucket: &str, key: &str) -> Result<bool, Trouble> {
        match self.s3().head_object().bucket(bucket).key(key).send().await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == Some("NotFound") || error.code() == Some("NoSuchKey") => Ok(false),
            Err(error) => Err(Fault::from(error).trouble(&format!("cannot look into the bucket {bucket}"))),
        }
    }

    pub(super) async fn put_object(&self, bucket: &str, key: &str, body: ByteStream) -> Result<(), Trouble> {
        let put = self.s3().put_object().bucket(bucket).key(key).body(body).send().await;
        put.map(drop).map_err(|error| Fault::from(error).trouble(&format!("cannot upload to the bucket {bucket}")))
    }

    /// The address of an object, as CloudFormation takes it.
    pub(super) fn url(&self, bucket: &str, key: &str) -> String {
        let suffix = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://s3.{}.{suffix}/{bucket}/{key}", self.region)
    }
}

/// Puts a template into the bucket, unless it is there, and returns its address.
pub(super) async fn template(session: &Session, template: &str) -> Result<String, Trouble> {
    let bucket = session.bucket().await?;
    let digest = Sha256::digest(template.as_bytes());
    let key = format!("templates/{}.yaml", hex(&digest));
    if !session.has_object(&bucket, &key).await? {
        session.put_object(&bucket, &key, ByteStream::from(template.as_bytes().to_vec())).await?;
    }
    Ok(session.url(&bucket, &key))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
