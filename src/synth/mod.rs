//! From definitions to templates: resolve, check, render, assemble.

pub mod check;
pub(crate) mod nearest;
mod render;
mod resolve;
pub(crate) mod sub;

pub(crate) use check::{holds_secret, name_ends_with};

use std::fmt;

use indexmap::IndexMap;

pub use render::Format;
use resolve::Resolved;

use crate::core::{
    App, Asset, At, DeclaredAsset, Env, Expr, Objects, Problem, Runbook, Severity, StackKey, TextPlace, is_library,
};
use crate::side_by_side::side_by_side;

/// The templates of an app and the order to deploy them in, free of errors.
#[derive(Debug)]
pub struct Assembly<'a> {
    /// The stacks in deployment order: each stands after those it needs.
    pub stacks: Vec<Synthesized<'a>>,
    /// What is worth knowing and stops nothing.
    pub warnings: Vec<Problem>,
}

/// One stack of an assembly.
#[derive(Debug)]
pub struct Synthesized<'a> {
    /// Its path in the command line, such as `shop/dev/network`.
    pub path: &'a str,
    /// Its name in CloudFormation.
    pub name: &'a str,
    /// The account and region it is deployed to.
    pub env: &'a Env,
    /// The paths of the stacks it needs, in deployment order.
    pub needs: Vec<&'a str>,
    /// Its tags.
    pub tags: &'a IndexMap<String, String>,
    /// Whether it refuses to be deleted.
    pub termination_protection: bool,
    /// The topics that hear of its events.
    pub notification_arns: &'a [String],
    /// The assets whose parameters deploying fills in, in definition order.
    pub assets: &'a [DeclaredAsset],
    /// The files that deploying puts into buckets of the stack, in definition order.
    pub objects: Vec<BucketObjects<'a>>,
    pub(crate) resolved: Resolved<'a>,
}

/// Where a resource of a template comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The construct's path below the stack, without the `Resource` that an L2 calls its main part.
    pub construct: String,
    /// Its CloudFormation type.
    pub resource_type: String,
    /// The line of the user's own that added it.
    pub at: Option<At>,
}

impl Origin {
    /// How a reader is told of a resource: by its construct, or its logical id where the definitions do not have it; and where its
    /// line is.
    #[must_use]
    pub fn told(of: Option<Self>, logical_id: &str) -> (String, Option<At>) {
        of.map_or_else(|| (logical_id.to_owned(), None), |origin| (origin.construct, origin.at))
    }
}

/// A parameter that a template declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its type, such as `String`.
    pub type_name: &'a str,
    /// Its default, as CloudFormation spells it; none if a value must be given.
    pub default: Option<String>,
    /// Whether its value is hidden wherever CloudFormation shows parameters.
    pub no_echo: bool,
}

/// What a construct is called by people.
pub(crate) fn called(path: &[&str]) -> String {
    let path = match path {
        [outer @ .., "Resource"] if !outer.is_empty() => outer,
        path => path,
    };
    path.join("/")
}

/// A default as CloudFormation spells it: a list with commas.
fn spelled(default: &Expr) -> String {
    match default {
        Expr::String(text) => text.to_string(),
        Expr::Integer(number) => number.to_string(),
        Expr::Number(number) => number.to_string(),
        Expr::Bool(value) => value.to_string(),
        Expr::List(items) => items.iter().map(spelled).collect::<Vec<_>>().join(","),
        _ => String::new(),
    }
}

/// Files that deploying puts into a bucket of a stack, once the stack is deployed.
#[derive(Clone, Debug)]
pub struct BucketObjects<'a> {
    /// The id they were declared under, below those of the constructs they were declared in.
    pub id: &'a str,
    /// The bucket's logical id.
    pub bucket: String,
    /// The files.
    pub asset: &'a Asset,
    /// What every key begins with.
    pub prefix: &'a str,
    /// Whether what is below the prefix and not among the files is deleted.
    pub prune: bool,
    /// The line that declared them.
    pub at: At,
}

/// What is wrong with an app: errors, and warnings beside them.
#[derive(Debug)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
            write!(f, "{severity}[{}]: {}", problem.check, problem.message)?;
            if let Some(place) = problem.whereabouts() {
                write!(f, "\n  {place}")?;
            }
            for line in problem.text.iter().flat_map(TextPlace::lines) {
                write!(f, "\n  at {line}")?;
            }
            for place in &problem.places {
                write!(f, "\n  at {} ({})", place.at, place.did)?;
            }
            match &problem.help {
                Some(help) => writeln!(f, "\n  help: {help}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl App {
    /// Checks every stack, and gives their templates where none has an error.
    pub fn synth(&self) -> Result<Assembly<'_>, Problems> {
        self.synth_only(|_| true)
    }

    /// The same for the stacks whose path is `wanted` and those they need: what else the app defines is neither
    /// checked nor in the assembly.
    pub fn synth_only(&self, wanted: impl Fn(&str) -> bool) -> Result<Assembly<'_>, Problems> {
        let resolved = resolve::resolve(self);
        let mut keep: Vec<bool> = resolved.iter().map(|stack| wanted(&stack.stack.path)).collect();
        // Stacks refer to earlier ones only, so one walk backwards reaches all that are needed.
        for index in (0..resolved.len()).rev().filter(|index| keep[*index]).collect::<Vec<_>>() {
            mark(index, &resolved, &mut keep);
        }
        let kept: Vec<&Resolved<'_>> = resolved.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(r, _)| r).collect();
        let mut problems = check::app(&kept, &resolved);
        problems.extend(check_all(&kept));
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(Problems(problems));
        }
        let paths: Vec<&str> = self.stacks.iter().map(|stack| stack.path.as_str()).collect();
        let stacks = resolved.into_iter().zip(keep).filter(|(_, keep)| *keep);
        Ok(Assembly { stacks: stacks.map(|(stack, _)| synthesized(stack, &paths)).collect(), warnings: problems })
    }

    /// Every stack with its name, environment and needs, unchecked: an outline of the app.
    pub(crate) fn outline(&self) -> Vec<Synthesized<'_>> {
        let paths: Vec<&str> = self.stacks.iter().map(|stack| stack.path.as_str()).collect();
        resolve::resolve(self).into_iter().map(|stack| synthesized(stack, &paths)).collect()
    }

    /// Every runbook, in the order of the definitions: its stack's path, its name, itself.
    pub(crate) fn runbooks(&self) -> Vec<(&str, &str, &Runbook)> {
        let of_each = self.stacks.iter().flat_map(|stack| stack.runbooks.iter().map(move |one| (stack, one)));
        of_each.map(|(stack, (name, runbook))| (&*stack.path, &**name, runbook)).collect()
    }

    /// The stacks' paths, in the order of their definition, which is one to deploy them in.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.stacks.iter().map(|stack| stack.path.as_str())
    }
}

fn mark(index: usize, resolved: &[Resolved<'_>], keep: &mut [bool]) {
    keep[index] = true;
    for StackKey { index: need, .. } in &resolved[index].needs {
        if !keep[*need as usize] {
            mark(*need as usize, resolved, keep);
        }
    }
}

/// Checks stacks side by side, and puts what they find in the order of the stacks.
fn check_all(stacks: &[&Resolved<'_>]) -> Vec<Problem> {
    side_by_side(stacks, |stack| check::stack(stack)).into_iter().flatten().collect()
}

fn synthesized<'a>(resolved: Resolved<'a>, paths: &[&'a str]) -> Synthesized<'a> {
    let stack = resolved.stack;
    Synthesized {
        path: &stack.path,
        name: &stack.name,
        env: &stack.env,
        needs: resolved.needs.iter().map(|key| paths[key.index as usize]).collect(),
        tags: &stack.tags,
        termination_protection: stack.termination_protection,
        notification_arns: &stack.notification_arns,
        assets: &stack.assets,
        objects: stack.objects.iter().map(|objects| bucket_objects(&resolved, objects)).collect(),
        resolved,
    }
}

fn bucket_objects<'a>(resolved: &Resolved<'a>, objects: &'a Objects) -> BucketObjects<'a> {
    let Objects { id, bucket, asset, prefix, prune, at, .. } = objects;
    // What is no bucket of this stack is a problem, and then nothing is deployed.
    let bucket = match bucket {
        Expr::Ref(node) if node.stack == resolved.stack.key => resolved.id(*node).to_owned(),
        _ => String::new(),
    };
    BucketObjects { id, bucket, asset, prefix, prune: *prune, at }
}

impl<'a> Assembly<'a> {
    /// The stack with this path.
    #[must_use]
    pub fn stack(&self, path: &str) -> Option<&Synthesized<'a>> {
        self.stacks.iter().find(|stack| stack.path == path)
    }

    /// Writes the templates of the stacks that are `wanted`, side by side; a template that is too large is a problem.
    pub fn templates(
        &self,
        format: Format,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(&Synthesized<'a>, String)>, Problems> {
        let stacks: Vec<_> = self.stacks.iter().filter(|stack| wanted(stack.path)).collect();
        let bodies = side_by_side(&stacks, |stack| stack.template(format));
        let too_large =
            stacks.iter().zip(&bodies).filter_map(|(stack, body)| check::too_large(&stack.resolved, body.len()));
        let problems: Vec<_> = too_large.collect();
        if problems.is_empty() { Ok(stacks.into_iter().zip(bodies).collect()) } else { Err(Problems(problems)) }
    }
}

impl Synthesized<'_> {
    /// The template as text.
    #[must_use]
    pub fn template(&self, format: Format) -> String {
        render::render(&self.resolved, format)
    }

    /// The construct that is the resource of this logical id.
    #[must_use]
    pub fn origin(&self, logical_id: &str) -> Option<Origin> {
        let stack = self.resolved.stack;
        let (index, _, resource) =
            stack.tree.resources().find(|(index, ..)| self.resolved.ids[*index as usize] == logical_id)?;
        Some(Origin {
            construct: called(&stack.tree.path(index)),
            resource_type: resource.type_name.to_string(),
            at: stack.tree.upwards(index).map(|node| node.at).find(|at| !is_library(at)),
        })
    }

    /// The parameters that the template declares, in its order.
    pub fn parameters(&self) -> impl Iterator<Item = Declared<'_>> {
        self.resolved.stack.parameters.iter().map(|(name, data)| Declared {
            name,
            type_name: &data.type_name,
            default: data.default.as_ref().map(spelled),
            no_echo: data.no_echo,
        })
    }

    /// Other names that the definitions give an output in a shell.
    #[must_use]
    pub fn aliases(&self, key: &str) -> &[String] {
        self.resolved.stack.outputs.get(key).map_or(&[], |output| &output.aliases)
    }

    /// The names of its runbooks.
    pub fn runbooks(&self) -> impl Iterator<Item = &str> {
        self.resolved.stack.runbooks.keys().map(String::as_str)
    }

    /// The stack policy.
    #[must_use]
    pub fn policy(&self) -> Option<serde_json::Value> {
        self.resolved.stack.policy.clone()
    }

    /// Whether the template goes through a macro that may make something else of it each time.
    #[must_use]
    pub fn macros(&self) -> bool {
        self.resolved.stack.transforms.iter().any(|name| name != render::LANGUAGE_EXTENSIONS)
    }

    /// The template as a JSON value, intrinsics in their long form.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        render::to_value(&self.resolved)
    }
}
