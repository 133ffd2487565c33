//! Names inside the VPC.

use formwork::aws::ec2::Vpc;
use formwork::aws::rds::Database;
use formwork::aws::route53::HostedZoneSpec;
use formwork::cfn::route53::RecordSet;
use formwork::{Ref, Stack};

/// The zone that only the VPC sees.
const ZONE: &str = "financial-data-api.internal";

/// A private zone, with the database in it.
pub fn dns(s: &mut Stack, vpc: &Vpc, database: &Database) -> Ref<RecordSet> {
    s.description("Private names of the financial data API");
    let zone = s.add("Zone", HostedZoneSpec::private(ZONE, [vpc]));
    let name = zone.add_cname(s, "db", database.endpoint());
    s.output("DatabaseName", format!("db.{ZONE}")).description("The database's name in the VPC");
    name
}
