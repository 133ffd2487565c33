//! Routes, their keys, their integrations, and who may call them.

use formwork::aws::apigatewayv2::{HttpApiSpec, Integration, RouteSpec};
use formwork::aws::iam::{Principal, UserSpec};
use formwork::testing::Template;
use insta::assert_snapshot;
use serde_json::json;

use super::{INTEGRATION, ROUTE, books};
use crate::checks::found;

#[test]
fn routes_share_an_integration_that_the_first_one_has() {
    let template = Template::of(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        let routes = api.add_routes(s, ["GET /books", "POST /books"], books());
        assert_eq!(routes.len(), 2);
    });
    template.resource_count(INTEGRATION, 1);
    template.resource_count(ROUTE, 2);
}

#[test]
fn a_route_lets_api_gateway_invoke_its_function_for_its_path() {
    let template = Template::of(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        let handler = "arn:aws:lambda:us-east-1:111111111111:function:handler";
        api.add_routes(s, ["GET /orders", "GET /orders/{id}"], Integration::lambda("Orders", handler));
    });
    let arn = |path: &str| {
        let arn = format!(
            "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{ApiF70053CD}}/*/*{path}"
        );
        json!({ "Fn::Sub": arn })
    };
    for path in ["/orders", "/orders/{id}"] {
        let permission = json!({
            "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "SourceArn": arn(path),
        });
        template.has_resource("AWS::Lambda::Permission", permission);
    }
    template.has_resource(INTEGRATION, json!({ "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0" }));
}

#[test]
fn an_identity_is_let_invoke_one_route_of_iam() {
    let template = Template::of(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        let route = api.add_route(s, "ANY /books/{id}", RouteSpec { iam: true, ..RouteSpec::new(books()) });
        let user = s.add("Reader", UserSpec::default());
        route.grant_invoke(s, user);
    });
    template.has_resource(ROUTE, json!({ "AuthorizationType": "AWS_IAM" }));
    let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${ApiF70053CD}/*/*/books/*";
    let statement = json!([{
        "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": { "Fn::Sub": arn },
    }]);
    template.has_resource("AWS::IAM::Policy", json!({ "PolicyDocument": { "Statement": statement } }));
}

#[test]
fn a_route_that_everybody_may_call_is_granted_to_nobody() {
    assert_snapshot!(found(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        let user = s.add("Reader", UserSpec::default());
        api.add_route(s, "GET /books", books()).grant_invoke(s, user);
    }), @r"
    error[grant] Api/GET--books/Resource: everybody may send requests to this route
      help: set its field `iam`
    ");
    assert_snapshot!(found(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        let route = api.add_route(s, "GET /books", RouteSpec { iam: true, ..RouteSpec::new(books()) });
        route.grant_invoke(s, Principal::account("333333333333"));
    }), @r"
    error[grant]: an HTTP API has no policy of its own that could name a principal
      help: grant it to a role, a user or a group, which the principal can be or assume
    ");
}

fn route_problems(key: &str, integration: Integration) -> String {
    found(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        api.add_route(s, key, integration)
    })
}

#[test]
fn a_route_has_a_method_and_a_path() {
    for key in ["$default", "ANY /", "GET /books/{id}/pages/{page}", "ANY /{proxy+}"] {
        assert_eq!(route_problems(key, books()), "", "{key}");
    }
    assert_snapshot!(route_problems("/books", books()), @r"
    error[format] Api/ANY--books: `/books` is not the key of a route
      help: a method, a space and a path, like `GET /books/{id}`, or `$default`
    ");
    assert_snapshot!(route_problems("get /books", books()), @r"
    error[format] Api/get--books: `get` is not a method of a route
      help: it is one of ANY, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT
    ");
    assert_snapshot!(route_problems("GET books", books()), @r"
    error[format] Api/GETbooks: `books` is not the path of a route
      help: it begins with `/`, does not end with one, and has no spaces
    ");
    assert_snapshot!(route_problems("GET /books/", books()), @r"
    error[format] Api/GET--books--: `/books/` is not the path of a route
      help: it begins with `/`, does not end with one, and has no spaces
    ");
    assert_snapshot!(route_problems("GET /books/x{id}", books()), @r"
    error[format] Api/GET--books--x{id}: `x{id}` is neither a variable nor without one
      help: a variable is all there is between two `/`: `/books/{id}`
    ");
    assert_snapshot!(route_problems("GET /books/{}", books()), @r"
    error[format] Api/GET--books--{}: `{}` does not name a variable
      help: letters, digits, `-`, `_` and `.`
    ");
    assert_snapshot!(route_problems("GET /{proxy+}/books", books()), @r"
    error[format] Api/GET--{proxy+}--books: something follows the variable `{proxy+}`
      help: it takes all that follows, and stands last
    ");
    assert_snapshot!(route_problems("GET /{id}/{id}", books()), @r"
    error[name-used-twice] Api/GET--{id}--{id}: the path `/{id}/{id}` has the variable `id` twice
      help: give one of them another name
    ");
}

#[test]
fn a_route_is_there_once() {
    assert_snapshot!(found(|s| {
        let api = s.add("Api", HttpApiSpec::default());
        api.add_route(s, "$default", books());
        s.add("Other", formwork::cfn::apigatewayv2::Route::new(api.api_id(), "$default"));
    }), @r"
    error[name-used-twice] Other: two routes of one API have the key `$default`
      help: delete one, or give it another method or path
    ");
}

#[test]
fn an_integration_maps_what_there_is() {
    let mapped = |key: &str, value: &str| {
        let parameter_mapping = vec![(key.into(), value.into())];
        route_problems("ANY /books/{proxy+}", Integration { parameter_mapping, ..books() })
    };
    assert_eq!(mapped("overwrite:path", "$request.path.proxy"), "");
    assert_eq!(mapped("append:querystring.v", "1"), "");
    assert_snapshot!(mapped("overwrite:path", "$request.path.rest"), @r"
    error[unknown-reference] Api/ANY--books--{proxy+}: `overwrite:path` reads `$request.path.rest`, which the route's path does not have
      help: write `{rest}` into the path, or `{rest+}` at its end for all that follows
    ");
    assert_snapshot!(mapped("overwrite:path", "/v1/${request.path.rest}"), @r"
    error[unknown-reference] Api/ANY--books--{proxy+}: `overwrite:path` reads `$request.path.rest`, which the route's path does not have
      help: write `{rest}` into the path, or `{rest+}` at its end for all that follows
    ");
    assert_snapshot!(mapped("path", "/"), @r"
    error[format] Api/ANY--books--{proxy+}: no part of a request is called `path`
      help: append, overwrite or remove a `header.NAME` or `querystring.NAME`, or `overwrite:path`
    ");
    assert_snapshot!(mapped("append:path", "/"), @r"
    error[format] Api/ANY--books--{proxy+}: no part of a request is called `append:path`
      help: append, overwrite or remove a `header.NAME` or `querystring.NAME`, or `overwrite:path`
    ");
}

#[test]
fn an_integration_has_a_url_and_a_timeout_of_the_right_form() {
    assert_snapshot!(route_problems("$default", Integration::url("Books", "books.example.com")), @r"
    error[format] Api/DefaultRoute: `books.example.com` is not the URL of a web server
      help: it begins with https:// or http://
    ");
    assert_snapshot!(route_problems("$default", Integration { timeout_in_millis: Some(49), ..books() }), @r"
    error[range] Api/DefaultRoute: an integration cannot wait 49 ms
      help: it is 50 to 30000 ms
    ");
}
