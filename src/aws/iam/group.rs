//! Groups of users.

use super::{Identity, PolicyArn, Statement};
use crate::cfn::iam;
use crate::core::{Construct, NodeId, Ref, Stack, Value};

/// A group of users, who may do what it may.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{GroupSpec, PolicyArn, UserSpec};
///
/// let readers = s.add("Readers", GroupSpec {
///     managed_policies: vec![PolicyArn::aws("ReadOnlyAccess")],
///     ..GroupSpec::default()
/// });
/// s.add("Ana", UserSpec { groups: vec![readers], ..UserSpec::default() });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct GroupSpec {
    /// Its name, up to 128 characters, unique in the account. A change replaces the group. Default: CloudFormation
    /// makes one.
    pub group_name: Option<Value<String>>,
    /// Policies that exist on their own. Default: none.
    pub managed_policies: Vec<PolicyArn>,
    /// Where it stands among the account's names, with `/` at both ends. Default: `/`.
    pub path: Option<String>,
}

/// A group that was added.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The group itself.
    pub group: Ref<iam::Group>,
    node: NodeId,
}

impl Construct for GroupSpec {
    type Out = Group;

    fn build(self, stack: &mut Stack) -> Group {
        let mut group = iam::Group::new();
        if let Some(name) = self.group_name {
            group = group.group_name(name);
        }
        if !self.managed_policies.is_empty() {
            group = group
                .managed_policy_arns(self.managed_policies.into_iter().map(PolicyArn::into_value).collect::<Vec<_>>());
        }
        if let Some(path) = self.path {
            group = group.path(path);
        }
        let node = stack.current();
        let group = stack.add("Resource", group);
        Group { group, node: node.unwrap_or(group.node()) }
    }
}

impl Group {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<iam::GroupName> {
        self.group.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.group.arn()
    }

    /// What grants are given to.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        Identity::group(self.node, self.group)
    }

    /// Lets its members do more.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        self.identity().add_to_policy(stack, statement);
    }
}
