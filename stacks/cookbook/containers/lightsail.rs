//! A container on the internet in one resource.
//!
//! **Problem.** You have one container, and want it on the internet with HTTPS, for a price that is known beforehand and
//! without a network, a load balancer or a cluster to look after.
//!
//! **Solution.** A container service of Lightsail: one node of the smallest size, nginx on port 80, and an endpoint with a
//! name and a certificate of AWS's before it.
//!
//! **Costs.** $7 a month for the node, used or not; 500 GB of traffic are in that.

use formwork::Stack;
use formwork::cfn::lightsail::{
    self,
    container::{Container, ContainerServiceDeployment, HealthCheckConfig, PortInfo, Power, PublicEndpoint},
};

/// One nano node with nginx.
pub fn lightsail(s: &mut Stack) {
    s.description("nginx as a container service of Lightsail");
    let nginx = Container::new()
        .container_name("nginx")
        .image("public.ecr.aws/nginx/nginx:1.29")
        .ports([PortInfo::new().port("80").protocol("HTTP")]);
    let endpoint = PublicEndpoint::new()
        .container_name("nginx")
        .container_port(80)
        .health_check_config(HealthCheckConfig::new().path("/").success_codes("200-299"));
    let deployment = ContainerServiceDeployment::new().containers([nginx]).public_endpoint(endpoint);
    let service = s.add(
        "Service",
        lightsail::Container::new(Power::NANO, 1, "cookbook-nginx").container_service_deployment(deployment),
    );
    s.output("ServiceName", service).description("The container service");
    s.output("Url", service.url()).description("Where nginx answers, over HTTPS");
    s.runbook("try", "Ask nginx, and deploy another image", include_str!("runbooks/lightsail.md"));
}
