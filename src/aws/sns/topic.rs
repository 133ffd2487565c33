//! Topics, and who hears of what is published there.

use crate::aws::Nested;
use crate::aws::iam::{Grantee, Principal, Statement, add_to_resource_policy, owns_policy_of};
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

    /// Sends what is published to a queue, which lets this topic do so. The queue's construct gets a child called as the
    /// topic, as AWS CDK's `SqsSubscription` does.
    #[cfg(feature = "sqs")]
    #[track_caller]
    pub fn subscribe_queue(&self, stack: &mut Stack, queue: &crate::aws::sqs::Queue) -> Ref<sns::Subscription> {
        let topic = Principal::service("sns.amazonaws.com").when("ArnEquals", "aws:SourceArn", self.arn());
        let send = Statement::allow(["sqs:SendMessage"], [queue.arn()]).principal(topic);
        queue.add_to_resource_policy(stack, send);
        let subscription = sns::Subscription::new("sqs", self.arn()).endpoint(queue.queue.arn());
        let subscription = stack.add_within(queue.node, stack.unique_id(self.node), Nested(subscription));
        // What is published before the queue lets it in is lost.
        if let Some(policy) = stack.within(queue.node, |stack| stack.child("Policy")) {
            stack.resource(subscription).depends_on(policy);
        }
        subscription
    }

    /// Calls a function with what is published; the function lets this topic do so. The function's construct gets a child
    /// called as the topic, as AWS CDK's `LambdaSubscription` does.
    #[cfg(all(
        feature = "applicationautoscaling",
        feature = "dynamodb",
        feature = "ec2",
        feature = "lambda",
        feature = "logs",
        feature = "sqs",
    ))]
    #[track_caller]
    pub fn subscribe_function(
        &self,
        stack: &mut Stack,
        function: &crate::aws::lambda::Function,
    ) -> Ref<sns::Subscription> {
        let topic = stack.unique_id(self.node);
        function.add_permission(
            stack,
            &format!("AllowInvoke:{topic}"),
            "sns.amazonaws.com",
            Some(Value::<String>::from(self.arn())),
        );
        let subscription = sns::Subscription::new("lambda", self.arn()).endpoint(function.arn());
        let id = stack.path_of(self.node).last().map_or(topic, |id| (*id).to_owned());
        stack.add_within(function.node, id, Nested(subscription))
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
        if !owns_policy_of(stack, self.node) {
            return;
        }
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

crate::aws::iam::has_arn! { Topic, "a topic"; }
