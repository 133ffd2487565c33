//! Elastic Load Balancing: application load balancers, what they listen on, and where they send requests.

mod action;
mod condition;
mod listener;
mod load_balancer;
mod rule;
mod target_group;

pub use action::{Action, Redirect};
pub use condition::RuleCondition;
pub use listener::{Listener, ListenerSpec, Protocol};
pub use load_balancer::{ApplicationLoadBalancer, ApplicationLoadBalancerSpec};
pub use rule::RuleSpec;
pub use target_group::{HealthCheck, TargetGroup, TargetGroupSpec, TargetType};

use crate::core::{Expr, Problem, Stack, Value};

/// Says that a number is out of its bounds.
fn in_range(stack: &mut Stack, what: &str, number: u32, least: u32, most: u32, unit: &str) {
    if !(least..=most).contains(&number) {
        let message = format!("{what} cannot be {number}{unit}");
        let help = format!("it is {least} to {most}{unit}");
        stack.report_at(None, Problem::error("range", message).help(help));
    }
}

/// Says that a name is of the wrong form. Rule: the Elastic Load Balancing API reference, `CreateLoadBalancer` and
/// `CreateTargetGroup`, `Name`.
fn named(stack: &mut Stack, what: &str, name: Option<&Value<String>>) {
    let Some(Expr::String(name)) = name.map(Value::expr) else { return };
    let length = name.chars().count();
    if length > 32 {
        let message = format!("the name of {what} has {length} characters, and may have 32");
        return stack.report_at(None, Problem::error("length", message).help("give it a shorter one"));
    }
    let dashed = name.starts_with('-') || name.ends_with('-');
    if name.is_empty() || dashed || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        let help = "letters, digits and `-`, which neither begins nor ends it";
        return stack.report_at(None, Problem::error("name", format!("{what} cannot be called `{name}`")).help(help));
    }
    if what == LOAD_BALANCER && name.starts_with("internal-") {
        let help = "AWS begins the DNS names of internal load balancers so: choose another beginning";
        stack.report_at(None, Problem::error("name", format!("{what} cannot be called `{name}`")).help(help));
    }
}

/// What [`named`] calls a load balancer.
const LOAD_BALANCER: &str = "a load balancer";
