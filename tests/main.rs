//! The integration tests, one binary. Test names are sentences.
//!
//! * `apigatewayv2` — HTTP APIs: routes, integrations, stages, links into a VPC
//! * `assets` — files that travel beside a template: declared, packed, named after their content
//! * `catalogue` — the stacks of this project: what they promise
//! * `checks` — every check: a case that it finds, and one that just passes
//! * `cloudfront` — distributions: origins, behaviours, names
//! * `cloudtrail` — trails: what they record, who may write it where
//! * `cloudwatch` — alarms, metrics, budgets
//! * `codedeploy` — deployments to services of ECS, and what they may do
//! * `command_line` — the program as a person uses it: output, exit codes, files
//! * `compile_fail` — what must not compile, with the compiler's words
//! * `core` — apps, stacks, references, values
//! * `diff` — template against template: what differs, what it means, who may do what
//! * `deploy` — deployments, against doubles of AWS
//! * `ec2` — VPCs, what connects them, machines in them, security groups
//! * `ecr` — repositories of images
//! * `ecs` — clusters, tasks, services
//! * `ecs_patterns` — services behind load balancers of their own
//! * `elasticloadbalancingv2` — load balancers, listeners, rules, target groups
//! * `generator` — the names and corrections of the generated types
//! * `graph` — pictures: what is in them, and that nothing overlaps
//! * `iam` — roles, users, groups, policies, grants
//! * `kms` — keys, their names, who may use them
//! * `logical_ids` — ids equal AWS CDK's
//! * `parity` — what AWS CDK makes of the same constructs
//! * `new` — a recipe becomes a project: where, under which name, and that it compiles
//! * `organizations` — units, accounts, policies and their quotas
//! * `program` — no tests: the program as tests run it
//! * `rds` — databases, their credentials, who may connect
//! * `reach` — who can reach what: gates, ways, ends, the command
//! * `render` — YAML and JSON hold the same, whoever reads them
//! * `route53` — zones, records, certificates
//! * `secretsmanager` — secrets: generated, read by reference, rotated, copied
//! * `serverless` — queues, tables, functions, rules, parameters
//! * `specification` — the generated types: all there, and each can be used
//! * `storage` — buckets, log groups, topics
//! * `stability` — the same definitions give the same bytes

#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

mod apigatewayv2;
#[cfg(feature = "deploy")]
mod assets;
mod catalogue;
mod checks;
mod cloudfront;
mod cloudtrail;
mod cloudwatch;
mod codedeploy;
mod command_line;
mod compile_fail;
mod core;
#[cfg(feature = "deploy")]
mod deploy;
mod diff;
mod ec2;
mod ecr;
mod ecs;
mod ecs_patterns;
mod elasticloadbalancingv2;
mod generator;
mod graph;
mod iam;
mod kms;
mod logical_ids;
mod new;
mod organizations;
mod parity;
mod program;
mod rds;
mod reach;
mod render;
mod review;
mod route53;
mod secretsmanager;
mod serverless;
mod specification;
mod stability;
mod storage;
