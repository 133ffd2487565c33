//! Templates that are too big to send along.

use aws_sdk_s3::primitives::ByteStream;
use sha2::{Digest as _, Sha256};

use super::super::Trouble;
use super::super::change_set::fresh_name;
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

/// A template that is in the bucket for as long as CloudFormation reads it.
pub(in super::super) struct Lent {
    /// Its address.
    pub(in super::super) url: String,
    bucket: String,
    key: String,
    version: Option<String>,
}

impl Lent {
    /// How it is taken away by hand.
    pub(in super::super) fn way_out(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" --version-id {version}")).unwrap_or_default();
        format!("aws s3api delete-object --bucket {} --key {}{version}", self.bucket, self.key)
    }
}

impl Session {
    /// Puts a template into the bucket under a name that nothing else has, so that it can be taken away again.
    pub(in super::super) async fn lend(&self, template: &str) -> Result<Lent, Trouble> {
        let bucket = self.bucket().await?;
        let key = template_key(&fresh_name());
        let put = self.s3().put_object().bucket(bucket).key(&key).expected_bucket_owner(&self.account);
        let put = put.body(ByteStream::from(template.as_bytes().to_vec())).send().await;
        let put = put.map_err(|error| Fault::from(error).trouble(&format!("cannot upload to the bucket {bucket}")))?;
        let (url, version) = (self.url(bucket, &key), put.version_id().map(str::to_owned));
        Ok(Lent { url, bucket: bucket.to_owned(), key, version })
    }

    /// Takes it away; of a bucket with versions, that very one.
    pub(in super::super) async fn give_back(&self, lent: &Lent) -> Result<(), Trouble> {
        let delete = self.s3().delete_object().bucket(&lent.bucket).key(&lent.key).expected_bucket_owner(&self.account);
        let deleted = delete.set_version_id(lent.version.clone()).send().await;
        let doing = format!("cannot delete the template {} of the bucket {}", lent.key, lent.bucket);
        deleted.map(drop).map_err(|error| Fault::from(error).trouble(&doing))
    }
}
