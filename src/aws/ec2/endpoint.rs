//! Endpoints: AWS services without the internet.

#[cfg(feature = "iam")]
use std::panic::Location;

use super::{Peer, Port, SecurityGroup, SecurityGroupSpec, Vpc};
#[cfg(feature = "iam")]
use crate::aws::iam::document;
use crate::cfn::ec2;
#[cfg(feature = "iam")]
use crate::core::Problem;
use crate::core::{Construct, Ref, Stack, StackRef, Value, intrinsics};

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

/// A gateway endpoint that was added.
#[derive(Clone, Copy, Debug)]
pub struct GatewayEndpoint {
    /// The endpoint.
    pub endpoint: Ref<ec2::VpcEndpoint>,
}

/// An interface endpoint that was added.
#[derive(Clone, Copy, Debug)]
pub struct InterfaceEndpoint {
    /// The endpoint.
    pub endpoint: Ref<ec2::VpcEndpoint>,
    /// The group that says who reaches it: the VPC, on 443.
    pub security_group: SecurityGroup,
}

impl InterfaceEndpoint {
    /// Lets a peer beyond the VPC reach it, on 443: another network that is connected, say.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::ec2::{InterfaceService, Peer, VpcSpec};
    ///
    /// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
    /// let secrets = vpc.add_interface_endpoint(s, "Secrets", InterfaceService::SECRETS_MANAGER);
    /// secrets.allow_from(s, Peer::ipv4("10.1.0.0/16"));
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>) {
        self.security_group.allow_from(stack, peer, Port::tcp(443));
    }
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
    type Out = GatewayEndpoint;

    fn build(self, stack: &mut Stack) -> GatewayEndpoint {
        let tables: Vec<_> = self.vpc.subnets().iter().map(|subnet| subnet.route_table).collect();
        let endpoint = ec2::VpcEndpoint::new(self.vpc)
            .service_name(service_name(stack, self.service.name()))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::GATEWAY)
            .route_table_ids(tables);
        GatewayEndpoint { endpoint: stack.add("Resource", endpoint) }
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

/// The methods that both kinds of endpoints have.
macro_rules! endpoints {
    ($($handle:ty)*) => {$(
        impl $handle {
            /// Its id.
            #[must_use]
            pub fn id(&self) -> Value<ec2::VpcEndpointId> {
                self.endpoint.get_ref()
            }

            /// Lets through it what a statement allows, and no more than the statements added so. An endpoint that none was
            /// added to lets everything through that who uses it may do.
            ///
            /// The statement names whom it is about; a principal that is `*` is everybody who can reach the endpoint.
            ///
            /// ```
            /// # let mut app = formwork::App::new();
            /// # app.stack("demo", formwork::Env::any(), |s| {
            /// use formwork::aws::ec2::{GatewayService, VpcSpec};
            /// use formwork::aws::iam::{Principal, Statement};
            ///
            /// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
            /// let endpoint = vpc.add_gateway_endpoint(s, "S3", GatewayService::S3);
            /// let read = Statement::allow(["s3:GetObject"], ["arn:aws:s3:::reports/*"]);
            /// endpoint.add_to_policy(s, read.principal(Principal::any()));
            /// # });
            /// # app.synth().unwrap();
            /// ```
            #[cfg(feature = "iam")]
            #[track_caller]
            pub fn add_to_policy(&self, stack: &mut Stack, statement: crate::aws::iam::Statement) {
                add_to_policy(stack, self.endpoint, statement);
            }
        }

        impl From<&$handle> for Value<ec2::VpcEndpointId> {
            fn from(endpoint: &$handle) -> Self {
                endpoint.id()
            }
        }

        impl From<&$handle> for StackRef {
            fn from(endpoint: &$handle) -> Self {
                endpoint.endpoint.into()
            }
        }
    )*};
}
endpoints!(GatewayEndpoint InterfaceEndpoint);

/// Rule: the AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies".
#[cfg(feature = "iam")]
#[track_caller]
fn add_to_policy(stack: &mut Stack, endpoint: Ref<ec2::VpcEndpoint>, statement: crate::aws::iam::Statement) {
    if statement.principals.is_empty() {
        let problem = Problem::error("missing-property", "a statement of an endpoint's policy names nobody")
            .help("`.principal(Principal::any())` is everybody who can reach the endpoint")
            .at(Location::caller(), "added here");
        stack.report_at(Some(endpoint.node()), problem);
    }
    document::add_statement(stack, endpoint, "PolicyDocument", statement, Some(endpoint.node()));
}
