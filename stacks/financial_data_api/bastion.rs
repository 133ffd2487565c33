//! The way to the database for people.

use formwork::Stack;
use formwork::aws::ec2::{InstanceSpec, Vpc};

use super::iam::Roles;
use super::security_groups::SecurityGroups;
use super::stage::Stage;

/// A machine with docker and psql, reached through EC2 Instance Connect.
pub fn bastion(s: &mut Stack, stage: &Stage, vpc: &Vpc, groups: &SecurityGroups, roles: &Roles) {
    s.description("Bastion of the financial data API");
    let bastion = s.add(
        "Bastion",
        InstanceSpec {
            subnet: vpc.public_subnets().first().copied(),
            instance_type: "t2.micro".into(),
            user_data: vec!["dnf install -y docker jq postgresql17".into(), "systemctl enable --now docker".into()],
            security_groups: vec![groups.bastion],
            role: Some(roles.app),
            session_manager: false,
            associate_public_ip_address: Some(true),
            ..InstanceSpec::new(vpc)
        },
    );
    s.runbook("populate", "Populate the database", stage.runbook(include_str!("runbooks/populate.md")));
    s.output("InstanceId", bastion.instance_id()).description("The machine to connect to");
    s.output("PublicIp", bastion.public_ip()).description("Its address");
}
