//! Alarms, metrics and budgets.

use formwork::aws::budgets::{BudgetSpec, Costs, Threshold};
use formwork::aws::cloudwatch::{AlarmSpec, Comparison, MathExpression, Metric, MissingData};
use formwork::aws::sns::TopicSpec;
use formwork::testing::{Template, absent};
use formwork::{Env, Stack};
use serde_json::json;

use crate::program::snapshot;

const ALARM: &str = "AWS::CloudWatch::Alarm";

fn cpu() -> Metric {
    Metric::new("AWS/EC2", "CPUUtilization")
}

#[test]
fn the_smallest_alarm_and_budget() {
    let template = Template::of(|s| {
        s.add("Alarm", AlarmSpec::of(cpu(), 80.0));
        s.add("Budget", BudgetSpec::monthly(20.0));
    });
    snapshot("cloudwatch_smallest", template.yaml());
}

#[test]
fn an_alarm_has_every_option() {
    let template = Template::of(|s| {
        let topic = s.add("Topic", TopicSpec::default());
        let metric = Metric {
            dimensions: vec![("InstanceId".into(), "i-0a1b".into())],
            statistic: "p99".into(),
            period: 60,
            ..cpu()
        };
        let spec = AlarmSpec {
            comparison: Comparison::LessThanThreshold,
            evaluation_periods: 5,
            datapoints_to_alarm: Some(3),
            treat_missing_data: Some(MissingData::NotBreaching),
            alarm_name: Some("idle".into()),
            alarm_description: Some("stop it".into()),
            alarm_actions: vec![topic],
            ok_actions: vec![topic],
            ..AlarmSpec::of(metric, 5.0)
        };
        s.add("Idle", spec)
    });
    template.has_resource(
        ALARM,
        json!({
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 5,
            "DatapointsToAlarm": 3,
            "TreatMissingData": "notBreaching",
            "AlarmName": "idle",
            "AlarmDescription": "stop it",
            "AlarmActions": [{ "Ref": "TopicBFC7AF6E" }],
            "OKActions": [{ "Ref": "TopicBFC7AF6E" }],
            "ExtendedStatistic": "p99",
            "Statistic": absent(),
            "Period": 60,
            "Dimensions": [{ "Name": "InstanceId", "Value": "i-0a1b" }],
        }),
    );
}

#[test]
fn metric_math_returns_what_it_computes_and_not_what_it_computes_it_from() {
    let math = MathExpression { label: Some("busy".into()), ..MathExpression::new("m1 / 2", [("m1", cpu())]) };
    let template = Template::of(|s| s.add("Busy", AlarmSpec::of_math(math, 40.0)));
    let metrics = json!([
        { "Id": "expr_1", "Expression": "m1 / 2", "Label": "busy", "ReturnData": absent() },
        {
            "Id": "m1",
            "MetricStat": {
                "Metric": { "Namespace": "AWS/EC2", "MetricName": "CPUUtilization" }, "Period": 300, "Stat": "Average",
            },
            "ReturnData": false,
        },
    ]);
    template.has_resource(ALARM, json!({ "Metrics": metrics, "Period": absent() }));
}

fn problems<T>(define: impl FnOnce(&mut Stack) -> T) -> String {
    Template::problems_of(Env::new("111111111111", "eu-west-1"), define)
}

#[test]
fn an_expression_that_speaks_of_an_unknown_metric_is_a_problem() {
    let math = MathExpression::new("IF(m1 > 0, m2, 'm3')", [("m1", cpu())]);
    let problems = problems(|s| s.add("Busy", AlarmSpec::of_math(math, 1.0)));
    assert!(problems.contains("speaks of `m2`, which is no metric of it"), "{problems}");
    assert!(!problems.contains("`m3`") && !problems.contains("`m1`"), "{problems}");
}

#[test]
fn more_periods_beyond_the_threshold_than_are_looked_at_are_a_problem() {
    let spec = AlarmSpec { datapoints_to_alarm: Some(2), ..AlarmSpec::of(cpu(), 1.0) };
    let problems = problems(|s| s.add("Busy", spec));
    assert!(problems.contains("2 periods out of 1 cannot be beyond the threshold"), "{problems}");
}

#[test]
fn a_budget_counts_some_costs_and_tells_people() {
    let template = Template::of(|s| {
        let spec = BudgetSpec {
            budget_name: Some("spend".into()),
            costs: Costs::WithoutCredits,
            notify_at: vec![Threshold::Actual(50.0), Threshold::Forecasted(100.0)],
            emails: vec!["ops@example.com".into()],
            ..BudgetSpec::monthly(20.0)
        };
        s.add("Spend", spec);
        s.add("Credits", BudgetSpec { costs: Costs::CreditsOnly, ..BudgetSpec::monthly(5.0) });
    });
    let notification = |kind: &str, percent: u32| {
        json!({
            "Notification": {
                "ComparisonOperator": "GREATER_THAN", "NotificationType": kind, "Threshold": percent,
                "ThresholdType": "PERCENTAGE",
            },
            "Subscribers": [{ "Address": "ops@example.com", "SubscriptionType": "EMAIL" }],
        })
    };
    template.has_resource(
        "AWS::Budgets::Budget",
        json!({
            "Budget": { "BudgetName": "spend", "CostTypes": { "IncludeCredit": false } },
            "NotificationsWithSubscribers": [notification("ACTUAL", 50), notification("FORECASTED", 100)],
        }),
    );
    let costs = json!({ "IncludeCredit": true, "IncludeSubscription": false, "IncludeTax": false });
    template.has_resource("AWS::Budgets::Budget", json!({ "Budget": { "CostTypes": costs } }));
}

#[test]
fn a_budget_that_tells_nobody_or_too_many_is_a_problem() {
    let silent = BudgetSpec { notify_at: vec![Threshold::Actual(50.0)], ..BudgetSpec::monthly(1.0) };
    let problem = problems(|s| s.add("Silent", silent));
    assert!(problem.contains("a budget that notifies says when, and whom"), "{problem}");
    let loud = BudgetSpec {
        notify_at: vec![Threshold::Actual(50.0); 11],
        emails: vec!["ops@example.com".into(); 11],
        ..BudgetSpec::monthly(1.0)
    };
    let problem = problems(|s| s.add("Loud", loud));
    assert!(problem.contains("11 notifications of one budget"), "{problem}");
    assert!(problem.contains("11 subscribers of one notification"), "{problem}");
}
