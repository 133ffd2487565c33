//! An app whose stacks come from a file, for the tests of deployments: `FIXTURE=stacks.json fixture deploy`.
//!
//! A test of a deployment changes the definitions between two runs of one program: it adds a resource, breaks one, moves
//! an export. Apps do not read their environment; this one does, because it is a double, and a file is what a test can
//! change without a compiler.
//!
//! ```json
//! [{
//!   "path": "shop/dev/queue", "account": "000000000001", "region": "us-east-1", "name": "shop-queue",
//!   "description": "Jobs", "needs": ["shop/dev/network"], "tags": { "team": "shop" }, "terminationProtection": true,
//!   "policy": { "Statement": [] },
//!   "parameters": { "Days": { "type": "Number", "default": 4, "noEcho": false } },
//!   "resources": { "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": { "Ref": "Days" } } } },
//!   "assets": { "Code": { "folder": "lambda", "exclude": ["*.pyc"], "build": [] }, "Data": { "file": "data.json" } },
//!   "images": { "Web": { "path": "web", "target": "release", "buildArgs": { "MODE": "fast" } } },
//!   "objects": { "Pages": { "bucket": "Site", "folder": "site", "prefix": "docs/", "prune": true } },
//!   "outputs": { "Url": { "Ref": "Jobs" }, "Arn": { "value": { "Fn::GetAtt": ["Jobs", "Arn"] }, "export": "jobs" } },
//!   "runbooks": { "send": { "title": "Send a job", "text": "{{Url}}" } }
//! }]
//! ```
//!
//! Only `path` is required; a resource may have `DeletionPolicy`, `UpdateReplacePolicy` and `DependsOn` too. In values, `Ref`
//! (parameters, pseudo parameters, resources), `Fn::GetAtt`, `Fn::ImportValue`, `Fn::Join`, `Fn::Sub` and `Fn::GetStackOutput`
//! (of a reference) are functions. `{"Ref": "shop/dev/network:Vpc"}` and `{"Fn::GetAtt": ["shop/dev/network:Vpc",
//! "CidrBlock"]}` refer to an earlier stack, as a handle does. A construct has the id that the file gives it. An asset's parameters are
//! referred to by their names: `{"Ref": "AssetsBucket"}`, `{"Ref": "CodeAssetKey"}`, `{"Ref": "WebImageUri"}`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use formwork::core::{Computed, Expr, IntoExpr as _, Intrinsic, Props, Pseudo};
use formwork::{
    App, Asset, DeletionPolicy, Env, ImageAsset, Json, Param, Parameter, RawResource, Ref, Resource as _, Stack,
    StackRef, UpdateReplacePolicy, Value, intrinsics,
};
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value as Data;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StackData {
    path: String,
    account: Option<String>,
    region: Option<String>,
    name: Option<String>,
    description: Option<String>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    tags: IndexMap<String, String>,
    #[serde(default)]
    termination_protection: bool,
    policy: Option<Data>,
    #[serde(default)]
    parameters: IndexMap<String, ParameterData>,
    #[serde(default)]
    assets: IndexMap<String, AssetData>,
    #[serde(default)]
    images: IndexMap<String, ImageData>,
    #[serde(default)]
    objects: IndexMap<String, ObjectsData>,
    #[serde(default)]
    resources: IndexMap<String, ResourceData>,
    #[serde(default)]
    outputs: IndexMap<String, Data>,
    #[serde(default)]
    runbooks: IndexMap<String, RunbookData>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RunbookData {
    title: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ParameterData {
    r#type: String,
    default: Option<Data>,
    #[serde(default)]
    no_echo: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ResourceData {
    r#type: String,
    #[serde(default)]
    properties: IndexMap<String, Data>,
    deletion_policy: Option<String>,
    update_replace_policy: Option<String>,
    #[serde(default)]
    depends_on: Vec<String>,
}

/// One of `folder` and `file`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssetData {
    folder: Option<String>,
    file: Option<String>,
    #[serde(default)]
    exclude: Vec<String>,
    #[serde(default)]
    build: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ImageData {
    path: String,
    dockerfile: Option<String>,
    target: Option<String>,
    platform: Option<String>,
    #[serde(default)]
    build_args: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ObjectsData {
    bucket: String,
    folder: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    prune: bool,
}

impl AssetData {
    fn asset(&self) -> Asset {
        let asset = match (&self.folder, &self.file) {
            (Some(folder), None) => Asset::folder(folder),
            (None, Some(file)) => Asset::file(file),
            _ => panic!("an asset has either a `folder` or a `file`"),
        };
        asset.exclude(self.exclude.iter().cloned()).built_by(self.build.iter().cloned())
    }
}

impl ImageData {
    fn image(&self) -> ImageAsset {
        let mut image = ImageAsset::build(&self.path).build_args(self.build_args.clone());
        if let Some(path) = &self.dockerfile {
            image = image.dockerfile(path);
        }
        if let Some(stage) = &self.target {
            image = image.target(stage);
        }
        if let Some(platform) = &self.platform {
            image = image.platform(platform);
        }
        image
    }
}

fn main() -> ExitCode {
    formwork::cli::main(|app| {
        let path = std::env::var("FIXTURE").expect("FIXTURE names the file with the stacks");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let stacks: Vec<StackData> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut names = Names::default();
        for stack in &stacks {
            names.define(app, stack);
        }
    })
}

/// What the names in the file stand for.
#[derive(Default)]
struct Names {
    /// Resources, by `path:id`.
    resources: BTreeMap<String, Ref<RawResource>>,
    /// Parameters, those of assets too, by `path:name`.
    parameters: BTreeMap<String, Expr>,
    stacks: BTreeMap<String, StackRef>,
}

impl Names {
    fn define(&mut self, app: &mut App, data: &StackData) {
        let handle = app.stack(&data.path, env(data), |s| {
            describe(s, data);
            for other in &data.needs {
                s.depends_on(
                    *self.stacks.get(other).unwrap_or_else(|| panic!("no earlier stack has the path {other}")),
                );
            }
            self.parameters(s, data);
            self.assets(s, data);
            self.resources(s, data);
            self.objects(s, data);
            self.outputs(s, data);
            for (name, runbook) in &data.runbooks {
                s.runbook(name, &runbook.title, &runbook.text);
            }
            s.handle()
        });
        self.stacks.insert(data.path.clone(), handle);
    }

    fn parameters(&mut self, s: &mut Stack, data: &StackData) {
        for (name, declared) in &data.parameters {
            let mut parameter = Parameter::of_type(&declared.r#type);
            if let Some(default) = &declared.default {
                parameter = parameter.default(default.clone());
            }
            if declared.no_echo {
                parameter = parameter.no_echo();
            }
            let parameter: Param<String> = s.parameter(name, parameter);
            self.parameters.insert(format!("{}:{name}", data.path), parameter.into_expr());
        }
    }

    fn assets(&mut self, s: &mut Stack, data: &StackData) {
        for (id, declared) in &data.assets {
            let asset = s.asset(id, declared.asset());
            self.parameters.insert(format!("{}:AssetsBucket", data.path), asset.bucket().into_expr());
            self.parameters.insert(format!("{}:{id}AssetKey", data.path), asset.key().into_expr());
        }
        for (id, declared) in &data.images {
            let image = s.image(id, declared.image());
            self.parameters.insert(format!("{}:{id}ImageUri", data.path), image.uri().into_expr());
        }
    }

    fn objects(&self, s: &mut Stack, data: &StackData) {
        for (id, declared) in &data.objects {
            let bucket = self.resource(&data.path, &declared.bucket);
            let objects = s.objects(id, bucket, Asset::folder(&declared.folder));
            objects.prefix(&declared.prefix).prune(declared.prune);
        }
    }

    /// Adds all resources before the first gets its properties: a file may name one that stands further down.
    fn resources(&mut self, s: &mut Stack, data: &StackData) {
        for (id, declared) in &data.resources {
            let resource = s.add(id, RawResource::new(&declared.r#type));
            self.resources.insert(format!("{}:{id}", data.path), resource);
        }
        for (id, declared) in &data.resources {
            let resource = self.resource(&data.path, id);
            for (name, value) in &declared.properties {
                let value = Value::<Json>::from_expr(self.value(&data.path, value));
                s.edit(resource, |r| r.raw(name, value));
            }
            let mut options = s.resource(resource);
            if let Some(policy) = &declared.deletion_policy {
                options = options.deletion_policy(deletion_policy(policy));
            }
            if let Some(policy) = &declared.update_replace_policy {
                options = options.update_replace_policy(update_replace_policy(policy));
            }
            for other in &declared.depends_on {
                options = options.depends_on(self.resource(&data.path, other));
            }
        }
    }

    fn outputs(&self, s: &mut Stack, data: &StackData) {
        for (key, output) in &data.outputs {
            let value = self.value(&data.path, output.get("value").unwrap_or(output));
            let declared = s.output(key, value);
            if let Some(name) = output.get("export") {
                declared.export(self.value(&data.path, name));
            }
        }
    }

    /// A resource of this stack, or of an earlier one by `path:id`.
    fn resource(&self, path: &str, name: &str) -> Ref<RawResource> {
        let name = full(path, name);
        *self.resources.get(&name).unwrap_or_else(|| panic!("no resource is called {name}"))
    }

    fn value(&self, path: &str, data: &Data) -> Expr {
        match data {
            Data::Array(items) => Expr::List(items.iter().map(|item| self.value(path, item)).collect()),
            Data::Object(entries) => match entries.iter().next() {
                Some((name, argument)) if entries.len() == 1 && (name == "Ref" || name.starts_with("Fn::")) => {
                    self.function(path, name, argument)
                }
                _ => {
                    let mut props = Props::new();
                    for (key, value) in entries {
                        props.put(key.clone(), self.value(path, value));
                    }
                    Expr::Map(props)
                }
            },
            literal => literal.clone().into_expr(),
        }
    }

    fn function(&self, path: &str, name: &str, argument: &Data) -> Expr {
        let computed = |data: &Data| Value::<Computed>::from_expr(self.value(path, data));
        match (name, argument.as_array().map(Vec::as_slice)) {
            ("Ref", _) => self.reference(path, text(argument)),
            ("Fn::GetAtt", Some([of, attribute])) => {
                self.resource(path, text(of)).get_att::<Computed>(text(attribute).to_owned()).into_expr()
            }
            ("Fn::ImportValue", _) => intrinsics::import_value(computed(argument)).into_expr(),
            ("Fn::Join", Some([separator, list])) => intrinsics::join_list(text(separator), computed(list)).into_expr(),
            ("Fn::Sub", None) => intrinsics::sub(text(argument), []).into_expr(),
            ("Fn::Sub", Some([template, Data::Object(variables)])) => {
                let variables = variables.iter().map(|(name, value)| (name.as_str(), computed(value).into()));
                intrinsics::sub(text(template), variables).into_expr()
            }
            ("Fn::GetStackOutput", _) => intrinsics::by_stack_output::<Computed>(computed(argument), None).into_expr(),
            _ => panic!("{name} is not a function of fixtures, or has other arguments: {argument}"),
        }
    }

    fn reference(&self, path: &str, name: &str) -> Expr {
        if let Some(pseudo) = Pseudo::ALL.into_iter().find(|pseudo| pseudo.name() == name) {
            return Intrinsic::Pseudo(pseudo).into();
        }
        match self.parameters.get(&full(path, name)) {
            Some(parameter) => parameter.clone(),
            None => self.resource(path, name).into_expr(),
        }
    }
}

/// `path:name`, for a name with or without a path.
fn full(path: &str, name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { format!("{path}:{name}") }
}

fn text(data: &Data) -> &str {
    data.as_str().unwrap_or_else(|| panic!("a name or text is wanted here, not {data}"))
}

fn env(data: &StackData) -> Env {
    match (&data.account, &data.region) {
        (Some(account), region) => Env::new(account, region.as_deref().unwrap_or("us-east-1")),
        (None, Some(region)) => Env::region(region),
        (None, None) => Env::any(),
    }
}

fn describe(s: &mut Stack, data: &StackData) {
    if let Some(name) = &data.name {
        s.set_name(name);
    }
    if let Some(text) = &data.description {
        s.description(text);
    }
    for (key, value) in &data.tags {
        s.tag(key, value);
    }
    s.termination_protection(data.termination_protection);
    if let Some(policy) = &data.policy {
        s.policy(policy.clone());
    }
}

fn deletion_policy(name: &str) -> DeletionPolicy {
    use DeletionPolicy::{Delete, Retain, RetainExceptOnCreate, Snapshot};
    let known = [Delete, Retain, RetainExceptOnCreate, Snapshot].into_iter().find(|policy| policy.name() == name);
    known.unwrap_or_else(|| panic!("no DeletionPolicy is called {name}"))
}

fn update_replace_policy(name: &str) -> UpdateReplacePolicy {
    use UpdateReplacePolicy::{Delete, Retain, Snapshot};
    let known = [Delete, Retain, Snapshot].into_iter().find(|policy| policy.name() == name);
    known.unwrap_or_else(|| panic!("no UpdateReplacePolicy is called {name}"))
}
