//! Listeners: the ports of a load balancer.

use super::{Action, ApplicationLoadBalancer, RuleSpec};
use crate::aws::Nested;
use crate::aws::ec2::{Peer, Port, SecurityGroup};
use crate::cfn::elasticloadbalancingv2 as elbv2;
use crate::cfn::elasticloadbalancingv2::listener;
use crate::core::{Computed, Construct, NodeId, Problem, Ref, Stack, StackRef, Value};

/// TLS 1.3 and 1.2 with forward secrecy.
const SSL_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// In the clear.
    Http,
    /// Over TLS, with a certificate.
    Https,
}

impl Protocol {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Https => "HTTPS",
        }
    }
}

/// A port that a load balancer listens on, for [`ApplicationLoadBalancer::add_listener`].
///
/// AWS CDK opens it to the world by default, and leaves the policy of TLS to AWS, whose own is of 2016; here it is open
/// to nobody, and the policy is a recent one.
#[derive(Clone, Debug)]
pub struct ListenerSpec {
    /// The port, unique in the load balancer, 1 to 65535.
    pub port: u16,
    /// What it speaks. Default: HTTPS on 443 and 8443, otherwise HTTP.
    pub protocol: Protocol,
    /// The ARNs of its certificates, of Certificate Manager or IAM, HTTPS alone: the first is shown to clients that name no
    /// host, one of the others to those whose host it fits. Default: none, which HTTPS refuses.
    pub certificates: Vec<Value<String>>,
    /// Which versions and ciphers of TLS it takes, HTTPS alone. Default: `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    pub ssl_policy: Option<Value<String>>,
    /// What happens to a request that no rule is about.
    pub default_action: Action,
    /// Whether everybody with an IPv4 address may reach it. Default: false (AWS CDK's is true).
    pub open: bool,
}

impl ListenerSpec {
    /// A listener with the defaults of every field.
    #[must_use]
    pub fn new(port: u16, default_action: impl Into<Action>) -> Self {
        let protocol = if matches!(port, 443 | 8443) { Protocol::Https } else { Protocol::Http };
        let default_action = default_action.into();
        Self { port, protocol, certificates: Vec::new(), ssl_policy: None, default_action, open: false }
    }

    /// A listener for HTTPS on port 443, with a certificate.
    #[must_use]
    pub fn https(certificate: impl Into<Value<String>>, default_action: impl Into<Action>) -> Self {
        Self { certificates: vec![certificate.into()], ..Self::new(443, default_action) }
    }

    /// The listener of a load balancer.
    pub(in crate::aws) fn of(self, load_balancer: ApplicationLoadBalancer) -> impl Construct<Out = Listener> {
        Of { listener: self, load_balancer }
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: &str, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        match self.protocol {
            Protocol::Https if self.certificates.is_empty() => {
                report("missing-property", "a listener for HTTPS has no certificate", "name one in `certificates`");
            }
            Protocol::Http if !self.certificates.is_empty() || self.ssl_policy.is_some() => {
                let message = "a listener for HTTP has no use for certificates or a policy of TLS";
                report("exclusive-properties", message, "make its protocol HTTPS, or leave them out");
            }
            _ => {}
        }
    }
}

struct Of {
    listener: ListenerSpec,
    load_balancer: ApplicationLoadBalancer,
}

/// A listener that was added.
#[derive(Clone, Copy, Debug)]
pub struct Listener {
    /// The listener itself.
    pub listener: Ref<elbv2::Listener>,
    /// Its port.
    pub port: u16,
    /// Its load balancer's security group.
    pub security_group: SecurityGroup,
    node: NodeId,
}

impl Construct for Of {
    type Out = Listener;

    fn build(self, stack: &mut Stack) -> Listener {
        let Self { listener: spec, load_balancer } = self;
        spec.check(stack);
        let node = stack.current();
        let actions = spec.default_action.list(stack);
        let mut listener =
            elbv2::Listener::new(actions, load_balancer.arn()).port(spec.port).protocol(spec.protocol.as_str());
        let mut certificates = spec.certificates.into_iter();
        if let Some(first) = certificates.next() {
            listener = listener.certificates([certificate(first)]);
        }
        match (spec.ssl_policy, spec.protocol) {
            (Some(policy), _) => listener = listener.ssl_policy(policy),
            (None, Protocol::Https) => listener = listener.ssl_policy(SSL_POLICY),
            (None, Protocol::Http) => {}
        }
        let listener = stack.add("Resource", listener);
        let node = node.unwrap_or(listener.node());
        let out = Listener { listener, port: spec.port, security_group: load_balancer.security_group, node };
        // AWS CDK's id for those that the listener was made with.
        out.add_certificates(stack, "DefaultCertificates", certificates);
        if spec.open {
            out.allow_from(stack, Peer::any_ipv4());
        }
        out
    }
}

fn certificate(arn: Value<String>) -> listener::Certificate {
    listener::Certificate::new().certificate_arn(arn.cast::<Computed>())
}

impl Listener {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<elbv2::ListenerArn> {
        self.listener.get_ref()
    }

    /// Adds a rule: a child called `id` with `Rule` behind it, as AWS CDK's `addAction` does.
    #[track_caller]
    pub fn add_rule(&self, stack: &mut Stack, id: &str, rule: RuleSpec) -> Ref<elbv2::ListenerRule> {
        stack.add_within(self.node, format!("{id}Rule"), rule.of(self.arn()))
    }

    /// Adds certificates for other hosts, by their ARNs: children called `id` with 1, 2, … behind it.
    #[track_caller]
    pub fn add_certificates<C: Into<Value<String>>>(
        &self,
        stack: &mut Stack,
        id: &str,
        certificates: impl IntoIterator<Item = C>,
    ) {
        for (index, arn) in certificates.into_iter().enumerate() {
            let certificate = elbv2::listener_certificate::Certificate::new().certificate_arn(arn.into());
            let certificate = elbv2::ListenerCertificate::new([certificate], self.arn());
            stack.add_within(self.node, format!("{id}{}", index + 1), Nested(certificate));
        }
    }

    /// Lets a peer reach its port.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>) {
        self.security_group.allow_from(stack, peer, Port::tcp(self.port));
    }
}

impl From<&Listener> for StackRef {
    fn from(listener: &Listener) -> Self {
        listener.listener.into()
    }
}

impl From<Listener> for NodeId {
    fn from(listener: Listener) -> Self {
        listener.listener.node()
    }
}

#[cfg(feature = "iam")]
crate::aws::iam::has_arn! { Listener, "a listener"; }
