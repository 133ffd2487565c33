//! Parameters of Systems Manager.

use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::ssm::{ParameterSpec, ParameterTier};
use formwork::testing::Template;
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

#[test]
fn the_smallest_parameter_is_a_text() {
    snapshot("ssm_parameter", Template::of(|s| s.add("Image", ParameterSpec::string("ami-1"))).yaml());
}

#[test]
fn a_list_may_have_what_only_a_deployment_knows() {
    let template = Template::of(|s| {
        let region = formwork::intrinsics::region();
        s.add("Regions", ParameterSpec::string_list(["eu-west-1".into(), region]))
    });
    let joined = json!({ "Fn::Join": [",", ["eu-west-1", { "Ref": "AWS::Region" }]] });
    template.has_resource("AWS::SSM::Parameter", json!({ "Type": "StringList", "Value": joined }));
}

#[test]
fn every_tier_has_its_name() {
    for (tier, name) in [
        (ParameterTier::Standard, "Standard"),
        (ParameterTier::Advanced, "Advanced"),
        (ParameterTier::IntelligentTiering, "Intelligent-Tiering"),
    ] {
        let template =
            Template::of(|s| s.add("Image", ParameterSpec { tier: Some(tier), ..ParameterSpec::string("a") }));
        template.has_resource("AWS::SSM::Parameter", json!({ "Tier": name }));
    }
}

#[test]
fn the_arn_of_a_parameter_with_levels_has_one_slash() {
    let template = Template::of(|s| {
        let parameter_name = Some("/shop/image".into());
        let parameter = s.add("Image", ParameterSpec { parameter_name, ..ParameterSpec::string("ami-1") });
        let role = s.add("Reader", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
        parameter.grant_read(s, role);
        s.output("Value", parameter.value());
    });
    let policy = template.resources("AWS::IAM::Policy")[0].resource.to_string();
    assert!(policy.contains(":parameter${"), "{policy}");
    template.has_output("Value", json!({ "Value": { "Fn::GetAtt": ["Image9D742C96", "Value"] } }));
}

#[test]
fn a_parameter_has_a_name_of_its_form_and_a_value_of_its_size() {
    let named = |name: &str| {
        found(|s| s.add("P", ParameterSpec { parameter_name: Some(name.into()), ..ParameterSpec::string("x") }))
    };
    assert_snapshot!(named("shop/image"), @"
    error[name] P: a parameter with levels cannot be called `shop/image`
      help: it begins with `/`
    ");
    assert_snapshot!(named("/shop//image"), @"
    error[name] P: a parameter cannot be called `/shop//image`
      help: letters, digits, `.`, `-` and `_`, with `/` between its levels
    ");
    assert_snapshot!(named("/aws/image"), @"
    error[name] P: `/aws/image` is one of AWS's own names
      help: begin it with neither `aws` nor `ssm`
    ");
    assert_eq!(named("/shop/image.v1_2-3"), "");
    let long = "x".repeat(4097);
    assert_snapshot!(found(|s| s.add("P", ParameterSpec::string(&long))), @"
    error[length] P: the value has 4097 bytes, and a standard parameter may have 4,096
      help: set `tier` to `ParameterTier::Advanced`, which has 8,192
    ");
    let advanced = ParameterSpec { tier: Some(ParameterTier::Advanced), ..ParameterSpec::string(&long) };
    assert_eq!(found(|s| s.add("P", advanced)), "");
}
