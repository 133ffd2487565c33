//! Layers: files that several functions find below `/opt`.

use super::Code;
use crate::cfn::lambda;
use crate::core::{Asset, Construct, Problem, Ref, Stack, Value};

/// A version of a layer. A change of its content makes a new version, and deletes the old one.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::lambda::{Code, LayerVersionSpec};
///
/// s.add("Tools", LayerVersionSpec {
///     compatible_runtimes: vec!["python3.13".into()],
///     ..LayerVersionSpec::new(Code::bucket("layers-of-mine", "tools.zip"))
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct LayerVersionSpec {
    /// Its files.
    pub code: Code,
    /// Its name. A change replaces it. Default: CloudFormation makes one.
    pub layer_name: Option<Value<String>>,
    /// What it is for, up to 256 characters. Default: none.
    pub description: Option<String>,
    /// The runtimes it is for, up to 15. Default: any.
    pub compatible_runtimes: Vec<String>,
}

impl LayerVersionSpec {
    /// A layer of these files, with the defaults of every field.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, layer_name: None, description: None, compatible_runtimes: Vec::new() }
    }

    /// The packages that the file `requirements.txt` of a folder names, for functions in this version of Python, on x86-64.
    ///
    /// Deploying has pip install them where Python finds them, whenever the folder has changed: it needs Python 3 with pip.
    /// It takes wheels for Lambda, whatever machine it runs on, and so nothing that has to be compiled first. Name exact
    /// versions, best with their hashes: another version that a package gets meanwhile is not asked for.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::lambda::{Code, FunctionSpec, LayerVersionSpec};
    ///
    /// // The file lambda/packages/requirements.txt says `PyMySQL==1.2.4`.
    /// let packages = s.add("Packages", LayerVersionSpec::python("lambda/packages", "3.13"));
    /// let code = Code::inline("import pymysql\n\ndef handler(event, context): ...");
    /// s.add("Hello", FunctionSpec { layers: vec![packages], ..FunctionSpec::new("python3.13", "index.handler", code) });
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[must_use]
    #[track_caller]
    pub fn python(folder: impl Into<String>, version: &str) -> Self {
        let install = "python3 -m pip install --quiet --disable-pip-version-check --no-input --no-compile";
        // The machines that Lambda runs Amazon Linux 2023 on. Rule: PEP 600, the oldest glibc that a wheel works with.
        let wheels = "--only-binary :all: --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64";
        let what = format!("--python-version {version} --requirement requirements.txt --target {{out}}/python");
        let command = [install, wheels, &what].into_iter().flat_map(str::split_whitespace);
        let asset = Asset::folder(folder).built_by(command);
        Self { compatible_runtimes: vec![format!("python{version}")], ..Self::new(Code::asset(asset)) }
    }
}

/// A version of a layer that was added.
#[derive(Clone, Copy, Debug)]
pub struct LayerVersion {
    /// The version itself.
    pub layer_version: Ref<lambda::LayerVersion>,
}

impl Construct for LayerVersionSpec {
    type Out = LayerVersion;

    fn build(self, stack: &mut Stack) -> LayerVersion {
        if self.code.is_inline() {
            let problem = Problem::error("dependent-properties", "a layer has no text in the template")
                .help("put its files into a folder, and name that with `Code::asset`");
            stack.report_at(None, problem);
        }
        let mut layer = lambda::LayerVersion::new(self.code.of_layer(stack));
        if !self.compatible_runtimes.is_empty() {
            layer = layer.compatible_runtimes(self.compatible_runtimes);
        }
        if let Some(description) = self.description {
            layer = layer.description(description);
        }
        if let Some(name) = self.layer_name {
            layer = layer.layer_name(name);
        }
        LayerVersion { layer_version: stack.add("Resource", layer) }
    }
}

impl LayerVersion {
    /// Its ARN, with its version.
    #[must_use]
    pub fn arn(&self) -> Value<lambda::LayerVersionArn> {
        self.layer_version.get_ref()
    }
}

crate::aws::iam::has_arn! { LayerVersion, "a layer"; }
