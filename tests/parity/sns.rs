//! Topics.

use formwork::Stack;
use formwork::aws::iam::UserSpec;
use formwork::aws::sns::TopicSpec;

use super::Case;

pub const CASES: &[Case] =
    &[("topic", topic), ("topic_that_a_service_publishes_to", topic_that_a_service_publishes_to)];

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
