//! Routes: which requests go where.

use super::Integration;
use crate::aws::iam::{Grantee, Statement};
use crate::cfn::apigatewayv2;
use crate::core::{Construct, Expr, NodeId, Problem, Ref, Stack, Value, intrinsics};

/// The methods that a route can be of.
const METHODS: &[&str] = &["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// The key of the route for what no other fits.
const DEFAULT: &str = "$default";

/// What answers the requests of a route, and who may send them.
///
/// ```
/// use formwork::aws::apigatewayv2::{Integration, RouteSpec};
///
/// let orders = Integration::url("Orders", "https://orders.example.com");
/// let internal = RouteSpec { iam: true, ..RouteSpec::new(orders) };
/// ```
#[derive(Clone, Debug)]
pub struct RouteSpec {
    /// What answers.
    pub integration: Integration,
    /// Whether only identities of AWS that were let ([`HttpRoute::grant_invoke`]) may send requests. Default: false,
    /// everybody who reaches the API may.
    pub iam: bool,
}

impl RouteSpec {
    /// A route that everybody may send requests to.
    #[must_use]
    pub const fn new(integration: Integration) -> Self {
        Self { integration, iam: false }
    }

    /// The route of an API, which uses the integration given if there is one.
    pub(super) fn of(
        self,
        api: Ref<apigatewayv2::Api>,
        key: RouteKey,
        integration: Option<Ref<apigatewayv2::Integration>>,
    ) -> impl Construct<Out = HttpRoute> {
        Of { route: self, api, key, integration }
    }
}

impl From<Integration> for RouteSpec {
    fn from(integration: Integration) -> Self {
        Self::new(integration)
    }
}

/// A method and a path, or what no other route fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RouteKey {
    text: String,
    method: String,
    path: Option<String>,
}

impl RouteKey {
    /// Reads `GET /books/{id}`, or `$default`; what is wrong with it, [`RouteKey::problem`] says.
    pub(super) fn new(text: &str) -> Self {
        let (method, path) = match text.split_once(' ') {
            Some((method, path)) => (method, Some(path.to_owned())),
            None => ("ANY", (text != DEFAULT).then(|| text.to_owned())),
        };
        Self { text: text.to_owned(), method: method.to_owned(), path }
    }

    /// What is wrong with it. Rule: the API Gateway guide, "Create routes for HTTP APIs".
    fn problem(&self) -> Option<Problem> {
        let wrong = |message: String, help: &str| Some(Problem::error("format", message).help(help));
        let path = self.path.as_deref()?;
        if !self.text.contains(' ') {
            let help = "a method, a space and a path, like `GET /books/{id}`, or `$default`";
            return wrong(format!("`{}` is not the key of a route", self.text), help);
        }
        if !METHODS.contains(&&*self.method) {
            let help = format!("it is one of {}", METHODS.join(", "));
            return wrong(format!("`{}` is not a method of a route", self.method), &help);
        }
        if !path.starts_with('/') || path.contains(char::is_whitespace) || (path != "/" && path.ends_with('/')) {
            let help = "it begins with `/`, does not end with one, and has no spaces";
            return wrong(format!("`{path}` is not the path of a route"), help);
        }
        let segments: Vec<&str> = path.split('/').collect();
        let wrong_segment = segments.iter().enumerate().find_map(|(index, segment)| {
            let (message, help) = wrong_segment(segment, index + 1 == segments.len())?;
            wrong(message, help)
        });
        let names = self.variables();
        let twice = (1..names.len()).find(|index| names[..*index].contains(&names[*index])).map(|index| {
            let message = format!("the path `{path}` has the variable `{}` twice", names[index]);
            Problem::error("name-used-twice", message).help("give one of them another name")
        });
        wrong_segment.or(twice)
    }

    /// The names of the variables in the path.
    fn variables(&self) -> Vec<&str> {
        let segments = self.path.as_deref().unwrap_or_default().split('/');
        let variables = segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        variables.map(|name| name.trim_end_matches('+')).collect()
    }

    /// The id that the route's construct has, as AWS CDK makes it.
    pub(super) fn id(&self) -> String {
        self.path.as_ref().map_or_else(|| "DefaultRoute".to_owned(), |path| format!("{}{path}", self.method))
    }

    /// The end of the ARN that identities are let invoke: what follows a variable is left open.
    fn arn_path(&self) -> String {
        let method = if self.method == "ANY" { "*" } else { &self.method };
        let path = self.path.as_deref().unwrap_or("/");
        match path.split_once('{') {
            Some((before, _)) => format!("/*/{method}{before}*"),
            None => format!("/*/{method}{path}"),
        }
    }
}

/// What is wrong with what stands between two `/` of a path, and what to do.
fn wrong_segment(segment: &str, last: bool) -> Option<(String, &'static str)> {
    let Some(inner) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        let help = "a variable is all there is between two `/`: `/books/{id}`";
        let braces = segment.contains(['{', '}']);
        return braces.then(|| (format!("`{segment}` is neither a variable nor without one"), help));
    };
    let name = inner.strip_suffix('+').unwrap_or(inner);
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return Some((format!("`{segment}` does not name a variable"), "letters, digits, `-`, `_` and `.`"));
    }
    let greedy = inner.ends_with('+') && !last;
    greedy
        .then(|| (format!("something follows the variable `{segment}`"), "it takes all that follows, and stands last"))
}

struct Of {
    route: RouteSpec,
    api: Ref<apigatewayv2::Api>,
    key: RouteKey,
    integration: Option<Ref<apigatewayv2::Integration>>,
}

/// A route that was added.
#[derive(Clone, Debug)]
pub struct HttpRoute {
    /// The route itself.
    pub route: Ref<apigatewayv2::Route>,
    /// Its integration.
    pub integration: Ref<apigatewayv2::Integration>,
    api: Ref<apigatewayv2::Api>,
    arn_path: String,
    iam: bool,
}

/// An ARN of what is called of an API.
fn execute_arn(api: Ref<apigatewayv2::Api>, path: &str) -> Value<String> {
    let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{Api}}{path}");
    intrinsics::sub(arn, [("Api", api.get_ref().into())]).into()
}

impl Construct for Of {
    type Out = HttpRoute;

    fn build(self, stack: &mut Stack) -> HttpRoute {
        let Self { route: spec, api, key, integration } = self;
        if let Some(problem) = key.problem() {
            stack.report_at(None, problem);
        }
        spec.integration.check(stack, &key.variables());
        #[cfg(feature = "lambda")]
        if let Some(function) = spec.integration.function() {
            let path = key.path.as_deref().unwrap_or_default();
            let permission = crate::cfn::lambda::Permission::new(
                "lambda:InvokeFunction",
                function.clone().cast::<crate::core::Computed>(),
                "apigateway.amazonaws.com",
            );
            let permission =
                permission.source_arn(execute_arn(api, &format!("/*/*{path}")).cast::<crate::core::Computed>());
            stack.add(format!("{}-Permission", spec.integration.id), permission);
        }
        let id = spec.integration.id.clone();
        let integration = integration.unwrap_or_else(|| stack.add(id, spec.integration.of(api)));
        let target: [Expr; 2] = ["integrations/".into(), Expr::Ref(integration.node())];
        let route = apigatewayv2::Route::new(api, &key.text)
            .authorization_type(if spec.iam { "AWS_IAM" } else { "NONE" })
            .target(intrinsics::join("", target));
        let route = stack.add("Resource", route);
        HttpRoute { route, integration, api, arn_path: key.arn_path(), iam: spec.iam }
    }
}

impl HttpRoute {
    /// The ARN that identities are let invoke: this method and path, in every stage.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        execute_arn(self.api, &self.arn_path)
    }

    /// Lets a grantee send requests: `execute-api:Invoke`, for this route only, which must be one of
    /// [`RouteSpec::iam`].
    #[track_caller]
    pub fn grant_invoke(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        if !self.iam {
            let problem =
                Problem::error("grant", "everybody may send requests to this route").help("set its field `iam`");
            return stack.report_at(Some(self.route.node()), problem);
        }
        let statement = Statement::allow(["execute-api:Invoke"], [self.arn()]);
        grantee.into().grant_identity(stack, statement, "an HTTP API");
    }
}

impl From<&HttpRoute> for NodeId {
    fn from(route: &HttpRoute) -> Self {
        route.route.node()
    }
}

crate::aws::iam::has_arn! { HttpRoute, "a route"; }
