//! Security groups: who may talk to whom, and where the rule stands.

use formwork::aws::ec2::{Peer, Port, SecurityGroup, SecurityGroupSpec, Vpc, VpcSpec};
use formwork::cfn::ec2;
use formwork::testing::{Template, absent};
use formwork::{App, Env, Stack};
use serde_json::json;

const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";
const EGRESS: &str = "AWS::EC2::SecurityGroupEgress";

fn vpc(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") })
}

/// Two groups of one VPC, the second of which reaches nothing by itself.
fn groups(s: &mut Stack) -> (SecurityGroup, SecurityGroup) {
    let vpc = vpc(s);
    let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
    let db = s.add("Db", SecurityGroupSpec { allow_all_outbound: false, ..SecurityGroupSpec::new(&vpc, "database") });
    (web, db)
}

#[test]
fn a_group_lets_nobody_in_and_everything_out_by_default() {
    let template = Template::of(|s| groups(s).0);
    let web = json!({
        "GroupDescription": "web servers",
        "GroupName": absent(),
        "SecurityGroupIngress": absent(),
        "SecurityGroupEgress": [{ "IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "FromPort": absent() }],
        "VpcId": { "Ref": "Vpc8378EB38" },
    });
    assert!(template.has_resource("AWS::EC2::SecurityGroup", web).id.starts_with("Web"));
}

#[test]
fn a_group_can_have_a_name() {
    let template = Template::of(|s| {
        let vpc = vpc(s);
        s.add(
            "Web",
            SecurityGroupSpec { group_name: Some("web".into()), ..SecurityGroupSpec::new(&vpc, "web servers") },
        )
    });
    template.has_resource("AWS::EC2::SecurityGroup", json!({ "GroupName": "web" }));
}

#[test]
fn a_group_that_reaches_nothing_has_a_rule_that_matches_nothing() {
    let template = Template::of(groups);
    let nothing = json!([{ "IpProtocol": "icmp", "CidrIp": "255.255.255.255/32", "FromPort": 252, "ToPort": 86 }]);
    template.has_resource(
        "AWS::EC2::SecurityGroup",
        json!({ "GroupDescription": "database", "SecurityGroupEgress": nothing }),
    );
}

#[test]
fn a_group_is_let_in_by_a_rule_of_its_own_with_aws_cdks_id() {
    let mut app = App::new();
    app.stack("ShopNetwork", Env::any(), |s| {
        let vpc = vpc(s);
        let [web, app, db] = ["WebSg", "AppSg", "DbSg"].map(|id| s.add(id, SecurityGroupSpec::new(&vpc, id)));
        app.allow_from(s, web, Port::tcp(8080));
        db.allow_from(s, app, Port::tcp(5432));
    });
    let template = Template::from(&app.synth().unwrap().stacks[0]);
    let rule = &template.resource("AppSgfromShopNetworkWebSg7C422F7F80807752FC53")["Properties"];
    assert_eq!(
        *rule,
        json!({
            "IpProtocol": "tcp",
            "Description": "from ShopNetworkWebSg7C422F7F:8080",
            "GroupId": { "Fn::GetAtt": ["AppSg898BCA4E", "GroupId"] },
            "SourceSecurityGroupId": { "Fn::GetAtt": ["WebSg75AA54D5", "GroupId"] },
            "FromPort": 8080,
            "ToPort": 8080,
        })
    );
    assert_eq!(template.resource("DbSgfromShopNetworkAppSg0410B1445432CBEBED30")["Type"], INGRESS);
    template.resource_count(INGRESS, 2);
}

#[test]
fn a_group_can_let_its_own_members_in() {
    let template = Template::of(|s| {
        let (web, _) = groups(s);
        web.allow_from(s, web, Port::all_traffic());
    });
    let own = json!({ "Fn::GetAtt": ["Web3C8945DB", "GroupId"] });
    template.has_resource(
        INGRESS,
        json!({
            "GroupId": own, "SourceSecurityGroupId": own, "IpProtocol": "-1", "FromPort": absent(), "ToPort": absent(),
        }),
    );
}

#[test]
fn addresses_stand_in_the_group_itself() {
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        web.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
        web.allow_from(s, Peer::any_ipv6(), Port::tcp(443));
        db.allow_from(s, Peer::ipv4("10.0.0.0/16"), Port::tcp_range(5432, 5433));
        db.allow_to(s, Peer::ipv6("2001:db8::/32"), Port::udp(53));
    });
    template.has_resource("AWS::EC2::SecurityGroup", json!({ "GroupDescription": "web servers", "SecurityGroupIngress": [
        { "IpProtocol": "tcp", "CidrIp": "0.0.0.0/0", "Description": "from 0.0.0.0/0:443", "FromPort": 443, "ToPort": 443 },
        { "IpProtocol": "tcp", "CidrIpv6": "::/0", "Description": "from ::/0:443", "FromPort": 443, "ToPort": 443 },
    ] }));
    template.has_resource(
        "AWS::EC2::SecurityGroup",
        json!({
            "GroupDescription": "database",
            "SecurityGroupIngress": [{ "CidrIp": "10.0.0.0/16", "FromPort": 5432, "ToPort": 5433 }],
            "SecurityGroupEgress": [{ "IpProtocol": "udp", "CidrIpv6": "2001:db8::/32", "FromPort": 53, "ToPort": 53 }],
        }),
    );
    template.resource_count(INGRESS, 0);
}

#[test]
fn a_prefix_list_is_let_in_by_its_id_or_by_reference() {
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        let offices = s.add("Offices", ec2::PrefixList::new("IPv4", "offices").max_entries(5));
        web.allow_from(s, Peer::prefix_list("pl-0123456789abcdef0"), Port::tcp(443));
        web.allow_from(s, Peer::prefix_list(offices), Port::tcp(22));
        db.allow_to(s, Peer::prefix_list(offices), Port::tcp(443));
    });
    template.has_resource(INGRESS, json!({ "SourcePrefixListId": "pl-0123456789abcdef0", "FromPort": 443 }));
    let offices = json!({ "Fn::GetAtt": ["Offices", "PrefixListId"] });
    let reference = template.has_resource(INGRESS, json!({ "FromPort": 22 }));
    assert!(
        [offices.clone(), json!({ "Ref": "Offices" })]
            .contains(&reference.resource["Properties"]["SourcePrefixListId"])
    );
    template.has_resource(EGRESS, json!({ "FromPort": 443, "DestinationSecurityGroupId": absent() }));
}

#[test]
fn what_may_be_reached_is_said_only_where_not_everything_may() {
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        web.allow_to(s, db, Port::tcp(5432));
        db.allow_to(s, web, Port::tcp(443));
    });
    template.resource_count(EGRESS, 1);
    template.has_resource(
        EGRESS,
        json!({
            "GroupId": { "Fn::GetAtt": ["Db5D02A0A9", "GroupId"] },
            "DestinationSecurityGroupId": { "Fn::GetAtt": ["Web3C8945DB", "GroupId"] },
            "FromPort": 443,
        }),
    );
}

#[test]
fn the_first_real_rule_takes_the_place_of_the_one_that_matches_nothing() {
    let template = Template::of(|s| {
        let (_, db) = groups(s);
        db.allow_to(s, Peer::any_ipv4(), Port::tcp(443));
        db.allow_to(s, Peer::any_ipv4(), Port::tcp(80));
    });
    let rules = json!([{ "IpProtocol": "tcp", "FromPort": 443 }, { "IpProtocol": "tcp", "FromPort": 80 }]);
    template.has_resource(
        "AWS::EC2::SecurityGroup",
        json!({ "GroupDescription": "database", "SecurityGroupEgress": rules }),
    );
}

#[test]
fn two_groups_that_refer_to_each_other_make_no_cycle() {
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        web.allow_from(s, db, Port::tcp(443));
        db.allow_from(s, web, Port::tcp(5432));
        db.allow_to(s, web, Port::tcp(443));
    });
    template.resource_count(INGRESS, 2);
    template.resource_count(EGRESS, 1);
}

#[test]
fn the_same_rule_twice_makes_one() {
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        for _ in 0..2 {
            web.allow_from(s, Peer::any_ipv4(), Port::tcp(443));
            db.allow_from(s, web, Port::tcp(5432));
            db.allow_from(s, Peer::prefix_list("pl-0123456789abcdef0"), Port::tcp(5432));
            db.allow_to(s, Peer::any_ipv4(), Port::tcp(443));
        }
    });
    template.resource_count(INGRESS, 2);
    template.has_resource("AWS::EC2::SecurityGroup", json!({ "SecurityGroupIngress": [{ "FromPort": 443 }] }));
    template.has_resource("AWS::EC2::SecurityGroup", json!({ "SecurityGroupEgress": [{ "FromPort": 443 }] }));
}

#[test]
fn rules_that_differ_in_their_port_alone_are_two() {
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        db.allow_from(s, web, Port::tcp(5432));
        db.allow_from(s, web, Port::tcp(5433));
        db.allow_from(s, web, Port::udp(5432));
    });
    template.resource_count(INGRESS, 3);
}

#[test]
fn a_group_of_another_stack_gets_its_rule_in_this_one() {
    let mut app = App::new();
    let env = Env::new("111111111111", "eu-west-1");
    let (web, db) = app.stack("shop/network", env.clone(), groups);
    app.stack("shop/jobs", env.clone(), |s| {
        for _ in 0..2 {
            db.allow_from(s, web, Port::tcp(5432));
            db.allow_from(s, Peer::ipv4("10.9.0.0/16"), Port::tcp(5432));
            db.allow_to(s, Peer::ipv6("2001:db8::/32"), Port::tcp(443));
        }
    });
    let assembly = app.synth().unwrap();
    let network = Template::from(assembly.stack("shop/network").unwrap());
    let jobs = Template::from(assembly.stack("shop/jobs").unwrap());
    network.resource_count(INGRESS, 0);
    network.has_no_resource("AWS::EC2::SecurityGroup", json!({ "SecurityGroupIngress": [{ "FromPort": 5432 }] }));
    jobs.resource_count(INGRESS, 2);
    jobs.resource_count(EGRESS, 1);
    let import = |id: &str| json!({ "Fn::ImportValue": format!("shop-network:ExportsOutputFnGetAtt{id}") });
    let rule = jobs.has_resource(INGRESS, json!({ "SourceSecurityGroupId": import("Web3C8945DBGroupId195A3F9E") }));
    assert_eq!(rule.resource["Properties"]["Description"], "from shopnetworkWebAF57B1A7:5432");
    jobs.has_resource(INGRESS, json!({ "CidrIp": "10.9.0.0/16" }));
    assert_eq!(assembly.stack("shop/jobs").unwrap().needs, ["shop/network"]);
}

#[test]
fn addresses_in_the_id_of_a_rule_for_another_stacks_group_do_not_part_its_path() {
    let mut app = App::new();
    let (web, _) = app.stack("network", Env::any(), groups);
    app.stack("jobs", Env::any(), |s| {
        web.allow_from(s, Peer::ipv4("10.0.0.0/8"), Port::tcp(80));
        let (rule, _) = s.resources_so_far().last().unwrap();
        let path = s.path_of(rule);
        assert!(path.len() == 1 && path[0].ends_with(" from 10.0.0.0_8:80"), "{path:?}");
    });
    let jobs = Template::from(app.synth().unwrap().stack("jobs").unwrap());
    jobs.has_resource(INGRESS, json!({ "CidrIp": "10.0.0.0/8", "Description": "from 10.0.0.0/8:80" }));
}

#[test]
fn a_group_of_this_stack_lets_in_one_of_another() {
    let mut app = App::new();
    let (web, _) = app.stack("network", Env::any(), groups);
    app.stack("data", Env::any(), |s| {
        let vpc = vpc(s);
        let db = s.add("Db", SecurityGroupSpec::new(&vpc, "database"));
        db.allow_from(s, web, Port::tcp(5432));
    });
    let assembly = app.synth().unwrap();
    let data = Template::from(assembly.stack("data").unwrap());
    let rule = data.resources(INGRESS)[0];
    assert!(rule.id.starts_with("DbfromnetworkWeb"), "{}", rule.id);
    assert_eq!(rule.resource["Properties"]["GroupId"], json!({ "Fn::GetAtt": ["Db5D02A0A9", "GroupId"] }));
}

#[test]
fn a_wrong_block_is_told_with_the_line_that_allowed_it() {
    let line = |text: &str| {
        let at = text.lines().find(|line| line.contains("(set here)")).unwrap_or_default();
        assert!(at.contains("tests/ec2/security_group.rs"), "{text}");
    };
    let inline = Template::problems_of(Env::any(), |s| {
        let (web, _) = groups(s);
        web.allow_from(s, Peer::ipv4("10.0.0.0/33"), Port::tcp(443));
    });
    assert!(inline.starts_with("error[format]: `CidrIp` is not an IPv4 block in CIDR notation\n"), "{inline}");
    line(&inline);
    let mut app = App::new();
    let (web, _) = app.stack("network", Env::any(), groups);
    app.stack("jobs", Env::any(), |s| web.allow_from(s, Peer::ipv6("10.0.0.0/8"), Port::tcp(443)));
    let resource = app.synth().unwrap_err().to_string();
    assert!(resource.starts_with("error[format]: `CidrIpv6` is not an IPv6 block in CIDR notation\n"), "{resource}");
    line(&resource);
}

#[test]
fn ports_read_as_aws_cdk_writes_them() {
    let expected = [
        (Port::tcp(5432), "5432"),
        (Port::tcp_range(8000, 8010), "8000-8010"),
        (Port::all_tcp(), "ALL PORTS"),
        (Port::udp(53), "UDP 53"),
        (Port::udp_range(6000, 6010), "UDP 6000-6010"),
        (Port::all_udp(), "UDP ALL PORTS"),
        (Port::icmp_ping(), "ICMP Type 8"),
        (Port::icmp(3, 4), "ICMP Type 3 Code 4"),
        (Port::all_icmp(), "ALL ICMP"),
        (Port::all_traffic(), "ALL TRAFFIC"),
    ];
    for (port, text) in expected {
        assert_eq!(port.to_string(), text);
    }
}

#[test]
fn every_kind_of_port_is_accepted_by_the_specification() {
    let ports = [
        (Port::tcp(1), json!({ "IpProtocol": "tcp", "FromPort": 1, "ToPort": 1 })),
        (Port::all_tcp(), json!({ "IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535 })),
        (Port::all_udp(), json!({ "IpProtocol": "udp", "FromPort": 0, "ToPort": 65535 })),
        (Port::icmp_ping(), json!({ "IpProtocol": "icmp", "FromPort": 8, "ToPort": -1 })),
        (Port::all_icmp(), json!({ "IpProtocol": "icmp", "FromPort": -1, "ToPort": -1 })),
        (Port::all_traffic(), json!({ "IpProtocol": "-1", "FromPort": absent(), "ToPort": absent() })),
    ];
    let template = Template::of(|s| {
        let (web, db) = groups(s);
        for (port, _) in &ports {
            db.allow_from(s, web, *port);
        }
    });
    for (_, rule) in ports {
        template.has_resource(INGRESS, rule);
    }
}
