//! What a test asks of a double, and does to it behind the program's back: the SDK's clients, called one by one.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudformation::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_cloudformation::types::{ChangeSetType, Stack, StackEvent};
use aws_sdk_cloudformation::{error::DisplayErrorContext, types::ChangeSetStatus};
use serde_json::Value;
use tokio::runtime::Runtime;

/// Clients of one account of one double.
pub struct Aws {
    runtime: Runtime,
    pub cloudformation: aws_sdk_cloudformation::Client,
    pub s3: aws_sdk_s3::Client,
    pub sts: aws_sdk_sts::Client,
    pub ecr: aws_sdk_ecr::Client,
}

impl Aws {
    /// Clients that try each call once.
    pub fn new(endpoint: &str, account: &str) -> Self {
        Self::retrying(endpoint, account, RetryConfig::disabled())
    }

    pub fn retrying(endpoint: &str, account: &str, retry: RetryConfig) -> Self {
        let credentials = Credentials::new(account, "test", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(retry)
            .build();
        Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build(),
            ),
            sts: aws_sdk_sts::Client::new(&config),
            ecr: aws_sdk_ecr::Client::new(&config),
        }
    }

    /// Waits for an answer.
    pub fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    /// Waits for an answer that is not an error.
    #[track_caller]
    pub fn done<T, E: std::error::Error>(&self, call: impl Future<Output = Result<T, E>>) -> T {
        self.wait(call).unwrap_or_else(|error| panic!("{}", DisplayErrorContext(&error)))
    }

    /// The text of the error that a call ends with, the code first.
    #[track_caller]
    pub fn refused<T, E: std::error::Error>(&self, call: impl Future<Output = Result<T, E>>) -> String {
        let Err(error) = self.wait(call) else { panic!("the call was not refused") };
        DisplayErrorContext(&error).to_string()
    }

    // --------------------------------------------------------------------------------------------------- what is there

    /// A stack by name or id. `None` if there is none.
    pub fn stack(&self, name: &str) -> Option<Stack> {
        match self.wait(self.cloudformation.describe_stacks().stack_name(name).send()) {
            Ok(found) => found.stacks.unwrap_or_default().pop(),
            Err(error) => {
                let text = DisplayErrorContext(&error).to_string();
                assert!(text.contains("does not exist"), "{text}");
                None
            }
        }
    }

    /// A stack's status; `-` if there is no such stack.
    pub fn status(&self, name: &str) -> String {
        let status = self.stack(name).and_then(|stack| stack.stack_status);
        status.map_or_else(|| "-".into(), |status| status.as_str().to_owned())
    }

    /// The status once nothing is in progress any more.
    #[track_caller]
    pub fn settled(&self, name: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let status = self.status(name);
            if !status.ends_with("_IN_PROGRESS") {
                return status;
            }
            assert!(Instant::now() < deadline, "{name} is still {status}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// A stack's outputs.
    pub fn outputs(&self, name: &str) -> BTreeMap<String, String> {
        let stack = self.stack(name).unwrap();
        let outputs = stack.outputs.unwrap_or_default().into_iter();
        outputs.map(|output| (output.output_key.unwrap(), output.output_value.unwrap())).collect()
    }

    /// The physical ids of a stack's resources, by logical id.
    pub fn resources(&self, name: &str) -> BTreeMap<String, String> {
        let listed = self.done(self.cloudformation.list_stack_resources().stack_name(name).send());
        let resources = listed.stack_resource_summaries.unwrap_or_default().into_iter();
        resources.map(|r| (r.logical_resource_id.unwrap(), r.physical_resource_id.unwrap_or_default())).collect()
    }

    /// A stack's events, newest first.
    pub fn events(&self, name: &str) -> Vec<StackEvent> {
        let pages = self.cloudformation.describe_stack_events().stack_name(name).into_paginator().items().send();
        self.done(pages.collect::<Result<Vec<_>, _>>())
    }

    // --------------------------------------------------------------------------------- done behind the program's back

    /// Creates or updates a stack and returns the status it ends in.
    #[track_caller]
    pub fn deploy(&self, name: &str, template: &Value) -> String {
        let create = matches!(self.status(name).as_str(), "-" | "REVIEW_IN_PROGRESS");
        let kind = if create { ChangeSetType::Create } else { ChangeSetType::Update };
        self.prepare(name, kind, template);
        self.done(self.cloudformation.execute_change_set().stack_name(name).change_set_name("test").send());
        self.settled(name)
    }

    /// Makes the change set `test` in place of an earlier one, and waits until it can be executed.
    #[track_caller]
    pub fn prepare(&self, name: &str, kind: ChangeSetType, template: &Value) {
        if kind == ChangeSetType::Update {
            self.done(self.cloudformation.delete_change_set().stack_name(name).change_set_name("test").send());
        }
        let create = self.cloudformation.create_change_set().stack_name(name).change_set_name("test");
        self.done(create.change_set_type(kind).template_body(template.to_string()).send());
        loop {
            let described = self.cloudformation.describe_change_set().stack_name(name).change_set_name("test");
            let described = self.done(described.send());
            match described.status.unwrap() {
                ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress => {}
                ChangeSetStatus::CreateComplete => return,
                status => panic!("{status}: {}", described.status_reason.unwrap_or_default()),
            }
        }
    }

    /// Deletes a stack and returns the status it ends in; `-` if it is gone.
    #[track_caller]
    pub fn delete(&self, name: &str) -> String {
        self.done(self.cloudformation.delete_stack().stack_name(name).send());
        self.settled(name)
    }
}
