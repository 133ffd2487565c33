//! Instances: virtual machines.

use super::subnet::name_tag;
use super::{MachineImage, Peer, Port, SecurityGroup, SecurityGroupSpec, Subnet, Vpc};
use crate::aws::iam::{Grantee, Identity, PolicyArn, Principal, Role, RoleSpec, Statement};
use crate::cfn::ec2::{self, instance};
use crate::cfn::iam;
use crate::core::{Construct, Problem, Ref, Stack, Value, intrinsics};

/// Where Amazon Linux has its root volume.
pub(super) const ROOT: &str = "/dev/xvda";

/// A virtual machine: its metadata is given to those who ask for a token first (IMDSv2), its root volume is encrypted,
/// and people reach it through Session Manager, so that no port has to be open for them.
///
/// AWS CDK asks for each of the three; with it, IMDSv2 is set by a launch template, here by the instance itself.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{InstanceSpec, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let worker = s.add("Worker", InstanceSpec {
///     user_data: vec!["dnf install -y docker".into(), "systemctl enable --now docker".into()],
///     ..InstanceSpec::new(&vpc)
/// });
/// s.output("WorkerId", worker.instance_id());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct InstanceSpec {
    /// The VPC it is in.
    pub vpc: Ref<ec2::Vpc>,
    /// Its subnet. Default: the first private one of the VPC, or the first isolated one, or the first public one.
    pub subnet: Option<Subnet>,
    /// The kind of machine. Default: `t3.micro`.
    pub instance_type: String,
    /// What it starts from. Default: the latest Amazon Linux 2023 for x86-64.
    pub machine_image: MachineImage,
    /// Commands that a shell runs as root when it starts for the first time. Default: none.
    pub user_data: Vec<Value<String>>,
    /// Its security groups; rules of [`Instance::allow_from`] go to the first. Default: one of its own.
    pub security_groups: Vec<SecurityGroup>,
    /// The role it has, which `ec2.amazonaws.com` may assume. Default: one of its own.
    pub role: Option<Role>,
    /// Whether people reach it through Session Manager: attaches `AmazonSSMManagedInstanceCore` to a role of its own, and
    /// to one that is given where that is of this stack. Default: true (AWS CDK's is false).
    pub session_manager: bool,
    /// Whether it has a public address. Default: what its subnet does.
    pub associate_public_ip_address: Option<bool>,
    /// Its address in the subnet. A change replaces it. Default: any that is free.
    pub private_ip_address: Option<String>,
    /// The key pair for SSH, by name. A change replaces it. Default: none.
    pub key_name: Option<Value<String>>,
    /// The size of the root volume in GiB. Default: 8 (Amazon Linux needs that much).
    pub root_volume_size: u32,
    /// Whether the root volume is encrypted. Default: true (AWS CDK's is false).
    pub root_volume_encrypted: bool,
    /// Whether it is measured every minute rather than every five. It costs. Default: false.
    pub detailed_monitoring: bool,
    /// Whether it drops what is not addressed to it; a machine that routes must not. Default: true.
    pub source_dest_check: bool,
    /// Whether it refuses to be terminated. Default: false.
    pub disable_api_termination: bool,
}

impl InstanceSpec {
    /// An instance in a VPC, with the defaults of every field.
    #[must_use]
    pub fn new(vpc: &Vpc) -> Self {
        Self {
            vpc: vpc.vpc,
            subnet: vpc.one_per_zone().first().copied(),
            instance_type: "t3.micro".into(),
            machine_image: MachineImage::latest_amazon_linux_2023(),
            user_data: Vec::new(),
            security_groups: Vec::new(),
            role: None,
            session_manager: true,
            associate_public_ip_address: None,
            private_ip_address: None,
            key_name: None,
            root_volume_size: 8,
            root_volume_encrypted: true,
            detailed_monitoring: false,
            source_dest_check: true,
            disable_api_termination: false,
        }
    }

    fn root_volume(&self) -> instance::BlockDeviceMapping {
        let ebs = instance::Ebs::new()
            .encrypted(self.root_volume_encrypted)
            .volume_size(self.root_volume_size)
            .volume_type(instance::EbsVolumeType::GP3);
        instance::BlockDeviceMapping::new(ROOT).ebs(ebs)
    }

    /// The role given, or one of its own, with what Session Manager needs.
    fn role(&self, stack: &mut Stack) -> Role {
        let session_manager = || PolicyArn::aws("AmazonSSMManagedInstanceCore");
        let Some(role) = self.role else {
            let managed_policies = if self.session_manager { vec![session_manager()] } else { Vec::new() };
            let ec2 = Principal::service("ec2.amazonaws.com");
            return stack.add("InstanceRole", RoleSpec { managed_policies, ..RoleSpec::new(ec2) });
        };
        if self.session_manager && stack.owns(role.role) {
            role.add_managed_policy(stack, session_manager());
        }
        role
    }
}

/// An instance that was added.
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// The instance itself.
    pub instance: Ref<ec2::Instance>,
    /// Its first security group.
    pub security_group: SecurityGroup,
    /// What it may do.
    pub role: Role,
}

impl Construct for InstanceSpec {
    type Out = Instance;

    fn build(self, stack: &mut Stack) -> Instance {
        if self.subnet.is_none() {
            let problem = Problem::error("missing-property", "the instance's VPC has no subnet to put it in")
                .help("give the VPC a tier, or the instance a subnet");
            stack.report_at(None, problem);
        }
        let (groups, role) = self.groups_and_role(stack);
        // Its first commands may need the way out.
        let way_out = self.subnet.map(|subnet| subnet.way_out(stack)).unwrap_or_default();
        let props = self.properties(stack, &groups, role);
        let instance = stack.add("Resource", props);
        for before in std::iter::once(role.role.node()).chain(way_out) {
            stack.resource(instance).depends_on(before);
        }
        Instance { instance, security_group: groups[0], role }
    }
}

impl InstanceSpec {
    fn groups_and_role(&self, stack: &mut Stack) -> (Vec<SecurityGroup>, Role) {
        let groups = if self.security_groups.is_empty() {
            let description = stack.path_of_child("InstanceSecurityGroup");
            vec![stack.add("InstanceSecurityGroup", SecurityGroupSpec::new(self.vpc, description))]
        } else {
            self.security_groups.clone()
        };
        (groups, self.role(stack))
    }

    fn properties(self, stack: &mut Stack, groups: &[SecurityGroup], role: Role) -> ec2::Instance {
        let profile = stack.add("InstanceProfile", iam::InstanceProfile::new([role.name()]));
        let tokens = instance::MetadataOptions::new().http_tokens("required");
        let mut props = ec2::Instance::new()
            .block_device_mappings([self.root_volume()])
            .iam_instance_profile(profile)
            .instance_type(self.instance_type)
            .metadata_options(tokens)
            .tags([name_tag(stack)]);
        // An address of its own is a matter of the network interface, which then has groups and subnet too.
        if let Some(public) = self.associate_public_ip_address {
            let mut interface = instance::NetworkInterface::new("0")
                .associate_public_ip_address(public)
                .group_set(groups.iter().map(SecurityGroup::group_id).collect::<Vec<_>>());
            if let Some(subnet) = self.subnet {
                interface = interface.subnet_id(subnet);
            }
            if let Some(address) = self.private_ip_address {
                interface = interface.private_ip_address(address);
            }
            props = props.network_interfaces([interface]);
        } else {
            props = props.security_group_ids(groups.iter().map(|group| group.group.group_id()).collect::<Vec<_>>());
            if let Some(subnet) = self.subnet {
                props = props.subnet_id(subnet);
            }
            if let Some(address) = self.private_ip_address {
                props = props.private_ip_address(address);
            }
        }
        if let Some(key) = self.key_name {
            props = props.key_name(key);
        }
        if self.detailed_monitoring {
            props = props.monitoring(true);
        }
        if !self.source_dest_check {
            props = props.source_dest_check(false);
        }
        if self.disable_api_termination {
            props = props.disable_api_termination(true);
        }
        props.image_id(self.machine_image.id(stack)).user_data(intrinsics::base64(script(self.user_data)))
    }
}

/// The commands as a shell script: plain text where all of them are.
pub(super) fn script(commands: Vec<Value<String>>) -> Value<String> {
    let lines: Vec<_> = std::iter::once(Value::from("#!/bin/bash")).chain(commands).collect();
    let texts: Option<Vec<&str>> = lines.iter().map(Value::as_text).collect();
    match texts {
        Some(texts) => texts.join("\n").into(),
        None => intrinsics::join("\n", lines).into(),
    }
}

impl Instance {
    /// Its id.
    #[must_use]
    pub fn instance_id(&self) -> Value<ec2::InstanceId> {
        self.instance.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let arn = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/${Id}";
        intrinsics::sub(arn, [("Id", self.instance_id().into())]).into()
    }

    /// Its address in the VPC.
    #[must_use]
    pub fn private_ip(&self) -> Value<String> {
        self.instance.private_ip().into()
    }

    /// Its public address. There is none in a private subnet.
    #[must_use]
    pub fn public_ip(&self) -> Value<String> {
        self.instance.public_ip().into()
    }

    /// Lets a peer reach it on a port.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>, port: Port) {
        self.security_group.allow_from(stack, peer, port);
    }

    /// Lets a grantee open a shell on it with Session Manager, come back to its own sessions, and end them. Rule: the AWS
    /// Systems Manager user guide, "Sample IAM policies for Session Manager".
    #[track_caller]
    pub fn grant_start_session(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        let shell = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/SSM-SessionManagerRunShell";
        let own = "arn:${AWS::Partition}:ssm:*:*:session/${!aws:userid}-*";
        let [shell, own] = [shell, own].map(|arn| Value::<String>::from(intrinsics::sub(arn, [])));
        let start = Statement::allow(["ssm:StartSession"], [self.arn(), shell]);
        let session =
            Statement::allow(["ssmmessages:OpenDataChannel", "ssm:ResumeSession", "ssm:TerminateSession"], [own]);
        grantee.grant_identity(stack, start, "an instance");
        if let Grantee::Identity(identity) = grantee {
            identity.add_to_policy(stack, session);
        }
    }

    /// What grants are given to: its role.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        self.role.identity()
    }

    /// Lets it do more.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        self.role.add_to_policy(stack, statement);
    }
}

impl From<&Instance> for Grantee {
    fn from(instance: &Instance) -> Self {
        instance.identity().into()
    }
}

impl From<&Instance> for Peer {
    fn from(instance: &Instance) -> Self {
        instance.security_group.into()
    }
}

crate::aws::iam::has_arn! { Instance, "an instance"; }
