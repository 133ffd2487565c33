//! What a single value must be: its type, its range, its form.

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use super::schema::Walk;
use crate::core::Expr;
use crate::spec::{Schema, Types};
use crate::synth::nearest::nearest;

/// Checks a literal that is neither an object nor a list.
pub(super) fn check(walk: &mut Walk<'_>, schema: &Schema, value: &Expr) {
    // CloudFormation writes numbers and truths out where text is wanted, so they are measured as text there.
    let as_text = schema.types.has(Types::STRING);
    match value {
        Expr::String(content) => text(walk, schema, content),
        Expr::Integer(whole) if as_text && !schema.types.has(Types::INTEGER | Types::NUMBER) => {
            text(walk, schema, &whole.to_string());
        }
        Expr::Integer(whole) => {
            #[expect(clippy::cast_precision_loss, reason = "the limits it is compared with are far smaller")]
            let number = *whole as f64;
            if walk.typed(schema, Types::INTEGER | Types::NUMBER, "a number") {
                range(walk, schema, number, &whole.to_string());
            }
        }
        Expr::Number(number) if !number.is_finite() => {} // said wherever it stands, among the references
        Expr::Number(number) if as_text && !schema.types.has(Types::NUMBER) => text(walk, schema, &number.to_string()),
        Expr::Number(number) => {
            let whole = if number.fract() == 0.0 { Types::INTEGER | Types::NUMBER } else { Types::NUMBER };
            if walk.typed(schema, whole, "a number with a fraction") {
                range(walk, schema, *number, &number.to_string());
            }
        }
        Expr::Bool(truth) if as_text && !schema.types.has(Types::BOOLEAN) => text(walk, schema, &truth.to_string()),
        Expr::Bool(truth) if walk.typed(schema, Types::BOOLEAN, "true or false") => {
            let spelled = serde_json::Value::from(truth.to_string());
            listed_value(walk, schema, &[serde_json::Value::from(*truth), spelled], &truth.to_string());
        }
        _ => {}
    }
}

/// Checks a text. CloudFormation reads numbers and truths from text, so text of that form may stand for them.
pub(super) fn text(walk: &mut Walk<'_>, schema: &Schema, text: &str) {
    if text.contains("{{resolve:") {
        walk.unsure = true;
        return; // CloudFormation reads the value while it deploys
    }
    let types = schema.types;
    if !types.is_any() && !types.has(Types::STRING) {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        match number {
            Some(number) if types.has(Types::NUMBER) || types.has(Types::INTEGER) && number.fract() == 0.0 => {
                range(walk, schema, number, text);
            }
            _ if types.has(Types::BOOLEAN) && ["true", "false"].contains(&&*text.to_lowercase()) => {}
            // A policy or the like may be given as JSON text.
            _ if types.has(Types::OBJECT) && schema.properties.is_empty() && is_json_object(text) => {}
            _ => drop(walk.typed(schema, Types::STRING, "text")),
        }
        return;
    }
    // One mistake is told once: what is too long need not match the pattern too.
    let length = text.chars().count() as u64;
    if !count(walk, "character", length, Some(length), schema.min_length, schema.max_length)
        || !listed_value(walk, schema, &[text.into()], text)
    {
        return;
    }
    if let Some(format) = &schema.format
        && !names_otherwise(schema, format)
        && let Err(wanted) = form(format, text)
    {
        let message = format!("{} is not {wanted}", walk.called());
        return walk.push("format", message, format!("write {}", example(format)));
    }
    if let Some(pattern) = &schema.pattern
        && pattern.matches(text) == Some(false)
    {
        let message = format!("{} does not have the form it must", walk.called());
        walk.push("pattern", message, format!("it must match {}", pattern.text));
    }
}

fn range(walk: &mut Walk<'_>, schema: &Schema, number: f64, shown: &str) {
    let called = walk.called();
    let shown = walk.shown_value(shown);
    let (least, most) = (schema.minimum, schema.maximum);
    let below =
        least.is_some_and(|least| number < least) || schema.exclusive_minimum.is_some_and(|least| number <= least);
    let above = most.is_some_and(|most| number > most) || schema.exclusive_maximum.is_some_and(|most| number >= most);
    if below || above {
        let help = if let (Some(least), Some(most)) = (least, most) {
            format!("it must be between {least} and {most}")
        } else {
            let least = least.map(|least| format!("at least {least}"));
            let least = least.or(schema.exclusive_minimum.map(|least| format!("more than {least}")));
            let most = most.map(|most| format!("at most {most}"));
            let most = most.or(schema.exclusive_maximum.map(|most| format!("less than {most}")));
            format!("it must be {}", least.into_iter().chain(most).collect::<Vec<_>>().join(" and "))
        };
        walk.push("range", format!("{called} cannot be {shown}"), help);
    }
    // 0.07 is seven times 0.01, though not to the last bit.
    let multiple = |step: f64| ((number / step) - (number / step).round()).abs() < 1e-6;
    if let Some(step) = schema.multiple_of.filter(|step| !multiple(*step)) {
        walk.push("range", format!("{called} cannot be {shown}"), format!("it must be a multiple of {step}"));
    }
    listed_value(walk, schema, &[as_json(number), number.to_string().into()], &number.to_string());
}

fn as_json(number: f64) -> serde_json::Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked by the round trip")]
    let whole = number as i64;
    #[expect(clippy::cast_precision_loss, reason = "only numbers that survive it count as whole")]
    #[expect(clippy::float_cmp, reason = "whole numbers are the same or are not")]
    if whole as f64 == number { whole.into() } else { number.into() }
}

/// `enum` and `const`: one of the `spellings` of a value must be listed.
fn listed_value(walk: &mut Walk<'_>, schema: &Schema, spellings: &[serde_json::Value], text: &str) -> bool {
    let fits = if let Some(allowed) = &schema.allowed {
        spellings.iter().any(|spelling| allowed.contains(spelling))
    } else if let Some(allowed) = &schema.enum_case_insensitive {
        let same = |value: &serde_json::Value| value.as_str().is_some_and(|value| value.eq_ignore_ascii_case(text));
        allowed.iter().any(same)
    } else {
        schema.constant.as_ref().is_none_or(|constant| spellings.contains(constant))
    };
    if fits {
        return true;
    }
    let constant = schema.constant.as_ref().filter(|_| schema.allowed.is_none());
    let values = schema.allowed.iter().chain(&schema.enum_case_insensitive).flatten().chain(constant);
    let values: Vec<String> =
        values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
    let all = format!("it can be {}", super::either(&values, 12));
    let help = match nearest(text, values.iter().map(String::as_str)) {
        Some(near) if values.len() > 1 => format!("did you mean `{near}`? {all}"),
        _ => all,
    };
    walk.push("allowed-values", format!("{} cannot be {}", walk.called(), walk.shown_value(text)), help);
    false
}

/// Checks how many characters, items or keys there are: `sure` for certain, and `at_most` where a condition decides of
/// some. Says whether they are as many as there must be.
pub(super) fn count(
    walk: &mut Walk<'_>,
    unit: &'static str,
    sure: u64,
    at_most: Option<u64>,
    least: Option<u64>,
    most: Option<u64>,
) -> bool {
    let check = if unit == "character" { "length" } else { "item-count" };
    let too_few = least.is_some_and(|least| at_most.is_some_and(|count| count < least));
    let too_many = most.is_some_and(|most| sure > most);
    if too_few || too_many {
        let help = match (least.filter(|least| *least > 0), most) {
            (Some(least), Some(most)) if least == most => format!("it must have exactly {least}"),
            (Some(least), Some(most)) => format!("it may have {least} to {most}"),
            (Some(least), None) => format!("it must have at least {least}"),
            (None, most) => format!("it may have at most {}", most.unwrap_or_default()),
        };
        let count = usize::try_from(sure).unwrap_or(usize::MAX);
        walk.push(check, format!("{} has {}", walk.called(), super::counted(count, unit)), help);
    }
    !(too_few || too_many)
}

/// Whether the property also takes another identifier of the same type, so that the form says too little: a role's name
/// for its ARN.
fn names_otherwise(schema: &Schema, format: &str) -> bool {
    let type_of = |kind: &str| kind.rsplit_once('.').map(|(type_name, _)| type_name.to_owned());
    let other = |kind: &&String| *kind != format && type_of(kind) == type_of(format);
    format.contains("::") && schema.kinds.iter().any(|kind| other(&kind))
}

/// Whether a text has the form that the specification names; if not, what it should have been.
fn form(format: &str, text: &str) -> Result<(), &'static str> {
    let (fits, wanted) = match format {
        "ipv4-network" => (text.contains('/') && text.parse::<Ipv4Net>().is_ok(), "an IPv4 block in CIDR notation"),
        "ipv6-network" => (text.contains('/') && text.parse::<Ipv6Net>().is_ok(), "an IPv6 block in CIDR notation"),
        "ipv4" => (text.parse::<Ipv4Addr>().is_ok(), "an IPv4 address"),
        "ipv6" => (text.parse::<Ipv6Addr>().is_ok(), "an IPv6 address"),
        "json" => (is_json(text), "JSON"),
        "uri" => (text.contains(':'), "a URI"),
        "AWS::EC2::VPC.Id" => (ec2_id(text, "vpc"), "the id of a VPC"),
        "AWS::EC2::Subnet.Id" => (ec2_id(text, "subnet"), "the id of a subnet"),
        "AWS::EC2::SecurityGroup.Id" => (ec2_id(text, "sg"), "the id of a security group"),
        "AWS::EC2::Image.Id" => (ec2_id(text, "ami") || text.starts_with("resolve:ssm:"), "the id of an image"),
        "AWS::IAM::Role.Arn" => (arn(text, "iam"), "the ARN of a role"),
        "AWS::KMS::Key.Arn" => (arn(text, "kms"), "the ARN of a key"),
        "AWS::SNS::Topic.Arn" => (arn(text, "sns"), "the ARN of a topic"),
        "AWS::SQS::Queue.Arn" => (arn(text, "sqs"), "the ARN of a queue"),
        "AWS::Lambda::Function.Arn" => (arn(text, "lambda"), "the ARN of a function"),
        "AWS::ACM::Certificate.Arn" => (arn(text, "acm") || arn(text, "iam"), "the ARN of a certificate"),
        _ => (true, ""),
    };
    if fits { Ok(()) } else { Err(wanted) }
}

/// What text of a form looks like.
fn example(format: &str) -> &'static str {
    match format {
        "ipv4-network" => "it like 10.0.0.0/16",
        "ipv6-network" => "it like 2001:db8::/56",
        "ipv4" => "it like 10.0.0.1",
        "ipv6" => "it like 2001:db8::1",
        "AWS::EC2::VPC.Id" => "it like vpc-0123456789abcdef0, or pass a reference to the resource",
        "AWS::EC2::Subnet.Id" => "it like subnet-0123456789abcdef0, or pass a reference to the resource",
        "AWS::EC2::SecurityGroup.Id" => "it like sg-0123456789abcdef0, or pass a reference to the resource",
        "AWS::EC2::Image.Id" => "it like ami-0123456789abcdef0",
        _ if format.ends_with("Arn") => "it like arn:aws:…, or pass the `arn()` of the resource",
        "json" => "valid JSON",
        _ => "a valid one",
    }
}

fn ec2_id(text: &str, prefix: &str) -> bool {
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn arn(text: &str, service: &str) -> bool {
    let mut parts = text.split(':');
    parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some(service)
        && parts.count() >= 2
}

fn is_json_object(text: &str) -> bool {
    text.trim_start().starts_with('{') && is_json(text)
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
