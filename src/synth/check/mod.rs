//! Check: what the specification and CloudFormation's rules say of a resolved stack, before anything is written.
//!
//! Each check has a name, which a problem shows and [`Stack::allow`](crate::Stack::allow) takes; [`CHECKS`] lists them.

mod address_blocks;
mod alternatives;
mod assets;
mod cycles;
mod declared;
mod depth;
#[cfg(feature = "rds")]
mod engine_versions;
mod functions;
mod leaf;
mod limits;
mod literal;
mod names;
mod once;
mod one_region;
mod references;
mod runbook;
mod schema;
mod secrets;
pub(crate) mod spelled;
mod trust;

use std::collections::BTreeMap;

pub(crate) use secrets::{holds_secret, name_ends_with};

use super::nearest::{listed, nearest};
use super::resolve::Resolved;
use crate::core::{NodeId, Problem, Severity};
use crate::spec::{self, Lookup};

/// Every check: its name, and what it finds.
pub const CHECKS: &[(&str, &str)] = &[
    ("address-block", "a block of addresses that overlaps another, is outside its VPC, or of a size AWS does not take"),
    ("allowed-values", "a value that is not one of those the specification lists"),
    ("allows-everything", "a policy that allows every action on everything, always (a warning)"),
    ("asset", "an asset whose path, options or bucket cannot be used"),
    ("condition", "a condition or rule that CloudFormation refuses"),
    ("dependency-cycle", "resources that each need another before them"),
    ("dependent-properties", "a property that is there without another it needs"),
    ("deprecated", "a property that AWS advises against (a warning)"),
    ("duplicate-logical-id", "two constructs whose paths give one logical id"),
    ("empty-name", "a construct without an id"),
    ("empty-stack", "a stack without resources"),
    ("engine-version", "a database engine or a version of one that does not exist, or is retired (a warning)"),
    ("exclusive-properties", "properties of which only one may be there, or one must"),
    ("export-name", "one export name used twice in an account and region"),
    ("format", "text that is not of the form it must have: a CIDR, an ARN, JSON"),
    ("grant", "rights on something that cannot give them so"),
    ("item-count", "too few or too many items"),
    ("length", "text that is too short or too long"),
    ("limit", "more than CloudFormation takes: resources, outputs, bytes, …"),
    ("missing-property", "a required property that is not there"),
    ("name", "a name with characters that CloudFormation refuses"),
    ("name-used-twice", "two constructs, outputs, parameters or stacks of one name; two rules of one priority"),
    ("not-this-stack", "a change to something of another stack"),
    ("other-environment", "a reference to another account or region"),
    ("parameter", "a parameter whose default or constraints contradict each other"),
    ("pattern", "text that does not match the pattern it must"),
    ("policy-document", "a policy document that AWS refuses, or reads otherwise than it looks"),
    ("range", "a number that is too small or too great"),
    ("read-only-property", "a property that only the service sets"),
    ("region", "a type, or something it looks for, that the stack's region does not offer"),
    ("runbook", "a runbook whose name cannot be typed, or that names an output which does not exist"),
    ("secret", "a secret written out, or on its way to where it can be read"),
    ("target-group", "a target group whose port no container has, or that no listener sends requests to"),
    ("unique-items", "an item that is there twice"),
    ("unknown-action", "an action of a policy that no service has (a warning)"),
    ("unknown-attribute", "an attribute that the type does not have"),
    ("unknown-property", "a property that the type does not have"),
    ("unknown-reference", "a reference to nothing of this stack"),
    ("unknown-type", "a resource type that does not exist, or whose service is not enabled"),
    ("unused-allowance", "an allowance that silences nothing (a warning)"),
    ("wrong-identifier", "an identifier of another kind of resource"),
    ("wrong-type", "a value of another type than the property has"),
];

/// Problems that are about the shape of a template: no reason makes CloudFormation accept them.
const NOT_ALLOWABLE: &[&str] = &[
    "asset",
    "dependency-cycle",
    "duplicate-logical-id",
    "empty-name",
    "name-used-twice",
    "not-this-stack",
    "other-environment",
    "runbook",
    "unknown-reference",
];

/// What is wrong with one stack, in the order of its definition.
pub(crate) fn stack(resolved: &Resolved<'_>) -> Vec<Problem> {
    let mut problems = resolved.stack.problems.clone();
    problems.extend(resolved.problems.iter().cloned());
    let mut out = Report { resolved, problems };
    if !depth::check(&mut out) {
        return allow(resolved, out.problems); // nothing below can look into values as deep as these
    }
    names::check(&mut out);
    declared::check(&mut out);
    limits::check(&mut out);
    assets::check(&mut out);
    for (index, ..) in resolved.stack.tree.resources() {
        resource(&mut out, NodeId { stack: resolved.stack.key, index });
    }
    references::check(&mut out);
    cycles::check(&mut out);
    allow(resolved, out.problems)
}

/// What is wrong between stacks. `all` are those of the app, whether they are looked at or not.
pub(crate) fn app(stacks: &[&Resolved<'_>], all: &[Resolved<'_>]) -> Vec<Problem> {
    let mut problems = names::stacks(stacks);
    problems.extend(names::exports(stacks));
    problems.extend(limits::stacks(stacks));
    problems.extend(once::check(stacks));
    problems.extend(address_blocks::check(stacks));
    problems.extend(runbook::check(stacks, all));
    problems
}

/// Where checks put what they find.
struct Report<'a> {
    resolved: &'a Resolved<'a>,
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn push(&mut self, mut problem: Problem) {
        problem.stack = Some(self.resolved.stack.path.clone());
        if problem.places.is_empty() {
            problem = problem.at(self.resolved.stack.at, "in this stack");
        }
        self.problems.push(problem);
    }

    /// A problem of one resource.
    fn at(&mut self, node: NodeId, set: Option<crate::core::At>, problem: Problem) {
        let problem = self.resolved.stack.tree.locate(problem, node, set);
        self.push(problem);
    }
}

fn resource(out: &mut Report<'_>, node: NodeId) {
    let resolved = out.resolved;
    let Some(resource) = resolved.stack.tree.nodes[node.index as usize].resource.as_deref() else { return };
    match spec::lookup(&resource.type_name) {
        Lookup::Foreign if !is_type_name(&resource.type_name) => {
            let message = format!("`{}` cannot be the name of a resource type", resource.type_name);
            let help = "it is like AWS::S3::Bucket, MyCompany::Service::Thing or Custom::Thing";
            out.at(node, None, Problem::error("unknown-type", message).help(help));
        }
        Lookup::Foreign => {
            for (problem, entry) in secrets::unknown_type(resource) {
                out.at(node, Some(entry.at), Problem { property: Some(entry.key.to_string()), ..problem });
            }
        }
        Lookup::Known(spec) => {
            if let Some(region) = resolved.stack.env.region_code().filter(|region| !spec.offered_in(region)) {
                let near: Vec<_> = spec.offered().filter(|other| partition(other) == partition(region)).collect();
                let message = format!("{} is not offered in {region}", resource.type_name);
                let help = if near.is_empty() {
                    "no region near it offers it either: leave it out where the stack is deployed there".to_owned()
                } else {
                    format!("it is in {}", listed(&near, 8))
                };
                let problem = Problem::error("region", message).help(help);
                out.at(node, None, problem);
            }
            let found = schema::check(resolved, spec, resource).into_iter();
            let region = resolved.stack.env.region_code();
            let found = found.chain(region.and_then(|region| one_region::check(resource, region)));
            let found = found.chain(trust::check(resource));
            #[cfg(feature = "rds")]
            let found = found.chain(engine_versions::check(resource));
            for found in found {
                let mut problem = found.problem;
                problem.property = found.property;
                out.at(node, found.at, problem);
            }
        }
        Lookup::Disabled { feature } => {
            let message = format!("{} cannot be checked: its service is not enabled", resource.type_name);
            let help = format!("enable the cargo feature `{feature}` of formwork");
            out.at(node, None, Problem::error("unknown-type", message).help(help));
        }
        // The transform makes types of these that exist.
        Lookup::Unknown if resource.type_name.starts_with(SERVERLESS) && transformed(resolved) => {}
        Lookup::Unknown => {
            let message = format!("there is no resource type {}", resource.type_name);
            let problem = Problem::error("unknown-type", message);
            let problem = match nearest(&resource.type_name, spec::all_type_names()) {
                _ if resource.type_name.starts_with(SERVERLESS) => problem
                    .help(format!("the transform makes it of other types: `s.transform(\"{SERVERLESS_TRANSFORM}\")`")),
                Some(near) => problem.help(format!("did you mean {near}?")),
                None => problem.help("private and third-party types begin with another word than AWS"),
            };
            out.at(node, None, problem);
        }
    }
}

/// The types of the Serverless Application Model, and the transform that knows them.
const SERVERLESS: &str = "AWS::Serverless::";
const SERVERLESS_TRANSFORM: &str = "AWS::Serverless-2016-10-31";

fn transformed(resolved: &Resolved<'_>) -> bool {
    resolved.stack.transforms.iter().any(|name| name == SERVERLESS_TRANSFORM)
}

/// Which of AWS's separate worlds a region is in: no account reaches from one into another.
fn partition(region: &str) -> &str {
    const APART: &[&str] = &["cn-", "us-gov-", "us-isob-", "us-isof-", "us-iso-", "eu-isoe-", "eusc-"];
    APART.iter().find(|prefix| region.starts_with(**prefix)).copied().unwrap_or_default()
}

/// Whether the name of a type that is not AWS's has the form of one: three parts, or two of a custom resource.
fn is_type_name(name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    let part = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@-".contains(&byte))
    };
    parts.iter().all(part) && if parts[0] == "Custom" { parts.len() == 2 } else { (3..=4).contains(&parts.len()) }
}

/// Whether a type has the properties and attributes that its maker gives it, whatever the specification says.
fn answers_freely(type_name: &str) -> bool {
    type_name == "AWS::CloudFormation::CustomResource" || matches!(spec::lookup(type_name), Lookup::Foreign)
}

/// Names of which one is meant: "`a`, `b` or `c`", cut after `most`.
fn either<S: AsRef<str>>(names: &[S], most: usize) -> String {
    let all = listed(names, most);
    match all.rsplit_once("` and `") {
        Some((others, last)) if names.len() <= most => format!("{others}` or `{last}"),
        _ => all,
    }
}

/// A number and its unit: `1 item`, `2 items`.
fn counted(count: usize, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// Leaves out what the definitions allow, and warns of allowances that silence nothing.
fn allow(resolved: &Resolved<'_>, problems: Vec<Problem>) -> Vec<Problem> {
    let nodes = &resolved.stack.tree.nodes;
    let mut unused: BTreeMap<(u32, usize), bool> = BTreeMap::new();
    for (index, node) in (0..).zip(nodes) {
        unused.extend((0..node.allowed.len()).map(|allowance| ((index, allowance), true)));
    }
    if unused.is_empty() {
        return problems;
    }
    let mut left: Vec<Problem> = problems
        .into_iter()
        .filter(|problem| {
            let Some(node) = problem.node.filter(|_| !NOT_ALLOWABLE.contains(&problem.check)) else { return true };
            // The construct itself, or one it is in: an L2's handle allows for its children.
            let mut at = Some(node.index);
            while let Some(index) = at {
                let allowed = &nodes[index as usize].allowed;
                if let Some(allowance) = allowed.iter().position(|allowed| allowed.check == problem.check) {
                    unused.insert((index, allowance), false);
                    return false;
                }
                at = nodes[index as usize].parent;
            }
            true
        })
        .collect();
    for ((index, allowance), _) in unused.into_iter().filter(|(_, unused)| *unused) {
        let allowed = &nodes[index as usize].allowed[allowance];
        let node = NodeId { stack: resolved.stack.key, index };
        let known = CHECKS.iter().any(|(name, _)| *name == allowed.check);
        let problem = if NOT_ALLOWABLE.contains(&&*allowed.check) {
            Problem::warning("unused-allowance", format!("no reason allows what `{}` finds", allowed.check))
                .help("CloudFormation refuses it whatever the reason: delete this allowance, and mend what is found")
        } else if known {
            Problem::warning("unused-allowance", format!("`{}` finds nothing here", allowed.check))
                .help("delete this allowance")
        } else {
            let near = nearest(&allowed.check, CHECKS.iter().map(|(name, _)| *name));
            let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Problem {
                severity: Severity::Error,
                ..Problem::warning("unused-allowance", format!("there is no check called `{}`", allowed.check))
            }
            .help(format!("a problem shows its check's name in brackets{near}"))
        };
        let mut problem = resolved.stack.tree.locate(problem.at(allowed.at, "allowed here"), node, None);
        problem.stack = Some(resolved.stack.path.clone());
        left.push(problem);
    }
    left
}

/// A template that is too large, once it is written.
pub(super) fn too_large(resolved: &Resolved<'_>, bytes: usize) -> Option<Problem> {
    limits::template(resolved, bytes)
}
