//! Topics, and who hears of what is published there.

use crate::aws::Nested;
use crate::aws::iam::{Grantee, Principal, Statement, add_to_resource_policy};
use crate::aws::kms::Key;
use crate::cfn::{kms, sns};
use crate::core::{Computed, Construct, NodeId, Ref, Stack, Value};

/// A topic.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::sns::TopicSpec;
///
/// let alarms = s.add("Alarms", TopicSpec::default());
/// alarms.subscribe_email(s, "ops@example.com");
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct TopicSpec {
    /// Its name, up to 256 characters. A change replaces the topic. Default: CloudFormation makes one.
    pub topic_name: Option<Value<String>>,
    /// What messages are signed with in text messages, up to 100 characters. Default: none.
    pub display_name: Option<String>,
    /// The key that encrypts it. Who is granted to publish may use it, if it is one of this app's. Default: not encrypted at rest by a key of the account's.
    pub kms_key: Option<Value<kms::KeyArn>>,
}

/// A topic that was added.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// The topic itself.
    pub topic: Ref<sns::Topic>,
    node: NodeId,
    key: Option<Key>,
}

impl Construct for TopicSpec {
    type Out = Topic;

    fn build(self, stack: &mut Stack) -> Topic {
        let mut topic = sns::Topic::new();
        if let Some(name) = self.topic_name {
            topic = topic.topic_name(name);
        }
        if let Some(name) = self.display_name {
            topic = topic.display_name(name);
        }
        let own_key = self.kms_key.as_ref().and_then(|arn| Key::of(stack, arn));
        if let Some(key) = self.kms_key {
            topic = topic.kms_master_key_id(key.cast::<Computed>());
        }
        let node = stack.current();
        let topic = stack.add("Resource", topic);
        Topic { topic, node: node.unwrap_or(topic.node()), key: own_key }
    }
}

impl Topic {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<sns::TopicArn> {
        self.topic.get_ref()
    }

    /// Sends what is published to an address, once its owner has confirmed: the topic's construct gets a child called as
    /// the address, as AWS CDK's `EmailSubscription` does.
    #[track_caller]
    pub fn subscribe_email(&self, stack: &mut Stack, address: &str) -> Ref<sns::Subscription> {
        let subscription = sns::Subscription::new("email", self.arn()).endpoint(address);
        stack.add_within(self.node, address, Nested(subscription))
    }

    /// Lets a grantee publish: `sns:Publish`, here only. A service or another account gets it from the topic's policy.
    /// What encrypts the topic may be used for it.
    #[track_caller]
    pub fn grant_publish(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        let statement = Statement::allow(["sns:Publish"], [self.arn()]);
        grantee.grant(stack, statement, |stack, statement| self.add_to_resource_policy(stack, statement));
        if let Some(key) = self.key {
            key.grant_use(stack, grantee, ["kms:Decrypt", "kms:GenerateDataKey*"]);
        }
    }

    /// Adds a statement to the topic's own policy, which is made with the first one.
    #[track_caller]
    pub fn add_to_resource_policy(&self, stack: &mut Stack, statement: Statement) {
        let topic = Value::<String>::from(self.arn());
        stack.within(self.node, |stack| {
            add_to_resource_policy(stack, "Policy", statement, |document| sns::TopicPolicy::new(document, [topic]));
        });
    }

    /// Lets a service publish for what it does in this account.
    #[track_caller]
    pub fn allow_service(&self, stack: &mut Stack, service: &str) {
        let account = crate::core::intrinsics::account_id();
        self.grant_publish(stack, Principal::service(service).when("StringEquals", "aws:SourceAccount", account));
    }
}
