//! Target groups: where requests go.

use super::{Protocol, in_range, named};
use crate::cfn::elasticloadbalancingv2::target_group::{
    Matcher, TargetDescription, TargetGroupAttribute, TargetType as CfnTargetType,
};
use crate::cfn::{ec2, elasticloadbalancingv2 as elbv2};
use crate::core::{Computed, Construct, NodeId, Problem, Ref, Stack, StackRef, Value};

/// What the targets of a group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetType {
    /// Addresses in the VPC: tasks of ECS on Fargate.
    Ip,
    /// EC2 instances.
    Instance,
    /// One Lambda function.
    Lambda,
}

/// How it is found out whether a target works: what is not given is AWS's own.
#[derive(Clone, Debug, Default)]
pub struct HealthCheck {
    /// Whether there is one: only a Lambda function goes without. Default: yes, and for a Lambda function no.
    pub enabled: Option<bool>,
    /// The path that is asked for. Default: `/`.
    pub path: Option<String>,
    /// The port that is asked, or `traffic-port`. Default: the one that requests go to.
    pub port: Option<String>,
    /// Seconds between two checks of a target, 5 to 300. Default: 30; of a Lambda function 35.
    pub interval: Option<u32>,
    /// Seconds after which no answer is a failure, 2 to 120, less than the interval. Default: 5; of a Lambda function 30.
    pub timeout: Option<u32>,
    /// Successes in a row after which a target counts as healthy, 2 to 10. Default: 5.
    pub healthy_threshold_count: Option<u32>,
    /// Failures in a row after which a target counts as unhealthy, 2 to 10. Default: 2.
    pub unhealthy_threshold_count: Option<u32>,
    /// The statuses that are a success: `200`, `200,202`, `200-299`. Default: `200`.
    pub healthy_http_codes: Option<String>,
}

impl HealthCheck {
    /// A check of this path.
    #[must_use]
    pub fn path(path: impl Into<String>) -> Self {
        Self { path: Some(path.into()), ..Self::default() }
    }

    /// What the specification does not say. Rule: the Elastic Load Balancing API reference, `CreateTargetGroup`.
    fn check(&self, stack: &mut Stack, target_type: TargetType) {
        let (interval, timeout) = if target_type == TargetType::Lambda { (35, 30) } else { (30, 5) };
        let (interval, timeout) = (self.interval.unwrap_or(interval), self.timeout.unwrap_or(timeout));
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if timeout >= interval {
            let message = format!("a health check every {interval} s cannot wait {timeout} s for an answer");
            report("range", message, "make the timeout less than the interval");
        }
        if self.path.as_ref().is_some_and(|path| !path.starts_with('/')) {
            let message = "the path of a health check does not begin with `/`".to_owned();
            report("format", message, "write it from the root");
        }
        if self.enabled == Some(false) && target_type != TargetType::Lambda {
            let message = "only the health check of a Lambda function can be turned off".to_owned();
            report("exclusive-properties", message, "leave `enabled` out");
        }
        if self.healthy_http_codes.as_ref().is_some_and(|codes| !are_codes(codes)) {
            let message = "the statuses of a health check are not of their form".to_owned();
            report("format", message, "200 to 499, like `200`, `200,202` or `200-299`");
        }
    }

    fn put_on(&self, mut group: elbv2::TargetGroup) -> elbv2::TargetGroup {
        if let Some(enabled) = self.enabled {
            group = group.health_check_enabled(enabled);
        }
        if let Some(seconds) = self.interval {
            group = group.health_check_interval_seconds(seconds);
        }
        if let Some(path) = &self.path {
            group = group.health_check_path(path);
        }
        if let Some(port) = &self.port {
            group = group.health_check_port(port);
        }
        if let Some(seconds) = self.timeout {
            group = group.health_check_timeout_seconds(seconds);
        }
        if let Some(count) = self.healthy_threshold_count {
            group = group.healthy_threshold_count(count);
        }
        if let Some(codes) = &self.healthy_http_codes {
            group = group.matcher(Matcher::new().http_code(codes));
        }
        if let Some(count) = self.unhealthy_threshold_count {
            group = group.unhealthy_threshold_count(count);
        }
        group
    }
}

/// Whether these are statuses from 200 to 499, or ranges of them, with commas between.
fn are_codes(codes: &str) -> bool {
    let code = |code: &str| code.trim().parse().is_ok_and(|code: u16| (200..=499).contains(&code));
    codes.split(',').all(|part| match part.split_once('-') {
        Some((first, last)) => code(first) && code(last),
        None => code(part),
    })
}

/// A target group: where a load balancer sends requests, and how it finds out who can take them.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::VpcSpec;
/// use formwork::aws::elasticloadbalancingv2::{HealthCheck, TargetGroupSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// s.add("Web", TargetGroupSpec {
///     health_check: HealthCheck { interval: Some(30), ..HealthCheck::path("/_healthcheck") },
///     deregistration_delay: Some(30),
///     ..TargetGroupSpec::new(&vpc, 80)
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TargetGroupSpec {
    /// The VPC its targets are in; none for a Lambda function. A change replaces the group.
    pub vpc: Option<Ref<ec2::Vpc>>,
    /// The port its targets take requests on, unless one is registered with another; none for a Lambda function. A change
    /// replaces the group.
    pub port: Option<u16>,
    /// What its targets speak. A change replaces the group. Default: HTTPS on 443 and 8443, otherwise HTTP.
    pub protocol: Protocol,
    /// What its targets are. A change replaces the group. Default: addresses.
    pub target_type: TargetType,
    /// The function, by its ARN, where the target is one: it must let `elasticloadbalancing.amazonaws.com` invoke it.
    /// Default: none.
    pub function: Option<Value<String>>,
    /// How it is found out whether a target works. Default: AWS's own, see its fields.
    pub health_check: HealthCheck,
    /// How long a target that leaves may finish what it began, 0 to 3600 seconds. Default: 300, AWS's own.
    pub deregistration_delay: Option<u32>,
    /// Its name, up to 32 letters, digits and `-`, unique in the account and region. A change replaces the group. Default:
    /// CloudFormation makes one.
    pub target_group_name: Option<Value<String>>,
}

impl TargetGroupSpec {
    /// A group of addresses in this VPC that take HTTP requests on this port (HTTPS on 443 and 8443), with the defaults of
    /// every field.
    #[must_use]
    pub fn new(vpc: impl Into<Ref<ec2::Vpc>>, port: u16) -> Self {
        Self {
            vpc: Some(vpc.into()),
            port: Some(port),
            protocol: if matches!(port, 443 | 8443) { Protocol::Https } else { Protocol::Http },
            target_type: TargetType::Ip,
            function: None,
            health_check: HealthCheck::default(),
            deregistration_delay: None,
            target_group_name: None,
        }
    }

    /// A group of one Lambda function, by its ARN, with the defaults of every field.
    #[must_use]
    pub fn lambda(function: impl Into<Value<String>>) -> Self {
        Self {
            vpc: None,
            port: None,
            protocol: Protocol::Http,
            target_type: TargetType::Lambda,
            function: Some(function.into()),
            health_check: HealthCheck::default(),
            deregistration_delay: None,
            target_group_name: None,
        }
    }

    fn check(&self, stack: &mut Stack) {
        named(stack, "a target group", self.target_group_name.as_ref());
        self.health_check.check(stack, self.target_type);
        if let Some(seconds) = self.deregistration_delay {
            in_range(stack, "the deregistration delay", seconds, 0, 3600, " s");
        }
        let lambda = self.target_type == TargetType::Lambda;
        let network = self.port.is_some() || self.vpc.is_some() || self.deregistration_delay.is_some();
        let mut report = |check, message: &str, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if lambda && network {
            let message = "a target group of a Lambda function has no VPC, port or deregistration delay";
            report("exclusive-properties", message, "make it with `TargetGroupSpec::lambda`");
        } else if !lambda && (self.port.is_none() || self.vpc.is_none()) {
            let message = "a target group of addresses or instances has no VPC, or no port";
            report("missing-property", message, "make it with `TargetGroupSpec::new`");
        }
        if !lambda && self.function.is_some() {
            let message = "only a target group of the type Lambda has a function";
            report("exclusive-properties", message, "make it with `TargetGroupSpec::lambda`");
        }
    }

    fn attributes(&self) -> Vec<TargetGroupAttribute> {
        let attribute = |key: &str, value: String| TargetGroupAttribute::new().key(key).value(value);
        let mut out = Vec::new();
        if let Some(seconds) = self.deregistration_delay {
            out.push(attribute("deregistration_delay.timeout_seconds", seconds.to_string()));
        }
        if self.target_type != TargetType::Lambda {
            out.push(attribute("stickiness.enabled", false.to_string()));
        }
        out
    }
}

/// A target group that was added.
#[derive(Clone, Copy, Debug)]
pub struct TargetGroup {
    /// The group itself.
    pub target_group: Ref<elbv2::TargetGroup>,
    /// The port its targets take requests on; none for a Lambda function.
    pub port: Option<u16>,
    /// What its targets are.
    pub target_type: TargetType,
}

impl Construct for TargetGroupSpec {
    type Out = TargetGroup;

    fn build(self, stack: &mut Stack) -> TargetGroup {
        self.check(stack);
        let target_type = match self.target_type {
            TargetType::Ip => CfnTargetType::IP,
            TargetType::Instance => CfnTargetType::INSTANCE,
            TargetType::Lambda => CfnTargetType::LAMBDA,
        };
        let mut group = self.health_check.put_on(elbv2::TargetGroup::new().target_type(target_type));
        if let Some(name) = &self.target_group_name {
            group = group.name(name);
        }
        if let Some(port) = self.port {
            group = group.port(port).protocol(self.protocol.as_str());
        }
        let attributes = self.attributes();
        if !attributes.is_empty() {
            group = group.target_group_attributes(attributes);
        }
        if let Some(function) = self.function {
            group = group.targets([TargetDescription::new(function.cast::<Computed>())]);
        }
        if let Some(vpc) = self.vpc {
            group = group.vpc_id(vpc);
        }
        let target_group = stack.add("Resource", group);
        TargetGroup { target_group, port: self.port, target_type: self.target_type }
    }
}

impl TargetGroup {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<elbv2::TargetGroupArn> {
        self.target_group.get_ref()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<String> {
        self.target_group.target_group_name()
    }

    /// The part of its ARN that metrics are named by: `targetgroup/name/id`.
    #[must_use]
    pub fn full_name(&self) -> Value<String> {
        self.target_group.target_group_full_name()
    }
}

impl From<&TargetGroup> for Value<elbv2::TargetGroupArn> {
    fn from(group: &TargetGroup) -> Self {
        group.arn()
    }
}

impl From<TargetGroup> for Value<elbv2::TargetGroupArn> {
    fn from(group: TargetGroup) -> Self {
        group.arn()
    }
}

impl From<&TargetGroup> for StackRef {
    fn from(group: &TargetGroup) -> Self {
        group.target_group.into()
    }
}

impl From<TargetGroup> for NodeId {
    fn from(group: TargetGroup) -> Self {
        group.target_group.node()
    }
}

#[cfg(feature = "iam")]
crate::aws::iam::has_arn! { TargetGroup, "a target group"; }
