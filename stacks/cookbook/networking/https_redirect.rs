//! HTTPS for everybody, whatever they typed.
//!
//! **Problem.** A web service shall be reached over HTTPS alone, and those who follow an old link or type a bare name shall
//! not find a closed door.
//!
//! **Solution.** A load balancer with a certificate. On port 443 it hands requests to two tasks in private subnets, which
//! take them from nobody else; on port 80 it answers 301, with the same host, path and query over HTTPS.
//!
//! **Costs.** $80 a month: $33 the NAT gateway, $18 two tasks of a quarter of a vCPU, $16 the load balancer, $11 three public
//! addresses. A certificate in IAM is free.
//!
//! **Today.** The certificate is one you bring, in parameters that have no default: its private key is nobody's business but
//! yours. The runbook `certificate` makes one to try with. For a name of your own, a certificate of Certificate Manager is
//! better, which renews itself: give its ARN to `certificate` instead.

use formwork::aws::ec2::{Tier, VpcSpec};
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping};
use formwork::aws::ecs_patterns::ApplicationLoadBalancedFargateServiceSpec;
use formwork::cfn::iam;
use formwork::{Condition, Parameter, Ref, Stack, intrinsics};

/// A parameter that holds a file in PEM form; `of` is what stands in its first line.
fn pem(of: &str, description: &str) -> Parameter<String> {
    Parameter::string()
        .description(description)
        .allowed_pattern(format!(r"\s*-----BEGIN {of}-----[\s\S]+-----END {of}-----\s*"))
        .constraint_description("must be the text of a PEM file, from BEGIN to END, not its name: \"$(cat FILE)\"")
}

/// The certificate of the reader.
fn certificate(s: &mut Stack) -> Ref<iam::ServerCertificate> {
    let body = s.parameter("CertificateBody", pem("CERTIFICATE", "The certificate, in PEM form"));
    let key = pem("(?:RSA |EC )?PRIVATE KEY", "Its private key, in PEM form, without a password").no_echo();
    let key = s.parameter("PrivateKey", key);
    let chain = "The certificates between it and one that clients know, in PEM form; empty for a self-signed one";
    let chain = s.parameter("CertificateChain", Parameter::string().default("").description(chain));
    let chained = s.condition("HasChain", Condition::negate(Condition::equals(&chain, "")));
    let certificate = iam::ServerCertificate::new()
        .certificate_body(body)
        .private_key(key)
        .certificate_chain(intrinsics::if_else(&chained, &chain, intrinsics::no_value()));
    s.add("Certificate", certificate)
}

/// Two tasks behind a load balancer that speaks HTTPS.
pub fn https_redirect(s: &mut Stack) {
    s.description("A service on Fargate behind a load balancer that sends HTTP to HTTPS");
    let certificate = certificate(s);
    let vpc = s.add(
        "Vpc",
        VpcSpec {
            tiers: vec![Tier::public("Public").prefix_length(24), Tier::private("Private").prefix_length(24)],
            nat_gateways: 1,
            ..VpcSpec::new("10.10.0.0/22")
        },
    );
    let cluster = s.add("Cluster", ClusterSpec::default());
    let nginx = ContainerSpec {
        port_mappings: vec![PortMapping::tcp(80)],
        ..ContainerSpec::new("nginx", "public.ecr.aws/nginx/nginx:1.29")
    };
    let task = s.add("Task", FargateTaskDefinitionSpec::new([nginx]));
    let web = s.add(
        "Web",
        ApplicationLoadBalancedFargateServiceSpec {
            internet_facing: true,
            open: true,
            certificate: Some(certificate.arn().into()),
            redirect_http: true,
            ..ApplicationLoadBalancedFargateServiceSpec::new(FargateServiceSpec {
                desired_count: Some(2),
                ..FargateServiceSpec::new(&cluster, &task, &vpc)
            })
        },
    );
    s.output("VpcId", vpc.vpc).description("The network");
    s.output("VpcPublicSubnets", intrinsics::join(",", vpc.public_subnets().iter().map(|one| one.subnet)))
        .description("Where the load balancer is");
    s.output("EcsClusterName", cluster.name()).description("Where the tasks run");
    s.output("AppSgId", web.service.security_group.group_id()).description("The security group of the tasks");
    let blocks = vpc.private_subnets().into_iter().map(|one| one.subnet.cidr_block());
    s.output("ContainerIp", intrinsics::join(",", blocks))
        .description("Where the tasks' addresses are: ECS gives them, and CloudFormation does not know them");
    s.output("LoadBalancerDns", web.load_balancer.dns_name()).description("Where the service answers");
    s.runbook(
        "certificate",
        "Make a certificate to try with, and deploy with it",
        include_str!("runbooks/certificate.md"),
    );
    s.runbook("try", "See that HTTP leads to HTTPS", include_str!("runbooks/https-redirect.md"));
}
