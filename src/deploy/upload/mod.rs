//! Assets on their way: what they are called is known before anything is changed, and what is missing is sent before
//! the stack that wants it is changed.
//!
//! Everything is called after its content, so what is there is never sent again, by whichever run it came there.

mod build;
mod files;
mod image;
mod objects;
mod program;
mod read;
mod send;
mod store;
mod template;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use aws_sdk_cloudformation::types::Stack;
use futures_util::future::join_all;
use indexmap::IndexMap;
use tokio::sync::{OnceCell, Semaphore};

use super::event::{Event, Host, Phase};
use super::failure::Failure;
use super::one::{One, status};
use super::session::Session;
use super::state::State;
use super::walk::Stop;
use super::{Deployment, Trouble};
use crate::assets::{Fingerprint, Object, bootstrap};
use crate::core::{Asset, ImageAsset};
use crate::synth::{BucketObjects, Synthesized};
pub(super) use store::Store;
pub(super) use template::Lent;

/// How many requests carry content at a time.
const LANES: usize = 4;

/// Account, region, and key or URI: what a run sees to once, however many stacks want it.
type Place = (String, String, String);

/// The assets of a plan.
pub(super) struct Assets<'a> {
    /// By the stack's path.
    stacks: BTreeMap<&'a str, StackAssets<'a>>,
    root: &'a Path,
    seen_to: RefCell<BTreeMap<Place, Rc<OnceCell<()>>>>,
    lanes: Semaphore,
}

/// The assets of a stack, with what they are called.
#[derive(Default)]
pub(super) struct StackAssets<'a> {
    files: Vec<Files<'a>>,
    images: Vec<Image<'a>>,
    objects: Vec<Filling<'a>>,
}

/// A file or a zipped folder.
struct Files<'a> {
    asset: &'a Asset,
    bucket_parameter: &'a str,
    key_parameter: &'a str,
    fingerprint: Fingerprint,
}

/// An image.
struct Image<'a> {
    asset: &'a ImageAsset,
    uri_parameter: &'a str,
    tag: String,
}

/// Files for a bucket of the stack.
struct Filling<'a> {
    declared: &'a BucketObjects<'a>,
    objects: Rc<[Object]>,
}

/// The assets of one stack, among those of all.
#[derive(Clone, Copy)]
pub(super) struct Load<'a> {
    all: &'a Assets<'a>,
    own: &'a StackAssets<'a>,
}

/// Whoever sends: who hears of it, and what ends it.
#[derive(Clone, Copy)]
struct Sender<'a> {
    session: &'a Session,
    host: &'a dyn Host,
    stop: &'a Stop,
    lanes: &'a Semaphore,
}

impl<'a> Assets<'a> {
    /// The assets of a stack.
    pub(super) fn of(&'a self, stack: &str) -> Option<Load<'a>> {
        self.stacks.get(stack).map(|own| Load { all: self, own })
    }

    /// The cell for something that one run does once in an account and region, however many stacks want it.
    fn once(&self, session: &Session, name: &str) -> Rc<OnceCell<()>> {
        let key = (session.account.clone(), session.region.clone(), name.to_owned());
        Rc::clone(self.seen_to.borrow_mut().entry(key).or_default())
    }
}

impl Load<'_> {
    /// Whether the stack takes files or images along.
    pub(super) fn sends(&self) -> bool {
        !self.own.files.is_empty() || !self.own.images.is_empty() || !self.own.objects.is_empty()
    }

    /// The values of the parameters that say where the assets are.
    pub(super) async fn values(&self, session: &Session) -> Result<IndexMap<String, String>, Trouble> {
        let mut values = IndexMap::new();
        for file in &self.own.files {
            values.insert(file.bucket_parameter.to_owned(), session.bucket().await?.to_owned());
            values.insert(file.key_parameter.to_owned(), file.fingerprint.key());
        }
        for image in &self.own.images {
            let uri = image.uri(session.repository().await?);
            values.insert(image.uri_parameter.to_owned(), uri);
        }
        Ok(values)
    }

    /// Whether a deployed stack has these assets.
    pub(super) async fn stands(&self, session: &Session, now: &Stack) -> Result<bool, Trouble> {
        let values = self.values(session).await?;
        let there = |name: &str| now.parameters().iter().find(|p| p.parameter_key() == Some(name));
        Ok(values.iter().all(|(name, value)| there(name).is_some_and(|p| p.parameter_value() == Some(value))))
    }
}

impl Deployment<'_> {
    /// Makes sure that what has to be sent can be, before anything is changed: there is a bucket, a repository, a Docker
    /// that answers where an image has to be built, and the program that makes what has to be made of a folder.
    pub(super) async fn can_send(&self, assets: &Assets<'_>) -> Result<(), Trouble> {
        let docker = OnceCell::new();
        let stacks = (0..self.plan.steps.len()).map(|index| self.can_send_of(self.stack(index), assets, &docker));
        let refused = |trouble: Trouble| Trouble { refused: true, ..trouble };
        join_all(stacks).await.into_iter().collect::<Result<(), Trouble>>().map_err(refused)
    }

    async fn can_send_of(
        &self,
        stack: &Synthesized<'_>,
        assets: &Assets<'_>,
        docker: &OnceCell<()>,
    ) -> Result<(), Trouble> {
        let Some(load) = assets.of(stack.path) else { return Ok(()) };
        // Until the stack is deployed that makes the store, nothing is wrong.
        let makes_store = |other: &Synthesized<'_>| other.name == bootstrap::STACK && other.env == stack.env;
        if (0..self.plan.steps.len()).any(|index| makes_store(self.stack(index))) {
            return Ok(());
        }
        let session = self.session(stack);
        let doing = "cannot read what is deployed";
        let now = session.look(stack.name).await.map_err(|fault| fault.trouble(doing))?;
        // What stands as it is defined needs nothing; reading its values finds a store that is missing.
        let stands = match now.filter(|now| State::of(status(now)) == State::Settled) {
            Some(now) => load.stands(&session, &now).await?,
            None => load.values(&session).await?.is_empty(),
        };
        for file in load.own.files.iter().filter(|file| !stands && !file.asset.build.is_empty()) {
            if !file.is_there(assets, &session).await? {
                build::can_build(assets.root, file.asset)?;
            }
        }
        for image in load.own.images.iter().filter(|_| !stands) {
            if !image.is_there(assets, &session).await? {
                docker.get_or_try_init(image::docker_answers).await?;
            }
        }
        Ok(())
    }
}

impl One<'_> {
    /// Sends what of the stack's assets is not there yet.
    pub(super) async fn provide(&self) -> Result<(), Failure> {
        let Some(load) = self.load.filter(|load| !load.own.files.is_empty() || !load.own.images.is_empty()) else {
            return Ok(());
        };
        self.phase(Phase::Uploading, None);
        let sender = self.sender(&load);
        let files = load.own.files.iter().map(|file| file.provide(load.all, sender));
        // Each comes to its end: an upload that is given up halfway could not clean up.
        join_all(files).await.into_iter().collect::<Result<(), Failure>>()?;
        for image in &load.own.images {
            let tell = |note: &str| self.phase(Phase::Uploading, Some(note));
            image.provide(load.all, sender, &tell).await?;
        }
        Ok(())
    }

    fn sender<'b>(&'b self, load: &Load<'b>) -> Sender<'b> {
        Sender { session: &self.session, host: self.host, stop: self.stop, lanes: &load.all.lanes }
    }

    /// Sends the template to where CloudFormation can read it, and returns its address.
    pub(super) async fn upload_template(&self) -> Result<String, Failure> {
        self.phase(Phase::Uploading, None);
        template::upload(&self.session, self.template).await.map_err(Failure::from)
    }
}

impl Sender<'_> {
    /// Tells how far an upload is.
    fn tell(&self, asset: &str, sent: u64, size: u64) {
        self.host.hear(&Event::Upload { asset, sent, size });
    }
}

/// An asset that is no longer what it was when the deployment began.
fn changed(path: &str) -> Failure {
    Failure::of(
        format!("{path} changed while it was deployed; this stack is as it was"),
        "run the same command again once nothing writes to it",
    )
}
