//! VPC links: the way from API Gateway into a VPC.

use crate::aws::ec2::{Peer, Port, SecurityGroup, SecurityGroupSpec, Vpc};
#[cfg(feature = "elasticloadbalancingv2")]
use crate::aws::elasticloadbalancingv2::Listener;
use crate::cfn::{apigatewayv2, ec2};
use crate::core::{Construct, NodeId, Problem, Ref, Stack, StackRef, Value};

/// A link from API Gateway into a VPC. It costs nothing itself.
///
/// Without a security group AWS CDK's has the VPC's default one; here it has one of its own, which reaches nothing until
/// [`VpcLink::allow_to`] or [`VpcLink::connect_to`].
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::apigatewayv2::VpcLinkSpec;
/// use formwork::aws::ec2::{Port, SecurityGroupSpec, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
/// let link = s.add("Link", VpcLinkSpec::new(&vpc));
/// link.allow_to(s, &web, Port::tcp(80));
/// web.allow_from(s, &link, Port::tcp(80));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct VpcLinkSpec {
    /// The VPC.
    pub vpc: Ref<ec2::Vpc>,
    /// The subnets it has addresses in. A change replaces it. Default: the VPC's private ones, or the isolated ones, or the
    /// public ones.
    pub subnets: Vec<Value<ec2::SubnetId>>,
    /// Its security groups. A change replaces it. Default: one of its own.
    pub security_groups: Vec<SecurityGroup>,
    /// Its name, up to 128 characters. Default: the construct's path, as AWS CDK writes it.
    pub vpc_link_name: Option<Value<String>>,
}

impl VpcLinkSpec {
    /// A link into this VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        let tiers = [vpc.private_subnets(), vpc.isolated_subnets(), vpc.public_subnets()];
        let tier = tiers.into_iter().find(|tier| !tier.is_empty()).unwrap_or_default();
        let subnets = tier.into_iter().map(Into::into).collect();
        Self { vpc: vpc.vpc, subnets, security_groups: Vec::new(), vpc_link_name: None }
    }
}

/// A VPC link that was added. As a [`Peer`] it is its first security group.
#[derive(Clone, Copy, Debug)]
pub struct VpcLink {
    /// The link itself.
    pub vpc_link: Ref<apigatewayv2::VpcLink>,
    /// Its security group; the first, where there are more.
    pub security_group: SecurityGroup,
}

impl Construct for VpcLinkSpec {
    type Out = VpcLink;

    fn build(self, stack: &mut Stack) -> VpcLink {
        if self.subnets.is_empty() {
            let problem = Problem::error("item-count", "a VPC link without subnets leads nowhere")
                .help("name some in `subnets`, or give the VPC a tier");
            stack.report_at(None, problem);
        }
        let mut groups = self.security_groups;
        if groups.is_empty() {
            let group = SecurityGroupSpec::new(self.vpc, "VPC link");
            groups.push(stack.add("SecurityGroup", SecurityGroupSpec { allow_all_outbound: false, ..group }));
        }
        let path = || stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        let name = self.vpc_link_name.unwrap_or_else(|| path().into());
        let ids: Vec<Value<ec2::SecurityGroupId>> = groups.iter().map(Into::into).collect();
        let link = apigatewayv2::VpcLink::new(name, self.subnets).security_group_ids(ids);
        let vpc_link = stack.add("Resource", link);
        VpcLink { vpc_link, security_group: groups[0] }
    }
}

impl VpcLink {
    /// Its id.
    #[must_use]
    pub fn vpc_link_id(&self) -> Value<apigatewayv2::VpcLinkId> {
        self.vpc_link.get_ref()
    }

    /// Lets it reach a peer on a port.
    #[track_caller]
    pub fn allow_to(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        self.security_group.allow_to(stack, peer, port);
    }

    /// Lets it reach a listener, and lets the listener be reached by it: both sides of one rule.
    #[cfg(feature = "elasticloadbalancingv2")]
    #[track_caller]
    pub fn connect_to(&self, stack: &mut Stack, listener: &Listener) {
        self.allow_to(stack, listener.security_group, Port::tcp(listener.port));
        listener.allow_from(stack, self);
    }
}

impl From<VpcLink> for Peer {
    fn from(link: VpcLink) -> Self {
        Self::Group(link.security_group)
    }
}

impl From<&VpcLink> for Peer {
    fn from(link: &VpcLink) -> Self {
        Self::Group(link.security_group)
    }
}

impl From<&VpcLink> for StackRef {
    fn from(link: &VpcLink) -> Self {
        link.vpc_link.into()
    }
}

impl From<VpcLink> for NodeId {
    fn from(link: VpcLink) -> Self {
        link.vpc_link.node()
    }
}
