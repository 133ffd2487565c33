//! What the assets of a plan are called: read from the disk, each once, before anything is changed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use futures_util::StreamExt as _;
use futures_util::stream;
use indexmap::IndexMap;
use tokio::sync::Semaphore;

use super::super::{Deployment, Trouble};
use super::{Assets, Files, Filling, Image, LANES, StackAssets};
use crate::assets::{self, Fingerprint, Object};
use crate::core::{Asset, AssetSource, ImageAsset, Problem};

/// What has to be read, by what makes it what it is: two stacks with the same code have it read once.
#[derive(Default)]
struct Wanted {
    files: IndexMap<String, Asset>,
    images: IndexMap<String, ImageAsset>,
    objects: IndexMap<String, (Asset, String)>,
}

/// The same, read.
struct Known {
    files: IndexMap<String, Fingerprint>,
    images: IndexMap<String, String>,
    objects: IndexMap<String, Rc<[Object]>>,
}

impl<'a> Deployment<'a> {
    /// Reads what the assets of the plan's stacks are called. What cannot be read is refused, all of it at once.
    pub(in super::super) async fn assets(&self) -> Result<Assets<'a>, Trouble> {
        let root = self.options.root.as_path();
        let stacks: Vec<_> = (0..self.plan.steps.len()).map(|index| self.stack(index)).collect();
        let mut wanted = Wanted::default();
        for declared in stacks.iter().flat_map(|stack| stack.assets) {
            match &declared.source {
                AssetSource::Files { asset, .. } => drop(wanted.files.insert(of_files(asset), asset.clone())),
                AssetSource::Image { image, .. } => drop(wanted.images.insert(of_image(image), image.clone())),
            }
        }
        for declared in stacks.iter().flat_map(|stack| &stack.objects) {
            let key = of_objects(declared.asset, declared.prefix);
            wanted.objects.insert(key, (declared.asset.clone(), declared.prefix.to_owned()));
        }
        let known = wanted.read(root).await.map_err(refused)?;
        let stacks = stacks.iter().filter(|stack| !stack.assets.is_empty() || !stack.objects.is_empty());
        let stacks: BTreeMap<_, _> = stacks
            .map(|stack| {
                let mut own = StackAssets::default();
                for declared in stack.assets {
                    match &declared.source {
                        AssetSource::Files { asset, bucket_parameter, key_parameter } => own.files.push(Files {
                            asset,
                            bucket_parameter,
                            key_parameter,
                            fingerprint: known.files[&of_files(asset)].clone(),
                        }),
                        AssetSource::Image { image, uri_parameter } => {
                            own.images.push(Image {
                                asset: image,
                                uri_parameter,
                                tag: known.images[&of_image(image)].clone(),
                            });
                        }
                    }
                }
                own.objects.extend(stack.objects.iter().map(|declared| Filling {
                    declared,
                    objects: Rc::clone(&known.objects[&of_objects(declared.asset, declared.prefix)]),
                }));
                (stack.path, own)
            })
            .collect();
        Ok(Assets { stacks, root, seen_to: RefCell::default(), lanes: Semaphore::new(LANES) })
    }
}

impl Wanted {
    async fn read(self, root: &Path) -> Result<Known, Vec<Problem>> {
        let mut problems = Vec::new();
        let files = read(root, self.files, |root, asset| assets::fingerprint(root, &asset), &mut problems).await;
        let images = read(root, self.images, |root, image| assets::image_hash(root, &image), &mut problems).await;
        let objects = |root: &Path, (asset, prefix): (Asset, String)| assets::objects(root, &asset, &prefix);
        let objects = read(root, self.objects, objects, &mut problems).await;
        let objects = objects.into_iter().map(|(key, objects)| (key, objects.into())).collect();
        if problems.is_empty() { Ok(Known { files, images, objects }) } else { Err(problems) }
    }
}

/// Reads each on a thread of its own, a few at a time; what goes wrong is put among the problems.
async fn read<T: Send + 'static, R: Send + 'static>(
    root: &Path,
    wanted: IndexMap<String, T>,
    work: fn(&Path, T) -> Result<R, assets::Trouble>,
    problems: &mut Vec<Problem>,
) -> IndexMap<String, R> {
    let jobs = wanted.into_iter().map(|(key, one)| {
        let root: PathBuf = root.to_owned();
        async move { (key, blocking(move || work(&root, one)).await) }
    });
    let mut known = IndexMap::new();
    let mut jobs = stream::iter(jobs).buffered(LANES);
    while let Some((key, read)) = jobs.next().await {
        match read {
            Ok(read) => drop(known.insert(key, read)),
            Err(trouble) => problems.push(trouble.into()),
        }
    }
    known
}

/// Runs what takes long on a thread of its own.
pub(super) async fn blocking<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> R {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // Only a runtime that ends cancels; then nobody waits for an answer.
            Err(_) => std::future::pending().await,
        },
    }
}

fn refused(problems: Vec<Problem>) -> Trouble {
    let what = match &problems[..] {
        [one] => one.message.clone(),
        many => format!("{} assets cannot be read", many.len()),
    };
    Trouble { problems, ..Trouble::refused(what, "") }
}

fn of_files(asset: &Asset) -> String {
    format!("{:?}", (asset.kind, &asset.path, &asset.exclude, &asset.build))
}

fn of_image(image: &ImageAsset) -> String {
    let ImageAsset { path, dockerfile, target, platform, build_args, at: _ } = image;
    format!("{:?}", (path, dockerfile, target, platform, build_args))
}

fn of_objects(asset: &Asset, prefix: &str) -> String {
    format!("{prefix:?} {}", of_files(asset))
}
