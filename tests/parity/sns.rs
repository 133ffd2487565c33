//! Topics.

use formwork::Stack;
use formwork::aws::iam::UserSpec;
use formwork::aws::sns::TopicSpec;
use formwork::aws::sqs::QueueSpec;

use super::Case;

pub const CASES: &[Case] = &[
    ("topic", topic),
    ("topic_that_a_service_publishes_to", topic_that_a_service_publishes_to),
    ("subscriptions", subscriptions),
];

fn topic(s: &mut Stack) {
    let spec =
        TopicSpec { topic_name: Some("alarms".into()), display_name: Some("Alarms".into()), ..TopicSpec::default() };
    let topic = s.add("Topic", spec);
    topic.subscribe_email(s, "ops@example.com");
    let publisher = s.add("Publisher", UserSpec::default());
    topic.grant_publish(s, publisher);
}

fn topic_that_a_service_publishes_to(s: &mut Stack) {
    let topic = s.add("Topic", TopicSpec::default());
    topic.allow_service(s, "budgets.amazonaws.com");
}

fn subscriptions(s: &mut Stack) {
    let topic = s.add("Topic", TopicSpec::default());
    let queue = s.add("Jobs", QueueSpec::default());
    topic.subscribe_queue(s, &queue);
    let function = s.add("Handler", super::lambda::spec());
    topic.subscribe_function(s, &function);
}
