//! Files into a stack's own buckets, once the stack is deployed.

use std::cell::Cell;
use std::collections::BTreeMap;

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use futures_util::{StreamExt as _, stream};

use super::super::Trouble;
use super::super::failure::{Failure, FailureKind};
use super::super::one::One;
use super::super::session::Session;
use super::super::trouble::Fault;
use super::send::{MD5, Parcel};
use super::{Filling, LANES, Load, Sender};
use crate::assets::Object;
use crate::deploy::event::{Event, Outcome, Phase};

/// How many objects one call deletes. Rule: the Amazon S3 API reference, "DeleteObjects".
const DELETED_AT_ONCE: usize = 1000;

/// An object as a bucket lists it.
struct Listed {
    /// MD5 in hexadecimal, where the object was put at once and is not encrypted with a key of KMS.
    etag: String,
    size: u64,
}

/// What a bucket needs to hold the files.
struct Needed<'a> {
    bucket: String,
    missing: Vec<&'a Object>,
    stale: Vec<String>,
}

impl Filling<'_> {
    /// Compares the files with what is in the bucket; nothing where there is no bucket yet.
    async fn needed(&self, session: &Session, stack_name: &str) -> Result<Option<Needed<'_>>, Trouble> {
        let Some(bucket) = session.physical_id(stack_name, &self.declared.bucket).await? else { return Ok(None) };
        let mut listed = session.list_objects(&bucket, self.declared.prefix).await?;
        let mut missing = Vec::new();
        for object in self.objects.iter() {
            let there = listed.remove(&object.key);
            if !session.same(&bucket, object, there.as_ref()).await? {
                missing.push(object);
            }
        }
        let stale = if self.declared.prune { listed.into_keys().collect() } else { Vec::new() };
        Ok(Some(Needed { bucket, missing, stale }))
    }

    /// What pruning deletes, in one line, as a question to a person names it.
    fn doomed(&self, count: usize) -> String {
        let below = match self.declared.prefix {
            "" => String::new(),
            prefix => format!(" below {prefix}"),
        };
        let objects = if count == 1 { "1 object".into() } else { format!("{count} objects") };
        let are = if count == 1 { "is" } else { "are" };
        format!("{objects}{below} of {} that {are} not among the files of {} {are} deleted", self.bucket(), self.name())
    }

    fn bucket(&self) -> &str {
        &self.declared.bucket
    }

    fn name(&self) -> &str {
        self.declared.id
    }
}

impl Load<'_> {
    /// What pruning would delete of a stack that is there, one line each.
    pub(in super::super) async fn doomed(&self, session: &Session, stack_name: &str) -> Result<Vec<String>, Trouble> {
        let mut doomed = Vec::new();
        for filling in self.own.objects.iter().filter(|filling| filling.declared.prune) {
            let needed = filling.needed(session, stack_name).await?;
            let stale = needed.map_or(0, |needed| needed.stale.len());
            doomed.extend((stale > 0).then(|| filling.doomed(stale)));
        }
        Ok(doomed)
    }
}

impl One<'_> {
    /// What pruning deletes of the stack as it is now, one line each.
    pub(in super::super) async fn doomed(&self) -> Result<Vec<String>, Failure> {
        match self.load {
            Some(load) => Ok(load.doomed(&self.session, self.stack.name).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Brings the buckets of the deployed stack to hold its files: the last step. What is pruned was approved with the
    /// changes of the stack, if there were any.
    pub(in super::super) async fn fill(&self, outcome: Outcome) -> Result<Outcome, Failure> {
        let Some(load) = self.load.filter(|load| !load.own.objects.is_empty()) else { return Ok(outcome) };
        let mut all = Vec::new();
        for filling in &load.own.objects {
            all.extend(filling.needed(&self.session, self.stack.name).await?.map(|needed| (filling, needed)));
        }
        all.retain(|(_, needed)| !needed.missing.is_empty() || !needed.stale.is_empty());
        if all.is_empty() {
            return Ok(outcome);
        }
        if !self.approved.get() {
            let stale = all.iter().filter(|(_, needed)| !needed.stale.is_empty());
            let doomed: Vec<String> = stale.map(|(filling, needed)| filling.doomed(needed.stale.len())).collect();
            let destroys = !doomed.is_empty();
            self.approve(doomed, false, destroys).await?;
        }
        self.phase(Phase::Uploading, None);
        for (filling, needed) in &all {
            self.fill_one(self.sender(&load), filling, needed).await?;
        }
        Ok(if outcome == Outcome::Unchanged { Outcome::Updated } else { outcome })
    }

    async fn fill_one(&self, sender: Sender<'_>, filling: &Filling<'_>, needed: &Needed<'_>) -> Result<(), Failure> {
        let shown = format!("{}/{}", self.stack.path, filling.name());
        sender.fill(&shown, needed).await.map_err(|failure| match failure.kind {
            FailureKind::Interrupted => Failure::of(
                format!(
                    "interrupted while the files of {} were uploaded; the stack itself is deployed",
                    filling.name()
                ),
                "run the same command again: what is there is not sent again",
            ),
            _ => failure,
        })?;
        if !needed.stale.is_empty() {
            self.host.hear(&Event::Notice { stack: Some(self.stack.path), text: &filling.doomed(needed.stale.len()) });
            let doing = format!("cannot delete objects of the bucket {}", needed.bucket);
            let pruned = self.session.prune(&needed.bucket, &needed.stale).await;
            pruned.map_err(|fault| fault.failure(&doing))?;
        }
        Ok(())
    }
}

impl Sender<'_> {
    /// Uploads what a bucket lacks, a few objects at a time.
    async fn fill(&self, shown: &str, needed: &Needed<'_>) -> Result<(), Failure> {
        let size: u64 = needed.missing.iter().map(|object| object.size).sum();
        let sent = Cell::new(0);
        let tell = |more: u64| {
            sent.set(sent.get() + more);
            self.tell(shown, sent.get(), size);
        };
        if needed.missing.is_empty() {
            return Ok(());
        }
        // Of nothing, nothing is all.
        if size > 0 {
            tell(0);
        }
        let (tell, failed) = (&tell, &Cell::new(false));
        let puts = needed.missing.iter().map(|object| async move {
            // Those that were begun come to their end, so that none is given up halfway; no other is begun.
            if failed.get() {
                return Ok(());
            }
            let name = object.path.display().to_string();
            let parcel = Parcel {
                bucket: &needed.bucket,
                key: &object.key,
                path: &object.path,
                size: object.size,
                owner: None,
                content_type: Some(object.content_type),
                md5: Some(&object.md5),
                sha256: None,
                shown: &name,
            };
            let sent = self.send(&parcel, tell).await;
            failed.set(failed.get() || sent.is_err());
            sent
        });
        let ended: Vec<_> = stream::iter(puts).buffer_unordered(LANES).collect().await;
        ended.into_iter().collect()
    }
}

impl Session {
    /// The physical id of a resource; none if the stack has no such resource (yet).
    async fn physical_id(&self, stack_name: &str, logical_id: &str) -> Result<Option<String>, Trouble> {
        let call = self.call("DescribeStackResource").await.describe_stack_resource().stack_name(stack_name);
        match call.logical_resource_id(logical_id).send().await.map_err(Fault::from) {
            Ok(answer) => {
                let id = answer.stack_resource_detail().and_then(|resource| resource.physical_resource_id());
                Ok(id.filter(|id| !id.is_empty()).map(str::to_owned))
            }
            // Neither a stack nor a resource that is not there.
            Err(fault) if fault.code() == "ValidationError" => Ok(None),
            Err(fault) => Err(fault.trouble(&format!("cannot find out which bucket {logical_id} is"))),
        }
    }

    async fn list_objects(&self, bucket: &str, prefix: &str) -> Result<BTreeMap<String, Listed>, Trouble> {
        let mut pages = self.s3().list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
        let mut listed = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| Fault::from(error).trouble(&format!("cannot list the bucket {bucket}")))?;
            listed.extend(page.contents.unwrap_or_default().into_iter().map(|object| {
                let etag = object.e_tag().unwrap_or_default().trim_matches('"').to_owned();
                let size = object.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
                (object.key.unwrap_or_default(), Listed { etag, size })
            }));
        }
        Ok(listed)
    }

    /// Whether what is there is a file's content.
    async fn same(&self, bucket: &str, object: &Object, there: Option<&Listed>) -> Result<bool, Trouble> {
        let Some(there) = there.filter(|there| there.size == object.size) else { return Ok(false) };
        if there.etag == object.md5 {
            return Ok(true);
        }
        // An ETag is something else where the object came in parts or a key of KMS encrypts it.
        let head = self.s3().head_object().bucket(bucket).key(&object.key).send().await;
        let head =
            head.map_err(|error| Fault::from(error).trouble(&format!("cannot look into the bucket {bucket}")))?;
        Ok(head.metadata().and_then(|metadata| metadata.get(MD5)).is_some_and(|md5| *md5 == object.md5))
    }

    async fn prune(&self, bucket: &str, keys: &[String]) -> Result<(), Fault> {
        for keys in keys.chunks(DELETED_AT_ONCE) {
            let doomed = keys.iter().filter_map(|key| ObjectIdentifier::builder().key(key).build().ok()).collect();
            let Ok(delete) = Delete::builder().set_objects(Some(doomed)).quiet(true).build() else { return Ok(()) };
            let answer = self.s3().delete_objects().bucket(bucket).delete(delete).send().await?;
            if let Some(error) = answer.errors().first() {
                return Err(Fault::Refused {
                    code: error.code().unwrap_or_default().to_owned(),
                    message: format!("{}: {}", error.key().unwrap_or_default(), error.message().unwrap_or_default()),
                });
            }
        }
        Ok(())
    }
}
