//! Names inside the VPC.

use formwork::Stack;
use formwork::aws::ec2::Vpc;
use formwork::aws::rds::Database;
use formwork::cfn::route53::{HostedZone, RecordSet, hosted_zone};

/// The zone that only the VPC sees.
const ZONE: &str = "financial-data-api.internal";

/// How long an answer may be kept, in seconds: a database that fails over keeps its own name.
const TTL: &str = "300";

/// A private zone, with the database in it.
pub fn dns(s: &mut Stack, vpc: &Vpc, database: &Database) {
    s.description("Private names of the financial data API");
    let network = hosted_zone::Vpc::new(vpc.vpc, s.env().region_code().unwrap_or_default());
    let zone = s.add("Zone", HostedZone::new().name(ZONE).vpcs([network]));
    let name = format!("db.{ZONE}");
    s.add(
        "Database",
        RecordSet::new(&name, "CNAME").hosted_zone_id(zone).ttl(TTL).resource_records([database.endpoint()]),
    );
    s.output("DatabaseName", name).description("The database's name in the VPC");
}
