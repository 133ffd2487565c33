//! A value that is a function is checked as far as it can be before anything is deployed.

use formwork::cfn::{ec2, iam, rds, s3, sqs};
use formwork::core::Computed;
use formwork::intrinsics::{
    base64, get_azs, if_else, join, join_list, length, no_value, region, select, split, ssm, sub, to_json_string,
    transform,
};
use formwork::{Condition, Env, Expr, IntoExpr, Json, Parameter, RawResource, Resource as _, Stack, Value, json};
use serde_json::json as plain;

use super::{found, found_in, passes, raw, trust};

/// What is found in a VPC of this range.
fn vpc<V: Into<Value<String>>>(range: impl FnOnce(&mut Stack) -> V) -> String {
    found(|s| {
        let range = range(s).into();
        s.add("Vpc", ec2::Vpc::new().cidr_block(range))
    })
}

#[test]
fn both_branches_of_an_if_are_checked() {
    let of = |then: &'static str, otherwise: &'static str| {
        vpc(|s| {
            let big = s.condition("Big", Condition::equals(region(), "us-east-1"));
            if_else(&big, then, otherwise)
        })
    };
    insta::assert_snapshot!(of("10.0.0.0", "wide"), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation, where `Big` holds
      help: write it like 10.0.0.0/16
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation, where `Big` does not hold
      help: write it like 10.0.0.0/16
    ");
    assert_eq!(of("10.0.0.0/16", "10.0.0.0/24"), "");
    let nested = vpc(|s| {
        let big = s.condition("Big", Condition::equals(region(), "us-east-1"));
        let inner = if_else(&big, "10.0.0.0/16", "inner");
        if_else(&big, inner, "10.0.0.0/24")
    });
    insta::assert_snapshot!(nested, @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation, where `Big` does not hold
      help: write it like 10.0.0.0/16
    ");
}

#[test]
fn an_item_that_select_takes_is_checked() {
    let of = |index: i64| vpc(|_| select(index, ["10.0.0.0/16", "wide"]));
    assert_eq!(of(0), "");
    insta::assert_snapshot!(of(1), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation
      help: write it like 10.0.0.0/16
    ");
    insta::assert_snapshot!(of(2), @r"
    error[range] Vpc CidrBlock: `CidrBlock` selects item 2 of a list of 2 items
      help: the first item is item 0
    ");
    insta::assert_snapshot!(of(-1), @r"
    error[range] Vpc CidrBlock: `CidrBlock` selects item -1 of a list of 2 items
      help: the first item is item 0
    ");
    insta::assert_snapshot!(vpc(|_| select(0, Vec::<&str>::new())), @r"
    error[range] Vpc CidrBlock: `CidrBlock` selects item 0 of a list of 0 items
      help: the first item is item 0
    ");
    assert_eq!(vpc(|_| select(7, split(",", ssm("/ranges", None)))), "", "how many there are is not known here");
}

#[test]
fn what_a_mapping_holds_is_checked() {
    let of = |first: &'static str| {
        vpc(|s| {
            let ranges =
                s.mapping("Ranges", [("dev", vec![("vpc", "10.0.0.0/16")]), ("prod", vec![("vpc", "10.1.0.0")])]);
            ranges.find(first, "vpc")
        })
    };
    assert_eq!(of("dev"), "");
    insta::assert_snapshot!(of("prod"), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation, in the mapping `Ranges`
      help: write it like 10.0.0.0/16
    ");
}

#[test]
fn where_the_key_is_not_known_one_fitting_row_is_enough() {
    let of = |here: &'static str, there: &'static str| {
        move |s: &mut Stack| {
            let images =
                s.mapping("Images", [("us-east-1", vec![("id", here)]), ("us-gov-west-1", vec![("id", there)])]);
            s.add("Host", ec2::Instance::new().image_id(images.find(region(), "id")));
        }
    };
    passes(of("ami-0123456789abcdef0", "not offered"));
    insta::assert_snapshot!(found(of("none", "not offered")), @r"
    error[format] Host ImageId: `ImageId` is not the id of an image, in the mapping `Images`
      help: write it like ami-0123456789abcdef0
    ");
    // In a stack of one region the key is known.
    insta::assert_snapshot!(found_in(Env::region("us-gov-west-1"), of("ami-0123456789abcdef0", "not offered")), @r"
    error[format] Host ImageId: `ImageId` is not the id of an image, in the mapping `Images`
      help: write it like ami-0123456789abcdef0
    ");
}

#[test]
fn the_fallback_of_a_lookup_is_checked() {
    let of = |fallback: &'static str| {
        vpc(|s| {
            let ranges = s.mapping("Ranges", [("dev", vec![("vpc", "10.0.0.0/16")])]);
            ranges.find_or(region(), "vpc", fallback)
        })
    };
    assert_eq!(of("10.9.0.0/16"), "");
    insta::assert_snapshot!(of("none"), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation
      help: write it like 10.0.0.0/16
    ");
}

#[test]
fn text_joined_of_literals_is_checked_as_a_whole() {
    assert_eq!(vpc(|_| join("/", ["10.0.0.0", "16"])), "");
    insta::assert_snapshot!(vpc(|_| join("-", ["10.0.0.0", "16"])), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation: it becomes `10.0.0.0-16`
      help: write it like 10.0.0.0/16
    ");
    insta::assert_snapshot!(vpc(|_| join_list("", json!([join(".", [10, 0, 0, 0]), "/", "99"]))), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation: it becomes `10.0.0.0/99`
      help: write it like 10.0.0.0/16
    ");
    assert_eq!(vpc(|_| join_list("/", json!([ssm("/base", None), "16"]))), "", "not known before it is read");
}

#[test]
fn text_of_sub_is_checked_where_all_of_its_variables_are_known() {
    let name = |text: &str, env: Env| {
        let value = sub(text, [("Stage", "dev".into())]);
        found_in(env, |s| s.add("Role", iam::Role::new(trust()).role_name(value)))
    };
    assert_eq!(name("web-${Stage}", Env::any()), "");
    insta::assert_snapshot!(name("web ${Stage}", Env::any()), @r"
    error[pattern] Role RoleName: `RoleName` does not have the form it must: it becomes `web dev`
      help: it must match ^[\w+=,.@-]+$
    ");
    insta::assert_snapshot!(name("web ${AWS::Region}", Env::region("us-east-1")), @r"
    error[pattern] Role RoleName: `RoleName` does not have the form it must: it becomes `web us-east-1`
      help: it must match ^[\w+=,.@-]+$
    ");
    assert_eq!(name("web ${AWS::Region}", Env::any()), "", "the region is not known, so nothing is");
}

#[test]
fn the_default_of_a_parameter_is_checked_where_it_is_used() {
    let of = |default: &'static str| vpc(|s| s.parameter("Range", Parameter::string().default(default)));
    assert_eq!(of("10.0.0.0/16"), "");
    assert_eq!(of(""), "", "an empty default stands for none");
    insta::assert_snapshot!(of("wide"), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation, as the parameter `Range` can be
      help: write it like 10.0.0.0/16
    ");
    let values = |values: [&'static str; 2]| vpc(|s| s.parameter("Range", Parameter::string().allowed_values(values)));
    assert_eq!(values(["10.0.0.0/16", "10.1.0.0/16"]), "");
    insta::assert_snapshot!(values(["10.0.0.0/16", "wide"]), @r"
    error[format] Vpc CidrBlock: `CidrBlock` is not an IPv4 block in CIDR notation, as the parameter `Range` can be
      help: write it like 10.0.0.0/16
    ");
}

#[test]
fn a_value_that_a_condition_keeps_away_is_not_checked() {
    let of = |s: &mut Stack| {
        let kind = s.parameter("Kind", Parameter::string().default("none").allowed_values(["none", "default"]));
        let none = s.condition("None", Condition::equals(&kind, "none"));
        let some = s.condition("Some", Condition::negate(&none));
        (kind, some)
    };
    passes(|s| {
        let (kind, some) = of(s);
        let tenancy = if_else(&some, &kind, no_value());
        s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy(tenancy));
    });
    passes(|s| {
        let (kind, some) = of(s);
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy(kind.value()));
        s.resource(vpc).condition(&some);
    });
    let unrelated = found(|s| {
        let (kind, _) = of(s);
        let other = s.condition("Other", Condition::equals(region(), "us-east-1"));
        let tenancy = if_else(&other, &kind, no_value());
        s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").instance_tenancy(tenancy))
    });
    insta::assert_snapshot!(unrelated, @r"
    error[allowed-values] Vpc InstanceTenancy: `InstanceTenancy` cannot be `none`, as the parameter `Kind` can be, where `Other` holds
      help: it can be `dedicated`, `default` or `host`
    ");
}

#[test]
fn the_default_of_a_parameter_of_systems_manager_is_a_name_and_not_the_value() {
    passes(|s| {
        let image = Parameter::<String>::of_type("AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>");
        let image = s.parameter("Image", image.default("/aws/service/ami-amazon-linux-latest/al2023"));
        s.add("Host", ec2::Instance::new().image_id(image.value().cast::<Computed>()));
    });
}

#[test]
fn a_list_where_text_is_wanted_is_refused_and_text_where_a_list_is() {
    let listed = |list: fn(&mut Stack) -> Value<Vec<String>>| vpc(|s| list(s).cast::<String>());
    insta::assert_snapshot!(listed(|_| split(",", "a,b").into()), @r"
    error[wrong-type] Vpc CidrBlock: `CidrBlock` is a list, and must be text
      help: give it text
    ");
    assert!(listed(|_| get_azs("")).contains("is a list, and must be text"));
    assert!(listed(|s| s.parameter("P", Parameter::list()).value()).contains("is a list, and must be text"));
    let zones = found(|s| {
        s.add(
            "Group",
            raw(
                "AWS::AutoScaling::AutoScalingGroup",
                plain!({
                    "MinSize": "1", "MaxSize": "1", "LaunchConfigurationName": "c",
                }),
            )
            .raw("AvailabilityZones", select(0, get_azs(""))),
        )
    });
    insta::assert_snapshot!(zones, @r"
    error[wrong-type] Group AvailabilityZones: `AvailabilityZones` is text, and must be a list
      help: give it a list
    ");
    passes(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block(select(0, split(",", "10.0.0.0/16,x"))));
        s.add("Subnet", ec2::Subnet::new(vpc).availability_zone(select(0, get_azs(""))).cidr_block("10.0.0.0/24"));
    });
}

#[test]
fn text_made_by_a_function_may_stand_for_a_number_but_not_for_an_object() {
    passes(|s| {
        let seconds = s.parameter("Seconds", Parameter::string().default("60"));
        s.add(
            "Jobs",
            sqs::Queue::new()
                .visibility_timeout(seconds.value().cast::<Computed>())
                .redrive_policy(to_json_string(json!({ "a": 1 }))),
        );
    });
    insta::assert_snapshot!(found(|s| {
        let seconds = s.parameter("Seconds", Parameter::string().default("a minute"));
        s.add("Jobs", sqs::Queue::new().visibility_timeout(seconds.value().cast::<Computed>()))
    }), @r"
    error[wrong-type] Jobs VisibilityTimeout: `VisibilityTimeout` is text, and must be a whole number, as the parameter `Seconds` can be
      help: give it a whole number
    ");
    insta::assert_snapshot!(found(|s| s.add("Bucket", s3::Bucket::new().raw("VersioningConfiguration", region()))), @r"
    error[wrong-type] Bucket VersioningConfiguration: `VersioningConfiguration` is text, and must be an object
      help: give it an object
    ");
    insta::assert_snapshot!(found(|s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16").raw("Tags", base64("x")))), @r"
    error[wrong-type] Vpc Tags: `Tags` is text, and must be a list
      help: give it a list
    ");
    passes(|s| s.add("Jobs", sqs::Queue::new().visibility_timeout(length(split(",", "a,b")))));
}

#[test]
fn a_reference_to_the_wrong_resource_is_told_what_is_wanted() {
    let text = found(|s| {
        let role = s.add("Role", iam::Role::new(trust()));
        s.add("Subnet", ec2::Subnet::new(role.get_ref().cast::<Computed>()).cidr_block("10.0.0.0/24"))
    });
    insta::assert_snapshot!(text, @r"
    error[wrong-identifier] Subnet VpcId: `VpcId` takes the Id of an AWS::EC2::VPC, and this is the RoleName of an AWS::IAM::Role
      help: refer to a resource of that type, or to another attribute
    ");
    let attribute = found(|s| {
        let group = s.add("Group", ec2::SecurityGroup::new("g"));
        s.add("Subnet", ec2::Subnet::new(group.group_id().cast::<Computed>()).cidr_block("10.0.0.0/24"))
    });
    insta::assert_snapshot!(attribute, @r"
    error[wrong-identifier] Subnet VpcId: `VpcId` takes the Id of an AWS::EC2::VPC, and this is the Id of an AWS::EC2::SecurityGroup
      help: refer to a resource of that type, or to another attribute
    ");
    passes(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24"));
    });
}

#[test]
fn attributes_are_what_their_type_says_and_custom_resources_answer_what_they_like() {
    let text = found(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let blocks: Value<Json> = vpc.get_att("CidrBlockAssociations");
        s.add("Subnet", ec2::Subnet::new(vpc).raw("CidrBlock", blocks))
    });
    insta::assert_snapshot!(text, @r"
    error[wrong-type] Subnet CidrBlock: `CidrBlock` is a list, and must be text
      help: give it text
    ");
    for type_name in ["Custom::Lookup", "AWS::CloudFormation::CustomResource"] {
        passes(|s| {
            let token = "arn:aws:lambda:us-east-1:123456789012:function:f";
            let looked_up = s.add("Lookup", RawResource::new(type_name).raw("ServiceToken", token));
            let bucket = raw(
                "AWS::AutoScaling::AutoScalingGroup",
                plain!({
                    "MinSize": "1", "MaxSize": "1", "LaunchConfigurationName": "c",
                }),
            );
            s.add("Group", bucket.raw("VPCZoneIdentifier", looked_up.get_att::<Json>("SubnetIds")));
            s.add("Vpc", ec2::Vpc::new().cidr_block(looked_up.get_att::<String>("Range")));
        });
    }
}

#[test]
fn functions_spelled_as_json_are_functions() {
    passes(|s| {
        s.add(
            "Vpc",
            raw(
                "AWS::EC2::VPC",
                plain!({
                    "CidrBlock": { "Fn::Sub": "10.${AWS::AccountId}.0.0/16" },
                    "EnableDnsSupport": { "Fn::If": ["Big", true, false] },
                    "InstanceTenancy": { "Ref": "AWS::NoValue" },
                    "Tags": [{ "Key": "Name", "Value": { "Fn::Join": ["-", ["a", { "Ref": "AWS::Region" }]] } }],
                }),
            ),
        );
    });
    let missing = found(|s| {
        s.add(
            "Subnet",
            raw(
                "AWS::EC2::Subnet",
                plain!({
                    "CidrBlock": "10.0.0.0/24", "VpcId": { "Ref": "AWS::NoValue" },
                }),
            ),
        )
    });
    insta::assert_snapshot!(missing, @r"
    error[missing-property] Subnet: the resource has no `VpcId`, which is required
      help: set `VpcId`
    ");
}

#[test]
fn what_a_macro_puts_in_is_not_missed() {
    passes(|s| {
        let snippet = plain!({ "Fn::Transform": { "Name": "Subnets", "Parameters": {} } });
        s.add("Subnet", raw("AWS::EC2::Subnet", snippet));
        let name = transform("Name", [("Of", "vpc")]);
        s.add("Vpc", ec2::Vpc::new().cidr_block(name));
    });
}

#[test]
fn alternatives_of_one_value_are_tried_each() {
    let key = |value: Value<Json>| {
        found(|s| s.add("Db", rds::DbInstance::new().db_instance_class("db.t4g.micro").raw("KmsKeyId", value)))
    };
    assert_eq!(key("alias/db".into()), "");
    assert_eq!(key("1234abcd-12ab-34cd-56ef-1234567890ab".into()), "");
    insta::assert_snapshot!(key(json!({ "key": 1 })), @r"
    error[wrong-type] Db KmsKeyId: `KmsKeyId` is an object, and must be text
      help: give it text
    ");
}

#[test]
fn items_that_may_not_be_there_make_a_count_uncertain() {
    let profile = |sure: usize, maybe: usize| {
        found(|s| {
            let big = s.condition("Big", Condition::equals(region(), "us-east-1"));
            let sure = (0..sure).map(|n| format!("sure{n}").into_expr());
            let maybe = (0..maybe).map(|n| if_else(&big, format!("maybe{n}"), no_value()).into_expr());
            let roles = Value::<Json>::from_expr(Expr::List(sure.chain(maybe).collect()));
            s.add("Profile", RawResource::new("AWS::IAM::InstanceProfile").raw("Roles", roles))
        })
    };
    assert_eq!(profile(1, 3), "");
    insta::assert_snapshot!(profile(2, 1), @r"
    error[item-count] Profile Roles: `Roles` has 2 items
      help: it may have at most 1
    ");
}
