//! A service behind a load balancer.

use crate::aws::ec2::Port;
use crate::aws::ecs::{FargateService, FargateServiceSpec};
use crate::aws::elasticloadbalancingv2::{
    Action, ApplicationLoadBalancer, ApplicationLoadBalancerSpec, HealthCheck, Listener, ListenerSpec, Protocol,
    Redirect, TargetGroup, TargetGroupSpec,
};
use crate::core::{Construct, Problem, Stack, StackRef, Value, intrinsics};

/// A service on Fargate behind an application load balancer of its own: the balancer takes requests and sends them to the
/// first container that has a port, and the tasks take them from nobody else.
///
/// AWS CDK's balancer is on the internet and open to the world, unless it is told otherwise; here it is in the VPC and open
/// to nobody.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::VpcSpec;
/// use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping};
/// use formwork::aws::ecs_patterns::ApplicationLoadBalancedFargateServiceSpec;
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
/// let cluster = s.add("Cluster", ClusterSpec::default());
/// let task = s.add("Task", FargateTaskDefinitionSpec::new([ContainerSpec {
///     port_mappings: vec![PortMapping::tcp(80)],
///     ..ContainerSpec::new("web", "public.ecr.aws/nginx/nginx:1.27")
/// }]));
/// let web = s.add("Web", ApplicationLoadBalancedFargateServiceSpec {
///     internet_facing: true,
///     open: true,
///     ..ApplicationLoadBalancedFargateServiceSpec::new(FargateServiceSpec {
///         desired_count: Some(2),
///         ..FargateServiceSpec::new(&cluster, &task, &vpc)
///     })
/// });
/// s.output("Url", web.url());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ApplicationLoadBalancedFargateServiceSpec {
    /// The service.
    pub service: FargateServiceSpec,
    /// Whether the balancer has public addresses, in the VPC's public subnets. A change replaces it. Default: false (AWS
    /// CDK's is true).
    pub internet_facing: bool,
    /// Whether everybody with an IPv4 address may reach it. Default: false (AWS CDK's is true); otherwise
    /// [`Listener::allow_from`] says who.
    pub open: bool,
    /// The ARN of a certificate, of Certificate Manager or IAM: with it, the balancer speaks HTTPS. Default: none, it
    /// speaks HTTP.
    pub certificate: Option<Value<String>>,
    /// Whether it answers requests over HTTP on port 80 as well, by sending them to where it speaks HTTPS, for good (301).
    /// Needs a certificate. Default: false.
    pub redirect_http: bool,
    /// The port it takes requests on. Default: 443 with a certificate, otherwise 80.
    pub listener_port: Option<u16>,
    /// How it is found out whether a task works. Default: AWS's own, see its fields.
    pub health_check: HealthCheck,
    /// How long a task that ends may finish what it began, 0 to 3600 seconds. Default: 300, AWS's own.
    pub deregistration_delay: Option<u32>,
    /// The balancer's name, up to 32 letters, digits and `-`, unique in the account and region. A change replaces it.
    /// Default: CloudFormation makes one.
    pub load_balancer_name: Option<Value<String>>,
}

impl ApplicationLoadBalancedFargateServiceSpec {
    /// A balancer before this service, with the defaults of every field.
    #[must_use]
    pub fn new(service: FargateServiceSpec) -> Self {
        Self {
            service,
            internet_facing: false,
            open: false,
            certificate: None,
            redirect_http: false,
            listener_port: None,
            health_check: HealthCheck::default(),
            deregistration_delay: None,
            load_balancer_name: None,
        }
    }

    /// The first container with a port, and the port.
    fn target(&self, stack: &mut Stack) -> Option<(String, u16)> {
        let ports = self.service.task_definition.ports.iter();
        let target = ports.clone().find_map(|(name, ports)| Some((name.clone(), *ports.first()?)));
        if target.is_none() {
            let problem = Problem::error("target-group", "no container of the task takes requests")
                .help("give one a port in `port_mappings`");
            stack.report_at(None, problem);
        }
        target
    }

    fn check(&self, stack: &mut Stack, port: u16) {
        let mut report = |check, message: &str, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if self.redirect_http && self.certificate.is_none() {
            let message = "requests over HTTP cannot be sent to HTTPS: the balancer has no certificate";
            report("dependent-properties", message, "name one in `certificate`");
        } else if self.redirect_http && port == 80 {
            let message = "requests on port 80 cannot be sent elsewhere: it speaks HTTPS there";
            report("exclusive-properties", message, "leave out `redirect_http`, or `listener_port`");
        }
    }

    /// AWS CDK's id for the target group. It changes with what replaces the balancer: a group belongs to one at a time.
    fn group_id(&self) -> String {
        let name = self.load_balancer_name.as_ref().and_then(Value::as_text).unwrap_or_default();
        format!("ECS{name}{}Group", if self.internet_facing { "" } else { "Private" })
    }

    /// The listener for HTTP that sends everybody to HTTPS.
    fn redirect(&self, port: u16) -> ListenerSpec {
        let to = Redirect { protocol: Some("HTTPS".into()), port: Some(port), permanent: true, ..Redirect::default() };
        ListenerSpec { open: self.open, ..ListenerSpec::new(80, Action::redirect(to)) }
    }
}

/// The listener that sends requests to the tasks, with their target group inside it, where AWS CDK has it.
struct Front {
    load_balancer: ApplicationLoadBalancer,
    targets: TargetGroupSpec,
    id: String,
    port: u16,
    certificate: Option<Value<String>>,
    open: bool,
}

impl Construct for Front {
    type Out = (Listener, TargetGroup);

    fn build(self, stack: &mut Stack) -> Self::Out {
        let targets = stack.add(self.id, self.targets);
        let protocol = if self.certificate.is_some() { Protocol::Https } else { Protocol::Http };
        let listener = ListenerSpec {
            protocol,
            certificates: self.certificate.into_iter().collect(),
            open: self.open,
            ..ListenerSpec::new(self.port, &targets)
        };
        (listener.of(self.load_balancer).build(stack), targets)
    }
}

/// A service behind a load balancer that was added.
#[derive(Clone, Debug)]
pub struct ApplicationLoadBalancedFargateService {
    /// The balancer.
    pub load_balancer: ApplicationLoadBalancer,
    /// What sends requests to the tasks.
    pub listener: Listener,
    /// What sends requests over HTTP to HTTPS, where something does.
    pub redirect_listener: Option<Listener>,
    /// Where the tasks are registered.
    pub target_group: TargetGroup,
    /// The service.
    pub service: FargateService,
    https: bool,
}

impl Construct for ApplicationLoadBalancedFargateServiceSpec {
    type Out = ApplicationLoadBalancedFargateService;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let https = self.certificate.is_some();
        let port = self.listener_port.unwrap_or(if https { 443 } else { 80 });
        self.check(stack, port);
        let target = self.target(stack);
        let vpc = self.service.vpc.clone();
        let balancer = ApplicationLoadBalancerSpec {
            internet_facing: self.internet_facing,
            load_balancer_name: self.load_balancer_name.clone(),
            ..ApplicationLoadBalancerSpec::new(&vpc)
        };
        let load_balancer = stack.add("LB", balancer);
        let front = Front {
            load_balancer,
            // The port is the group's default alone: each task is registered with its own.
            targets: TargetGroupSpec {
                health_check: self.health_check.clone(),
                deregistration_delay: self.deregistration_delay,
                ..TargetGroupSpec::new(&vpc, 80)
            },
            id: self.group_id(),
            port,
            certificate: self.certificate.clone(),
            open: self.open,
        };
        let (listener, target_group) = stack.add_within(load_balancer.node, "PublicListener", front);
        let redirect_listener = (self.redirect_http && https && port != 80)
            .then(|| load_balancer.add_listener(stack, "PublicRedirectListener", self.redirect(port)));
        let service = stack.add("Service", self.service);
        if let Some((container, port)) = target {
            service.attach_container(stack, &target_group, &container, port);
            load_balancer.connect_to(stack, &service.security_group, Port::tcp(port));
        }
        ApplicationLoadBalancedFargateService {
            load_balancer,
            listener,
            redirect_listener,
            target_group,
            service,
            https,
        }
    }
}

impl ApplicationLoadBalancedFargateService {
    /// Where it is, with the host name of its balancer: `https://…`, and the port where it is not the protocol's own.
    #[must_use]
    pub fn url(&self) -> Value<String> {
        let (protocol, own) = if self.https { ("https", 443) } else { ("http", 80) };
        let port = if self.listener.port == own { String::new() } else { format!(":{}", self.listener.port) };
        let host = ("Host", self.load_balancer.dns_name().into());
        intrinsics::sub(format!("{protocol}://${{Host}}{port}"), [host]).into()
    }
}

impl From<&ApplicationLoadBalancedFargateService> for StackRef {
    fn from(service: &ApplicationLoadBalancedFargateService) -> Self {
        (&service.service).into()
    }
}
