//! Identities and what they may do: roles, users, groups, policies, and the grants that other constructs write.

mod actions;
pub(in crate::aws) mod document;
mod grant;
mod group;
mod has_arn;
mod instance_profile;
mod managed_policy;
mod policy_file;
mod policy_use;
mod principal;
mod role;
mod service_linked_role;
mod statement;
mod user;

pub use document::PolicyDocument;
#[cfg(any(feature = "ecr", feature = "s3", feature = "secretsmanager", feature = "sns", feature = "sqs"))]
pub(in crate::aws) use grant::owns_policy_of;
pub use grant::{Grantee, Identity, add_to_resource_policy};
pub use group::{Group, GroupSpec};
pub use has_arn::HasArn;
pub(in crate::aws) use has_arn::has_arn;
pub use instance_profile::{InstanceProfile, InstanceProfileSpec};
pub use managed_policy::{ManagedPolicy, ManagedPolicySpec, PolicyArn};
pub(in crate::aws) use policy_use::PolicyUse;
#[cfg(feature = "organizations")]
pub(in crate::aws) use policy_use::{compact, grouped};
pub use principal::Principal;
pub use role::{Role, RoleSpec};
pub use service_linked_role::{ServiceLinkedRole, ServiceLinkedRoleSpec};
pub use statement::{Effect, Statement};
pub use user::{User, UserSpec};
