//! Stacks: what definitions write to.

use std::borrow::Cow;
use std::panic::Location;

use indexmap::IndexMap;

use super::node::{Allowance, Node, ResourceNode, Tree};
use super::output::MappingData;
use super::parameter::ParameterData;
use super::{
    At, Condition, Construct, DeclaredAsset, Env, IntoExpr, NodeId, Objects, Output, Problem, Props, Ref, Resource,
    ResourceOptions, Rule, Runbook, StackKey, StackRef, logical_id,
};

/// A stack: constructs, and what a template says beside them. [`App::stack`](super::App::stack) makes one and lends it
/// to the definition.
#[derive(Debug)]
pub struct Stack {
    pub(crate) key: StackKey,
    pub(crate) path: String,
    pub(crate) name: String,
    pub(crate) env: Env,
    pub(crate) at: At,
    pub(crate) tree: Tree,
    scope: Option<u32>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: IndexMap<String, ParameterData>,
    pub(crate) mappings: IndexMap<String, MappingData>,
    pub(crate) conditions: IndexMap<String, (Condition, At)>,
    pub(crate) rules: IndexMap<String, Rule>,
    pub(crate) outputs: IndexMap<String, Output>,
    pub(crate) assets: Vec<DeclaredAsset>,
    pub(crate) objects: Vec<Objects>,
    pub(crate) runbooks: IndexMap<String, Runbook>,
    pub(crate) metadata: Props,
    pub(crate) transforms: Vec<String>,
    pub(crate) tags: IndexMap<String, String>,
    pub(crate) termination_protection: bool,
    pub(crate) notification_arns: Vec<String>,
    pub(crate) policy: Option<serde_json::Value>,
    pub(crate) after: Vec<(StackKey, At)>,
    pub(crate) problems: Vec<Problem>,
    /// The stacks defined before, while this one's definition runs.
    pub(crate) earlier: Vec<Stack>,
}

impl Stack {
    pub(crate) fn new(key: StackKey, path: String, env: Env, at: At) -> Self {
        Self {
            key,
            name: path.replace('/', "-"),
            path,
            env,
            at,
            tree: Tree::default(),
            scope: None,
            description: None,
            parameters: IndexMap::new(),
            mappings: IndexMap::new(),
            conditions: IndexMap::new(),
            rules: IndexMap::new(),
            outputs: IndexMap::new(),
            assets: Vec::new(),
            objects: Vec::new(),
            runbooks: IndexMap::new(),
            metadata: Props::new(),
            transforms: Vec::new(),
            tags: IndexMap::new(),
            termination_protection: false,
            notification_arns: Vec::new(),
            policy: None,
            after: Vec::new(),
            problems: Vec::new(),
            earlier: Vec::new(),
        }
    }

    // ------------------------------------------------------------------------------------------------- constructs

    /// Adds a construct under `id`, which is unique among its siblings, and returns the construct's handle.
    ///
    /// Adding two under one id is a problem, reported at synth. A `/` in an id becomes `--`, as in AWS CDK.
    #[track_caller]
    pub fn add<C: Construct>(&mut self, id: impl AsRef<str>, construct: C) -> C::Out {
        self.add_from(Location::caller(), id.as_ref(), construct)
    }

    fn add_from<C: Construct>(&mut self, at: At, id: &str, construct: C) -> C::Out {
        let index = self.push(id, at);
        self.within_index(Some(index), |stack| construct.build(stack))
    }

    /// Runs `f` with what it adds placed inside an existing construct of this stack: how an L2's methods add children
    /// of their own after it was built. Inside a construct of another stack, nothing is nested.
    pub fn within<T>(&mut self, construct: impl Into<NodeId>, f: impl FnOnce(&mut Self) -> T) -> T {
        let node = construct.into();
        let scope = if node.stack == self.key { Some(node.index) } else { self.scope };
        self.within_index(scope, f)
    }

    /// Adds a construct inside an existing one, as [`Stack::within`] does: the line recorded is the caller's.
    #[track_caller]
    pub fn add_within<C: Construct>(&mut self, parent: impl Into<NodeId>, id: impl AsRef<str>, construct: C) -> C::Out {
        let at = Location::caller();
        self.within(parent, |stack| stack.add_from(at, id.as_ref(), construct))
    }

    /// Gives the construct that is being built the logical ids of another path.
    pub(crate) fn keep_ids_of(&mut self, path: &str) {
        let from = path.split('/').filter(|id| !id.is_empty()).map(Box::from).collect();
        if let Some(node) = self.scope.and_then(|scope| self.tree.nodes.get_mut(scope as usize)) {
            node.moved_from = Some(from);
        }
    }

    /// Runs `f` with what it adds placed at the top of the stack: for what several constructs share.
    pub fn at_root<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.within_index(None, f)
    }

    fn within_index<T>(&mut self, scope: Option<u32>, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = f(self);
        self.scope = outer;
        result
    }

    fn push(&mut self, id: &str, at: At) -> u32 {
        let id: Box<str> = written(id).into();
        let (name, parent) = (id.clone(), self.scope);
        let (index, before) =
            self.tree.push(Node { parent, id, at, resource: None, allowed: Vec::new(), moved_from: None });
        let node = NodeId { stack: self.key, index };
        if let Some(before) = before {
            let problem = Problem::error("name-used-twice", format!("two constructs are called `{name}` here"))
                .help("give one of them another id");
            let problem = self.tree.locate(problem, node, None).at(before, "the first is added here");
            self.report(problem);
        } else if name.is_empty() {
            let problem = Problem::error("empty-name", "a construct's id is empty").help("give it an id");
            let problem = self.tree.locate(problem, node, None);
            self.report(problem);
        }
        index
    }

    /// Makes the construct that is being built a resource. What an L1 does; an L2 adds L1s instead.
    pub fn define_resource(&mut self, type_name: Cow<'static, str>, props: Props) -> NodeId {
        let index = match self.scope {
            Some(index) if self.tree.nodes[index as usize].resource.is_none() => index,
            _ => self.push("Resource", Location::caller()),
        };
        let resource = ResourceNode { type_name, props, ..ResourceNode::default() };
        self.tree.nodes[index as usize].resource = Some(Box::new(resource));
        NodeId { stack: self.key, index }
    }

    /// The construct that is being built, for an L2's handle. `None` in the definition of the stack itself.
    #[must_use]
    pub fn current(&self) -> Option<NodeId> {
        self.scope.map(|index| NodeId { stack: self.key, index })
    }

    /// Changes properties of a resource that this stack already has, typed: the way past a default of an L2.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::ec2;
    /// let vpc = s.add("Vpc", ec2::VpcSpec::new("10.0.0.0/16"));
    /// s.edit(vpc.vpc, |v| v.enable_dns_hostnames(false));
    /// # });
    /// ```
    #[track_caller]
    pub fn edit<R: Resource>(&mut self, resource: Ref<R>, f: impl FnOnce(R) -> R) {
        let at = Location::caller();
        let Some(node) = self.own_resource(resource.node(), at, "edited") else { return };
        let props = std::mem::take(&mut node.props);
        let type_name = node.type_name.clone();
        node.props = f(R::from_props(type_name, props)).into_props();
    }

    /// The options that every resource has: policies, dependencies, condition, metadata, logical id.
    #[track_caller]
    pub fn resource<R>(&mut self, resource: Ref<R>) -> ResourceOptions<'_> {
        ResourceOptions::of(self, resource.node(), Location::caller())
    }

    pub(super) fn own_resource(&mut self, node: NodeId, at: At, done: &'static str) -> Option<&mut ResourceNode> {
        if node.stack == self.key {
            return self.tree.nodes.get_mut(node.index as usize)?.resource.as_deref_mut();
        }
        let owner = self.stack_of(node.stack).map_or("another app", |stack| &stack.path).to_owned();
        let problem = Problem::error("not-this-stack", format!("a resource of `{owner}` cannot be {done} here"))
            .help("do it in the definition of its own stack")
            .at(at, "done here");
        self.report(problem);
        None
    }

    /// Adds to the template's metadata.
    #[track_caller]
    pub fn metadata(&mut self, key: impl Into<String>, value: impl IntoExpr) {
        self.metadata.set_at(key.into(), value.into_expr(), Location::caller());
    }

    /// Runs the template through a macro or transform when it is deployed, such as `AWS::LanguageExtensions`.
    pub fn transform(&mut self, name: impl Into<String>) {
        let name = name.into();
        if !self.transforms.contains(&name) {
            self.transforms.push(name);
        }
    }

    // -------------------------------------------------------------------------------------------- the stack itself

    /// What the stack is for, up to 1,024 bytes. Default: nothing is said.
    pub fn description(&mut self, text: impl Into<String>) {
        self.description = Some(text.into());
    }

    /// The CloudFormation stack's name. Default: the path with `-` for `/`.
    pub fn set_name(&mut self, name: impl Into<String>) {
        self.name = name.into();
    }

    /// Tags the stack, and with it every resource that CloudFormation can tag. At most 50.
    pub fn tag(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.tags.insert(key.into(), value.into());
    }

    /// Refuses to delete the stack until this is taken back. Default: false.
    pub const fn termination_protection(&mut self, on: bool) {
        self.termination_protection = on;
    }

    /// Sends the stack's events to a topic, by ARN. At most 5.
    pub fn notify(&mut self, topic_arn: impl Into<String>) {
        self.notification_arns.push(topic_arn.into());
    }

    /// Says which resources an update may change: the stack policy, a JSON document. Default: an update may change all.
    ///
    /// A policy once set is replaced by another, but cannot be removed: to let everything through again, allow
    /// `Update:*` on `*`. Rules: the AWS CloudFormation user guide, "Prevent updates to stack resources".
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// s.policy(serde_json::json!({ "Statement": [
    ///     { "Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*" },
    ///     { "Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*",
    ///       "Resource": "LogicalResourceId/Database" },
    /// ]}));
    /// # });
    /// ```
    pub fn policy(&mut self, document: serde_json::Value) {
        self.policy = Some(document);
    }

    /// Deploys this stack after another, though it refers to nothing there; destroys it before.
    #[track_caller]
    pub fn depends_on(&mut self, other: impl Into<StackRef>) {
        let StackRef(other) = other.into();
        self.wait_for(other, Location::caller());
    }

    pub(super) fn wait_for(&mut self, other: StackKey, at: At) {
        if other == self.key || self.after.iter().any(|(key, _)| *key == other) {
            return;
        }
        if self.stack_of(other).is_none() {
            let problem = Problem::error("unknown-reference", "this waits for a stack of another app")
                .help("a reference is only good in the app that made it")
                .at(at, "done here");
            return self.report(problem);
        }
        self.after.push((other, at));
    }

    /// A handle to this stack, for [`Stack::depends_on`] of later ones.
    #[must_use]
    pub const fn handle(&self) -> StackRef {
        StackRef(self.key)
    }

    /// The path it has in the command line, such as `shop/dev/network`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name it has in CloudFormation.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The account and region it is deployed to.
    #[must_use]
    pub const fn env(&self) -> &Env {
        &self.env
    }

    // --------------------------------------------------------------------------------------------------- problems

    /// Reports something wrong that only the definition knows: for constructs with checks of their own.
    pub fn report(&mut self, mut problem: Problem) {
        problem.stack = Some(self.path.clone());
        self.problems.push(problem);
    }

    /// Reports something wrong with the construct that is being built, or with `construct`.
    pub fn report_at(&mut self, construct: Option<NodeId>, problem: Problem) {
        let problem = match construct.or_else(|| self.current()).filter(|node| node.stack == self.key) {
            Some(node) => self.tree.locate(problem, node, None),
            None => problem.at(self.at, "in this stack"),
        };
        self.report(problem);
    }

    /// Silences what one check finds at one construct, for a reason, which is kept in the template's metadata.
    ///
    /// `check` is the name in brackets that a problem shows, such as `allowed-values`. An allowance that silences
    /// nothing is a warning.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::cfn::ec2;
    /// let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy("quantum"));
    /// s.allow("announced this week, the specification will follow", "allowed-values", vpc);
    /// # });
    /// ```
    #[track_caller]
    pub fn allow(&mut self, reason: impl Into<String>, check: impl Into<String>, construct: impl Into<NodeId>) {
        let (node, at) = (construct.into(), Location::caller());
        if node.stack != self.key {
            self.own_resource(node, at, "allowed anything");
        } else if let Some(node) = self.tree.nodes.get_mut(node.index as usize) {
            node.allowed.push(Allowance { check: check.into(), reason: reason.into(), at });
        }
    }

    // ------------------------------------------------------------------------------------------------- other stacks

    fn stack_of(&self, key: StackKey) -> Option<&Self> {
        let stack = self.earlier.get(key.index as usize).unwrap_or(self);
        (stack.key == key).then_some(stack)
    }

    /// A resource of this stack or of one defined before, as it is so far.
    #[must_use]
    pub fn resource_of(&self, node: NodeId) -> Option<&ResourceNode> {
        self.stack_of(node.stack)?.tree.nodes.get(node.index as usize)?.resource.as_deref()
    }

    /// Every resource of the stacks defined before and of this one, so far: for constructs whose rules are about several.
    pub fn resources_so_far(&self) -> impl Iterator<Item = (NodeId, &ResourceNode)> {
        self.earlier.iter().chain([self]).flat_map(|stack| {
            stack.tree.resources().map(|(index, _, resource)| (NodeId { stack: stack.key, index }, resource))
        })
    }

    /// A construct's name that is unique over all stacks, as AWS CDK makes it: for ids and names made from a peer's.
    #[must_use]
    pub fn unique_id(&self, construct: impl Into<NodeId>) -> String {
        let node = construct.into();
        let Some(stack) = self.stack_of(node.stack) else { return String::new() };
        let mut path: Vec<&str> = stack.path.split('/').collect();
        path.extend(stack.tree.path(node.index));
        logical_id(path)
    }

    /// The ids from the stack down to a construct of this stack.
    #[must_use]
    pub fn path_of(&self, construct: impl Into<NodeId>) -> Vec<&str> {
        let node = construct.into();
        self.stack_of(node.stack).map(|stack| stack.tree.path(node.index)).unwrap_or_default()
    }

    /// The whole path of a child of the construct that is being built, for descriptions.
    #[must_use]
    pub fn path_of_child(&self, child: &str) -> String {
        let path = self.current().map(|node| self.path_of(node).join("/")).unwrap_or_default();
        format!("{}/{path}/{child}", self.path())
    }

    /// A resource's logical id.
    #[must_use]
    pub fn logical_id(&self, resource: impl Into<NodeId>) -> String {
        let node = resource.into();
        self.stack_of(node.stack).map(|stack| stack.tree.logical_id(node.index)).unwrap_or_default()
    }

    /// Whether a construct is in this stack rather than in an earlier one.
    #[must_use]
    pub fn owns(&self, construct: impl Into<NodeId>) -> bool {
        construct.into().stack == self.key
    }

    /// The child called `id` of the construct that is being built, or of the stack, if there is one.
    #[must_use]
    pub fn child(&self, id: &str) -> Option<NodeId> {
        self.tree.child(self.scope, &written(id)).map(|index| NodeId { stack: self.key, index })
    }
}

/// An id as it is kept: a `/` would read as two constructs.
fn written(id: &str) -> String {
    id.replace('/', "--")
}
