//! `financial-data-api`: who reaches what, what is kept, what never shows.

use std::process::Command;

use serde_json::json;

use super::{resources, template};
use crate::program::{PACKAGE, Run, STACKS};

const STAGES: [&str; 2] = ["dev", "prod"];

/// A module of a stage.
fn of(stage: &str, module: &str) -> serde_json::Value {
    template(&format!("financial-data-api/{stage}/{module}"))
}

/// Asks each stage: modules and constructs by their paths in it.
#[track_caller]
fn reaches(from: &str, to: &str, port: &str, expected: bool) {
    for stage in STAGES {
        let path = |end: &str| {
            let outside = end == "internet" || end.starts_with(|first: char| first.is_ascii_digit());
            if outside { end.to_owned() } else { format!("financial-data-api/{stage}/{end}") }
        };
        let mut program = Command::new(STACKS);
        program.args(["reach", &path(from), &path(to), "--port", port]);
        let run = Run::from(program.output().unwrap());
        let code = i32::from(!expected);
        assert_eq!(run.code, code, "{}{}", run.out, run.err);
        assert!(!run.out.starts_with("cannot be told"), "{}", run.out);
    }
}

#[test]
fn nobody_but_web_servers_and_bastion_reaches_the_database() {
    reaches("ecs", "rds", "5432", true);
    reaches("bastion", "rds", "5432", true);
    reaches("security-groups/Web", "rds", "5432", true);
    for other in ["internet", "alb", "api-gateway", "security-groups/LoadBalancer", "security-groups/VpcLink"] {
        reaches(other, "rds", "5432", false);
    }
    reaches("vpc/Vpc/PublicSubnet1", "rds", "5432", false);
    reaches("vpc/Vpc/PrivateSubnet2", "rds", "5432", false);
    reaches("ecs", "rds", "22", false);
}

#[test]
fn the_bastion_is_reached_by_instance_connect_alone() {
    reaches("18.206.107.24/29", "bastion", "22", true);
    reaches("internet", "bastion", "22", false);
    reaches("18.206.107.24/28", "bastion", "22", false);
    reaches("ecs", "bastion", "22", false);
    reaches("18.206.107.24/29", "bastion", "80", false);
}

#[test]
fn web_servers_are_reached_by_the_load_balancer_alone_and_on_80() {
    reaches("alb", "ecs", "80", true);
    reaches("alb", "ecs", "5000", false);
    for other in ["internet", "bastion", "api-gateway", "security-groups/Web"] {
        reaches(other, "ecs", "80", false);
    }
}

#[test]
fn the_load_balancer_is_reached_by_the_world_and_the_api() {
    reaches("internet", "alb", "80", true);
    reaches("api-gateway", "alb", "80", true);
    reaches("internet", "alb", "443", false);
}

#[test]
fn private_subnets_reach_out_and_are_not_reached() {
    reaches("ecs", "internet", "443", true);
    reaches("bastion", "internet", "443", true);
    reaches("rds", "internet", "443", false);
}

#[test]
fn the_database_is_private_encrypted_and_kept_and_in_prod_in_two_zones() {
    for (stage, multi_az) in [("dev", false), ("prod", true)] {
        let template = of(stage, "rds");
        let instance = resources(&template, "AWS::RDS::DBInstance")[0];
        assert_eq!(instance["MultiAZ"].as_bool().unwrap_or(false), multi_az);
        assert_eq!(
            [&instance["StorageEncrypted"], &instance["DeletionProtection"], &instance["PubliclyAccessible"]],
            [&json!(true), &json!(true), &json!(false)]
        );
        assert_eq!(
            (&instance["DBInstanceClass"], &instance["AllocatedStorage"]),
            (&json!("db.t3.micro"), &json!("20"))
        );
        let password = instance["MasterUserPassword"].to_string();
        assert!(password.contains("{{resolve:secretsmanager:"), "{password}");
        let generated = &resources(&template, "AWS::SecretsManager::Secret")[0]["GenerateSecretString"];
        let excluded = generated["ExcludeCharacters"].as_str().unwrap();
        assert!(['/', '@', '"', ' '].iter().all(|forbidden| excluded.contains(*forbidden)), "{excluded}");
    }
}

#[test]
fn who_signs_in_without_mfa_sets_it_up_and_does_nothing_else() {
    for stage in STAGES {
        let template = of(stage, "iam");
        let policies = resources(&template, "AWS::IAM::ManagedPolicy");
        let statements = policies.iter().map(|policy| &policy["PolicyDocument"]["Statement"][0]);
        let denied: Vec<_> = statements.filter(|statement| statement["Effect"] == "Deny").collect();
        let [deny] = denied[..] else { panic!("{denied:?}") };
        assert_eq!(deny["Condition"], json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }));
        assert!(deny["NotAction"].as_array().unwrap().contains(&json!("iam:EnableMFADevice")));
        assert!(resources(&template, "AWS::IAM::AccessKey").is_empty());
        for (key, output) in template["Outputs"].as_object().unwrap() {
            assert!(!output.to_string().contains("resolve:secretsmanager"), "{key} shows a secret");
        }
    }
}

#[test]
fn the_bastion_has_an_encrypted_disk_and_tokens_for_its_metadata() {
    for stage in STAGES {
        let template = of(stage, "bastion");
        let instance = resources(&template, "AWS::EC2::Instance")[0];
        assert_eq!(instance["MetadataOptions"]["HttpTokens"], "required");
        assert_eq!(instance["BlockDeviceMappings"][0]["Ebs"]["Encrypted"], true);
        assert_eq!(instance["InstanceType"], "t2.micro");
        let commands = instance["UserData"]["Fn::Base64"].as_str().unwrap();
        assert!(commands.contains("docker") && commands.contains("postgresql"), "{commands}");
    }
}

#[test]
fn the_service_runs_one_task_in_private_subnets_behind_the_target_group() {
    for stage in STAGES {
        let template = of(stage, "ecs");
        let service = resources(&template, "AWS::ECS::Service")[0];
        assert_eq!(service["DesiredCount"], 1);
        let network = &service["NetworkConfiguration"]["AwsvpcConfiguration"];
        assert_eq!(network["AssignPublicIp"], "DISABLED");
        assert!(network["Subnets"].to_string().contains("PrivateSubnet"));
        assert_eq!(service["LoadBalancers"][0]["ContainerPort"], 80);
        assert_eq!(resources(&template, "AWS::Logs::LogGroup")[0]["LogGroupName"], "/aws/ecs/aws-fargate");
    }
}

#[test]
fn the_service_waits_for_the_database_and_its_name() {
    let manifest = std::fs::read_to_string(format!("{PACKAGE}/templates/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    for stage in STAGES {
        let path = |module: &str| format!("financial-data-api/{stage}/{module}");
        let stacks = manifest["stacks"].as_array().unwrap();
        let service = stacks.iter().find(|stack| stack["path"] == path("ecs")).unwrap();
        let needs = ["iam", "vpc", "security-groups", "rds", "dns", "alb"].map(path);
        assert_eq!(service["needs"], json!(needs));
        // Order alone: nothing of theirs is read.
        let imports = of(stage, "ecs").to_string();
        assert!(!imports.contains(&format!("financial-data-api-{stage}-rds:")), "{imports}");
    }
}

#[test]
fn the_api_forwards_the_proxy_part_of_the_path() {
    for stage in STAGES {
        let template = of(stage, "api-gateway");
        let route = resources(&template, "AWS::ApiGatewayV2::Route")[0];
        assert_eq!(route["RouteKey"], "ANY /financial-data-api/{proxy+}");
        let integration = resources(&template, "AWS::ApiGatewayV2::Integration")[0];
        assert_eq!(integration["RequestParameters"], json!({ "overwrite:path": "$request.path.proxy" }));
        assert_eq!(resources(&template, "AWS::Logs::LogGroup")[0]["LogGroupName"], "/aws/debug_apigateway");
    }
}

#[test]
fn what_is_done_by_hand_has_a_runbook_that_speaks_of_its_stage() {
    for stage in STAGES {
        for (name, text) in [
            ("bastion#populate", "export PGHOST=<DatabaseName>".to_owned()),
            ("rds#delete", format!("destroy financial-data-api/{stage}/rds")),
            ("iam#first-sign-in", "--secret-id <AdminPasswordSecret>".to_owned()),
        ] {
            let mut program = Command::new(STACKS);
            program.args(["runbook", &format!("financial-data-api/{stage}/{name}"), "--offline"]);
            let run = Run::from(program.output().unwrap()).done();
            assert!(run.out.contains(&text) && !run.out.contains("STAGE"), "{}", run.out);
        }
    }
}

#[test]
fn the_load_balancer_asks_the_app_for_its_health_and_logs_every_request() {
    for stage in STAGES {
        let template = of(stage, "alb");
        let targets = resources(&template, "AWS::ElasticLoadBalancingV2::TargetGroup")[0];
        assert_eq!(targets["HealthCheckPath"], "/_healthcheck");
        assert_eq!(targets["HealthCheckIntervalSeconds"], 30);
        let balancer = resources(&template, "AWS::ElasticLoadBalancingV2::LoadBalancer")[0];
        let attributes = balancer["LoadBalancerAttributes"].as_array().unwrap();
        assert!(attributes.contains(&json!({ "Key": "access_logs.s3.enabled", "Value": "true" })), "{balancer}");
        let logs = attributes.iter().find(|one| one["Key"] == "access_logs.s3.bucket").unwrap();
        let bucket = logs["Value"]["Fn::ImportValue"].as_str().unwrap();
        assert!(bucket.starts_with(&format!("financial-data-api-{stage}-alb-logs:")), "{bucket}");
    }
}

#[test]
fn access_logs_are_encrypted_and_written_by_load_balancers_alone() {
    for stage in STAGES {
        let template = of(stage, "alb-logs");
        let bucket = resources(&template, "AWS::S3::Bucket")[0];
        assert_eq!(bucket["BucketName"], format!("{stage}-financial-data-api-demo-alb-logs"));
        assert!(bucket["BucketEncryption"].is_object() && bucket["PublicAccessBlockConfiguration"].is_object());
        let policy = resources(&template, "AWS::S3::BucketPolicy")[0];
        let statements = policy["PolicyDocument"]["Statement"].as_array().unwrap();
        let [allow] = statements.iter().filter(|one| one["Effect"] == "Allow").collect::<Vec<_>>()[..] else {
            panic!("{policy}")
        };
        assert_eq!(allow["Principal"], json!({ "Service": "logdelivery.elasticloadbalancing.amazonaws.com" }));
        assert_eq!(allow["Action"], "s3:PutObject");
        assert!(allow["Resource"].to_string().contains("/AWSLogs/${AWS::AccountId}/*"), "{allow}");
    }
}

#[test]
fn the_database_has_a_private_name() {
    for stage in STAGES {
        let template = of(stage, "dns");
        let zone = resources(&template, "AWS::Route53::HostedZone")[0];
        assert_eq!(zone["Name"], "financial-data-api.internal.");
        assert_eq!(zone["VPCs"].as_array().unwrap().len(), 1);
        let record = resources(&template, "AWS::Route53::RecordSet")[0];
        assert_eq!((&record["Name"], &record["Type"]), (&json!("db.financial-data-api.internal."), &json!("CNAME")));
        let database = record["ResourceRecords"][0]["Fn::ImportValue"].as_str().unwrap();
        assert!(database.starts_with(&format!("financial-data-api-{stage}-rds:")), "{database}");
    }
}
