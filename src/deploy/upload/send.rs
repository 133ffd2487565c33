//! One object into one bucket: at once where it is small, in parts where it is big. It is seen when all of it is there.

use std::path::{Path, PathBuf};

use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use tokio::sync::SemaphorePermit;

use super::super::Trouble;
use super::super::failure::Failure;
use super::super::trouble::Fault;
use super::read::blocking;
use super::{LANES, Sender, changed};
use crate::assets::{copy, hex};

/// The most that is sent at once, in bytes.
const AT_ONCE: u64 = 16 * 1024 * 1024;
/// The size of a part, in bytes. Rule: the Amazon S3 user guide, "Amazon S3 multipart upload limits": 5 MiB or more.
const PART: u64 = 8 * 1024 * 1024;
/// How many parts an object can have. Rule: the same.
const PARTS: u64 = 10_000;
/// The metadata that holds the MD5 of an object whose ETag does not.
pub(super) const MD5: &str = "formwork-md5";

/// What is sent, and where it goes.
pub(super) struct Parcel<'a> {
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    pub(super) path: &'a Path,
    /// In bytes.
    pub(super) size: u64,
    /// The account that the bucket must belong to.
    pub(super) owner: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
    /// MD5 of the content in hexadecimal, to be kept beside it.
    pub(super) md5: Option<&'a str>,
    /// SHA-256 of the content in hexadecimal, if nothing else may come there.
    pub(super) sha256: Option<&'a str>,
    /// What the file is called in messages.
    pub(super) shown: &'a str,
}

impl<'a> Sender<'a> {
    /// Waits until content may be sent. Nothing is begun once the command is interrupted.
    pub(super) async fn lane(&self) -> Result<SemaphorePermit<'a>, Failure> {
        // The semaphore is never closed.
        let lane = self.lanes.acquire().await.map_err(|_| Failure::interrupted())?;
        if self.stop.told() { Err(Failure::interrupted()) } else { Ok(lane) }
    }

    /// Sends an object, and tells of every byte that has arrived. One that fails leaves nothing to be seen.
    pub(super) async fn send(&self, parcel: &Parcel<'_>, tell: &dyn Fn(u64)) -> Result<(), Failure> {
        if parcel.size <= AT_ONCE { self.at_once(parcel, tell).await } else { self.in_parts(parcel, tell).await }
    }

    async fn at_once(&self, parcel: &Parcel<'_>, tell: &dyn Fn(u64)) -> Result<(), Failure> {
        let _lane = self.lane().await?;
        let path: PathBuf = parcel.path.to_owned();
        let content = blocking(move || std::fs::read(path)).await.map_err(|error| parcel.unreadable(&error))?;
        if parcel.sha256.is_some_and(|hash| hash != hex(Sha256::new_with_prefix(&content))) {
            return Err(changed(parcel.shown));
        }
        let put = self.session.s3().put_object().bucket(parcel.bucket).key(parcel.key).body(ByteStream::from(content));
        let put = put.set_expected_bucket_owner(parcel.owner.map(str::to_owned));
        let mut put = put.set_content_type(parcel.content_type.map(str::to_owned));
        if let Some(md5) = parcel.md5 {
            put = put.metadata(MD5, md5);
        }
        put.send().await.map_err(|error| parcel.refused(&error.into()))?;
        tell(parcel.size);
        Ok(())
    }

    async fn in_parts(&self, parcel: &Parcel<'_>, tell: &dyn Fn(u64)) -> Result<(), Failure> {
        let s3 = self.session.s3();
        let owner = || parcel.owner.map(str::to_owned);
        let create = s3.create_multipart_upload().bucket(parcel.bucket).key(parcel.key);
        let mut create =
            create.set_expected_bucket_owner(owner()).set_content_type(parcel.content_type.map(str::to_owned));
        if let Some(md5) = parcel.md5 {
            create = create.metadata(MD5, md5);
        }
        let created = create.send().await.map_err(|error| parcel.refused(&error.into()))?;
        let upload = created.upload_id().unwrap_or_default();
        let done = match self.parts(parcel, upload, tell).await {
            Ok(parts) => {
                let all = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
                let complete = s3.complete_multipart_upload().bucket(parcel.bucket).key(parcel.key).upload_id(upload);
                let complete = complete.set_expected_bucket_owner(owner()).multipart_upload(all).send().await;
                complete.map(drop).map_err(|error| parcel.refused(&error.into()))
            }
            Err(failure) => Err(failure),
        };
        if done.is_err() {
            let abort = s3.abort_multipart_upload().bucket(parcel.bucket).key(parcel.key).upload_id(upload);
            // Why it failed is what counts; the bucket of `bootstrap` drops such parts by itself after some days.
            let _ = abort.set_expected_bucket_owner(owner()).send().await;
        }
        done
    }

    /// Sends the parts, side by side.
    async fn parts(
        &self,
        parcel: &Parcel<'_>,
        upload: &str,
        tell: &dyn Fn(u64),
    ) -> Result<Vec<CompletedPart>, Failure> {
        let each = part_size(parcel.size);
        let parts =
            (1_i32..).zip((0..parcel.size.div_ceil(each)).map(|index| index * each)).map(|(number, from)| async move {
                let length = each.min(parcel.size - from);
                let _lane = self.lane().await?;
                let body = ByteStream::read_from().path(parcel.path).offset(from).length(Length::Exact(length));
                let body = body.build().await.map_err(|error| parcel.unreadable(&error))?;
                let part = self.session.s3().upload_part().bucket(parcel.bucket).key(parcel.key).upload_id(upload);
                let part = part.part_number(number).set_expected_bucket_owner(parcel.owner.map(str::to_owned));
                let sent = part.body(body).send().await.map_err(|error| parcel.refused(&error.into()))?;
                tell(length);
                let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag().map(str::to_owned));
                Ok::<_, Failure>(part.set_checksum_crc32(sent.checksum_crc32().map(str::to_owned)).build())
            });
        let parts = stream::iter(parts).buffered(LANES).try_collect().await?;
        if let Some(hash) = parcel.sha256 {
            let path: PathBuf = parcel.path.to_owned();
            let now = blocking(move || sha256(&path)).await.map_err(|error| parcel.unreadable(&error))?;
            if now != hash {
                return Err(changed(parcel.shown));
            }
        }
        Ok(parts)
    }
}

impl Parcel<'_> {
    fn refused(&self, fault: &Fault) -> Failure {
        fault.trouble(&format!("cannot upload {} to the bucket {}", self.shown, self.bucket)).into()
    }

    fn unreadable(&self, error: &dyn std::error::Error) -> Failure {
        Trouble::failed(format!("cannot read {}: {error}", self.shown), "run the same command again").into()
    }
}

/// How big the parts of an object are: as small as its size allows.
const fn part_size(size: u64) -> u64 {
    let least = size.div_ceil(PARTS);
    if least > PART { least } else { PART }
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    copy(&mut std::fs::File::open(path)?, &mut std::io::sink(), &mut hasher)?;
    Ok(hex(hasher))
}

#[cfg(test)]
mod tests {
    use super::{PART, PARTS, part_size};

    #[test]
    fn an_object_has_no_more_parts_than_s3_takes() {
        assert_eq!(part_size(17 * 1024 * 1024), PART);
        for size in [PART * PARTS, PART * PARTS + 1, 5 * (1 << 40)] {
            assert!(size.div_ceil(part_size(size)) <= PARTS, "{size}");
        }
    }
}
