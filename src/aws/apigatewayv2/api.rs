//! HTTP APIs.

use super::route::RouteKey;
use super::{HttpRoute, HttpStage, HttpStageSpec, Integration, RouteSpec};
use crate::cfn::apigatewayv2;
use crate::cfn::apigatewayv2::api;
use crate::core::{Construct, NodeId, Problem, Ref, Stack, StackRef, Value};

/// An HTTP API: requests by method and path, each answered by an integration.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::apigatewayv2::{HttpApiSpec, Integration, VpcLinkSpec};
/// use formwork::aws::ec2::VpcSpec;
/// use formwork::aws::elasticloadbalancingv2::{ApplicationLoadBalancerSpec, ListenerSpec, TargetGroupSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let web = s.add("Web", TargetGroupSpec::new(&vpc, 80));
/// let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
/// let listener = lb.add_listener(s, "Http", ListenerSpec::new(80, &web));
/// let link = s.add("Link", VpcLinkSpec::new(&vpc));
/// link.connect_to(s, &listener);
///
/// let api = s.add("Api", HttpApiSpec::default());
/// api.add_route(s, "ANY /shop/{proxy+}", Integration {
///     parameter_mapping: vec![("overwrite:path".into(), "$request.path.proxy".into())],
///     ..Integration::alb("Listener", &listener, &link)
/// });
/// s.output("Url", api.endpoint());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct HttpApiSpec {
    /// Its name, up to 128 characters. Default: the construct's id.
    pub api_name: Option<Value<String>>,
    /// What it is for, up to 1024 characters. Default: nothing is said.
    pub description: Option<String>,
    /// Which pages of other origins a browser lets call it. Default: none.
    pub cors: Option<CorsSpec>,
    /// Whether it is called under a domain name of its own alone. Default: false.
    pub disable_execute_api_endpoint: bool,
    /// What can be called, a child called `DefaultStage`. Default: the stage `$default`, which each change reaches at once.
    pub default_stage: Option<HttpStageSpec>,
    /// What answers a request that no route fits. Default: nothing, the client gets the status 404.
    pub default_integration: Option<Integration>,
}

impl Default for HttpApiSpec {
    fn default() -> Self {
        Self {
            api_name: None,
            description: None,
            cors: None,
            disable_execute_api_endpoint: false,
            default_stage: Some(HttpStageSpec::default()),
            default_integration: None,
        }
    }
}

/// Which pages of other origins a browser lets call an API. Rule: the API Gateway guide, "Configure CORS for HTTP APIs".
#[derive(Clone, Debug, Default)]
pub struct CorsSpec {
    /// The origins, such as `https://www.example.com`, or `*`.
    pub allow_origins: Vec<String>,
    /// The methods, or `*`. Default: none.
    pub allow_methods: Vec<String>,
    /// The header fields that a page may send, or `*`. Default: none beyond those that need no permission.
    pub allow_headers: Vec<String>,
    /// The header fields that a page may read, or `*`. Default: none beyond those that need no permission.
    pub expose_headers: Vec<String>,
    /// Whether cookies go with the request: not together with the origin `*`. Default: false.
    pub allow_credentials: bool,
    /// For how long a browser may remember it, in seconds, -1 to 86400; -1 for not at all. Default: as the browser likes.
    pub max_age: Option<i32>,
}

impl CorsSpec {
    /// Pages of these origins.
    #[must_use]
    pub fn new<O: Into<String>>(allow_origins: impl IntoIterator<Item = O>) -> Self {
        Self { allow_origins: allow_origins.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    fn check(&self, stack: &mut Stack) {
        if self.allow_credentials && self.allow_origins.iter().any(|origin| origin == "*") {
            let problem = Problem::error("exclusive-properties", "cookies do not go with requests from every origin")
                .help("name the origins, or leave `allow_credentials` out");
            stack.report_at(None, problem);
        }
        if let Some(age) = self.max_age.filter(|age| !(-1..=86_400).contains(age)) {
            let problem = Problem::error("range", format!("a browser cannot remember it for {age} s"));
            stack.report_at(None, problem.help("it is -1 to 86400 s"));
        }
    }

    fn property(self) -> api::Cors {
        let mut cors = api::Cors::new();
        if self.allow_credentials {
            cors = cors.allow_credentials(true);
        }
        if !self.allow_headers.is_empty() {
            cors = cors.allow_headers(self.allow_headers);
        }
        if !self.allow_methods.is_empty() {
            cors = cors.allow_methods(self.allow_methods);
        }
        if !self.allow_origins.is_empty() {
            cors = cors.allow_origins(self.allow_origins);
        }
        if !self.expose_headers.is_empty() {
            cors = cors.expose_headers(self.expose_headers);
        }
        match self.max_age {
            Some(age) => cors.max_age(age),
            None => cors,
        }
    }
}

/// An HTTP API that was added.
#[derive(Clone, Debug)]
pub struct HttpApi {
    /// The API itself.
    pub api: Ref<apigatewayv2::Api>,
    /// Its default stage, if it has one.
    pub default_stage: Option<HttpStage>,
    node: NodeId,
}

impl Construct for HttpApiSpec {
    type Out = HttpApi;

    fn build(self, stack: &mut Stack) -> HttpApi {
        let node = stack.current();
        let id = node.and_then(|node| stack.path_of(node).last().map(ToString::to_string)).unwrap_or_default();
        let mut api = apigatewayv2::Api::new().name(self.api_name.unwrap_or_else(|| id.into())).protocol_type("HTTP");
        if let Some(cors) = self.cors {
            cors.check(stack);
            api = api.cors_configuration(cors.property());
        }
        if let Some(description) = self.description {
            api = api.description(description);
        }
        if self.disable_execute_api_endpoint {
            api = api.disable_execute_api_endpoint(true);
        }
        let api = stack.add("Resource", api);
        let mut out = HttpApi { api, default_stage: None, node: node.unwrap_or(api.node()) };
        if let Some(integration) = self.default_integration {
            out.add_route(stack, "$default", integration);
        }
        out.default_stage = self.default_stage.map(|stage| out.add_stage(stack, "DefaultStage", stage));
        out
    }
}

impl HttpApi {
    /// Its id.
    #[must_use]
    pub fn api_id(&self) -> Value<apigatewayv2::ApiId> {
        self.api.get_ref()
    }

    /// Where its stage `$default` is called, and other stages below their names: `https://id.execute-api.….amazonaws.com`.
    #[must_use]
    pub fn endpoint(&self) -> Value<String> {
        self.api.api_endpoint()
    }

    /// Sends requests of a method and path, such as `GET /books/{id}` or `ANY /books/{proxy+}`, or with `$default` those
    /// that no route fits, to an integration. The route is a child called as its method and path. A key that is none is a
    /// problem.
    #[track_caller]
    pub fn add_route(&self, stack: &mut Stack, key: &str, route: impl Into<RouteSpec>) -> HttpRoute {
        self.add_one(stack, key, route.into(), None)
    }

    /// Sends requests of several methods and paths to one integration, which is a child of the first route.
    #[track_caller]
    pub fn add_routes<'a>(
        &self,
        stack: &mut Stack,
        keys: impl IntoIterator<Item = &'a str>,
        route: impl Into<RouteSpec>,
    ) -> Vec<HttpRoute> {
        let route = route.into();
        let mut out: Vec<HttpRoute> = Vec::new();
        for key in keys {
            let shared = out.first().map(|route| route.integration);
            out.push(self.add_one(stack, key, route.clone(), shared));
        }
        out
    }

    #[track_caller]
    fn add_one(
        &self,
        stack: &mut Stack,
        key: &str,
        route: RouteSpec,
        integration: Option<Ref<apigatewayv2::Integration>>,
    ) -> HttpRoute {
        let key = RouteKey::new(key);
        stack.add_within(self.node, key.id(), route.of(self.api, key, integration))
    }

    /// Adds a stage, a child called `id`.
    #[track_caller]
    pub fn add_stage(&self, stack: &mut Stack, id: &str, stage: HttpStageSpec) -> HttpStage {
        stack.add_within(self.node, id, stage.of(self.api))
    }
}

impl From<&HttpApi> for StackRef {
    fn from(api: &HttpApi) -> Self {
        api.api.into()
    }
}

impl From<&HttpApi> for NodeId {
    fn from(api: &HttpApi) -> Self {
        api.api.node()
    }
}
