//! The app: nginx in front of it, on Fargate.

use formwork::aws::ec2::Vpc;
use formwork::aws::ecs::{
    ClusterSpec, ContainerImage, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, LogDriver, PortMapping,
};
use formwork::aws::elasticloadbalancingv2::TargetGroup;
use formwork::aws::logs::LogGroupSpec;
use formwork::{DeletionPolicy, Parameter, Stack};

use super::iam::Roles;
use super::security_groups::SecurityGroups;

/// The web server of AWS's public registry.
const NGINX: &str = "public.ecr.aws/nginx/nginx:1.27";

/// Answers every request: it stands in for the app, whose own pipeline names the image to deploy in a parameter.
const STAND_IN: &str = "docker.io/mendhak/http-https-echo:37";

/// nginx before the app: both share the task's address.
const PROXY: &str = "printf 'server { listen 80; location / { proxy_pass http://127.0.0.1:5000; } }' \
    > /etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'";

/// One task: nginx takes requests on 80, and hands them to the app on 5000.
pub fn ecs(s: &mut Stack, vpc: &Vpc, groups: &SecurityGroups, roles: &Roles, targets: &TargetGroup) {
    s.description("Service of the financial data API");
    let name = Some("/aws/ecs/aws-fargate".into());
    let deletion_policy = DeletionPolicy::Delete;
    let logs = s.add("Logs", LogGroupSpec { log_group_name: name, deletion_policy, ..LogGroupSpec::default() });
    let image = Parameter::string().default(STAND_IN).description("The app's image; it takes requests on PORT");
    let image = s.parameter("AppImage", image);
    let cluster = s.add("Cluster", ClusterSpec { fargate_capacity_providers: true, ..ClusterSpec::default() });
    let container = |name: &str, image, port| ContainerSpec {
        port_mappings: vec![PortMapping::tcp(port)],
        logging: Some(LogDriver::aws_logs(logs, name)),
        ..ContainerSpec::new(name, image)
    };
    let nginx = ContainerSpec {
        command: ["sh", "-c", PROXY].map(Into::into).to_vec(),
        ..container("nginx", ContainerImage::registry(NGINX), 80)
    };
    let app = ContainerSpec {
        environment: ["PORT", "HTTP_PORT"].map(|name| (name.into(), "5000".into())).to_vec(),
        ..container("app", ContainerImage::registry(image.value()), 5000)
    };
    let task = s.add(
        "Task",
        FargateTaskDefinitionSpec {
            task_role: Some(roles.app),
            execution_role: Some(roles.execution),
            ..FargateTaskDefinitionSpec::new([nginx, app])
        },
    );
    let service = s.add(
        "Service",
        FargateServiceSpec {
            desired_count: Some(1),
            security_groups: vec![groups.web],
            ..FargateServiceSpec::new(&cluster, &task, vpc)
        },
    );
    service.attach(s, targets);
    s.output("ClusterName", cluster.name()).description("Where the service runs");
    s.output("ServiceName", service.name()).description("The service");
}
