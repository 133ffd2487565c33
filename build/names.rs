//! Names in Rust for names of CloudFormation.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

/// Words whose capitals would be torn apart.
const WHOLE: &[(&str, &str)] = &[
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
    ("IoT", "Iot"),
    ("OAuth", "Oauth"),
    ("MySQL", "Mysql"),
    ("PostgreSQL", "Postgresql"),
    ("GraphQL", "Graphql"),
    ("OpenId", "Openid"),
];

const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

fn words(name: &str) -> String {
    let mut name = name.to_owned();
    for (torn, whole) in WHOLE {
        name = name.replace(torn, whole);
    }
    // A plural of an acronym is one word: `SubnetIDs`, `ARNs`.
    let bytes = name.clone().into_bytes();
    let mut out = bytes.clone();
    for i in 2..bytes.len() {
        let ends = bytes.get(i + 1).is_none_or(|next| !next.is_ascii_lowercase());
        if bytes[i] == b's' && ends && bytes[i - 1].is_ascii_uppercase() && bytes[i - 2].is_ascii_uppercase() {
            let start = (0..i).rev().take_while(|&j| bytes[j].is_ascii_uppercase()).last().unwrap_or(i);
            out[start + 1..i].make_ascii_lowercase();
        }
    }
    String::from_utf8(out).unwrap_or(name)
}

/// `VPCGatewayAttachment` → `VpcGatewayAttachment`.
pub(crate) fn type_name(name: &str) -> String {
    let name = words(name).to_upper_camel_case();
    if name == "Self" { "Self_".into() } else { name }
}

/// `DBInstanceIdentifier` → `db_instance_identifier`; keywords become raw identifiers.
pub(crate) fn method(name: &str) -> String {
    let name = words(name).to_snake_case();
    match name.as_str() {
        "self" | "super" | "crate" | "new" => format!("{name}_"),
        _ if KEYWORDS.contains(&name.as_str()) => format!("r#{name}"),
        _ if name.starts_with(|c: char| c.is_ascii_digit()) => format!("_{name}"),
        _ => name,
    }
}

/// `aws:kms` → `AWS_KMS`.
pub(crate) fn constant(value: &str) -> String {
    let name: String = value.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let name = words(&name).to_shouty_snake_case();
    if name.is_empty() {
        "EMPTY".into()
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

/// The name of an identifier of `type_name`'s `property`: `VpcId`, `RoleArn`, `SecurityGroupId`.
pub(crate) fn kind(type_last: &str, property: &str) -> String {
    let (owner, property) = (self::type_name(type_last), self::type_name(property));
    if property.starts_with(&owner) { property } else { format!("{owner}{property}") }
}
