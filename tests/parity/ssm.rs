//! Parameters.

use formwork::Stack;
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::ssm::{ParameterSpec, ParameterTier};

use super::Case;

pub const CASES: &[Case] =
    &[("parameter", parameter), ("parameter_with_options", parameter_with_options), ("list", list), ("grants", grants)];

fn parameter(s: &mut Stack) {
    s.add("Image", ParameterSpec::string("ami-1"));
}

fn parameter_with_options(s: &mut Stack) {
    let spec = ParameterSpec {
        parameter_name: Some("/shop/image".into()),
        description: Some("the image".into()),
        allowed_pattern: Some("^ami-.*$".into()),
        tier: Some(ParameterTier::Advanced),
        ..ParameterSpec::string("ami-1")
    };
    s.add("Image", spec);
}

fn list(s: &mut Stack) {
    s.add("Zones", ParameterSpec::string_list(["a", "b"]));
}

fn grants(s: &mut Stack) {
    let parameter = s.add("Image", ParameterSpec::string("ami-1"));
    let [reader, writer] =
        ["Reader", "Writer"].map(|id| s.add(id, RoleSpec::new(Principal::service("ec2.amazonaws.com"))));
    parameter.grant_read(s, reader);
    parameter.grant_write(s, writer);
}
