//! Logical ids equal AWS CDK's: a stack that moves over keeps its resources.

use std::collections::BTreeMap;

/// What AWS CDK 2.276.0 gave: path below the stack, type, logical id.
const PAIRS: &str = include_str!("logical-ids.json");

/// The one id of CDK's that no path gives: a secret attached to a database gets one of its own making.
const OF_ITS_OWN: &str = "Db/Secret/Resource";

#[test]
fn every_path_gives_the_id_that_aws_cdk_gives_it() {
    let pairs: Vec<BTreeMap<String, String>> = serde_json::from_str(PAIRS).unwrap();
    assert!(pairs.len() >= 60, "only {} pairs", pairs.len());
    for pair in &pairs {
        let id = formwork::core::logical_id(pair["path"].split('/'));
        if pair["path"] == OF_ITS_OWN {
            assert_ne!(id, pair["id"]);
        } else {
            assert_eq!(id, pair["id"], "{}", pair["path"]);
        }
    }
}
