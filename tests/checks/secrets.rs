//! Secrets: none is ever in a template, and no problem repeats one.

use formwork::cfn::{ecs, lambda, rds, secretsmanager as sm, sqs};
use formwork::core::Computed;
use formwork::intrinsics::{base64, if_else, join, secretsmanager, select, sub};
use formwork::{Condition, Env, Json, Parameter, RawResource, Resource as _, Stack, Value, json};
use serde_json::json as plain;

use super::{found, found_in_resource, passes, problems, raw};

const SECRET: &str = "hunter2-hunter2";

fn database() -> rds::DbInstance {
    rds::DbInstance::new().db_instance_class("db.t4g.micro").master_username("root")
}

/// What is found in a database with this password; it never holds the password.
fn with_password<V: Into<Value<String>>>(password: impl FnOnce(&mut Stack) -> V) -> String {
    let text = found(|s| {
        let password = password(s).into();
        s.add("Db", database().master_user_password(password))
    });
    assert!(!text.contains("hunter2"), "{text}");
    text
}

#[test]
fn a_password_that_is_written_out_is_an_error_that_does_not_repeat_it() {
    insta::assert_snapshot!(with_password(|_| SECRET), @r#"
    error[secret] Db MasterUserPassword: `MasterUserPassword` holds a secret, and is written out
      help: keep it in Secrets Manager and write `secretsmanager(secret, Some("password"))`: CloudFormation reads it while it deploys, and no template holds it
    "#);
    assert_eq!(with_password(|_| secretsmanager("db", Some("password"))), "");
    assert_eq!(with_password(|_| "{{resolve:secretsmanager:db:SecretString:password}}"), "");
}

#[test]
fn a_password_inside_a_function_is_written_out_too() {
    let written_out = |text: String| assert!(text.contains("`MasterUserPassword` holds a secret"), "{text}");
    written_out(with_password(|_| join("", ["hunter2-", "hunter2"])));
    written_out(with_password(|_| sub(SECRET, [])));
    written_out(with_password(|_| base64(SECRET)));
    written_out(with_password(|_| select(0, [SECRET])));
    written_out(with_password(|s| {
        let prod = s.condition("Prod", Condition::equals("a", "b"));
        if_else(&prod, secretsmanager("db", None), SECRET)
    }));
    written_out(with_password(|s| s.mapping("Passwords", [("dev", vec![("db", SECRET)])]).find("dev", "db")));
}

#[test]
fn a_number_can_be_a_password() {
    let text = found(|s| s.add("Db", database().raw("MasterUserPassword", 12_345_678)));
    insta::assert_snapshot!(text, @r#"
    error[secret] Db MasterUserPassword: `MasterUserPassword` holds a secret, and is written out
      help: keep it in Secrets Manager and write `secretsmanager(secret, Some("password"))`: CloudFormation reads it while it deploys, and no template holds it
    "#);
}

#[test]
fn no_other_check_repeats_the_value_either() {
    for value in
        [plain!("hunter2"), plain!("hunter2 ".repeat(100)), plain!(["hunter2"]), plain!({ "hunter2": "hunter2" })]
    {
        let text = found(|s| s.add("Db", database().raw("MasterUserPassword", value)));
        assert!(text.contains("error[") && !text.contains("hunter2 "), "{text}");
    }
    let short = found_in_resource("AWS::SecretsManager::Secret", plain!({ "SecretString": "hunter2", "Name": "n" }));
    assert!(short.contains("error[secret]") && !short.contains("hunter2"), "{short}");
    // A parameter's default, where the parameter hides its value.
    let hidden = found(|s| {
        s.add("Jobs", sqs::Queue::new());
        let parameter = Parameter::string().no_echo().default("hunter2").allowed_values(["hunter3", "hunter4"]);
        s.parameter("Token", parameter.allowed_pattern("[0-9]+").length(20, 10).range(100, 200));
    });
    insta::assert_snapshot!(hidden, @r"
    error[parameter]: the limits of `Token` leave nothing: at least 20, at most 10
      help: swap them
    error[parameter]: the default of `Token` does not match its own pattern
      help: change one of them
    error[parameter]: the default of `Token` is not one of its own values
      help: change one of them
    error[parameter]: the default of `Token` is shorter or longer than its own limits
      help: change one of them
    error[secret]: `Token` hides its value, and its default is written out
      help: leave the default out
    ");
}

#[test]
fn settings_whose_name_says_that_they_are_secret_are_checked_wherever_they_stand() {
    let lambda = |variables: serde_json::Value| {
        found(|s| {
            let code = json!({ "ZipFile": "x" });
            let function = lambda::Function::new(code.cast::<Computed>(), "arn:aws:iam::123456789012:role/f");
            s.add("F", function.raw("Environment", plain!({ "Variables": variables })))
        })
    };
    insta::assert_snapshot!(lambda(plain!({ "DB_PASSWORD": "hunter2" })), @r#"
    error[secret] F Environment.Variables.DB_PASSWORD: `DB_PASSWORD` holds a secret, and is written out
      help: keep it in Secrets Manager and write `secretsmanager(secret, Some("password"))`: CloudFormation reads it while it deploys, and no template holds it
    "#);
    assert_eq!(
        lambda(plain!({ "DB_PASSWORD_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db" })),
        ""
    );
    assert_eq!(lambda(plain!({ "DB_PASSWORD": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db" })), "");
    assert_eq!(lambda(plain!({ "REQUIRE_PASSWORD": "true" })), "");

    let container = |environment: serde_json::Value| {
        let container = plain!([{ "Name": "web", "Image": "nginx", "Environment": environment }]);
        found(|s| s.add("Task", ecs::TaskDefinition::new().raw("ContainerDefinitions", container)))
    };
    insta::assert_snapshot!(container(plain!([{ "Name": "DB_PASSWORD", "Value": "hunter2" }])), @r#"
    error[secret] Task ContainerDefinitions[0].Environment[0]: `DB_PASSWORD` holds a secret, and is written out
      help: keep it in Secrets Manager and write `secretsmanager(secret, Some("password"))`: CloudFormation reads it while it deploys, and no template holds it
    "#);
    assert_eq!(container(plain!([{ "Name": "DB_HOST", "Value": "db.example.com" }])), "");

    let custom =
        found(|s| s.add("It", raw("Custom::Database", plain!({ "Settings": [{ "AdminPassword": "hunter2" }] }))));
    insta::assert_snapshot!(custom, @r#"
    error[secret] It Settings: `AdminPassword` holds a secret, and is written out
      help: keep it in Secrets Manager and write `secretsmanager(secret, Some("password"))`: CloudFormation reads it while it deploys, and no template holds it
    "#);
    let stage = plain!({ "Name": "s", "Actions": [{
        "Name": "Source", "ActionTypeId": { "Category": "Source", "Owner": "ThirdParty", "Provider": "GitHub", "Version": "1" },
        "Configuration": { "OAuthToken": "hunter2" },
    }] });
    let foreign = found(|s| s.add("It", RawResource::new("My::Own::Pipeline").raw("Stages", plain!([stage]))));
    insta::assert_snapshot!(foreign, @r#"
    error[secret] It Stages: `OAuthToken` holds a secret, and is written out
      help: keep it in Secrets Manager and write `secretsmanager(secret, Some("password"))`: CloudFormation reads it while it deploys, and no template holds it
    "#);
}

#[test]
fn names_that_only_sound_secret_are_left_alone() {
    passes(|s| {
        s.add(
            "Db",
            rds::DbInstance::new()
                .db_instance_class("db.t4g.micro")
                .manage_master_user_password(true)
                .master_username("root"),
        );
        let generate = plain!({ "GenerateStringKey": "password", "SecretStringTemplate": "{\"user\":\"root\"}", "PasswordLength": 32 });
        s.add("Secret", sm::Secret::new().raw("GenerateSecretString", generate));
    });
}

#[test]
fn a_parameter_with_a_password_hides_it_and_has_no_default() {
    let of = |parameter: fn() -> Parameter<String>| with_password(|s| s.parameter("DbPassword", parameter()).value());
    insta::assert_snapshot!(of(Parameter::string), @r"
    error[secret] Db MasterUserPassword: `MasterUserPassword` takes its secret from the parameter `DbPassword`, which anybody can read
      help: add `.no_echo()` to the parameter, or better: keep the secret in Secrets Manager
    ");
    insta::assert_snapshot!(of(|| Parameter::string().no_echo().default(SECRET)), @r"
    error[secret]: `DbPassword` hides its value, and its default is written out
      help: leave the default out
    ");
    insta::assert_snapshot!(of(|| Parameter::string().default(SECRET)), @r"
    error[secret]: `DbPassword` holds a secret, and its default is written out
      help: leave the default out
    error[secret] Db MasterUserPassword: `MasterUserPassword` takes its secret from the parameter `DbPassword`, which anybody can read
      help: add `.no_echo()` to the parameter, or better: keep the secret in Secrets Manager
    ");
    assert_eq!(of(|| Parameter::string().no_echo()), "");
    assert_eq!(of(|| Parameter::string().no_echo().default("")), "");
}

#[test]
fn an_output_shows_no_secret() {
    let text = found(|s| {
        s.add("Jobs", sqs::Queue::new());
        s.output("Read", secretsmanager("db", None));
        s.output("Inside", sub("p={{resolve:secretsmanager:db}}", []));
        let token = s.parameter("Token", Parameter::string().no_echo());
        s.output("Hidden", join("", ["token=".into(), token.value()]));
    });
    insta::assert_snapshot!(text, @r"
    error[secret]: the output `Read` shows a secret
      help: output the secret's ARN, and read its value where it is needed
    error[secret]: the output `Inside` shows a secret
      help: output the secret's ARN, and read its value where it is needed
    error[secret]: the output `Hidden` shows the parameter `Token`, which hides its value
      help: leave the output out: whoever needs the value has it
    ");
    passes(|s| {
        let secret = s.add("Secret", sm::Secret::new());
        s.output("Arn", secret.get_ref().cast::<String>());
        s.output("Plain", formwork::intrinsics::ssm("/db/host", None));
    });
}

#[test]
fn places_of_a_secret_are_the_lines_that_set_it() {
    let problems = problems(|app| {
        app.stack("test", Env::any(), |s| {
            s.add("Db", database().master_user_password(SECRET));
        });
    });
    assert_eq!(problems[0].property.as_deref(), Some("MasterUserPassword"));
    assert_eq!(problems[0].places[0].did, "set here");
    let _: Value<Json> = json!({});
}
