//! Amazon CloudWatch: metrics and alarms.

mod alarm;
mod metric;

pub use alarm::{Alarm, AlarmSpec, Comparison, MissingData, Watched};
pub use metric::{MathExpression, Metric};
