//! Functions.

use std::panic::Location;

use super::{Code, FunctionNetwork, LayerVersion};
use crate::aws::ec2::SecurityGroup;
use crate::aws::iam::{Grantee, Identity, PolicyArn, Principal, Role, RoleSpec, Statement};
use crate::aws::logs::LogGroup;
use crate::aws::sqs::Queue;
use crate::cfn::lambda;
use crate::cfn::lambda::function as cfn;
use crate::core::{Computed, Construct, Expr, NodeId, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// The kind of processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// x86-64.
    X86_64,
    /// 64-bit ARM, AWS Graviton: 20 % cheaper.
    Arm64,
}

/// A function.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::lambda::{Code, FunctionSpec};
/// use formwork::aws::s3::BucketSpec;
///
/// let code = Code::inline("exports.handler = async () => 'hello'");
/// let hello = s.add("Hello", FunctionSpec {
///     memory_size: Some(256),
///     environment: vec![("STAGE".into(), "dev".into())],
///     ..FunctionSpec::new("nodejs22.x", "index.handler", code)
/// });
/// let uploads = s.add("Uploads", BucketSpec::default());
/// uploads.grant_read(s, &hello);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct FunctionSpec {
    /// What runs it, such as `nodejs22.x` or `python3.13`.
    pub runtime: Value<cfn::Runtime>,
    /// What is called: file and function, `index.handler`.
    pub handler: String,
    /// What it runs.
    pub code: Code,
    /// Its name, up to 64 letters, digits, `-` and `_`. A change replaces it. Default: CloudFormation makes one.
    pub function_name: Option<Value<String>>,
    /// What it is for, up to 256 characters. Default: none.
    pub description: Option<String>,
    /// Its memory in MiB, 128 to 10,240, and with it its share of a processor. Default: 128.
    pub memory_size: Option<u32>,
    /// Seconds after which it is ended, 1 to 900. Default: 3.
    pub timeout: Option<u32>,
    /// Environment variables. They can be read in the template: a secret belongs into Secrets Manager. Default: none.
    pub environment: Vec<(String, Value<String>)>,
    /// The kind of processor. Default: x86-64.
    pub architecture: Option<Architecture>,
    /// The size of its `/tmp` in MiB, 512 to 10,240. Default: 512.
    pub ephemeral_storage: Option<u32>,
    /// How many run at once at most; as many are kept for it of those that the account may run. Default: no bound of its own.
    pub reserved_concurrent_executions: Option<u32>,
    /// Where it is, where it is in a VPC. Default: it is in none, and reaches the internet.
    pub network: Option<FunctionNetwork>,
    /// The role it has, which `lambda.amazonaws.com` may assume. Default: one of its own, which may write its logs.
    pub role: Option<Role>,
    /// Where its logs go. Default: `/aws/lambda/<name>`, which Lambda makes, and keeps for ever.
    pub log_group: Option<LogGroup>,
    /// Where events go that failed three times, of those that nobody waits for. Default: nowhere.
    pub dead_letter_queue: Option<Queue>,
    /// Whether X-Ray follows its requests. Default: false.
    pub tracing: bool,
    /// Files that it finds below `/opt`, up to 5. Default: none.
    pub layers: Vec<LayerVersion>,
}

impl FunctionSpec {
    /// A function of this code, with the defaults of every field.
    #[must_use]
    pub fn new(runtime: impl Into<Value<cfn::Runtime>>, handler: impl Into<String>, code: Code) -> Self {
        Self {
            runtime: runtime.into(),
            handler: handler.into(),
            code,
            function_name: None,
            description: None,
            memory_size: None,
            timeout: None,
            environment: Vec::new(),
            architecture: None,
            ephemeral_storage: None,
            reserved_concurrent_executions: None,
            network: None,
            role: None,
            log_group: None,
            dead_letter_queue: None,
            tracing: false,
            layers: Vec::new(),
        }
    }

    /// What the specification does not say. Rule: the CloudFormation reference, `AWS::Lambda::Function Code`, `ZipFile`.
    fn check(&self, stack: &mut Stack) {
        let Expr::String(runtime) = self.runtime.expr() else { return };
        if self.code.is_inline() && !["nodejs", "python"].iter().any(|kind| runtime.starts_with(kind)) {
            let problem =
                Problem::error("dependent-properties", format!("`{runtime}` takes no code from the template"))
                    .help("put it into a folder, and name that with `Code::asset`");
            stack.report_at(None, problem);
        }
        if self.code.is_inline() && !self.handler.starts_with("index.") {
            let message = format!("code in the template is the file `index`, and the handler is `{}`", self.handler);
            stack.report_at(None, Problem::error("format", message).help("write `index.` and the function's name"));
        }
    }

    fn role(&self, stack: &mut Stack) -> Role {
        if let Some(role) = self.role {
            return role;
        }
        let policy = |name: &str| PolicyArn::aws(&format!("service-role/{name}"));
        let mut managed_policies = vec![policy("AWSLambdaBasicExecutionRole")];
        if self.network.is_some() {
            managed_policies.push(policy("AWSLambdaVPCAccessExecutionRole"));
        }
        let lambda = Principal::service("lambda.amazonaws.com");
        stack.add("ServiceRole", RoleSpec { managed_policies, ..RoleSpec::new(lambda) })
    }

    fn configured(&self, mut function: lambda::Function) -> lambda::Function {
        if let Some(architecture) = self.architecture {
            function = function.architectures([match architecture {
                Architecture::X86_64 => "x86_64",
                Architecture::Arm64 => "arm64",
            }]);
        }
        if let Some(queue) = self.dead_letter_queue {
            let target = queue.arn().cast::<Computed>();
            function = function.dead_letter_config(cfn::DeadLetterConfig::new().target_arn(target));
        }
        if let Some(description) = &self.description {
            function = function.description(description);
        }
        if !self.environment.is_empty() {
            let variables = self.environment.iter().map(|(name, value)| (name.clone(), value.clone()));
            let variables: Vec<_> = variables.collect();
            function = function.environment(cfn::Environment::new().variables(variables));
        }
        if let Some(mib) = self.ephemeral_storage {
            function = function.ephemeral_storage(cfn::EphemeralStorage::new(mib));
        }
        if let Some(name) = &self.function_name {
            function = function.function_name(name);
        }
        if !self.layers.is_empty() {
            function = function.layers(self.layers.iter().map(LayerVersion::arn).collect::<Vec<_>>());
        }
        if let Some(group) = self.log_group {
            function = function.logging_config(cfn::LoggingConfig::new().log_group(group.log_group));
        }
        if let Some(mib) = self.memory_size {
            function = function.memory_size(mib);
        }
        if let Some(count) = self.reserved_concurrent_executions {
            function = function.reserved_concurrent_executions(count);
        }
        if let Some(seconds) = self.timeout {
            function = function.timeout(seconds);
        }
        if self.tracing {
            function = function.tracing_config(cfn::TracingConfig::new().mode("Active"));
        }
        function
    }
}

/// A function that was added.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The function itself.
    pub function: Ref<lambda::Function>,
    /// What it may do.
    pub role: Role,
    /// Its first security group, where it is in a VPC.
    pub security_group: Option<SecurityGroup>,
    pub(in crate::aws) node: NodeId,
}

impl Construct for FunctionSpec {
    type Out = Function;

    fn build(self, stack: &mut Stack) -> Function {
        self.check(stack);
        let node = stack.current();
        let role = self.role(stack);
        if let Some(queue) = self.dead_letter_queue {
            role.add_to_policy(stack, Statement::allow(["sqs:SendMessage"], [queue.arn()]));
        }
        if self.tracing {
            role.add_to_policy(stack, Statement::allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"]));
        }
        let code = self.code.clone().of_function(stack);
        let function = lambda::Function::new(code, role.arn()).handler(&self.handler).runtime(self.runtime.clone());
        let mut function = self.configured(function);
        let (mut security_group, mut before) = (None, Vec::new());
        if let Some(network) = &self.network {
            let (subnets, groups) = (network.subnets(stack), network.groups(stack));
            let config = cfn::VpcConfig::new()
                .security_group_ids(groups.iter().map(SecurityGroup::group_id).collect::<Vec<_>>())
                .subnet_ids(subnets.iter().map(Into::into).collect::<Vec<Value<_>>>());
            function = function.vpc_config(config);
            security_group = groups.first().copied();
            for subnet in &subnets {
                before.extend(subnet.way_out(stack));
            }
        }
        let function = stack.add("Resource", function);
        if stack.owns(&role) {
            stack.resource(function).depends_on(&role);
        }
        for way in before {
            stack.resource(function).depends_on(way);
        }
        Function { function, role, security_group, node: node.unwrap_or(function.node()) }
    }
}

impl Function {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<lambda::FunctionArn> {
        self.function.arn()
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<String> {
        self.function.get_ref().cast()
    }

    /// Lets an identity of this app call it, in every version. For a service, see [`Function::add_permission`].
    #[track_caller]
    pub fn grant_invoke(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let at = Location::caller();
        let arn: Value<String> = self.arn().into();
        let versions = intrinsics::sub("${Function}:*", [("Function", arn.clone())]);
        let statement = Statement::allow(["lambda:InvokeFunction"], [arn, versions.into()]);
        grantee.into().grant(stack, statement, |stack, _| {
            let problem = Problem::error("grant", "a function lets services and accounts call it by permissions")
                .help("`add_permission` adds one, for what it is called for")
                .at(at, "granted here");
            stack.report_at(Some(self.node), problem);
        });
    }

    /// Lets a service or account call it, as the child `id`: `source_arn` is what it may be called for. Without one, whoever
    /// uses the service may have it called.
    #[track_caller]
    pub fn add_permission(
        &self,
        stack: &mut Stack,
        id: &str,
        principal: impl Into<Value<String>>,
        source_arn: Option<Value<String>>,
    ) -> Ref<lambda::Permission> {
        let permission = self.permission(principal, source_arn);
        stack.add_within(self.node, id, permission)
    }

    pub(in crate::aws) fn permission(
        &self,
        principal: impl Into<Value<String>>,
        source_arn: Option<Value<String>>,
    ) -> lambda::Permission {
        let principal = principal.into().cast::<Computed>();
        let permission = lambda::Permission::new("lambda:InvokeFunction", self.arn(), principal);
        match source_arn {
            Some(arn) => permission.source_arn(arn.cast::<Computed>()),
            None => permission,
        }
    }

    /// What grants are given to: its role.
    #[must_use]
    pub const fn identity(&self) -> Identity {
        self.role.identity()
    }

    /// Lets it do more.
    #[track_caller]
    pub fn add_to_policy(&self, stack: &mut Stack, statement: Statement) {
        self.role.add_to_policy(stack, statement);
    }
}

impl From<&Function> for Grantee {
    fn from(function: &Function) -> Self {
        function.identity().into()
    }
}

impl From<Function> for Grantee {
    fn from(function: Function) -> Self {
        function.identity().into()
    }
}

impl From<&Function> for StackRef {
    fn from(function: &Function) -> Self {
        function.function.into()
    }
}

crate::aws::iam::has_arn! { Function, "a function"; }
