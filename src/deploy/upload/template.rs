//! Templates that are too big to send along.

use aws_sdk_s3::primitives::ByteStream;
use sha2::{Digest as _, Sha256};

use super::super::Trouble;
use super::super::session::Session;
use super::super::trouble::Fault;
use crate::assets::{hex, template_key};

/// Puts a template into the bucket, unless it is there, and returns its address.
pub(super) async fn upload(session: &Session, template: &str) -> Result<String, Trouble> {
    let bucket = session.bucket().await?;
    let key = template_key(&hex(Sha256::new_with_prefix(template)));
    if !session.has_object(bucket, &key).await? {
        let put = session.s3().put_object().bucket(bucket).key(&key).expected_bucket_owner(&session.account);
        let put = put.body(ByteStream::from(template.as_bytes().to_vec())).send().await;
        put.map_err(|error| Fault::from(error).trouble(&format!("cannot upload to the bucket {bucket}")))?;
    }
    Ok(session.url(bucket, &key))
}
