//! Outputs: their names, their quoting, near misses. A real shell reads them back.

use std::process::Command;

use formwork::deploy::outputs::{Output, Style, find, github, named, quoted, upper_snake};
use proptest::prelude::*;

fn output(stack: &str, key: &str, value: &str) -> Output {
    Output {
        stack: stack.into(),
        key: key.into(),
        value: Some(value.into()),
        list: false,
        aliases: Vec::new(),
        description: None,
    }
}

#[test]
fn names_are_broken_before_capitals_and_numbers() {
    for (key, name) in [
        ("VpcId", "VPC_ID"),
        ("VpcIsolatedSubnet1", "VPC_ISOLATED_SUBNET_1"),
        ("VPCId", "VPC_ID"),
        ("InstanceSG", "INSTANCE_SG"),
        ("Subnet10Cidr", "SUBNET_10_CIDR"),
        ("url", "URL"),
        ("1stQueue", "_1ST_QUEUE"),
        ("", ""),
    ] {
        assert_eq!(upper_snake(key), name, "{key}");
    }
}

#[test]
fn an_output_has_a_name_in_each_style_and_its_aliases() {
    let output = Output { aliases: vec!["NETWORK".into(), "VpcId".into()], ..output("shop", "VpcId", "vpc-1") };
    assert_eq!(output.names(Style::Both), ["VPC_ID", "VpcId", "NETWORK"]);
    assert_eq!(output.names(Style::Upper), ["VPC_ID", "NETWORK", "VpcId"]);
    assert_eq!(output.names(Style::Key), ["VpcId", "NETWORK"]);
}

#[test]
fn a_list_is_a_quoted_list_for_a_shell() {
    let list = Output { list: true, ..output("shop", "Subnets", "subnet-1,subnet-2") };
    assert_eq!(list.text().unwrap(), r#""subnet-1", "subnet-2""#);
}

#[test]
fn a_near_miss_suggests_what_was_meant() {
    let outputs = [output("shop", "VpcIsolatedSubnet1", "subnet-1"), output("shop", "InstanceSG", "sg-1")];
    for (name, key) in [("VPC_ISOLATED_SUBNET_1", "VpcIsolatedSubnet1"), ("InstanceSG", "InstanceSG")] {
        assert_eq!(find(&outputs, name).unwrap().key, key);
    }
    let missed = |name: &str| find(&outputs, name).unwrap_err();
    assert_eq!(missed("VPC_ISOLATED_SUBNET1").what, "no output is called VPC_ISOLATED_SUBNET1");
    assert_eq!(missed("VPC_ISOLATED_SUBNET1").help, "did you mean VPC_ISOLATED_SUBNET_1 or VpcIsolatedSubnet1?");
    assert_eq!(missed("Instance_Sg").help, "did you mean INSTANCE_SG or InstanceSG?");
    let help = missed("Bucket").help;
    assert_eq!(help, "there are VPC_ISOLATED_SUBNET_1, VpcIsolatedSubnet1, INSTANCE_SG, InstanceSG");
}

#[test]
fn two_values_under_one_name_are_refused() {
    let outputs = [output("shop/a", "Url", "1"), output("shop/b", "Url", "2")];
    let refused = named(&outputs, Style::Both).unwrap_err();
    assert_eq!(refused.what, "two outputs would be called URL: Url of shop/a, and Url of shop/b");
    assert_eq!(named(&[outputs[0].clone(), output("shop/c", "Url", "1")], Style::Key).unwrap().len(), 1);
}

#[test]
fn a_value_of_several_lines_has_an_end_of_its_own_in_a_file_of_github() {
    assert_eq!(github("URL", "https://x"), "URL=https://x\n");
    assert_eq!(github("KEY", "one\nEOF\ntwo"), "KEY<<EOF_\none\nEOF\ntwo\nEOF_\n");
}

/// What a shell makes of an assignment.
fn evaluated(shell: &str, value: &str) -> String {
    let script = "eval \"$(printf %s \"$SCRIPT\")\"; printf %s \"$NAME\"";
    let assignment = format!("export NAME={}", quoted(value));
    let out = Command::new(shell).args(["-c", script]).env("SCRIPT", assignment).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn a_shell_reads_back_what_nobody_would_name_a_bucket() {
    for value in ["", "'", "''", "a'b'c", "$(reboot)", "`reboot`", "\\", "\n", "-n", "!x", "*", "a\tb", "é☃", "${HOME}"]
    {
        assert_eq!(evaluated("sh", value), value, "{value:?}");
        assert_eq!(evaluated("bash", value), value, "{value:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_shell_reads_back_any_value(value in "[^\0]{0,40}") {
        prop_assert_eq!(evaluated("sh", &value), value);
    }
}
