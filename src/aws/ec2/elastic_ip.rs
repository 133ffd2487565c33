//! Elastic IP addresses: public addresses that stay.

use super::subnet::name_tag;
use super::{Instance, InternetGateway, Vpc};
use crate::cfn::ec2;
use crate::core::{Construct, Problem, Ref, Stack, Value};

/// A public address that an instance keeps for as long as the address is there. Through it the instance reaches the internet
/// where its subnet has a route to the internet gateway; who reaches the instance, its security groups say.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{ElasticIpSpec, InstanceSpec, Tier, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec { tiers: vec![Tier::public("Public")], ..VpcSpec::new("10.0.0.0/16") });
/// let web = s.add("Web", InstanceSpec::new(&vpc));
/// let address = s.add("Address", ElasticIpSpec::new(&vpc, &web));
/// s.output("Address", address.public_ip());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ElasticIpSpec {
    /// The instance that has it.
    pub instance: Instance,
    /// The internet gateway of the instance's VPC: an address is given once it is attached, and taken before it goes.
    pub internet_gateway: Option<InternetGateway>,
}

impl ElasticIpSpec {
    /// The address of an instance in a VPC.
    #[must_use]
    pub const fn new(vpc: &Vpc, instance: &Instance) -> Self {
        Self { instance: *instance, internet_gateway: vpc.internet_gateway }
    }
}

/// An address that was added.
#[derive(Clone, Copy, Debug)]
pub struct ElasticIp {
    /// The address itself.
    pub address: Ref<ec2::Eip>,
    /// What gives it to its instance.
    pub association: Ref<ec2::EipAssociation>,
}

impl Construct for ElasticIpSpec {
    type Out = ElasticIp;

    fn build(self, stack: &mut Stack) -> ElasticIp {
        let tags = [name_tag(stack)];
        let address = stack.add("Resource", ec2::Eip::new().domain("vpc").tags(tags));
        let association = ec2::EipAssociation::new().allocation_id(address.allocation_id());
        let association = stack.add("Association", association.instance_id(self.instance.instance));
        if let Some(gateway) = self.internet_gateway {
            // Rule: the AWS CloudFormation reference, `AWS::EC2::EIP`.
            stack.resource(address).depends_on(gateway.attachment);
            stack.resource(association).depends_on(gateway.attachment);
        } else {
            let message = "the address is of no use: the instance's VPC has no internet gateway";
            let help = "give the VPC a public tier, or `Vpc::add_internet_gateway` first";
            stack.report_at(None, Problem::error("missing-property", message).help(help));
        }
        ElasticIp { address, association }
    }
}

impl ElasticIp {
    /// The address.
    #[must_use]
    pub fn public_ip(&self) -> Value<String> {
        self.address.public_ip().into()
    }

    /// Its id.
    #[must_use]
    pub fn allocation_id(&self) -> Value<ec2::EipAllocationId> {
        self.address.allocation_id()
    }
}
