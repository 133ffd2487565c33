//! Actions: what a listener does with a request.

use super::TargetGroup;
use crate::cfn::elasticloadbalancingv2 as elbv2;
use crate::cfn::elasticloadbalancingv2::listener::{self, ActionType, RedirectConfigStatusCode};
use crate::core::{Expr, IntoExpr as _, Problem, Stack, Value};

/// What a listener, or a rule of it, does with a request.
///
/// ```
/// use formwork::aws::elasticloadbalancingv2::{Action, Redirect};
///
/// let secure = Action::redirect_to_https();
/// let moved = Action::redirect(Redirect { host: Some("www.example.com".into()), ..Redirect::default() });
/// let nothing = Action::fixed_response(404, "text/plain", "not here");
/// ```
#[derive(Clone, Debug)]
pub struct Action {
    action: listener::Action,
    wrong: Vec<Problem>,
}

/// Where a redirect leads. What is not given stays as it was in the request; one field at least must be.
#[derive(Clone, Debug, Default)]
pub struct Redirect {
    /// `HTTP` or `HTTPS`; HTTPS is never redirected to HTTP. Default: the request's.
    pub protocol: Option<String>,
    /// The port, 1 to 65535. Default: the request's.
    pub port: Option<u16>,
    /// The host name, up to 128 characters, in which `#{host}` is the request's. Default: the request's.
    pub host: Option<String>,
    /// The path, beginning with `/`, up to 128 characters, in which `#{path}` is the request's without its first `/`, and
    /// `#{host}` and `#{port}` stand for the request's too. Default: the request's.
    pub path: Option<String>,
    /// The query without its `?`, up to 128 characters, in which `#{query}` is the request's. Default: the request's.
    pub query: Option<String>,
    /// Whether clients may remember it: 301, otherwise 302. Default: false.
    pub permanent: bool,
}

impl Action {
    const fn new(action: listener::Action) -> Self {
        Self { action, wrong: Vec::new() }
    }

    fn with(mut self, wrong: bool, check: &'static str, message: &str, help: &str) -> Self {
        if wrong {
            self.wrong.push(Problem::error(check, message).help(help));
        }
        self
    }

    /// Sends it to a target group.
    #[must_use]
    pub fn forward(group: impl Into<Value<elbv2::TargetGroupArn>>) -> Self {
        Self::new(listener::Action::new(ActionType::FORWARD).target_group_arn(group))
    }

    /// Sends it to one of up to five target groups, as often as their weights say, each 0 to 999.
    #[must_use]
    pub fn weighted_forward<G: Into<Value<elbv2::TargetGroupArn>>>(groups: impl IntoIterator<Item = (G, u16)>) -> Self {
        let (mut tuples, mut great) = (Vec::new(), false);
        for (group, weight) in groups {
            great |= weight > 999;
            tuples.push(listener::TargetGroupTuple::new().target_group_arn(group).weight(weight));
        }
        let count = tuples.len();
        let forward = listener::ForwardConfig::new().target_groups(tuples);
        Self::new(listener::Action::new(ActionType::FORWARD).forward_config(forward))
            .with(great, "range", "a target group's weight is greater than 999", "a weight is 0 to 999")
            .with(
                !(1..=5).contains(&count),
                "item-count",
                "a forward is to 1 to 5 target groups",
                "split the rest off to another rule",
            )
    }

    /// Sends the client elsewhere.
    #[must_use]
    pub fn redirect(to: Redirect) -> Self {
        let code = if to.permanent { RedirectConfigStatusCode::HTTP_301 } else { RedirectConfigStatusCode::HTTP_302 };
        let nothing = to.protocol.is_none() && to.port.is_none() && to.host.is_none();
        let nothing = nothing && to.path.is_none() && to.query.is_none();
        let relative = to.path.as_ref().is_some_and(|path| !path.starts_with('/'));
        let mut config = listener::RedirectConfig::new(code);
        if let Some(host) = to.host {
            config = config.host(host);
        }
        if let Some(path) = to.path {
            config = config.path(path);
        }
        if let Some(port) = to.port {
            config = config.port(port.to_string());
        }
        if let Some(protocol) = to.protocol {
            config = config.protocol(protocol);
        }
        if let Some(query) = to.query {
            config = config.query(query);
        }
        Self::new(listener::Action::new(ActionType::REDIRECT).redirect_config(config))
            .with(
                nothing,
                "missing-property",
                "a redirect leads back to where it came from",
                "give it a protocol, port, host, path or query",
            )
            .with(relative, "format", "a redirect's path does not begin with `/`", "write it from the root")
    }

    /// Sends the client to the same place over HTTPS on port 443, for good (301): host, path and query stay.
    #[must_use]
    pub fn redirect_to_https() -> Self {
        let (protocol, port) = (Some("HTTPS".to_owned()), Some(443));
        Self::redirect(Redirect { protocol, port, permanent: true, ..Redirect::default() })
    }

    /// Answers by itself, with a status of 2xx, 4xx or 5xx, a content type (`text/plain`, `text/css`, `text/html`,
    /// `application/javascript` or `application/json`) and up to 1024 characters.
    #[must_use]
    pub fn fixed_response(status: u16, content_type: &str, body: &str) -> Self {
        const TYPES: &[&str] = &["text/plain", "text/css", "text/html", "application/javascript", "application/json"];
        let config =
            listener::FixedResponseConfig::new(status.to_string()).content_type(content_type).message_body(body);
        let action = listener::Action::new(ActionType::FIXED_RESPONSE).fixed_response_config(config);
        Self::new(action).with(
            !TYPES.contains(&content_type),
            "allowed-values",
            "a fixed response has a content type that load balancers do not send",
            &format!("it is one of {}", TYPES.join(", ")),
        )
    }

    /// The list that a listener or a rule has of it.
    pub(super) fn list<A>(self, stack: &mut Stack) -> Value<Vec<A>> {
        for problem in self.wrong {
            stack.report_at(None, problem);
        }
        Value::from_expr(Expr::List(vec![self.action.into_expr()]))
    }
}

impl From<&TargetGroup> for Action {
    fn from(group: &TargetGroup) -> Self {
        Self::forward(group)
    }
}
