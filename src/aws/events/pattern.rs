//! When a rule holds: schedules, and patterns of events.

use crate::core::{Json, Value};

/// When it is time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(pub(super) String);

impl Schedule {
    /// So many minutes, hours or days from one time to the next: `rate(5, "minutes")`.
    #[must_use]
    pub fn rate(number: u32, unit: &str) -> Self {
        // One minute, two minutes: EventBridge wants the right word.
        let unit = unit.trim_end_matches('s');
        Self(if number == 1 { format!("rate(1 {unit})") } else { format!("rate({number} {unit}s)") })
    }

    /// At times, in UTC: minutes, hours, days of the month, months, days of the week, years, one of the two days as `?`:
    /// `cron("0 3 * * ? *")` is at three every night.
    #[must_use]
    pub fn cron(fields: &str) -> Self {
        Self(format!("cron({fields})"))
    }

    /// Why it is none, if it is not. Rule: the `EventBridge` user guide, "Schedule expressions".
    pub(super) fn wrong(&self) -> Option<(String, &'static str)> {
        let inner = self.0.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or_default();
        if self.0.starts_with("rate") {
            let (number, unit) = inner.split_once(' ').unwrap_or_default();
            let known = ["minute", "hour", "day"].contains(&unit.trim_end_matches('s'));
            return (number == "0" || !known)
                .then(|| (format!("`{}` is no schedule", self.0), "write a number above 0 of minutes, hours or days"));
        }
        let fields: Vec<&str> = inner.split_whitespace().collect();
        let days = [fields.get(2), fields.get(4)].into_iter().filter(|field| *field == Some(&"?")).count();
        (fields.len() != 6 || days != 1).then(|| {
            let help = "write six fields, of which the day of the month or that of the week is `?`: `0 3 * * ? *`";
            (format!("`{}` is no schedule", self.0), help)
        })
    }
}

/// Which events: each part that is given must be one of its values.
#[derive(Clone, Debug, Default)]
pub struct EventPattern {
    /// Who sends them, such as `aws.s3`. Default: anybody.
    pub source: Vec<String>,
    /// What kind they are, such as `Object Created`. Default: any.
    pub detail_type: Vec<String>,
    /// The accounts they are of. Default: any.
    pub account: Vec<String>,
    /// The regions they are of. Default: any.
    pub region: Vec<String>,
    /// The ARNs they are about. Default: any.
    pub resources: Vec<Value<String>>,
    /// What their details are, as `formwork::json!`: lists of values, or of conditions such as `{ "prefix": "input/" }`.
    /// Default: anything.
    pub detail: Option<Value<Json>>,
}

impl EventPattern {
    pub(super) fn is_empty(&self) -> bool {
        let lists = [&self.source, &self.detail_type, &self.account, &self.region];
        lists.iter().all(|list| list.is_empty()) && self.resources.is_empty() && self.detail.is_none()
    }

    pub(super) fn definition(self) -> Value<Json> {
        use crate::core::{Expr, Props};
        let mut props = Props::new();
        let texts = |list: Vec<String>| Expr::List(list.into_iter().map(|text| Expr::String(text.into())).collect());
        let lists = [
            ("source", self.source),
            ("detail-type", self.detail_type),
            ("account", self.account),
            ("region", self.region),
        ];
        for (key, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            props.put(key, texts(list));
        }
        if !self.resources.is_empty() {
            props.put("resources", Expr::List(self.resources.into_iter().map(Value::into_expr).collect()));
        }
        if let Some(detail) = self.detail {
            props.put("detail", detail.into_expr());
        }
        Value::from_expr(Expr::Map(props))
    }
}
