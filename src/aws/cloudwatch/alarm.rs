//! Alarms.

use super::{MathExpression, Metric};
use crate::aws::sns::Topic;
use crate::cfn::cloudwatch::{self as cfn, alarm};
use crate::core::{Computed, Construct, Problem, Ref, Stack, Value};

/// What an alarm watches.
#[derive(Clone, Debug)]
pub enum Watched {
    /// One metric.
    Metric(Metric),
    /// What is computed from metrics.
    Math(MathExpression),
}

/// How a value is compared with an alarm's threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// The alarm is for what is greater.
    GreaterThanThreshold,
    /// The alarm is for what is greater or equal.
    #[default]
    GreaterThanOrEqualToThreshold,
    /// The alarm is for what is less.
    LessThanThreshold,
    /// The alarm is for what is less or equal.
    LessThanOrEqualToThreshold,
}

/// What a period without data counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingData {
    /// As one beyond the threshold.
    Breaching,
    /// As one within the threshold.
    NotBreaching,
    /// As no reason for a change.
    Ignore,
    /// As not knowing: without data the alarm is in `INSUFFICIENT_DATA`.
    Missing,
}

/// An alarm on a metric, or on what is computed from several.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::cloudwatch::{AlarmSpec, MathExpression, Metric};
///
/// let metric = |name: &str| Metric { statistic: "Sum".into(), ..Metric::new("AWS/ApplicationELB", name) };
/// let math = MathExpression::new(
///     "errors / requests * 100",
///     [("errors", metric("HTTPCode_Target_5XX_Count")), ("requests", metric("RequestCount"))],
/// );
/// s.add("Errors", AlarmSpec { evaluation_periods: 3, ..AlarmSpec::of_math(math, 5.0) });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct AlarmSpec {
    /// What it watches.
    pub watched: Watched,
    /// The value that the metric is compared with.
    pub threshold: f64,
    /// How. Default: the alarm is for what is greater or equal, as in AWS CDK.
    pub comparison: Comparison,
    /// How many periods are looked at. Default: 1.
    pub evaluation_periods: u32,
    /// How many of them must be beyond the threshold. Default: all.
    pub datapoints_to_alarm: Option<u32>,
    /// What a period without data counts as. Default: [`MissingData::Missing`], from AWS.
    pub treat_missing_data: Option<MissingData>,
    /// Its name, up to 255 characters, unique in the account and region. A change replaces it. Default: CloudFormation
    /// makes one.
    pub alarm_name: Option<Value<String>>,
    /// What to do when it rings, for who gets the message. Default: none.
    pub alarm_description: Option<String>,
    /// Who hears of it. Default: nobody.
    pub alarm_actions: Vec<Topic>,
    /// Who hears that it is over. Default: nobody.
    pub ok_actions: Vec<Topic>,
}

impl AlarmSpec {
    /// An alarm on one metric, with the defaults of every field.
    #[must_use]
    pub const fn of(metric: Metric, threshold: f64) -> Self {
        Self::new(Watched::Metric(metric), threshold)
    }

    /// An alarm on what is computed from metrics, with the defaults of every field.
    #[must_use]
    pub const fn of_math(math: MathExpression, threshold: f64) -> Self {
        Self::new(Watched::Math(math), threshold)
    }

    const fn new(watched: Watched, threshold: f64) -> Self {
        Self {
            watched,
            threshold,
            comparison: Comparison::GreaterThanOrEqualToThreshold,
            evaluation_periods: 1,
            datapoints_to_alarm: None,
            treat_missing_data: None,
            alarm_name: None,
            alarm_description: None,
            alarm_actions: Vec::new(),
            ok_actions: Vec::new(),
        }
    }

    /// What only the whole of an alarm shows to be wrong.
    fn check(&self, stack: &mut Stack) {
        if let Watched::Math(math) = &self.watched {
            for name in math.unknown_names() {
                let message =
                    format!("the expression `{}` speaks of `{name}`, which is no metric of it", math.expression);
                let help = "name a metric so in `using_metrics`, or write a function in capitals";
                stack.report_at(None, Problem::error("unknown-reference", message).help(help));
            }
        }
        if let Some(count) = self.datapoints_to_alarm.filter(|count| *count > self.evaluation_periods) {
            let message = format!("{count} periods out of {} cannot be beyond the threshold", self.evaluation_periods);
            let help = "`datapoints_to_alarm` is at most `evaluation_periods`";
            stack.report_at(None, Problem::error("range", message).help(help));
        }
    }
}

/// An alarm that was added.
#[derive(Clone, Copy, Debug)]
pub struct Alarm {
    /// The alarm itself.
    pub alarm: Ref<cfn::Alarm>,
}

impl Alarm {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.alarm.arn().into()
    }
}

impl Construct for AlarmSpec {
    type Out = Alarm;

    fn build(self, stack: &mut Stack) -> Alarm {
        self.check(stack);
        let comparison = match self.comparison {
            Comparison::GreaterThanThreshold => alarm::ComparisonOperator::GREATER_THAN_THRESHOLD,
            Comparison::GreaterThanOrEqualToThreshold => alarm::ComparisonOperator::GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            Comparison::LessThanThreshold => alarm::ComparisonOperator::LESS_THAN_THRESHOLD,
            Comparison::LessThanOrEqualToThreshold => alarm::ComparisonOperator::LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        };
        let mut props = cfn::Alarm::new()
            .comparison_operator(comparison)
            .evaluation_periods(self.evaluation_periods)
            .threshold(self.threshold);
        if let Some(count) = self.datapoints_to_alarm {
            props = props.datapoints_to_alarm(count);
        }
        if let Some(missing) = self.treat_missing_data {
            props = props.treat_missing_data(match missing {
                MissingData::Breaching => "breaching",
                MissingData::NotBreaching => "notBreaching",
                MissingData::Ignore => "ignore",
                MissingData::Missing => "missing",
            });
        }
        if let Some(name) = self.alarm_name {
            props = props.alarm_name(name);
        }
        if let Some(description) = self.alarm_description {
            props = props.alarm_description(description);
        }
        let arns =
            |topics: Vec<Topic>| -> Vec<Value<Computed>> { topics.iter().map(|topic| topic.arn().cast()).collect() };
        if !self.alarm_actions.is_empty() {
            props = props.alarm_actions(arns(self.alarm_actions));
        }
        if !self.ok_actions.is_empty() {
            props = props.ok_actions(arns(self.ok_actions));
        }
        let props = match self.watched {
            Watched::Metric(metric) => of_metric(props, metric),
            Watched::Math(math) => props.metrics(math.queries()),
        };
        Alarm { alarm: stack.add("Resource", props) }
    }
}

fn of_metric(props: cfn::Alarm, metric: Metric) -> cfn::Alarm {
    let dimensions = metric.dimensions();
    let props = props.metric_name(metric.metric_name).namespace(metric.namespace).period(metric.period);
    let props = if dimensions.is_empty() { props } else { props.dimensions(dimensions) };
    let simple = ["Average", "Maximum", "Minimum", "SampleCount", "Sum"].contains(&metric.statistic.as_str());
    if simple { props.statistic(metric.statistic) } else { props.extended_statistic(metric.statistic) }
}

crate::aws::iam::has_arn! { Alarm, "an alarm"; }
