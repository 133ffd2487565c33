//! Machine images: what an instance starts from.

use crate::cfn::ec2::ImageId;
use crate::core::{Parameter, Stack, Value};

/// What an instance starts from.
#[derive(Clone, Debug)]
pub enum MachineImage {
    /// The image that a public parameter of Systems Manager names when the stack is deployed, by the parameter's path.
    ///
    /// A deployment after AWS published another image replaces the instance: keep no data on it that matters.
    Latest(String),
    /// An image by its id. It is one of one region.
    Id(Value<ImageId>),
}

impl MachineImage {
    /// The latest Amazon Linux 2023 for x86-64.
    #[must_use]
    pub fn latest_amazon_linux_2023() -> Self {
        Self::Latest("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64".into())
    }

    /// The latest Amazon Linux 2023 for ARM (Graviton).
    #[must_use]
    pub fn latest_amazon_linux_2023_arm() -> Self {
        Self::Latest("/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64".into())
    }

    /// The image's id. A path becomes one parameter of the template, under AWS CDK's name, whoever uses it.
    #[track_caller]
    pub fn id(self, stack: &mut Stack) -> Value<ImageId> {
        match self {
            Self::Id(id) => id,
            Self::Latest(path) => {
                let letters: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
                let name = format!("SsmParameterValue{letters}C96584B6F00A464EAD1953AFF4B05118Parameter");
                let parameter = Parameter::of_type("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>").default(path);
                stack.shared_parameter(name, parameter).value()
            }
        }
    }
}
