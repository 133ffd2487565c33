//! Where assets are kept: the bucket and the repository of a bootstrap stack.

use aws_sdk_cloudformation::types::Stack;
use aws_sdk_ecr::types::ImageIdentifier;
use aws_sdk_s3::error::ProvideErrorMetadata as _;

use super::super::Trouble;
use super::super::session::Session;
use super::super::trouble::Fault;
use crate::assets::bootstrap::{BUCKET_OUTPUT, REPOSITORY_OUTPUT, STACK};

/// A stack that holds a store, and how it says where.
struct Bootstrap {
    stack: &'static str,
    bucket: &'static str,
    repository: Repository,
}

/// How a bootstrap stack names its repository.
enum Repository {
    /// By this output, the URI.
    Uri(&'static str),
    /// By this output, the name alone.
    Name(&'static str),
}

/// formwork's own first. The second is AWS CDK's, whose outputs are part of its bootstrap template's contract.
const BOOTSTRAPS: [Bootstrap; 2] = [
    Bootstrap { stack: STACK, bucket: BUCKET_OUTPUT, repository: Repository::Uri(REPOSITORY_OUTPUT) },
    Bootstrap { stack: "CDKToolkit", bucket: "BucketName", repository: Repository::Name("ImageRepositoryName") },
];

/// What a session has found of the store.
#[derive(Default)]
pub(in super::super) struct Store {
    bucket: tokio::sync::OnceCell<String>,
    repository: tokio::sync::OnceCell<String>,
}

impl Session {
    /// The bucket for assets: formwork's own, or that of an AWS CDK bootstrap.
    pub(super) async fn bucket(&self) -> Result<&str, Trouble> {
        let find = || async {
            let found = self.find(|bootstrap, output| output(bootstrap.bucket)).await?;
            found.ok_or_else(|| {
                Trouble::refused(
                    format!("account {} has no bucket for assets in {}", self.account, self.region),
                    "`bootstrap` makes one, once for an account and region; a template of more than 51,200 bytes and \
                     files that a stack takes along go through it",
                )
            })
        };
        self.store.bucket.get_or_try_init(find).await.map(String::as_str)
    }

    /// The URI of the repository for images: formwork's own, or that of an AWS CDK bootstrap.
    pub(super) async fn repository(&self) -> Result<&str, Trouble> {
        let find = || async {
            let found = self.find(|bootstrap, output| match bootstrap.repository {
                Repository::Uri(key) => output(key),
                Repository::Name(key) => output(key).map(|name| format!("{}/{name}", self.registry())),
            });
            found.await?.ok_or_else(|| {
                Trouble::refused(
                    format!("account {} has no repository for images in {}", self.account, self.region),
                    "`bootstrap` makes one, once for an account and region",
                )
            })
        };
        self.store.repository.get_or_try_init(find).await.map(String::as_str)
    }

    /// What the first bootstrap stack says that says it, of its outputs.
    async fn find(
        &self,
        read: impl Fn(&Bootstrap, &dyn Fn(&str) -> Option<String>) -> Option<String>,
    ) -> Result<Option<String>, Trouble> {
        for bootstrap in &BOOTSTRAPS {
            let doing = "cannot look for the place of assets";
            let stack = self.describe(bootstrap.stack).await.map_err(|fault| fault.trouble(doing))?;
            let output = |key: &str| {
                let outputs = stack.as_deref().map(Stack::outputs).unwrap_or_default();
                let output = outputs.iter().find(|output| output.output_key() == Some(key))?;
                output.output_value().map(str::to_owned)
            };
            if let Some(found) = read(bootstrap, &output) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The account's registry of images.
    fn registry(&self) -> String {
        format!("{}.dkr.ecr.{}.{}", self.account, self.region, self.suffix())
    }

    /// What names of AWS end with where this session is.
    fn suffix(&self) -> &'static str {
        if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
    }

    /// The address of an object, as CloudFormation takes it.
    pub(super) fn url(&self, bucket: &str, key: &str) -> String {
        format!("https://s3.{}.{}/{bucket}/{key}", self.region, self.suffix())
    }

    /// Whether an object is in the bucket for assets.
    pub(super) async fn has_object(&self, bucket: &str, key: &str) -> Result<bool, Trouble> {
        // A bucket's name is anybody's once it is free: what is sent goes to this account and no other.
        let head = self.s3().head_object().bucket(bucket).key(key).expected_bucket_owner(&self.account);
        match head.send().await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.code(), Some("NotFound" | "NoSuchKey")) => Ok(false),
            Err(error) => Err(Fault::from(error).trouble(&format!("cannot look into the bucket {bucket}"))),
        }
    }

    /// Whether an image of this tag is in a repository.
    pub(super) async fn has_image(&self, repository: &str, tag: &str) -> Result<bool, Trouble> {
        let name = repository.split_once('/').map_or(repository, |(_, name)| name);
        let image = ImageIdentifier::builder().image_tag(tag).build();
        match self.ecr().describe_images().repository_name(name).image_ids(image).send().await {
            Ok(answer) => Ok(!answer.image_details().is_empty()),
            Err(error) if error.code() == Some("ImageNotFoundException") => Ok(false),
            Err(error) => Err(Fault::from(error).trouble(&format!("cannot look into the repository {name}"))),
        }
    }
}
