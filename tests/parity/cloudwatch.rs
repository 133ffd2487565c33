//! Alarms.

use formwork::Stack;
use formwork::aws::cloudwatch::{AlarmSpec, Comparison, MathExpression, Metric, MissingData};
use formwork::aws::sns::TopicSpec;

use super::Case;

pub const CASES: &[Case] =
    &[("alarm", alarm), ("alarm_with_options", alarm_with_options), ("alarm_on_math", alarm_on_math)];

fn metric(name: &str) -> Metric {
    Metric { statistic: "Sum".into(), period: 60, ..Metric::new("AWS/ApplicationELB", name) }
}

fn alarm(s: &mut Stack) {
    s.add("Errors", AlarmSpec::of(Metric::new("AWS/SQS", "NumberOfMessagesSent"), 5.0));
}

fn alarm_with_options(s: &mut Stack) {
    let topic = s.add("Topic", TopicSpec::default());
    let metric = Metric {
        dimensions: vec![("LoadBalancer".into(), "app/shop/1".into())],
        ..metric("HTTPCode_Target_5XX_Count")
    };
    let spec = AlarmSpec {
        evaluation_periods: 3,
        datapoints_to_alarm: Some(2),
        comparison: Comparison::LessThanThreshold,
        treat_missing_data: Some(MissingData::Breaching),
        alarm_name: Some("errors".into()),
        alarm_description: Some("look at the log".into()),
        alarm_actions: vec![topic],
        ok_actions: vec![topic],
        ..AlarmSpec::of(metric, 0.5)
    };
    s.add("Errors", spec);
}

fn alarm_on_math(s: &mut Stack) {
    let metrics = [("errors", metric("HTTPCode_Target_5XX_Count")), ("requests", metric("RequestCount"))];
    let math = MathExpression::new("errors / requests * 100", metrics);
    s.add("Errors", AlarmSpec { evaluation_periods: 3, ..AlarmSpec::of_math(math, 5.0) });
}
