//! Functions.

use formwork::Stack;
use formwork::aws::ec2::VpcSpec;
use formwork::aws::iam::{Principal, RoleSpec};
use formwork::aws::lambda::{Architecture, Code, FunctionNetwork, FunctionSpec, LayerVersionSpec};
use formwork::aws::logs::LogGroupSpec;
use formwork::aws::sqs::QueueSpec;

use super::Case;

pub const CASES: &[Case] = &[
    ("function", function),
    ("function_with_options", function_with_options),
    ("function_in_a_vpc", function_in_a_vpc),
    ("layer", layer),
    ("permissions", permissions),
    ("queue_as_source", queue_as_source),
];

pub fn spec() -> FunctionSpec {
    FunctionSpec::new("nodejs22.x", "index.handler", Code::inline("exports.handler = 1"))
}

fn function(s: &mut Stack) {
    s.add("Handler", spec());
}

fn function_with_options(s: &mut Stack) {
    let dead = s.add("Dead", QueueSpec::default());
    let logs = s.add("Logs", LogGroupSpec::default());
    let spec = FunctionSpec {
        function_name: Some("resize".into()),
        description: Some("makes pictures smaller".into()),
        memory_size: Some(512),
        timeout: Some(30),
        environment: vec![("STAGE".into(), "dev".into())],
        architecture: Some(Architecture::Arm64),
        reserved_concurrent_executions: Some(5),
        ephemeral_storage: Some(1024),
        tracing: true,
        dead_letter_queue: Some(dead),
        log_group: Some(logs),
        ..spec()
    };
    s.add("Handler", spec);
}

fn function_in_a_vpc(s: &mut Stack) {
    let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    s.add("Handler", FunctionSpec { network: Some(FunctionNetwork::new(&vpc)), ..spec() });
}

fn layer(s: &mut Stack) {
    let tools = LayerVersionSpec {
        layer_name: Some("tools".into()),
        description: Some("what all use".into()),
        compatible_runtimes: vec!["nodejs22.x".into()],
        ..LayerVersionSpec::new(Code::bucket("layers-of-mine", "tools.zip"))
    };
    let tools = s.add("Tools", tools);
    s.add("Handler", FunctionSpec { layers: vec![tools], ..spec() });
}

fn permissions(s: &mut Stack) {
    let function = s.add("Handler", spec());
    let caller = s.add("Caller", RoleSpec::new(Principal::service("states.amazonaws.com")));
    function.grant_invoke(s, caller);
    let permission = function.add_permission(s, "Bucket", "s3.amazonaws.com", Some("arn:aws:s3:::uploads".into()));
    s.edit(permission, |permission| permission.source_account("111111111111"));
}

fn queue_as_source(s: &mut Stack) {
    let queue = s.add("Jobs", QueueSpec::default());
    let function = s.add("Handler", spec());
    function.add_sqs_event_source(s, &queue, 5);
}
