//! What a policy is for, and the rules of that.

use crate::core::{Expr, Problem};

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::aws) enum PolicyUse {
    /// Written into one role, user or group.
    Inline,
    /// A managed policy.
    Managed,
    /// A service control policy of an organization.
    #[cfg_attr(not(feature = "organizations"), allow(dead_code, reason = "made by that module alone"))]
    ServiceControl,
}

impl PolicyUse {
    /// What it is called, with its article.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Inline => "a policy of an identity",
            Self::Managed => "a managed policy",
            Self::ServiceControl => "a service control policy",
        }
    }

    /// A policy that is larger than AWS takes. Rules: the AWS IAM user guide, "IAM and AWS STS quotas"; the AWS
    /// Organizations user guide, "Quotas and service limits for AWS Organizations".
    pub(super) fn too_long(self, document: &Expr) -> Option<Problem> {
        let mut text = String::new();
        compact(document, &mut text);
        let (size, most, unit) = match self {
            // A role's; a group takes half of it, a user a fifth, and all its policies count together.
            Self::Inline => (text.chars().count(), 10_240, "characters"),
            Self::Managed => (text.chars().count(), 6_144, "characters"),
            Self::ServiceControl => (text.len(), 5_120, "bytes"),
        };
        let more = size.checked_sub(most).filter(|more| *more > 0)?;
        let (size, most, name) = (grouped(size), grouped(most), self.name());
        let message = format!("this policy has {size} {unit} without white space, and {name} takes {most}");
        Some(Problem::error("length", message).help(format!(
            "leave out {more}: let patterns like `s3:Get*` stand for several actions, or make two policies of it"
        )))
    }
}

/// A number with commas: `5,120`.
pub(in crate::aws) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// JSON without white space. What only deploying decides is left out: the text is then a part of what it will be.
pub(in crate::aws) fn compact(expr: &Expr, out: &mut String) {
    match expr {
        Expr::String(text) => out.push_str(&serde_json::Value::from(&**text).to_string()),
        Expr::Integer(number) => out.push_str(&number.to_string()),
        Expr::Number(number) => out.push_str(&number.to_string()),
        Expr::Bool(value) => out.push_str(&value.to_string()),
        Expr::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                compact(item, out);
            }
            out.push(']');
        }
        Expr::Map(props) => {
            out.push('{');
            for (index, entry) in props.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&serde_json::Value::from(&*entry.key).to_string());
                out.push(':');
                compact(&entry.value, out);
            }
            out.push('}');
        }
        Expr::Ref(_) | Expr::Att(_) | Expr::Intrinsic(_) => {}
    }
}
