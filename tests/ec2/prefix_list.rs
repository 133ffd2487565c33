//! Prefix lists: their entries, their names, who names them, and what is refused.

use formwork::aws::ec2::{AddressFamily, Port, PrefixListEntry, PrefixListSpec, SecurityGroupSpec, VpcSpec};
use formwork::testing::{Template, absent};
use formwork::{App, Condition, Env, Parameter};
use insta::assert_snapshot;
use serde_json::json;

use super::snapshot;
use crate::checks::found;

const LIST: &str = "AWS::EC2::PrefixList";
const INGRESS: &str = "AWS::EC2::SecurityGroupIngress";

#[test]
fn the_smallest_prefix_list_is_as_its_snapshot_says() {
    snapshot("ec2_prefix_list", |s| s.add("Offices", PrefixListSpec::new(["198.51.100.0/24"])));
}

#[test]
fn a_prefix_list_has_every_option() {
    let template = Template::of(|s| {
        let parameter = s.parameter("Home", Parameter::string().default(""));
        let known = s.condition("HasHome", Condition::negate(Condition::equals(&parameter, "")));
        let entries = [
            PrefixListEntry::new("2001:db8::/32").description("the office"),
            PrefixListEntry::new(&parameter).only_if(&known),
        ];
        let spec = PrefixListSpec {
            address_family: AddressFamily::Ipv6,
            max_entries: Some(10),
            prefix_list_name: Some("offices".into()),
            ..PrefixListSpec::new(entries)
        };
        let list = s.add("Offices", spec);
        s.output("Id", list.id());
    });
    template.has_resource(
        LIST,
        json!({
            "AddressFamily": "IPv6",
            "MaxEntries": 10,
            "PrefixListName": "offices",
            "Entries": [
                { "Cidr": "2001:db8::/32", "Description": "the office" },
                { "Fn::If": ["HasHome", { "Cidr": { "Ref": "Home" } }, { "Ref": "AWS::NoValue" }] },
            ],
        }),
    );
}

#[test]
fn a_prefix_list_may_have_as_many_entries_as_it_has() {
    let most = |blocks: &[&str]| {
        let template = Template::of(|s| s.add("List", PrefixListSpec::new(blocks.iter().copied())));
        template.resources(LIST)[0].resource["Properties"]["MaxEntries"].clone()
    };
    assert_eq!(most(&["10.0.0.0/8", "172.16.0.0/12"]), 2);
    assert_eq!(most(&[]), 1);
    let template = Template::of(|s| s.add("List", PrefixListSpec::new([""; 0])));
    template.has_resource(LIST, json!({ "Entries": absent() }));
}

#[test]
fn rules_name_lists_and_two_lists_on_one_port_are_two_rules() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        let [one, two] = ["One", "Two"].map(|id| s.add(id, PrefixListSpec::new(["10.0.0.0/8"])));
        for list in [&one, &two, &one] {
            web.allow_from(s, list, Port::tcp(443));
        }
        web.allow_from(s, two, Port::tcp(80));
    });
    let rules = template.resources(INGRESS);
    let named: Vec<_> = rules
        .iter()
        .map(|rule| {
            (
                &rule.resource["Properties"]["SourcePrefixListId"]["Fn::GetAtt"][0],
                &rule.resource["Properties"]["FromPort"],
            )
        })
        .collect();
    let [one, two] = [0, 1].map(|index| json!(template.resources(LIST)[index].id));
    assert_eq!(named, [(&one, &json!(443)), (&two, &json!(443)), (&two, &json!(80))]);
    // AWS CDK's id for the first of a port, so that it stays when a stack moves over.
    assert!(rules[0].id.starts_with("WebfromIndirectPeer443"), "{}", rules[0].id);
    assert!(rules[1].id.starts_with("WebfromtestTwo"), "{}", rules[1].id);
}

#[test]
fn a_list_of_another_stack_is_imported() {
    let mut app = App::new();
    let list = app.stack("lists", Env::any(), |s| s.add("Offices", PrefixListSpec::new(["198.51.100.0/24"])));
    app.stack("shop", Env::any(), |s| {
        let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
        s.add("Web", SecurityGroupSpec::new(&vpc, "web")).allow_from(s, list, Port::tcp(443));
    });
    let assembly = app.synth().unwrap();
    assert!(Template::from(&assembly.stacks[1]).yaml().contains("SourcePrefixListId: !ImportValue"));
}

fn problems(spec: PrefixListSpec) -> String {
    found(|s| s.add("List", spec))
}

#[test]
fn what_is_no_block_of_the_lists_family_is_refused() {
    assert_snapshot!(problems(PrefixListSpec::new(["10.0.0.0/8", "office", "2001:db8::/32"])), @"
    error[exclusive-properties] List: `2001:db8::/32` is in a prefix list of IPv4 addresses
      help: a list has addresses of one family: make one for each
    error[format] List/Resource Entries[1].Cidr: `Cidr` is not an IPv4 block in CIDR notation
      help: write it like 10.0.0.0/16
    ");
    let six = PrefixListSpec { address_family: AddressFamily::Ipv6, ..PrefixListSpec::new(["10.0.0.0/8"]) };
    assert!(problems(six).contains("`10.0.0.0/8` is in a prefix list of IPv6 addresses"));
}

#[test]
fn a_block_that_is_there_twice_is_refused() {
    assert_snapshot!(problems(PrefixListSpec::new(["10.0.0.0/8", "10.0.0.0/8"])), @"
    error[name-used-twice] List: the prefix list has `10.0.0.0/8` twice
      help: leave one out
    ");
}

#[test]
fn more_entries_than_there_may_be_are_refused() {
    let of = |most| {
        problems(PrefixListSpec { max_entries: Some(most), ..PrefixListSpec::new(["10.0.0.0/8", "172.16.0.0/12"]) })
    };
    assert_snapshot!(of(1), @"
    error[item-count] List: the prefix list has 2 entries, and may have 1
      help: raise `max_entries`
    ");
    assert_eq!(of(2), "");
}

#[test]
fn the_names_of_awss_own_lists_are_refused() {
    let of = |name: &str| {
        problems(PrefixListSpec { prefix_list_name: Some(name.into()), ..PrefixListSpec::new(["10.0.0.0/8"]) })
    };
    assert_snapshot!(of("com.amazonaws.mine"), @"
    error[name] List: the name `com.amazonaws.mine` is one of AWS's own lists
      help: a name does not begin with `com.amazonaws`
    ");
    assert_eq!(of("mine"), "");
}
