//! `financial-data-api`: one web application in two accounts, dev and prod. A stack per module, so that a mistake in
//! one takes down no other.
//!
//! What each costs, in the prices of 2022 for us-east-1, where a month has 730 hours:
//!
//! | module | costs |
//! |---|---|
//! | `iam` | the secret $0.40 a month |
//! | `vpc` | NAT gateway $0.045 an hour and a GB, $33 a month at rest; all else is free |
//! | `alb-logs` | what S3 stores: $0.023 a GB and month |
//! | `security-groups` | nothing |
//! | `rds` | db.t3.micro $0.018 an hour, $13 a month; twice that with a second zone; the secret $0.40 a month |
//! | `dns` | the zone $0.50 a month |
//! | `bastion` | t2.micro $0.0116 an hour, $8.50 a month |
//! | `alb` | $0.0225 an hour, $16 a month, and $0.008 an hour and load unit |
//! | `ecs` | Fargate $0.04048 a vCPU and hour, $0.004445 a GB and hour: $9 a month for a quarter of a vCPU and 512 MiB |
//! | `api-gateway` | $1.00 a million requests; the VPC link is free |

mod alb;
mod alb_logs;
mod api_gateway;
mod bastion;
mod dns;
mod ecs;
mod iam;
mod rds;
mod security_groups;
pub mod stage;
mod vpc;

use formwork::App;
use stage::Stage;

/// Every stack of both stages.
pub fn define(app: &mut App) {
    for stage in &Stage::ALL {
        let roles = app.stack(stage.path("iam"), stage.env(), iam::iam);
        let logs = app.stack(stage.path("alb-logs"), stage.env(), |s| alb_logs::alb_logs(s, stage));
        let vpc = app.stack(stage.path("vpc"), stage.env(), |s| vpc::vpc(s, stage));
        let groups =
            app.stack(stage.path("security-groups"), stage.env(), |s| security_groups::security_groups(s, &vpc));
        let database = app.stack(stage.path("rds"), stage.env(), |s| rds::rds(s, stage, &vpc, &groups));
        let name = app.stack(stage.path("dns"), stage.env(), |s| dns::dns(s, &vpc, &database));
        app.stack(stage.path("bastion"), stage.env(), |s| bastion::bastion(s, stage, &vpc, &groups, &roles));
        let balancer = app.stack(stage.path("alb"), stage.env(), |s| alb::alb(s, &vpc, &groups, &logs));
        app.stack(stage.path("ecs"), stage.env(), |s| {
            // It finds the database by its name, which no reference says.
            s.depends_on(&database);
            s.depends_on(name);
            ecs::ecs(s, &vpc, &groups, &roles, &balancer.targets);
        });
        app.stack(stage.path("api-gateway"), stage.env(), |s| {
            api_gateway::api_gateway(s, &vpc, &groups, &balancer);
        });
    }
}
