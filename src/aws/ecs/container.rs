//! Containers: the parts of a task.

use super::ContainerImage;
use crate::aws::iam::Role;
use crate::aws::logs::LogGroup;
use crate::aws::secretsmanager::Secret;
use crate::cfn::ecs::task_definition::{self as cfn, ContainerDefinition, KeyValuePair};
use crate::core::{Stack, Value, intrinsics};

/// A port that a container takes requests on.
#[derive(Clone, Debug)]
pub struct PortMapping {
    /// The port.
    pub container_port: u16,
    /// Whether it is UDP. Default: false, TCP.
    pub udp: bool,
    /// Its name, for Service Connect. Default: none.
    pub name: Option<String>,
}

impl PortMapping {
    /// A TCP port.
    #[must_use]
    pub const fn tcp(container_port: u16) -> Self {
        Self { container_port, udp: false, name: None }
    }

    /// A UDP port.
    #[must_use]
    pub const fn udp(container_port: u16) -> Self {
        Self { container_port, udp: true, name: None }
    }

    /// Its name, for Service Connect.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }
}

/// An environment variable whose value stays in Secrets Manager until the container starts.
#[derive(Clone, Debug)]
pub struct ContainerSecret {
    secret: Secret,
    key: Option<String>,
}

impl ContainerSecret {
    /// All of a secret.
    #[must_use]
    pub const fn of(secret: Secret) -> Self {
        Self { secret, key: None }
    }

    /// One key of a secret's JSON.
    #[must_use]
    pub fn field(secret: Secret, key: impl Into<String>) -> Self {
        Self { secret, key: Some(key.into()) }
    }

    /// Where ECS finds it.
    fn address(&self) -> Value<String> {
        match &self.key {
            Some(key) => intrinsics::join("", [self.secret.arn(), format!(":{key}::").into()]).into(),
            None => self.secret.arn(),
        }
    }
}

/// Where what a container prints goes.
#[derive(Clone, Debug)]
pub enum LogDriver {
    /// To a log group of the same region; streams are called `<prefix>/<container>/<task>`. The execution role may write
    /// there.
    AwsLogs {
        /// The group.
        log_group: LogGroup,
        /// The prefix.
        stream_prefix: String,
    },
}

impl LogDriver {
    /// To a log group of the same region.
    #[must_use]
    pub fn aws_logs(log_group: LogGroup, stream_prefix: impl Into<String>) -> Self {
        Self::AwsLogs { log_group, stream_prefix: stream_prefix.into() }
    }

    fn put_on(&self, container: ContainerDefinition) -> ContainerDefinition {
        let Self::AwsLogs { log_group, stream_prefix } = self;
        let options: [(&str, Value<String>); 3] = [
            ("awslogs-group", log_group.name().into()),
            ("awslogs-stream-prefix", stream_prefix.into()),
            ("awslogs-region", intrinsics::region()),
        ];
        container.log_configuration(cfn::LogConfiguration::new("awslogs").options(options))
    }
}

/// How it is found out, inside the container, whether it works. What is not given is ECS's own.
#[derive(Clone, Debug, Default)]
pub struct ContainerHealthCheck {
    /// What is run: `CMD-SHELL` and a line for a shell, or `CMD` and a program with its arguments.
    pub command: Vec<String>,
    /// Seconds between two checks, 5 to 300. Default: 30.
    pub interval: Option<u32>,
    /// Seconds after which a check has failed, 2 to 60. Default: 5.
    pub timeout: Option<u32>,
    /// Failures in a row after which it counts as unhealthy, 1 to 10. Default: 3.
    pub retries: Option<u32>,
    /// Seconds at the start in which failures do not count, 0 to 300. Default: 0.
    pub start_period: Option<u32>,
}

impl ContainerHealthCheck {
    /// A check by a line for the container's shell: `curl -f http://localhost/ || exit 1`.
    #[must_use]
    pub fn shell(line: impl Into<String>) -> Self {
        Self { command: vec!["CMD-SHELL".into(), line.into()], ..Self::default() }
    }

    fn definition(&self) -> cfn::HealthCheck {
        let mut check = cfn::HealthCheck::new().command(self.command.clone());
        if let Some(seconds) = self.interval {
            check = check.interval(seconds);
        }
        if let Some(count) = self.retries {
            check = check.retries(count);
        }
        if let Some(seconds) = self.start_period {
            check = check.start_period(seconds);
        }
        if let Some(seconds) = self.timeout {
            check = check.timeout(seconds);
        }
        check
    }
}

/// What a container waits for in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerDependencyCondition {
    /// It has started.
    Start,
    /// It has ended. Not for an essential container.
    Complete,
    /// It has ended without an error. Not for an essential container.
    Success,
    /// Its health check says so.
    Healthy,
}

/// A container that another one waits for.
#[derive(Clone, Debug)]
pub struct ContainerDependency {
    /// Its name.
    pub container: String,
    /// What is waited for.
    pub condition: ContainerDependencyCondition,
}

impl ContainerDependency {
    /// Waits for a container of the same task.
    #[must_use]
    pub fn new(container: impl Into<String>, condition: ContainerDependencyCondition) -> Self {
        Self { container: container.into(), condition }
    }

    fn definition(&self) -> cfn::ContainerDependency {
        let condition = match self.condition {
            ContainerDependencyCondition::Start => "START",
            ContainerDependencyCondition::Complete => "COMPLETE",
            ContainerDependencyCondition::Success => "SUCCESS",
            ContainerDependencyCondition::Healthy => "HEALTHY",
        };
        cfn::ContainerDependency::new().condition(condition).container_name(&self.container)
    }
}

/// A container of a task.
#[derive(Clone, Debug)]
pub struct ContainerSpec {
    /// Its name, unique in the task, up to 255 letters, digits, `-` and `_`.
    pub name: String,
    /// What it is made from.
    pub image: ContainerImage,
    /// The ports it takes requests on. Containers of a task share their ports. Default: none.
    pub port_mappings: Vec<PortMapping>,
    /// Environment variables. They can be read in the task definition: a secret belongs into
    /// [`secrets`](ContainerSpec::secrets). Default: none.
    pub environment: Vec<(String, Value<String>)>,
    /// Environment variables whose values stay in Secrets Manager; the execution role may read them. Default: none.
    pub secrets: Vec<(String, ContainerSecret)>,
    /// Where what it prints goes. Default: nowhere.
    pub logging: Option<LogDriver>,
    /// Whether the task ends when it does. At least one container of a task is. Default: true.
    pub essential: bool,
    /// The arguments for the entry point. Default: the image's.
    pub command: Vec<String>,
    /// What is run. Default: the image's.
    pub entry_point: Vec<String>,
    /// The folder it starts in. Default: the image's.
    pub working_directory: Option<String>,
    /// The user it runs as. Default: the image's.
    pub user: Option<String>,
    /// Its part of the task's CPU units. Default: what the others leave.
    pub cpu: Option<u32>,
    /// The most memory it may use, in MiB: it is ended when it uses more. Default: the task's.
    pub memory: Option<u32>,
    /// The memory that is kept for it, in MiB. Default: none.
    pub memory_reservation: Option<u32>,
    /// Whether its root file system can only be read. Default: false.
    pub readonly_root_filesystem: bool,
    /// Seconds it has to end by itself before it is ended, up to 120. Default: 30.
    pub stop_timeout: Option<u32>,
    /// How it is found out whether it works. Default: it is not, beside by a load balancer.
    pub health_check: Option<ContainerHealthCheck>,
    /// The containers it waits for. Default: none.
    pub depends_on: Vec<ContainerDependency>,
}

impl ContainerSpec {
    /// A container of this name and image, with the defaults of every field.
    #[must_use]
    pub fn new(name: impl Into<String>, image: impl Into<ContainerImage>) -> Self {
        Self {
            name: name.into(),
            image: image.into(),
            port_mappings: Vec::new(),
            environment: Vec::new(),
            secrets: Vec::new(),
            logging: None,
            essential: true,
            command: Vec::new(),
            entry_point: Vec::new(),
            working_directory: None,
            user: None,
            cpu: None,
            memory: None,
            memory_reservation: None,
            readonly_root_filesystem: false,
            stop_timeout: None,
            health_check: None,
            depends_on: Vec::new(),
        }
    }

    /// Whether ECS does something for it before it starts, as the execution role.
    pub(super) const fn needs_execution_role(&self) -> bool {
        self.logging.is_some() || !self.secrets.is_empty() || self.image.is_private()
    }

    /// Lets the execution role do what starting it needs.
    #[track_caller]
    pub(super) fn grant(&self, stack: &mut Stack, execution_role: &Role) {
        self.image.grant_pull(stack, execution_role);
        if let Some(LogDriver::AwsLogs { log_group, .. }) = &self.logging {
            log_group.grant_write(stack, execution_role);
        }
        for (_, secret) in &self.secrets {
            secret.secret.grant_read(stack, execution_role);
        }
    }

    pub(super) fn definition(&self) -> ContainerDefinition {
        let mut container = ContainerDefinition::new(self.image.uri(), &self.name).essential(self.essential);
        if !self.command.is_empty() {
            container = container.command(self.command.clone());
        }
        if let Some(units) = self.cpu {
            container = container.cpu(units);
        }
        if !self.depends_on.is_empty() {
            container =
                container.depends_on(self.depends_on.iter().map(ContainerDependency::definition).collect::<Vec<_>>());
        }
        if !self.entry_point.is_empty() {
            container = container.entry_point(self.entry_point.clone());
        }
        if !self.environment.is_empty() {
            let pairs = self.environment.iter().map(|(name, value)| KeyValuePair::new().name(name).value(value));
            container = container.environment(pairs.collect::<Vec<_>>());
        }
        if let Some(check) = &self.health_check {
            container = container.health_check(check.definition());
        }
        if let Some(logging) = &self.logging {
            container = logging.put_on(container);
        }
        self.limits(container)
    }

    fn limits(&self, mut container: ContainerDefinition) -> ContainerDefinition {
        if let Some(mib) = self.memory {
            container = container.memory(mib);
        }
        if let Some(mib) = self.memory_reservation {
            container = container.memory_reservation(mib);
        }
        if !self.port_mappings.is_empty() {
            container = container.port_mappings(self.port_mappings.iter().map(mapping).collect::<Vec<_>>());
        }
        if self.readonly_root_filesystem {
            container = container.readonly_root_filesystem(true);
        }
        if !self.secrets.is_empty() {
            let secrets = self.secrets.iter().map(|(name, secret)| cfn::Secret::new(name, secret.address()));
            container = container.secrets(secrets.collect::<Vec<_>>());
        }
        if let Some(seconds) = self.stop_timeout {
            container = container.stop_timeout(seconds);
        }
        if let Some(user) = &self.user {
            container = container.user(user);
        }
        if let Some(folder) = &self.working_directory {
            container = container.working_directory(folder);
        }
        container
    }
}

fn mapping(port: &PortMapping) -> cfn::PortMapping {
    let protocol = if port.udp { "udp" } else { "tcp" };
    let mut mapping = cfn::PortMapping::new().container_port(port.container_port);
    if let Some(name) = &port.name {
        mapping = mapping.name(name);
    }
    mapping.protocol(protocol)
}
