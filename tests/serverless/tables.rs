//! Tables.

use formwork::aws::dynamodb::{
    Attribute, Billing, GlobalSecondaryIndex, LocalSecondaryIndex, Projection, StreamViewType, TableEncryption,
    TableSpec, Utilization,
};
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::kms::KeySpec;
use formwork::testing::{Template, absent, any};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const TABLE: &str = "AWS::DynamoDB::Table";

fn spec() -> TableSpec {
    TableSpec::new(Attribute::string("Id"))
}

#[test]
fn the_smallest_table_is_paid_by_the_request_and_kept() {
    snapshot("dynamodb_table", Template::of(|s| s.add("Table", spec())).yaml());
}

#[test]
fn a_table_may_go_without_recovery() {
    let template = Template::of(|s| s.add("Table", TableSpec { point_in_time_recovery: false, ..spec() }));
    template.has_resource(TABLE, json!({ "PointInTimeRecoverySpecification": absent() }));
}

#[test]
fn an_index_has_the_attributes_it_is_given_and_capacity_where_the_table_has() {
    let template = Template::of(|s| {
        let index = GlobalSecondaryIndex {
            sort_key: Some(Attribute::binary("Digest")),
            projection: Projection::Include(vec!["Name".into()]),
            ..GlobalSecondaryIndex::new("ByMail", Attribute::string("Mail"))
        };
        let spec = TableSpec {
            billing: Billing::Provisioned { read: 2, write: 3 },
            global_secondary_indexes: vec![index],
            ..spec()
        };
        s.add("Table", spec)
    });
    let index = json!([{
        "IndexName": "ByMail",
        "KeySchema": [
            { "AttributeName": "Mail", "KeyType": "HASH" }, { "AttributeName": "Digest", "KeyType": "RANGE" },
        ],
        "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["Name"] },
        "ProvisionedThroughput": { "ReadCapacityUnits": 2, "WriteCapacityUnits": 3 },
    }]);
    template.has_resource(TABLE, json!({ "BillingMode": absent(), "GlobalSecondaryIndexes": index }));
}

#[test]
fn who_uses_a_table_may_use_its_key() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::new());
        let stream = Some(StreamViewType::KeysOnly);
        let table = s.add("Table", TableSpec { encryption: TableEncryption::CustomerManaged(key), stream, ..spec() });
        let role = s.add("Reader", RoleSpec::new(Principal::service("lambda.amazonaws.com")));
        table.grant_read(s, role);
        table.grant_stream_read(s, role);
    });
    let encryption = json!({ "SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": any() });
    template.has_resource(TABLE, json!({ "SSESpecification": encryption }));
    let policy = template.resources("AWS::IAM::Policy")[0].resource.to_string();
    assert!(policy.contains("kms:Decrypt") && !policy.contains("kms:Encrypt"), "{policy}");
    assert!(!policy.contains("/index/"), "there is none: {policy}");
}

#[test]
fn a_table_without_a_stream_has_none_to_read() {
    let text = found(|s| {
        let table = s.add("Table", spec());
        let role = s.add("Reader", RoleSpec::new(Principal::service("lambda.amazonaws.com")));
        table.grant_stream_read(s, role);
    });
    assert_snapshot!(text, @"
    error[grant] Table: the table has no stream that could be read
      help: set `stream`, and what it says of changes
    ");
}

#[test]
fn keys_and_indexes_fit_together() {
    let number = GlobalSecondaryIndex::new("ById", Attribute::number("Id"));
    let text = found(|s| s.add("Table", TableSpec { global_secondary_indexes: vec![number], ..spec() }));
    assert_snapshot!(text, @"
    error[name-used-twice] Table: the attribute `Id` is of two types
      help: an attribute has one type in every key
    ");
    let twice = vec![LocalSecondaryIndex::new("ByName", Attribute::string("Name")); 2];
    let sorted = TableSpec { sort_key: Some(Attribute::string("At")), local_secondary_indexes: twice, ..spec() };
    assert_snapshot!(found(|s| s.add("Table", sorted)), @"
    error[name-used-twice] Table: two indexes are called `ByName`
      help: give one of them another name
    ");
    let local = vec![LocalSecondaryIndex::new("ByName", Attribute::string("Name"))];
    let text = found(|s| s.add("Table", TableSpec { local_secondary_indexes: local, ..spec() }));
    assert_snapshot!(text, @"
    error[dependent-properties] Table: a table without a sort key has one item of each key, and no other order
      help: give it a sort key, or make the index a global one
    error[item-count] Table/Resource KeySchema: `KeySchema` has 1 item
      help: it must have at least 2
    ");
}

#[test]
fn a_table_scales_where_it_has_capacity_and_within_bounds() {
    let of = |billing, percent| {
        found(|s| {
            let table = s.add("Table", TableSpec { billing, ..spec() });
            table.auto_scale_read_capacity(s, 5, 10).scale_on_utilization(s, Utilization::percent(percent));
        })
    };
    assert_snapshot!(of(Billing::PayPerRequest, 50), @"
    error[dependent-properties] Table/ReadScaling: a table that is paid by the request has no capacity
      help: it scales by itself; for bounds, set `billing` to `Billing::Provisioned`
    ");
    assert_snapshot!(of(Billing::Provisioned { read: 1, write: 1 }, 95), @"
    error[range] Table/ReadScaling/Target/Resource: a table cannot scale to use 95 % of its capacity
      help: write 20 to 90
    ");
    assert_eq!(of(Billing::Provisioned { read: 1, write: 1 }, 50), "");
}
