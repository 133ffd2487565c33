//! Queues.

use crate::aws::iam::{Grantee, Principal, Statement, add_to_resource_policy, owns_policy_of};
use crate::aws::kms::Key;
use crate::cfn::sqs;
use crate::core::{Computed, Construct, DeletionPolicy, NodeId, Problem, Ref, Stack, StackRef, Value};

/// How the names of FIFO queues end.
const FIFO: &str = ".fifo";

/// Where messages go that were received too often.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetterQueue {
    /// The queue they go to.
    pub queue: Queue,
    /// How often a message may be received before, 1 to 1,000.
    pub max_receive_count: u32,
}

/// A queue. Requests that are not encrypted on their way are refused; AWS CDK lets them in, unless it is told not to.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::sqs::{DeadLetterQueue, QueueSpec};
///
/// let dead = s.add("Dead", QueueSpec { retention_period: Some(1_209_600), ..QueueSpec::default() });
/// s.add("Jobs", QueueSpec {
///     visibility_timeout: Some(60),
///     dead_letter_queue: Some(DeadLetterQueue { queue: dead, max_receive_count: 3 }),
///     ..QueueSpec::default()
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct QueueSpec {
    /// Its name, up to 80 letters, digits, `-` and `_`; that of a FIFO queue ends with `.fifo`. A change replaces it.
    /// Default: CloudFormation makes one.
    pub queue_name: Option<Value<String>>,
    /// Whether messages keep their order, and come once. A change replaces it. Default: false.
    pub fifo: bool,
    /// Whether a FIFO queue tells messages that are the same by their content. Default: false, by an id that senders give.
    pub content_based_deduplication: bool,
    /// How long a received message is hidden from other receivers, 0 to 43,200 seconds. Default: 30.
    pub visibility_timeout: Option<u32>,
    /// How long messages are kept, 60 to 1,209,600 seconds. Default: 345,600, four days.
    pub retention_period: Option<u32>,
    /// How long new messages are hidden, 0 to 900 seconds. Default: 0.
    pub delivery_delay: Option<u32>,
    /// How long a receiver waits for a message, 0 to 20 seconds. Default: 0.
    pub receive_message_wait_time: Option<u32>,
    /// The size of a message at most, 1,024 to 1,048,576 bytes. Default: 1,048,576.
    pub max_message_size: Option<u32>,
    /// Where messages go that were received too often. Default: nowhere, they come again until they are too old.
    pub dead_letter_queue: Option<DeadLetterQueue>,
    /// The key that encrypts messages. Default: a key of the service's.
    pub encryption_key: Option<Key>,
    /// Whether requests that are not encrypted on their way are refused. Default: true (AWS CDK's is false).
    pub enforce_ssl: bool,
    /// What happens to it when it leaves the stack, or is replaced. Default: it is deleted.
    pub deletion_policy: DeletionPolicy,
}

impl Default for QueueSpec {
    fn default() -> Self {
        Self {
            queue_name: None,
            fifo: false,
            content_based_deduplication: false,
            visibility_timeout: None,
            retention_period: None,
            delivery_delay: None,
            receive_message_wait_time: None,
            max_message_size: None,
            dead_letter_queue: None,
            encryption_key: None,
            enforce_ssl: true,
            deletion_policy: DeletionPolicy::Delete,
        }
    }
}

/// A queue that was added.
#[derive(Clone, Copy, Debug)]
pub struct Queue {
    /// The queue itself.
    pub queue: Ref<sqs::Queue>,
    /// The key that encrypts its messages, where it is one of the account's.
    pub encryption_key: Option<Key>,
    pub(in crate::aws) node: NodeId,
}

impl QueueSpec {
    /// What the specification does not say. Rule: the SQS API reference, `CreateQueue`.
    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        let name = self.queue_name.as_ref().and_then(Value::as_text);
        match name {
            Some(name) if name.ends_with(FIFO) && !self.fifo => {
                let message = format!("`{name}` is the name of a FIFO queue");
                report("name", message, "set `fifo`, or take `.fifo` away");
            }
            Some(name) if !name.ends_with(FIFO) && self.fifo => {
                let message = format!("a FIFO queue cannot be called `{name}`");
                report("name", message, "its name ends with `.fifo`");
            }
            _ => {}
        }
        if self.content_based_deduplication && !self.fifo {
            let message = "only a FIFO queue tells messages that are the same".into();
            report("dependent-properties", message, "set `fifo`, or leave `content_based_deduplication` out");
        }
    }
}

impl Construct for QueueSpec {
    type Out = Queue;

    fn build(self, stack: &mut Stack) -> Queue {
        self.check(stack);
        let mut queue = sqs::Queue::new();
        if self.content_based_deduplication {
            queue = queue.content_based_deduplication(true);
        }
        if let Some(seconds) = self.delivery_delay {
            queue = queue.delay_seconds(seconds);
        }
        if self.fifo {
            queue = queue.fifo_queue(true);
        }
        if let Some(key) = self.encryption_key {
            queue = queue.kms_master_key_id(key.arn().cast::<Computed>());
        }
        if let Some(bytes) = self.max_message_size {
            queue = queue.maximum_message_size(bytes);
        }
        if let Some(seconds) = self.retention_period {
            queue = queue.message_retention_period(seconds);
        }
        if let Some(name) = self.queue_name {
            queue = queue.queue_name(name);
        }
        if let Some(seconds) = self.receive_message_wait_time {
            queue = queue.receive_message_wait_time_seconds(seconds);
        }
        if let Some(DeadLetterQueue { queue: dead, max_receive_count }) = self.dead_letter_queue {
            let target = dead.arn();
            queue = queue
                .redrive_policy(crate::json!({ "deadLetterTargetArn": target, "maxReceiveCount": max_receive_count }));
        }
        if let Some(seconds) = self.visibility_timeout {
            queue = queue.visibility_timeout(seconds);
        }
        let node = stack.current();
        let queue = stack.add("Resource", queue);
        stack.resource(queue).removal_policy(self.deletion_policy);
        let queue = Queue { queue, encryption_key: self.encryption_key, node: node.unwrap_or(queue.node()) };
        if self.enforce_ssl {
            let statement = Statement::deny(["sqs:*"], [queue.arn()]).principal(Principal::any());
            queue.add_to_resource_policy(stack, statement.when("Bool", "aws:SecureTransport", "false"));
        }
        queue
    }
}

impl Queue {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.queue.arn().into()
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> Value<sqs::QueueUrl> {
        self.queue.get_ref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<String> {
        self.queue.queue_name()
    }

    #[track_caller]
    fn grant<const N: usize>(&self, stack: &mut Stack, grantee: &Grantee, actions: [&str; N]) {
        let statement = Statement::allow(actions, [self.arn()]);
        grantee.grant(stack, statement, |stack, statement| self.add_to_resource_policy(stack, statement));
    }

    /// Lets somebody send messages, and encrypt them with the queue's key.
    #[track_caller]
    pub fn grant_send_messages(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        self.grant(stack, &grantee, ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]);
        if let Some(key) = self.encryption_key {
            key.grant_encrypt_decrypt(stack, grantee);
        }
    }

    /// Lets somebody receive and delete messages, and decrypt them with the queue's key.
    #[track_caller]
    pub fn grant_consume_messages(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        let actions = [
            "sqs:ReceiveMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueUrl",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ];
        self.grant(stack, &grantee, actions);
        if let Some(key) = self.encryption_key {
            key.grant_decrypt(stack, grantee);
        }
    }

    /// Lets somebody delete all messages.
    #[track_caller]
    pub fn grant_purge(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        self.grant(stack, &grantee.into(), ["sqs:PurgeQueue", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"]);
    }

    /// Adds a statement to the queue's own policy, which is made with the first one.
    #[track_caller]
    pub fn add_to_resource_policy(&self, stack: &mut Stack, statement: Statement) {
        if !owns_policy_of(stack, self.node) {
            return;
        }
        let url = Value::<String>::from(self.url());
        stack.within(self.node, |stack| {
            add_to_resource_policy(stack, "Policy", statement, |document| sqs::QueuePolicy::new(document, [url]));
        });
    }
}

impl From<&Queue> for StackRef {
    fn from(queue: &Queue) -> Self {
        queue.queue.into()
    }
}

crate::aws::iam::has_arn! { Queue, "a queue"; }
