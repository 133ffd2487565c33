//! Routes, internet gateways, and elastic addresses.

use formwork::aws::ec2::{
    Destination, ElasticIpSpec, InstanceSpec, PrefixListSpec, Router, Tier, TransitGatewayAttachmentSpec,
    TransitGatewaySpec, Vpc, VpcPeeringSpec, VpcSpec, Zones,
};
use formwork::cfn::ec2;
use formwork::testing::{Template, absent};
use formwork::{App, Env, Format, Stack};
use insta::assert_snapshot;
use serde_json::json;

use super::snapshot;
use crate::checks::found;

const ROUTE: &str = "AWS::EC2::Route";

/// A VPC of one isolated subnet.
fn island(s: &mut Stack, id: &str, block: &str) -> Vpc {
    let tiers = vec![Tier::isolated("Data")];
    s.add(id, VpcSpec { tiers, zones: Zones::Count(1), ..VpcSpec::new(block) })
}

#[test]
fn a_route_leads_to_each_kind_of_router() {
    let template = Template::of(|s| {
        let mut vpc = island(s, "Vpc", "10.0.0.0/16");
        let other = island(s, "Other", "10.1.0.0/16");
        let subnet = vpc.tier("Data")[0];
        let six = s.add("Six", ec2::EgressOnlyInternetGateway::new(vpc.vpc));
        let nat = s.add("Nat", ec2::NatGateway::new().subnet_id(subnet).connectivity_type("private"));
        let interface = s.add("Interface", ec2::NetworkInterface::new(subnet.subnet));
        let peering = s.add("Peering", VpcPeeringSpec { routes: false, ..VpcPeeringSpec::new(&vpc, &other) });
        let hub = s.add("Hub", TransitGatewaySpec::default());
        let attachment = s.add("Attachment", TransitGatewayAttachmentSpec::new(&hub, &vpc));
        let gateway = vpc.add_internet_gateway(s);
        let routers: [(&str, Destination, Router); 7] = [
            ("Default", "0.0.0.0/0".into(), gateway.into()),
            ("Default6", "::/0".into(), six.into()),
            ("Nat", "10.3.0.0/16".into(), nat.into()),
            ("Machine", "10.4.0.0/16".into(), interface.into()),
            ("Peer", Destination::from(&other), peering.into()),
            ("Hub", "10.5.0.0/16".into(), attachment.into()),
            ("Offices", (&s.add("List", PrefixListSpec::new(["10.6.0.0/16"]))).into(), attachment.into()),
        ];
        for (id, destination, router) in routers {
            subnet.add_route(s, id, destination, router);
        }
    });
    let to = |block: &str, way: &str, id: &str| json!({ "DestinationCidrBlock": block, way: { "Ref": id } });
    template.has_resource(ROUTE, to("0.0.0.0/0", "GatewayId", "VpcIGWD7BA715C"));
    template.has_resource(ROUTE, to("10.3.0.0/16", "NatGatewayId", "Nat"));
    template.has_resource(ROUTE, to("10.4.0.0/16", "NetworkInterfaceId", "Interface"));
    let six = json!({ "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": { "Ref": "Six" } });
    template.has_resource(ROUTE, six);
    let peering = template.resources("AWS::EC2::VPCPeeringConnection")[0].id;
    template.has_resource(ROUTE, to("10.1.0.0/16", "VpcPeeringConnectionId", peering));
    let hub = template.resources("AWS::EC2::TransitGateway")[0].id;
    template.has_resource(ROUTE, to("10.5.0.0/16", "TransitGatewayId", hub));
    let list = template.resources("AWS::EC2::PrefixList")[0].id;
    let offices = json!({ "DestinationPrefixListId": { "Fn::GetAtt": [list, "PrefixListId"] }, "DestinationCidrBlock": absent() });
    template.has_resource(ROUTE, offices);
}

#[test]
fn a_route_waits_for_what_makes_its_router_one() {
    let template = Template::of(|s| {
        let mut vpc = island(s, "Vpc", "10.0.0.0/16");
        let gateway = vpc.add_internet_gateway(s);
        let hub = s.add("Hub", TransitGatewaySpec::default());
        let attachment = s.add("Attachment", TransitGatewayAttachmentSpec::new(&hub, &vpc));
        vpc.tier("Data")[0].add_route(s, "Out", "0.0.0.0/0", gateway);
        vpc.tier("Data")[0].add_route(s, "Hub", "10.1.0.0/16", attachment);
    });
    let waits: Vec<_> = template.resources(ROUTE).iter().map(|route| route.resource["DependsOn"].clone()).collect();
    let attachment = template.resources("AWS::EC2::TransitGatewayVpcAttachment")[0].id;
    assert_eq!(waits, [json!("VpcVPCGWBF912B6E"), json!(attachment)]);
}

#[test]
fn a_route_of_another_stacks_subnet_is_added_where_it_is_said() {
    let mut app = App::new();
    let vpc =
        app.stack("network", Env::any(), |s| s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") }));
    app.stack("hub", Env::any(), |s| {
        let hub = s.add("Hub", TransitGatewaySpec::default());
        let attachment = s.add("Attachment", TransitGatewayAttachmentSpec::new(&hub, &vpc));
        for subnet in vpc.private_subnets() {
            subnet.add_route(s, "ToOthers", "10.0.0.0/8", attachment);
        }
    });
    let assembly = app.synth().unwrap();
    let hub = Template::from(&assembly.stacks[1]);
    hub.resource_count(ROUTE, 2);
    assert!(hub.yaml().contains("RouteTableId: !ImportValue"), "{}", hub.yaml());
    assert!(!assembly.stacks[0].template(Format::Yaml).contains("TransitGateway"));
}

#[test]
fn a_table_has_one_route_to_a_block() {
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, zones: Zones::Count(1), ..VpcSpec::new("10.0.0.0/16") });
        vpc.private_subnets()[0].add_route(s, "Out", "0.0.0.0/0", vpc.internet_gateway.unwrap());
    }), @"
    error[name-used-twice] Vpc/PrivateSubnet1/Out: two routes of one table are for `0.0.0.0/0`
      help: leave one out: a table has one way to each block
    ");
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", VpcSpec { ipv6: true, nat_gateways: 1, zones: Zones::Count(1), ..VpcSpec::new("10.0.0.0/16") });
        vpc.public_subnets()[0].add_route(s, "Out", "::/0", vpc.internet_gateway.unwrap());
    }), @"
    error[name-used-twice] Vpc/PublicSubnet1/Out: two routes of one table are for `::/0`
      help: leave one out: a table has one way to each block
    ");
}

#[test]
fn a_subnet_has_one_route_table() {
    assert_snapshot!(found(|s| {
        let vpc = island(s, "Vpc", "10.0.0.0/16");
        let table = s.add("Table", ec2::RouteTable::new(vpc.vpc));
        s.add("Again", ec2::SubnetRouteTableAssociation::new(table, vpc.tier("Data")[0].subnet));
    }), @"
    error[name-used-twice] Again: one subnet is associated with two route tables
      help: leave one association out: a subnet has one table
    ");
}

#[test]
fn an_egress_only_gateway_carries_no_ipv4() {
    assert_snapshot!(found(|s| {
        let vpc = island(s, "Vpc", "10.0.0.0/16");
        let gateway = s.add("Six", ec2::EgressOnlyInternetGateway::new(vpc.vpc));
        vpc.tier("Data")[0].add_route(s, "Out", "0.0.0.0/0", gateway);
    }), @"
    error[exclusive-properties] Vpc/DataSubnet1/Out: an egress-only internet gateway carries IPv6 alone
      help: give IPv4 addresses a NAT gateway
    ");
}

#[test]
fn a_destination_is_a_block() {
    let problems = found(|s| {
        let mut vpc = island(s, "Vpc", "10.0.0.0/16");
        let gateway = vpc.add_internet_gateway(s);
        vpc.tier("Data")[0].add_route(s, "Out", "10.1.0.0", gateway);
    });
    assert!(problems.contains("`DestinationCidrBlock` is not an IPv4 block in CIDR notation"), "{problems}");
}

#[test]
fn a_vpc_has_one_internet_gateway_at_most() {
    let template = Template::of(|s| {
        let mut public = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let known = public.internet_gateway.unwrap();
        assert_eq!(public.add_internet_gateway(s).gateway, known.gateway);
        let mut island = island(s, "Island", "10.1.0.0/16");
        assert!(island.internet_gateway.is_none());
        let added = island.add_internet_gateway(s);
        assert_eq!(island.add_internet_gateway(s).attachment, added.attachment);
    });
    template.resource_count("AWS::EC2::InternetGateway", 2);
    template.resource_count("AWS::EC2::VPCGatewayAttachment", 2);
}

#[test]
fn the_internet_gateway_of_another_stacks_vpc_is_attached_where_it_is_said() {
    let mut app = App::new();
    let mut vpc = app.stack("network", Env::any(), |s| island(s, "Vpc", "10.0.0.0/16"));
    app.stack("edge", Env::any(), |s| vpc.add_internet_gateway(s));
    let assembly = app.synth().unwrap();
    Template::from(&assembly.stacks[1]).resource_count("AWS::EC2::VPCGatewayAttachment", 1);
    Template::from(&assembly.stacks[0]).resource_count("AWS::EC2::VPCGatewayAttachment", 0);
}

fn addressed(s: &mut Stack) {
    let vpc = s.add(
        "Vpc",
        VpcSpec { tiers: vec![Tier::public("Public")], zones: Zones::Count(1), ..VpcSpec::new("10.0.0.0/16") },
    );
    let web = s.add("Web", InstanceSpec::new(&vpc));
    let address = s.add("Address", ElasticIpSpec::new(&vpc, &web));
    s.output("Address", address.public_ip());
    s.output("AllocationId", address.allocation_id());
}

#[test]
fn an_elastic_address_is_its_instances_while_the_gateway_is_attached() {
    let template = Template::of(addressed);
    let [address, association] = ["AWS::EC2::EIP", "AWS::EC2::EIPAssociation"].map(|name| template.resources(name)[0]);
    assert_eq!(address.resource["DependsOn"], "VpcVPCGWBF912B6E");
    assert_eq!(address.resource["Properties"]["Domain"], "vpc");
    assert_eq!(association.resource["DependsOn"], "VpcVPCGWBF912B6E");
    let instance = template.resources("AWS::EC2::Instance")[0].id;
    let wanted =
        json!({ "AllocationId": { "Fn::GetAtt": [address.id, "AllocationId"] }, "InstanceId": { "Ref": instance } });
    template.has_resource("AWS::EC2::EIPAssociation", wanted);
}

#[test]
fn an_elastic_address_needs_an_internet_gateway() {
    assert_snapshot!(found(|s| {
        let vpc = island(s, "Vpc", "10.0.0.0/16");
        let web = s.add("Web", InstanceSpec::new(&vpc));
        s.add("Address", ElasticIpSpec::new(&vpc, &web));
    }), @"
    error[missing-property] Address: the address is of no use: the instance's VPC has no internet gateway
      help: give the VPC a public tier, or `Vpc::add_internet_gateway` first
    ");
}

#[test]
fn the_smallest_elastic_address_is_as_its_snapshot_says() {
    snapshot("ec2_elastic_ip", addressed);
}
