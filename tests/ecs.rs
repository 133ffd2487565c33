//! Clusters, tasks on Fargate, and services.

mod service;
mod task_definition;

use formwork::aws::ec2::{Vpc, VpcSpec};
use formwork::aws::ecs::{
    CapacityProviderStrategy, Cluster, ClusterSpec, ContainerInsights, ContainerSpec, FargateTaskDefinition,
    FargateTaskDefinitionSpec, PortMapping,
};
use formwork::testing::{Template, absent};
use formwork::{Env, Format, Stack};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const CLUSTER: &str = "AWS::ECS::Cluster";
const PROVIDERS: &str = "AWS::ECS::ClusterCapacityProviderAssociations";

fn network(s: &mut Stack) -> Vpc {
    s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") })
}

fn cluster(s: &mut Stack) -> Cluster {
    s.add("Cluster", ClusterSpec::default())
}

fn web() -> ContainerSpec {
    ContainerSpec { port_mappings: vec![PortMapping::tcp(80)], ..ContainerSpec::new("web", "nginx") }
}

fn task(s: &mut Stack) -> FargateTaskDefinition {
    s.add("Task", FargateTaskDefinitionSpec::new([web()]))
}

/// The template of a stack that is defined after one with a network, so that it holds what it is about.
fn alone(define: impl FnOnce(&mut Stack, &Vpc)) -> String {
    let mut app = formwork::App::new();
    let vpc = app.stack("network", Env::any(), network);
    app.stack("app", Env::any(), |s| define(s, &vpc));
    app.synth().unwrap().stacks[1].template(Format::Yaml)
}

#[test]
fn the_smallest_cluster_is_nothing_but_a_cluster() {
    snapshot("ecs_cluster", Template::of(cluster).yaml());
}

#[test]
fn a_cluster_has_every_option() {
    let template = Template::of(|s| {
        let spec = ClusterSpec {
            cluster_name: Some("shop".into()),
            container_insights: Some(ContainerInsights::Enhanced),
            default_capacity_provider_strategy: vec![
                CapacityProviderStrategy::fargate(1).base(2),
                CapacityProviderStrategy::fargate_spot(4),
            ],
            ..ClusterSpec::default()
        };
        let cluster = s.add("Cluster", spec);
        s.output("Name", cluster.name());
        s.output("Arn", cluster.arn());
    });
    let settings = json!([{ "Name": "containerInsights", "Value": "enhanced" }]);
    template.has_resource(CLUSTER, json!({ "ClusterName": "shop", "ClusterSettings": settings }));
    let providers = json!({
        "Cluster": { "Ref": "ClusterEB0386A7" },
        "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "DefaultCapacityProviderStrategy": [
            { "CapacityProvider": "FARGATE", "Base": 2, "Weight": 1 },
            { "CapacityProvider": "FARGATE_SPOT", "Base": absent(), "Weight": 4 },
        ],
    });
    template.has_resource(PROVIDERS, providers);
    template.has_output("Arn", json!({ "Value": { "Fn::GetAtt": ["ClusterEB0386A7", "Arn"] } }));
    for (insights, value) in [(ContainerInsights::Enabled, "enabled"), (ContainerInsights::Disabled, "disabled")] {
        let spec = ClusterSpec { container_insights: Some(insights), ..ClusterSpec::default() };
        let settings = json!([{ "Name": "containerInsights", "Value": value }]);
        Template::of(|s| s.add("Cluster", spec)).has_resource(CLUSTER, json!({ "ClusterSettings": settings }));
    }
}

#[test]
fn a_cluster_has_the_capacity_providers_of_fargate_where_it_is_asked_to() {
    let template =
        Template::of(|s| s.add("Cluster", ClusterSpec { fargate_capacity_providers: true, ..ClusterSpec::default() }));
    template.has_resource(PROVIDERS, json!({ "DefaultCapacityProviderStrategy": [] }));
}

#[test]
fn strategies_have_one_base_and_a_weight() {
    let of = |strategies: Vec<CapacityProviderStrategy>| {
        found(|s| {
            s.add("Cluster", ClusterSpec { default_capacity_provider_strategy: strategies, ..ClusterSpec::default() })
        })
    };
    let based = CapacityProviderStrategy::fargate(1).base(1);
    assert_snapshot!(of(vec![based.clone(), CapacityProviderStrategy::fargate_spot(1).base(1)]), @"
    error[exclusive-properties] Cluster: more than one capacity provider has a base
      help: give it to one of them
    ");
    assert_snapshot!(of(vec![CapacityProviderStrategy::fargate(0)]), @"
    error[range] Cluster: no capacity provider has a weight above 0, so no task would start
      help: give one of them a weight of 1
    ");
    assert_eq!(of(vec![based, CapacityProviderStrategy::fargate_spot(1).base(0)]), "");
}
