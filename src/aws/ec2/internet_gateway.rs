//! Internet gateways: the way between public addresses and the internet.

use super::Vpc;
use super::subnet::name_tag;
use super::within::id_within;
use crate::cfn::ec2;
use crate::core::{NodeId, Ref, Stack, StackRef};

/// An internet gateway that is attached to a VPC. What needs it waits until it is.
#[derive(Clone, Copy, Debug)]
pub struct InternetGateway {
    /// The gateway itself.
    pub gateway: Ref<ec2::InternetGateway>,
    /// What attaches it.
    pub attachment: Ref<ec2::VpcGatewayAttachment>,
}

impl InternetGateway {
    /// A gateway for a VPC, under AWS CDK's ids.
    #[track_caller]
    pub(super) fn add(stack: &mut Stack, construct: NodeId, vpc: Ref<ec2::Vpc>) -> Self {
        let [gateway, attachment] = ["IGW", "VPCGW"].map(|id| id_within(stack, construct, id));
        stack.within(construct, |stack| {
            let tags = [name_tag(stack)];
            let gateway = stack.add(gateway, ec2::InternetGateway::new().tags(tags));
            let attached = ec2::VpcGatewayAttachment::new(vpc).internet_gateway_id(gateway);
            Self { gateway, attachment: stack.add(attachment, attached) }
        })
    }
}

impl Vpc {
    /// Attaches an internet gateway, or gives the one it has: a VPC has one at most. Nothing leads to it yet, and so nothing
    /// changes, until [`Subnet::add_route`](super::Subnet::add_route) does.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::ec2::{Tier, VpcSpec};
    ///
    /// let mut vpc = s.add("Vpc", VpcSpec { tiers: vec![Tier::isolated("Data")], ..VpcSpec::new("10.0.0.0/16") });
    /// let gateway = vpc.add_internet_gateway(s);
    /// for subnet in vpc.tier("Data") {
    ///     subnet.add_route(s, "DefaultRoute", "0.0.0.0/0", gateway);
    /// }
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    pub fn add_internet_gateway(&mut self, stack: &mut Stack) -> InternetGateway {
        let gateway = self.internet_gateway.unwrap_or_else(|| InternetGateway::add(stack, self.node, self.vpc));
        self.internet_gateway = Some(gateway);
        gateway
    }
}

impl From<InternetGateway> for StackRef {
    fn from(gateway: InternetGateway) -> Self {
        gateway.gateway.into()
    }
}
