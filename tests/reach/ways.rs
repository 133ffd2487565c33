//! Ways: the internet, NAT, peering, transit gateways.

use formwork::aws::ec2::{Instance, InstanceSpec, Peer, Port, Tier, Vpc, VpcSpec, Zones};
use formwork::cfn::ec2;
use formwork::{App, Ref, Stack};
use insta::assert_snapshot;

use super::{app, asked, machine, network, reaches, told};

/// A machine in a tier, which lets everybody in on 443.
fn open(tier: &'static str) -> App {
    app(move |s| {
        let vpc = network(s);
        let web = machine(s, "Web", &vpc, tier);
        web.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
    })
}

#[test]
fn the_internet_reaches_public_addresses_in_public_subnets() {
    assert!(reaches(&open("Public"), "internet", "net/Web", 443));
    assert!(!reaches(&open("Public"), "internet", "net/Web", 22));
    assert!(!reaches(&open("Private"), "internet", "net/Web", 443));
    assert_snapshot!(told(&open("Public"), "internet", "net/Web", 443), @"
    reachable: internet → net/Web on tcp 443

      internet gateway net/Vpc/IGW
        lets the internet in to public addresses

      route table net/Vpc/PublicSubnet1/RouteTable
        0.0.0.0/0 leads to it, for the answers

      security group net/Web/InstanceSecurityGroup
        lets tcp 443 in from anywhere (0.0.0.0/0)
    ");
}

#[test]
fn a_public_address_in_a_private_subnet_is_not_reached() {
    let app = app(|s| {
        let vpc = network(s);
        let subnet = vpc.tier("Private").first().copied();
        let spec = InstanceSpec { subnet, associate_public_ip_address: Some(true), ..InstanceSpec::new(&vpc) };
        s.add("Web", spec).allow_from(s, Peer::any_ipv4(), Port::tcp(443));
    });
    assert_snapshot!(told(&app, "internet", "net/Web", 443), @"
    not reachable: internet → net/Web on tcp 443

      route table net/Vpc/PrivateSubnet1/RouteTable
        has no route to an internet gateway for anywhere (0.0.0.0/0)
        help: if it is to be reached, put it into a public subnet
    ");
}

#[test]
fn an_elastic_address_is_a_public_one() {
    let of = |association: bool| {
        app(move |s| {
            let vpc = network(s);
            let subnet = vpc.tier("Public").first().copied();
            let spec = InstanceSpec { subnet, associate_public_ip_address: Some(false), ..InstanceSpec::new(&vpc) };
            let web = s.add("Web", spec);
            web.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
            if association {
                let address = s.add("Address", ec2::Eip::new());
                let spec = ec2::EipAssociation::new().allocation_id(address.allocation_id());
                s.add("Association", spec.instance_id(web.instance));
            }
        })
    };
    assert!(reaches(&of(true), "internet", "net/Web", 443));
    assert!(!reaches(&of(false), "internet", "net/Web", 443));
}

#[test]
fn a_narrow_rule_does_not_let_in_the_internet_but_says_whom() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Bastion", &vpc, "Public").allow_from(s, Peer::ipv4("18.206.107.24/29"), Port::tcp(22));
    });
    assert!(reaches(&app, "18.206.107.24/29", "net/Bastion", 22));
    assert!(reaches(&app, "18.206.107.25", "net/Bastion", 22));
    assert!(!reaches(&app, "18.206.107.0/24", "net/Bastion", 22));
    assert_snapshot!(told(&app, "internet", "net/Bastion", 22), @"
    not reachable: internet → net/Bastion on tcp 22

      security group net/Bastion/InstanceSecurityGroup
        does not let tcp 22 in from anywhere (0.0.0.0/0), only from
          18.206.107.24/29
        help: `allow_from` lets somebody in, if that is meant
    ");
}

#[test]
fn private_subnets_reach_the_internet_by_nat_and_isolated_ones_do_not() {
    assert!(reaches(&open("Public"), "net/Web", "internet", 443));
    assert!(reaches(&open("Private"), "net/Web", "internet", 443));
    assert!(!reaches(&open("Isolated"), "net/Web", "internet", 443));
    assert_snapshot!(told(&open("Private"), "net/Web", "internet", 443), @"
    reachable: net/Web → internet on tcp 443

      security group net/Web/InstanceSecurityGroup
        lets everything out to anywhere (0.0.0.0/0)

      route table net/Vpc/PrivateSubnet1/RouteTable
        0.0.0.0/0 leads to NAT gateway net/Vpc/PublicSubnet1/NATGateway

      NAT gateway net/Vpc/PublicSubnet1/NATGateway
        sends it on in its own name; nobody gets in that way

      route table net/Vpc/PublicSubnet1/RouteTable
        0.0.0.0/0 leads to internet gateway net/Vpc/IGW
    ");
    assert_snapshot!(told(&open("Isolated"), "net/Web", "internet", 443), @"
    not reachable: net/Web → internet on tcp 443

      route table net/Vpc/IsolatedSubnet1/RouteTable
        has no route to anywhere (0.0.0.0/0)
        help: add a route, if the two are to be connected
    ");
}

#[test]
fn a_route_to_the_internet_gateway_needs_a_public_address() {
    let app = app(|s| {
        let vpc = network(s);
        let subnet = vpc.tier("Public").first().copied();
        let spec = InstanceSpec { subnet, associate_public_ip_address: Some(false), ..InstanceSpec::new(&vpc) };
        s.add("Web", spec);
    });
    assert_snapshot!(told(&app, "net/Web", "internet", 443), @"
    not reachable: net/Web → internet on tcp 443

      internet gateway net/Vpc/IGW
        only public addresses pass it, and net/Web has none
        help: give it a public address, or let its subnet's route lead to a NAT
        gateway
    ");
}

#[test]
fn an_internet_gateway_has_to_be_attached() {
    let app = app(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let subnet = s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24").map_public_ip_on_launch(true));
        let table = s.add("Table", ec2::RouteTable::new(vpc));
        s.add("Association", ec2::SubnetRouteTableAssociation::new(table, subnet));
        let gateway = s.add("Gateway", ec2::InternetGateway::new());
        s.add("Way", ec2::Route::new(table).destination_cidr_block("0.0.0.0/0").gateway_id(gateway));
        s.add("Web", ec2::Instance::new().subnet_id(subnet));
    });
    assert_snapshot!(told(&app, "net/Web", "internet", 443), @"
    not reachable: net/Web → internet on tcp 443

      internet gateway net/Gateway
        is not attached to net/Vpc
        help: add an `AWS::EC2::VPCGatewayAttachment`
    ");
}

#[test]
fn ipv6_reaches_out_by_an_egress_only_gateway_and_is_not_reached() {
    let app = app(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let six = s.add("Six", ec2::VpcCidrBlock::new(vpc).amazon_provided_ipv6_cidr_block(true));
        let block = "2600:1f18::/64";
        let subnet = s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24").ipv6_cidr_block(block));
        s.resource(subnet).depends_on(six);
        let table = s.add("Table", ec2::RouteTable::new(vpc));
        s.add("Association", ec2::SubnetRouteTableAssociation::new(table, subnet));
        let gateway = s.add("Gateway", ec2::EgressOnlyInternetGateway::new(vpc));
        let route = ec2::Route::new(table).destination_ipv6_cidr_block("::/0");
        s.add("Way", route.egress_only_internet_gateway_id(gateway));
        let group = s.add("Group", ec2::SecurityGroup::new("group").vpc_id(vpc));
        let rule = ec2::SecurityGroupIngress::new("tcp").from_port(443).to_port(443).cidr_ipv6("::/0");
        s.add("Rule", rule.group_id(group.group_id()));
        s.add("Web", ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
    });
    assert!(reaches(&app, "net/Web", "internet", 443));
    assert!(!reaches(&app, "internet", "net/Web", 443));
}

/// A VPC of isolated subnets, with a machine that lets a block in on 443.
fn island(s: &mut Stack, id: &str, block: &str, peer: &str) -> (Vpc, Instance) {
    let tiers = vec![Tier::isolated("Isolated")];
    let vpc =
        s.add(format!("{id}Vpc"), VpcSpec { tiers, zones: Zones::Count(1), nat_gateways: 0, ..VpcSpec::new(block) });
    let machine = s.add(id, InstanceSpec::new(&vpc));
    machine.allow_from(s, Peer::ipv4(peer), Port::tcp(443));
    (vpc, machine)
}

/// A route of a VPC's subnet.
fn route(s: &mut Stack, id: &str, vpc: &Vpc, to: &str, way: impl FnOnce(ec2::Route) -> ec2::Route) {
    let table = vpc.tier("Isolated")[0].route_table;
    s.add(id, way(ec2::Route::new(table).destination_cidr_block(to)));
}

fn peered(back: bool) -> App {
    app(move |s| {
        let (one, _) = island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
        let (two, two_machine) = island(s, "Two", "10.2.0.0/16", "10.1.0.0/16");
        let (three, _) = island(s, "Three", "10.3.0.0/16", "10.1.0.0/16");
        let first = s.add("First", ec2::VpcPeeringConnection::new(two.vpc, one.vpc));
        let second = s.add("Second", ec2::VpcPeeringConnection::new(three.vpc, two.vpc));
        route(s, "OneToTwo", &one, "10.2.0.0/16", |route| route.vpc_peering_connection_id(first));
        route(s, "OneToThree", &one, "10.3.0.0/16", |route| route.vpc_peering_connection_id(first));
        if back {
            route(s, "TwoToOne", &two, "10.1.0.0/16", |route| route.vpc_peering_connection_id(first));
        }
        route(s, "TwoToThree", &two, "10.3.0.0/16", |route| route.vpc_peering_connection_id(second));
        route(s, "ThreeToTwo", &three, "10.1.0.0/16", |route| route.vpc_peering_connection_id(second));
        let _ = two_machine;
    })
}

#[test]
fn peering_connects_two_vpcs_with_routes_both_ways() {
    assert!(reaches(&peered(true), "net/One", "net/Two", 443));
    assert!(!reaches(&peered(false), "net/One", "net/Two", 443));
    assert_snapshot!(told(&peered(true), "net/One", "net/Two", 443), @"
    reachable: net/One → net/Two on tcp 443

      security group net/One/InstanceSecurityGroup
        lets everything out to anywhere (0.0.0.0/0)

      route table net/OneVpc/IsolatedSubnet1/RouteTable
        10.2.0.0/16 leads to peering connection net/First

      security group net/Two/InstanceSecurityGroup
        lets tcp 443 in from 10.1.0.0/16
    ");
    assert_snapshot!(told(&peered(false), "net/One", "net/Two", 443), @"
    not reachable: net/One → net/Two on tcp 443

      route table net/TwoVpc/IsolatedSubnet1/RouteTable
        on the way back, has no route to 10.1.0.0/16
        help: add a route, if the two are to be connected
    ");
}

#[test]
fn peering_does_not_lead_on() {
    assert_snapshot!(told(&peered(true), "net/One", "net/Three", 443), @"
    not reachable: net/One → net/Three on tcp 443

      peering connection net/First
        ends in net/TwoVpc: peering does not lead on
        help: connect the two VPCs themselves, or all by a transit gateway
    ");
}

#[test]
fn vpcs_that_nothing_connects_do_not_reach_each_other() {
    let app = app(|s| {
        island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
        island(s, "Two", "10.2.0.0/16", "10.1.0.0/16");
    });
    assert_snapshot!(told(&app, "net/One", "net/Two", 443), @"
    not reachable: net/One → net/Two on tcp 443

      route table net/OneVpc/IsolatedSubnet1/RouteTable
        has no route to 10.2.0.0/16
        help: add a route, if the two are to be connected
    ");
}

struct Hub {
    gateway: Ref<ec2::TransitGateway>,
    table: Option<Ref<ec2::TransitGatewayRouteTable>>,
}

/// Attaches a VPC: its routes to the others lead to the gateway, which knows it.
fn attach(s: &mut Stack, hub: &Hub, id: &str, vpc: &Vpc) -> Ref<ec2::TransitGatewayAttachment> {
    let subnet = vpc.subnets()[0].subnet;
    let subnet: formwork::Value<ec2::SubnetId> = subnet.into();
    let attachment =
        s.add(format!("{id}Attachment"), ec2::TransitGatewayAttachment::new([subnet], hub.gateway, vpc.vpc));
    if let Some(table) = hub.table {
        let association = ec2::TransitGatewayRouteTableAssociation::new(attachment.id(), table);
        s.add(format!("{id}Association"), association);
        s.add(format!("{id}Propagation"), ec2::TransitGatewayRouteTablePropagation::new(attachment.id(), table));
    }
    attachment
}

fn hub(s: &mut Stack, own_table: bool) -> Hub {
    let off = if own_table { "disable" } else { "enable" };
    let gateway = ec2::TransitGateway::new().default_route_table_association(off).default_route_table_propagation(off);
    let gateway = s.add("Hub", gateway);
    let table = own_table.then(|| s.add("HubTable", ec2::TransitGatewayRouteTable::new(gateway)));
    Hub { gateway, table }
}

fn met(own_table: bool, attached: bool) -> App {
    app(move |s| {
        let (one, _) = island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
        let (two, _) = island(s, "Two", "10.2.0.0/16", "10.1.0.0/16");
        let hub = hub(s, own_table);
        attach(s, &hub, "One", &one);
        if attached {
            attach(s, &hub, "Two", &two);
        }
        route(s, "OneOut", &one, "10.0.0.0/8", |route| route.transit_gateway_id(hub.gateway));
        route(s, "TwoOut", &two, "10.0.0.0/8", |route| route.transit_gateway_id(hub.gateway));
    })
}

#[test]
fn a_transit_gateway_connects_what_is_attached() {
    assert!(reaches(&met(true, true), "net/One", "net/Two", 443));
    assert!(reaches(&met(false, true), "net/One", "net/Two", 443));
    assert!(!reaches(&met(true, false), "net/One", "net/Two", 443));
    assert_snapshot!(told(&met(true, true), "net/One", "net/Two", 443), @"
    reachable: net/One → net/Two on tcp 443

      security group net/One/InstanceSecurityGroup
        lets everything out to anywhere (0.0.0.0/0)

      route table net/OneVpc/IsolatedSubnet1/RouteTable
        10.0.0.0/8 leads to transit gateway net/Hub

      transit gateway route table net/HubTable
        leads 10.2.0.0/16 to net/TwoVpc

      security group net/Two/InstanceSecurityGroup
        lets tcp 443 in from 10.1.0.0/16
    ");
    assert_snapshot!(told(&met(true, false), "net/One", "net/Two", 443), @"
    not reachable: net/One → net/Two on tcp 443

      transit gateway route table net/HubTable
        has no route to 10.2.0.0/16
        help: add a route, or a propagation of the VPC's attachment
    ");
}

/// One VPC leaves through another's NAT gateway.
fn shared_nat(back: bool) -> App {
    app(move |s| {
        let (one, _) = island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
        let tiers = vec![Tier::public("Public"), Tier::private("Private")];
        let spec = VpcSpec { tiers, zones: Zones::Count(1), nat_gateways: 1, ..VpcSpec::new("10.2.0.0/16") };
        let two = s.add("TwoVpc", spec);
        let hub = hub(s, true);
        attach(s, &hub, "One", &one);
        let private: formwork::Value<ec2::SubnetId> = two.private_subnets()[0].subnet.into();
        let exit = s.add("Exit", ec2::TransitGatewayAttachment::new([private], hub.gateway, two.vpc));
        let table = hub.table.unwrap();
        s.add("ExitAssociation", ec2::TransitGatewayRouteTableAssociation::new(exit.id(), table));
        s.add("Out", ec2::TransitGatewayRoute::new("0.0.0.0/0", table).transit_gateway_attachment_id(exit.id()));
        route(s, "OneOut", &one, "0.0.0.0/0", |route| route.transit_gateway_id(hub.gateway));
        if back {
            let table = two.public_subnets()[0].route_table;
            let route = ec2::Route::new(table).destination_cidr_block("10.1.0.0/16");
            s.add("Back", route.transit_gateway_id(hub.gateway));
        }
    })
}

#[test]
fn a_vpc_leaves_through_the_nat_gateway_of_another() {
    assert!(reaches(&shared_nat(true), "net/One", "internet", 443));
    assert_snapshot!(told(&shared_nat(true), "net/One", "internet", 443), @"
    reachable: net/One → internet on tcp 443

      security group net/One/InstanceSecurityGroup
        lets everything out to anywhere (0.0.0.0/0)

      route table net/OneVpc/IsolatedSubnet1/RouteTable
        0.0.0.0/0 leads to transit gateway net/Hub

      transit gateway route table net/HubTable
        leads 0.0.0.0/0 to net/TwoVpc

      route table net/TwoVpc/PrivateSubnet1/RouteTable
        0.0.0.0/0 leads to NAT gateway net/TwoVpc/PublicSubnet1/NATGateway

      NAT gateway net/TwoVpc/PublicSubnet1/NATGateway
        sends it on in its own name; nobody gets in that way

      route table net/TwoVpc/PublicSubnet1/RouteTable
        0.0.0.0/0 leads to internet gateway net/TwoVpc/IGW
    ");
    assert_snapshot!(told(&shared_nat(false), "net/One", "internet", 443), @"
    not reachable: net/One → internet on tcp 443

      internet gateway net/TwoVpc/IGW
        on the way back, leads to the internet, which does not carry private
        addresses
        help: connect the VPCs: by peering or a transit gateway
    ");
}

/// The same with a NAT gateway in each of two zones, of which so many have a way back; and attachment subnets, of which so many
/// have a way out.
fn zonal_nat(out: usize, back: usize) -> App {
    app(move |s| {
        let (one, _) = island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
        let tiers = vec![Tier::public("Public"), Tier::private("Private"), Tier::isolated("Attachment")];
        let two = s.add("TwoVpc", VpcSpec { tiers, ..VpcSpec::new("10.2.0.0/16") });
        let hub = hub(s, true);
        attach(s, &hub, "One", &one);
        let subnets: Vec<formwork::Value<ec2::SubnetId>> = two.tier("Attachment").iter().map(Into::into).collect();
        let exit = s.add("Exit", ec2::TransitGatewayAttachment::new(subnets, hub.gateway, two.vpc));
        let table = hub.table.unwrap();
        s.add("ExitAssociation", ec2::TransitGatewayRouteTableAssociation::new(exit.id(), table));
        s.add("Out", ec2::TransitGatewayRoute::new("0.0.0.0/0", table).transit_gateway_attachment_id(exit.id()));
        route(s, "OneOut", &one, "0.0.0.0/0", |route| route.transit_gateway_id(hub.gateway));
        for (subnet, nat) in two.tier("Attachment").iter().zip(&two.nat_gateways).take(out) {
            subnet.add_route(s, "Out", "0.0.0.0/0", *nat);
        }
        for (index, subnet) in two.public_subnets().iter().take(back).enumerate() {
            let route = ec2::Route::new(subnet.route_table).destination_cidr_block("10.1.0.0/16");
            s.add(format!("Back{index}"), route.transit_gateway_id(hub.gateway));
        }
    })
}

#[test]
fn what_a_transit_gateway_sends_to_a_vpc_goes_on_in_every_zone_or_it_cannot_be_told() {
    assert!(reaches(&zonal_nat(2, 2), "net/One", "internet", 443));
    assert!(!reaches(&zonal_nat(0, 2), "net/One", "internet", 443));
    assert!(!reaches(&zonal_nat(2, 0), "net/One", "internet", 443));
    assert_snapshot!(told(&zonal_nat(1, 2), "net/One", "internet", 443), @"
    cannot be told: net/One → internet on tcp 443

      route table net/TwoVpc/AttachmentSubnet2/RouteTable
        in one of the zones, has no route to anywhere (0.0.0.0/0)
        help: add a route, if the two are to be connected
    ");
    assert_snapshot!(told(&zonal_nat(2, 1), "net/One", "internet", 443), @"
    cannot be told: net/One → internet on tcp 443

      internet gateway net/TwoVpc/IGW
        in one of the zones, on the way back, leads to the internet, which does not
        carry private addresses
        help: connect the VPCs: by peering or a transit gateway
    ");
}

#[test]
fn groups_do_not_refer_to_each_other_across_a_transit_gateway() {
    let of = |support: bool| {
        app(move |s| {
            let (one, from) = island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
            let (two, to) = island(s, "Two", "10.2.0.0/16", "192.0.2.0/24");
            to.allow_from(s, &from, Port::tcp(22));
            let hub = hub(s, false);
            if support {
                s.edit(hub.gateway, |gateway| gateway.security_group_referencing_support("enable"));
            }
            attach(s, &hub, "One", &one);
            attach(s, &hub, "Two", &two);
            route(s, "OneOut", &one, "10.2.0.0/16", |route| route.transit_gateway_id(hub.gateway));
            route(s, "TwoOut", &two, "10.1.0.0/16", |route| route.transit_gateway_id(hub.gateway));
        })
    };
    assert!(reaches(&of(true), "net/One", "net/Two", 22));
    assert!(!reaches(&of(false), "net/One", "net/Two", 22));
}

#[test]
fn a_route_to_what_is_not_there_cannot_be_told() {
    let app = app(|s| {
        let (one, _) = island(s, "One", "10.1.0.0/16", "10.2.0.0/16");
        island(s, "Two", "10.2.0.0/16", "10.1.0.0/16");
        route(s, "Out", &one, "10.2.0.0/16", |route| route.transit_gateway_id("tgw-0123456789abcdef0"));
    });
    assert_snapshot!(told(&app, "net/One", "net/Two", 443), @"
    cannot be told: net/One → net/Two on tcp 443

      route table net/OneVpc/IsolatedSubnet1/RouteTable
        its route to 10.2.0.0/16 leads to what the definitions do not have
        help: define what it leads to in this app
    ");
}

#[test]
fn a_private_network_of_nobody_is_not_reached() {
    let app = open("Private");
    assert_snapshot!(told(&app, "net/Web", "192.168.0.0/24", 443), @"
    not reachable: net/Web → 192.168.0.0/24 on tcp 443

      192.168.0.0/24
        no VPC of the definitions has these addresses, and the internet does not
        carry them
        help: name addresses of a VPC of this app, or public ones
    ");
    let answer = asked(&app, "10.0.0.0/16", "10.0.0.0/16", None).unwrap();
    assert!(!answer.is_reachable());
}
