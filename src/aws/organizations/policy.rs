//! Policies of an organization, and what they are attached to.

use std::panic::Location;

use super::place::called;
use super::{BackupPolicy, TagPolicy, Target, last_in_turn, wait_for};
use crate::aws::iam::{PolicyDocument, PolicyUse, compact, grouped};
use crate::cfn::organizations::{self, policy::Type};
use crate::core::{At, Construct, Expr, Json, NodeId, Problem, Props, Ref, Stack, Value, is_library};
use crate::synth::nearest::listed;

/// A policy of an organization: a service control policy, a tag policy, a backup policy, or another type as JSON.
///
/// The organization must have the policy's type enabled, which CloudFormation cannot do. Service control policies hold for
/// accounts and not for the management account; they allow nothing by themselves, for AWS attaches `FullAWSAccess` to every
/// target.
///
/// At synth, more than the quotas is a problem: a document of more than 5,120 bytes (service control policies) or 10,000
/// characters (tag and backup policies), and a target with more than five (service control) or ten (tag, backup) of a type.
/// `FullAWSAccess` is among the five unless it is detached: five others are a warning. Rules: the AWS Organizations user
/// guide, "Quotas and service limits for AWS Organizations".
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::new("111111111111", "us-east-1"), |s| {
/// use formwork::aws::iam::Statement;
/// use formwork::aws::organizations::{OrganizationSpec, PolicySpec, Target};
///
/// let organization = s.add("Organization", OrganizationSpec::default());
/// let leave = Statement::deny(["organizations:LeaveOrganization"], ["*"]);
/// s.add("Stay", PolicySpec {
///     targets: vec![Target::from(organization)],
///     ..PolicySpec::service_control("stay", [leave])
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct PolicySpec {
    /// Its name, up to 128 characters.
    pub name: String,
    /// What it says. A change of the type replaces the policy.
    pub content: PolicyContent,
    /// What it is for, up to 512 characters. Default: nothing is said.
    pub description: Option<String>,
    /// What it is attached to. Default: nothing, until [`Policy::attach`].
    pub targets: Vec<Target>,
}

/// What a policy says.
#[derive(Clone, Debug)]
pub enum PolicyContent {
    /// What accounts may do at most.
    ServiceControl(PolicyDocument),
    /// How resources are tagged.
    Tag(TagPolicy),
    /// What is backed up.
    Backup(BackupPolicy),
    /// A policy of another type, as JSON.
    Other(Value<Type>, Value<Json>),
}

impl PolicySpec {
    /// A service control policy, with the defaults of every field.
    #[must_use]
    #[track_caller]
    pub fn service_control(name: impl Into<String>, document: impl Into<PolicyDocument>) -> Self {
        Self::of(name, PolicyContent::ServiceControl(document.into()))
    }

    /// A tag policy, with the defaults of every field.
    #[must_use]
    pub fn tag(name: impl Into<String>, policy: TagPolicy) -> Self {
        Self::of(name, PolicyContent::Tag(policy))
    }

    /// A backup policy, with the defaults of every field.
    #[must_use]
    pub fn backup(name: impl Into<String>, policy: BackupPolicy) -> Self {
        Self::of(name, PolicyContent::Backup(policy))
    }

    /// A policy of another type, with the defaults of every field.
    #[must_use]
    pub fn other(name: impl Into<String>, kind: impl Into<Value<Type>>, content: impl Into<Value<Json>>) -> Self {
        Self::of(name, PolicyContent::Other(kind.into(), content.into()))
    }

    fn of(name: impl Into<String>, content: PolicyContent) -> Self {
        Self { name: name.into(), content, description: None, targets: Vec::new() }
    }
}

/// A policy that was added.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The policy itself.
    pub policy: Ref<organizations::Policy>,
    node: NodeId,
}

impl From<&Policy> for NodeId {
    fn from(policy: &Policy) -> Self {
        policy.node
    }
}

impl Construct for PolicySpec {
    type Out = Policy;

    fn build(self, stack: &mut Stack) -> Policy {
        let before = last_in_turn(stack);
        let (kind, content) = self.content.build(stack);
        if let Some(problem) = too_long(&self.name, kind.expr(), content.expr()) {
            stack.report_at(None, problem);
        }
        let mut policy = organizations::Policy::new(content, self.name, kind);
        if let Some(description) = self.description {
            policy = policy.description(description);
        }
        let node = stack.current();
        let policy = stack.add("Resource", policy);
        let handle = Policy { policy, node: node.unwrap_or(policy.node()) };
        let at = Location::caller();
        for target in &self.targets {
            handle.attach_at(stack, target.clone(), at);
        }
        let targets: Vec<&Expr> = self.targets.iter().map(|target| target.0.expr()).collect();
        wait_for(stack, policy, before, &targets);
        handle
    }
}

impl PolicyContent {
    fn build(self, stack: &mut Stack) -> (Value<Type>, Value<Json>) {
        let (kind, content) = match self {
            Self::ServiceControl(document) => {
                return ("SERVICE_CONTROL_POLICY".into(), document.build_for(PolicyUse::ServiceControl, stack));
            }
            Self::Tag(policy) => ("TAG_POLICY", policy.into_expr()),
            Self::Backup(policy) => ("BACKUP_POLICY", policy.into_expr(stack)),
            Self::Other(kind, content) => return (kind, content),
        };
        (kind.into(), Value::from_expr(content))
    }
}

impl Policy {
    /// Its id: `p-…`.
    #[must_use]
    pub fn id(&self) -> Value<String> {
        Value::from_expr(self.policy.id().into_expr())
    }

    /// Attaches it to one more target. One target more than once counts once.
    #[track_caller]
    pub fn attach(&self, stack: &mut Stack, target: impl Into<Target>) {
        self.attach_at(stack, target.into(), Location::caller());
    }

    fn attach_at(self, stack: &mut Stack, target: Target, at: At) {
        let target = target.0.into_expr();
        if let Some(problem) = self.one_too_many(stack, &target) {
            let problem = if is_library(at) { problem } else { problem.at(at, "attached here") };
            stack.report_at(Some(self.node), problem);
        }
        stack.edit(self.policy, |policy| {
            let mut props = crate::core::Resource::into_props(policy);
            let before = props.get("TargetIds").map(|entry| entry.value.clone());
            let mut targets = if let Some(Expr::List(targets)) = before { targets } else { Vec::new() };
            if !targets.contains(&target) {
                targets.push(target);
            }
            props.set_at("TargetIds", Expr::List(targets), at);
            crate::core::Resource::from_props(TYPE.into(), props)
        });
    }

    /// A target that has as many policies of this type as it can have, not counting this one.
    fn one_too_many(self, stack: &Stack, target: &Expr) -> Option<Problem> {
        let policies = || stack.resources_so_far().filter(|(_, resource)| resource.type_name == TYPE);
        let kind = policies().find(|(node, _)| *node == self.policy.node()).and_then(|(_, r)| r.props.get("Type"))?;
        let quota = Quota::of(kind.value.as_str()?)?;
        let attached = policies().filter(|(node, resource)| {
            let has = |key: &str| resource.props.get(key).map(|entry| &entry.value);
            let on_target = matches!(has("TargetIds"), Some(Expr::List(targets)) if targets.contains(target));
            *node != self.policy.node() && on_target && has("Type") == Some(&kind.value)
        });
        let names: Vec<String> = attached.map(|(node, resource)| name_of(stack, node, &resource.props)).collect();
        let (target, what, most) = (called(stack, target), quota.what, quota.per_target);
        if names.len() + 1 == most && what == SERVICE_CONTROL {
            let message =
                format!("{target} has {most} {what}, and `FullAWSAccess`, which AWS attaches, is one too many");
            let help = "detach `FullAWSAccess` where another of them allows what is to be allowed, or join two";
            return Some(Problem::warning("item-count", message).help(help));
        }
        if names.len() < most {
            return None;
        }
        let message = format!("{target} has more than {most} {what}");
        let mut help = format!("it has {} already: join two, or attach one further up or down", listed(&names, 10));
        if quota.what == SERVICE_CONTROL {
            help.push_str("; `FullAWSAccess`, which AWS attaches, counts too");
        }
        Some(Problem::error("item-count", message).help(help))
    }
}

const TYPE: &str = "AWS::Organizations::Policy";
const SERVICE_CONTROL: &str = "service control policies";

/// What Organizations takes of a type of policy.
struct Quota {
    what: &'static str,
    characters: usize,
    per_target: usize,
}

impl Quota {
    fn of(kind: &str) -> Option<Self> {
        let (what, characters, per_target) = match kind {
            "SERVICE_CONTROL_POLICY" => (SERVICE_CONTROL, usize::MAX, 5), // its size is looked at as a policy document's
            "RESOURCE_CONTROL_POLICY" => ("resource control policies", 5_120, 5),
            "TAG_POLICY" => ("tag policies", 10_000, 10),
            "BACKUP_POLICY" => ("backup policies", 10_000, 10),
            "AISERVICES_OPT_OUT_POLICY" => ("AI services opt-out policies", 2_500, 5),
            _ => return None,
        };
        Some(Self { what, characters, per_target })
    }
}

fn too_long(name: &str, kind: &Expr, content: &Expr) -> Option<Problem> {
    let quota = Quota::of(kind.as_str()?)?;
    let mut text = String::new();
    compact(content, &mut text);
    let size = text.chars().count();
    let more = size.checked_sub(quota.characters).filter(|more| *more > 0)?;
    let (size, most) = (grouped(size), grouped(quota.characters));
    let message = format!("the policy `{name}` has {size} characters, and {} take {most}", quota.what);
    Some(Problem::error("length", message).help(format!("leave out {}, or make two policies of it", grouped(more))))
}

fn name_of(stack: &Stack, node: NodeId, props: &Props) -> String {
    let name = props.get("Name").and_then(|entry| entry.value.as_str());
    name.map_or_else(|| stack.path_of(node).join("/"), str::to_owned)
}

/// A value that replaces what policies further up say.
#[track_caller]
pub(super) fn assign(value: Expr) -> Expr {
    let mut out = Props::new();
    out.put("@@assign", value);
    Expr::Map(out)
}
