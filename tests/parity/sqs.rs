//! Queues.

use formwork::Stack;
use formwork::aws::iam::{Principal, Role, RoleSpec};
use formwork::aws::sqs::{DeadLetterQueue, QueueSpec};

use super::Case;

pub const CASES: &[Case] = &[
    ("queue_of_defaults", queue_of_defaults),
    ("queue_with_options", queue_with_options),
    ("fifo_queue", fifo_queue),
    ("grants", grants),
];

fn role(s: &mut Stack, id: &str) -> Role {
    s.add(id, RoleSpec::new(Principal::service("lambda.amazonaws.com")))
}

fn queue_of_defaults(s: &mut Stack) {
    s.add("Jobs", QueueSpec::default());
}

fn queue_with_options(s: &mut Stack) {
    let dead = s.add("Dead", QueueSpec { retention_period: Some(1_209_600), ..QueueSpec::default() });
    let spec = QueueSpec {
        queue_name: Some("jobs".into()),
        visibility_timeout: Some(60),
        receive_message_wait_time: Some(20),
        delivery_delay: Some(5),
        max_message_size: Some(65536),
        dead_letter_queue: Some(DeadLetterQueue { queue: dead, max_receive_count: 3 }),
        ..QueueSpec::default()
    };
    s.add("Jobs", spec);
}

fn fifo_queue(s: &mut Stack) {
    s.add("Jobs", QueueSpec { fifo: true, content_based_deduplication: true, ..QueueSpec::default() });
}

fn grants(s: &mut Stack) {
    let queue = s.add("Jobs", QueueSpec::default());
    let [sender, consumer, purger] = ["Sender", "Consumer", "Purger"].map(|id| role(s, id));
    queue.grant_send_messages(s, sender);
    queue.grant_consume_messages(s, consumer);
    queue.grant_purge(s, purger);
}
