//! Endpoints: AWS services without the internet.

use super::{Peer, Port, SecurityGroup, SecurityGroupSpec, Vpc};
use crate::cfn::ec2;
use crate::core::{Construct, Ref, Stack, Value, intrinsics};

/// The services that have gateway endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayService {
    /// Amazon S3.
    S3,
    /// Amazon DynamoDB.
    DynamoDb,
}

impl GatewayService {
    const fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::DynamoDb => "dynamodb",
        }
    }
}

/// A service that has interface endpoints, by the last part of its endpoint's name: `ssm`, `ecr.api`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceService(std::borrow::Cow<'static, str>);

impl InterfaceService {
    /// Amazon CloudWatch Logs.
    pub const LOGS: Self = Self::named("logs");
    /// Amazon EC2's message delivery, for Session Manager.
    pub const EC2_MESSAGES: Self = Self::named("ec2messages");
    /// Amazon ECR's API.
    pub const ECR_API: Self = Self::named("ecr.api");
    /// Amazon ECR's registry, for images.
    pub const ECR_DOCKER: Self = Self::named("ecr.dkr");
    /// AWS KMS.
    pub const KMS: Self = Self::named("kms");
    /// Amazon RDS's Data API.
    pub const RDS_DATA: Self = Self::named("rds-data");
    /// AWS Secrets Manager.
    pub const SECRETS_MANAGER: Self = Self::named("secretsmanager");
    /// AWS Systems Manager.
    pub const SSM: Self = Self::named("ssm");
    /// AWS Systems Manager's message delivery, for Session Manager.
    pub const SSM_MESSAGES: Self = Self::named("ssmmessages");
    /// AWS STS.
    pub const STS: Self = Self::named("sts");

    const fn named(name: &'static str) -> Self {
        Self(std::borrow::Cow::Borrowed(name))
    }

    /// Another service, by the last part of its endpoint's name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into().into())
    }
}

/// An interface endpoint that was added.
#[derive(Clone, Copy, Debug)]
pub struct InterfaceEndpoint {
    /// The endpoint.
    pub endpoint: Ref<ec2::VpcEndpoint>,
    /// The group that says who reaches it: the VPC, on 443.
    pub security_group: SecurityGroup,
}

/// `com.amazonaws.us-east-1.s3`, of the region where it is known or is known at deployment.
fn service_name(stack: &Stack, service: &str) -> Value<String> {
    match stack.env().region_code() {
        Some(region) => format!("com.amazonaws.{region}.{service}").into(),
        None => intrinsics::sub(format!("com.amazonaws.${{AWS::Region}}.{service}"), []).into(),
    }
}

pub(super) struct Gateway<'a> {
    pub(super) vpc: &'a Vpc,
    pub(super) service: GatewayService,
}

impl Construct for Gateway<'_> {
    type Out = Ref<ec2::VpcEndpoint>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let tables: Vec<_> = self.vpc.subnets().iter().map(|subnet| subnet.route_table).collect();
        let endpoint = ec2::VpcEndpoint::new(self.vpc)
            .service_name(service_name(stack, self.service.name()))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::GATEWAY)
            .route_table_ids(tables);
        stack.add("Resource", endpoint)
    }
}

pub(super) struct Interface<'a> {
    pub(super) vpc: &'a Vpc,
    pub(super) service: InterfaceService,
}

impl Construct for Interface<'_> {
    type Out = InterfaceEndpoint;

    fn build(self, stack: &mut Stack) -> InterfaceEndpoint {
        let description = format!("reaches {}", self.service.0);
        let security_group = stack.add("SecurityGroup", SecurityGroupSpec::new(self.vpc, description));
        security_group.allow_from(stack, Peer::ipv4(&self.vpc.cidr_block), Port::tcp(443));
        let endpoint = ec2::VpcEndpoint::new(self.vpc)
            .service_name(service_name(stack, &self.service.0))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::INTERFACE)
            .private_dns_enabled(true)
            .subnet_ids(self.vpc.one_per_zone())
            .security_group_ids([security_group]);
        let endpoint = stack.add("Resource", endpoint);
        InterfaceEndpoint { endpoint, security_group }
    }
}
