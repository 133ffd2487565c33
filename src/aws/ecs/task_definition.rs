//! Task definitions: what runs together.

use std::collections::BTreeMap;

use super::container::{ContainerDependencyCondition, ContainerSpec};
use super::size;
use crate::aws::iam::{Grantee, Identity, Principal, Role, RoleSpec, Statement};
use crate::cfn::ecs::task_definition::{EphemeralStorage, RuntimePlatform};
use crate::cfn::{ecs, iam};
#[cfg(all(feature = "events", feature = "lambda", feature = "sns", feature = "sqs"))]
use crate::core::NodeId;
use crate::core::{Construct, Problem, Ref, Stack, StackRef, Value};

/// The service that runs tasks.
const TASKS: &str = "ecs-tasks.amazonaws.com";

/// The kind of processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CpuArchitecture {
    /// x86-64.
    X86_64,
    /// 64-bit ARM, AWS Graviton: 20 % cheaper.
    Arm64,
}

/// A task on Fargate: containers that start, run and end together, and share an address.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ecs::{ContainerSpec, FargateTaskDefinitionSpec, LogDriver, PortMapping};
/// use formwork::aws::logs::LogGroupSpec;
///
/// let logs = s.add("Logs", LogGroupSpec::default());
/// s.add("Web", FargateTaskDefinitionSpec {
///     cpu: 512,
///     memory: 1024,
///     ..FargateTaskDefinitionSpec::new([ContainerSpec {
///         port_mappings: vec![PortMapping::tcp(80)],
///         logging: Some(LogDriver::aws_logs(logs, "web")),
///         ..ContainerSpec::new("web", "public.ecr.aws/nginx/nginx:1.27")
///     }])
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct FargateTaskDefinitionSpec {
    /// Its containers, one at least. The first is the one that others are told of by default.
    pub containers: Vec<ContainerSpec>,
    /// CPU units, of which 1024 are a vCPU: 256, 512, 1024, 2048, 4096, 8192 or 16384. A change replaces it. Default: 256.
    pub cpu: u32,
    /// Memory in MiB; which sizes there are depends on `cpu`. A change replaces it. Default: 512.
    pub memory: u32,
    /// The size of its disk in GiB, 21 to 200. A change replaces it. Default: 20, Fargate's own.
    pub ephemeral_storage: Option<u32>,
    /// The name that its revisions share, up to 255 letters, digits, `-` and `_`. A change replaces it. Default: its path's.
    pub family: Option<Value<String>>,
    /// What its containers may do: a role that `ecs-tasks.amazonaws.com` may assume. Default: one of its own.
    pub task_role: Option<Role>,
    /// What ECS may do for its containers before they start: pull images, read secrets, write logs. Default: one of its
    /// own, where a container needs one.
    pub execution_role: Option<Role>,
    /// The kind of processor. A change replaces it. Default: x86-64, ECS's own.
    pub cpu_architecture: Option<CpuArchitecture>,
}

impl FargateTaskDefinitionSpec {
    /// A task of these containers, with the defaults of every field.
    #[must_use]
    pub fn new(containers: impl IntoIterator<Item = ContainerSpec>) -> Self {
        Self {
            containers: containers.into_iter().collect(),
            cpu: 256,
            memory: 512,
            ephemeral_storage: None,
            family: None,
            task_role: None,
            execution_role: None,
            cpu_architecture: None,
        }
    }

    /// What the specification does not say. Rule: the ECS API reference, `ContainerDefinition`.
    fn check(&self, stack: &mut Stack) {
        size::check(stack, self.cpu, self.memory);
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if self.containers.is_empty() {
            report("item-count", "the task has no container".into(), "give it one");
        } else if !self.containers.iter().any(|container| container.essential) {
            let message = "no container of the task is essential".into();
            report("item-count", message, "let one be: the task ends when it does");
        }
        let (mut names, mut ports) = (BTreeMap::new(), BTreeMap::new());
        for container in &self.containers {
            if names.insert(container.name.as_str(), container).is_some() {
                let message = format!("two containers of the task are called `{}`", container.name);
                report("name-used-twice", message, "give one of them another name");
            }
            for mapping in &container.port_mappings {
                let port = (mapping.container_port, mapping.udp);
                if let Some(other) = ports.insert(port, &container.name) {
                    let message =
                        format!("the containers `{other}` and `{}` both take port {}", container.name, port.0);
                    report("name-used-twice", message, "the containers of a task share one address: change one port");
                }
            }
            for dependency in &container.depends_on {
                if let Some((message, help)) = wrong_dependency(container, dependency, &self.containers) {
                    report("unknown-reference", message, help);
                }
            }
        }
        let (cpu, memory) = self.containers.iter().fold((0, 0), |(cpu, memory), container| {
            let least = container.memory_reservation.or(container.memory).unwrap_or(0);
            (cpu + container.cpu.unwrap_or(0), memory + least)
        });
        if cpu > self.cpu {
            let message = format!("the containers ask for {cpu} CPU units together, and the task has {}", self.cpu);
            report("range", message, "give the task more, or the containers less");
        }
        if memory > self.memory {
            let message = format!("the containers ask for {memory} MiB together, and the task has {}", self.memory);
            report("range", message, "give the task more, or the containers less");
        }
    }

    fn platform(&self) -> Option<RuntimePlatform> {
        let architecture = match self.cpu_architecture? {
            CpuArchitecture::X86_64 => "X86_64",
            CpuArchitecture::Arm64 => "ARM64",
        };
        Some(RuntimePlatform::new().cpu_architecture(architecture).operating_system_family("LINUX"))
    }

    /// The role that ECS has before the containers start, where one is needed.
    fn starting_role(&self, stack: &mut Stack) -> Option<Role> {
        let needed = self.containers.iter().any(ContainerSpec::needs_execution_role);
        let role = self.execution_role.or_else(|| needed.then(|| tasks_role(stack, "ExecutionRole")))?;
        for container in &self.containers {
            container.grant(stack, &role);
        }
        Some(role)
    }
}

/// Why a container cannot wait for another, if it cannot.
fn wrong_dependency(
    container: &ContainerSpec,
    dependency: &super::ContainerDependency,
    all: &[ContainerSpec],
) -> Option<(String, &'static str)> {
    let (name, other) = (&container.name, &dependency.container);
    let Some(target) = all.iter().find(|container| container.name == *other) else {
        let message = format!("the container `{name}` waits for `{other}`, and the task has no such container");
        return Some((message, "name one of the same task"));
    };
    match dependency.condition {
        ContainerDependencyCondition::Healthy if target.health_check.is_none() => {
            let message =
                format!("the container `{name}` waits for `{other}` to be healthy, which has no health check");
            Some((message, "give it one, or wait for its start"))
        }
        ContainerDependencyCondition::Complete | ContainerDependencyCondition::Success if target.essential => {
            let message = format!("the container `{name}` waits for the end of `{other}`, which is essential");
            Some((message, "the task ends when an essential container does: make it one that is not"))
        }
        _ => None,
    }
}

fn tasks_role(stack: &mut Stack, id: &str) -> Role {
    stack.add(id, RoleSpec::new(Principal::service(TASKS)))
}

/// A task definition that was added.
#[derive(Clone, Debug)]
pub struct FargateTaskDefinition {
    /// The task definition itself.
    pub task_definition: Ref<ecs::TaskDefinition>,
    /// What its containers may do.
    pub task_role: Role,
    /// What ECS may do before they start.
    pub execution_role: Option<Role>,
    /// The names of its containers, with the TCP ports they take requests on.
    pub ports: Vec<(String, Vec<u16>)>,
    /// The name that its revisions share.
    pub family: Value<String>,
    #[cfg(all(feature = "events", feature = "lambda", feature = "sns", feature = "sqs"))]
    pub(in crate::aws) node: NodeId,
}

impl Construct for FargateTaskDefinitionSpec {
    type Out = FargateTaskDefinition;

    fn build(self, stack: &mut Stack) -> FargateTaskDefinition {
        self.check(stack);
        let platform = self.platform();
        let task_role = self.task_role.unwrap_or_else(|| tasks_role(stack, "TaskRole"));
        let execution_role = self.starting_role(stack);
        let own = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        let family = self.family.unwrap_or_else(|| own.into());
        let containers: Vec<_> = self.containers.iter().map(ContainerSpec::definition).collect();
        let mut task = ecs::TaskDefinition::new()
            .container_definitions(containers)
            .cpu(self.cpu.to_string())
            .family(&family)
            .memory(self.memory.to_string())
            .network_mode("awsvpc")
            .requires_compatibilities(["FARGATE"])
            .task_role_arn(task_role.arn());
        if let Some(gib) = self.ephemeral_storage {
            task = task.ephemeral_storage(EphemeralStorage::new().size_in_gi_b(gib));
        }
        if let Some(role) = execution_role {
            task = task.execution_role_arn(role.arn());
        }
        if let Some(platform) = platform {
            task = task.runtime_platform(platform);
        }
        #[cfg(all(feature = "events", feature = "lambda", feature = "sns", feature = "sqs"))]
        let node = stack.current();
        let task_definition = stack.add("Resource", task);
        let ports = self.containers.iter().map(|container| {
            let tcp = container.port_mappings.iter().filter(|mapping| !mapping.udp);
            (container.name.clone(), tcp.map(|mapping| mapping.container_port).collect())
        });
        FargateTaskDefinition {
            task_definition,
            task_role,
            execution_role,
            ports: ports.collect(),
            family,
            #[cfg(all(feature = "events", feature = "lambda", feature = "sns", feature = "sqs"))]
            node: node.unwrap_or(task_definition.node()),
        }
    }
}

impl FargateTaskDefinition {
    /// Its ARN, of this revision.
    #[must_use]
    pub fn arn(&self) -> Value<ecs::TaskDefinitionArn> {
        self.task_definition.get_ref()
    }

    /// Its roles: what it may do, and what ECS may do before it starts.
    pub(in crate::aws) fn roles(&self) -> impl Iterator<Item = Role> {
        [self.task_role].into_iter().chain(self.execution_role)
    }

    /// Lets somebody run it, and hand it its roles: this revision and these roles only.
    #[track_caller]
    pub fn grant_run(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        let roles: Vec<Value<iam::RoleArn>> = self.roles().map(|role| role.arn()).collect();
        let run = Statement::allow(["ecs:RunTask"], [self.arn()]);
        grantee.grant_identity(stack, run, "a task definition");
        let pass = Statement::allow(["iam:PassRole"], roles).when("StringLike", "iam:PassedToService", TASKS);
        grantee.grant_identity(stack, pass, "a task definition");
    }

    /// Lets its containers do more.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        self.task_role.add_to_policy(stack, statement);
    }

    /// What grants are given to: the role of its containers.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        self.task_role.identity()
    }
}

impl From<&FargateTaskDefinition> for Grantee {
    fn from(task: &FargateTaskDefinition) -> Self {
        task.identity().into()
    }
}

impl From<&FargateTaskDefinition> for StackRef {
    fn from(task: &FargateTaskDefinition) -> Self {
        task.task_definition.into()
    }
}

crate::aws::iam::has_arn! { FargateTaskDefinition, "a task definition"; }
