//! Records: what a zone answers about a name.

use super::hosted_zone::wrong_name;
use super::{Alias, AliasTarget, HostedZone};
use crate::cfn::route53;
use crate::cfn::route53::record_set::AliasTarget as CfnAliasTarget;
use crate::core::{Construct, Expr, Problem, Ref, Stack, Value};

/// What a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordType {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Another name.
    Cname,
    /// Mail servers, each a priority and a name.
    Mx,
    /// Servers that answer for the names below.
    Ns,
    /// Texts.
    Txt,
}

impl RecordType {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Txt => "TXT",
        }
    }
}

/// A record: what a zone answers about a name. [`HostedZone::add_a`] and its like add one below the zone; this is one with
/// an id of its own, as AWS CDK's `ARecord` and its like are.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::route53::{HostedZoneSpec, RecordSetSpec};
///
/// let zone = s.add("Zone", HostedZoneSpec::public("example.com"));
/// s.add("Www", RecordSetSpec { ttl: 300, ..RecordSetSpec::a(&zone, "www", ["192.0.2.1"]) });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RecordSetSpec {
    /// The zone.
    pub zone: HostedZone,
    /// The name, relative to the zone or in full; empty for the zone's own.
    pub name: String,
    /// What it is of.
    pub record_type: RecordType,
    /// The values. Empty for an alias.
    pub values: Vec<Value<String>>,
    /// What the name stands for, instead of values. Default: none.
    pub alias: Option<Alias>,
    /// For how long an answer may be remembered, 0 to 2147483647 seconds; an alias has its target's. Default: 1800.
    pub ttl: u32,
    /// What it is for, up to 256 characters. Default: nothing is said.
    pub comment: Option<String>,
}

impl RecordSetSpec {
    /// A record of any type.
    #[must_use]
    pub fn new<V: Into<Value<String>>>(
        zone: &HostedZone,
        name: impl Into<String>,
        record_type: RecordType,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            zone: zone.clone(),
            name: name.into(),
            record_type,
            values: values.into_iter().map(Into::into).collect(),
            alias: None,
            ttl: 1800,
            comment: None,
        }
    }

    /// IPv4 addresses of a name.
    #[must_use]
    pub fn a<A: Into<Value<String>>>(
        zone: &HostedZone,
        name: impl Into<String>,
        addresses: impl IntoIterator<Item = A>,
    ) -> Self {
        Self::new(zone, name, RecordType::A, addresses)
    }

    /// IPv6 addresses of a name.
    #[must_use]
    pub fn aaaa<A: Into<Value<String>>>(
        zone: &HostedZone,
        name: impl Into<String>,
        addresses: impl IntoIterator<Item = A>,
    ) -> Self {
        Self::new(zone, name, RecordType::Aaaa, addresses)
    }

    /// Says that a name is another's.
    #[must_use]
    pub fn cname(zone: &HostedZone, name: impl Into<String>, domain_name: impl Into<Value<String>>) -> Self {
        Self::new(zone, name, RecordType::Cname, [domain_name.into()])
    }

    /// Texts of a name, without quotes around them. One of more than 255 characters is written in parts, which readers
    /// put together.
    #[must_use]
    pub fn txt<T: Into<String>>(
        zone: &HostedZone,
        name: impl Into<String>,
        texts: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::new(zone, name, RecordType::Txt, texts.into_iter().map(|text| quoted(&text.into())))
    }

    /// Lets the IPv4 addresses of a name be those of something of AWS. The field `record_type` makes it IPv6.
    #[must_use]
    pub fn alias(zone: &HostedZone, name: impl Into<String>, target: &impl AliasTarget) -> Self {
        let none: [&str; 0] = [];
        Self { alias: Some(target.alias()), ..Self::a(zone, name, none) }
    }

    fn check(&self, stack: &mut Stack, name: &str) {
        let mut problems: Vec<Problem> =
            wrong_name("the name of a record", name.trim_end_matches('.')).into_iter().collect();
        let mut report = |check, message: String, help: &str| problems.push(Problem::error(check, message).help(help));
        if !self.zone.holds(name) {
            let message = format!("`{name}` is not in the zone `{}`", self.zone.zone_name);
            report("name", message, "leave the dot at its end out, to have it relative to the zone");
        }
        if self.alias.is_some() && !self.values.is_empty() {
            report("exclusive-properties", "an alias has values of its own".to_owned(), "leave one out");
        } else if self.alias.is_none() && self.values.is_empty() {
            report("item-count", format!("the record of `{name}` has no values"), "give it one, or make it an alias");
        }
        if self.record_type == RecordType::Cname && name.trim_end_matches('.') == self.zone.zone_name {
            let message = format!("the zone's own name, `{name}`, cannot be another's");
            report("name", message, "let it be an alias, or have addresses: a CNAME is for names below the zone's");
        }
        if self.record_type == RecordType::Cname && self.values.len() > 1 {
            let message = "a name cannot be two others'".to_owned();
            report("item-count", message, "give the CNAME one value");
        }
        if self.ttl > 2_147_483_647 {
            report("range", format!("a TTL cannot be {} s", self.ttl), "it is 0 to 2147483647 s");
        }
        let family = |text: &str| match self.record_type {
            RecordType::A => text.parse::<std::net::Ipv4Addr>().is_ok(),
            RecordType::Aaaa => text.parse::<std::net::Ipv6Addr>().is_ok(),
            _ => true,
        };
        for value in &self.values {
            if let Expr::String(text) = value.expr()
                && !family(text)
            {
                let kind = if self.record_type == RecordType::A { "an IPv4" } else { "an IPv6" };
                report("format", format!("`{text}` is not {kind} address"), "a CNAME stands for a name");
            }
        }
        for problem in problems {
            stack.report_at(None, problem);
        }
    }
}

/// A text as DNS writes it: in quotes, in parts of up to 255 bytes.
fn quoted(text: &str) -> String {
    let mut parts = vec![String::new()];
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > 255 {
            parts.push(String::new());
            length = 0;
        }
        length += c.len_utf8();
        if let Some(part) = parts.last_mut() {
            if matches!(c, '"' | '\\') {
                part.push('\\');
            }
            part.push(c);
        }
    }
    format!("\"{}\"", parts.join("\"\""))
}

impl Construct for RecordSetSpec {
    type Out = Ref<route53::RecordSet>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let name = self.zone.full_name(&self.name);
        self.check(stack, &name);
        let mut record =
            route53::RecordSet::new(name, self.record_type.as_str()).hosted_zone_id(self.zone.hosted_zone_id);
        if let Some(comment) = self.comment {
            record = record.comment(comment);
        }
        record = match self.alias {
            Some(alias) => {
                let target = CfnAliasTarget::new(alias.dns_name, alias.hosted_zone_id);
                record.alias_target(match alias.evaluate_target_health {
                    Some(evaluate) => target.evaluate_target_health(evaluate),
                    None => target,
                })
            }
            None => record.resource_records(self.values).ttl(self.ttl.to_string()),
        };
        stack.add("Resource", record)
    }
}
