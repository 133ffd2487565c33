//! HTTPS for everybody, whatever they typed.

use formwork::cfn::iam;
use formwork::testing::{Template, absent, assert_reachable, assert_unreachable, json};
use formwork::{Env, Parameter};

use crate::cookbook::networking::https_redirect::https_redirect;
use crate::support::{app, assert_outputs, properties, template};

const LISTENER: &str = "AWS::ElasticLoadBalancingV2::Listener";

#[test]
fn http_is_answered_301_with_the_same_host_path_and_query_over_https() {
    let template = template(https_redirect);
    let redirect = json!({
        "StatusCode": "HTTP_301", "Protocol": "HTTPS", "Port": "443",
        "Host": absent(), "Path": absent(), "Query": absent(),
    });
    let actions = json!([{ "Type": "redirect", "RedirectConfig": redirect }]);
    template.has_resource(LISTENER, json!({ "Port": 80, "Protocol": "HTTP", "DefaultActions": actions }));
}

#[test]
fn https_goes_to_two_tasks_in_private_subnets() {
    let template = template(https_redirect);
    let listener = json!({
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{ "CertificateArn": { "Fn::GetAtt": ["Certificate", "Arn"] } }],
        "DefaultActions": [{ "Type": "forward" }],
    });
    template.has_resource(LISTENER, listener);
    let service = template.has_resource("AWS::ECS::Service", json!({ "DesiredCount": 2, "LaunchType": "FARGATE" }));
    let network = &service.resource["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"];
    assert_eq!(network["AssignPublicIp"], "DISABLED");
    assert!(network["Subnets"].as_array().unwrap().iter().all(|one| one.to_string().contains("VpcPrivateSubnet")));
    let balancer =
        template.has_resource("AWS::ElasticLoadBalancingV2::LoadBalancer", json!({ "Scheme": "internet-facing" }));
    let subnets = balancer.resource["Properties"]["Subnets"].as_array().unwrap();
    assert!(subnets.len() == 2 && subnets.iter().all(|one| one.to_string().contains("VpcPublicSubnet")), "{subnets:?}");
}

#[test]
fn the_world_reaches_the_load_balancer_on_80_and_443_and_nothing_else() {
    let app = app(https_redirect);
    for port in [80, 443] {
        assert_reachable(&app, "internet", "recipe/Web/LB", Some(port.into()));
    }
    assert_unreachable(&app, "internet", "recipe/Web/LB", Some(8443.into()));
}

#[test]
fn the_tasks_accept_80_from_the_load_balancer_only() {
    let app = app(https_redirect);
    assert_reachable(&app, "recipe/Web/LB", "recipe/Web/Service", Some(80.into()));
    assert_unreachable(&app, "recipe/Web/LB", "recipe/Web/Service", Some(443.into()));
    for other in ["internet", "recipe/Vpc/PublicSubnet1", "recipe/Vpc/PrivateSubnet1", "recipe/Web/Service"] {
        assert_unreachable(&app, other, "recipe/Web/Service", Some(80.into()));
    }
}

#[test]
fn the_private_key_is_given_and_never_shown() {
    let template = template(https_redirect);
    let parameters = &template.json()["Parameters"];
    assert_eq!(parameters["PrivateKey"]["NoEcho"], true);
    for name in ["CertificateBody", "PrivateKey"] {
        assert!(parameters[name].get("Default").is_none(), "{name} has a default");
    }
    let certificate = json!({
        "CertificateBody": { "Ref": "CertificateBody" },
        "PrivateKey": { "Ref": "PrivateKey" },
        "CertificateChain": { "Fn::If": ["HasChain", { "Ref": "CertificateChain" }, { "Ref": "AWS::NoValue" }] },
    });
    template.has_resource("AWS::IAM::ServerCertificate", certificate);
    let outputs = template.json()["Outputs"].to_string();
    assert!(!outputs.contains("PrivateKey"), "{outputs}");
    assert_eq!(properties(&template, "IAM::ServerCertificate").len(), 1);
}

#[test]
fn a_file_where_its_text_is_wanted_is_refused_in_words_that_help() {
    let template = template(https_redirect);
    let body = &template.json()["Parameters"]["CertificateBody"];
    let pattern = body["AllowedPattern"].as_str().unwrap();
    // A default is checked as a value is.
    let problems = |value: &str| {
        Template::problems_of(Env::any(), |s| {
            let given = s.parameter("Given", Parameter::string().allowed_pattern(pattern).default(value));
            s.add("Uses", iam::ServerCertificate::new().certificate_body(given).private_key("none"));
        })
    };
    let fine = problems("-----BEGIN CERTIFICATE-----\nMIID\nAAAA\n-----END CERTIFICATE-----\n");
    assert!(!fine.contains("Given"), "{fine}");
    for wrong in ["certificate.pem", "-----BEGIN CERTIFICATE-----\nMIID"] {
        assert!(problems(wrong).contains("`Given`"), "{wrong}: {}", problems(wrong));
    }
    assert!(body["ConstraintDescription"].as_str().unwrap().contains("$(cat FILE)"), "{body}");
}

#[test]
fn its_outputs_are_those_of_the_book_and_where_the_service_answers() {
    let expected = ["AppSgId", "ContainerIp", "EcsClusterName", "LoadBalancerDns", "VpcId", "VpcPublicSubnets"];
    assert_outputs(&template(https_redirect), &expected);
}
