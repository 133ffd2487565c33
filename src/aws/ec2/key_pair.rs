//! Key pairs: what people sign in to instances with, where Session Manager is not enough.

use crate::cfn::ec2;
use crate::core::{Construct, Ref, Stack, Value, intrinsics};

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPairType {
    /// ED25519: short, and not for Windows.
    Ed25519,
    /// RSA, of 2,048 bits.
    Rsa,
}

/// A key pair. AWS makes it, and keeps the private key in Systems Manager, as the secure string
/// [`KeyPair::private_key_parameter`]; or it knows your public key alone.
///
/// AWS CDK makes RSA keys unless it is told otherwise.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{InstanceSpec, KeyPairSpec, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
/// let key = s.add("Key", KeyPairSpec::default());
/// s.add("Worker", InstanceSpec { key_name: Some(key.name()), ..InstanceSpec::new(&vpc) });
/// s.output("PrivateKey", key.private_key_parameter());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct KeyPairSpec {
    /// Its name, up to 255 characters, unique in the account and region. A change replaces it. Default: its path's.
    pub key_pair_name: Option<Value<String>>,
    /// The kind of a key that AWS makes. A change replaces it. Default: ED25519.
    pub key_type: KeyPairType,
    /// Your own public key, in OpenSSH's format. A change replaces it. Default: AWS makes a key.
    pub public_key_material: Option<Value<String>>,
}

impl Default for KeyPairSpec {
    fn default() -> Self {
        Self { key_pair_name: None, key_type: KeyPairType::Ed25519, public_key_material: None }
    }
}

/// A key pair that was added.
#[derive(Clone, Copy, Debug)]
pub struct KeyPair {
    /// The key pair itself.
    pub key_pair: Ref<ec2::KeyPair>,
}

impl Construct for KeyPairSpec {
    type Out = KeyPair;

    fn build(self, stack: &mut Stack) -> KeyPair {
        let own = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        let mut key = ec2::KeyPair::new(self.key_pair_name.unwrap_or_else(|| own.into()));
        key = match self.public_key_material {
            Some(material) => key.public_key_material(material),
            None => key.key_format("pem").key_type(match self.key_type {
                KeyPairType::Ed25519 => "ed25519",
                KeyPairType::Rsa => "rsa",
            }),
        };
        KeyPair { key_pair: stack.add("Resource", key) }
    }
}

impl KeyPair {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<String> {
        self.key_pair.get_ref().cast()
    }

    /// The name of the parameter of Systems Manager that holds the private key, where AWS made it.
    #[must_use]
    pub fn private_key_parameter(&self) -> Value<String> {
        intrinsics::sub("/ec2/keypair/${Key}", [("Key", self.key_pair.key_pair_id())]).into()
    }
}
