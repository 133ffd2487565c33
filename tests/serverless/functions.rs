//! Functions, layers, what calls them.

use formwork::aws::dynamodb::{Attribute, StreamViewType, TableSpec};
use formwork::aws::ec2::{Port, SecurityGroupSpec, SubnetType, Tier, VpcSpec};
use formwork::aws::iam::{Principal, RoleSpec, Statement};
use formwork::aws::lambda::{Code, Function, FunctionNetwork, FunctionSpec, LayerVersionSpec, StartingPosition};
use formwork::aws::s3::BucketSpec;
use formwork::core::AssetSource;
use formwork::testing::{Template, absent, any};
use formwork::{App, Asset, Env, Stack};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const FUNCTION: &str = "AWS::Lambda::Function";

fn spec() -> FunctionSpec {
    FunctionSpec::new("nodejs22.x", "index.handler", Code::inline("exports.handler = 1"))
}

fn function(s: &mut Stack) -> Function {
    s.add("Handler", spec())
}

#[test]
fn the_smallest_function_writes_its_logs_and_does_nothing_else() {
    snapshot("lambda_function", Template::of(function).yaml());
}

#[test]
fn code_comes_from_a_folder_or_a_bucket() {
    let code = |code| {
        let template = Template::of(|s| s.add("Handler", FunctionSpec { code, ..spec() }));
        template.resources(FUNCTION)[0].resource["Properties"]["Code"].clone()
    };
    let asset = code(Code::asset(Asset::folder("examples/assets/web")));
    assert_eq!(
        asset,
        json!({ "S3Bucket": { "Ref": "AssetsBucket" }, "S3Key": { "Ref": "HandlerCodeFA7A369FAssetKey" } })
    );
    let bucket = code(Code::bucket("code-of-mine", "handler.zip"));
    assert_eq!(bucket, json!({ "S3Bucket": "code-of-mine", "S3Key": "handler.zip" }));
}

#[test]
fn a_function_has_layers() {
    let template = Template::of(|s| {
        let spec = LayerVersionSpec {
            layer_name: Some("tools".into()),
            description: Some("what all need".into()),
            compatible_runtimes: vec!["nodejs22.x".into()],
            ..LayerVersionSpec::new(Code::bucket("code-of-mine", "tools.zip"))
        };
        let layer = s.add("Tools", spec);
        s.add("Handler", FunctionSpec { layers: vec![layer], ..self::spec() })
    });
    let content = json!({ "S3Bucket": "code-of-mine", "S3Key": "tools.zip" });
    let layer = json!({ "LayerName": "tools", "CompatibleRuntimes": ["nodejs22.x"], "Content": content });
    template.has_resource("AWS::Lambda::LayerVersion", layer);
    template.has_resource(FUNCTION, json!({ "Layers": [{ "Ref": any() }] }));
}

#[test]
fn a_role_that_is_given_stays_as_it_is() {
    let template = Template::of(|s| {
        let role = s.add("Mine", RoleSpec::new(Principal::service("lambda.amazonaws.com")));
        s.add("Handler", FunctionSpec { role: Some(role), ..spec() })
    });
    template.resource_count("AWS::IAM::Role", 1);
    template.has_resource("AWS::IAM::Role", json!({ "ManagedPolicyArns": absent() }));
}

#[test]
fn a_function_is_a_grantee() {
    let template = Template::of(|s| {
        let function = function(s);
        let bucket = s.add("Bucket", BucketSpec::default());
        bucket.grant_read(s, function);
        function.add_to_policy(s, Statement::allow(["ses:SendEmail"], ["*"]));
        s.output("Name", function.name());
    });
    let policy = template.resources("AWS::IAM::Policy")[0].resource["Properties"]["PolicyDocument"].clone();
    assert_eq!(policy["Statement"].as_array().unwrap().len(), 2);
    template.has_output("Name", json!({ "Value": { "Ref": "Handler886CB40B" } }));
}

#[test]
fn a_function_in_a_vpc_is_in_the_groups_it_is_given_or_one_of_its_own() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let db = s.add("Db", SecurityGroupSpec::new(&vpc, "database"));
        let own = s.add("Own", FunctionSpec { network: Some(FunctionNetwork::new(&vpc)), ..spec() });
        db.allow_from(s, own.security_group.unwrap(), Port::tcp(5432));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "functions"));
        let subnets = vpc.private_subnets()[..1].to_vec();
        let network = FunctionNetwork { subnets, security_groups: vec![group], ..FunctionNetwork::new(&vpc) };
        s.add("Given", FunctionSpec { network: Some(network), ..spec() });
    });
    template.has_resource("AWS::EC2::SecurityGroupIngress", json!({ "FromPort": 5432 }));
    let given = json!({ "SecurityGroupIds": [{ "Fn::GetAtt": ["GroupC77FDACD", "GroupId"] }], "SubnetIds": [any()] });
    template.has_resource(FUNCTION, json!({ "VpcConfig": given }));
}

#[test]
fn a_vpc_without_private_subnets_has_no_place_for_functions() {
    let text = found(|s| {
        let tiers = vec![Tier::public("Public")];
        assert_eq!(tiers[0].subnet_type, SubnetType::Public);
        let vpc = s.add("Vpc", VpcSpec { tiers, nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
        s.add("Handler", FunctionSpec { network: Some(FunctionNetwork::new(&vpc)), ..spec() });
    });
    assert!(text.starts_with("error[item-count] Handler: the function's VPC has no private"), "{text}");
}

#[test]
fn a_stream_calls_a_function_that_may_read_it() {
    let template = Template::of(|s| {
        let stream = Some(StreamViewType::NewImage);
        let table = s.add("Table", TableSpec { stream, ..TableSpec::new(Attribute::string("Id")) });
        let function = function(s);
        function.add_dynamodb_event_source(s, &table, 100, StartingPosition::TrimHorizon);
    });
    let mapping = json!({
        "BatchSize": 100,
        "StartingPosition": "TRIM_HORIZON",
        "EventSourceArn": { "Fn::GetAtt": ["TableCD117FA1", "StreamArn"] },
    });
    template.has_resource("AWS::Lambda::EventSourceMapping", mapping);
    let policy = template.resources("AWS::IAM::Policy")[0].resource.to_string();
    assert!(policy.contains("dynamodb:GetRecords"), "{policy}");
}

#[test]
fn a_service_calls_a_function_by_a_permission() {
    let text = found(|s| {
        let function = function(s);
        function.grant_invoke(s, Principal::service("s3.amazonaws.com"));
    });
    assert_snapshot!(text, @"
    error[grant] Handler: a function lets services and accounts call it by permissions
      help: `add_permission` adds one, for what it is called for
    ");
    let template = Template::of(|s| {
        let function = function(s);
        function.add_permission(s, "Anybody", "s3.amazonaws.com", None);
    });
    let permission = json!({ "Principal": "s3.amazonaws.com", "SourceArn": absent() });
    template.has_resource("AWS::Lambda::Permission", permission);
}

#[test]
fn code_in_the_template_is_of_a_language_that_takes_it_and_called_index() {
    let of = |runtime: &'static str, handler: &str| {
        let code = Code::inline("main");
        found(|s| s.add("Handler", FunctionSpec::new(runtime, handler, code)))
    };
    assert_snapshot!(of("java21", "index.handler"), @"
    error[dependent-properties] Handler: `java21` takes no code from the template
      help: put it into a folder, and name that with `Code::asset`
    ");
    assert_snapshot!(of("python3.13", "main.handler"), @"
    error[format] Handler: code in the template is the file `index`, and the handler is `main.handler`
      help: write `index.` and the function's name
    ");
    assert_eq!(of("python3.13", "index.handler"), "");
    let text = found(|s| s.add("Tools", LayerVersionSpec::new(Code::inline("main"))));
    assert!(text.starts_with("error[dependent-properties] Tools: a layer has no text in the template"), "{text}");
}

#[test]
fn a_runtime_is_one_that_lambda_has() {
    let text = found(|s| s.add("Handler", FunctionSpec::new("nodejs22", "index.handler", Code::inline("1"))));
    assert!(
        text.starts_with("error[allowed-values] Handler/Resource Runtime: `Runtime` cannot be `nodejs22`"),
        "{text}"
    );
}

#[test]
fn a_layer_has_the_python_packages_of_a_folder() {
    let mut app = App::new();
    app.stack("test", Env::any(), |s| s.add("Packages", LayerVersionSpec::python("lambda/packages", "3.13")));
    let assembly = app.synth().unwrap();
    let AssetSource::Files { asset, .. } = &assembly.stacks[0].assets[0].source else { panic!("a folder") };
    assert_eq!((asset.path.as_str(), asset.at.file()), ("lambda/packages", file!()));
    let command = asset.build.join(" ");
    // For Lambda, whatever machine pip runs on.
    for wanted in
        ["python3 -m pip install", "--only-binary :all:", "--platform manylinux2014_x86_64", "--python-version 3.13"]
    {
        assert!(command.contains(wanted), "{command}");
    }
    assert!(command.ends_with("--requirement requirements.txt --target {out}/python"), "{command}");
    let layer = json!({ "CompatibleRuntimes": ["python3.13"], "Content": { "S3Bucket": { "Ref": "AssetsBucket" }, "S3Key": any() } });
    Template::from(&assembly.stacks[0]).has_resource("AWS::Lambda::LayerVersion", layer);
}

#[test]
fn the_smallest_layer_has_files() {
    let spec = LayerVersionSpec::new(Code::bucket("code-of-mine", "tools.zip"));
    snapshot("lambda_layer", Template::of(|s| s.add("Tools", spec)).yaml());
}
