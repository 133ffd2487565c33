//! What the account costs, before the invoice says so.

use formwork::Stack;
use formwork::aws::budgets::{BudgetSpec, Costs, Threshold};
use formwork::aws::cloudwatch::{AlarmSpec, Comparison, MathExpression, Metric, MissingData};
use formwork::aws::sns::TopicSpec;

/// Who is told.
const EMAIL: &str = "billing@example.com";

/// A day, in seconds.
const DAY: u32 = 86_400;

/// An alarm on a day's charges, and two budgets for the month.
pub fn billing(s: &mut Stack) {
    s.description("Alarms on what the account costs");
    let topic = s.add("Topic", TopicSpec { topic_name: Some("billing-alarm".into()), ..TopicSpec::default() });
    topic.subscribe_email(s, EMAIL);
    let charges = Metric {
        dimensions: vec![("Currency".into(), "USD".into())],
        statistic: "Maximum".into(),
        period: DAY,
        ..Metric::new("AWS/Billing", "EstimatedCharges")
    };
    // Charges only grow within a month; where they fall, a new month began.
    let daily = MathExpression::new("IF(RATE(m1)>0,RATE(m1)*86400,0)", [("m1", charges)]);
    s.add(
        "DailyCharges",
        AlarmSpec {
            alarm_name: Some("DailyEstimatedCharges".into()),
            comparison: Comparison::GreaterThanThreshold,
            treat_missing_data: Some(MissingData::Breaching),
            alarm_actions: vec![topic],
            ..AlarmSpec::of_math(daily, 1.0)
        },
    );
    for (id, costs) in [("Credits", Costs::CreditsOnly), ("Spend", Costs::WithoutCredits)] {
        s.add(
            id,
            BudgetSpec {
                costs,
                notify_at: [50.0, 75.0, 100.0].map(Threshold::Actual).into(),
                emails: vec![EMAIL.into()],
                ..BudgetSpec::monthly(20.0)
            },
        );
    }
    s.output("TopicArn", topic.arn()).description("Where the alarm is published");
}
