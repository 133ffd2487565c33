//! Peering, and transit gateways.

use formwork::aws::ec2::{
    InstanceSpec, Port, Tier, TransitGateway, TransitGatewayAttachment, TransitGatewayAttachmentSpec,
    TransitGatewaySpec, Vpc, VpcPeeringSpec, VpcSpec, Zones,
};
use formwork::testing::{Template, absent, any};
use formwork::{App, Env, Stack};
use insta::assert_snapshot;
use serde_json::json;

use super::snapshot;
use crate::checks::found;

const ROUTE: &str = "AWS::EC2::Route";
const ATTACHMENT: &str = "AWS::EC2::TransitGatewayVpcAttachment";

fn island(s: &mut Stack, id: &str, block: &str) -> Vpc {
    let tiers = vec![Tier::isolated("Data")];
    s.add(id, VpcSpec { tiers, zones: Zones::Count(1), ..VpcSpec::new(block) })
}

fn two(s: &mut Stack) -> (Vpc, Vpc) {
    (island(s, "One", "10.1.0.0/16"), island(s, "Two", "10.2.0.0/16"))
}

// -------------------------------------------------------------------------------------------------------- peering

#[test]
fn the_smallest_peering_is_as_its_snapshot_says() {
    snapshot("ec2_vpc_peering", |s| {
        let (one, two) = two(s);
        s.add("Peering", VpcPeeringSpec::new(&one, &two))
    });
}

#[test]
fn every_subnet_of_both_vpcs_gets_a_route_to_the_other_unless_none_is_wanted() {
    let of = |routes: bool| {
        Template::of(|s| {
            let one = s.add("One", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.1.0.0/16") });
            let two = island(s, "Two", "10.2.0.0/16");
            s.add("Peering", VpcPeeringSpec { routes, ..VpcPeeringSpec::new(&one, &two) })
        })
    };
    let to = |template: &Template, block: &str| {
        let routes = template.resources(ROUTE);
        routes.iter().filter(|route| route.resource["Properties"]["DestinationCidrBlock"] == block).count()
    };
    assert_eq!((to(&of(true), "10.2.0.0/16"), to(&of(true), "10.1.0.0/16")), (4, 1));
    assert_eq!((to(&of(false), "10.2.0.0/16"), to(&of(false), "10.1.0.0/16")), (0, 0));
}

#[test]
fn vpcs_of_two_stacks_are_peered_in_a_third() {
    let mut app = App::new();
    let one = app.stack("one", Env::any(), |s| island(s, "Vpc", "10.1.0.0/16"));
    let two = app.stack("two", Env::any(), |s| island(s, "Vpc", "10.2.0.0/16"));
    app.stack("between", Env::any(), |s| s.add("Peering", VpcPeeringSpec::new(&one, &two)));
    let assembly = app.synth().unwrap();
    let between = Template::from(&assembly.stacks[2]);
    between.resource_count(ROUTE, 2);
    between.has_resource("AWS::EC2::VPCPeeringConnection", json!({ "VpcId": any(), "PeerVpcId": any() }));
}

#[test]
fn a_group_across_is_named_once_there_is_a_connection() {
    let template = Template::of(|s| {
        let (one, two) = two(s);
        let [web, db] = [("Web", &one), ("Db", &two)].map(|(id, vpc)| s.add(id, InstanceSpec::new(vpc)));
        let peering = s.add("Peering", VpcPeeringSpec::new(&one, &two));
        db.allow_from(s, peering.across(web.security_group), Port::tcp(5432));
        s.output("Id", peering.id());
    });
    let rule = template
        .has_resource("AWS::EC2::SecurityGroupIngress", json!({ "SourceSecurityGroupId": any(), "FromPort": 5432 }));
    assert_eq!(rule.resource["DependsOn"], template.resources("AWS::EC2::VPCPeeringConnection")[0].id);
}

#[test]
fn vpcs_that_share_addresses_are_not_peered() {
    assert_snapshot!(found(|s| {
        let (one, two) = (island(s, "One", "10.1.0.0/16"), island(s, "Two", "10.1.4.0/24"));
        s.add("Peering", VpcPeeringSpec { routes: false, ..VpcPeeringSpec::new(&one, &two) })
    }), @"
    error[address-block] Peering: the peered VPCs 10.1.0.0/16 and 10.1.4.0/24 share addresses
      help: give one of the two another block: routes could not tell them apart
    ");
}

// ------------------------------------------------------------------------------------------------- transit gateways

fn attached(s: &mut Stack) -> (TransitGateway, Vpc, TransitGatewayAttachment) {
    let vpc = island(s, "Vpc", "10.1.0.0/16");
    let gateway = s.add("Hub", TransitGatewaySpec::default());
    let attachment = s.add("Attachment", TransitGatewayAttachmentSpec::new(&gateway, &vpc));
    (gateway, vpc, attachment)
}

#[test]
fn the_smallest_transit_gateway_is_as_its_snapshot_says() {
    snapshot("ec2_transit_gateway", |s| {
        let (gateway, _, attachment) = attached(s);
        let table = gateway.add_route_table(s, "Table");
        table.associate(s, &attachment);
        table.propagate(s, &attachment);
        table.add_route(s, "Out", "0.0.0.0/0", &attachment);
        table.add_blackhole_route(s, "Nowhere", "192.168.0.0/16");
    });
}

#[test]
fn a_transit_gateway_has_every_option() {
    let template = Template::of(|s| {
        let spec = TransitGatewaySpec {
            description: Some("where VPCs meet".into()),
            default_route_table: true,
            dns_support: false,
            security_group_referencing: true,
            auto_accept_shared_attachments: true,
            amazon_side_asn: Some(65000),
        };
        let gateway = s.add("Hub", spec);
        s.output("Id", gateway.id());
    });
    template.has_resource(
        "AWS::EC2::TransitGateway",
        json!({
            "Description": "where VPCs meet",
            "DefaultRouteTableAssociation": "enable",
            "DefaultRouteTablePropagation": "enable",
            "DnsSupport": "disable",
            "SecurityGroupReferencingSupport": "enable",
            "AutoAcceptSharedAttachments": "enable",
            "AmazonSideAsn": 65000,
        }),
    );
}

#[test]
fn an_attachment_takes_a_subnet_of_each_zone_or_those_it_is_given() {
    let template = Template::of(|s| {
        let tiers = vec![Tier::private("App"), Tier::private("Attachment"), Tier::public("Public")];
        let vpc = s.add("Vpc", VpcSpec { tiers, ..VpcSpec::new("10.1.0.0/16") });
        let gateway = s.add("Hub", TransitGatewaySpec::default());
        let plain = s.add("Plain", TransitGatewayAttachmentSpec::new(&gateway, &vpc));
        let spec = TransitGatewayAttachmentSpec {
            subnets: vpc.tier("Attachment"),
            appliance_mode: true,
            ipv6: true,
            ..TransitGatewayAttachmentSpec::new(&gateway, &vpc)
        };
        s.add("Own", spec);
        s.output("Id", plain.id());
    });
    let subnets = |index: usize| {
        let found = &template.resources(ATTACHMENT)[index].resource["Properties"]["SubnetIds"];
        found.as_array().unwrap().iter().map(|id| id["Ref"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(subnets(0).iter().all(|id| id.starts_with("VpcAppSubnet")), "{:?}", subnets(0));
    assert!(subnets(1).iter().all(|id| id.starts_with("VpcAttachmentSubnet")), "{:?}", subnets(1));
    assert_eq!((subnets(0).len(), subnets(1).len()), (2, 2));
    template.has_resource(ATTACHMENT, json!({ "Options": absent() }));
    let options = json!({ "Options": { "ApplianceModeSupport": "enable", "Ipv6Support": "enable" } });
    template.has_resource(ATTACHMENT, options);
}

#[test]
fn an_attachment_without_a_subnet_is_refused() {
    assert_snapshot!(found(|s| {
        let vpc = island(s, "Vpc", "10.1.0.0/16");
        let gateway = s.add("Hub", TransitGatewaySpec::default());
        let spec = TransitGatewayAttachmentSpec { subnets: Vec::new(), ..TransitGatewayAttachmentSpec::new(&gateway, &vpc) };
        s.add("Attachment", spec)
    }), @"
    error[item-count] Attachment: the attachment has no subnet
      help: give it one of each zone, or the VPC a tier
    ");
}

#[test]
fn an_attachment_belongs_to_one_table_and_a_table_has_one_route_to_a_block() {
    assert_snapshot!(found(|s| {
        let (gateway, _, attachment) = attached(s);
        for id in ["One", "Two"] {
            gateway.add_route_table(s, id).associate(s, &attachment);
        }
    }), @"
    error[name-used-twice] Hub/Two/Association testAttachmentEA1C63FC: one attachment is associated with two route tables
      help: leave one association out: an attachment has one table, and others may know it by a propagation
    ");
    assert_snapshot!(found(|s| {
        let (gateway, _, attachment) = attached(s);
        let table = gateway.add_route_table(s, "Table");
        table.add_route(s, "One", "10.0.0.0/8", &attachment);
        table.add_blackhole_route(s, "Two", "10.0.0.0/8");
    }), @"
    error[name-used-twice] Hub/Table/Two: two routes of one table are for `10.0.0.0/8`
      help: leave one out: a table has one way to each block
    ");
}

#[test]
fn vpcs_of_other_stacks_are_attached_where_they_are() {
    let mut app = App::new();
    let (gateway, table) = app.stack("hub", Env::any(), |s| {
        let gateway = s.add("Hub", TransitGatewaySpec::default());
        (gateway, gateway.add_route_table(s, "Table"))
    });
    for (path, block) in [("one", "10.1.0.0/16"), ("two", "10.2.0.0/16")] {
        app.stack(path, Env::any(), |s| {
            let vpc = island(s, "Vpc", block);
            let attachment = s.add("Attachment", TransitGatewayAttachmentSpec::new(&gateway, &vpc));
            table.associate(s, &attachment);
            table.propagate(s, &attachment);
        });
    }
    let assembly = app.synth().unwrap();
    for stack in &assembly.stacks[1..] {
        let template = Template::from(stack);
        template.resource_count("AWS::EC2::TransitGatewayRouteTableAssociation", 1);
        template.resource_count("AWS::EC2::TransitGatewayRouteTablePropagation", 1);
    }
}
