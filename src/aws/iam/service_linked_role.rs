//! Roles that belong to a service.

use crate::cfn::iam;
use crate::core::{Construct, DeletionPolicy, Ref, Stack, Value};

/// A role that a service defines and alone may assume. An account has one per service, so it is kept when the stack is
/// deleted: others may use it by then.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::iam::ServiceLinkedRoleSpec;
///
/// s.add("EcsRole", ServiceLinkedRoleSpec::new("ecs.amazonaws.com"));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ServiceLinkedRoleSpec {
    /// The service's name: `ecs.amazonaws.com`.
    pub service: Value<String>,
    /// What it is for. Default: the service's own description.
    pub description: Option<String>,
    /// What tells it from the service's others, where the service allows several. Default: none.
    pub custom_suffix: Option<String>,
}

impl ServiceLinkedRoleSpec {
    /// The role of this service, with the defaults of every field.
    #[must_use]
    pub fn new(service: impl Into<Value<String>>) -> Self {
        Self { service: service.into(), description: None, custom_suffix: None }
    }
}

/// A service-linked role that was added.
#[derive(Clone, Copy, Debug)]
pub struct ServiceLinkedRole {
    /// The role itself.
    pub role: Ref<iam::ServiceLinkedRole>,
}

impl Construct for ServiceLinkedRoleSpec {
    type Out = ServiceLinkedRole;

    fn build(self, stack: &mut Stack) -> ServiceLinkedRole {
        let mut role = iam::ServiceLinkedRole::new().aws_service_name(self.service);
        if let Some(description) = self.description {
            role = role.description(description);
        }
        if let Some(suffix) = self.custom_suffix {
            role = role.custom_suffix(suffix);
        }
        let role = stack.add("Resource", role);
        stack.resource(role).deletion_policy(DeletionPolicy::Retain);
        ServiceLinkedRole { role }
    }
}
