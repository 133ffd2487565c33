//! Images: what containers are made from.

#[cfg(feature = "ecr")]
use crate::aws::ecr::Repository;
use crate::aws::iam::{Role, Statement};
use crate::core::{Computed, ImageRef, Stack, Value, intrinsics};

/// What a container is made from.
#[derive(Clone, Debug)]
pub struct ContainerImage {
    uri: Value<String>,
    /// The ECR repository that the execution role must be able to pull from, by its ARN.
    repository: Option<Value<Computed>>,
}

impl ContainerImage {
    /// An image of a registry that anybody may pull from: `nginx`, `public.ecr.aws/nginx/nginx:1.27`.
    #[must_use]
    pub fn registry(name: impl Into<Value<String>>) -> Self {
        Self { uri: name.into(), repository: None }
    }

    /// An image that deploying builds and pushes: the execution role may pull it.
    #[must_use]
    pub fn asset(image: &ImageRef) -> Self {
        Self::ecr(image.uri())
    }

    /// An image of a private ECR repository, by its URI: the execution role may pull from that repository, in the
    /// account and region that the URI names.
    #[must_use]
    pub fn ecr(uri: impl Into<Value<String>>) -> Self {
        let uri = uri.into();
        Self { repository: Some(repository_arn(&uri)), uri }
    }

    /// The image that a tag of a repository of this app is for: the execution role may pull from there.
    #[cfg(feature = "ecr")]
    #[must_use]
    pub fn ecr_repository(repository: &Repository, tag: &str) -> Self {
        Self { uri: repository.uri_for_tag(tag), repository: Some(repository.arn().cast()) }
    }

    pub(super) fn uri(&self) -> Value<String> {
        self.uri.clone()
    }

    pub(super) const fn is_private(&self) -> bool {
        self.repository.is_some()
    }

    /// Lets the role pull it. Rule: the ECR user guide, "Using Amazon ECR Images with Amazon ECS".
    #[track_caller]
    pub(super) fn grant_pull(&self, stack: &mut Stack, role: &Role) {
        let Some(repository) = &self.repository else { return };
        let actions = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];
        role.add_to_policy(stack, Statement::allow(actions, [repository.clone()]));
        role.add_to_policy(stack, Statement::allow(["ecr:GetAuthorizationToken"], ["*"]));
    }
}

/// The ARN of the repository of `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>`.
fn repository_arn(uri: &Value<String>) -> Value<Computed> {
    if let Some((registry, image)) = uri.as_text().and_then(|uri| uri.split_once('/')) {
        let mut parts = registry.split('.');
        let account = parts.next().unwrap_or_default();
        let region = parts.nth(2).unwrap_or_default();
        let name = image.split(['@', ':']).next().unwrap_or_default();
        let arn = format!("arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{name}");
        return intrinsics::sub(arn, []);
    }
    // What is only known when the stack is deployed: a repository's name without `/`, as those for assets have.
    let part = |separator: &str, index: i64, of: Value<String>| -> Value<String> {
        intrinsics::select(index, intrinsics::split(separator, of)).into()
    };
    let registry = part("/", 0, uri.clone());
    let name = part(":", 0, part("/", 1, uri.clone()));
    let (account, region) = (part(".", 0, registry.clone()), part(".", 3, registry));
    let arn = "arn:${AWS::Partition}:ecr:${Region}:${Account}:repository/${Name}";
    intrinsics::sub(arn, [("Region", region), ("Account", account), ("Name", name)])
}

impl From<&str> for ContainerImage {
    fn from(name: &str) -> Self {
        Self::registry(name)
    }
}

impl From<&ImageRef> for ContainerImage {
    fn from(image: &ImageRef) -> Self {
        Self::asset(image)
    }
}
