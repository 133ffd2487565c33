//! Repositories.

use super::{LifecycleRule, lifecycle};
use crate::aws::iam::{Grantee, Statement, document, owns_policy_of};
use crate::cfn::ecr::repository::{
    EncryptionConfiguration, EncryptionConfigurationEncryptionType, ImageScanningConfiguration, ImageTagMutability,
    ImageTagMutabilityExclusionFilter, LifecyclePolicy,
};
use crate::cfn::{ecr, kms};
use crate::core::{Construct, DeletionPolicy, NodeId, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// What pulling and pushing an image takes: AWS CDK's actions. Rule: the Amazon ECR user guide, "Identity-based policy
/// examples".
const PULL: [&str; 3] = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];
const PUSH: [&str; 5] = [
    "ecr:CompleteLayerUpload",
    "ecr:UploadLayerPart",
    "ecr:InitiateLayerUpload",
    "ecr:BatchCheckLayerAvailability",
    "ecr:PutImage",
];

/// Whether a tag can be moved from one image to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagMutability {
    /// It can.
    Mutable,
    /// It cannot: a tag is for one image, for good.
    Immutable,
    /// It cannot, but for tags like these, five patterns at most, in which `*` stands for anything, twice at most:
    /// `latest`.
    ImmutableExcept(Vec<String>),
}

/// A private repository of images. It is kept when its stack is deleted, as AWS CDK's is.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ecr::{LifecycleRule, RepositorySpec, TagMutability, TagStatus};
/// use formwork::aws::ecs::{ContainerImage, ContainerSpec, FargateTaskDefinitionSpec};
/// use formwork::aws::iam::{Principal, RoleSpec};
///
/// let images = s.add("Images", RepositorySpec {
///     image_scan_on_push: true,
///     image_tag_mutability: TagMutability::Immutable,
///     lifecycle_rules: vec![LifecycleRule::older_than_days(7).of(TagStatus::Untagged)],
///     ..RepositorySpec::default()
/// });
/// let pipeline = s.add("Pipeline", RoleSpec::new(Principal::service("codebuild.amazonaws.com")));
/// images.grant_pull_push(s, &pipeline);
/// s.add("Web", FargateTaskDefinitionSpec::new([
///     ContainerSpec::new("web", ContainerImage::ecr_repository(&images, "1.4.2")),
/// ]));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RepositorySpec {
    /// Its name, 2 to 256 of `a-z0-9._-`, with `/` between parts, unique in the account and region. A change replaces the
    /// repository. Default: CloudFormation makes one.
    pub repository_name: Option<Value<String>>,
    /// Whether an image is looked through for known weaknesses when it is pushed. Basic scanning costs nothing; where the
    /// registry has a configuration of its own, that counts. Default: false.
    pub image_scan_on_push: bool,
    /// Whether a tag can be moved from one image to another. Default: it can, ECR's own.
    pub image_tag_mutability: TagMutability,
    /// Which images it deletes by itself. Default: none.
    pub lifecycle_rules: Vec<LifecycleRule>,
    /// The key that encrypts its images; who may pull them need not be allowed to use it. A change replaces the repository.
    /// Default: ECR's own keys (AES-256).
    pub encryption_key: Option<Value<kms::KeyArn>>,
    /// What happens to it when it leaves the stack, or is replaced. Default: it is retained, with its images.
    pub deletion_policy: DeletionPolicy,
    /// Whether its images are deleted with it: without that, one that has images cannot be deleted. Default: false.
    pub empty_on_delete: bool,
}

impl Default for RepositorySpec {
    fn default() -> Self {
        Self {
            repository_name: None,
            image_scan_on_push: false,
            image_tag_mutability: TagMutability::Mutable,
            lifecycle_rules: Vec::new(),
            encryption_key: None,
            deletion_policy: DeletionPolicy::Retain,
            empty_on_delete: false,
        }
    }
}

impl RepositorySpec {
    /// What the specification does not say. Rule: the Amazon ECR API reference, `ImageTagMutabilityExclusionFilter`.
    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if self.empty_on_delete && self.deletion_policy != DeletionPolicy::Delete {
            let message = "the repository is to be deleted with its images, and is retained".into();
            report("exclusive-properties", message, "give it `DeletionPolicy::Delete`, or leave out `empty_on_delete`");
        }
        let TagMutability::ImmutableExcept(patterns) = &self.image_tag_mutability else { return };
        if let Some(wild) = patterns.iter().find(|pattern| pattern.matches('*').count() > 2) {
            let message = format!("the pattern `{wild}` has more than two `*`");
            report("format", message, "ECR takes two of them in a pattern");
        }
    }

    fn with_tags(&self, repository: ecr::Repository) -> ecr::Repository {
        match &self.image_tag_mutability {
            TagMutability::Mutable => repository,
            TagMutability::Immutable => repository.image_tag_mutability(ImageTagMutability::IMMUTABLE),
            TagMutability::ImmutableExcept(patterns) => {
                let filter = |pattern: &String| ImageTagMutabilityExclusionFilter::new("WILDCARD", pattern);
                repository
                    .image_tag_mutability(ImageTagMutability::IMMUTABLE_WITH_EXCLUSION)
                    .image_tag_mutability_exclusion_filters(patterns.iter().map(filter).collect::<Vec<_>>())
            }
        }
    }
}

/// A repository that was added.
#[derive(Clone, Copy, Debug)]
pub struct Repository {
    /// The repository itself.
    pub repository: Ref<ecr::Repository>,
    node: NodeId,
}

impl Construct for RepositorySpec {
    type Out = Repository;

    fn build(self, stack: &mut Stack) -> Repository {
        self.check(stack);
        let mut repository = self.with_tags(ecr::Repository::new());
        if let Some(name) = &self.repository_name {
            repository = repository.repository_name(name);
        }
        if self.image_scan_on_push {
            let scanning = ImageScanningConfiguration::new().scan_on_push(true);
            repository = repository.image_scanning_configuration(scanning);
        }
        if !self.lifecycle_rules.is_empty() {
            let text = lifecycle::policy(stack, &self.lifecycle_rules);
            repository = repository.lifecycle_policy(LifecyclePolicy::new().lifecycle_policy_text(text));
        }
        if let Some(key) = self.encryption_key {
            let encryption = EncryptionConfiguration::new(EncryptionConfigurationEncryptionType::KMS).kms_key(key);
            repository = repository.encryption_configuration(encryption);
        }
        if self.empty_on_delete {
            repository = repository.empty_on_delete(true);
        }
        let node = stack.current();
        let repository = stack.add("Resource", repository);
        stack.resource(repository).removal_policy(self.deletion_policy);
        Repository { repository, node: node.unwrap_or(repository.node()) }
    }
}

impl Repository {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<ecr::RepositoryName> {
        self.repository.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.repository.arn()
    }

    /// Where images are pushed to and pulled from: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`.
    #[must_use]
    pub fn uri(&self) -> Value<String> {
        self.repository.repository_uri()
    }

    /// The image that a tag is for.
    #[must_use]
    pub fn uri_for_tag(&self, tag: &str) -> Value<String> {
        intrinsics::sub(format!("${{Repository}}:{tag}"), [("Repository", self.uri())]).into()
    }

    /// Lets a grantee pull images. An identity may log in to the account's registry, too; that is on no repository.
    #[track_caller]
    pub fn grant_pull(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, &grantee.into(), &PULL);
    }

    /// Lets a grantee push images, as [`Repository::grant_pull`] lets it pull them.
    #[track_caller]
    pub fn grant_push(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, &grantee.into(), &PUSH);
    }

    /// Lets a grantee pull and push images: what builds them mostly pulls what it has pushed before.
    #[track_caller]
    pub fn grant_pull_push(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, &grantee.into(), &[&PULL[..], &PUSH].concat());
    }

    #[track_caller]
    fn grant(&self, stack: &mut Stack, grantee: &Grantee, actions: &[&str]) {
        let statement = Statement::allow(actions.iter().copied(), [self.arn()]);
        grantee.grant(stack, statement, |stack, statement| self.add_to_resource_policy(stack, statement));
        if let Grantee::Identity(identity) = grantee {
            identity.add_to_policy(stack, Statement::allow(["ecr:GetAuthorizationToken"], ["*"]));
        }
    }

    /// Adds a statement to the repository's own policy. It says nothing of resources, which ECR does not take: they are
    /// left out.
    #[track_caller]
    pub fn add_to_resource_policy(&self, stack: &mut Stack, mut statement: Statement) {
        if owns_policy_of(stack, self.node) {
            statement.resources.clear();
            document::add_statement(stack, self.repository, "RepositoryPolicyText", statement, Some(self.node));
        }
    }
}

impl From<&Repository> for StackRef {
    fn from(repository: &Repository) -> Self {
        repository.repository.into()
    }
}

impl From<Repository> for NodeId {
    fn from(repository: Repository) -> Self {
        repository.node
    }
}

crate::aws::iam::has_arn! { Repository, "a repository"; }
