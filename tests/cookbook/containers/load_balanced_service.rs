//! A web service in containers, behind a load balancer.

use formwork::testing::{assert_reachable, assert_unreachable, json};

use crate::cookbook::containers::load_balanced_service::load_balanced_service;
use crate::support::{app, assert_outputs, properties, template};

#[test]
fn the_world_reaches_the_load_balancer_and_the_load_balancer_the_tasks() {
    let app = app(load_balanced_service);
    assert_reachable(&app, "internet", "recipe/Web/LB", Some(80.into()));
    assert_reachable(&app, "recipe/Web/LB", "recipe/Web/Service", Some(80.into()));
    assert_unreachable(&app, "internet", "recipe/Web/LB", Some(443.into()));
    for other in ["internet", "recipe/Vpc/PublicSubnet1", "recipe/Vpc/PrivateSubnet2", "recipe/Web/Service"] {
        assert_unreachable(&app, other, "recipe/Web/Service", Some(80.into()));
    }
    // To pull their image.
    assert_reachable(&app, "recipe/Web/Service", "internet", Some(443.into()));
}

#[test]
fn the_tasks_may_do_nothing_and_what_starts_them_may_write_their_log() {
    let template = template(load_balanced_service);
    template.resource_count("AWS::IAM::Role", 2);
    let policies = properties(&template, "IAM::Policy");
    let [policy] = policies[..] else { panic!("{policies:?}") };
    assert!(policy["Roles"].to_string().contains("TaskExecutionRole"), "{policy}");
    let write = json!([{
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": { "Fn::GetAtt": ["Logs6819BB44", "Arn"] },
    }]);
    assert_eq!(policy["PolicyDocument"]["Statement"], write);
    for role in properties(&template, "IAM::Role") {
        assert!(role.get("ManagedPolicyArns").is_none() && role.get("Policies").is_none(), "{role}");
    }
}

#[test]
fn what_the_tasks_print_is_kept() {
    let template = template(load_balanced_service);
    let logs = json!({ "LogDriver": "awslogs", "Options": { "awslogs-group": { "Ref": "Logs6819BB44" } } });
    let containers = json!([{ "LogConfiguration": logs }]);
    template.has_resource("AWS::ECS::TaskDefinition", json!({ "ContainerDefinitions": containers }));
    template.has_resource("AWS::ECS::Service", json!({ "DesiredCount": 2, "LaunchType": "FARGATE" }));
    assert_outputs(&template, &["LogGroupName", "ServiceUrl"]);
}
