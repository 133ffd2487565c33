//! Load balancers.

use super::{LOAD_BALANCER, Listener, ListenerSpec, in_range, named};
use crate::aws::ec2::{Peer, Port, SecurityGroup, SecurityGroupSpec, Subnet, Vpc};
use crate::cfn::elasticloadbalancingv2::load_balancer::{LoadBalancerAttribute, Scheme, Type};
use crate::cfn::{ec2, elasticloadbalancingv2 as elbv2};
use crate::core::{Computed, Construct, NodeId, Problem, Ref, Stack, StackRef, Value};
#[cfg(all(feature = "iam", feature = "kms", feature = "s3"))]
use crate::{
    aws::s3::Bucket,
    core::{Expr, IntoExpr, Resource as _},
};

/// An application load balancer: it takes HTTP and HTTPS requests and sends them to targets in several zones. It listens
/// to nothing until [`ApplicationLoadBalancer::add_listener`], and lets nobody in until
/// [`Listener::allow_from`](super::Listener::allow_from).
///
/// AWS CDK passes on header fields that HTTP does not allow, unless it is told not to; here they are dropped.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{Peer, VpcSpec};
/// use formwork::aws::elasticloadbalancingv2::{
///     Action, ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec,
/// };
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let web = s.add("Web", TargetGroupSpec::new(&vpc, 80));
/// let lb = s.add("Lb", ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) });
/// let https = ListenerSpec::https("arn:aws:acm:us-east-1:111111111111:certificate/1", Action::forward(&web));
/// lb.add_listener(s, "Https", https).allow_from(s, Peer::any_ipv4());
/// lb.add_listener(s, "Http", ListenerSpec { open: true, ..ListenerSpec::new(80, Action::redirect_to_https()) });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ApplicationLoadBalancerSpec {
    /// The VPC it is in.
    pub vpc: Vpc,
    /// Whether it has public addresses. A change replaces it. Default: false.
    pub internet_facing: bool,
    /// Its subnets, two at least, each of another zone. Default: the VPC's public ones where it is internet-facing, else
    /// the private ones, the isolated ones where there are none, the public ones where there are none of these.
    pub subnets: Vec<Value<ec2::SubnetId>>,
    /// Its security groups. Default: one of its own, which lets nobody in and reaches nothing until it is told to.
    pub security_groups: Vec<SecurityGroup>,
    /// Its name, up to 32 letters, digits and `-`, unique in the account and region. A change replaces it. Default:
    /// CloudFormation makes one.
    pub load_balancer_name: Option<Value<String>>,
    /// The name of the bucket that gets a record of each request, and the beginning of the records' keys, which may be
    /// empty. The bucket must let load balancers write, and be in their region, before this is created: for a bucket of
    /// the same stack, see [`ApplicationLoadBalancer::log_access_to`]. Default: none is kept.
    pub access_logs: Option<(Value<String>, String)>,
    /// Whether it cannot be deleted until this is taken back. Default: false.
    pub deletion_protection: bool,
    /// Whether header fields that HTTP does not allow are dropped. Default: true (AWS's own and AWS CDK's are false).
    pub drop_invalid_header_fields: bool,
    /// How long a connection may be idle, 1 to 4000 seconds. Default: 60, AWS's own.
    pub idle_timeout: Option<u32>,
}

impl ApplicationLoadBalancerSpec {
    /// A load balancer in this VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self {
            vpc: vpc.clone(),
            internet_facing: false,
            subnets: Vec::new(),
            security_groups: Vec::new(),
            load_balancer_name: None,
            access_logs: None,
            deletion_protection: false,
            drop_invalid_header_fields: true,
            idle_timeout: None,
        }
    }

    /// The subnets of the VPC that fit the scheme.
    fn default_subnets(&self) -> Vec<Subnet> {
        if self.internet_facing {
            return self.vpc.public_subnets();
        }
        self.vpc.inner_subnets()
    }

    fn check(&self, stack: &mut Stack, subnets: usize) {
        named(stack, LOAD_BALANCER, self.load_balancer_name.as_ref());
        if let Some(seconds) = self.idle_timeout {
            in_range(stack, "the idle timeout", seconds, 1, 4000, " s");
        }
        if subnets >= 2 {
            return;
        }
        let (message, help) = match subnets {
            0 if self.internet_facing => (
                "an internet-facing load balancer needs public subnets, and the VPC has none",
                "give the VPC a public tier, or name the subnets in `subnets`",
            ),
            _ => ("a load balancer needs subnets in two zones at least", "give the VPC a second zone"),
        };
        stack.report_at(None, Problem::error("item-count", message).help(help));
    }

    fn attributes(&self) -> Vec<LoadBalancerAttribute> {
        let mut out = vec![attribute("deletion_protection.enabled", self.deletion_protection.to_string())];
        if let Some(seconds) = self.idle_timeout {
            out.push(attribute("idle_timeout.timeout_seconds", seconds.to_string()));
        }
        if self.drop_invalid_header_fields {
            out.push(attribute("routing.http.drop_invalid_header_fields.enabled", "true"));
        }
        if let Some((bucket, prefix)) = &self.access_logs {
            out.extend(access_logs(bucket, prefix));
        }
        out
    }
}

fn attribute(key: &str, value: impl Into<Value<String>>) -> LoadBalancerAttribute {
    LoadBalancerAttribute::new().key(key).value(value.into().cast::<Computed>())
}

fn access_logs(bucket: &Value<String>, prefix: &str) -> Vec<LoadBalancerAttribute> {
    let mut out = vec![attribute("access_logs.s3.enabled", "true"), attribute("access_logs.s3.bucket", bucket)];
    if !prefix.is_empty() {
        out.push(attribute("access_logs.s3.prefix", prefix));
    }
    out
}

/// An application load balancer that was added.
#[derive(Clone, Copy, Debug)]
pub struct ApplicationLoadBalancer {
    /// The load balancer itself.
    pub load_balancer: Ref<elbv2::LoadBalancer>,
    /// Its security group; the first, where there are more.
    pub security_group: SecurityGroup,
    pub(in crate::aws) node: NodeId,
}

impl Construct for ApplicationLoadBalancerSpec {
    type Out = ApplicationLoadBalancer;

    fn build(self, stack: &mut Stack) -> ApplicationLoadBalancer {
        let node = stack.current();
        let own = if self.subnets.is_empty() { self.default_subnets() } else { Vec::new() };
        let subnets = if own.is_empty() { self.subnets.clone() } else { own.iter().map(Into::into).collect() };
        self.check(stack, subnets.len());
        let groups = if self.security_groups.is_empty() {
            vec![own_group(stack, self.vpc.vpc)]
        } else {
            self.security_groups.clone()
        };
        let scheme = if self.internet_facing { Scheme::INTERNET_FACING } else { Scheme::INTERNAL };
        let ids: Vec<Value<ec2::SecurityGroupId>> = groups.iter().map(Into::into).collect();
        let mut load_balancer = elbv2::LoadBalancer::new()
            .load_balancer_attributes(self.attributes())
            .scheme(scheme)
            .security_groups(ids)
            .subnets(subnets)
            .r#type(Type::APPLICATION);
        if let Some(name) = self.load_balancer_name {
            load_balancer = load_balancer.name(name);
        }
        let load_balancer = stack.add("Resource", load_balancer);
        if self.internet_facing {
            // What is created before its subnets reach the internet may fail, or be deleted after they no longer do.
            for subnet in &own {
                for way in subnet.way_out(stack) {
                    stack.resource(load_balancer).depends_on(way);
                }
            }
        }
        let node = node.unwrap_or(load_balancer.node());
        ApplicationLoadBalancer { load_balancer, security_group: groups[0], node }
    }
}

fn own_group(stack: &mut Stack, vpc: Ref<ec2::Vpc>) -> SecurityGroup {
    let id = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
    let group = SecurityGroupSpec::new(vpc, format!("Automatically created Security Group for ELB {id}"));
    stack.add("SecurityGroup", SecurityGroupSpec { allow_all_outbound: false, ..group })
}

impl ApplicationLoadBalancer {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<elbv2::LoadBalancerArn> {
        self.load_balancer.get_ref()
    }

    /// Its host name.
    #[must_use]
    pub fn dns_name(&self) -> Value<elbv2::LoadBalancerDnsName> {
        self.load_balancer.dns_name()
    }

    /// The zone of its host name, for alias records.
    #[must_use]
    pub fn canonical_hosted_zone_id(&self) -> Value<String> {
        self.load_balancer.canonical_hosted_zone_id()
    }

    /// The part of its ARN that metrics are named by: `app/name/id`.
    #[must_use]
    pub fn full_name(&self) -> Value<String> {
        self.load_balancer.load_balancer_full_name()
    }

    /// Listens on a port: the listener is a child called `id`.
    #[track_caller]
    pub fn add_listener(&self, stack: &mut Stack, id: &str, listener: ListenerSpec) -> Listener {
        stack.add_within(self.node, id, listener.of(*self))
    }

    /// Lets a peer reach one port, which a listener should have; [`Listener::allow_from`] knows its own.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        self.security_group.allow_from(stack, peer, port);
    }

    /// Lets it reach a peer, a target, on a port.
    #[track_caller]
    pub fn allow_to(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        self.security_group.allow_to(stack, peer, port);
    }

    /// Lets it reach a target, and lets the target be reached by it, on a port: both sides of one rule.
    #[track_caller]
    pub fn connect_to(&self, stack: &mut Stack, target: &SecurityGroup, port: Port) {
        target.allow_from(stack, self.security_group, port);
        self.security_group.allow_to(stack, target, port);
    }

    /// Keeps a record of each request in a bucket of the same stack, below a prefix, which may be empty. The bucket's
    /// policy lets load balancers of the account write, and is made first. For a bucket of another stack, let
    /// [`Bucket::accept_load_balancer_logs`] say so there, and name it in
    /// [`access_logs`](ApplicationLoadBalancerSpec::access_logs).
    #[cfg(all(feature = "iam", feature = "kms", feature = "s3"))]
    #[track_caller]
    pub fn log_access_to(&self, stack: &mut Stack, bucket: &Bucket, prefix: &str) {
        if !stack.owns(bucket.bucket) {
            let problem = Problem::error("not-this-stack", "the bucket for access logs is in another stack")
                .help("`accept_load_balancer_logs` where the bucket is, and name it in the field `access_logs`");
            return stack.report_at(Some(self.node), problem);
        }
        bucket.accept_load_balancer_logs(stack, prefix);
        let name = Value::<String>::from(bucket.bucket);
        stack.edit(self.load_balancer, |load_balancer| {
            let type_name = load_balancer.type_name();
            let mut props = load_balancer.into_props();
            if let Some(Expr::List(list)) = props.get_mut("LoadBalancerAttributes").map(|entry| &mut entry.value) {
                list.extend(access_logs(&name, prefix).into_iter().map(IntoExpr::into_expr));
            }
            elbv2::LoadBalancer::from_props(type_name, props)
        });
        if let Some(policy) = bucket.policy(stack) {
            stack.resource(self.load_balancer).depends_on(policy);
        }
    }
}

impl From<ApplicationLoadBalancer> for Peer {
    fn from(load_balancer: ApplicationLoadBalancer) -> Self {
        Self::Group(load_balancer.security_group)
    }
}

impl From<&ApplicationLoadBalancer> for Peer {
    fn from(load_balancer: &ApplicationLoadBalancer) -> Self {
        Self::Group(load_balancer.security_group)
    }
}

impl From<&ApplicationLoadBalancer> for StackRef {
    fn from(load_balancer: &ApplicationLoadBalancer) -> Self {
        load_balancer.load_balancer.into()
    }
}

impl From<ApplicationLoadBalancer> for NodeId {
    fn from(load_balancer: ApplicationLoadBalancer) -> Self {
        load_balancer.load_balancer.node()
    }
}

#[cfg(feature = "iam")]
crate::aws::iam::has_arn! { ApplicationLoadBalancer, "a load balancer"; }
