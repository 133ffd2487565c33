//! What must not be missed: data at risk, what CloudFormation refuses; and secrets, which are never shown.

use formwork::diff::Fate;
use formwork::review::Verb;
use insta::assert_snapshot;

use super::{among, reviewed, told};

const BUCKET: &str = "Resources: {Files: {Type: AWS::S3::Bucket, Properties: {BucketName: files-one}}}";

#[test]
fn a_replaced_bucket_is_at_risk() {
    let stack = reviewed(BUCKET, &BUCKET.replace("files-one", "files-two"));
    assert_eq!((stack.resources[0].verb, stack.resources[0].fate), (Verb::Replace, Some(Fate::Deleted)));
    assert_snapshot!(told(stack), @"
    shop/web  1 replaced
      ! at risk: Files (AWS::S3::Bucket) is replaced: the new one is empty, and the
      old one deleted
        help: copy what it holds first, or leave the property as it is
      -/+ Files  AWS::S3::Bucket
          replaced: `BucketName` cannot be changed in place; the old one is deleted
          BucketName: files-one → files-two

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn a_removed_table_says_what_is_kept() {
    let table = |policy: &str| {
        format!("Resources: {{Orders: {{Type: AWS::DynamoDB::Table{policy}}}, Jobs: {{Type: AWS::SNS::Topic}}}}")
    };
    let without = "Resources: {Jobs: {Type: AWS::SNS::Topic}}";
    assert_snapshot!(told(reviewed(&table(""), without)), @"
    shop/web  1 removed
      ! at risk: Orders (AWS::DynamoDB::Table) is deleted, with its data
        help: set its deletion policy to retain or snapshot, and copy what it holds
        first
        - Orders  AWS::DynamoDB::Table
          deleted

    1 stack differs
    compared with the templates in templates
    ");
    assert_snapshot!(told(reviewed(&table(", DeletionPolicy: Retain"), without)), @"
    shop/web  1 removed
      ! at risk: Orders (AWS::DynamoDB::Table) leaves the stack
        help: it stays in the account, and no stack looks after it
        - Orders  AWS::DynamoDB::Table
          leaves the stack, and stays in the account

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn an_export_that_others_import_cannot_be_removed() {
    let exported =
        "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Topic: {Value: !Ref T, Export: {Name: shop-topic}}}";
    let without = "Resources: {T: {Type: AWS::SNS::Topic}}";
    let mail = |export: &str| if export == "shop-topic" { vec!["shop/mail".to_owned()] } else { vec![] };
    let stack = among(exported, without, &mail);
    assert!(stack.risks[0].refused);
    assert_snapshot!(told(stack), @"
    shop/web  no resource differs: 1 output
      ! refused: the export shop-topic is removed, and imported by shop/mail
        help: deploy shop/mail without the import first; until then, keep the export
        - export shop-topic, imported by shop/mail

    1 stack differs
    compared with the templates in templates
    ");
    assert!(among(exported, without, &|_| Vec::new()).risks.is_empty(), "nobody imports it");
}

#[test]
fn an_export_that_others_import_cannot_have_another_value() {
    let exported = |value: &str| {
        format!("Resources: {{T: {{Type: AWS::SNS::Topic}}}}\nOutputs: {{O: {{Value: {value}, Export: {{Name: o}}}}}}")
    };
    let told = |before: &str, after: &str| {
        among(&exported(before), &exported(after), &|_| vec!["shop/mail".to_owned()]).risks.remove(0)
    };
    let risk = told("one", "two");
    assert!(risk.refused);
    assert_eq!(risk.what, "the export o has another value, and is imported by shop/mail");
    // What these become is known to the deployment alone.
    assert!(!told("one", "!Ref T").refused);
    assert!(!told("!Ref T", "!GetAtt T.TopicName").refused);
}

#[test]
fn what_imports_from_a_stack_that_is_no_longer_defined_is_not_refused() {
    let exported = super::read(
        "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Topic: {Value: !Ref T, Export: {Name: shop-topic}}}",
    );
    let origin = |_: &str| None;
    let compared = formwork::review::Compared {
        path: "shop/web",
        before: Some(&exported),
        after: None,
        settings: [None, None],
        origin: &origin,
        importers: &|_| vec!["shop/mail".to_owned()],
    };
    assert_eq!(formwork::review::stack(&compared).risks, [], "a deployment does not delete it");
}

#[test]
fn a_condition_that_comes_or_goes_may_delete_or_create_and_replaces_nothing() {
    let table = |condition: &str, value: &str| {
        format!(
            "Parameters: {{Stage: {{Type: String}}}}\nConditions: {{Live: !Equals [!Ref Stage, {value}]}}\n\
             Resources: {{Orders: {{Type: AWS::DynamoDB::Table{condition}}}}}\n"
        )
    };
    let held = ", Condition: Live";
    assert_snapshot!(told(reviewed(&table("", "prod"), &table(held, "prod"))), @"
    shop/web  1 maybe removed
      ! at risk: Orders (AWS::DynamoDB::Table) may be deleted, with its data
        help: set its deletion policy to retain or snapshot, and copy what it holds
        first
       ?- Orders  AWS::DynamoDB::Table
          may be deleted: it has a condition now
          @Condition: Live

    1 stack differs
    compared with the templates in templates
    ");
    assert_snapshot!(told(reviewed(&table(held, "prod"), &table("", "prod"))), @"
    shop/web  1 maybe added
       ?+ Orders  AWS::DynamoDB::Table
          may be created: it has no condition any more
          @Condition: Live → nothing

    1 stack differs
    compared with the templates in templates
    ");
    assert_snapshot!(told(reviewed(&table(held, "prod"), &table(held, "dev"))), @"
    shop/web  1 maybe removed
      ! at risk: Orders (AWS::DynamoDB::Table) may be deleted, with its data
        help: set its deletion policy to retain or snapshot, and copy what it holds
        first
       ?- Orders  AWS::DynamoDB::Table
          may be deleted, or created: its condition changed
        ~ Conditions Live
          Equals(${Stage}, prod) → Equals(${Stage}, dev)

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn secrets_are_not_shown() {
    let database = |password: &str| {
        format!(
            "Parameters: {{Pin: {{Type: String, NoEcho: true, Default: {password}}}}}\n\
             Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties: {{MasterUserPassword: {password}}}\n  \
             Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      ContainerDefinitions:\n        - Name: app\n          \
             Environment: [{{Name: DB_PASSWORD, Value: {password}}}]\n"
        )
    };
    let stack = reviewed(&database("first-secret"), &database("second-secret"));
    let review = super::review(vec![stack]);
    for text in [
        review.to_text(formwork::review::Extent::Full),
        review.to_markdown(formwork::review::Extent::Full),
        review.to_json(),
    ] {
        assert!(!text.contains("first-secret") && !text.contains("second-secret"), "{text}");
        assert!(text.contains("MasterUserPassword") && text.contains("Pin"), "{text}");
    }
    let new = reviewed("Resources: {}", &database("third-secret"));
    assert!(!super::review(vec![new]).to_json().contains("third-secret"));
}

#[test]
fn where_a_secret_comes_from_is_shown() {
    let database = |password: &str| {
        format!("Resources: {{Db: {{Type: AWS::RDS::DBInstance, Properties: {{MasterUserPassword: '{password}'}}}}}}")
    };
    let (one, two) = ("{{resolve:secretsmanager:one}}", "{{resolve:secretsmanager:two}}");
    let told = told(reviewed(&database(one), &database(two)));
    assert!(told.contains(&format!("- {one}")) && told.contains(&format!("+ {two}")), "{told}");
}

#[test]
fn a_policys_statements_are_compared_whatever_their_order() {
    let policy = |statements: &str| {
        format!(
            "Resources: {{P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{Roles: [app], PolicyDocument: \
             {{Version: '2012-10-17', Statement: [{statements}]}}}}}}}}"
        )
    };
    let (read, write) = (
        "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::files/*'}",
        "{Effect: Allow, Action: ['s3:PutObject', 's3:DeleteObject'], Resource: '*'}",
    );
    let both = [policy(&format!("{read}, {write}")), policy(&format!("{write}, {read}"))];
    assert!(reviewed(&both[0], &both[1]).resources.is_empty());
    assert_snapshot!(told(reviewed(&policy(read), &both[1])), @"
    shop/web  1 changed in place
        ~ P  AWS::IAM::ManagedPolicy
          PolicyDocument
            + allows s3:DeleteObject, s3:PutObject on *
      access
          more  P: allows `s3:DeleteObject`, `s3:PutObject` on `*` to `app`

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn whole_numbers_are_the_same_however_they_are_spelled() {
    let alarm = |number: &str| {
        format!("Resources: {{A: {{Type: AWS::CloudWatch::Alarm, Properties: {{Threshold: {number}}}}}}}")
    };
    assert!(reviewed(&alarm("20.0"), &alarm("20")).resources.is_empty());
    assert!(!reviewed(&alarm("20.5"), &alarm("20")).resources.is_empty());
    let version = |number: &str| {
        format!("Resources: {{A: {{Type: AWS::RDS::DBInstance, Properties: {{EngineVersion: {number}}}}}}}")
    };
    assert!(!reviewed(&version("8.0"), &version("8")).resources.is_empty(), "a version is text");
}

/// What the JSON says of a change of one resource in place, as `before` and `after` of each property.
fn said(before: &str, after: &str) -> Vec<(String, String, String)> {
    let stack = reviewed(before, after);
    let text = |value: &Option<serde_json::Value>| {
        value.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
    };
    let one = |property: &formwork::review::PropertyReview| {
        (property.path.clone(), text(&property.values.before), text(&property.values.after))
    };
    stack.resources.iter().flat_map(|resource| &resource.properties).map(one).collect()
}

#[test]
fn a_name_hides_what_it_is_the_name_of_and_no_more() {
    let queue = |delay: &str| {
        format!("Resources: {{ApiToken: {{Type: AWS::SQS::Queue, Properties: {{DelaySeconds: {delay}}}}}}}")
    };
    assert_eq!(
        said(&queue("1"), &queue("2")),
        [("DelaySeconds".into(), "1".into(), "2".into())],
        "a logical id is no name"
    );
    let generated = |length: &str| {
        format!(
            "Resources: {{S: {{Type: AWS::SecretsManager::Secret, Properties: {{GenerateSecretString: {{PasswordLength: \
             {length}}}}}}}}}"
        )
    };
    let length = "GenerateSecretString.PasswordLength";
    assert_eq!(said(&generated("30"), &generated("8")), [(length.into(), "30".into(), "8".into())]);
    let managed = |on: &str| {
        format!("Resources: {{Db: {{Type: AWS::RDS::DBInstance, Properties: {{ManageMasterUserPassword: {on}}}}}}}")
    };
    let found = said(&managed("false"), &managed("true"));
    assert_eq!(found, [("ManageMasterUserPassword".into(), "false".into(), "true".into())], "a truth tells nobody");
}

#[test]
fn the_settings_of_an_environment_hide_more_names() {
    for name in [
        "API_KEY",
        "GITHUB_TOKEN",
        "STRIPE_SECRET",
        "DB_PASS",
        "dbPassword",
        "DB_PASSWORD_OLD",
        "SECRET_KEY_BASE",
        "MYSQL_ROOT_PW",
    ] {
        let of = |value: &str| {
            [
                format!(
                    "Resources: {{F: {{Type: AWS::Lambda::Function, Properties: {{Environment: {{Variables: {{{name}: \
                     {value}}}}}}}}}}}"
                ),
                format!(
                    "Resources: {{T: {{Type: AWS::ECS::TaskDefinition, Properties: {{ContainerDefinitions: [{{Name: app, \
                     Environment: [{{Name: {name}, Value: {value}}}]}}]}}}}}}"
                ),
                format!(
                    "Resources: {{P: {{Type: AWS::CodeBuild::Project, Properties: {{Environment: {{EnvironmentVariables: \
                     [{{Name: {name}, Value: {value}}}]}}}}}}}}"
                ),
            ]
        };
        for (old, new) in of("hunter2").iter().zip(of("hunter3")) {
            let changed = super::review(vec![reviewed(old, &new)]);
            let added = super::review(vec![reviewed("Resources: {}", old)]);
            for text in [changed.to_json(), told(reviewed(old, &new)), added.to_json()] {
                assert!(!text.contains("hunter"), "{text}");
            }
            assert!(changed.to_json().contains("(secret)"), "{name}");
        }
    }
    let open =
        "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {PUBLIC_KEY: abc}}}}}";
    let kept = |text: &str| said(open, &open.replace("abc", text))[0].2.clone();
    assert_eq!(kept("def"), "def");
}

#[test]
fn no_value_of_a_parameter_that_is_not_echoed_is_shown() {
    let with = |values: &str, rest: &str| {
        format!(
            "Parameters: {{Pin: {{Type: String, NoEcho: true, Default: {values}2, AllowedValues: [{values}2, {values}3], \
             AllowedPattern: {values}.{rest}}}}}\nResources: {{}}"
        )
    };
    let (old, new) = (with("hunter", ""), with("gatherer", ", Description: of the door"));
    for (old, new) in [(&*old, &*new), ("Resources: {}", &*new), (&*old, "Resources: {}")] {
        let review = super::review(vec![reviewed(old, new)]);
        for text in [review.to_text(formwork::review::Extent::Full), review.to_json()] {
            assert!(!text.contains("hunter") && !text.contains("gatherer"), "{text}");
            assert!(text.contains("not shown: NoEcho"), "{text}");
        }
    }
    assert!(told(reviewed(&old, &new)).contains("Description: of the door"));
}

#[test]
fn only_one_whole_reference_is_no_secret() {
    let database = |password: &str| {
        format!("Resources: {{Db: {{Type: AWS::RDS::DBInstance, Properties: {{MasterUserPassword: {password}}}}}}}")
    };
    let of = |password: &str| said(&database("one"), &database(password))[0].2.clone();
    assert_eq!(of("'{{resolve:ssm:x}}hunter2{{resolve:ssm:y}}'"), "(secret)");
    assert_eq!(of("!Sub 'hunter2${AWS::Region}'"), "(secret)");
    assert_eq!(of("!If [Prod, hunter2, !Ref Password]"), "(secret)");
    assert_ne!(of("!Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'"), "(secret)");
    assert_ne!(of("!If [Prod, !Ref One, !Ref Two]"), "(secret)");
}

#[test]
fn what_may_be_replaced_may_leave_all_the_same_where_its_condition_changed() {
    let table = |condition: &str, name: &str, equals: &str| {
        format!(
            "Conditions: {{Own: !Equals [{equals}]}}\nResources: {{Orders: {{Type: AWS::DynamoDB::Table{condition}, Properties: \
             {{TableName: {name}}}}}}}"
        )
    };
    let stack = reviewed(&table("", "one", "a, b"), &table(", Condition: Own", "two", "a, b"));
    assert!(stack.resources[0].may_leave);
    assert_snapshot!(told(stack), @"
    shop/web  1 replaced
      ! at risk: Orders (AWS::DynamoDB::Table) is replaced: the new one is empty,
      and the old one deleted; or there is none, as its condition decides
        help: copy what it holds first, or leave the property as it is
      -/+ Orders  AWS::DynamoDB::Table
          replaced: `TableName` cannot be changed in place; the old one is deleted;
          or it leaves: it has a condition now
          @Condition: Own
          TableName: one → two

    1 stack differs
    compared with the templates in templates
    ");
    let stack = reviewed(&table(", Condition: Own", "one", "a, a"), &table(", Condition: Own", "two", "a, b"));
    let text = told(stack).replace("\n      ", " ");
    assert!(text.contains("; or it leaves: its condition changed"), "{text}");
}

#[test]
fn a_database_that_has_moved_leaves_its_snapshot() {
    let database = |id: &str| {
        format!(
            "Resources: {{{id}: {{Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot, Properties: {{Engine: mysql}}}}}}"
        )
    };
    let text = told(reviewed(&database("Old"), &database("New"))).replace("\n  ", " ");
    assert!(text.contains("a second one is made, and the first deleted after a last snapshot"), "{text}");
}

/// What is shown of a value of a queue's tag, old and new.
fn shown(before: &str, after: &str) -> String {
    let queue = |value: &str| {
        format!("Resources: {{Q: {{Type: AWS::SQS::Queue, Properties: {{Tags: [{{Key: to, Value: {value}}}]}}}}}}")
    };
    let stack = reviewed(&queue(before), &queue(after));
    super::review(vec![stack.clone()]).to_json() + &told(stack)
}

#[test]
fn the_secrets_in_a_text_are_hidden_and_no_more_of_it() {
    let text = shown("postgres://app:hunter2@db.internal/shop", "postgres://app:hunter3@db.internal/shop?ssl=on");
    assert!(!text.contains("hunter") && text.contains("postgres://app:(secret)@db.internal/shop?ssl=on"), "{text}");
    let text = shown(r#"'{"user":"app","password":"hunter2"}'"#, r#"'{"user":"web","password":"hunter3"}'"#);
    assert!(!text.contains("hunter") && text.contains("web"), "{text}");
    assert!(shown("https://example.com/a:b@c", "https://example.com/x").contains("https://example.com/a:b@c"));
}

#[test]
fn what_two_have_agreed_on_is_hidden_wherever_a_policy_is_shown() {
    let role = |id: &str, action: &str| {
        format!(
            "Resources: {{R: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: [{{Effect: Allow, \
             Principal: {{AWS: '111111111111'}}, Action: {action}, Condition: {{StringEquals: {{'sts:ExternalId': {id}}}}}}}]}}}}}}}}"
        )
    };
    let stack = reviewed(&role("hunter2", "sts:AssumeRole"), &role("hunter3", "sts:TagSession"));
    let text = super::review(vec![stack.clone()]).to_json() + &told(stack);
    assert!(!text.contains("hunter") && text.contains("sts:ExternalId"), "{text}");
}

#[test]
fn which_secret_is_referred_to_is_shown() {
    let database = |secret: &str| {
        let password = format!("!Sub '{{{{resolve:secretsmanager:${{{secret}}}:SecretString:password}}}}'");
        format!(
            "Resources: {{Old: {{Type: AWS::SecretsManager::Secret}}, New: {{Type: AWS::SecretsManager::Secret}}, Db: {{Type: \
             AWS::RDS::DBInstance, Properties: {{MasterUserPassword: {password}}}}}}}"
        )
    };
    let text = told(reviewed(&database("Old"), &database("New")));
    assert!(text.contains("secretsmanager:${Old}") && text.contains("secretsmanager:${New}"), "{text}");
}

#[test]
fn a_parameter_that_is_called_a_secret_hides_its_default() {
    let of = |name: &str, value: &str| {
        format!("Parameters: {{{name}: {{Type: String, Default: {value}}}}}\nResources: {{}}")
    };
    for (name, hidden) in [("DbToken", true), ("StripeApiKey", true), ("PartitionKey", false), ("Stage", false)] {
        let text = told(reviewed(&of(name, "hunter2"), &of(name, "hunter3")));
        assert_eq!(text.contains("hunter"), !hidden, "{name}: {text}");
    }
}
