//! Metrics, and what is computed from them.

use crate::cfn::cloudwatch::alarm;
use crate::core::Value;

/// A metric of CloudWatch's: what is measured, of what, and how its values of a period become one.
///
/// ```
/// use formwork::aws::cloudwatch::Metric;
///
/// let cpu = Metric { dimensions: vec![("InstanceId".into(), "i-0a1b".into())], ..Metric::new("AWS/EC2", "CPUUtilization") };
/// # let _ = cpu;
/// ```
#[derive(Clone, Debug)]
pub struct Metric {
    /// Whose it is: `AWS/EC2`.
    pub namespace: String,
    /// What it is called: `CPUUtilization`.
    pub metric_name: String,
    /// What it is measured of, by name. Default: everything together.
    pub dimensions: Vec<(String, Value<String>)>,
    /// How the values of a period become one: `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, `p99`. Default:
    /// `Average`.
    pub statistic: String,
    /// How long a period is, in seconds: 10, 20, 30, or a multiple of 60. Default: 300.
    pub period: u32,
}

impl Metric {
    /// A metric by its namespace and name, with the defaults of every field.
    #[must_use]
    pub fn new(namespace: impl Into<String>, metric_name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            metric_name: metric_name.into(),
            dimensions: Vec::new(),
            statistic: "Average".into(),
            period: 300,
        }
    }

    pub(super) fn dimensions(&self) -> Vec<alarm::Dimension> {
        self.dimensions.iter().map(|(name, value)| alarm::Dimension::new(name.as_str(), value)).collect()
    }

    fn query(self, id: &str) -> alarm::MetricDataQuery {
        let mut metric = alarm::Metric::new().metric_name(&self.metric_name).namespace(&self.namespace);
        if !self.dimensions.is_empty() {
            metric = metric.dimensions(self.dimensions());
        }
        let stat = alarm::MetricStat::new(metric, self.period, self.statistic);
        alarm::MetricDataQuery::new(id).metric_stat(stat).return_data(false)
    }
}

/// Metric math: a number computed from metrics. Rule: the Amazon CloudWatch user guide, "Using math expressions with
/// CloudWatch metrics".
#[derive(Clone, Debug)]
pub struct MathExpression {
    /// What is computed: `errors / requests * 100`.
    pub expression: String,
    /// The metrics in it, by the names it has for them: a lower-case letter first, then letters, digits, `_`.
    pub using_metrics: Vec<(String, Metric)>,
    /// What graphs call it. Default: the expression.
    pub label: Option<String>,
}

impl MathExpression {
    /// What `expression` makes of these metrics.
    #[must_use]
    pub fn new<'a>(expression: impl Into<String>, using_metrics: impl IntoIterator<Item = (&'a str, Metric)>) -> Self {
        let using_metrics = using_metrics.into_iter().map(|(id, metric)| (id.to_owned(), metric)).collect();
        Self { expression: expression.into(), using_metrics, label: None }
    }

    /// The names in the expression that are no metric's: what stands alone in lower case, and calls nothing.
    pub(super) fn unknown_names(&self) -> Vec<&str> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut names: Vec<&str> = Vec::new();
        for word in unquoted(&self.expression).flat_map(|text| text.split(|c| !is_part(c))) {
            let known = self.using_metrics.iter().any(|(id, _)| id == word);
            if word.starts_with(|c: char| c.is_ascii_lowercase()) && !known && !names.contains(&word) {
                names.push(word);
            }
        }
        names
    }

    pub(super) fn queries(self) -> Vec<alarm::MetricDataQuery> {
        let mut result = alarm::MetricDataQuery::new("expr_1").expression(self.expression);
        if let Some(label) = self.label {
            result = result.label(label);
        }
        let metrics = self.using_metrics.into_iter().map(|(id, metric)| metric.query(&id));
        std::iter::once(result).chain(metrics).collect()
    }
}

/// The parts of an expression that are not in quotes: names of metrics are not searched in strings.
fn unquoted(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\'', '"']).step_by(2)
}
