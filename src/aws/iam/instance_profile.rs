//! Instance profiles: how an EC2 instance gets a role.

use super::Role;
use crate::cfn::iam;
use crate::core::{Construct, Ref, Stack, Value};

/// An instance profile: hands one role to the instances that have it.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::{InstanceProfileSpec, Principal, RoleSpec};
///
/// let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
/// s.add("Profile", InstanceProfileSpec::new(&role));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct InstanceProfileSpec {
    /// The role, which `ec2.amazonaws.com` may assume.
    pub role: Role,
    /// Its name, up to 128 characters, unique in the account. A change replaces the profile. Default: CloudFormation
    /// makes one.
    pub instance_profile_name: Option<Value<String>>,
    /// Where it stands among the account's names, with `/` at both ends. A change replaces it. Default: `/`.
    pub path: Option<String>,
}

impl InstanceProfileSpec {
    /// A profile of this role, with the defaults of every field.
    #[must_use]
    pub const fn new(role: &Role) -> Self {
        Self { role: *role, instance_profile_name: None, path: None }
    }
}

/// An instance profile that was added.
#[derive(Clone, Copy, Debug)]
pub struct InstanceProfile {
    /// The profile itself.
    pub instance_profile: Ref<iam::InstanceProfile>,
    /// The role it hands out.
    pub role: Role,
}

impl Construct for InstanceProfileSpec {
    type Out = InstanceProfile;

    fn build(self, stack: &mut Stack) -> InstanceProfile {
        let mut profile = iam::InstanceProfile::new([self.role.name()]);
        if let Some(name) = self.instance_profile_name {
            profile = profile.instance_profile_name(name);
        }
        if let Some(path) = self.path {
            profile = profile.path(path);
        }
        InstanceProfile { instance_profile: stack.add("Resource", profile), role: self.role }
    }
}
