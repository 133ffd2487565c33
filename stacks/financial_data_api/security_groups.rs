//! Who may talk to whom.

use formwork::Stack;
use formwork::aws::ec2::{Peer, Port, SecurityGroup, SecurityGroupSpec, Vpc};

/// EC2 Instance Connect in us-east-1: the only way to the bastion. Source: AWS's published `ip-ranges.json`.
const INSTANCE_CONNECT: &str = "18.206.107.24/29";

/// The groups that the other modules put their parts into.
pub struct SecurityGroups {
    pub web: SecurityGroup,
    pub database: SecurityGroup,
    pub bastion: SecurityGroup,
    pub load_balancer: SecurityGroup,
    pub vpc_link: SecurityGroup,
}

/// One group per kind of member.
pub fn security_groups(s: &mut Stack, vpc: &Vpc) -> SecurityGroups {
    s.description("Security groups of the financial data API");
    let web = s.add("Web", SecurityGroupSpec::new(vpc, "web servers"));
    let database =
        s.add("Database", SecurityGroupSpec { allow_all_outbound: false, ..SecurityGroupSpec::new(vpc, "database") });
    let bastion = s.add("Bastion", SecurityGroupSpec::new(vpc, "bastion"));
    let load_balancer = s.add("LoadBalancer", SecurityGroupSpec::new(vpc, "load balancer"));
    let vpc_link = s.add("VpcLink", SecurityGroupSpec::new(vpc, "VPC link of the API"));

    load_balancer.allow_from(s, Peer::any_ipv4(), Port::tcp(80));
    load_balancer.allow_from(s, vpc_link, Port::tcp(80));
    web.allow_from(s, load_balancer, Port::tcp(80));
    bastion.allow_from(s, Peer::ipv4(INSTANCE_CONNECT), Port::tcp(22));
    database.allow_from(s, web, Port::tcp(5432));
    database.allow_from(s, bastion, Port::tcp(5432));

    SecurityGroups { web, database, bastion, load_balancer, vpc_link }
}
