//! What a change lets somebody do or reach that they could not before.

mod acting;
mod grants;
mod network;
mod settings;

use formwork::diff::access::Access;
use formwork::diff::{AccessChange, Kind, security, widened};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{any_template, read};

/// The lines of what is widened.
fn lines(before: &Value, after: &Value) -> Vec<String> {
    widened(before, after).iter().map(ToString::to_string).collect()
}

/// A template of these resources, in YAML.
#[track_caller]
fn resources(text: &str) -> Value {
    json!({ "Resources": read(text) })
}

#[test]
fn a_whole_change_reads_calmly() {
    let before = resources(
        "
Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [
  {Effect: Allow, Principal: {AWS: '111111111111'}, Action: 'kms:*', Resource: '*'},
  {Effect: Deny, Principal: '*', Action: 'kms:ScheduleKeyDeletion', Resource: '*'}]}}}
Role: {Type: AWS::IAM::Role, Properties: {PermissionsBoundary: !Ref Limit, AssumeRolePolicyDocument: {Statement: [
  {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]}}}
Web: {Type: AWS::EC2::SecurityGroup, Properties: {
  SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}],
  SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}]}}
Bucket: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true,
  BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}}}
",
    );
    let after = resources(
        "
Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: [
  {Effect: Allow, Principal: {AWS: '111111111111'}, Action: 'kms:*', Resource: '*'}]}}}
Role: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal:
    {Service: ecs-tasks.amazonaws.com, AWS: 'arn:aws:iam::222222222222:root'}}]}}}
RoleDefaultPolicy: {Type: AWS::IAM::Policy, Properties: {PolicyName: a, Roles: [!Ref Role], PolicyDocument: {Statement:
  {Effect: Allow, Action: ['s3:GetObject', 's3:PutObject'], Resource: !Sub '${Bucket.Arn}/*',
   Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}}}}}
Web: {Type: AWS::EC2::SecurityGroup, Properties: {
  SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}],
  SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 1024, ToPort: 65535, CidrIp: 0.0.0.0/0}]}}
FromApp: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !GetAtt Web.GroupId, IpProtocol: tcp,
  FromPort: 80, ToPort: 81, SourceSecurityGroupId: !GetAtt App.GroupId}}
Bucket: {Type: AWS::S3::Bucket, Properties: {PublicAccessBlockConfiguration: {BlockPublicAcls: true,
  BlockPublicPolicy: true, IgnorePublicAcls: false}}}
Route: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
Igw: {Type: AWS::EC2::InternetGateway}
Lb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}
",
    );
    let security = security(&before, &after);
    let list = |title: &str, lines: Vec<String>| format!("{title}\n  {}\n", lines.join("\n  "));
    let text = list("widened", security.widened().map(ToString::to_string).collect())
        + &list("narrowed", security.narrowed().map(ToString::to_string).collect());
    crate::program::snapshot("access", &text);
}

#[test]
fn it_is_written_as_json_too() {
    let before = json!({ "Resources": {} });
    let after = resources("A: {Type: AWS::Lambda::Url, Properties: {AuthType: NONE}}");
    assert_eq!(
        serde_json::to_value(security(&before, &after)).unwrap(),
        json!({ "changes": [{ "id": "A", "kind": "added", "widens": true, "what":
            { "is": "setting", "property": "AuthType", "before": [], "after": ["NONE"] } }] })
    );
}

#[test]
fn no_secret_is_shown() {
    let template = |secret: &str| {
        json!({
            "Parameters": { "Secret": { "Type": "String", "NoEcho": true, "Default": secret } },
            "Resources": {
                "Role": { "Type": "AWS::IAM::Role", "Properties": { "AssumeRolePolicyDocument": { "Statement": {
                    "Effect": "Allow", "Principal": { "AWS": { "Ref": "Secret" } }, "Action": "sts:AssumeRole",
                    "Condition": { "StringEquals": { "sts:ExternalId": secret } },
                } } } },
                "Group": { "Type": "AWS::EC2::SecurityGroup", "Properties": { "SecurityGroupIngress": [
                    { "IpProtocol": "-1", "CidrIp": "{{resolve:ssm:cidr}}" },
                    { "IpProtocol": "-1", "CidrIp": { "Ref": "Secret" } },
                ] } },
            },
        })
    };
    let text = lines(&template("hunter2"), &template("hunter3")).join("\n");
    assert!(!text.contains("hunter"), "{text}");
    assert!(text.contains("lets ${Secret} (Secret changed) in on all traffic"), "{text}");
    assert!(text.contains("to `${Secret} (Secret changed)`, under `StringEquals sts:ExternalId (secret)`"), "{text}");
    let new = lines(&json!({ "Resources": {} }), &template("hunter2")).join("\n");
    assert!(new.contains("lets {{resolve:ssm:cidr}} in on all traffic") && !new.contains("hunter"), "{new}");
}

#[test]
fn a_changed_parameter_or_mapping_widens_what_uses_it() {
    let template = |open: &str| {
        read(&format!(
            "
Parameters: {{Cidr: {{Type: String, Default: {open}}}}}
Mappings: {{Map: {{a: {{b: {open}}}}}}}
Resources:
  A: {{Type: AWS::EC2::SecurityGroup, Properties: {{SecurityGroupIngress: {{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: !Ref Cidr}}}}}}
  B: {{Type: AWS::EC2::SecurityGroup, Properties: {{SecurityGroupIngress: {{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: !FindInMap [Map, a, b]}}}}}}
"
        ))
    };
    assert_eq!(lines(&template("10.0.0.0/8"), &template("10.0.0.0/8")), [""; 0]);
    assert_eq!(
        lines(&template("10.0.0.0/8"), &template("0.0.0.0/0")),
        ["A: lets ${Cidr} (Cidr changed) in on tcp 1", "B: lets FindInMap(Map, a, b) (Map changed) in on tcp 1",]
    );
}

#[test]
fn what_existed_under_a_condition_alone_is_new_without_it() {
    let rule = |condition: &str| {
        resources(&format!(
            "A: {{Type: AWS::EC2::SecurityGroupIngress, {condition} Properties: {{GroupId: a, IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 0.0.0.0/0}}}}"
        ))
    };
    assert_eq!(lines(&rule("Condition: C,"), &rule("")), ["A: lets 0.0.0.0/0 in to a on tcp 1"]);
    assert_eq!(lines(&rule(""), &rule("Condition: C,")), [""; 0]);
    let mut changed = [rule("Condition: C,"), rule("Condition: C,")];
    changed[0]["Conditions"] = json!({ "C": { "Condition": "D" }, "D": { "Fn::Equals": ["a", "b"] } });
    changed[1]["Conditions"] = json!({ "C": { "Condition": "D" }, "D": { "Fn::Equals": ["a", "a"] } });
    assert_eq!(lines(&changed[0], &changed[1]), ["A: lets 0.0.0.0/0 in to a on tcp 1, under condition C (changed)"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_template_widens_nothing_over_itself(template in any_template()) {
        prop_assert_eq!(security(&template, &template), formwork::diff::Security::default());
    }

    #[test]
    fn whatever_is_widened_is_narrowed_on_the_way_back(a in any_template(), b in any_template()) {
        let (there, back) = (security(&a, &b), security(&b, &a));
        let said = |access: &Access| matches!(access, Access::Grant(_) | Access::Attachment(_));
        let of = |changes: Vec<&AccessChange>, kind| {
            let found = changes.into_iter().filter(|change| change.kind == kind && said(&change.what));
            found.map(|change| (change.id.clone(), change.what.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(of(there.widened().collect(), Kind::Added), of(back.narrowed().collect(), Kind::Removed));
    }
}
