//! The API that callers see, in front of the load balancer.

use formwork::aws::apigatewayv2::{AccessLogs, HttpApiSpec, HttpStageSpec, Integration, VpcLinkSpec};
use formwork::aws::ec2::Vpc;
use formwork::aws::logs::LogGroupSpec;
use formwork::{DeletionPolicy, Stack};

use super::alb::LoadBalancer;
use super::security_groups::SecurityGroups;

/// An HTTP API that passes what comes after its own name on to the load balancer, through a link into the VPC.
pub fn api_gateway(s: &mut Stack, vpc: &Vpc, groups: &SecurityGroups, balancer: &LoadBalancer) {
    s.description("HTTP API of the financial data API");
    let link = s.add("Link", VpcLinkSpec { security_groups: vec![groups.vpc_link], ..VpcLinkSpec::new(vpc) });
    let api = s.add("Api", HttpApiSpec { default_stage: None, ..HttpApiSpec::default() });
    let to_balancer = Integration {
        parameter_mapping: vec![("overwrite:path".into(), "$request.path.proxy".into())],
        ..Integration::alb("LoadBalancer", &balancer.listener, &link)
    };
    api.add_route(s, "ANY /financial-data-api/{proxy+}", to_balancer);
    let name = Some("/aws/debug_apigateway".into());
    let deletion_policy = DeletionPolicy::Delete;
    let logs = s.add("AccessLogs", LogGroupSpec { log_group_name: name, deletion_policy, ..LogGroupSpec::default() });
    let live = HttpStageSpec { access_logs: Some(AccessLogs::to(&logs)), ..HttpStageSpec::new("live") };
    let live = api.add_stage(s, "Live", live);
    s.output("Url", live.url()).description("The API's address");
}
