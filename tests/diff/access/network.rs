//! Network rules.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{lines, resources};

/// A security group with these ingress rules, and one egress rule.
fn group(rules: &str) -> Value {
    resources(&format!(
        "Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{SecurityGroupIngress: [{rules}],
          SecurityGroupEgress: [{{IpProtocol: '-1', CidrIp: 0.0.0.0/0}}]}}}}"
    ))
}

fn tcp(from: u32, to: u32, cidr: &str) -> String {
    format!("{{IpProtocol: tcp, FromPort: {from}, ToPort: {to}, CidrIp: {cidr}}}")
}

#[test]
fn a_rule_is_found_where_others_do_not_cover_it() {
    for (before, after, found) in [
        (String::new(), tcp(443, 443, "0.0.0.0/0"), &["Web: lets 0.0.0.0/0 in on tcp 443"][..]),
        (tcp(80, 90, "10.0.0.0/8"), tcp(80, 91, "10.0.0.0/8"), &["Web: lets 10.0.0.0/8 in on tcp 91"]),
        (
            tcp(80, 90, "10.0.0.0/8"),
            tcp(70, 100, "10.0.0.0/8"),
            &["Web: lets 10.0.0.0/8 in on tcp 70-79", "Web: lets 10.0.0.0/8 in on tcp 91-100"],
        ),
        (tcp(80, 80, "10.0.0.0/8"), tcp(80, 80, "10.0.0.0/7"), &["Web: lets 10.0.0.0/7 in on tcp 80"]),
        (
            tcp(0, 65535, "0.0.0.0/0"),
            "{IpProtocol: '-1', CidrIp: 0.0.0.0/0}".into(),
            &["Web: lets 0.0.0.0/0 in on all traffic"],
        ),
        (
            tcp(53, 53, "0.0.0.0/0"),
            "{IpProtocol: udp, FromPort: 53, ToPort: 53, CidrIp: 0.0.0.0/0}".into(),
            &["Web: lets 0.0.0.0/0 in on udp 53"],
        ),
        (
            tcp(1, 1, "0.0.0.0/0"),
            "{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIpv6: '::/0'}".into(),
            &["Web: lets ::/0 in on tcp 1"],
        ),
        (String::new(), "{IpProtocol: tcp, CidrIp: 1.2.3.4/32}".into(), &["Web: lets 1.2.3.4/32 in on all tcp"]),
        (
            String::new(),
            "{IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 0.0.0.0/0}".into(),
            &["Web: lets 0.0.0.0/0 in on icmp type 8"],
        ),
        (String::new(), "{IpProtocol: 50, CidrIp: 0.0.0.0/0}".into(), &["Web: lets 0.0.0.0/0 in on all 50"]),
        (
            String::new(),
            "{IpProtocol: tcp, FromPort: !Ref P, ToPort: !Ref P, SourceSecurityGroupId: !Ref App}".into(),
            &["Web: lets ${App} in on tcp ${P}"],
        ),
        (
            String::new(),
            "!If [C, {IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: 0.0.0.0/0}, !Ref 'AWS::NoValue']".into(),
            &["Web: lets 0.0.0.0/0 in on tcp 1, under condition C"],
        ),
        (
            String::new(),
            "{'Fn::Transform': {Name: x}}".into(),
            &["Web: lets whatever Transform({Name: x}) says in on all traffic"],
        ),
    ] {
        assert_eq!(lines(&group(&before), &group(&after)), found, "{before}\n{after}");
    }
}

#[test]
fn what_other_rules_cover_together_widens_nothing() {
    for (before, after) in [
        (
            format!("{}, {}", tcp(80, 80, "0.0.0.0/0"), tcp(443, 443, "0.0.0.0/0")),
            format!("{}, {}", tcp(443, 443, "0.0.0.0/0"), tcp(80, 80, "0.0.0.0/0")),
        ),
        (tcp(0, 65535, "0.0.0.0/0"), tcp(22, 22, "10.1.0.0/16")),
        ("{IpProtocol: -1, CidrIp: 0.0.0.0/0}".into(), tcp(22, 22, "10.1.0.0/16")),
        (format!("{}, {}", tcp(80, 85, "10.0.0.0/8"), tcp(86, 90, "10.0.0.0/8")), tcp(80, 90, "10.0.0.0/8")),
        (format!("{}, {}", tcp(80, 90, "10.0.0.0/9"), tcp(80, 90, "10.128.0.0/9")), tcp(80, 90, "10.0.0.0/8")),
        (tcp(22, 22, "10.0.0.0/8"), tcp(22, 22, "10.1.2.3/8")),
        ("{IpProtocol: 6, FromPort: '22', ToPort: 22, CidrIp: 10.0.0.0/8}".into(), tcp(22, 22, "10.0.0.0/8")),
        (
            "{IpProtocol: icmp, FromPort: -1, ToPort: -1, CidrIp: 0.0.0.0/0}".into(),
            "{IpProtocol: icmp, FromPort: 8, ToPort: -1, CidrIp: 0.0.0.0/0}".into(),
        ),
        (tcp(22, 22, "10.0.0.0/8"), String::new()),
    ] {
        assert_eq!(lines(&group(&before), &group(&after)), [""; 0], "{before}\n{after}");
    }
}

#[test]
fn a_rule_may_move_into_a_resource_of_its_own() {
    let rule = "IpProtocol: tcp, FromPort: 1, ToPort: 1, SourceSecurityGroupId: ";
    let group = |rest: &str, more: &str| {
        resources(&format!(
            "Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{{rest}}}}}\nApp: {{Type: AWS::EC2::SecurityGroup}}\n{more}"
        ))
    };
    let inside = group(&format!("SecurityGroupIngress: [{{{rule} !Ref App}}]"), "");
    let outside = |peer: &str| {
        group(
            "",
            &format!(
                "In: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{GroupId: !GetAtt Web.GroupId, {rule} {peer}}}}}"
            ),
        )
    };
    assert_eq!(lines(&inside, &outside("!GetAtt App.GroupId")), [""; 0]);
    let block = group("SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, CidrIp: !GetAtt App.Arn}]", "");
    assert_eq!(lines(&inside, &block), ["Web: lets ${App.Arn} in on tcp 1"], "an attribute is not always the resource");
    assert_eq!(lines(&inside, &outside("!Ref Other")), ["In: lets ${Other} in to ${Web} on tcp 1"]);
}

#[test]
fn without_outbound_rules_a_group_lets_everything_out() {
    let group = |egress: &str| resources(&format!("Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{{egress}}}}}"));
    let nobody =
        group("SecurityGroupEgress: [{IpProtocol: icmp, FromPort: 252, ToPort: 86, CidrIp: 255.255.255.255/32}]");
    let out = ["Web: lets its members out to 0.0.0.0/0 on all traffic"];
    assert_eq!(lines(&nobody, &group("")), out);
    assert_eq!(lines(&nobody, &group("SecurityGroupEgress: []")), out);
    assert_eq!(lines(&group(""), &nobody), [""; 0]);
    assert_eq!(lines(&json!({ "Resources": {} }), &nobody), [""; 0], "a rule of nobody lets nobody through");
}

#[test]
fn in_a_network_acl_the_first_rule_that_matches_decides() {
    let entry = |id: &str, number: u32, action: &str, cidr: &str| {
        format!(
            "{id}: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: acl, RuleNumber: {number}, RuleAction: {action}, Protocol: 6, PortRange: {{From: 22, To: 22}}, CidrBlock: {cidr}}}}}"
        )
    };
    let of = |entries: &[String]| resources(&entries.join("\n"));
    let (allow, deny) = (entry("A", 200, "allow", "0.0.0.0/0"), entry("D", 100, "deny", "10.0.0.0/8"));
    let both = of(&[allow.clone(), deny.clone()]);
    assert_eq!(lines(&of(&[deny]), &both), ["A: lets 0.0.0.0/0 in to acl on tcp 22"]);
    assert_eq!(lines(&both, &of(&[allow])), ["D: no longer denies 10.0.0.0/8 in to acl on tcp 22"]);
    let earlier = of(&[entry("A", 50, "allow", "0.0.0.0/0"), entry("D", 100, "deny", "10.0.0.0/8")]);
    assert_eq!(lines(&both, &earlier), ["A: lets 0.0.0.0/0 in to acl on tcp 22"]);
    let later = of(&[entry("A", 200, "allow", "0.0.0.0/0"), entry("D", 300, "deny", "10.0.0.0/8")]);
    assert_eq!(lines(&both, &later), ["D: no longer denies 10.0.0.0/8 in to acl on tcp 22"]);
    let alone = |number| of(&[entry("A", number, "allow", "0.0.0.0/0")]);
    assert_eq!(lines(&alone(200), &alone(100)), [""; 0], "without a denial, the order means nothing");
}

#[test]
fn ports_of_lightsail_are_open_to_everyone_unless_they_say_otherwise() {
    let instance = |port: &str| {
        resources(&format!("I: {{Type: AWS::Lightsail::Instance, Properties: {{Networking: {{Ports: [{port}]}}}}}}"))
    };
    let limited = instance("{Protocol: tcp, FromPort: 22, ToPort: 22, Cidrs: [10.0.0.0/8]}");
    assert_eq!(
        lines(&limited, &instance("{Protocol: tcp, FromPort: 22, ToPort: 22}")),
        ["I: lets 0.0.0.0/0 in on tcp 22"]
    );
}

#[test]
fn a_way_to_the_internet_is_found() {
    let base = "
Igw: {Type: AWS::EC2::InternetGateway}
Vgw: {Type: AWS::EC2::VPNGateway}
Table: {Type: AWS::EC2::RouteTable}
";
    let with = |more: &str| resources(&format!("{base}{more}"));
    let route = |target: &str| {
        with(&format!(
            "R: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, {target}}}}}"
        ))
    };
    let found = ["R: gives ${Table} the internet route `0.0.0.0/0 through ${Igw}`"];
    assert_eq!(lines(&with(""), &route("GatewayId: !Ref Igw")), found);
    assert_eq!(lines(&route("NatGatewayId: nat-1"), &route("GatewayId: !Ref Igw")), found);
    assert_eq!(lines(&with(""), &route("GatewayId: igw-1")).len(), 1);
    for private in ["GatewayId: !Ref Vgw", "GatewayId: vgw-1", "NatGatewayId: nat-1"] {
        assert_eq!(lines(&with(""), &route(private)), [""; 0], "{private}");
    }
    let mut joined = route("GatewayId: !Ref Igw");
    joined["Resources"]["S"] = json!({ "Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {
        "RouteTableId": { "Ref": "Table" }, "SubnetId": { "Ref": "Subnet" },
    } });
    assert_eq!(lines(&route("GatewayId: !Ref Igw"), &joined), ["S: gives ${Subnet} the public route table `${Table}`"]);
}

#[test]
fn a_public_address_for_a_machine_is_found() {
    let base = "Web: {Type: AWS::EC2::Instance}\nFree: {Type: AWS::EC2::EIP}\n";
    let with = |more: &str| resources(&format!("{base}{more}"));
    let one = |properties: &str| with(&format!("A: {{Type: AWS::EC2::EIPAssociation, Properties: {{{properties}}}}}"));
    let found = ["A: gives ${Web} the public address `${Free.AllocationId}`"];
    assert_eq!(lines(&with(""), &one("InstanceId: !Ref Web, AllocationId: !GetAtt Free.AllocationId")), found);
    let found = ["A: gives eni-1 the public address `192.0.2.1`"];
    assert_eq!(lines(&with(""), &one("NetworkInterfaceId: eni-1, EIP: 192.0.2.1")), found);
    let own = with("Own: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Web}}");
    assert_eq!(lines(&with(""), &own), ["Own: gives ${Web} the public address `${Own}`"]);
    assert_eq!(lines(&own, &with("")), [""; 0], "to lose it is no more");
}

#[test]
fn a_way_between_networks_is_found() {
    let base = "Table: {Type: AWS::EC2::RouteTable}\nHub: {Type: AWS::EC2::TransitGatewayRouteTable}\n";
    let with = |more: &str| resources(&format!("{base}{more}"));
    let route = |way: &str| {
        with(&format!(
            "R: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 10.1.0.0/16, {way}}}}}"
        ))
    };
    let found = |way: &str| [format!("R: gives ${{Table}} the route to a network `10.1.0.0/16 through {way}`")];
    assert_eq!(lines(&with(""), &route("VpcPeeringConnectionId: pcx-1")), found("pcx-1"));
    assert_eq!(lines(&with(""), &route("TransitGatewayId: tgw-1")), found("tgw-1"));
    let known = |kind: &str, more: &str| {
        with(&format!("K: {{Type: 'AWS::EC2::{kind}', Properties: {{TransitGatewayRouteTableId: !Ref Hub, {more}}}}}"))
    };
    let propagation = known("TransitGatewayRouteTablePropagation", "TransitGatewayAttachmentId: att-1");
    assert_eq!(lines(&with(""), &propagation), ["K: gives ${Hub} the routes to the network behind `att-1`"]);
    let to = |more: &str| known("TransitGatewayRoute", &format!("DestinationCidrBlock: 0.0.0.0/0, {more}"));
    let found = ["K: gives ${Hub} the route to a network `0.0.0.0/0 through att-1`"];
    assert_eq!(lines(&with(""), &to("TransitGatewayAttachmentId: att-1")), found);
    assert_eq!(lines(&with(""), &to("Blackhole: true")), [""; 0], "a blackhole leads nowhere");
}

/// Rules of tcp in a small world, where every port and address can be tried.
fn rules() -> impl Strategy<Value = Vec<(u32, u32, u8, u8)>> {
    proptest::collection::vec((0..6_u32, 0..6_u32, 0..8_u8, 0..4_u8), 0..5)
        .prop_map(|rules| rules.into_iter().map(|(a, b, at, bits)| (a.min(b), a.max(b), at, bits)).collect())
}

fn reached(rules: &[(u32, u32, u8, u8)]) -> std::collections::BTreeSet<(u32, u8)> {
    let all = |&(low, high, at, bits): &(u32, u32, u8, u8)| {
        let start = at >> bits << bits;
        (low..=high).flat_map(move |port| (start..start + (1 << bits)).map(move |address| (port, address)))
    };
    rules.iter().flat_map(all).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn something_is_widened_exactly_where_more_is_reached(before in rules(), after in rules()) {
        let template = |rules: &[(u32, u32, u8, u8)]| {
            let rule = |&(low, high, at, bits): &(u32, u32, u8, u8)| tcp(low, high, &format!("10.0.0.{at}/{}", 32 - bits));
            group(&rules.iter().map(rule).collect::<Vec<_>>().join(", "))
        };
        let more = reached(&after).difference(&reached(&before)).next().is_some();
        prop_assert_eq!(!lines(&template(&before), &template(&after)).is_empty(), more);
    }
}
