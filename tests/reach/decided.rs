//! What definitions decide and what only a deployment does: neither a yes nor a no is made up.

use formwork::aws::ec2::{InstanceSpec, Peer, Port, Tier, Vpc, VpcSpec, Zones};
use formwork::cfn::ec2::network_acl_entry::PortRange;
use formwork::cfn::{ec2, elasticloadbalancingv2 as elbv2, rds};
use formwork::intrinsics::{cidr, if_else, no_value, select};
use formwork::reach::{Ports, Verdict};
use formwork::{App, Condition, ConditionRef, Parameter, Ref, Resource as _, Stack, json};
use insta::assert_snapshot;

use super::{app, asked, machine, network, told};

const YES: Verdict = Verdict::Reachable;
const NO: Verdict = Verdict::Unreachable;
const UNKNOWN: Verdict = Verdict::Unknown;

fn verdict(app: &App, from: &str, to: &str, ports: impl Into<Option<Ports>>) -> Verdict {
    asked(app, from, to, ports.into()).unwrap().verdict
}

/// `Web` in the public subnet, with a public address, in the group `G`; and what is about that.
fn web(rules: impl FnOnce(&mut Stack, &Vpc, Ref<ec2::SecurityGroup>)) -> App {
    app(|s| {
        let vpc = network(s);
        let group = s.add("G", ec2::SecurityGroup::new("g").vpc_id(vpc.vpc));
        let interface = ec2::instance::NetworkInterface::new("0")
            .associate_public_ip_address(true)
            .subnet_id(vpc.public_subnets()[0])
            .group_set([group.group_id()]);
        s.add("Web", ec2::Instance::new().image_id("ami-0123456789abcdef0").network_interfaces([interface]));
        rules(s, &vpc, group);
    })
}

/// A rule that lets everybody in on TCP 22.
fn ssh(group: Ref<ec2::SecurityGroup>) -> ec2::SecurityGroupIngress {
    ec2::SecurityGroupIngress::new("tcp").group_id(group.group_id()).cidr_ip("0.0.0.0/0").from_port(22).to_port(22)
}

fn from_internet(app: &App) -> Verdict {
    verdict(app, "internet", "net/Web", Ports::tcp(22))
}

// ---------------------------------------------------------------------------------------------------------- rules

#[test]
fn a_port_that_only_a_deployment_knows_may_be_any() {
    let app = web(|s, _, group| {
        let port = s.parameter("Port", Parameter::<i64>::number());
        s.add("Rule", ssh(group).from_port(&port).to_port(&port));
    });
    assert_eq!(from_internet(&app), UNKNOWN);
    assert_snapshot!(told(&app, "internet", "net/Web", 22), @"
    cannot be told: internet → net/Web on tcp 22

      security group net/G
        the definitions do not say all of whom it lets in on tcp 22
        help: write its addresses and ports down, or define the group in this app
    ");
}

#[test]
fn a_port_with_a_default_is_that_one() {
    let rule = |default: i64| {
        web(move |s, _, group| {
            let port = s.parameter("Port", Parameter::<i64>::number().default(default));
            s.add("Rule", ssh(group).from_port(&port).to_port(&port));
        })
    };
    assert_eq!(from_internet(&rule(22)), YES);
    assert_eq!(from_internet(&rule(23)), NO);
}

#[test]
fn a_protocol_that_only_a_deployment_knows_may_be_any() {
    let app = web(|s, _, group| {
        let protocol = s.parameter("Protocol", Parameter::string());
        let rule = ec2::SecurityGroupIngress::new(&protocol).group_id(group.group_id()).cidr_ip("0.0.0.0/0");
        s.add("Rule", rule.from_port(22).to_port(22));
    });
    assert_eq!(from_internet(&app), UNKNOWN);
}

#[test]
fn a_rule_that_cannot_be_read_does_not_hide_one_that_can() {
    let app = web(|s, _, group| {
        let protocol = s.parameter("Protocol", Parameter::string());
        s.add("Unread", ec2::SecurityGroupIngress::new(&protocol).group_id(group.group_id()).cidr_ip("0.0.0.0/0"));
        s.add("Rule", ssh(group));
    });
    assert_eq!(from_internet(&app), YES);
}

#[test]
fn a_rule_list_that_cannot_be_read_may_say_anything() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private");
        let rules = json!([{ "Fn::If": ["Never", { "IpProtocol": "tcp" }, { "Ref": "AWS::NoValue" }] }]);
        s.condition("Never", Condition::equals("a", "b"));
        let group = ec2::SecurityGroup::new("g").vpc_id(vpc.vpc).raw("SecurityGroupIngress", rules);
        let group = s.add("Group", group);
        let subnet = vpc.tier("Private")[0].subnet;
        s.add("Db", ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
    });
    assert_eq!(verdict(&app, "net/Web", "net/Db", Ports::tcp(22)), UNKNOWN);
}

#[test]
fn rules_for_parts_of_a_range_of_ports_let_it_in_together() {
    let app = web(|s, _, group| {
        s.add("Low", ssh(group).from_port(80).to_port(85));
        s.add("High", ssh(group).from_port(86).to_port(90));
    });
    let on = |first, last| verdict(&app, "internet", "net/Web", Ports { first, last, ..Ports::tcp(0) });
    assert_eq!((on(80, 90), on(80, 91), on(84, 87)), (YES, NO, YES));
}

#[test]
fn icmp_is_an_echo_request() {
    let typed = |protocol: &'static str, kind: i64| {
        web(move |s, _, group| {
            let rule = ec2::SecurityGroupIngress::new(protocol).group_id(group.group_id()).cidr_ip("0.0.0.0/0");
            s.add("Rule", rule.from_port(kind).to_port(-1));
        })
    };
    let pings = |app: &App| verdict(app, "internet", "net/Web", Ports::icmp());
    assert_eq!([pings(&typed("icmp", -1)), pings(&typed("icmp", 8)), pings(&typed("icmp", 3))], [YES, YES, NO]);
    assert_eq!([pings(&typed("-1", -1)), pings(&typed("tcp", 8))], [YES, NO]);
}

#[test]
fn a_rule_for_a_part_of_a_subnet_may_or_may_not_be_about_what_is_in_it() {
    let from = |block: &'static str| {
        app(move |s| {
            let vpc = network(s);
            machine(s, "Web", &vpc, "Private");
            machine(s, "Db", &vpc, "Isolated").allow_from(s, Peer::ipv4(block), Port::tcp(5432));
        })
    };
    let asked = |app: &App| verdict(app, "net/Web", "net/Db", Ports::tcp(5432));
    // The private subnet is 10.0.64.0/18.
    assert_eq!(asked(&from("10.0.64.0/18")), YES);
    assert_eq!(asked(&from("10.0.64.0/24")), UNKNOWN);
    assert_eq!(asked(&from("10.0.0.0/24")), NO);
    assert_snapshot!(told(&from("10.0.64.0/24"), "net/Web", "net/Db", 5432), @"
    cannot be told: net/Web → net/Db on tcp 5432

      security group net/Db/InstanceSecurityGroup
        lets tcp 5432 in from a part of 10.0.64.0/18 only, and the definitions do
        not say which address net/Web has
          10.0.64.0/24
        help: let its group in, or the whole of its subnet
    ");
    assert_eq!(verdict(&from("10.0.64.0/24"), "10.0.64.0/18", "net/Db", Ports::tcp(5432)), NO, "not all of them");
}

#[test]
fn groups_of_elsewhere_are_the_same_where_their_ids_are() {
    let app = app(|s| {
        let vpc = network(s);
        let subnet = vpc.tier("Private")[0].subnet;
        let other = s.parameter("Other", Parameter::of_type("AWS::EC2::SecurityGroup::Id"));
        for (id, group) in [("One", "sg-11111111"), ("Two", "sg-22222222")] {
            s.add(id, ec2::Instance::new().subnet_id(subnet).security_group_ids([group]));
        }
        let groups: [formwork::Value<ec2::SecurityGroupId>; 1] = [other.value()];
        s.add("Three", ec2::Instance::new().subnet_id(subnet).security_group_ids(groups));
        let db = machine(s, "Db", &vpc, "Private");
        let rule = ec2::SecurityGroupIngress::new("tcp").from_port(22).to_port(22);
        s.add("Rule", rule.group_id(db.security_group.group_id()).source_security_group_id("sg-11111111"));
    });
    let of = |from| verdict(&app, from, "net/Db", Ports::tcp(22));
    assert_eq!([of("net/One"), of("net/Two"), of("net/Three")], [UNKNOWN, UNKNOWN, UNKNOWN], "may not let it out");
}

#[test]
fn rules_for_the_way_out_beside_a_group_may_replace_the_one_for_everything() {
    let app = app(|s| {
        let vpc = network(s);
        let group = s.add("Group", ec2::SecurityGroup::new("g").vpc_id(vpc.vpc));
        let rule = ec2::SecurityGroupEgress::new(group.group_id(), "tcp").from_port(443).to_port(443);
        s.add("Rule", rule.cidr_ip("0.0.0.0/0"));
        let subnet = vpc.tier("Private")[0].subnet;
        s.add("Web", ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
    });
    assert_eq!(verdict(&app, "net/Web", "internet", Ports::tcp(443)), YES);
    assert_eq!(verdict(&app, "net/Web", "internet", Ports::tcp(80)), UNKNOWN);
}

#[test]
fn a_launch_template_may_say_what_an_instance_does_not() {
    let app = app(|s| {
        let vpc = network(s);
        let from =
            ec2::instance::LaunchTemplateSpecification::new().version("1").launch_template_id("lt-0123456789abcdef0");
        s.add("Web", ec2::Instance::new().subnet_id(vpc.public_subnets()[0]).launch_template(from));
    });
    assert_eq!(verdict(&app, "internet", "net/Web", Ports::tcp(22)), UNKNOWN);
}

// ----------------------------------------------------------------------------------------------------- conditions

/// A rule for SSH on the condition that the parameter `Stage` is `dev`.
fn staged(stage: Parameter<String>, conditional: impl Fn(&mut Stack, &ConditionRef, Ref<ec2::SecurityGroup>)) -> App {
    web(|s, _, group| {
        let stage = s.parameter("Stage", stage);
        let is_dev = s.condition("IsDev", Condition::equals(&stage, "dev"));
        conditional(s, &is_dev, group);
    })
}

fn rule_on(s: &mut Stack, condition: &ConditionRef, group: Ref<ec2::SecurityGroup>) {
    let rule = s.add("Rule", ssh(group));
    s.resource(rule).condition(condition);
}

#[test]
fn a_condition_is_decided_by_the_parameters_default() {
    assert_eq!(from_internet(&staged(Parameter::string().default("dev"), rule_on)), YES);
    assert_eq!(from_internet(&staged(Parameter::string().default("prod"), rule_on)), NO);
}

#[test]
fn a_condition_that_only_a_deployment_decides_is_tried_both_ways() {
    let app = staged(Parameter::string(), rule_on);
    assert_eq!(from_internet(&app), UNKNOWN);
    assert_snapshot!(told(&app, "internet", "net/Web", 22), @"
    cannot be told: internet → net/Web on tcp 22

      the conditions of the stacks
        what is there depends on parameters that have no default
          the parameter Stage of net is dev: reachable
          the parameter Stage of net is anything else: not reachable
        help: give them defaults, if one of these is meant
    ");
    assert_eq!(verdict(&app, "internet", "net/Web", Ports::tcp(23)), NO, "either way");
    let allowed = staged(Parameter::string().allowed_values(["test", "prod"]), rule_on);
    assert_eq!(from_internet(&allowed), NO, "it is never dev");
}

#[test]
fn opposite_conditions_are_never_both_true() {
    let either = |both: bool| {
        web(move |s, _, group| {
            let stage = s.parameter("Stage", Parameter::string());
            let is_dev = s.condition("IsDev", Condition::equals(&stage, "dev"));
            let other = if both { Condition::negate(&is_dev) } else { Condition::equals(&stage, "prod") };
            let other = s.condition("Other", other);
            for (id, condition) in [("One", is_dev), ("Two", other)] {
                let rule = s.add(id, ssh(group));
                s.resource(rule).condition(&condition);
            }
        })
    };
    assert_eq!(from_internet(&either(true)), YES);
    assert_eq!(from_internet(&either(false)), UNKNOWN, "it may be neither");
}

#[test]
fn a_choice_in_a_property_is_followed() {
    let of = |default: &'static str| {
        staged(Parameter::string().default(default), |s, is_dev, group| {
            let block = if_else(is_dev, "0.0.0.0/0", "10.0.0.0/8");
            s.add("Rule", ssh(group).cidr_ip(block));
        })
    };
    assert_eq!((from_internet(&of("dev")), from_internet(&of("prod"))), (YES, NO));
    let unsaid = staged(Parameter::string().default("dev"), |s, is_dev, group| {
        s.add("Rule", ssh(group).from_port(if_else(is_dev, no_value(), 22)).ip_protocol(if_else(is_dev, "-1", "tcp")));
    });
    assert_eq!(from_internet(&unsaid), YES);
}

#[test]
fn what_is_there_on_a_condition_only_may_not_be_there_to_be_reached() {
    let app = app(|s| {
        let vpc = network(s);
        let stage = s.parameter("Stage", Parameter::string());
        let is_dev = s.condition("IsDev", Condition::equals(&stage, "dev"));
        let web = s.add("Web", ec2::Instance::new().subnet_id(vpc.public_subnets()[0]));
        s.resource(web).condition(&is_dev);
        machine(s, "Db", &vpc, "Private").allow_from(s, Peer::any_ipv4(), Port::tcp(22));
    });
    assert_eq!(verdict(&app, "net/Web", "net/Db", Ports::tcp(22)), UNKNOWN);
}

#[test]
fn more_ways_to_deploy_than_can_be_tried_are_not_guessed() {
    let app = web(|s, _, group| {
        for number in 0..7 {
            let on = s.parameter(format!("On{number}"), Parameter::string());
            let condition = s.condition(format!("Is{number}"), Condition::equals(&on, "yes"));
            let rule = s.add(format!("Rule{number}"), ssh(group));
            s.resource(rule).condition(&condition);
        }
    });
    assert_snapshot!(told(&app, "internet", "net/Web", 22), @"
    cannot be told: internet → net/Web on any port

      the conditions of the stacks
        they choose among more than 64 networks by parameters that have no default
        help: give the parameters that they compare defaults
    ");
}

// --------------------------------------------------------------------------------------------------------- routes

/// `Web` with a public address, in a subnet whose route table has these routes.
fn routed(routes: impl FnOnce(&mut Stack, Ref<ec2::RouteTable>, Ref<ec2::InternetGateway>)) -> App {
    app(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let subnet = s.add("Subnet", ec2::Subnet::new(vpc).cidr_block("10.0.0.0/24"));
        let table = s.add("Table", ec2::RouteTable::new(vpc));
        s.add("TableOfSubnet", ec2::SubnetRouteTableAssociation::new(table, subnet));
        let gateway = s.add("Gateway", ec2::InternetGateway::new());
        s.add("Attachment", ec2::VpcGatewayAttachment::new(vpc).internet_gateway_id(gateway));
        let group = s.add("G", ec2::SecurityGroup::new("g").vpc_id(vpc));
        s.add("Rule", ssh(group));
        let interface = ec2::instance::NetworkInterface::new("0")
            .associate_public_ip_address(true)
            .subnet_id(subnet)
            .group_set([group.group_id()]);
        s.add("Web", ec2::Instance::new().image_id("ami-0123456789abcdef0").network_interfaces([interface]));
        routes(s, table, gateway);
    })
}

#[test]
fn a_prefix_list_is_a_destination_of_each_of_its_blocks() {
    let app = routed(|s, table, gateway| {
        let entries = [ec2::prefix_list::Entry::new("18.0.0.0/8"), ec2::prefix_list::Entry::new("19.0.0.0/8")];
        let list = s.add("List", ec2::PrefixList::new("IPv4", "x").max_entries(2).entries(entries));
        s.add("Route", ec2::Route::new(table).destination_prefix_list_id(list).gateway_id(gateway));
    });
    let to = |addresses| verdict(&app, "net/Web", addresses, Ports::tcp(443));
    assert_eq!([to("18.1.2.3"), to("19.0.0.0/8"), to("18.0.0.0/7"), to("20.0.0.1")], [YES, YES, YES, NO]);
    assert_eq!(verdict(&app, "18.1.2.3", "net/Web", Ports::tcp(22)), YES);
    assert_eq!(from_internet(&app), NO);
}

#[test]
fn a_destination_that_only_a_deployment_knows_may_be_any() {
    let app = routed(|s, table, gateway| {
        let to = s.parameter("To", Parameter::string());
        s.add("Route", ec2::Route::new(table).destination_cidr_block(&to).gateway_id(gateway));
    });
    assert_eq!(verdict(&app, "net/Web", "18.1.2.3", Ports::tcp(443)), UNKNOWN);
    assert_eq!(from_internet(&app), UNKNOWN);
    assert_snapshot!(told(&app, "internet", "net/Web", 22), @"
    cannot be told: internet → net/Web on tcp 22

      route table net/Table
        has a route whose destination is not in the definitions
        help: write the destination down, or give its parameter a default
    ");
}

#[test]
fn a_route_that_leads_out_of_the_definitions_cannot_be_told() {
    let app = routed(|s, table, _| {
        s.add("Route", ec2::Route::new(table).destination_cidr_block("0.0.0.0/0").gateway_id("igw-0123456789abcdef0"));
    });
    assert_eq!(verdict(&app, "net/Web", "internet", Ports::tcp(443)), UNKNOWN);
    assert_eq!(from_internet(&app), UNKNOWN);
}

#[test]
fn a_narrower_route_leads_a_part_of_the_addresses_elsewhere() {
    let app = web(|s, vpc, group| {
        s.add("Rule", ssh(group));
        let route = ec2::Route::new(vpc.public_subnets()[0].route_table).destination_cidr_block("18.0.0.0/8");
        s.add("Part", route.nat_gateway_id(vpc.nat_gateways[0]));
    });
    assert_eq!(from_internet(&app), NO);
    assert_snapshot!(told(&app, "internet", "net/Web", 22), @"
    not reachable: internet → net/Web on tcp 22

      route table net/Vpc/PublicSubnet1/RouteTable
        leads 18.0.0.0/8 to NAT gateway net/Vpc/PublicSubnet1/NATGateway: no answers
        to these come back
        help: ask for the addresses that are meant, or remove the route
    ");
    assert_eq!(verdict(&app, "18.0.0.0/8", "net/Web", Ports::tcp(22)), NO);
    assert_eq!(verdict(&app, "19.0.0.0/8", "net/Web", Ports::tcp(22)), YES);
    let private = web(|s, vpc, group| {
        s.add("Rule", ssh(group));
        let route = ec2::Route::new(vpc.public_subnets()[0].route_table).destination_cidr_block("10.9.0.0/16");
        s.add("Part", route.nat_gateway_id(vpc.nat_gateways[0]));
    });
    assert_eq!(from_internet(&private), YES, "the internet has no private addresses");
}

#[test]
fn routes_lead_together_where_none_does_alone() {
    let app = routed(|s, table, gateway| {
        for (id, block) in [("Low", "0.0.0.0/1"), ("High", "128.0.0.0/1")] {
            s.add(id, ec2::Route::new(table).destination_cidr_block(block).gateway_id(gateway));
        }
    });
    assert_eq!(from_internet(&app), YES);
    assert_eq!(verdict(&app, "net/Web", "internet", Ports::tcp(443)), YES);
}

#[test]
fn a_gateway_with_a_route_table_of_its_own_is_not_followed() {
    let app = routed(|s, table, gateway| {
        s.add("Route", ec2::Route::new(table).destination_cidr_block("0.0.0.0/0").gateway_id(gateway));
        s.add("Edge", ec2::GatewayRouteTableAssociation::new(gateway.internet_gateway_id(), table));
    });
    assert_eq!(from_internet(&app), UNKNOWN);
    assert_eq!(verdict(&app, "net/Web", "internet", Ports::tcp(443)), UNKNOWN);
}

/// `One` and `Two` in VPCs of their own, behind a transit gateway with a route table.
fn transit(more: impl FnOnce(&mut Stack, Ref<ec2::TransitGatewayRouteTable>, &Vpc)) -> App {
    app(|s| {
        let hub = ec2::TransitGateway::new().default_route_table_association("disable");
        let hub = s.add("Hub", hub.default_route_table_propagation("disable"));
        let table = s.add("HubTable", ec2::TransitGatewayRouteTable::new(hub));
        let mut second = None;
        for (id, block) in [("One", "10.1.0.0/16"), ("Two", "10.2.0.0/16")] {
            let tiers = vec![Tier::isolated("Isolated")];
            let spec = VpcSpec { tiers, zones: Zones::Count(1), nat_gateways: 0, ..VpcSpec::new(block) };
            let vpc = s.add(format!("{id}Vpc"), spec);
            s.add(id, InstanceSpec::new(&vpc)).allow_from(s, Peer::ipv4("10.0.0.0/8"), Port::tcp(443));
            let subnet = vpc.subnets()[0];
            let subnets = [formwork::Value::<ec2::SubnetId>::from(subnet.subnet)];
            let attachment =
                s.add(format!("{id}Attachment"), ec2::TransitGatewayAttachment::new(subnets, hub, vpc.vpc));
            let association = ec2::TransitGatewayRouteTableAssociation::new(attachment.id(), table);
            s.add(format!("{id}Association"), association);
            let propagation = ec2::TransitGatewayRouteTablePropagation::new(attachment.id(), table);
            s.add(format!("{id}Propagation"), propagation);
            let route = ec2::Route::new(subnet.route_table).destination_cidr_block("10.0.0.0/8");
            s.add(format!("{id}Route"), route.transit_gateway_id(hub));
            second = Some(vpc);
        }
        more(s, table, &second.unwrap());
    })
}

fn one_to_two(app: &App) -> Verdict {
    verdict(app, "net/One", "net/Two", Ports::tcp(443))
}

#[test]
fn a_blackhole_route_drops_what_goes_there() {
    assert_eq!(one_to_two(&transit(|_, _, _| ())), YES);
    let same = transit(|s, table, _| {
        s.add("Hole", ec2::TransitGatewayRoute::new("10.2.0.0/16", table).blackhole(true));
    });
    assert_eq!(one_to_two(&same), NO);
    assert_snapshot!(told(&same, "net/One", "net/Two", 443), @"
    not reachable: net/One → net/Two on tcp 443

      transit gateway route table net/HubTable
        drops what goes to 10.2.0.0/16: its route is a blackhole
        help: remove the blackhole route
    ");
    let wider = transit(|s, table, _| {
        s.add("Hole", ec2::TransitGatewayRoute::new("10.0.0.0/8", table).blackhole(true));
    });
    assert_eq!(one_to_two(&wider), YES, "the learned route is narrower");
}

#[test]
fn a_route_of_a_transit_gateway_that_cannot_be_read_may_be_any() {
    let app = transit(|s, table, _| {
        let to = s.parameter("To", Parameter::string());
        s.add("Hole", ec2::TransitGatewayRoute::new(&to, table).blackhole(true));
    });
    assert_eq!(one_to_two(&app), UNKNOWN);
}

#[test]
fn network_acls_at_an_attachment_are_not_followed() {
    let guarded = |open: bool| {
        transit(move |s, _, vpc| {
            let acl = s.add("Acl", ec2::NetworkAcl::new(vpc.vpc));
            s.add("AclOfTwo", ec2::SubnetNetworkAclAssociation::new(acl.id(), vpc.subnets()[0].subnet));
            let port = PortRange::new().from(443).to(65535);
            for (id, egress) in [("In", false), ("Out", true)] {
                let entry = ec2::NetworkAclEntry::new(acl.get_ref(), if open { -1 } else { 6 }, "allow", 100);
                let entry = entry.cidr_block("0.0.0.0/0").egress(egress);
                s.add(id, if open { entry } else { entry.port_range(port.clone()) });
            }
        })
    };
    assert_eq!(one_to_two(&guarded(true)), YES);
    assert_eq!(one_to_two(&guarded(false)), UNKNOWN);
}

// --------------------------------------------------------------------------------------------------- network ACLs

/// Entries of the network ACL of `Web`'s subnet.
fn guarded(entries: impl FnOnce(&mut Stack, Ref<ec2::NetworkAcl>)) -> App {
    web(|s, vpc, group| {
        s.add("Rule", ssh(group));
        let acl = s.add("Acl", ec2::NetworkAcl::new(vpc.vpc));
        s.add("AclOfWeb", ec2::SubnetNetworkAclAssociation::new(acl.id(), vpc.public_subnets()[0].subnet));
        entries(s, acl);
    })
}

fn entry(acl: Ref<ec2::NetworkAcl>, number: i64, egress: bool) -> ec2::NetworkAclEntry {
    ec2::NetworkAclEntry::new(acl.get_ref(), -1, "allow", number).cidr_block("0.0.0.0/0").egress(egress)
}

#[test]
fn entries_of_a_network_acl_let_in_together_what_none_lets_in_alone() {
    let halves = |second: &'static str| {
        guarded(move |s, acl| {
            s.add("Low", entry(acl, 100, false).cidr_block("0.0.0.0/1"));
            s.add("High", entry(acl, 101, false).cidr_block(second));
            s.add("Out", entry(acl, 100, true));
        })
    };
    assert_eq!(from_internet(&halves("128.0.0.0/1")), YES);
    assert_eq!(from_internet(&halves("128.0.0.0/2")), NO);
}

#[test]
fn answers_on_some_ports_only_depend_on_who_asks() {
    let answers = |first: i64, last: i64| {
        guarded(move |s, acl| {
            s.add("In", entry(acl, 100, false));
            let range = PortRange::new().from(first).to(last);
            let out = ec2::NetworkAclEntry::new(acl.get_ref(), 6, "allow", 100).port_range(range);
            s.add("Out", out.cidr_block("0.0.0.0/0").egress(true));
        })
    };
    assert_eq!(from_internet(&answers(1024, 65535)), YES);
    assert_eq!(from_internet(&answers(32768, 60999)), UNKNOWN);
    assert_eq!(from_internet(&answers(1, 1023)), NO);
    assert_snapshot!(told(&answers(32768, 60999), "internet", "net/Web", 22), @"
    cannot be told: internet → net/Web on tcp 22

      network ACL net/Acl
        lets answers out to anywhere (0.0.0.0/0) on a part of tcp 1024-65535 only:
        who asks chooses the port
        help: admit tcp 1024-65535 for the answers
    ");
}

#[test]
fn an_entry_that_cannot_be_read_may_be_about_anything() {
    let app = guarded(|s, acl| {
        let from = s.parameter("From", Parameter::string());
        s.add("Deny", ec2::NetworkAclEntry::new(acl.get_ref(), -1, "deny", 50).cidr_block(&from).egress(false));
        s.add("In", entry(acl, 100, false));
        s.add("Out", entry(acl, 100, true));
    });
    assert_eq!(from_internet(&app), UNKNOWN);
    let later = guarded(|s, acl| {
        let number = s.parameter("Number", Parameter::<i64>::number());
        s.add("Deny", ec2::NetworkAclEntry::new(acl.get_ref(), -1, "deny", &number).cidr_block("0.0.0.0/0"));
        s.add("In", entry(acl, 100, false));
        s.add("Out", entry(acl, 100, true));
    });
    assert_eq!(from_internet(&later), UNKNOWN);
}

#[test]
fn a_network_acl_lets_in_icmp_by_its_type() {
    let typed = |kind: i64| {
        web(move |s, vpc, group| {
            let rule = ec2::SecurityGroupIngress::new("-1").group_id(group.group_id()).cidr_ip("0.0.0.0/0");
            s.add("Rule", rule);
            let acl = s.add("Acl", ec2::NetworkAcl::new(vpc.vpc));
            s.add("AclOfWeb", ec2::SubnetNetworkAclAssociation::new(acl.id(), vpc.public_subnets()[0].subnet));
            let icmp = ec2::network_acl_entry::Icmp::new().code(-1).r#type(kind);
            let ping = ec2::NetworkAclEntry::new(acl.get_ref(), 1, "allow", 100).icmp(icmp).cidr_block("0.0.0.0/0");
            s.add("In", ping);
            s.add("Out", entry(acl, 100, true));
        })
    };
    let pings = |kind| verdict(&typed(kind), "internet", "net/Web", Ports::icmp());
    assert_eq!([pings(8), pings(-1), pings(0)], [YES, YES, NO]);
}

// ----------------------------------------------------------------------------------------------------------- ends

#[test]
fn a_network_load_balancer_without_groups_lets_everybody_in() {
    let app = app(|s| {
        let vpc = network(s);
        let targets = s.add("Targets", elbv2::TargetGroup::new().port(53).protocol("UDP").vpc_id(vpc.vpc));
        let balancer = elbv2::LoadBalancer::new().r#type("network").scheme("internet-facing");
        let balancer = s.add("Balancer", balancer.subnets([vpc.public_subnets()[0]]));
        let forward = elbv2::listener::Action::new("forward").target_group_arn(targets);
        s.add("Listener", elbv2::Listener::new([forward], balancer).port(53).protocol("TCP_UDP"));
    });
    let answer = asked(&app, "internet", "net/Balancer", None).unwrap();
    assert_eq!((answer.verdict, answer.ports), (YES, vec![Ports::tcp(53), Ports::udp(53)]));
}

#[test]
fn a_load_balancer_without_listeners_takes_no_requests() {
    let app = app(|s| {
        let vpc = network(s);
        let balancer = elbv2::LoadBalancer::new().r#type("network").scheme("internet-facing");
        s.add("Balancer", balancer.subnets([vpc.public_subnets()[0]]));
    });
    let answer = asked(&app, "internet", "net/Balancer", None).unwrap();
    assert_eq!(answer.verdict, NO);
    assert_snapshot!(answer.to_string(), @"
    not reachable: internet → net/Balancer on any port

      net/Balancer
        takes requests on no port: it has no listener
        help: add a listener, or ask for a port
    ");
}

#[test]
fn a_scheme_that_only_a_deployment_knows_may_be_either() {
    let app = app(|s| {
        let vpc = network(s);
        let scheme = s.parameter("Scheme", Parameter::string());
        let balancer = elbv2::LoadBalancer::new().r#type("network").raw("Scheme", scheme.value());
        s.add("Balancer", balancer.subnets([vpc.public_subnets()[0]]));
    });
    assert_eq!(verdict(&app, "internet", "net/Balancer", Ports::tcp(443)), UNKNOWN);
}

#[test]
fn a_database_that_does_not_say_may_be_public_where_its_network_is() {
    let in_tier = |tier: &'static str| {
        app(move |s| {
            let vpc = network(s);
            let group = s.add("G", ec2::SecurityGroup::new("g").vpc_id(vpc.vpc));
            s.add("Rule", ssh(group).from_port(5432).to_port(5432));
            let subnets = s.add("Subnets", rds::DbSubnetGroup::new("x", [vpc.tier(tier)[0]]));
            let db = rds::DbInstance::new().engine("postgres").db_instance_class("db.t3.micro").allocated_storage("20");
            let db = db.master_username("admin1").manage_master_user_password(true).db_subnet_group_name(subnets);
            s.add("Db", db.vpc_security_groups([group.group_id()]));
        })
    };
    assert_eq!(verdict(&in_tier("Public"), "internet", "net/Db", None), UNKNOWN);
    assert_snapshot!(told(&in_tier("Public"), "internet", "net/Db", 5432), @"
    cannot be told: internet → net/Db on tcp 5432

      net/Db
        the definitions do not say whether it has a public address
        help: say `publicly_accessible`: AWS decides it by the VPC otherwise
    ");
    assert_eq!(verdict(&in_tier("Private"), "internet", "net/Db", None), NO);
}

#[test]
fn an_instance_is_reached_by_each_of_its_interfaces() {
    let app = app(|s| {
        let vpc = network(s);
        let mut groups = ["Shut", "Open"].map(|id| s.add(id, ec2::SecurityGroup::new("g").vpc_id(vpc.vpc))).into_iter();
        let (shut, open) = (groups.next().unwrap(), groups.next().unwrap());
        s.add("Rule", ssh(open));
        let interface = |index: &'static str, group: Ref<ec2::SecurityGroup>| {
            let one = ec2::instance::NetworkInterface::new(index).subnet_id(vpc.tier("Private")[0].subnet);
            one.group_set([group.group_id()])
        };
        let separate = ec2::NetworkInterface::new(vpc.tier("Private")[0].subnet).group_set([open.group_id()]);
        let separate = s.add("Interface", separate);
        let attached = ec2::instance::NetworkInterface::new("1").network_interface_id(separate);
        let instance = |id: &'static str| ec2::Instance::new().image_id(id);
        let image = "ami-0123456789abcdef0";
        s.add("Two", instance(image).network_interfaces([interface("0", shut), interface("1", open)]));
        s.add("Attached", instance(image).network_interfaces([interface("0", shut), attached]));
        s.add("One", instance(image).network_interfaces([interface("0", shut)]));
        machine(s, "Web", &vpc, "Private");
    });
    let to = |to| verdict(&app, "net/Web", to, Ports::tcp(22));
    assert_eq!([to("net/Two"), to("net/Attached"), to("net/One")], [YES, YES, NO]);
}

// -------------------------------------------------------------------------------------------------------- functions

#[test]
fn functions_of_what_definitions_say_are_run() {
    let app = app(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let second = select(1, cidr(vpc.cidr_block(), 4, 8));
        let subnet = s.add("Subnet", ec2::Subnet::new(vpc).cidr_block(second));
        let group = s.add("G", ec2::SecurityGroup::new("g").vpc_id(vpc));
        for id in ["Web", "Db"] {
            s.add(id, ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
        }
        s.add("Rule", ssh(group).cidr_ip("10.0.1.0/24"));
    });
    assert_eq!(verdict(&app, "net/Web", "net/Db", Ports::tcp(22)), YES, "the second of the blocks of 256 addresses");
}
