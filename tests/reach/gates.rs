//! Gates: security groups, and network ACLs.

use formwork::aws::ec2::{Peer, Port, SecurityGroup, SecurityGroupSpec};
use formwork::cfn::ec2;
use formwork::cfn::ec2::network_acl_entry::PortRange;
use formwork::cfn::ec2::prefix_list::Entry;
use formwork::cfn::ec2::security_group::{Egress, Ingress};
use formwork::{App, Parameter, Ref, Resource as _, Stack, json};
use insta::assert_snapshot;

use super::{app, asked, machine, network, reaches, told};

/// `Web` and `Db` in one subnet, and what lets them pass.
fn two(rule: impl FnOnce(&mut Stack, &SecurityGroup, &SecurityGroup)) -> App {
    app(|s| {
        let vpc = network(s);
        let [web, db] = ["Web", "Db"].map(|id| machine(s, id, &vpc, "Private"));
        rule(s, &web.security_group, &db.security_group);
    })
}

fn passes(app: &App, port: u16) -> bool {
    reaches(app, "net/Web", "net/Db", port)
}

#[test]
fn a_group_lets_nobody_in_until_it_is_told_to() {
    let app = two(|_, _, _| ());
    assert!(!passes(&app, 5432));
    assert_snapshot!(told(&app, "net/Web", "net/Db", 5432), @"
    not reachable: net/Web → net/Db on tcp 5432

      security group net/Db/InstanceSecurityGroup
        lets nothing in on tcp 5432
        help: `allow_from` lets somebody in, if that is meant
    ");
}

#[test]
fn a_group_lets_in_the_members_of_another_on_a_port() {
    let app = two(|s, web, db| db.allow_from(s, web, Port::tcp(5432)));
    assert!(passes(&app, 5432));
    assert!(!passes(&app, 5433));
    assert!(!reaches(&app, "net/Db", "net/Web", 5432));
    assert_snapshot!(told(&app, "net/Web", "net/Db", 5432), @"
    reachable: net/Web → net/Db on tcp 5432

      security group net/Web/InstanceSecurityGroup
        lets everything out to anywhere (0.0.0.0/0)

      route table net/Vpc/PrivateSubnet1/RouteTable
        10.0.0.0/16 is local

      security group net/Db/InstanceSecurityGroup
        lets tcp 5432 in from security group net/Web/InstanceSecurityGroup
    ");
}

#[test]
fn a_group_that_lets_its_members_in_lets_in_nobody_else() {
    let app = app(|s| {
        let vpc = network(s);
        let shared = s.add("Shared", SecurityGroupSpec::new(&vpc, "shared"));
        shared.allow_from(s, shared, Port::tcp(22));
        for id in ["One", "Two"] {
            let spec = formwork::aws::ec2::InstanceSpec {
                security_groups: vec![shared],
                ..formwork::aws::ec2::InstanceSpec::new(&vpc)
            };
            s.add(id, spec);
        }
        machine(s, "Other", &vpc, "Private");
    });
    assert!(reaches(&app, "net/One", "net/Two", 22));
    assert!(!reaches(&app, "net/Other", "net/Two", 22));
}

#[test]
fn addresses_let_in_what_has_them() {
    let app = two(|s, _, db| db.allow_from(s, Peer::ipv4("10.0.0.0/16"), Port::all_tcp()));
    assert!(passes(&app, 22));
    let narrow = two(|s, _, db| db.allow_from(s, Peer::ipv4("10.99.0.0/16"), Port::tcp(22)));
    assert!(!passes(&narrow, 22));
}

#[test]
fn blocks_let_in_together_what_none_lets_in_alone() {
    let app = two(|s, _, db| {
        for block in ["10.0.0.0/17", "10.0.128.0/17"] {
            db.allow_from(s, Peer::ipv4(block), Port::tcp(22));
        }
    });
    assert!(reaches(&app, "10.0.0.0/16", "net/Db", 22));
    assert!(passes(&app, 22));
}

#[test]
fn a_rule_is_of_its_protocol() {
    let app = two(|s, web, db| db.allow_from(s, web, Port::udp(53)));
    let on = |ports| asked(&app, "net/Web", "net/Db", Some(ports)).unwrap().is_reachable();
    assert!(on(formwork::reach::Ports::udp(53)));
    assert!(!on(formwork::reach::Ports::tcp(53)));
    assert!(!on(formwork::reach::Ports::icmp()));
    let ping = two(|s, web, db| db.allow_from(s, web, Port::icmp_ping()));
    assert!(asked(&ping, "net/Web", "net/Db", Some(formwork::reach::Ports::icmp())).unwrap().is_reachable());
}

#[test]
fn a_group_may_not_let_out() {
    let closed = |reach: bool| {
        app(move |s| {
            let vpc = network(s);
            let db = machine(s, "Db", &vpc, "Private");
            let spec = SecurityGroupSpec { allow_all_outbound: false, ..SecurityGroupSpec::new(&vpc, "closed") };
            let closed = s.add("Closed", spec);
            db.allow_from(s, closed, Port::tcp(5432));
            if reach {
                closed.allow_to(s, &db, Port::tcp(5432));
            }
            let spec = formwork::aws::ec2::InstanceSpec {
                security_groups: vec![closed],
                ..formwork::aws::ec2::InstanceSpec::new(&vpc)
            };
            s.add("Web", spec);
        })
    };
    assert!(passes(&closed(true), 5432));
    assert!(!passes(&closed(false), 5432));
    assert_snapshot!(told(&closed(false), "net/Web", "net/Db", 5432), @"
    not reachable: net/Web → net/Db on tcp 5432

      security group net/Closed
        lets nothing out on tcp 5432
        help: `allow_to` lets it out, if that is meant
    ");
}

#[test]
fn a_group_written_by_hand_lets_everything_out_unless_it_says_otherwise() {
    let app = app(|s| {
        let vpc = network(s);
        let plain = s.add("Plain", ec2::SecurityGroup::new("plain").vpc_id(vpc.vpc));
        let rules = [Ingress::new("tcp").from_port(443).to_port(443).source_security_group_id(plain.group_id())];
        let open = s.add("Open", ec2::SecurityGroup::new("open").vpc_id(vpc.vpc).security_group_ingress(rules));
        let none: [Egress; 1] = [Egress::new("tcp").from_port(1).to_port(1).cidr_ip("192.0.2.0/24")];
        let shut = s.add("Shut", ec2::SecurityGroup::new("shut").vpc_id(vpc.vpc).security_group_egress(none));
        for (id, group) in [("A", plain), ("B", open), ("C", shut)] {
            let subnet = vpc.tier("Private")[0].subnet;
            s.add(id, ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
        }
    });
    assert!(reaches(&app, "net/A", "net/B", 443));
    assert!(!reaches(&app, "net/C", "net/B", 443));
}

#[test]
fn references_that_are_spelled_as_json_are_followed() {
    let app = app(|s| {
        let vpc = network(s);
        let db = machine(s, "Db", &vpc, "Private");
        let group = s.add("Group", ec2::SecurityGroup::new("group").vpc_id(vpc.vpc));
        s.add(
            "Rule",
            ec2::SecurityGroupIngress::new("tcp")
                .from_port(22)
                .to_port(22)
                .group_id(db.security_group.group_id())
                .raw("SourceSecurityGroupId", json!({ "Fn::GetAtt": ["Group", "GroupId"] })),
        );
        let _: Ref<ec2::SecurityGroup> = group;
    });
    assert!(reaches(&app, "net/Group", "net/Db", 22));
}

#[test]
fn a_prefix_list_lets_in_its_blocks() {
    let list = |known: bool| {
        two(move |s, _, db| {
            let entries = known.then(|| [Entry::new("10.0.0.0/16"), Entry::new("44.234.54.0/23")]);
            let mut list = ec2::PrefixList::new("IPv4", "trusted").max_entries(5);
            if let Some(entries) = entries {
                list = list.entries(entries);
            }
            let list = s.add("List", list);
            db.allow_from(s, Peer::prefix_list(list), Port::tcp(80));
        })
    };
    assert!(passes(&list(true), 80));
    assert_snapshot!(told(&list(false), "net/Web", "net/Db", 80), @"
    cannot be told: net/Web → net/Db on tcp 80

      security group net/Db/InstanceSecurityGroup
        the definitions do not say all of whom it lets in on tcp 80
        help: write its addresses and ports down, or define the group in this app
    ");
}

#[test]
fn what_only_a_deployment_decides_is_neither_yes_nor_no() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private");
        let block = s.parameter("Office", Parameter::string());
        let rules = [Ingress::new("tcp").from_port(22).to_port(22).cidr_ip(block.value())];
        let group = s.add("Group", ec2::SecurityGroup::new("group").vpc_id(vpc.vpc).security_group_ingress(rules));
        let subnet = vpc.tier("Private")[0].subnet;
        s.add("Db", ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
    });
    assert_snapshot!(told(&app, "net/Web", "net/Db", 22), @"
    cannot be told: net/Web → net/Db on tcp 22

      security group net/Group
        the definitions do not say all of whom it lets in on tcp 22
        help: write its addresses and ports down, or define the group in this app
    ");
    assert!(!reaches(&app, "net/Web", "net/Db", 80), "a rule of another port says nothing of this one");
}

#[test]
fn a_parameters_default_is_taken_for_its_value() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private");
        let block = s.parameter("Office", Parameter::string().default("10.0.0.0/8"));
        let rules = [Ingress::new("tcp").from_port(22).to_port(22).cidr_ip(block.value())];
        let group = s.add("Group", ec2::SecurityGroup::new("group").vpc_id(vpc.vpc).security_group_ingress(rules));
        let subnet = vpc.tier("Private")[0].subnet;
        s.add("Db", ec2::Instance::new().subnet_id(subnet).security_group_ids([group.group_id()]));
    });
    assert!(reaches(&app, "net/Web", "net/Db", 22));
}

#[test]
fn a_group_of_nowhere_cannot_be_told() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private");
        let subnet = vpc.tier("Private")[0].subnet;
        s.add("Db", ec2::Instance::new().subnet_id(subnet).security_group_ids(["sg-0123456789abcdef0"]));
    });
    assert_snapshot!(told(&app, "net/Web", "net/Db", 22), @"
    cannot be told: net/Web → net/Db on tcp 22

      a security group that is not in the definitions
        the definitions do not say all of whom it lets in on tcp 22
        help: write its addresses and ports down, or define the group in this app
    ");
}

#[test]
fn the_default_group_of_a_vpc_lets_its_members_in() {
    let app = app(|s| {
        let vpc = network(s);
        let subnet = vpc.tier("Private")[0].subnet;
        for id in ["One", "Two"] {
            s.add(id, ec2::Instance::new().subnet_id(subnet));
        }
        machine(s, "Other", &vpc, "Private");
        s.add(
            "Rule",
            ec2::SecurityGroupIngress::new("tcp")
                .from_port(443)
                .to_port(443)
                .cidr_ip("10.0.0.0/16")
                .group_id(vpc.vpc.default_security_group()),
        );
    });
    assert!(reaches(&app, "net/One", "net/Two", 22));
    assert!(!reaches(&app, "net/Other", "net/Two", 22));
    assert!(reaches(&app, "net/Other", "net/Two", 443));
}

/// An entry of a network ACL: its number, whether it is about the way out, what it does, addresses, and TCP ports.
type AclEntry<'a> = (i64, bool, &'a str, &'a str, Option<(i64, i64)>);

/// `Web` in the private subnet, `Db` in the isolated one, which has a network ACL.
fn guarded(entries: &[AclEntry<'_>]) -> App {
    app(|s| {
        let vpc = network(s);
        let web = machine(s, "Web", &vpc, "Private");
        let db = machine(s, "Db", &vpc, "Isolated");
        db.allow_from(s, &web, Port::tcp(5432));
        let acl = s.add("Acl", ec2::NetworkAcl::new(vpc.vpc));
        s.add("AclOfDb", ec2::SubnetNetworkAclAssociation::new(acl.id(), vpc.tier("Isolated")[0].subnet));
        for (number, egress, action, block, ports) in entries {
            let mut entry =
                ec2::NetworkAclEntry::new(acl.get_ref(), if ports.is_some() { 6 } else { -1 }, *action, *number)
                    .egress(*egress)
                    .cidr_block(*block);
            if let Some((first, last)) = ports {
                entry = entry.port_range(PortRange::new().from(*first).to(*last));
            }
            s.add(format!("Entry{number}{egress}"), entry);
        }
    })
}

#[test]
fn a_network_acl_lets_requests_in_and_answers_out() {
    let inwards = (100, false, "allow", "10.0.0.0/16", Some((5432, 5432)));
    let answers = (100, true, "allow", "10.0.0.0/16", Some((1024, 65535)));
    assert!(passes(&guarded(&[inwards, answers]), 5432));
    assert_snapshot!(told(&guarded(&[inwards]), "net/Web", "net/Db", 5432), @"
    not reachable: net/Web → net/Db on tcp 5432

      network ACL net/Acl
        does not let tcp 1024-65535 out to 10.0.64.0/18: no entry does
        help: network ACLs keep no state: requests and answers need an entry each
    ");
    assert_snapshot!(told(&guarded(&[answers]), "net/Web", "net/Db", 5432), @"
    not reachable: net/Web → net/Db on tcp 5432

      network ACL net/Acl
        does not let tcp 5432 in from 10.0.64.0/18: no entry does
        help: network ACLs keep no state: requests and answers need an entry each
    ");
}

#[test]
fn the_lowest_entry_of_a_network_acl_decides() {
    let all = |number, egress, action| (number, egress, action, "0.0.0.0/0", None);
    assert!(passes(&guarded(&[all(200, false, "deny"), all(100, false, "allow"), all(100, true, "allow")]), 5432));
    let denied = guarded(&[all(200, false, "allow"), all(100, false, "deny"), all(100, true, "allow")]);
    assert_snapshot!(told(&denied, "net/Web", "net/Db", 5432), @"
    not reachable: net/Web → net/Db on tcp 5432

      network ACL net/Acl
        does not let tcp 5432 in from 10.0.64.0/18: entry 100 says so
        help: network ACLs keep no state: requests and answers need an entry each
    ");
    let other = (50, false, "deny", "10.0.0.0/16", Some((22, 22)));
    assert!(passes(&guarded(&[other, all(100, false, "allow"), all(100, true, "allow")]), 5432));
}

#[test]
fn network_acls_do_not_stand_between_neighbours() {
    let app = app(|s| {
        let vpc = network(s);
        let [web, db] = ["Web", "Db"].map(|id| machine(s, id, &vpc, "Isolated"));
        db.allow_from(s, &web, Port::tcp(5432));
        let acl = s.add("Acl", ec2::NetworkAcl::new(vpc.vpc));
        s.add("AclOfDb", ec2::SubnetNetworkAclAssociation::new(acl.id(), vpc.tier("Isolated")[0].subnet));
    });
    assert!(passes(&app, 5432));
}
