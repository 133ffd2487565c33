//! Targets: what is done.

use super::{Rule, RuleTargetInput};
use crate::aws::ec2::{SecurityGroup, SecurityGroupSpec, Subnet, Vpc};
use crate::aws::ecs::{Cluster, FargateTaskDefinition};
use crate::aws::iam::{Principal, Role, RoleSpec, Statement};
use crate::aws::lambda::Function;
use crate::aws::sns::Topic;
use crate::aws::sqs::Queue;
use crate::cfn::events::rule::{
    AwsVpcConfiguration, DeadLetterConfig, EcsParameters, NetworkConfiguration, RetryPolicy, Target,
};
use crate::core::{Computed, Stack, Value, intrinsics};

/// What is done where a rule holds.
#[derive(Clone, Debug)]
pub struct RuleTarget {
    /// What is done.
    pub kind: RuleTargetKind,
    /// What it is given. Default: the event.
    pub input: Option<RuleTargetInput>,
    /// How often it is tried again, 0 to 185. Default: 185.
    pub retry_attempts: Option<u32>,
    /// For how long it is tried again, 60 to 86,400 seconds. Default: 86,400, a day.
    pub max_event_age: Option<u32>,
    /// Where events go that could not be delivered. Default: nowhere.
    pub dead_letter_queue: Option<Queue>,
}

/// What can be done.
#[derive(Clone, Debug)]
pub enum RuleTargetKind {
    /// A function is called.
    Function(Function),
    /// A message is sent to a queue.
    Queue(Queue),
    /// A message is published to a topic.
    Topic(Topic),
    /// A task is started.
    Task(Box<EcsTask>),
}

/// A task on Fargate that is started.
#[derive(Clone, Debug)]
pub struct EcsTask {
    /// Where it runs.
    pub cluster: Cluster,
    /// What runs.
    pub task_definition: FargateTaskDefinition,
    /// The VPC it is in.
    pub vpc: Vpc,
    /// Its subnets. Default: the VPC's private ones, the isolated ones where there are none, the public ones where there are
    /// none of these.
    pub subnets: Vec<Subnet>,
    /// Its security groups. Default: one of the task definition's own.
    pub security_groups: Vec<SecurityGroup>,
    /// Whether it has a public address, which it needs in a public subnet to pull its image. Default: false.
    pub assign_public_ip: bool,
    /// How many are started, 1 to 10. Default: 1.
    pub task_count: u32,
}

impl EcsTask {
    /// One such task, with the defaults of every field.
    #[must_use]
    pub fn new(cluster: &Cluster, task_definition: &FargateTaskDefinition, vpc: &Vpc) -> Self {
        Self {
            cluster: *cluster,
            task_definition: task_definition.clone(),
            vpc: vpc.clone(),
            subnets: Vec::new(),
            security_groups: Vec::new(),
            assign_public_ip: false,
            task_count: 1,
        }
    }

    fn subnets(&self) -> Vec<Subnet> {
        if self.subnets.is_empty() { self.vpc.inner_subnets() } else { self.subnets.clone() }
    }

    fn groups(&self, stack: &mut Stack) -> Vec<SecurityGroup> {
        if !self.security_groups.is_empty() {
            return self.security_groups.clone();
        }
        let node = self.task_definition.node;
        let description = format!("{}/{}/SecurityGroup", stack.path(), stack.path_of(node).join("/"));
        vec![stack.add_within(node, "SecurityGroup", SecurityGroupSpec::new(&self.vpc, description))]
    }

    /// The role that `EventBridge` starts it as: this task definition in this cluster, with its roles alone.
    fn role(&self, stack: &mut Stack) -> Role {
        let node = self.task_definition.node;
        let known = stack.within(node, |stack| Role::made_before(stack, "EventsRole"));
        let role = known.unwrap_or_else(|| {
            stack.add_within(node, "EventsRole", RoleSpec::new(Principal::service("events.amazonaws.com")))
        });
        let run = Statement::allow(["ecs:RunTask"], [self.task_definition.arn()]);
        role.add_to_policy(stack, run.when("ArnEquals", "ecs:cluster", self.cluster.arn()));
        let tasks = "arn:${AWS::Partition}:ecs:${AWS::Region}:*:task/${Cluster}/*";
        let tasks = intrinsics::sub(tasks, [("Cluster", self.cluster.name().into())]);
        role.add_to_policy(stack, Statement::allow(["ecs:TagResource"], [tasks]));
        let roles: Vec<Value<String>> = self.task_definition.roles().map(|role| role.arn().into()).collect();
        let pass = Statement::allow(["iam:PassRole"], roles);
        role.add_to_policy(stack, pass.when("StringLike", "iam:PassedToService", "ecs-tasks.amazonaws.com"));
        role
    }

    fn put_on(&self, stack: &mut Stack, id: &str) -> Target {
        let (role, groups) = (self.role(stack), self.groups(stack));
        let network = AwsVpcConfiguration::new(self.subnets().iter().map(Into::into).collect::<Vec<Value<_>>>())
            .assign_public_ip(if self.assign_public_ip { "ENABLED" } else { "DISABLED" })
            .security_groups(groups.iter().map(SecurityGroup::group_id).collect::<Vec<_>>());
        let parameters = EcsParameters::new(self.task_definition.arn())
            .launch_type("FARGATE")
            .network_configuration(NetworkConfiguration::new().aws_vpc_configuration(network))
            .task_count(self.task_count);
        Target::new(self.cluster.arn(), id).ecs_parameters(parameters).role_arn(role.arn())
    }
}

impl RuleTarget {
    const fn of(kind: RuleTargetKind) -> Self {
        Self { kind, input: None, retry_attempts: None, max_event_age: None, dead_letter_queue: None }
    }

    /// Calls a function, which lets the rule do so.
    #[must_use]
    pub const fn function(function: &Function) -> Self {
        Self::of(RuleTargetKind::Function(*function))
    }

    /// Sends a message to a queue, which lets the rule do so.
    #[must_use]
    pub const fn queue(queue: &Queue) -> Self {
        Self::of(RuleTargetKind::Queue(*queue))
    }

    /// Publishes to a topic, which lets `EventBridge` do so: its policy takes no conditions.
    #[must_use]
    pub const fn topic(topic: &Topic) -> Self {
        Self::of(RuleTargetKind::Topic(*topic))
    }

    /// Starts a task.
    #[must_use]
    pub fn task(task: EcsTask) -> Self {
        Self::of(RuleTargetKind::Task(Box::new(task)))
    }

    /// What it is given.
    #[must_use]
    pub fn input(self, input: RuleTargetInput) -> Self {
        Self { input: Some(input), ..self }
    }

    /// The target, once it lets the rule do it.
    #[track_caller]
    pub(super) fn build(self, stack: &mut Stack, rule: &Rule, id: &str) -> Target {
        let events = || Principal::service("events.amazonaws.com");
        let from_rule = || events().when("ArnEquals", "aws:SourceArn", rule.arn());
        let mut target = match &self.kind {
            RuleTargetKind::Function(function) => {
                let name = format!("AllowEventRule{}", stack.unique_id(function.node));
                if stack.within(rule.node, |stack| stack.child(&name)).is_none() {
                    let permission = function.permission("events.amazonaws.com", Some(rule.arn()));
                    stack.add_within(rule.node, name, permission);
                }
                Target::new(function.arn(), id)
            }
            RuleTargetKind::Queue(queue) => {
                queue.grant_send_messages(stack, from_rule());
                Target::new(queue.arn().cast::<Computed>(), id)
            }
            RuleTargetKind::Topic(topic) => {
                topic.grant_publish(stack, events());
                Target::new(topic.arn(), id)
            }
            RuleTargetKind::Task(task) => task.put_on(stack, id),
        };
        if let Some(queue) = self.dead_letter_queue {
            queue.grant_send_messages(stack, from_rule());
            target = target.dead_letter_config(DeadLetterConfig::new().arn(queue.queue.arn()));
        }
        if let Some(input) = self.input {
            target = input.put_on(target);
        }
        if self.retry_attempts.is_some() || self.max_event_age.is_some() {
            let mut retry = RetryPolicy::new();
            if let Some(seconds) = self.max_event_age {
                retry = retry.maximum_event_age_in_seconds(seconds);
            }
            if let Some(attempts) = self.retry_attempts {
                retry = retry.maximum_retry_attempts(attempts);
            }
            target = target.retry_policy(retry);
        }
        target
    }
}

impl From<&Function> for RuleTarget {
    fn from(function: &Function) -> Self {
        Self::function(function)
    }
}

impl From<&Queue> for RuleTarget {
    fn from(queue: &Queue) -> Self {
        Self::queue(queue)
    }
}

impl From<&Topic> for RuleTarget {
    fn from(topic: &Topic) -> Self {
        Self::topic(topic)
    }
}

impl From<EcsTask> for RuleTarget {
    fn from(task: EcsTask) -> Self {
        Self::task(task)
    }
}
