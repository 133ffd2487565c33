//! What AWS keeps in us-east-1 alone is looked for there.

use formwork::Env;
use formwork::aws::cloudwatch::{AlarmSpec, MathExpression, Metric};
use serde_json::json;

use super::{found_in, raw};

fn charges() -> Metric {
    Metric::new("AWS/Billing", "EstimatedCharges")
}

#[test]
fn a_billing_alarm_outside_us_east_1_watches_nothing() {
    let told = |region| found_in(Env::region(region), |s| s.add("It", AlarmSpec::of(charges(), 20.0)));
    assert_eq!(
        told("eu-west-1"),
        "error[region] It/Resource Namespace: there are no billing metrics in eu-west-1\n  \
         help: AWS keeps them in us-east-1 for all regions: define the alarm in a stack of that region\n"
    );
    assert_eq!(told("us-east-1"), "");
    assert_eq!(found_in(Env::any(), |s| s.add("It", AlarmSpec::of(charges(), 20.0))), "");
}

#[test]
fn so_does_one_of_metric_math_and_one_that_is_written_out() {
    let math = MathExpression::new("m1 * 2", [("m1", charges())]);
    let told = found_in(Env::region("eu-west-1"), |s| s.add("It", AlarmSpec::of_math(math, 20.0)));
    assert!(told.starts_with("error[region] It/Resource Metrics: there are no billing metrics"), "{told}");
    let alarm = json!({
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "EstimatedCharges",
        "Namespace": "AWS/Billing",
    });
    let told = found_in(Env::region("ap-southeast-2"), |s| s.add("It", raw("AWS::CloudWatch::Alarm", alarm)));
    assert!(told.starts_with("error[region] It Namespace: there are no billing metrics in ap-southeast-2"), "{told}");
}
