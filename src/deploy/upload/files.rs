//! Files and zipped folders, into the bucket for assets.

use super::super::Trouble;
use super::super::failure::Failure;
use super::super::session::Session;
use super::build::build;
use super::read::blocking;
use super::send::Parcel;
use super::{Assets, Files, Sender, changed};
use crate::assets;
use crate::core::AssetKind;

impl Files<'_> {
    /// Whether it is in the bucket. What is there is not looked for again in this run.
    pub(super) async fn is_there(&self, all: &Assets<'_>, session: &Session) -> Result<bool, Trouble> {
        let key = self.fingerprint.key();
        let there = session.has_object(session.bucket().await?, &key).await?;
        if there {
            // It may be set already: by another stack.
            let _ = all.once(session, &key).set(());
        }
        Ok(there)
    }

    /// Sends the asset, unless it is there. However many stacks of a run want it, that is found out once.
    pub(super) async fn provide(&self, all: &Assets<'_>, sender: Sender<'_>) -> Result<(), Failure> {
        let bucket = sender.session.bucket().await?;
        let key = self.fingerprint.key();
        let send = || async {
            if sender.session.has_object(bucket, &key).await? {
                return Ok(());
            }
            self.send(all, sender, bucket, &key).await
        };
        all.once(sender.session, &key).get_or_try_init(send).await.map(drop)
    }

    async fn send(&self, all: &Assets<'_>, sender: Sender<'_>, bucket: &str, key: &str) -> Result<(), Failure> {
        let (root, asset) = (all.root.to_owned(), self.asset.clone());
        let packed = {
            let _lane = sender.lane().await?;
            if asset.build.is_empty() {
                blocking(move || assets::pack(&root, &asset)).await?
            } else {
                build(&root, &asset, sender).await?
            }
        };
        if packed.fingerprint != self.fingerprint {
            return Err(changed(&self.asset.path));
        }
        let (told, size) = (std::cell::Cell::new(0), packed.size);
        let tell = |more: u64| {
            told.set(told.get() + more);
            sender.tell(&self.asset.path, told.get(), size);
        };
        // Of nothing, nothing is all.
        if size > 0 {
            tell(0);
        }
        // A zip file is this program's own; a file that is sent as it is may be written to meanwhile, and a wrong
        // content under this key would stay.
        let sha256 = (self.asset.kind == AssetKind::File).then_some(self.fingerprint.hash.as_str());
        let parcel = Parcel {
            bucket,
            key,
            path: packed.path(),
            size,
            owner: Some(&sender.session.account),
            content_type: None,
            md5: None,
            sha256,
            shown: &self.asset.path,
        };
        sender.send(&parcel, &tell).await
    }
}
