//! Which roles resources act as, and which security groups they are in.

use formwork::diff::security;
use serde_json::{Value, json};

use super::{lines, resources};

fn both(before: &Value, after: &Value) -> Vec<String> {
    let line =
        |change: &formwork::diff::AccessChange| format!("{} {change}", if change.widens { "more" } else { "less" });
    security(before, after).changes.iter().map(line).collect()
}

/// Groups, roles and a resource.
fn beside(resource: &str) -> Value {
    resources(&format!(
        "
Closed: {{Type: AWS::EC2::SecurityGroup}}
Open: {{Type: AWS::EC2::SecurityGroup}}
Reader: {{Type: AWS::IAM::Role}}
Admin: {{Type: AWS::IAM::Role}}
{resource}"
    ))
}

#[test]
fn another_role_or_group_of_a_resource_is_more_and_less() {
    for (resource, old, new, found) in [
        (
            "W: {Type: AWS::EC2::Instance, Properties: {SecurityGroupIds: [!GetAtt X.GroupId]}}",
            "Closed",
            "Open",
            &["more W: is in the security group `${Open}`", "less W: is no longer in the security group `${Closed}`"],
        ),
        (
            "W: {Type: AWS::EC2::Instance, Properties: {IamInstanceProfile: X}}",
            "a",
            "admin",
            &[
                "more W: acts as `admin`, by `IamInstanceProfile`",
                "less W: no longer acts as `a`, by `IamInstanceProfile`",
            ],
        ),
        (
            "W: {Type: AWS::Lambda::Function, Properties: {Role: !GetAtt X.Arn}}",
            "Reader",
            "Admin",
            &["more W: acts as `${Admin}`, by `Role`", "less W: no longer acts as `${Reader}`, by `Role`"],
        ),
    ] {
        let of = |name: &str| beside(&resource.replace('X', name));
        assert_eq!(both(&of(old), &of(new)), found);
        assert_eq!(lines(&of(old), &of(old)), [""; 0]);
    }
}

#[test]
fn every_property_that_takes_a_role_or_a_group_is_looked_into() {
    for (type_name, property, found) in [
        ("AWS::Lambda::Function", "VpcConfig: {SecurityGroupIds: [x]}", "is in the security group `x`"),
        ("AWS::EC2::Instance", "SecurityGroups: [x]", "is in the security group `x`"),
        ("AWS::EC2::Instance", "NetworkInterfaces: [{GroupSet: [x]}]", "is in the security group `x`"),
        ("AWS::EC2::NetworkInterface", "GroupSet: [x]", "is in the security group `x`"),
        ("AWS::RDS::DBInstance", "VPCSecurityGroups: [x]", "is in the security group `x`"),
        ("AWS::RDS::DBCluster", "VpcSecurityGroupIds: [x]", "is in the security group `x`"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "SecurityGroups: [x]", "is in the security group `x`"),
        (
            "AWS::ECS::Service",
            "NetworkConfiguration: {AwsvpcConfiguration: {SecurityGroups: [x]}}",
            "is in the security group `x`",
        ),
        (
            "AWS::EC2::LaunchTemplate",
            "LaunchTemplateData: {NetworkInterfaces: [{Groups: [x]}]}",
            "is in the security group `x`",
        ),
        (
            "AWS::EC2::LaunchTemplate",
            "LaunchTemplateData: {IamInstanceProfile: {Arn: x}}",
            "acts as `x`, by `LaunchTemplateData.IamInstanceProfile.Arn`",
        ),
        ("AWS::ECS::TaskDefinition", "TaskRoleArn: x", "acts as `x`, by `TaskRoleArn`"),
        ("AWS::ECS::TaskDefinition", "ExecutionRoleArn: x", "acts as `x`, by `ExecutionRoleArn`"),
        ("AWS::StepFunctions::StateMachine", "RoleArn: x", "acts as `x`, by `RoleArn`"),
        ("AWS::Events::Rule", "Targets: [{Arn: a, RoleArn: x}]", "acts as `x`, by `Targets.RoleArn`"),
        ("AWS::CodeBuild::Project", "ServiceRole: x", "acts as `x`, by `ServiceRole`"),
        (
            "AWS::Cognito::IdentityPoolRoleAttachment",
            "Roles: {authenticated: x}",
            "acts as `x`, by `Roles.authenticated`",
        ),
        ("Custom::Thing", "RoleArn: x", "acts as `x`, by `RoleArn`"),
    ] {
        let with = |property: &str| resources(&format!("A: {{Type: '{type_name}', Properties: {{{property}}}}}"));
        assert_eq!(lines(&with(""), &with(property)), [format!("A: {found}")], "{type_name} {property}");
    }
}

#[test]
fn what_names_the_role_or_group_of_another_is_none() {
    for (type_name, property) in [
        ("AWS::EC2::SecurityGroupIngress", "GroupId: x"),
        ("AWS::IAM::Policy", "Roles: [x]"),
        ("AWS::CloudFormation::Stack", "Parameters: {RoleArn: x}"),
        ("AWS::Bedrock::Prompt", "Role: user"),
    ] {
        let with = |property: &str| resources(&format!("A: {{Type: '{type_name}', Properties: {{{property}}}}}"));
        let said = lines(&with(""), &with(property)).join("\n");
        assert!(!said.contains("acts as") && !said.contains("is in"), "{type_name} {said}");
    }
}

#[test]
fn a_group_is_the_same_by_whichever_property_but_a_role_is_not() {
    let with = |type_name: &str, properties: &str| {
        resources(&format!("A: {{Type: '{type_name}', Properties: {{{properties}}}}}"))
    };
    let instance = |properties| with("AWS::EC2::Instance", properties);
    assert_eq!(both(&instance("SecurityGroupIds: [x]"), &instance("NetworkInterfaces: [{GroupSet: [x]}]")), [""; 0]);
    let task = |properties| with("AWS::ECS::TaskDefinition", properties);
    assert_eq!(
        lines(&task("TaskRoleArn: a, ExecutionRoleArn: b"), &task("TaskRoleArn: b, ExecutionRoleArn: b")),
        ["A: acts as `b`, by `TaskRoleArn`"]
    );
}

#[test]
fn what_is_new_with_its_role_does_not_repeat_it() {
    let nothing = json!({ "Resources": {} });
    let function = |role: &str| format!("F: {{Type: AWS::Lambda::Function, Properties: {{Role: {role}}}}}");
    let role = "Role: {Type: AWS::IAM::Role}";
    let with_own = resources(&format!("{role}\n{}", function("!GetAtt Role.Arn")));
    assert_eq!(both(&nothing, &with_own), [""; 0]);
    assert_eq!(both(&with_own, &nothing), [""; 0]);
    // The role was there: now something more acts as it.
    assert_eq!(both(&resources(role), &with_own), ["more F: acts as `${Role}`, by `Role`"]);
    assert_eq!(
        both(&nothing, &resources(&function("'arn:aws:iam::1:role/admin'"))),
        ["more F: acts as `arn:aws:iam::1:role/admin`, by `Role`"]
    );
}
