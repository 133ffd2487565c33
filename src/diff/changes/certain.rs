//! Whether two values that are written differently may be the same all the same: what an expression becomes is known to nobody
//! before the deployment.

use serde_json::Value;

use crate::diff::access::identifies;
use crate::diff::expression::{function, is_one_value};

/// Whether two canonical values may be the same. Two resources never are: what identifies one does not identify the other.
pub(super) fn may_be_the_same(one: &Value, other: &Value, is_resource: &dyn Fn(&str) -> bool) -> bool {
    if one == other {
        return true;
    }
    match (function(one), function(other)) {
        (None, None) => match (one, other) {
            (Value::Array(one), Value::Array(other)) => lists(one, other, is_resource),
            (Value::Object(one), Value::Object(other)) => {
                one.len() == other.len()
                    && one.iter().all(|(key, value)| {
                        other.get(key).is_some_and(|other| may_be_the_same(value, other, is_resource))
                    })
            }
            _ => false,
        },
        (Some(("Fn::Join", one)), Some(("Fn::Join", other))) => match (pieces(one), pieces(other)) {
            (Some(one), Some(other)) => texts(one, other),
            _ => true,
        },
        _ => match (resource(one), resource(other)) {
            (Some(one), Some(other)) => one == other || ![one, other].into_iter().all(is_resource),
            _ => true,
        },
    }
}

/// What stands for a list, or for nothing, decides how long it is.
fn lists(one: &[Value], other: &[Value], is_resource: &dyn Fn(&str) -> bool) -> bool {
    let open = |item: &Value| function(item).is_some() && !is_one_value(item);
    if one.len() != other.len() {
        return one.iter().chain(other).any(open);
    }
    one.iter().zip(other).all(|(one, other)| may_be_the_same(one, other, is_resource))
}

/// Pieces of text one after the other: without those that both begin and end with, what is left is not the same where all of it
/// is written out.
fn texts(one: &[Value], other: &[Value]) -> bool {
    let begin = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[begin..], &other[begin..]);
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[..one.len() - end], &other[..other.len() - end]);
    !one.iter().chain(other).all(Value::is_string)
}

fn pieces(join: &Value) -> Option<&[Value]> {
    let (delimiter, pieces) = (join.get(0)?, join.get(1)?.as_array()?);
    (delimiter == "").then_some(pieces)
}

/// The resource that an expression identifies, if it is one.
fn resource(value: &Value) -> Option<&str> {
    match function(value)? {
        ("Ref", id) => id.as_str(),
        ("Fn::GetAtt", parts) => parts[0].as_str().filter(|_| parts[1].as_str().is_some_and(identifies)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::may_be_the_same;

    fn may(one: &Value, other: &Value) -> bool {
        may_be_the_same(one, other, &|id| id.starts_with("Group"))
    }

    #[test]
    fn what_is_written_out_or_is_of_two_resources_is_not_the_same() {
        let reference = |id: &str| json!({ "Ref": id });
        let joined = |end: &str| json!({ "Fn::Join": ["", [{ "Ref": "Name" }, end]] });
        for (one, other) in [
            (json!("a"), json!("b")),
            (reference("GroupA"), reference("GroupB")),
            (reference("GroupA"), json!({ "Fn::GetAtt": ["GroupB", "GroupId"] })),
            (joined("-a"), joined("-b")),
            (json!(["a", reference("GroupA")]), json!(["b", reference("GroupA")])),
            (json!(["a"]), json!(["a", "b"])),
            (json!({ "A": "a" }), json!({ "A": "b" })),
            (json!({ "A": "a" }), json!(["a"])),
        ] {
            assert!(!may(&one, &other), "{one} {other}");
        }
    }

    #[test]
    fn what_only_the_deployment_knows_may_be_the_same() {
        let reference = |id: &str| json!({ "Ref": id });
        for (one, other) in [
            (json!("sg-1"), reference("GroupA")),
            (reference("GroupA"), json!({ "Fn::GetAtt": ["GroupA", "GroupId"] })),
            (reference("ParameterA"), reference("ParameterB")),
            (reference("GroupA"), reference("ParameterB")),
            (json!({ "Fn::GetAtt": ["GroupA", "VpcId"] }), json!({ "Fn::GetAtt": ["GroupB", "VpcId"] })),
            (json!({ "Fn::ImportValue": "a" }), json!({ "Fn::ImportValue": "b" })),
            (json!({ "Fn::Join": ["", ["a-", reference("X")]] }), json!({ "Fn::Join": ["", [reference("X"), "-a"]] })),
            (json!(["a", { "Fn::If": ["Big", "b", "c"] }]), json!(["a"])),
        ] {
            assert!(may(&one, &other), "{one} {other}");
        }
    }
}
