//! Services behind load balancers.

use super::FargateService;
use crate::aws::elasticloadbalancingv2::{TargetGroup, TargetType};
use crate::cfn::ecs;
use crate::cfn::ecs::service::LoadBalancer;
use crate::core::{At, Expr, NodeId, Problem, PropertyType as _, Resource as _, Stack};

impl FargateService {
    /// Registers its tasks with a target group: the container that takes requests on the group's port. The group must
    /// have a listener already, and the load balancer be allowed to reach the tasks:
    /// [`ApplicationLoadBalancer::connect_to`](crate::aws::elasticloadbalancingv2::ApplicationLoadBalancer::connect_to).
    #[track_caller]
    pub fn attach(&self, stack: &mut Stack, targets: &TargetGroup) {
        let at = std::panic::Location::caller();
        let Some(port) = targets.port.filter(|_| targets.target_type == TargetType::Ip) else {
            let problem = Problem::error("target-group", "tasks on Fargate are registered by their addresses")
                .help("give the service a target group of addresses, which is its default")
                .at(at, "attached here");
            return stack.report_at(Some(self.node), problem);
        };
        if let Some((container, _)) = self.ports.iter().find(|(_, ports)| ports.contains(&port)) {
            return self.register(stack, targets, container, port, at);
        }
        let problem = Problem::error("target-group", format!("no container takes requests on port {port}"))
            .help(format!("{}; or name one with `attach_container`", self.known_ports()))
            .at(at, "attached here");
        stack.report_at(Some(self.node), problem);
    }

    /// Registers one container of its tasks with a target group, on a port of its own rather than the group's.
    #[track_caller]
    pub fn attach_container(&self, stack: &mut Stack, targets: &TargetGroup, container: &str, port: u16) {
        let at = std::panic::Location::caller();
        let known = self.ports.iter().any(|(name, ports)| name == container && ports.contains(&port));
        if !known {
            let message = format!("no container called `{container}` takes requests on port {port}");
            let problem = Problem::error("target-group", message).help(self.known_ports()).at(at, "attached here");
            return stack.report_at(Some(self.node), problem);
        }
        self.register(stack, targets, container, port, at);
    }

    fn known_ports(&self) -> String {
        let of = |(name, ports): &(String, Vec<u16>)| {
            let ports: Vec<String> = ports.iter().map(ToString::to_string).collect();
            (!ports.is_empty()).then(|| format!("`{name}` on {}", ports.join(", ")))
        };
        let known: Vec<String> = self.ports.iter().filter_map(of).collect();
        if known.is_empty() {
            return "give a container a port in `port_mappings`".into();
        }
        format!("these do: {}", known.join("; "))
    }

    fn register(&self, stack: &mut Stack, targets: &TargetGroup, container: &str, port: u16, at: At) {
        let target = LoadBalancer::new().container_name(container).container_port(port).target_group_arn(targets);
        stack.edit(self.service, |service| with_load_balancer(service, target, at));
        if !stack.owns(*targets) {
            return;
        }
        // ECS refuses a target group that no load balancer has.
        let listeners = listeners_of(stack, targets);
        if listeners.is_empty() {
            let problem = Problem::error("target-group", "no listener sends requests to the target group yet")
                .help("add the listener before the service is attached: ECS refuses a target group without one")
                .at(at, "attached here");
            stack.report_at(Some(self.node), problem);
        }
        for listener in listeners {
            stack.resource(self.service).depends_on(listener);
        }
    }
}

/// The service with one more target group; the first one gives new tasks time.
fn with_load_balancer(service: ecs::Service, target: LoadBalancer, at: At) -> ecs::Service {
    let type_name = service.type_name();
    let mut props = service.into_props();
    props.edit_list("LoadBalancers", at, |list| list.push(Expr::Map(target.into_props())));
    if props.get_mut("HealthCheckGracePeriodSeconds").is_none() {
        props.set_at("HealthCheckGracePeriodSeconds", Expr::Integer(60), at);
    }
    ecs::Service::from_props(type_name, props)
}

/// The listeners and rules of this stack that send requests to a target group.
fn listeners_of(stack: &Stack, targets: &TargetGroup) -> Vec<NodeId> {
    let group = targets.target_group.node();
    let refers = |expr: &Expr| {
        let mut found = false;
        expr.walk(&mut |part| found |= matches!(part, Expr::Ref(node) if *node == group));
        found
    };
    let listens = |type_name: &str| {
        ["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"].contains(&type_name)
    };
    let all = stack.resources_so_far().filter(|(node, resource)| stack.owns(*node) && listens(&resource.type_name));
    all.filter(|(_, resource)| resource.props.iter().any(|entry| refers(&entry.value))).map(|(node, _)| node).collect()
}
