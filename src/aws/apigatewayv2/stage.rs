//! Stages: what of an API can be called.

use crate::aws::logs::LogGroup;
use crate::cfn::apigatewayv2;
use crate::cfn::apigatewayv2::stage;
use crate::core::{Construct, Json, Map, Problem, Ref, Stack, Value, intrinsics};

/// One line of JSON for each request: who, when, what, and how it went, here and at the integration.
pub const JSON_ACCESS_LOG_FORMAT: &str = concat!(
    r#"{"requestId":"$context.requestId","requestTime":"$context.requestTime","ip":"$context.identity.sourceIp","#,
    r#""userAgent":"$context.identity.userAgent","protocol":"$context.protocol","httpMethod":"$context.httpMethod","#,
    r#""path":"$context.path","routeKey":"$context.routeKey","status":"$context.status","#,
    r#""responseLength":"$context.responseLength","responseLatency":"$context.responseLatency","#,
    r#""integrationStatus":"$context.integrationStatus","integrationLatency":"$context.integrationLatency","#,
    r#""integrationError":"$context.integrationErrorMessage","error":"$context.error.message"}"#,
);

/// Where a stage's record of each request goes.
#[derive(Clone, Debug)]
pub struct AccessLogs {
    /// The log group, by its ARN.
    pub destination: Value<String>,
    /// What is said of a request, in one line, with `$context.…` for what is known of it; `$context.requestId` must be
    /// among it. Rule: the API Gateway guide, "Customize HTTP API access logs". Default: [`JSON_ACCESS_LOG_FORMAT`] (AWS
    /// CDK's is the common log format of web servers).
    pub format: String,
}

impl AccessLogs {
    /// Lines of JSON in a log group.
    #[must_use]
    pub fn to(log_group: &LogGroup) -> Self {
        Self { destination: log_group.arn(), format: JSON_ACCESS_LOG_FORMAT.to_owned() }
    }
}

/// How many requests a stage takes; more get the status 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Requests a second, in the long run.
    pub rate_limit: u32,
    /// Requests at once.
    pub burst_limit: u32,
}

/// A stage: what of an API can be called, and under which path.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::apigatewayv2::{AccessLogs, HttpApiSpec, HttpStageSpec, Throttle};
/// use formwork::aws::logs::LogGroupSpec;
///
/// let logs = s.add("Logs", LogGroupSpec::default());
/// let api = s.add("Api", HttpApiSpec { default_stage: None, ..HttpApiSpec::default() });
/// api.add_stage(s, "Live", HttpStageSpec {
///     access_logs: Some(AccessLogs::to(&logs)),
///     throttle: Some(Throttle { rate_limit: 100, burst_limit: 50 }),
///     ..HttpStageSpec::new("live")
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct HttpStageSpec {
    /// Its name, which its path begins with, up to 128 letters, digits, `-` and `_`; `$default` has none. A change
    /// replaces it.
    pub stage_name: String,
    /// Whether a change of the API can be called at once. Default: true (AWS CDK's is false but for the default stage, and
    /// leaves a stage without anything that can be called).
    pub auto_deploy: bool,
    /// Where the record of each request goes. Default: none is kept.
    pub access_logs: Option<AccessLogs>,
    /// How many requests it takes. Default: what the account takes.
    pub throttle: Option<Throttle>,
    /// Whether there are metrics for each route, which cost. Default: false.
    pub detailed_metrics: bool,
    /// What it is for. Default: nothing is said.
    pub description: Option<String>,
    /// Variables that integrations can refer to, by name. No secrets: they are in the template. Default: none.
    pub stage_variables: Vec<(String, Value<String>)>,
}

impl HttpStageSpec {
    /// A stage of this name, with the defaults of every field.
    #[must_use]
    pub fn new(stage_name: impl Into<String>) -> Self {
        Self {
            stage_name: stage_name.into(),
            auto_deploy: true,
            access_logs: None,
            throttle: None,
            detailed_metrics: false,
            description: None,
            stage_variables: Vec::new(),
        }
    }

    /// The stage of an API.
    pub(super) fn of(self, api: Ref<apigatewayv2::Api>) -> impl Construct<Out = HttpStage> {
        Of { stage: self, api }
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        let name = &self.stage_name;
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if name != "$default" && (!plain || !(1..=128).contains(&name.len())) {
            let help = "1 to 128 letters, digits, `-` and `_`, or `$default`";
            report("name", format!("a stage cannot be called `{name}`"), help);
        }
        if self.access_logs.as_ref().is_some_and(|logs| !logs.format.contains("$context.requestId")) {
            let message = "the format of the access logs leaves `$context.requestId` out".to_owned();
            report("format", message, "API Gateway refuses it: put it in");
        }
    }

    fn route_settings(&self) -> Option<stage::RouteSettings> {
        let mut settings = stage::RouteSettings::new();
        if let Some(throttle) = self.throttle {
            settings = settings
                .throttling_burst_limit(throttle.burst_limit)
                .throttling_rate_limit(Value::<i64>::from(throttle.rate_limit));
        }
        if self.detailed_metrics {
            settings = settings.detailed_metrics_enabled(true);
        }
        (self.throttle.is_some() || self.detailed_metrics).then_some(settings)
    }
}

impl Default for HttpStageSpec {
    /// The stage `$default`, whose paths begin with nothing.
    fn default() -> Self {
        Self::new("$default")
    }
}

struct Of {
    stage: HttpStageSpec,
    api: Ref<apigatewayv2::Api>,
}

/// A stage that was added.
#[derive(Clone, Debug)]
pub struct HttpStage {
    /// The stage itself.
    pub stage: Ref<apigatewayv2::Stage>,
    /// Its API.
    pub api: Ref<apigatewayv2::Api>,
    /// Its name.
    pub stage_name: String,
}

impl Construct for Of {
    type Out = HttpStage;

    fn build(self, stack: &mut Stack) -> HttpStage {
        let Self { stage: spec, api } = self;
        spec.check(stack);
        let mut stage = apigatewayv2::Stage::new(api, &spec.stage_name).auto_deploy(spec.auto_deploy);
        if let Some(settings) = spec.route_settings() {
            stage = stage.default_route_settings(settings);
        }
        if let Some(logs) = spec.access_logs {
            let logs = stage::AccessLogSettings::new().destination_arn(logs.destination).format(logs.format);
            stage = stage.access_log_settings(logs);
        }
        if let Some(description) = spec.description {
            stage = stage.description(description);
        }
        if !spec.stage_variables.is_empty() {
            let variables = Value::<Map<String>>::from(spec.stage_variables);
            stage = stage.stage_variables(Value::<Json>::from(variables));
        }
        let stage = stack.add("Resource", stage);
        HttpStage { stage, api, stage_name: spec.stage_name }
    }
}

impl HttpStage {
    /// Where it is called: `https://id.execute-api.region.amazonaws.com/name`, and `/` alone for `$default`.
    #[must_use]
    pub fn url(&self) -> Value<String> {
        let path = if self.stage_name == "$default" { "" } else { &self.stage_name };
        let url = format!("https://${{Api}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}/{path}");
        intrinsics::sub(url, [("Api", self.api.get_ref().into())]).into()
    }
}
