//! Assets: files that travel beside a template, such as a function's code, a layer, a container image, a website.
//!
//! A template holds no hash of an asset and no place where one is kept: parameters stand for both, and deploying fills
//! them in. A template so stays the same while code is rebuilt, and is made before the code is.

use std::collections::BTreeMap;
use std::panic::Location;

use super::{
    At, Computed, Expr, IntoExpr, NodeId, Param, Parameter, Problem, Stack, Value, intrinsics::sub, logical_id,
};

/// The parameter for the bucket that all files of a stack are in.
const BUCKET: &str = "AssetsBucket";

/// A file or a folder of the package.
///
/// The path is relative to the package, the folder of its Cargo.toml, with `/` between its parts. Nothing is read until
/// the stack is deployed.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::{Asset, cfn::lambda};
/// let code = s.asset("Code", Asset::folder("lambda/resize").exclude(["**/*.pyc"]));
/// s.add("Layer", lambda::LayerVersion::new(lambda::layer_version::Content::new(code.bucket(), code.key())));
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Asset {
    /// Where it is, from the package.
    pub path: String,
    /// Whether it is a folder or a file.
    pub kind: AssetKind,
    /// What of a folder is left out. Default: nothing.
    pub exclude: Vec<String>,
    /// The command that makes of a folder what is sent, with its arguments. Default: none, the folder itself is sent.
    pub build: Vec<String>,
    /// The line that names it.
    pub at: At,
}

/// In an argument of a command that builds an asset: the folder that it fills.
pub(crate) const OUT: &str = "{out}";

/// How an asset travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssetKind {
    /// A folder, as one zip file.
    Folder,
    /// A file, as it is.
    File,
}

impl Asset {
    /// A folder. It is zipped, the same way on every machine: no times, no owners, no permissions but the executable bit.
    #[must_use]
    #[track_caller]
    pub fn folder(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            kind: AssetKind::Folder,
            exclude: Vec::new(),
            build: Vec::new(),
            at: Location::caller(),
        }
    }

    /// A file. It is sent as it is, and keeps its extension.
    #[must_use]
    #[track_caller]
    pub fn file(path: impl Into<String>) -> Self {
        Self { kind: AssetKind::File, ..Self::folder(path) }
    }

    /// Leaves out the files and folders below a folder whose path from there matches a pattern: `*` and `?` stand for
    /// characters of one part, `**` for any number of parts, `[…]` for one character. Default: nothing is left out.
    #[must_use]
    pub fn exclude<S: Into<String>>(mut self, patterns: impl IntoIterator<Item = S>) -> Self {
        self.exclude.extend(patterns.into_iter().map(Into::into));
        self
    }

    /// Sends what a command makes of the folder, rather than the folder: dependencies with it, or what a compiler makes.
    ///
    /// Deploying runs it, where nothing of this name was sent yet: in the folder, without a shell, `{out}` in its arguments
    /// standing for an empty folder, which it fills. The asset is named after the folder's files and the command, so that one
    /// that changes neither is not built again: have it fetch nothing but what the folder pins.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::{Asset, cfn::lambda};
    /// // The folder has a requirements.txt.
    /// let pip = ["python3", "-m", "pip", "install", "--no-compile", "-r", "requirements.txt", "--target", "{out}/python"];
    /// let code = s.asset("Code", Asset::folder("lambda/layer").built_by(pip));
    /// s.add("Layer", lambda::LayerVersion::new(lambda::layer_version::Content::new(code.bucket(), code.key())));
    /// # });
    /// ```
    #[must_use]
    pub fn built_by<S: Into<String>>(mut self, command: impl IntoIterator<Item = S>) -> Self {
        self.build = command.into_iter().map(Into::into).collect();
        self
    }
}

/// A container image that deploying builds from a folder of the package, the build's context.
///
/// The image is built again when its context, its Dockerfile or one of these options changes; a base image that its
/// registry changes under the same tag is not seen.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::{ImageAsset, cfn::ecs};
/// let image = s.image("Web", ImageAsset::build("services/web").target("release"));
/// let container = ecs::task_definition::ContainerDefinition::new(image.uri(), "web");
/// # s.add("Task", ecs::TaskDefinition::new().container_definitions([container]));
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct ImageAsset {
    /// Where the context is, from the package.
    pub path: String,
    /// Where the Dockerfile is, from the context. Default: `Dockerfile`.
    pub dockerfile: String,
    /// The stage to build. Default: the last one.
    pub target: Option<String>,
    /// What it runs on. Default: `linux/amd64`.
    pub platform: String,
    /// The values of the Dockerfile's `ARG`s. Default: their own.
    pub build_args: BTreeMap<String, String>,
    /// The line that names it.
    pub at: At,
}

impl ImageAsset {
    /// An image that is built from the folder at `path`.
    #[must_use]
    #[track_caller]
    pub fn build(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            dockerfile: "Dockerfile".into(),
            target: None,
            platform: "linux/amd64".into(),
            build_args: BTreeMap::new(),
            at: Location::caller(),
        }
    }

    /// Where the Dockerfile is, from the context. Default: `Dockerfile`.
    #[must_use]
    pub fn dockerfile(mut self, path: impl Into<String>) -> Self {
        self.dockerfile = path.into();
        self
    }

    /// The stage of the Dockerfile to build. Default: the last one.
    #[must_use]
    pub fn target(mut self, stage: impl Into<String>) -> Self {
        self.target = Some(stage.into());
        self
    }

    /// The operating system and processor it runs on, such as `linux/arm64`. Default: `linux/amd64`.
    #[must_use]
    pub fn platform(mut self, platform: impl Into<String>) -> Self {
        self.platform = platform.into();
        self
    }

    /// The values of the Dockerfile's `ARG`s. They can be read in the image: none is a secret. Default: their own.
    #[must_use]
    pub fn build_args<K: Into<String>, V: Into<String>>(mut self, args: impl IntoIterator<Item = (K, V)>) -> Self {
        self.build_args.extend(args.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }
}

/// Where a stack's template says an asset is: parameters, which deploying fills in.
#[derive(Clone, Debug)]
pub struct AssetRef {
    bucket: Param<String>,
    key: Param<String>,
}

impl AssetRef {
    /// The name of the bucket it is in.
    #[must_use]
    pub fn bucket(&self) -> Value<Computed> {
        self.bucket.value().cast()
    }

    /// Its key in the bucket.
    #[must_use]
    pub fn key(&self) -> Value<String> {
        self.key.value()
    }

    /// Its address as `s3://bucket/key`.
    #[must_use]
    pub fn s3_url(&self) -> Value<String> {
        self.address("s3://${Bucket}/${Key}")
    }

    /// Its address as `https://…`: what a nested stack's `TemplateURL` wants.
    #[must_use]
    pub fn https_url(&self) -> Value<String> {
        self.address("https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${Key}")
    }

    fn address(&self, text: &str) -> Value<String> {
        sub(text, [("Bucket", self.bucket.value()), ("Key", self.key.value())]).into()
    }
}

/// Where a stack's template says an image is: a parameter, which deploying fills in.
#[derive(Clone, Debug)]
pub struct ImageRef {
    uri: Param<String>,
}

impl ImageRef {
    /// The image's URI: registry, repository and tag.
    #[must_use]
    pub fn uri(&self) -> Value<String> {
        self.uri.value()
    }
}

/// An asset that a stack has declared: what deploying provides, and which parameters it fills in.
#[derive(Clone, Debug)]
pub struct DeclaredAsset {
    /// The id it was declared under, below those of the constructs it was declared in: `Resize/Code`.
    pub id: String,
    /// What it is made from, and its parameters.
    pub source: AssetSource,
    /// The line that declared it.
    pub at: At,
    pub(crate) scope: Option<NodeId>,
}

/// What an asset is made from, and the names of the parameters that say where it is.
#[derive(Clone, Debug)]
pub enum AssetSource {
    /// A file or a zipped folder, in the bucket for assets.
    Files {
        /// The file or folder.
        asset: Asset,
        /// The parameter for the bucket's name.
        bucket_parameter: String,
        /// The parameter for the object's key.
        key_parameter: String,
    },
    /// A container image, in the repository for assets.
    Image {
        /// How it is built.
        image: ImageAsset,
        /// The parameter for its URI.
        uri_parameter: String,
    },
}

/// Files that deploying puts into a bucket of the stack.
#[derive(Clone, Debug)]
pub struct Objects {
    pub(crate) id: String,
    pub(crate) bucket: Expr,
    pub(crate) asset: Asset,
    pub(crate) prefix: String,
    pub(crate) prune: bool,
    pub(crate) at: At,
    pub(crate) scope: Option<NodeId>,
}

impl Objects {
    /// What every key begins with; it ends with `/`. Default: nothing, a key is the file's path in the folder.
    pub fn prefix(&mut self, prefix: impl Into<String>) -> &mut Self {
        self.prefix = prefix.into();
        self
    }

    /// Deletes what is below the prefix and no longer among the files. Default: false, it stays.
    pub const fn prune(&mut self, on: bool) -> &mut Self {
        self.prune = on;
        self
    }
}

impl Stack {
    /// Declares a file or folder that the template refers to: a function's code, a layer, a nested stack's template.
    ///
    /// The template gets a parameter for its key, `<Id>AssetKey`, and one for the bucket of all, `AssetsBucket`;
    /// deploying uploads the asset and fills them in. Inside a construct the name has the construct's path before it.
    #[track_caller]
    pub fn asset(&mut self, id: impl AsRef<str>, asset: Asset) -> AssetRef {
        let at = Location::caller();
        let (id, name, new) = self.declare_asset(id.as_ref(), at);
        let what = match asset.kind {
            AssetKind::Folder if !asset.build.is_empty() => format!("what is built from `{}`, zipped", asset.path),
            AssetKind::Folder => format!("`{}`, zipped", asset.path),
            AssetKind::File => format!("`{}`", asset.path),
        };
        let key = format!("{name}AssetKey");
        let reference = AssetRef { bucket: self.named_parameter(BUCKET), key: self.named_parameter(&key) };
        if new || !self.parameters.contains_key(&key) {
            if !self.assets.iter().any(|asset| matches!(asset.source, AssetSource::Files { .. })) {
                self.filled_in(BUCKET, "The bucket of this stack's assets.", at);
            }
            self.filled_in(&key, &format!("The key in {BUCKET} of {what}."), at);
            let source = AssetSource::Files { asset, bucket_parameter: BUCKET.into(), key_parameter: key };
            self.assets.push(DeclaredAsset { id, source, at, scope: self.current() });
        }
        reference
    }

    /// Declares a container image that deploying builds and pushes.
    ///
    /// The template gets a parameter for its URI, `<Id>ImageUri`, which deploying fills in. Inside a construct the name
    /// has the construct's path before it.
    #[track_caller]
    pub fn image(&mut self, id: impl AsRef<str>, image: ImageAsset) -> ImageRef {
        let at = Location::caller();
        let (id, name, new) = self.declare_asset(id.as_ref(), at);
        let uri = format!("{name}ImageUri");
        let reference = ImageRef { uri: self.named_parameter(&uri) };
        if new || !self.parameters.contains_key(&uri) {
            self.filled_in(&uri, &format!("The image that is built from `{}`.", image.path), at);
            let source = AssetSource::Image { image, uri_parameter: uri };
            self.assets.push(DeclaredAsset { id, source, at, scope: self.current() });
        }
        reference
    }

    /// Declares files that deploying puts into a bucket of this stack, once the stack is deployed: a website, seed data.
    /// Each gets a content type by its extension. The template does not mention them.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::{Asset, cfn::s3};
    /// let site = s.add("Site", s3::Bucket::new());
    /// s.objects("Pages", site, Asset::folder("site/dist")).prefix("docs/").prune(true);
    /// # });
    /// ```
    #[track_caller]
    pub fn objects(&mut self, id: impl AsRef<str>, bucket: impl IntoExpr, asset: Asset) -> &mut Objects {
        let at = Location::caller();
        let (id, ..) = self.declare_asset(id.as_ref(), at);
        let (bucket, scope) = (bucket.into_expr(), self.current());
        self.objects.push(Objects { id, bucket, asset, prefix: String::new(), prune: false, at, scope });
        let last = self.objects.len() - 1;
        &mut self.objects[last]
    }

    /// An asset's id below those of the constructs it is in, what parameters are named after it, and whether it is new.
    fn declare_asset(&mut self, id: &str, at: At) -> (String, String, bool) {
        let own = id.replace('/', "--");
        let mut path = self.current().map(|node| self.path_of(node)).unwrap_or_default();
        path.push(&own);
        let (id, name) = (path.join("/"), logical_id(path));
        let declared = self.assets.iter().map(|asset| (&asset.id, asset.at));
        let mut declared = declared.chain(self.objects.iter().map(|objects| (&objects.id, objects.at)));
        let before = declared.find(|(other, _)| **other == id).map(|(_, at)| at);
        self.declared("asset", &id, before, at);
        if before.is_none() && !own.contains(|c: char| c.is_ascii_alphanumeric()) {
            let problem = Problem::error("name", format!("the asset `{own}` has no letter and no digit"))
                .help("parameters of the template are named after it: give it an id of letters and digits")
                .at(at, "declared here");
            self.report(problem);
        }
        (id, name, before.is_none())
    }

    fn named_parameter(&self, name: &str) -> Param<String> {
        Param::new(super::Named { stack: self.key, name: name.to_owned() })
    }

    fn filled_in(&mut self, name: &str, what: &str, at: At) {
        let description = format!("{what} Deploying fills it in.");
        self.parameter_at(name.to_owned(), Parameter::string().description(description), at);
    }
}
