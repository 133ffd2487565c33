//! Conditions: which requests a rule is about.

use crate::cfn::elasticloadbalancingv2::listener_rule as cfn;
use crate::core::Problem;

/// Which requests a rule is about. `*` stands for any characters and `?` for one, but in methods and addresses. Rule: the
/// Elastic Load Balancing guide, "Condition types for listener rules".
///
/// ```
/// use formwork::aws::elasticloadbalancingv2::RuleCondition;
///
/// let api = [RuleCondition::path_patterns(["/api/*"]), RuleCondition::methods(["GET", "HEAD"])];
/// ```
#[derive(Clone, Debug)]
pub struct RuleCondition {
    pub(super) condition: cfn::RuleCondition,
    pub(super) field: &'static str,
    pub(super) values: usize,
    pub(super) wildcards: usize,
    wrong: Vec<Problem>,
}

fn strings<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}

impl RuleCondition {
    fn new(field: &'static str, values: &[String], f: impl FnOnce(cfn::RuleCondition) -> cfn::RuleCondition) -> Self {
        let wild = !matches!(field, "http-request-method" | "source-ip");
        let wildcards = values.iter().flat_map(|value| value.bytes()).filter(|byte| b"*?".contains(byte)).count();
        let mut out = Self {
            condition: f(cfn::RuleCondition::new().field(field)),
            field,
            values: values.len(),
            wildcards: if wild { wildcards } else { 0 },
            wrong: Vec::new(),
        };
        if values.is_empty() {
            out = out.wrong("item-count", format!("a condition on {field} has no values"), "give it one");
        }
        if let Some(long) = values.iter().map(|value| value.chars().count()).find(|length| *length > 128) {
            let message = format!("a value of a condition on {field} has {long} characters, and may have 128");
            out = out.wrong("length", message, "shorten it, with `*` for a part");
        }
        out
    }

    fn wrong(mut self, check: &'static str, message: String, help: &str) -> Self {
        self.wrong.push(Problem::error(check, message).help(help));
        self
    }

    /// The path is like one of these, up to 128 characters each, case-sensitive: `/api/*`.
    #[must_use]
    pub fn path_patterns<S: Into<String>>(patterns: impl IntoIterator<Item = S>) -> Self {
        let values = strings(patterns);
        let relative = values.iter().find(|path| !path.starts_with(['/', '*', '?'])).cloned();
        let out = Self::new("path-pattern", &values, |condition| {
            condition.path_pattern_config(cfn::PathPatternConfig::new().values(&values))
        });
        match relative {
            Some(path) => out.wrong("format", format!("no path is like `{path}`"), "a path begins with `/`"),
            None => out,
        }
    }

    /// The host is one of these, up to 128 characters each: `*.example.com`.
    #[must_use]
    pub fn host_headers<S: Into<String>>(hosts: impl IntoIterator<Item = S>) -> Self {
        let values = strings(hosts);
        Self::new("host-header", &values, |condition| {
            condition.host_header_config(cfn::HostHeaderConfig::new().values(&values))
        })
    }

    /// A header field, named in up to 40 characters, has one of these values.
    #[must_use]
    pub fn http_header<S: Into<String>>(name: impl Into<String>, values: impl IntoIterator<Item = S>) -> Self {
        let (name, values) = (name.into(), strings(values));
        let (length, host) = (name.chars().count(), name.eq_ignore_ascii_case("host"));
        let out = Self::new("http-header", &values, |condition| {
            condition.http_header_config(cfn::HttpHeaderConfig::new().http_header_name(name).values(&values))
        });
        let out = match length {
            1..=40 => out,
            _ => out.wrong("length", format!("a header field's name has {length} characters"), "it has 1 to 40"),
        };
        if host {
            let message = "a condition on the header field Host is one on the host".to_owned();
            return out.wrong("name", message, "use `host_headers`");
        }
        out
    }

    /// The method is one of these, in capitals.
    #[must_use]
    pub fn methods<S: Into<String>>(methods: impl IntoIterator<Item = S>) -> Self {
        let values = strings(methods);
        let small = values.iter().find(|method| method.bytes().any(|byte| byte.is_ascii_lowercase())).cloned();
        let out = Self::new("http-request-method", &values, |condition| {
            condition.http_request_method_config(cfn::HttpRequestMethodConfig::new().values(&values))
        });
        match small {
            Some(method) => {
                let help = format!("write `{}`", method.to_ascii_uppercase());
                out.wrong("format", format!("no request has the method `{method}`"), &help)
            }
            None => out,
        }
    }

    /// The query has one of these keys with its value; an empty key is any.
    #[must_use]
    pub fn query_strings<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let pairs: Vec<(String, String)> = pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        let values: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}{value}")).collect();
        let pairs = pairs.into_iter().map(|(key, value)| {
            let pair = cfn::QueryStringKeyValue::new();
            if key.is_empty() { pair.value(value) } else { pair.key(key).value(value) }
        });
        let pairs: Vec<_> = pairs.collect();
        Self::new("query-string", &values, |condition| {
            condition.query_string_config(cfn::QueryStringConfig::new().values(pairs))
        })
    }

    /// The client's address, or the last proxy's, is in one of these blocks, in CIDR notation.
    #[must_use]
    pub fn source_ips<S: Into<String>>(blocks: impl IntoIterator<Item = S>) -> Self {
        let values = strings(blocks);
        let wrong = values.iter().find(|block| block.parse::<ipnet::IpNet>().is_err()).cloned();
        let out = Self::new("source-ip", &values, |condition| {
            condition.source_ip_config(cfn::SourceIpConfig::new().values(&values))
        });
        match wrong {
            Some(block) => {
                out.wrong("format", format!("`{block}` is not a block of addresses"), "write it like 192.0.2.0/24")
            }
            None => out,
        }
    }

    /// What is wrong with a rule's conditions. Rule: the Elastic Load Balancing guide, "Condition types for listener
    /// rules" and "Quotas for your Application Load Balancers".
    pub(super) fn problems(conditions: &[Self]) -> Vec<Problem> {
        let mut out: Vec<Problem> = conditions.iter().flat_map(|condition| condition.wrong.clone()).collect();
        let mut report = |message: String, help: &str| out.push(Problem::error("item-count", message).help(help));
        let values: usize = conditions.iter().map(|condition| condition.values).sum();
        let wildcards: usize = conditions.iter().map(|condition| condition.wildcards).sum();
        if conditions.is_empty() {
            report("a rule has no conditions".to_owned(), "give it one, or make its action the listener's default");
        }
        for field in ["host-header", "http-request-method", "path-pattern", "source-ip"] {
            let count = conditions.iter().filter(|condition| condition.field == field).count();
            if count > 1 {
                let help = "one condition takes several values";
                report(format!("a rule has {count} conditions on {field}, and may have one"), help);
            }
        }
        if values > 5 {
            report(format!("a rule's conditions have {values} values, and may have 5"), "split it into two rules");
        }
        if wildcards > 5 {
            let message = format!("a rule's conditions have {wildcards} wildcards, and may have 5");
            report(message, "split it into two rules");
        }
        out
    }
}
