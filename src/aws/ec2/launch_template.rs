//! Launch templates: what instances of a group start from.

use super::instance::{ROOT, script};
use super::{MachineImage, SecurityGroup};
use crate::aws::iam::Role;
use crate::cfn::Tag;
use crate::cfn::ec2::launch_template as cfn;
use crate::cfn::{ec2, iam};
use crate::core::{Construct, NodeId, Problem, Ref, Stack, Value, intrinsics};

/// What instances start from that something else starts: a group that scales, a fleet. Its instances give their metadata to
/// those who ask for a token first (IMDSv2), and their root volume is encrypted. AWS CDK asks for both.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{LaunchTemplateSpec, SecurityGroupSpec, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let group = s.add("Group", SecurityGroupSpec::new(&vpc, "workers"));
/// s.add("Workers", LaunchTemplateSpec {
///     user_data: vec!["dnf install -y docker".into()],
///     ..LaunchTemplateSpec::new(group)
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct LaunchTemplateSpec {
    /// The security groups of its instances, one at least.
    pub security_groups: Vec<SecurityGroup>,
    /// The kind of machine. Default: `t3.micro`.
    pub instance_type: String,
    /// What instances start from. Default: the latest Amazon Linux 2023 for x86-64.
    pub machine_image: MachineImage,
    /// Commands that a shell runs as root when an instance starts for the first time. Default: none.
    pub user_data: Vec<Value<String>>,
    /// The role of its instances, which `ec2.amazonaws.com` may assume. Default: they have none.
    pub role: Option<Role>,
    /// The template's name. A change replaces it. Default: CloudFormation makes one.
    pub launch_template_name: Option<Value<String>>,
    /// The name of the key pair that people sign in with. Default: none.
    pub key_name: Option<Value<String>>,
    /// The size of the root volume in GiB. Default: 8.
    pub root_volume_size: u32,
    /// Whether metrics come every minute rather than every five. Default: false.
    pub detailed_monitoring: bool,
}

impl LaunchTemplateSpec {
    /// A template of instances in this group, with the defaults of every field.
    #[must_use]
    pub fn new(security_group: SecurityGroup) -> Self {
        Self {
            security_groups: vec![security_group],
            instance_type: "t3.micro".into(),
            machine_image: MachineImage::latest_amazon_linux_2023(),
            user_data: Vec::new(),
            role: None,
            launch_template_name: None,
            key_name: None,
            root_volume_size: 8,
            detailed_monitoring: false,
        }
    }

    fn data(
        self,
        stack: &mut Stack,
        profile: Option<Ref<iam::InstanceProfile>>,
        tags: &[Tag; 1],
    ) -> cfn::LaunchTemplateData {
        let ebs = cfn::Ebs::new().encrypted(true).volume_size(self.root_volume_size).volume_type("gp3");
        let named = |of: &str| cfn::TagSpecification::new().resource_type(of).tags(tags.clone());
        let mut data = cfn::LaunchTemplateData::new()
            .block_device_mappings([cfn::BlockDeviceMapping::new().device_name(ROOT).ebs(ebs)])
            .instance_type(self.instance_type)
            .metadata_options(cfn::MetadataOptions::new().http_tokens("required"))
            .security_group_ids(self.security_groups.iter().map(SecurityGroup::group_id).collect::<Vec<_>>())
            .tag_specifications([named("instance"), named("volume")]);
        if let Some(profile) = profile {
            data = data.iam_instance_profile(cfn::IamInstanceProfile::new().arn(profile.arn()));
        }
        if let Some(key) = self.key_name {
            data = data.key_name(key);
        }
        if self.detailed_monitoring {
            data = data.monitoring(cfn::Monitoring::new().enabled(true));
        }
        data.image_id(self.machine_image.id(stack)).user_data(intrinsics::base64(script(self.user_data)))
    }
}

/// A launch template that was added.
#[derive(Clone, Copy, Debug)]
pub struct LaunchTemplate {
    /// The template itself.
    pub launch_template: Ref<ec2::LaunchTemplate>,
}

impl Construct for LaunchTemplateSpec {
    type Out = LaunchTemplate;

    fn build(self, stack: &mut Stack) -> LaunchTemplate {
        if self.security_groups.is_empty() {
            let problem = Problem::error("item-count", "the launch template has no security group")
                .help("without one, its instances are in the VPC's default group: name one");
            stack.report_at(None, problem);
        }
        let role = self.role;
        // AWS CDK's id for the profile: directly below, without a construct of its own.
        let profile = role.map(|role| stack.add("Profile", iam::InstanceProfile::new([role.name()])));
        let tags = [super::subnet::name_tag(stack)];
        let name = self.launch_template_name.clone();
        let data = self.data(stack, profile, &tags);
        let of = cfn::LaunchTemplateTagSpecification::new().resource_type("launch-template").tags(tags);
        let mut template = ec2::LaunchTemplate::new(data).tag_specifications([of]);
        if let Some(name) = name {
            template = template.launch_template_name(name);
        }
        let launch_template = stack.add("Resource", template);
        if let Some(role) = role.filter(|role| stack.owns(role)) {
            stack.resource(launch_template).depends_on(NodeId::from(&role));
        }
        LaunchTemplate { launch_template }
    }
}

impl LaunchTemplate {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Value<ec2::LaunchTemplateId> {
        self.launch_template.launch_template_id()
    }

    /// The number of its newest version.
    #[must_use]
    pub fn latest_version(&self) -> Value<String> {
        self.launch_template.latest_version_number().into()
    }
}
