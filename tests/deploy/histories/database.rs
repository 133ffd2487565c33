//! The database, and its name in a zone of another stack.

use formwork::aws::route53::HostedZoneSpec;
use formwork::{App, intrinsics};

use super::api::{rds, security_groups, vpc};
use super::{STAGE, env, play};

/// The export that the zone imports, under the name that it is given.
const ENDPOINT: &str = "database-endpoint";

fn define(app: &mut App, step: usize) {
    let network = app.stack("database/vpc", env(), |s| vpc::vpc(s, STAGE));
    let groups = app.stack("database/security-groups", env(), |s| security_groups::security_groups(s, &network));
    app.stack("database/rds", env(), |s| {
        let database = rds::rds(s, STAGE, &network, &groups);
        if step >= 1 {
            s.edit(database.instance, |db| db.db_instance_class("db.t3.small"));
        }
        // It goes once nobody imports it any more.
        if step < 3 {
            s.output("Shared", database.endpoint()).export(ENDPOINT);
        }
        if step >= 4 {
            s.edit(database.instance, |db| db.db_name("finance"));
        }
        if step >= 5 {
            s.edit(database.instance, |db| db.backup_retention_period(7));
        }
    });
    app.stack("database/dns", env(), |s| {
        let zone = s.add("Zone", HostedZoneSpec::private("financial-data-api.internal", [&network]));
        if step < 2 {
            zone.add_cname(s, "db", intrinsics::import_value(ENDPOINT));
        } else {
            zone.add_cname(s, "db", "database.example.com");
        }
    });
}

#[test]
fn what_is_announced_of_the_database_is_what_happens() {
    play(
        define,
        [
            &[("database/rds", "Db", "updated")],
            &[("database/dns", "Zone/db CNAME", "updated")],
            &[],
            &[("database/rds", "Db", "replaced"), ("database/rds", "Db/Secret/Attachment", "updated")],
            &[("database/rds", "Db", "updated")],
        ],
    );
}
