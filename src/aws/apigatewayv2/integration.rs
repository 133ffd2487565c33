//! Integrations: what answers a request.

use super::VpcLink;
#[cfg(feature = "elasticloadbalancingv2")]
use crate::aws::elasticloadbalancingv2::Listener;
use crate::cfn::apigatewayv2;
use crate::core::{Computed, Construct, Expr, Map, Problem, Ref, Stack, Value};

/// What answers a request: another web server, a load balancer in a VPC, a Lambda function.
///
/// ```
/// use formwork::aws::apigatewayv2::Integration;
///
/// let books = Integration {
///     parameter_mapping: vec![("overwrite:path".into(), "$request.path.proxy".into())],
///     ..Integration::url("Books", "https://books.example.com")
/// };
/// ```
#[derive(Clone, Debug)]
pub struct Integration {
    /// The id it gets below its route's construct.
    pub id: String,
    /// The method it is asked with, an HTTP integration alone. Default: the request's own (`ANY`).
    pub method: String,
    /// What is changed on the way, first what, then with what: `append:header.NAME`, `overwrite:header.NAME`,
    /// `remove:header.NAME`, the same with `querystring.NAME`, and `overwrite:path`; a text, with `$request.path.NAME`,
    /// `$request.header.NAME`, `$context.…` for what is known. Rule: the API Gateway guide, "Transform API requests and
    /// responses for HTTP APIs". Default: nothing.
    pub parameter_mapping: Vec<(String, Value<String>)>,
    /// After how long the client is told that there is no answer, 50 to 30000 milliseconds. Default: 30000, AWS's own.
    pub timeout_in_millis: Option<u32>,
    /// The host name that the certificate behind a VPC link must be for, where TLS is spoken there. Default: none: what is
    /// behind the link is spoken to as its listener says.
    pub server_name_to_verify: Option<String>,
    /// What answers.
    pub target: IntegrationTarget,
}

/// What answers a request.
#[derive(Clone, Debug)]
pub enum IntegrationTarget {
    /// A web server, by URL.
    Url(Value<String>),
    /// A listener of a load balancer, or a service of Cloud Map, by its ARN, behind a VPC link.
    VpcLink {
        /// The ARN.
        arn: Value<String>,
        /// The link's id.
        vpc_link_id: Value<String>,
    },
    /// A Lambda function, by its ARN.
    #[cfg(feature = "lambda")]
    Lambda(Value<String>),
}

impl Integration {
    fn new(id: impl Into<String>, target: IntegrationTarget) -> Self {
        Self {
            id: id.into(),
            method: "ANY".to_owned(),
            parameter_mapping: Vec::new(),
            timeout_in_millis: None,
            server_name_to_verify: None,
            target,
        }
    }

    /// A web server that the internet reaches, by URL; `{name}` in it is the route's variable.
    #[must_use]
    pub fn url(id: impl Into<String>, url: impl Into<Value<String>>) -> Self {
        Self::new(id, IntegrationTarget::Url(url.into()))
    }

    /// A listener of a load balancer in a VPC. The link must be let reach it: [`VpcLink::connect_to`].
    #[cfg(feature = "elasticloadbalancingv2")]
    #[must_use]
    pub fn alb(id: impl Into<String>, listener: &Listener, link: &VpcLink) -> Self {
        Self::vpc_link(id, listener.arn(), link)
    }

    /// A listener, by its ARN, or a service of Cloud Map, by its, in a VPC.
    #[must_use]
    pub fn vpc_link(id: impl Into<String>, arn: impl Into<Value<String>>, link: &VpcLink) -> Self {
        Self::new(id, IntegrationTarget::VpcLink { arn: arn.into(), vpc_link_id: link.vpc_link_id().into() })
    }

    /// A Lambda function, by its ARN. Each route may invoke it, for its own path.
    #[cfg(feature = "lambda")]
    #[must_use]
    pub fn lambda(id: impl Into<String>, function: impl Into<Value<String>>) -> Self {
        Self::new(id, IntegrationTarget::Lambda(function.into()))
    }

    /// The function that routes must be let invoke.
    #[cfg(feature = "lambda")]
    pub(super) const fn function(&self) -> Option<&Value<String>> {
        match &self.target {
            IntegrationTarget::Lambda(function) => Some(function),
            _ => None,
        }
    }

    /// The integration of an API.
    pub(super) fn of(self, api: Ref<apigatewayv2::Api>) -> impl Construct<Out = Ref<apigatewayv2::Integration>> {
        Of { integration: self, api }
    }

    /// What is wrong with it, below a route with these variables in its path.
    pub(super) fn check(&self, stack: &mut Stack, variables: &[&str]) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if let IntegrationTarget::Url(url) = &self.target
            && let Expr::String(url) = url.expr()
            && !url.starts_with("https://")
            && !url.starts_with("http://")
        {
            report("format", format!("`{url}` is not the URL of a web server"), "it begins with https:// or http://");
        }
        if let Some(timeout) = self.timeout_in_millis.filter(|timeout| !(50..=30_000).contains(timeout)) {
            report("range", format!("an integration cannot wait {timeout} ms"), "it is 50 to 30000 ms");
        }
        for (key, value) in &self.parameter_mapping {
            if !is_mapping(key) {
                let help = "append, overwrite or remove a `header.NAME` or `querystring.NAME`, or `overwrite:path`";
                report("format", format!("no part of a request is called `{key}`"), help);
            }
            let Expr::String(value) = value.expr() else { continue };
            let unknown = path_variables(value).find(|name| !variables.contains(name));
            if let Some(name) = unknown {
                let message = format!("`{key}` reads `$request.path.{name}`, which the route's path does not have");
                let help =
                    format!("write `{{{name}}}` into the path, or `{{{name}+}}` at its end for all that follows");
                report("unknown-reference", message, &help);
            }
        }
    }
}

/// The variables of the path that a mapping reads.
fn path_variables(value: &str) -> impl Iterator<Item = &str> {
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    ["$request.path.", "${request.path."].into_iter().flat_map(move |start| {
        value.match_indices(start).map(move |(at, _)| {
            let rest = &value[at + start.len()..];
            &rest[..name(rest)]
        })
    })
}

/// Whether this is what a parameter mapping may change.
fn is_mapping(key: &str) -> bool {
    let Some((action, what)) = key.split_once(':') else { return false };
    let part = what.strip_prefix("header.").or_else(|| what.strip_prefix("querystring."));
    match action {
        "overwrite" if what == "path" => true,
        "append" | "overwrite" | "remove" => part.is_some_and(|name| !name.is_empty()),
        _ => false,
    }
}

struct Of {
    integration: Integration,
    api: Ref<apigatewayv2::Api>,
}

impl Construct for Of {
    type Out = Ref<apigatewayv2::Integration>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let Self { integration: spec, api } = self;
        let mut out = match spec.target {
            IntegrationTarget::Url(url) => apigatewayv2::Integration::new(api, "HTTP_PROXY")
                .integration_method(&spec.method)
                .integration_uri(url.cast::<Computed>())
                .payload_format_version("1.0"),
            IntegrationTarget::VpcLink { arn, vpc_link_id } => apigatewayv2::Integration::new(api, "HTTP_PROXY")
                .connection_id(vpc_link_id)
                .connection_type("VPC_LINK")
                .integration_method(&spec.method)
                .integration_uri(arn.cast::<Computed>())
                .payload_format_version("1.0"),
            #[cfg(feature = "lambda")]
            IntegrationTarget::Lambda(function) => apigatewayv2::Integration::new(api, "AWS_PROXY")
                .integration_uri(function.cast::<Computed>())
                .payload_format_version("2.0"),
        };
        if !spec.parameter_mapping.is_empty() {
            out = out.request_parameters(Value::<Map<String>>::from(spec.parameter_mapping));
        }
        if let Some(timeout) = spec.timeout_in_millis {
            out = out.timeout_in_millis(timeout);
        }
        if let Some(name) = spec.server_name_to_verify {
            out = out.tls_config(apigatewayv2::integration::TlsConfig::new().server_name_to_verify(name));
        }
        stack.add("Resource", out)
    }
}
