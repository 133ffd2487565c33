//! Names inside the VPC.

use formwork::Stack;
use formwork::aws::ec2::Vpc;
use formwork::aws::rds::Database;
use formwork::aws::route53::HostedZoneSpec;

/// The zone that only the VPC sees.
const ZONE: &str = "financial-data-api.internal";

/// A private zone, with the database in it.
pub fn dns(s: &mut Stack, vpc: &Vpc, database: &Database) {
    s.description("Private names of the financial data API");
    let zone = s.add("Zone", HostedZoneSpec::private(ZONE, [vpc]));
    zone.add_cname(s, "db", database.endpoint());
    s.output("DatabaseName", format!("db.{ZONE}")).description("The database's name in the VPC");
}
