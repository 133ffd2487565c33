//! Functions in a VPC.

use crate::aws::ec2::{SecurityGroup, SecurityGroupSpec, Subnet, Vpc};
use crate::core::{Problem, Stack};

/// Where a function's network interfaces are.
#[derive(Clone, Debug)]
pub struct FunctionNetwork {
    /// The VPC.
    pub vpc: Vpc,
    /// Its subnets. In a public one it reaches no internet: it has no public address. Default: the VPC's private ones, the
    /// isolated ones where there are none.
    pub subnets: Vec<Subnet>,
    /// Its security groups. Default: one of its own, which may reach everything.
    pub security_groups: Vec<SecurityGroup>,
}

impl FunctionNetwork {
    /// In this VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self { vpc: vpc.clone(), subnets: Vec::new(), security_groups: Vec::new() }
    }

    pub(super) fn subnets(&self, stack: &mut Stack) -> Vec<Subnet> {
        let tiers = [self.subnets.clone(), self.vpc.private_subnets(), self.vpc.isolated_subnets()];
        let found = tiers.into_iter().find(|tier| !tier.is_empty()).unwrap_or_default();
        if found.is_empty() {
            let problem = Problem::error("item-count", "the function's VPC has no private and no isolated subnet")
                .help("give the VPC such a tier, or name the subnets in `subnets`");
            stack.report_at(None, problem);
        }
        found
    }

    pub(super) fn groups(&self, stack: &mut Stack) -> Vec<SecurityGroup> {
        if !self.security_groups.is_empty() {
            return self.security_groups.clone();
        }
        let id = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        let description = format!("Automatic security group for Lambda Function {id}");
        vec![stack.add("SecurityGroup", SecurityGroupSpec::new(&self.vpc, description))]
    }
}
