//! What AWS keeps in one region for all: a resource that looks for it elsewhere finds nothing.
//!
//! Rules: the Amazon CloudWatch user guide, "Create a billing alarm to monitor your estimated AWS charges"; the AWS WAF API
//! reference, `Scope`.

use super::schema::Found;
use crate::core::{Entry, Expr, Problem, Props, ResourceNode};

/// Where it is.
const REGION: &str = "us-east-1";

/// The namespace of estimated charges.
const BILLING: &str = "AWS/Billing";

/// What a resource wants that its region does not have.
pub(super) fn check(resource: &ResourceNode, region: &str) -> Option<Found> {
    if region == REGION {
        return None;
    }
    let (entry, message, help) = match &*resource.type_name {
        "AWS::CloudWatch::Alarm" => (
            billing(&resource.props)?,
            format!("there are no billing metrics in {region}"),
            format!("AWS keeps them in {REGION} for all regions: define the alarm in a stack of that region"),
        ),
        name if name.starts_with("AWS::WAFv2::") => (
            resource.props.get("Scope").filter(|scope| is(&scope.value, "CLOUDFRONT"))?,
            format!("what guards CloudFront is not in {region}"),
            format!("define it in a stack of {REGION}"),
        ),
        _ => return None,
    };
    let problem = Problem::error("region", message).help(help);
    Some(Found { problem, property: Some(entry.key.to_string()), at: Some(entry.at) })
}

/// The property that watches charges: the alarm's own metric, or one of its queries.
fn billing(alarm: &Props) -> Option<&Entry> {
    let own = alarm.get("Namespace").filter(|namespace| is(&namespace.value, BILLING));
    own.or_else(|| {
        alarm.get("Metrics").filter(|queries| {
            let Expr::List(queries) = &queries.value else { return false };
            queries.iter().any(|query| {
                let namespace = ["MetricStat", "Metric", "Namespace"].into_iter().try_fold(query, |value, key| {
                    let Expr::Map(props) = value else { return None };
                    props.get(key).map(|entry| &entry.value)
                });
                namespace.is_some_and(|namespace| is(namespace, BILLING))
            })
        })
    })
}

fn is(value: &Expr, text: &str) -> bool {
    matches!(value, Expr::String(known) if &**known == text)
}
