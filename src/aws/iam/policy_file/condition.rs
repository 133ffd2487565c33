//! Conditions of a statement. Rule: the AWS IAM user guide, "IAM JSON policy elements: Condition operators".

use super::elements::{Check, kind};
use super::json::{Json, Node};
use crate::synth::nearest::nearest;

const OPERATORS: &[&str] = &[
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateNotEquals",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

impl Check<'_> {
    pub(super) fn condition(&mut self, node: &Node) {
        let Json::Object(operators) = &node.value else {
            let message = format!("a condition is an object, and this is {}", kind(node));
            let help = "write it like `{ \"StringEquals\": { \"aws:RequestedRegion\": \"eu-west-1\" } }`";
            return self.error(message, help, self.file.first(&node.span), "this");
        };
        for operator in operators {
            let plain = operator.name.strip_prefix("ForAllValues:").or(operator.name.strip_prefix("ForAnyValue:"));
            let plain = plain.unwrap_or(&operator.name);
            let plain = plain.strip_suffix("IfExists").unwrap_or(plain);
            if !OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(plain)) {
                let near = nearest(plain, OPERATORS.iter().copied());
                let help = near.map_or("it is like `StringEquals`, `Bool` or `IpAddress`".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                });
                self.error(
                    format!("there is no condition operator `{}`", operator.name),
                    help,
                    operator.span.clone(),
                    "this operator",
                );
            }
            if !matches!(operator.value.value, Json::Object(_) | Json::Unread) {
                let message =
                    format!("`{}` compares keys with values, and this is {}", operator.name, kind(&operator.value));
                let help = "write `{ \"aws:RequestedRegion\": \"eu-west-1\" }`: the key, and what it is compared with";
                self.error(message, help, operator.value.span.clone(), "this");
            }
        }
    }
}
