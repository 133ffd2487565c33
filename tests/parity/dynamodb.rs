//! Tables.

use formwork::aws::dynamodb::{
    Attribute, Billing, GlobalSecondaryIndex, LocalSecondaryIndex, Projection, StreamViewType, TableEncryption,
    TableSpec, Utilization,
};
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::{DeletionPolicy, Stack};

use super::Case;

pub const CASES: &[Case] =
    &[("table", table), ("table_with_options", table_with_options), ("autoscaling", autoscaling), ("grants", grants)];

fn spec() -> TableSpec {
    TableSpec::new(Attribute::string("UserID"))
}

fn table(s: &mut Stack) {
    s.add("Table", spec());
}

fn table_with_options(s: &mut Stack) {
    let by_mail = GlobalSecondaryIndex {
        projection: Projection::KeysOnly,
        ..GlobalSecondaryIndex::new("ByMail", Attribute::string("Mail"))
    };
    let spec = TableSpec {
        table_name: Some("users".into()),
        sort_key: Some(Attribute::number("At")),
        encryption: TableEncryption::AwsManaged,
        time_to_live_attribute: Some("expires".into()),
        stream: Some(StreamViewType::NewAndOldImages),
        deletion_protection: true,
        deletion_policy: DeletionPolicy::Delete,
        global_secondary_indexes: vec![by_mail],
        local_secondary_indexes: vec![LocalSecondaryIndex::new("ByName", Attribute::string("Name"))],
        ..spec()
    };
    s.add("Table", spec);
}

fn autoscaling(s: &mut Stack) {
    let table = s.add("Table", TableSpec { billing: Billing::Provisioned { read: 1, write: 1 }, ..spec() });
    let utilization = Utilization::percent(50).cooldown(60);
    table.auto_scale_read_capacity(s, 5, 10).scale_on_utilization(s, utilization);
    table.auto_scale_write_capacity(s, 5, 10).scale_on_utilization(s, utilization);
}

fn grants(s: &mut Stack) {
    let spec = TableSpec {
        stream: Some(StreamViewType::NewImage),
        global_secondary_indexes: vec![GlobalSecondaryIndex::new("ByMail", Attribute::string("Mail"))],
        ..spec()
    };
    let table = s.add("Table", spec);
    let lambda = || RoleSpec::new(Principal::service("lambda.amazonaws.com"));
    let [reader, writer, both, listener] = ["Reader", "Writer", "Both", "Listener"].map(|id| s.add(id, lambda()));
    table.grant_read(s, reader);
    table.grant_write(s, writer);
    table.grant_read_write(s, both);
    table.grant_stream_read(s, listener);
}
