//! `financial-data-api`: one web application in two accounts, dev and prod. A stack per module, so that a mistake in
//! one takes down no other.

mod alb;
mod alb_logs;
mod api_gateway;
mod bastion;
mod dns;
mod ecs;
mod iam;
mod rds;
mod security_groups;
mod stage;
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
        app.stack(stage.path("bastion"), stage.env(), |s| bastion::bastion(s, &vpc, &groups, &roles));
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
