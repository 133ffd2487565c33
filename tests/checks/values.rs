//! What single values must be: type, form, length, range, one of a list.

use formwork::cfn::{dynamodb, ec2, sqs};
use formwork::core::Computed;
use formwork::spec::Pattern;
use formwork::{Resource as _, json};
use serde_json::json as plain;

use super::{found, found_in_resource, passes, resource_passes, trust};

#[test]
fn a_value_of_another_type_is_told_what_it_must_be() {
    let of = |property: &str, value: serde_json::Value| {
        found(|s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").raw(property, value)))
    };
    insta::assert_snapshot!(of("EnableDnsSupport", plain!("yes")), @r"
    error[wrong-type] Vpc EnableDnsSupport: `EnableDnsSupport` is text, and must be true or false
      help: give it true or false
    ");
    insta::assert_snapshot!(of("EnableDnsSupport", plain!(1)), @r"
    error[wrong-type] Vpc EnableDnsSupport: `EnableDnsSupport` is a number, and must be true or false
      help: give it true or false
    ");
    insta::assert_snapshot!(of("InstanceTenancy", plain!(["default"])), @r"
    error[wrong-type] Vpc InstanceTenancy: `InstanceTenancy` is a list, and must be text
      help: give it text
    ");
    insta::assert_snapshot!(of("InstanceTenancy", plain!({ "is": "default" })), @r"
    error[wrong-type] Vpc InstanceTenancy: `InstanceTenancy` is an object, and must be text
      help: give it text
    ");
    insta::assert_snapshot!(of("Tags", plain!({ "Name": "x" })), @r"
    error[wrong-type] Vpc Tags: `Tags` is an object, and must be a list
      help: give it a list
    ");
    insta::assert_snapshot!(of("Tags", plain!("Name=x")), @r"
    error[wrong-type] Vpc Tags: `Tags` is text, and must be a list
      help: give it a list
    ");
    insta::assert_snapshot!(of("Tags", plain!(["Name"])), @r"
    error[wrong-type] Vpc Tags[0]: an item of `Tags` is text, and must be an object
      help: give it an object
    ");
}

#[test]
fn text_that_reads_as_a_number_or_a_truth_is_one_as_cloudformation_takes_it() {
    passes(|s| {
        let vpc = ec2::Vpc::new().cidr_block("10.0.0.0/16");
        s.add("Vpc", vpc.raw("EnableDnsSupport", "true").raw("EnableDnsHostnames", "False"));
        s.add("Jobs", sqs::Queue::new().raw("VisibilityTimeout", "60").raw("QueueName", 12));
    });
    insta::assert_snapshot!(found(|s| s.add("Jobs", sqs::Queue::new().raw("VisibilityTimeout", "a minute"))), @r"
    error[wrong-type] Jobs VisibilityTimeout: `VisibilityTimeout` is text, and must be a whole number
      help: give it a whole number
    ");
    insta::assert_snapshot!(found(|s| s.add("Jobs", sqs::Queue::new().raw("VisibilityTimeout", "0.5"))), @r"
    error[wrong-type] Jobs VisibilityTimeout: `VisibilityTimeout` is text, and must be a whole number
      help: give it a whole number
    ");
}

#[test]
fn a_whole_number_is_not_a_fraction_unless_the_fraction_is_nought() {
    let of = |value: serde_json::Value| found(|s| s.add("Jobs", sqs::Queue::new().raw("VisibilityTimeout", value)));
    insta::assert_snapshot!(of(plain!(1.5)), @r"
    error[wrong-type] Jobs VisibilityTimeout: `VisibilityTimeout` is a number with a fraction, and must be a whole number
      help: give it a whole number
    ");
    assert_eq!(of(plain!(60.0)), "");
}

#[test]
fn numbers_and_truths_are_measured_as_text_where_text_is_wanted() {
    let of = |value: serde_json::Value| {
        found_in_resource("AWS::EC2::VPC", plain!({ "CidrBlock": "10.0.0.0/16", "InstanceTenancy": value }))
    };
    insta::assert_snapshot!(of(plain!(5)), @r"
    error[allowed-values] It InstanceTenancy: `InstanceTenancy` cannot be `5`
      help: it can be `dedicated`, `default` or `host`
    ");
    insta::assert_snapshot!(of(plain!(true)), @r"
    error[allowed-values] It InstanceTenancy: `InstanceTenancy` cannot be `true`
      help: it can be `dedicated`, `default` or `host`
    ");
    let account = |value: serde_json::Value| {
        found_in_resource(
            "AWS::Lambda::Permission",
            plain!({ "Action": "lambda:InvokeFunction", "FunctionName": "f", "Principal": "*", "SourceAccount": value }),
        )
    };
    assert_eq!(account(plain!(123_456_789_012_i64)), "");
    insta::assert_snapshot!(account(plain!(1_234)), @r"
    error[length] It SourceAccount: `SourceAccount` has 4 characters
      help: it must have exactly 12
    ");
}

#[test]
fn a_policy_may_be_text_or_an_object_and_nothing_else() {
    let role = |document: serde_json::Value| {
        found_in_resource("AWS::IAM::Role", plain!({ "AssumeRolePolicyDocument": document }))
    };
    assert_eq!(role(trust()), "");
    assert_eq!(role(trust().to_string().into()), "");
    insta::assert_snapshot!(role(plain!([{ "Effect": "Allow" }])), @r"
    error[wrong-type] It AssumeRolePolicyDocument: `AssumeRolePolicyDocument` is a list, and must be text or an object
      help: give it text or an object
    ");
}

#[test]
fn a_value_that_is_not_one_of_the_listed_is_told_the_nearest() {
    let of =
        |tenancy: &str| found(|s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy(tenancy)));
    insta::assert_snapshot!(of("dedicate"), @r"
    error[allowed-values] Vpc InstanceTenancy: `InstanceTenancy` cannot be `dedicate`
      help: did you mean `dedicated`? it can be `dedicated`, `default` or `host`
    ");
    insta::assert_snapshot!(of("quantum"), @r"
    error[allowed-values] Vpc InstanceTenancy: `InstanceTenancy` cannot be `quantum`
      help: it can be `dedicated`, `default` or `host`
    ");
    assert_eq!(of("dedicated"), "");
}

#[test]
fn one_value_alone_is_told_without_guessing() {
    let of = |status: &str| {
        found_in_resource(
            "AWS::S3::Bucket",
            plain!({ "ObjectLockEnabled": true, "ObjectLockConfiguration": { "ObjectLockEnabled": status } }),
        )
    };
    insta::assert_snapshot!(of("enabled"), @r"
    error[allowed-values] It ObjectLockConfiguration.ObjectLockEnabled: `ObjectLockEnabled` cannot be `enabled`
      help: it can be `Enabled`
    ");
    assert_eq!(of("Enabled"), "");
}

#[test]
fn capitals_do_not_count_where_the_service_does_not_count_them() {
    let of = |action: &str| {
        found_in_resource(
            "AWS::EC2::NetworkAclEntry",
            plain!({
                "NetworkAclId": "acl-0123456789abcdef0", "Protocol": 6, "RuleNumber": 100, "RuleAction": action,
                "CidrBlock": "0.0.0.0/0", "PortRange": { "From": 443, "To": 443 },
            }),
        )
    };
    assert_eq!(of("ALLOW"), "");
    insta::assert_snapshot!(of("permit"), @r"
    error[allowed-values] It RuleAction: `RuleAction` cannot be `permit`
      help: it can be `allow` or `deny`
    ");
}

#[test]
fn long_values_are_cut_where_a_message_shows_them() {
    let of =
        |tenancy: String| found(|s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy(tenancy)));
    insta::assert_snapshot!(of("é".repeat(200)), @r"
    error[allowed-values] Vpc InstanceTenancy: `InstanceTenancy` cannot be `éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé…`
      help: it can be `dedicated`, `default` or `host`
    ");
}

#[test]
fn text_that_does_not_match_the_pattern_is_shown_it() {
    let of = |name: &str| {
        found_in_resource("AWS::IAM::Role", plain!({ "AssumeRolePolicyDocument": trust(), "RoleName": name }))
    };
    insta::assert_snapshot!(of("my role"), @r"
    error[pattern] It RoleName: `RoleName` does not have the form it must
      help: it must match ^[\w+=,.@-]+$
    ");
    assert_eq!(of("my-role"), "");
}

#[test]
fn patterns_with_classes_of_unicode_take_what_is_in_them() {
    let tag = |key: &str| {
        found_in_resource(
            "AWS::SSM::Association",
            plain!({ "Name": "AWS-RunShellScript", "Tags": [{ "Key": key, "Value": "v" }] }),
        )
    };
    assert_eq!(tag("straße 日本"), "");
    // `\P{C}` is whatever is no control character; ordinary text must pass it.
    for pattern in ["^\\P{C}*$", "^[\\P{C}\\r\\n\\t]{1,250}$", "^[^\\p{C}]+$", "^\\p{Print}+$", "^[^_\\p{Z}]+$"] {
        assert_eq!(Pattern::from(pattern.to_owned()).matches("Ordinary-text"), Some(true), "{pattern}");
        let accented = Pattern::from(pattern.to_owned()).matches("é日本");
        assert_eq!(accented, Some(true), "{pattern}");
    }
    assert_eq!(Pattern::from("^[^_\\p{Z}]+$".to_owned()).matches("with space"), Some(false));
}

#[test]
fn text_is_measured_in_characters() {
    let of = |name: String| {
        found_in_resource("AWS::IAM::Role", plain!({ "AssumeRolePolicyDocument": trust(), "RoleName": name }))
    };
    insta::assert_snapshot!(of("r".repeat(65)), @r"
    error[length] It RoleName: `RoleName` has 65 characters
      help: it may have 1 to 64
    ");
    assert_eq!(of("r".repeat(64)), "");
    insta::assert_snapshot!(of(String::new()), @r"
    error[length] It RoleName: `RoleName` has 0 characters
      help: it may have 1 to 64
    ");
    let described =
        |text: String| found_in_resource("AWS::SNS::Topic", plain!({ "DisplayName": text, "TopicName": "t" }));
    assert_eq!(described("é".repeat(100)), "");
}

#[test]
fn a_number_outside_its_range_is_told_the_range() {
    let of = |size: i64| {
        found_in_resource(
            "AWS::Lambda::Function",
            plain!({ "Code": { "ZipFile": "x" }, "Role": "arn:aws:iam::123456789012:role/f", "MemorySize": size }),
        )
    };
    insta::assert_snapshot!(of(64), @r"
    error[range] It MemorySize: `MemorySize` cannot be `64`
      help: it must be between 128 and 32768
    ");
    assert_eq!(of(128), "");
    let priority = |priority: i64| found_in_resource("AWS::SQS::Queue", plain!({ "DelaySeconds": priority }));
    insta::assert_snapshot!(priority(901), @r"
    error[range] It DelaySeconds: `DelaySeconds` cannot be `901`
      help: it must be between 0 and 900
    ");
    insta::assert_snapshot!(priority(-1), @r"
    error[range] It DelaySeconds: `DelaySeconds` cannot be `-1`
      help: it must be between 0 and 900
    ");
    assert_eq!(priority(900), "");
}

#[test]
fn a_number_that_is_not_a_multiple_is_told_of_what() {
    let of = |weight: f64| {
        found_in_resource(
            "AWS::CloudFront::ContinuousDeploymentPolicy",
            plain!({ "ContinuousDeploymentPolicyConfig": {
                "Enabled": true,
                "StagingDistributionDnsNames": ["d111111abcdef8.cloudfront.net"],
                "TrafficConfig": { "Type": "SingleWeight", "SingleWeightConfig": { "Weight": weight } },
            } }),
        )
    };
    for hundredths in 0..=15 {
        assert_eq!(of(f64::from(hundredths) * 0.01), "", "{hundredths} hundredths");
    }
    insta::assert_snapshot!(of(0.055), @r"
    error[range] It ContinuousDeploymentPolicyConfig.TrafficConfig.SingleWeightConfig.Weight: `Weight` cannot be `0.055`
      help: it must be a multiple of 0.01
    ");
}

#[test]
fn text_of_a_known_form_is_shown_an_example() {
    let vpc = |cidr: &str| found(|s| s.add("Vpc", ec2::Vpc::new().cidr_block(cidr)));
    insta::assert_snapshot!(vpc("10.0.0.0"), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation
      help: write it like 10.0.0.0/16
    ");
    insta::assert_snapshot!(vpc("10.0.0.0/33"), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation
      help: write it like 10.0.0.0/16
    ");
    assert_eq!(vpc("10.0.0.0/16"), "");
    let subnet =
        |vpc: &str| found_in_resource("AWS::EC2::Subnet", plain!({ "CidrBlock": "10.0.0.0/24", "VpcId": vpc }));
    insta::assert_snapshot!(subnet("my-vpc"), @r"
    error[format] It VpcId: `VpcId` is not the id of a VPC
      help: write it like vpc-0123456789abcdef0, or pass a reference to the resource
    ");
    assert_eq!(subnet("vpc-0123456789abcdef0"), "");
    assert_eq!(subnet("vpc-1a2b3c4d"), "");
    let role = |property: &str, role: &str| found_in_resource("AWS::ECS::TaskDefinition", plain!({ property: role }));
    insta::assert_snapshot!(role("ExecutionRoleArn", "web"), @r"
    error[format] It ExecutionRoleArn: `ExecutionRoleArn` is not the ARN of a role
      help: write it like arn:aws:…, or pass the `arn()` of the resource
    ");
    assert_eq!(role("ExecutionRoleArn", "arn:aws:iam::123456789012:role/web"), "");
    assert_eq!(role("TaskRoleArn", "web"), "", "this one takes a role's name too");
    let daemon = plain!({ "TaskRoleArn": "web", "ContainerDefinitions": [{ "Name": "web", "Image": "nginx" }] });
    let daemon = found_in_resource("AWS::ECS::DaemonTaskDefinition", daemon);
    assert!(!daemon.contains("TaskRoleArn"), "so does this one, once the specification is corrected: {daemon}");
    let ingress = |group: &str| {
        found_in_resource(
            "AWS::EC2::SecurityGroupIngress",
            plain!({ "IpProtocol": "-1", "GroupId": group, "CidrIpv6": "::/0" }),
        )
    };
    insta::assert_snapshot!(ingress("web"), @r"
    error[format] It GroupId: `GroupId` is not the id of a security group
      help: write it like sg-0123456789abcdef0, or pass a reference to the resource
    ");
    assert_eq!(ingress("sg-0123456789abcdef0"), "");
    let image = |image: &str| found_in_resource("AWS::EC2::Instance", plain!({ "ImageId": image }));
    insta::assert_snapshot!(image("ubuntu"), @r"
    error[format] It ImageId: `ImageId` is not the id of an image
      help: write it like ami-0123456789abcdef0
    ");
    assert_eq!(image("ami-0123456789abcdef0"), "");
    assert_eq!(image("{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64}}"), "");
}

#[test]
fn too_few_and_too_many_items_are_counted() {
    let profile = |roles: Vec<&str>| found_in_resource("AWS::IAM::InstanceProfile", plain!({ "Roles": roles }));
    insta::assert_snapshot!(profile(vec!["one", "two"]), @r"
    error[item-count] It Roles: `Roles` has 2 items
      help: it may have at most 1
    ");
    assert_eq!(profile(vec!["one"]), "");
    let table = |keys: serde_json::Value| found_in_resource("AWS::DynamoDB::Table", plain!({ "KeySchema": keys }));
    insta::assert_snapshot!(table(plain!([])), @r"
    error[item-count] It KeySchema: `KeySchema` has 0 items
      help: it must have at least 1
    ");
    assert_eq!(table(plain!([{ "AttributeName": "a", "KeyType": "HASH" }])), "");
}

#[test]
fn different_items_are_counted_where_only_they_count() {
    let alarm = |topics: usize| {
        let topics: Vec<_> = (0..topics).map(|n| format!("arn:aws:sns:us-east-1:123456789012:t{n}")).collect();
        found_in_resource(
            "AWS::CloudWatch::Alarm",
            plain!({
                "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1, "Period": 60,
                "MetricName": "Errors", "Namespace": "AWS/Lambda", "Statistic": "Sum", "AlarmActions": topics,
            }),
        )
    };
    assert_eq!(alarm(5), "");
    insta::assert_snapshot!(alarm(6), @r"
    error[item-count] It AlarmActions: `AlarmActions` has 6 different items
      help: it may have at most 5
    ");
}

#[test]
fn an_item_that_is_there_twice_is_pointed_at() {
    let group = |policies: [&str; 2]| found_in_resource("AWS::IAM::Group", plain!({ "ManagedPolicyArns": policies }));
    let (read, write) = ("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/PowerUserAccess");
    insta::assert_snapshot!(group([read, read]), @r"
    error[unique-items] It ManagedPolicyArns[1]: an item of `ManagedPolicyArns` is there twice
      help: leave one out
    ");
    assert_eq!(group([read, write]), "");
}

#[test]
fn a_reference_that_is_there_twice_is_a_repetition_too() {
    let text = found(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let subnet = s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24"));
        s.add("Endpoint", ec2::VpcEndpoint::new(vpc).service_name("x").subnet_ids([subnet, subnet]))
    });
    insta::assert_snapshot!(text, @r"
    error[unique-items] Endpoint SubnetIds[1]: an item of `SubnetIds` is there twice
      help: leave one out
    ");
}

#[test]
fn keys_that_items_may_not_share_are_named() {
    let table = |names: [&str; 2]| {
        let [first, second] = names.map(String::from);
        let definitions = json!([
            { "AttributeName": first, "AttributeType": "S" },
            { "AttributeName": second, "AttributeType": "N" },
        ]);
        found(|s| {
            let table = dynamodb::Table::new(json!([{ "AttributeName": "a", "KeyType": "HASH" }]).cast::<Computed>())
                .billing_mode("PAY_PER_REQUEST")
                .raw("AttributeDefinitions", definitions);
            s.add("Table", table)
        })
    };
    insta::assert_snapshot!(table(["a", "a"]), @r"
    error[unique-items] Table AttributeDefinitions[1]: two items of `AttributeDefinitions` have the `AttributeName` `a`
      help: give each its own
    ");
    assert_eq!(table(["a", "b"]), "");
}

#[test]
fn the_first_items_have_rules_of_their_own() {
    resource_passes(
        "AWS::DynamoDB::Table",
        plain!({ "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{ "AttributeName": "a", "KeyType": "HASH" }] }),
    );
    let range_first = found_in_resource(
        "AWS::DynamoDB::Table",
        plain!({ "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{ "AttributeName": "a", "KeyType": "RANGE" }] }),
    );
    insta::assert_snapshot!(range_first, @r"
    error[allowed-values] It KeySchema[0].KeyType: `KeyType` cannot be `RANGE`
      help: it can be `HASH`
    ");
}
