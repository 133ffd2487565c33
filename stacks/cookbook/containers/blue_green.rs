//! A new version beside the old one, and a way back.
//!
//! **Problem.** You replace a running service by a new version, and want to see it work before everybody does, and to be
//! back at the old one in seconds if it does not.
//!
//! **Solution.** A service of ECS whose tasks CodeDeploy replaces. The load balancer has two target groups: the tasks of
//! today are in one, those of tomorrow in the other. A listener on port 80 is everybody's; one on 8080 shows what comes.
//! A deployment starts green tasks, turns the listener to them, and keeps the blue ones for five minutes. Making one is a
//! runbook: CloudFormation says how it all began, and CodeDeploy what runs now.
//!
//! **Costs.** $80 a month: $33 the NAT gateway, $18 two tasks of a quarter of a vCPU (four during a deployment), $16 the load
//! balancer, $11 three public addresses. CodeDeploy itself is free for ECS.
//!
//! **Today.** The images are public ones rather than built on your machine; yours go into two parameters. Since 2025, ECS
//! deploys so by itself, too: its deployment strategy `BLUE_GREEN` needs no CodeDeploy, and is what a new service may want.

use formwork::aws::codedeploy::{EcsApplicationSpec, EcsBlueGreenDeploymentConfig, EcsDeploymentGroupSpec};
use formwork::aws::ec2::{Port, Vpc, VpcSpec};
use formwork::aws::ecs::{
    ClusterSpec, ContainerImage, ContainerSpec, DeploymentController, FargateService, FargateServiceSpec,
    FargateTaskDefinition, FargateTaskDefinitionSpec, PortMapping,
};
use formwork::aws::elasticloadbalancingv2::{
    ApplicationLoadBalancer, ApplicationLoadBalancerSpec, HealthCheck, Listener, ListenerSpec, TargetGroup,
    TargetGroupSpec,
};
use formwork::aws::s3::BucketSpec;
use formwork::cfn::ec2;
use formwork::{Computed, DeletionPolicy, Param, Parameter, Stack, intrinsics};

/// The addresses of the network.
const NETWORK: &str = "10.10.0.0/22";

/// A parameter for one of the two images.
fn image(s: &mut Stack, name: &str, default: &str) -> Param<String> {
    let description = "A public image that answers HTTP requests on port 80";
    s.parameter(name, Parameter::string().default(default).description(description))
}

/// A task of an image.
fn task(image: &Param<String>) -> FargateTaskDefinitionSpec {
    FargateTaskDefinitionSpec::new([ContainerSpec {
        port_mappings: vec![PortMapping::tcp(80)],
        ..ContainerSpec::new("web", ContainerImage::registry(image))
    }])
}

/// Where the tasks of one colour are: a colour is healthy, and another can be turned to, within half a minute.
fn targets(vpc: &Vpc) -> TargetGroupSpec {
    TargetGroupSpec {
        health_check: HealthCheck { interval: Some(10), healthy_threshold_count: Some(2), ..HealthCheck::path("/") },
        deregistration_delay: Some(60),
        ..TargetGroupSpec::new(vpc, 80)
    }
}

/// Lets those who try the next version reach it: nobody outside the network, until an update says who.
fn let_testers_in(s: &mut Stack, balancer: &ApplicationLoadBalancer) {
    let description = "Who may see the next version on port 8080, as a block of IPv4 addresses";
    let testers = Parameter::string()
        .default(NETWORK)
        .allowed_pattern(r"[0-9.]+/[0-9]+")
        .constraint_description("must be a block of addresses like 192.0.2.1/32")
        .description(description);
    let testers = s.parameter("TestersCidr", testers);
    let rule = ec2::SecurityGroupIngress::new("tcp")
        .group_id(balancer.security_group)
        .description("those who try the next version")
        .cidr_ip(testers.value().cast::<Computed>())
        .from_port(8080)
        .to_port(8080);
    s.add("Testers", rule);
}

/// What requests come to, and where it sends them.
struct Front {
    balancer: ApplicationLoadBalancer,
    production: Listener,
    test: Listener,
    blue: TargetGroup,
    green: TargetGroup,
}

/// A load balancer with two listeners, which two target groups are behind.
fn front(s: &mut Stack, vpc: &Vpc) -> Front {
    let [blue, green] = ["BlueTargets", "GreenTargets"].map(|id| s.add(id, targets(vpc)));
    let spec = ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(vpc) };
    let balancer = s.add("LoadBalancer", spec);
    let production = ListenerSpec { open: true, ..ListenerSpec::new(80, &blue) };
    let production = balancer.add_listener(s, "Production", production);
    let test = balancer.add_listener(s, "Test", ListenerSpec::new(8080, &green));
    let_testers_in(s, &balancer);
    s.output("LoadBalancerDns", balancer.dns_name())
        .description("Where the service answers: 80 for everybody, 8080 for those who try what comes");
    s.output("ProdListenerArn", production.arn()).description("The listener on 80");
    s.output("TestListenerArn", test.arn()).description("The listener on 8080");
    s.output("BlueTargetGroupName", blue.name()).description("Where the tasks are that the service began with");
    s.output("DefaultTargetGroupArn", blue.arn())
        .description("Where the listener on 80 sends requests at first: the blue group");
    Front { balancer, production, test, blue, green }
}

/// What replaces the tasks of the service by those of another definition.
fn deployments(s: &mut Stack, service: &FargateService, front: &Front, green: &FargateTaskDefinition) {
    let application = s.add("Application", EcsApplicationSpec::default());
    let blue_green = EcsBlueGreenDeploymentConfig {
        test_listener: Some(front.test),
        termination_wait_time: 5,
        ..EcsBlueGreenDeploymentConfig::new(&front.blue, &front.green, &front.production)
    };
    let spec =
        EcsDeploymentGroupSpec { application: Some(application), ..EcsDeploymentGroupSpec::new(service, blue_green) };
    let deployments = s.add("Deployments", spec);
    deployments.allow_task_definition(s, green);
    // A recipe leaves nothing behind: what tells a deployment what to do goes with it (`destroy --empty-buckets`).
    let deletion_policy = DeletionPolicy::Delete;
    let revisions = s.add("Revisions", BucketSpec { deletion_policy, ..BucketSpec::default() });
    revisions.grant_read(s, &deployments);
    s.output("BucketName", revisions.name()).description("Where deployments read what to do");
    s.output("ApplicationName", application.name()).description("CodeDeploy's application, for deployments");
    s.output("DeploymentGroupName", deployments.name()).description("CodeDeploy's deployment group, for deployments");
}

/// A service with a blue and a green version of it, and what turns from one to the other.
pub fn blue_green(s: &mut Stack) {
    s.description("A service of ECS whose versions CodeDeploy replaces, blue by green");
    let blue_image = image(s, "BlueImage", "public.ecr.aws/docker/library/httpd:2.4");
    let green_image = image(s, "GreenImage", "public.ecr.aws/nginx/nginx:1.29");
    let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new(NETWORK) });
    let cluster = s.add("Cluster", ClusterSpec::default());
    let blue = s.add("Blue", task(&blue_image));
    let green = s.add("Green", FargateTaskDefinitionSpec { task_role: Some(blue.task_role), ..task(&green_image) });
    let front = front(s, &vpc);
    let service = s.add(
        "Service",
        FargateServiceSpec {
            desired_count: Some(2),
            deployment_controller: DeploymentController::CodeDeploy,
            ..FargateServiceSpec::new(&cluster, &blue, &vpc)
        },
    );
    service.attach(s, &front.blue);
    front.balancer.connect_to(s, &service.security_group, Port::tcp(80));
    deployments(s, &service, &front, &green);

    s.output("BlueImage", blue_image).description("What the blue version is made from");
    s.output("GreenImage", green_image).description("What the green version is made from");
    s.output("FargateTaskBlueArn", blue.arn()).description("The blue version");
    s.output("FargateTaskGreenArn", green.arn()).description("The green version");
    s.output("EcsClusterName", cluster.name()).description("Where the service runs");
    s.output("VpcId", vpc.vpc).description("The network");
    s.output("VpcPublicSubnets", intrinsics::join(",", vpc.public_subnets().iter().map(|one| one.subnet)))
        .description("Where the load balancer is");
    s.output("VpcDefaultSecurityGroup", vpc.vpc.default_security_group())
        .description("The network's own security group, which nothing is in");
    let steps = include_str!("runbooks/deploy-green.md");
    s.runbook("deploy-green", "Deploy the green version, and the blue one again", steps);
    s.runbook("look-first", "See the next version before everybody does", include_str!("runbooks/look-first.md"));
}
