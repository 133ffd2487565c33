//! VPCs: ids, addresses, zones, gateways, endpoints, and what is refused.

use std::collections::BTreeMap;

use formwork::Env;
use formwork::aws::ec2::{GatewayService, InterfaceService, ONE_PER_ZONE, Tier, VpcSpec};
use formwork::testing::{Template, absent, any};
use proptest::prelude::{prop, prop_assert, proptest};
use serde_json::{Value, json};

fn of(spec: VpcSpec) -> Template {
    Template::of(|s| s.add("Vpc", spec))
}

fn problems(spec: VpcSpec) -> String {
    Template::problems_of(Env::any(), |s| s.add("Vpc", spec))
}

/// The blocks of the subnets, in definition order.
fn blocks(template: &Template) -> Vec<String> {
    let subnets = template.resources("AWS::EC2::Subnet");
    subnets.iter().map(|found| found.resource["Properties"]["CidrBlock"].as_str().unwrap().to_owned()).collect()
}

/// The logical ids of a type.
fn ids<'a>(template: &'a Template, type_name: &str) -> Vec<&'a str> {
    template.resources(type_name).iter().map(|found| found.id).collect()
}

// ----------------------------------------------------------------------------------------------------------- ids

#[test]
fn the_default_vpc_has_every_logical_id_that_aws_cdk_gives_it() {
    let template = of(VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
    let pairs: Vec<BTreeMap<String, String>> = serde_json::from_str(include_str!("../logical-ids.json")).unwrap();
    let expected: BTreeMap<&str, &str> = pairs
        .iter()
        .filter(|pair| pair["path"].starts_with("Vpc/"))
        .map(|pair| (pair["id"].as_str(), pair["type"].as_str()))
        .collect();
    let there: BTreeMap<&str, &str> = template.json()["Resources"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, resource)| (id.as_str(), resource["Type"].as_str().unwrap()))
        .collect();
    assert_eq!(there, expected);
    assert_eq!(there.len(), 21);
}

#[test]
fn names_show_the_path_from_the_stack_on() {
    let template = of(VpcSpec::new("10.0.0.0/16"));
    let name = |name: &str| json!({ "Tags": [{ "Key": "Name", "Value": name }] });
    template.has_resource("AWS::EC2::VPC", name("test/Vpc"));
    template.has_resource("AWS::EC2::Subnet", name("test/Vpc/PublicSubnet1"));
    template.has_resource("AWS::EC2::RouteTable", name("test/Vpc/PrivateSubnet2"));
    template.has_resource("AWS::EC2::NatGateway", name("test/Vpc/PublicSubnet1"));
    template.has_resource("AWS::EC2::InternetGateway", name("test/Vpc"));
}

#[test]
fn instances_get_dns_names_unless_they_are_refused() {
    let dns = |hostnames: bool, support: bool| json!({ "EnableDnsHostnames": hostnames, "EnableDnsSupport": support });
    of(VpcSpec::new("10.0.0.0/16")).has_resource("AWS::EC2::VPC", dns(true, true));
    let without = VpcSpec { enable_dns_hostnames: false, enable_dns_support: false, ..VpcSpec::new("10.0.0.0/16") };
    of(without).has_resource("AWS::EC2::VPC", dns(false, false));
}

// --------------------------------------------------------------------------------------------------------- tiers

#[test]
fn two_tiers_over_two_zones_share_the_block_in_quarters() {
    let template = of(VpcSpec::new("10.0.0.0/16"));
    assert_eq!(blocks(&template), ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18"]);
}

#[test]
fn tiers_with_a_size_come_first_and_the_others_share_the_rest() {
    let template = of(VpcSpec {
        tiers: vec![Tier::private("App"), Tier::public("Public").prefix_length(24), Tier::isolated("Data")],
        ..VpcSpec::new("10.0.0.0/16")
    });
    let app_public_data =
        ["10.0.32.0/19", "10.0.64.0/19", "10.0.0.0/24", "10.0.1.0/24", "10.0.96.0/19", "10.0.128.0/19"];
    assert_eq!(blocks(&template), app_public_data);
}

#[test]
fn a_tier_names_its_subnets() {
    let template = of(VpcSpec {
        tiers: vec![Tier::public("Edge"), Tier::private("App"), Tier::isolated("Data")],
        nat_gateways: 1,
        ..VpcSpec::new("10.0.0.0/16")
    });
    let subnets = ids(&template, "AWS::EC2::Subnet");
    let starts =
        ["VpcEdgeSubnet1", "VpcEdgeSubnet2", "VpcAppSubnet1", "VpcAppSubnet2", "VpcDataSubnet1", "VpcDataSubnet2"];
    assert_eq!(subnets.len(), starts.len());
    for (id, start) in subnets.iter().zip(starts) {
        assert!(id.starts_with(start), "{id} does not start with {start}");
    }
}

#[test]
fn subnets_are_found_by_kind_and_by_tier() {
    let template = Template::of(|s| {
        let vpc = s.add(
            "Vpc",
            VpcSpec {
                tiers: vec![Tier::public("Edge"), Tier::private("App"), Tier::private("Jobs"), Tier::isolated("Data")],
                zones: 3.into(),
                ..VpcSpec::new("10.0.0.0/16")
            },
        );
        assert_eq!(vpc.public_subnets().len(), 3);
        assert_eq!(vpc.private_subnets().len(), 6);
        assert_eq!(vpc.isolated_subnets().len(), 3);
        assert_eq!(vpc.subnets().len(), 12);
        assert_eq!(vpc.tier("Jobs").len(), 3);
        assert_eq!(vpc.tier("Jobs")[0].subnet, vpc.private_subnets()[3].subnet);
        assert!(vpc.tier("Cache").is_empty());
        assert_eq!(vpc.nat_gateways.len(), 3);
        assert!(vpc.internet_gateway.is_some());
    });
    template.resource_count("AWS::EC2::Subnet", 12);
}

#[test]
fn only_public_subnets_give_public_addresses() {
    let template = of(VpcSpec::new("10.0.0.0/16"));
    let public: Vec<_> = template
        .resources("AWS::EC2::Subnet")
        .iter()
        .map(|found| found.resource["Properties"]["MapPublicIpOnLaunch"].as_bool())
        .collect();
    assert_eq!(public, [Some(true), Some(true), Some(false), Some(false)]);
}

#[test]
fn an_isolated_tier_has_no_way_out() {
    let template = of(VpcSpec { tiers: vec![Tier::isolated("Data")], ..VpcSpec::new("10.0.0.0/16") });
    template.resource_count("AWS::EC2::Subnet", 2);
    for absent in ["AWS::EC2::Route", "AWS::EC2::InternetGateway", "AWS::EC2::NatGateway", "AWS::EC2::EIP"] {
        template.resource_count(absent, 0);
    }
}

proptest! {
    #[test]
    fn subnets_never_overlap_and_never_leave_the_block(
        prefix in 16_u8..=24,
        sizes in prop::collection::vec(prop::option::of(18_u8..=28), 1..5),
        zones in 1_usize..=4,
    ) {
        let tiers = sizes.iter().enumerate().map(|(index, size)| {
            let tier = Tier::isolated(format!("T{}x", char::from(b'a' + u8::try_from(index).unwrap())));
            size.map_or(tier.clone(), |size| tier.prefix_length(size))
        });
        let cidr_block = format!("10.1.0.0/{prefix}");
        let spec = VpcSpec { tiers: tiers.collect(), zones: zones.into(), ..VpcSpec::new(&cidr_block) };
        if !problems(spec.clone()).is_empty() {
            return Ok(()); // it does not fit, and that was said
        }
        let blocks: Vec<ipnet::Ipv4Net> = blocks(&of(spec)).iter().map(|block| block.parse().unwrap()).collect();
        let whole: ipnet::Ipv4Net = cidr_block.parse().unwrap();
        prop_assert!(blocks.len() == sizes.len() * zones);
        for (index, block) in blocks.iter().enumerate() {
            prop_assert!(whole.contains(block) && block.trunc() == *block);
            prop_assert!((16..=28).contains(&block.prefix_len()));
            prop_assert!(blocks[..index].iter().all(|other| !other.contains(block) && !block.contains(other)));
        }
    }
}

// --------------------------------------------------------------------------------------------------------- zones

#[test]
fn zones_by_count_are_the_first_of_the_region() {
    let template = of(VpcSpec { zones: 3.into(), ..VpcSpec::new("10.0.0.0/16") });
    template.resource_count("AWS::EC2::Subnet", 6);
    for (zone, found) in template.resources("AWS::EC2::Subnet").iter().enumerate() {
        let expected = json!({ "Fn::Select": [zone % 3, { "Fn::GetAZs": "" }] });
        assert_eq!(found.resource["Properties"]["AvailabilityZone"], expected);
    }
}

#[test]
fn zones_by_name_are_written_as_they_are() {
    let template = of(VpcSpec { zones: ["eu-west-1b", "eu-west-1c"].into(), ..VpcSpec::new("10.0.0.0/16") });
    let zones: Vec<_> = template
        .resources("AWS::EC2::Subnet")
        .iter()
        .map(|found| found.resource["Properties"]["AvailabilityZone"].as_str().unwrap())
        .collect();
    assert_eq!(zones, ["eu-west-1b", "eu-west-1c", "eu-west-1b", "eu-west-1c"]);
}

#[test]
fn one_zone_is_enough() {
    of(VpcSpec { zones: vec!["eu-west-1b"].into(), ..VpcSpec::new("10.0.0.0/16") })
        .resource_count("AWS::EC2::Subnet", 2);
}

// ------------------------------------------------------------------------------------------------- ways out and in

#[test]
fn there_is_a_nat_gateway_in_each_zone_by_default_and_each_zone_uses_its_own() {
    let template = of(VpcSpec { zones: 3.into(), ..VpcSpec::new("10.0.0.0/16") });
    let nat = ids(&template, "AWS::EC2::NatGateway");
    assert_eq!(nat.len(), 3);
    assert_eq!(nat_of_private_routes(&template), nat);
    assert_eq!(VpcSpec::new("10.0.0.0/16").nat_gateways, ONE_PER_ZONE);
}

#[test]
fn one_nat_gateway_serves_every_zone() {
    let template = of(VpcSpec { zones: 3.into(), nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
    let nat = ids(&template, "AWS::EC2::NatGateway");
    assert_eq!(nat, ["VpcPublicSubnet1NATGateway4D7517AA"]);
    assert_eq!(nat_of_private_routes(&template), [nat[0]; 3]);
}

#[test]
fn two_nat_gateways_serve_three_zones_in_turn_and_every_tier_alike() {
    let template = of(VpcSpec {
        zones: 3.into(),
        nat_gateways: 2,
        tiers: vec![Tier::public("Public"), Tier::private("App"), Tier::private("Jobs")],
        ..VpcSpec::new("10.0.0.0/16")
    });
    let nat = ids(&template, "AWS::EC2::NatGateway");
    assert_eq!(nat.len(), 2);
    let [a, b] = nat[..] else { unreachable!() };
    assert_eq!(nat_of_private_routes(&template), [a, b, a, a, b, a]);
}

#[test]
fn nat_gateways_stand_in_the_first_public_tier_only() {
    let template = of(VpcSpec {
        tiers: vec![Tier::public("Edge"), Tier::public("Vpn"), Tier::private("App")],
        ..VpcSpec::new("10.0.0.0/16")
    });
    let nat = ids(&template, "AWS::EC2::NatGateway");
    assert_eq!(nat.len(), 2);
    assert!(nat.iter().all(|id| id.starts_with("VpcEdgeSubnet")), "{nat:?}");
}

#[test]
fn without_a_nat_gateway_the_second_tier_is_isolated() {
    let template = of(VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
    template.resource_count("AWS::EC2::NatGateway", 0);
    template.resource_count("AWS::EC2::EIP", 0);
    template.resource_count("AWS::EC2::Route", 2);
    assert!(ids(&template, "AWS::EC2::Subnet")[2].starts_with("VpcIsolatedSubnet1"));
}

#[test]
fn without_a_private_tier_no_nat_gateway_is_paid_for() {
    let template = of(VpcSpec { tiers: vec![Tier::public("Public")], ..VpcSpec::new("10.0.0.0/16") });
    template.resource_count("AWS::EC2::NatGateway", 0);
    template.resource_count("AWS::EC2::EIP", 0);
}

#[test]
fn a_nat_gateway_waits_for_its_subnets_way_out_and_a_default_route_for_the_gateway() {
    let template = of(VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
    let nat = template.resource("VpcPublicSubnet1NATGateway4D7517AA");
    let before = ["VpcPublicSubnet1DefaultRoute3DA9E72A", "VpcPublicSubnet1RouteTableAssociation97140677"];
    assert_eq!(nat["DependsOn"], json!(before));
    assert_eq!(
        nat["Properties"]["AllocationId"],
        json!({ "Fn::GetAtt": ["VpcPublicSubnet1EIPD7E02669", "AllocationId"] })
    );
    let route = template.resource("VpcPublicSubnet1DefaultRoute3DA9E72A");
    assert_eq!(route["DependsOn"], "VpcVPCGWBF912B6E");
    assert_eq!(route["Properties"]["GatewayId"], json!({ "Ref": "VpcIGWD7BA715C" }));
    assert_eq!(template.resource("VpcPrivateSubnet1DefaultRouteBE02A9ED")["DependsOn"], Value::Null);
}

/// The NAT gateway of each default route that has one, in definition order of the subnets.
fn nat_of_private_routes(template: &Template) -> Vec<&str> {
    let routes = template.resources("AWS::EC2::Route");
    routes.iter().filter_map(|found| found.resource["Properties"]["NatGatewayId"]["Ref"].as_str()).collect()
}

// ------------------------------------------------------------------------------------------------------ endpoints

#[test]
fn a_gateway_endpoint_stands_in_every_route_table_and_costs_nothing() {
    let template = Template::of_env(Env::region("eu-west-1"), |s| {
        s.add(
            "Vpc",
            VpcSpec {
                gateway_endpoints: vec![("S3".into(), GatewayService::S3), ("Tables".into(), GatewayService::DynamoDb)],
                ..VpcSpec::new("10.0.0.0/16")
            },
        )
    });
    let tables: Vec<_> = ids(&template, "AWS::EC2::RouteTable").iter().map(|id| json!({ "Ref": id })).collect();
    for service in ["com.amazonaws.eu-west-1.s3", "com.amazonaws.eu-west-1.dynamodb"] {
        let found = json!({ "ServiceName": service, "VpcEndpointType": "Gateway", "RouteTableIds": tables, "SubnetIds": absent() });
        template.has_resource("AWS::EC2::VPCEndpoint", found);
    }
    let ids = ids(&template, "AWS::EC2::VPCEndpoint");
    assert!(ids[0].starts_with("VpcS3") && ids[1].starts_with("VpcTables"), "{ids:?}");
}

#[test]
fn an_endpoint_of_a_stack_for_any_region_names_the_region_at_deployment() {
    let template =
        of(VpcSpec { gateway_endpoints: vec![("S3".into(), GatewayService::S3)], ..VpcSpec::new("10.0.0.0/16") });
    let service = json!({ "ServiceName": { "Fn::Sub": "com.amazonaws.${AWS::Region}.s3" } });
    template.has_resource("AWS::EC2::VPCEndpoint", service);
}

#[test]
fn an_interface_endpoint_lets_the_vpc_in_on_443() {
    let template = Template::of_env(Env::region("eu-west-1"), |s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let endpoint = vpc.add_interface_endpoint(s, "Secrets", InterfaceService::SECRETS_MANAGER);
        s.output("Group", endpoint.security_group.group_id());
        vpc.add_interface_endpoint(s, "Athena", InterfaceService::new("athena"));
    });
    template.resource_count("AWS::EC2::VPCEndpoint", 2);
    template.has_resource(
        "AWS::EC2::VPCEndpoint",
        json!({
            "ServiceName": "com.amazonaws.eu-west-1.secretsmanager",
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": true,
            "SubnetIds": [{ "Ref": "VpcPrivateSubnet1Subnet536B997A" }, { "Ref": "VpcPrivateSubnet2Subnet3788AAA1" }],
            "SecurityGroupIds": any(),
            "RouteTableIds": absent(),
        }),
    );
    template.has_resource("AWS::EC2::VPCEndpoint", json!({ "ServiceName": "com.amazonaws.eu-west-1.athena" }));
    template.has_resource(
        "AWS::EC2::SecurityGroup",
        json!({
            "SecurityGroupIngress": [{ "CidrIp": "10.0.0.0/16", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443 }],
        }),
    );
}

#[test]
fn an_interface_endpoint_takes_one_subnet_of_each_zone_however_many_tiers_there_are() {
    let endpoint = vec![("Logs".to_owned(), InterfaceService::LOGS)];
    let subnets = |tiers| {
        let template = of(VpcSpec { tiers, interface_endpoints: endpoint.clone(), ..VpcSpec::new("10.0.0.0/16") });
        let ids = template.resources("AWS::EC2::VPCEndpoint")[0].resource["Properties"]["SubnetIds"].clone();
        ids.as_array().unwrap().iter().map(|id| id["Ref"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let private =
        subnets(vec![Tier::public("Public"), Tier::isolated("Data"), Tier::private("App"), Tier::private("Jobs")]);
    assert_eq!(private.len(), 2);
    assert!(private.iter().all(|id| id.starts_with("VpcAppSubnet")), "{private:?}");
    let isolated = subnets(vec![Tier::public("Public"), Tier::isolated("Data"), Tier::isolated("Cache")]);
    assert!(isolated.len() == 2 && isolated.iter().all(|id| id.starts_with("VpcDataSubnet")), "{isolated:?}");
    assert_eq!(subnets(vec![Tier::public("Public")]).len(), 2);
}

// ----------------------------------------------------------------------------------------------------------- IPv6

#[test]
fn with_ipv6_each_subnet_gets_a_block_and_private_tiers_a_way_out_only() {
    let template = of(VpcSpec { ipv6: true, nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
    template.has_resource("AWS::EC2::VPCCidrBlock", json!({ "AmazonProvidedIpv6CidrBlock": true }));
    let ids = ids(&template, "AWS::EC2::VPCCidrBlock");
    for (index, found) in template.resources("AWS::EC2::Subnet").iter().enumerate() {
        let whole = json!({ "Fn::Select": [0, { "Fn::GetAtt": ["Vpc8378EB38", "Ipv6CidrBlocks"] }] });
        let expected = json!({ "Fn::Select": [index, { "Fn::Cidr": [whole, 4, 64] }] });
        assert_eq!(found.resource["Properties"]["Ipv6CidrBlock"], expected);
        assert_eq!(found.resource["Properties"]["AssignIpv6AddressOnCreation"], true);
        assert_eq!(found.resource["Properties"]["MapPublicIpOnLaunch"], false);
        assert_eq!(found.resource["DependsOn"], ids[0]);
    }
    let six =
        |target: &str| json!({ "DestinationIpv6CidrBlock": "::/0", target: any(), "DestinationCidrBlock": absent() });
    template.has_resource("AWS::EC2::Route", six("GatewayId"));
    template.has_resource("AWS::EC2::Route", six("EgressOnlyInternetGatewayId"));
    template.resource_count("AWS::EC2::EgressOnlyInternetGateway", 1);
    template.resource_count("AWS::EC2::Route", 8);
}

#[test]
fn without_ipv6_there_is_none_of_it() {
    let template = of(VpcSpec::new("10.0.0.0/16"));
    template.resource_count("AWS::EC2::VPCCidrBlock", 0);
    template.resource_count("AWS::EC2::EgressOnlyInternetGateway", 0);
    template.has_no_resource("AWS::EC2::Subnet", json!({ "Ipv6CidrBlock": any() }));
}

// ------------------------------------------------------------------------------------------------- what is refused

#[track_caller]
fn refused(spec: VpcSpec, check: &str, message: &str) {
    let problems = problems(spec);
    assert!(problems.starts_with(&format!("error[{check}]: {message}\n")), "{problems}");
    assert_eq!(problems.matches("error[").count(), 1, "one mistake, one problem:\n{problems}");
    assert!(problems.contains("help: "), "{problems}");
    let first = problems.lines().find(|line| line.trim_start().starts_with("at ")).unwrap_or_default();
    assert!(first.contains("tests/ec2/vpc.rs"), "the first line is the user's:\n{problems}");
}

#[test]
fn a_block_that_is_none_is_refused() {
    refused(VpcSpec::new("10.0.0.0"), "format", "`CidrBlock` is not an IPv4 block in CIDR notation");
    refused(VpcSpec::new("10.0.0.256/16"), "format", "`CidrBlock` is not an IPv4 block in CIDR notation");
}

#[test]
fn a_block_that_does_not_begin_at_its_first_address_is_refused_with_the_one_meant() {
    refused(VpcSpec::new("10.0.1.0/16"), "range", "10.0.1.0/16 does not begin at its first address");
    assert!(problems(VpcSpec::new("10.0.1.0/16")).contains("help: write 10.0.0.0/16"));
}

#[test]
fn a_block_that_aws_does_not_take_is_refused() {
    refused(VpcSpec::new("10.0.0.0/8"), "address-block", "a VPC cannot have the block 10.0.0.0/8");
    refused(VpcSpec::new("10.0.0.0/29"), "address-block", "a VPC cannot have the block 10.0.0.0/29");
}

#[test]
fn a_block_that_is_too_small_for_its_tiers_is_refused() {
    refused(VpcSpec::new("10.0.0.0/28"), "range", "a subnet of 10.0.0.0/28 would be a /30");
    let sized = |size| vec![Tier::public("Public").prefix_length(size), Tier::private("Private").prefix_length(size)];
    let spec = |size| VpcSpec { tiers: sized(size), ..VpcSpec::new("10.0.0.0/24") };
    refused(spec(25), "range", "the subnets do not fit into 10.0.0.0/24");
    refused(spec(29), "range", "a subnet of 10.0.0.0/24 would be a /29");
    of(spec(26));
}

#[test]
fn a_block_at_the_end_of_the_address_space_is_carved_like_any_other() {
    let template = of(VpcSpec::new("255.255.255.0/24"));
    assert_eq!(blocks(&template).last().map(String::as_str), Some("255.255.255.192/26"));
}

#[test]
fn a_tier_name_used_twice_is_refused() {
    let tiers = vec![Tier::public("Web"), Tier::isolated("Web")];
    refused(VpcSpec { tiers, ..VpcSpec::new("10.0.0.0/16") }, "name-used-twice", "two tiers are called `Web`");
}

#[test]
fn a_private_tier_without_a_nat_gateway_is_refused() {
    let tiers = vec![Tier::public("Public"), Tier::private("App")];
    let message = "a private tier reaches out through a NAT gateway, and there is no NAT gateway";
    refused(VpcSpec { tiers, nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") }, "exclusive-properties", message);
    let message = "a private tier reaches out through a NAT gateway, and no tier is public, to hold a NAT gateway";
    refused(
        VpcSpec { tiers: vec![Tier::private("App")], ..VpcSpec::new("10.0.0.0/16") },
        "exclusive-properties",
        message,
    );
}

#[test]
fn a_vpc_without_zones_is_refused() {
    refused(VpcSpec { zones: 0.into(), ..VpcSpec::new("10.0.0.0/16") }, "item-count", "the VPC has no zones");
    let none = Vec::<String>::new();
    refused(VpcSpec { zones: none.into(), ..VpcSpec::new("10.0.0.0/16") }, "item-count", "the VPC has no zones");
}

#[test]
fn a_mistake_in_the_addresses_is_told_once_whatever_else_the_vpc_has() {
    let spec = VpcSpec {
        gateway_endpoints: vec![("S3".into(), GatewayService::S3)],
        interface_endpoints: vec![("Logs".into(), InterfaceService::LOGS)],
        ipv6: true,
        ..VpcSpec::new("10.0.0.0/8")
    };
    refused(spec, "address-block", "a VPC cannot have the block 10.0.0.0/8");
}
