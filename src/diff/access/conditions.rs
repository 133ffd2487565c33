//! Conditions of statements: which of two hold whenever the other do, and how they read.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::glob;
use crate::diff::SECRET;
use crate::synth::holds_secret;

/// Values by operator and key.
pub(super) type Conditions = BTreeMap<(String, String), Vec<String>>;

/// Keys whose values are agreed on between two and known to nobody else.
const AGREED: &[&str] = &["sts:externalid", "lambda:eventsourcetoken"];

/// Whether all of these hold at least whenever all of the others do. What cannot be told does not.
pub(super) fn hold_when(these: &Conditions, others: &Conditions) -> bool {
    these.iter().all(|((operator, key), values)| {
        // Rule: the AWS IAM user guide, "IAM JSON policy elements: Condition": names of keys are the same in either case.
        let of = |operator: &str| {
            let same = |(other, its): &(String, String)| other == operator && its.eq_ignore_ascii_case(key);
            others.iter().find(|(place, _)| same(place)).map(|(_, values)| values)
        };
        // It holds too where there is no such key.
        let strict = operator.strip_suffix("IfExists").and_then(of);
        [of(operator), strict].into_iter().flatten().any(|others| values == others || looser(operator, values, others))
    })
}

/// Each in words: `IpAddress aws:SourceIp 10.0.0.0/8`.
pub(super) fn words(conditions: &Conditions) -> Vec<String> {
    let word = |((operator, key), values): (&(String, String), &Vec<String>)| {
        let values = if is_secret(key) { SECRET.to_owned() } else { values.join(", ") };
        [operator.as_str(), key, &values].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    conditions.iter().map(word).collect()
}

fn is_secret(key: &str) -> bool {
    holds_secret(key) || agreed(key)
}

/// Whether a key of conditions is one whose values are agreed on.
pub(crate) fn agreed(key: &str) -> bool {
    AGREED.iter().any(|agreed| key.eq_ignore_ascii_case(agreed))
}

/// Whether a value is among what values stand for.
type Among = fn(&[String], &str) -> bool;

/// Of one operator and key. One of the values is enough, so fewer are stricter; where none may be, more are. Rule: the
/// AWS IAM user guide, "Conditions with multiple context keys or values".
fn looser(operator: &str, values: &[String], others: &[String]) -> bool {
    let all = |few: &[String], many: &[String], among: Among| few.iter().all(|value| among(many, value));
    match how(operator) {
        Some((among, true)) => all(values, others, among),
        Some((among, false)) => all(others, values, among),
        None => false,
    }
}

/// How an operator compares, and whether none of its values may be.
fn how(operator: &str) -> Option<(Among, bool)> {
    let operator = operator.rsplit(':').next().unwrap_or_default().trim_end_matches("IfExists");
    let among: Among = match operator {
        "IpAddress" | "NotIpAddress" => among_networks,
        "StringLike" | "StringNotLike" => |all, value| all.iter().any(|pattern| glob::covers(pattern, value)),
        "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" => {
            |all, value| all.iter().any(|arn| covers(arn, value))
        }
        _ if ["String", "Numeric", "Date", "Bool", "Binary"].iter().any(|known| operator.starts_with(known)) => {
            |all, value| all.iter().any(|one| one == value)
        }
        _ => return None,
    };
    Some((among, operator.contains("Not")))
}

fn among_networks(all: &[String], value: &str) -> bool {
    let nets: Vec<_> = all.iter().filter_map(|text| network(text)).collect();
    let inside = |net| IpNet::aggregate(&nets).iter().any(|all| all.contains(&net));
    all.iter().any(|one| one == value) || network(value).is_some_and(inside)
}

fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>().ok().or_else(address).map(|net| net.trunc())
}

/// Whether a pattern of ARNs covers another: each of the six parts by itself.
fn covers(pattern: &str, arn: &str) -> bool {
    let (patterns, parts) = (parts(pattern), parts(arn));
    // Nobody knows how many parts an expression is, but in the last one.
    let part = |(at, (pattern, part)): (usize, (&&str, &&str))| {
        pattern == part || (at == 5 || !part.contains("${")) && glob::covers(pattern, part)
    };
    let six = patterns.len() == 6 && parts.len() == 6;
    pattern == arn || six && patterns.iter().zip(&parts).enumerate().all(part)
}

/// The parts of an ARN; the colons of an expression, as in `${AWS::Region}`, are none between parts.
fn parts(arn: &str) -> Vec<&str> {
    let (mut out, mut from, mut inside) = (Vec::new(), 0, false);
    for (at, byte) in arn.bytes().enumerate() {
        match byte {
            b'{' => inside = true,
            b'}' => inside = false,
            b':' if !inside && out.len() < 5 => {
                out.push(&arn[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(&arn[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::looser;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn values_are_compared_as_their_operator_does() {
        for (operator, loose, strict) in [
            ("IpAddress", &["10.0.0.0/8"][..], &["10.1.0.0/16", "10.2.3.4"][..]),
            ("IpAddress", &["10.0.0.0/9", "10.128.0.0/9", "11.0.0.0/8"], &["10.0.0.0/8"]),
            ("IpAddress", &["::/0"], &["fd00::/8"]),
            ("NotIpAddress", &["10.1.0.0/16"], &["10.0.0.0/8"]),
            ("StringLike", &["a*"], &["abc", "ab*"]),
            ("StringNotLike", &["abc"], &["a*"]),
            ("StringEquals", &["a", "b"], &["b"]),
            ("StringNotEqualsIfExists", &["b"], &["a", "b"]),
            ("ForAnyValue:StringLike", &["o-1/*"], &["o-1/r/*"]),
            ("ArnLike", &["arn:aws:s3:::*"], &["arn:aws:s3:::a"]),
            ("ArnLike", &["arn:aws:sns:${AWS::Region}:1:*"], &["arn:aws:sns:${AWS::Region}:1:a"]),
        ] {
            assert!(looser(operator, &texts(loose), &texts(strict)), "{operator} {loose:?} {strict:?}");
            assert!(!looser(operator, &texts(strict), &texts(loose)), "{operator} {strict:?} {loose:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_looser() {
        for (operator, one, other) in [
            ("IpAddress", "0.0.0.0/0", "${Office}"),
            ("IpAddress", "0.0.0.0/0", "::/0"),
            ("StringEquals", "a*", "ab"),
            ("NumericLessThan", "10", "5"),
            ("Null", "true", "false"),
            ("ArnLike", "arn:aws:iam::*", "arn:aws:iam::1:role/a"),
            ("ArnLike", "*", "${Topic}"),
            ("ArnLike", "arn:aws:sns:*:1:a", "arn:aws:sns:${Place}:1:a"),
        ] {
            assert!(!looser(operator, &texts(&[one]), &texts(&[other])), "{operator} {one} {other}");
        }
    }
}
