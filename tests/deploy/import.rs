//! Existing resources become a stack's: on the scripted server, and on the emulator, which looks whether they exist.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::emulator::Emulator;
use super::faults::masked;
use super::scripted::{Fault, Lasts, On, Script, Server};
use super::terminal::typed;
use super::{Definitions, Run};
use crate::program::snapshot;

const ACCOUNT: &str = "111111111111";

/// What the account had before: a stack with one queue.
fn deployed() -> Value {
    json!({ "Resources": { "Jobs": { "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": 1 } } } })
}

/// A stack with the queue and these resources.
fn shop(more: &Value) -> Value {
    let mut resources = deployed()["Resources"].clone();
    resources.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([{ "path": "shop", "account": ACCOUNT, "resources": resources }])
}

fn bucket() -> Value {
    json!({ "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": { "BucketName": "my-files" } })
}

/// A server, the stack on it, and definitions.
struct Play {
    server: Server,
    definitions: Definitions,
}

impl Play {
    fn new(stacks: &Value) -> Self {
        let server = Server::start(ACCOUNT);
        server.model().deployed("shop", &deployed());
        Self { server, definitions: Definitions::new(stacks) }
    }

    /// Without the stack.
    fn empty(stacks: &Value) -> Self {
        Self { server: Server::start(ACCOUNT), definitions: Definitions::new(stacks) }
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = self.server.fixture(&self.definitions);
        command.args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }

    /// An import with what a file says.
    fn import(&self, file: &Value, more: &[&str]) -> Run {
        self.file("resources.json", &file.to_string());
        self.run(&[&["import", "shop", "--resources", "resources.json"], more].concat())
    }

    fn folder(&self) -> &Path {
        self.definitions.0.path()
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.folder().join(name), text).unwrap();
    }

    fn status(&self) -> String {
        let model = self.server.model();
        model.find("shop").map_or_else(|| "-".into(), |index| model.stacks[index].status.clone())
    }

    /// The template that is deployed.
    fn template(&self) -> Value {
        let text = self.server.model().stack("shop").content.template.clone();
        formwork::diff::read(&text).unwrap()
    }

    /// The change sets that nobody executed.
    fn left_behind(&self) -> usize {
        let model = self.server.model();
        let sets = model.stacks.iter().filter(|stack| stack.status != "DELETE_COMPLETE").flat_map(|s| &s.change_sets);
        sets.filter(|set| !set.execution.starts_with("EXECUTE")).count()
    }

    #[track_caller]
    fn nothing_was_changed(&self) {
        assert_eq!(self.left_behind(), 0);
        assert!(!self.server.writes().contains(&"ExecuteChangeSet".to_owned()));
    }
}

#[track_caller]
fn shown(name: &str, run: &Run) {
    snapshot(&format!("import_{name}"), &masked(run));
}

fn files() -> Value {
    json!({ "Files": { "BucketName": "my-files" } })
}

// ------------------------------------------------------------------------------------------------------ what succeeds

#[test]
fn an_existing_resource_joins_the_stack_and_nothing_else_is_changed() {
    let mut stacks = shop(&json!({ "Files": bucket(), "News": { "Type": "AWS::SNS::Topic" } }));
    stacks[0]["resources"]["Jobs"]["Properties"]["DelaySeconds"] = json!(900);
    stacks[0]["outputs"] = json!({ "Url": { "Ref": "Jobs" } });
    stacks[0]["tags"] = json!({ "team": "shop" });
    let play = Play::new(&stacks);
    let run = play.import(&files(), &["--yes"]).done();
    shown("done", &run);
    assert_eq!(play.status(), "IMPORT_COMPLETE");
    let mut wanted = deployed();
    wanted["Resources"]["Files"] = bucket();
    assert_eq!(play.template(), wanted);
    assert_eq!(play.server.model().stack("shop").content.resources["Files"].physical, "my-files");
    let calls = play.server.calls();
    let made = calls.iter().find(|call| call.action == "CreateChangeSet").unwrap();
    assert_eq!(made.params.get("ChangeSetType"), Some("IMPORT"));
    assert_eq!(made.params.get("ResourcesToImport.member.1.ResourceType"), Some("AWS::S3::Bucket"));
    for name in ["Tags.member.1.Key", "NotificationARNs", "RoleARN", "OnStackFailure"] {
        assert_eq!(made.params.get(name), None, "an import must not change {name}");
    }
    assert!(!made.params.has("Tags"), "an empty list would take tags away");
}

#[test]
fn where_nothing_else_differs_the_next_deployment_has_nothing_to_do() {
    let play = Play::empty(&shop(&json!({})));
    play.run(&["deploy"]).done();
    play.definitions.replace(&shop(&json!({ "Files": bucket() })));
    let run = play.import(&files(), &["--yes"]).done();
    assert!(!run.out.contains("deploy"), "{}", run.out);
    play.run(&["deploy"]).done().told("shop   unchanged");
    assert_eq!(play.server.count("CreateChangeSet"), 2, "one for the creation, one for the import");
}

#[test]
fn a_stack_that_is_not_there_is_created_by_its_import() {
    let mut stacks = shop(&json!({ "Files": bucket() }));
    stacks[0]["outputs"] = json!({ "Url": { "Ref": "Jobs" } });
    stacks[0]["description"] = json!("The shop");
    let play = Play::empty(&stacks);
    shown("new_stack", &play.import(&files(), &["--yes"]).done());
    assert_eq!(play.status(), "IMPORT_COMPLETE");
    let template = play.template();
    assert_eq!(template["Resources"], json!({ "Files": bucket() }));
    assert_eq!((&template["Outputs"], &template["Description"]), (&Value::Null, &json!("The shop")));
    play.run(&["deploy", "--yes"]).done().told("shop   updated");
}

#[test]
fn what_a_resource_depends_on_comes_with_it() {
    let mut stacks = shop(&json!({
        "News": { "Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain", "Properties": { "DisplayName": { "Ref": "Title" } },
                  "DependsOn": ["Other", "Jobs"] },
        "Other": { "Type": "AWS::SNS::Topic" },
    }));
    stacks[0]["parameters"] = json!({ "Title": { "type": "String" }, "Unused": { "type": "String" } });
    let play = Play::new(&stacks);
    let file = json!({ "News": { "TopicArn": "arn:aws:sns:us-east-1:111111111111:news" } });
    play.import(&file, &["--yes"]).ended(2).told("a parameter has no value: Title");
    play.import(&file, &["--yes", "--parameters", "Titel=x"]).ended(2).told("the stack has no parameter `Titel`");
    play.import(&file, &["--yes", "--parameters", "Title=Offers"]).done();
    let template = play.template();
    assert_eq!(template["Resources"]["News"]["DependsOn"], json!(["Jobs"]));
    assert_eq!(template["Parameters"], json!({ "Title": { "Type": "String" } }));
    assert_eq!(play.server.model().stack("shop").content.parameters, [("Title".to_owned(), "Offers".to_owned())]);
}

#[test]
fn assets_that_the_import_has_nothing_to_do_with_need_not_be_there() {
    let function = |key: &str| {
        json!({ "Type": "AWS::SSM::Parameter", "DeletionPolicy": "Retain",
        "Properties": { "Type": "String", "Value": { "Ref": key } } })
    };
    let mut stacks = shop(&json!({ "Files": bucket(), "Code": function("CodeAssetKey") }));
    stacks[0]["assets"] = json!({ "Code": { "folder": "not-built-yet" } });
    let play = Play::new(&stacks);
    play.import(&json!({ "Code": { "Name": "code" } }), &["--yes"]).ended(2).told("not-built-yet");
    assert!(play.server.writes().is_empty());
    play.import(&files(), &["--yes"]).done();
}

#[test]
fn the_file_may_be_cloudformations_own_and_name_constructs_or_ids() {
    let own = json!([{ "ResourceType": "AWS::S3::Bucket", "LogicalResourceId": "Files",
                       "ResourceIdentifier": { "BucketName": "my-files" } }]);
    Play::new(&shop(&json!({ "Files": bucket() }))).import(&own, &["--yes"]).done();
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    play.file("resources.yaml", "Files:\n  BucketName: my-files\n");
    play.run(&["import", "shop", "--yes", "--resources", "resources.yaml"]).done();
}

#[test]
fn events_tell_what_joins() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    let run = play.import(&files(), &["--yes", "--json"]).done();
    let events: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&events[0]["event"], &events[0]["command"]), (&json!("plan"), &json!("import")));
    let changes = events.iter().find(|event| event["event"] == "changes").unwrap();
    let change = json!({ "action": "import", "logicalId": "Files", "construct": "Files",
        "resourceType": "AWS::S3::Bucket", "physicalId": "my-files", "properties": [], "deletes": false });
    assert_eq!(changes["changes"], json!([change]));
    assert_eq!(events.last().unwrap()["outcome"], "imported");
}

#[test]
fn an_operation_in_progress_is_waited_for() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    play.server.next("shop", Script::default().lasts(Lasts::Polls(3)));
    let elsewhere = shop(&json!({}));
    let elsewhere = Definitions::new(&json!([{ "path": "shop", "account": ACCOUNT, "tags": { "a": "b" },
        "resources": elsewhere[0]["resources"] }]));
    let mut other = play.server.fixture(&elsewhere);
    let other = std::thread::spawn(move || Run::from(other.arg("deploy").output().unwrap()));
    while play.status() != "UPDATE_IN_PROGRESS" && play.status() != "UPDATE_COMPLETE" {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    play.import(&files(), &["--yes"]).done();
    other.join().unwrap().done();
    assert_eq!(play.status(), "IMPORT_COMPLETE");
}

// ------------------------------------------------------------------------------------------------------- at a terminal

#[test]
fn a_person_is_asked_what_identifies_each_resource_and_for_approval() {
    let play = Play::new(&shop(&json!({
        "Files": bucket(),
        "News": { "Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain" },
        "Mail": { "Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain" },
    })));
    let run = typed(&play.command(&["import", "shop"]), "\narn:aws:sns:us-east-1:111111111111:news\n-\ny\n").done();
    for text in ["new in shop: 3 resources", "BucketName [my-files]: ", "TopicArn: ", "import these 2? [y/N]"] {
        assert!(run.out.contains(text), "{text}\nis not in\n{}", run.out);
    }
    let resources = &play.server.model().stack("shop").content.resources.clone();
    assert_eq!(resources["Files"].physical, "my-files");
    assert_eq!(resources["News"].physical, "arn:aws:sns:us-east-1:111111111111:news");
    assert!(!resources.contains_key("Mail"));
}

#[test]
fn what_a_person_does_not_approve_leaves_nothing_behind() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    typed(&play.command(&["import", "shop"]), "my-files\nn\n").ended(2).told("not approved");
    play.nothing_was_changed();
    typed(&play.command(&["import", "shop"]), "-\n").ended(2).told("nothing was imported");
    let play = Play::empty(&shop(&json!({ "Files": bucket() })));
    typed(&play.command(&["import", "shop"]), "my-files\nn\n").ended(2);
    assert_eq!(play.status(), "-");
}

#[test]
fn of_several_ways_to_identify_a_resource_the_first_that_is_said_counts() {
    let play = Play::new(&shop(&json!({ "Table": { "Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain",
        "Properties": { "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }] } } })));
    let ways = vec!["TableName".to_owned(), "TableArn".to_owned()];
    play.server.model().identifiers = Some(BTreeMap::from([("AWS::DynamoDB::Table".to_owned(), ways)]));
    let run = typed(&play.command(&["import", "shop"]), "\narn:aws:dynamodb:::table/t\ny\n").done();
    assert!(run.out.contains("  or TableArn: "), "{}", run.out);
    let physical = play.server.model().stack("shop").content.resources["Table"].physical.clone();
    assert_eq!(physical, "arn:aws:dynamodb:::table/t");
}

// --------------------------------------------------------------------------------------------------- what is refused

#[test]
fn without_a_terminal_the_resources_have_to_be_named_and_the_import_approved() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    shown("no_terminal", &play.run(&["import", "shop"]).ended(2));
    shown("unapproved", &play.import(&files(), &[]).ended(2));
    play.nothing_was_changed();
    let play = Play::empty(&shop(&json!({ "Files": bucket() })));
    play.import(&files(), &[]).ended(2);
    assert_eq!(play.status(), "-", "a stack that is but a name is removed");
}

#[test]
fn a_resource_without_a_deletion_policy_is_refused_with_its_line() {
    let play = Play::new(&shop(&json!({ "Files": { "Type": "AWS::S3::Bucket" } })));
    shown("no_deletion_policy", &play.import(&files(), &["--yes"]).ended(2));
    play.run(&["import", "shop", "--write-resources", "some.yaml"]).done();
    let text = std::fs::read_to_string(play.folder().join("some.yaml")).unwrap();
    assert!(text.contains("# AWS::S3::Bucket, which first needs a deletion policy\nFiles:\n"), "{text}");
    assert!(play.server.writes().is_empty());
}

#[test]
fn what_a_resource_refers_to_has_to_be_there_or_come_with_it() {
    let policy = json!({ "Type": "AWS::S3::BucketPolicy", "DeletionPolicy": "Retain",
        "Properties": { "Bucket": { "Ref": "Files" }, "PolicyDocument": { "Statement": [] } } });
    let play = Play::new(&shop(&json!({ "Files": bucket(), "Policy": policy })));
    shown("refers_to_new", &play.import(&json!({ "Policy": { "Bucket": "my-files" } }), &["--yes"]).ended(2));
    assert!(play.server.writes().is_empty());
    let both = json!({ "Policy": { "Bucket": "my-files" }, "Files": { "BucketName": "my-files" } });
    play.import(&both, &["--yes"]).done();
}

#[test]
fn all_that_is_wrong_with_a_file_is_told_at_once() {
    let play = Play::new(&shop(&json!({
        "Files": bucket(), "News": { "Type": "AWS::SNS::Topic" }, "Mail": { "Type": "AWS::SNS::Topic" },
        "Key": { "Type": "AWS::Route53::KeySigningKey", "Properties": { "HostedZoneId": "Z0000000000000000000",
                 "Name": "key", "Status": "ACTIVE", "KeyManagementServiceArn": "arn:aws:kms:us-east-1:111111111111:key/k" } },
        "Odd": { "Type": "Custom::Odd", "Properties": { "ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:f" } },
        "Notes": { "Type": "AWS::SNS::Topic" },
    })));
    let known = |kind: &str, ways: &[&str]| (kind.to_owned(), ways.iter().map(|way| (*way).to_owned()).collect());
    play.server.model().identifiers = Some(BTreeMap::from([
        known("AWS::S3::Bucket", &["BucketName"]),
        known("AWS::SNS::Topic", &["TopicArn"]),
        known("AWS::Route53::KeySigningKey", &["HostedZoneId,Name"]),
    ]));
    let file = json!({
        "Jobs": { "QueueUrl": "https://…" }, "Filse": { "BucketName": "my-files" }, "Files": { "Name": "my-files" },
        "News": { "TopicArn": " " }, "Mail": "arn:…", "Notes": { "TopicArn": 7 }, "Key": { "Name": "k" },
        "Odd": { "Name": "t" },
    });
    shown("file_wrong", &play.import(&file, &["--yes"]).ended(2));
    assert!(play.server.writes().is_empty());
}

#[test]
fn a_file_that_is_none_is_refused() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    let run = |name: &str| play.run(&["import", "shop", "--yes", "--resources", name]).ended(2);
    run("nowhere.json").told("cannot read nowhere.json").told("`--write-resources` makes one");
    for (name, text, says) in [
        ("broken.json", "{\"Files\": ", "broken.json:1:"),
        ("broken.yaml", "Files: [\n", "broken.yaml:"),
        ("text.yaml", "Files\n", "it is neither a mapping nor a list"),
        ("empty.json", "{}", "names no resource"),
        ("empty.yaml", "\n", "names no resource"),
        ("item.json", "[{\"LogicalResourceId\": \"Files\"}]", "an item has no `ResourceIdentifier`"),
    ] {
        play.file(name, text);
        run(name).told(says).told("help: it names constructs or logical ids");
    }
    let other = json!([{ "ResourceType": "AWS::SNS::Topic", "LogicalResourceId": "Files", "ResourceIdentifier": {} }]);
    play.import(&other, &["--yes"]).ended(2).told("the file says AWS::SNS::Topic, the definitions AWS::S3::Bucket");
}

#[test]
fn a_stack_into_which_nothing_can_be_imported_says_so() {
    let play = Play::new(&shop(&json!({})));
    play.run(&["import", "shop"]).ended(2).told("shop has nothing new: all that is defined is in the stack");
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    play.server.model().identifiers = Some(BTreeMap::new());
    let run = play.run(&["import", "shop"]).ended(2);
    run.told("nothing that is new in shop can be imported").told("Files (AWS::S3::Bucket)");
    play.run(&["import", "s*p"]).ended(2);
    play.run(&["import", "shpo"]).ended(2).told("no stack is named by `shpo`");
}

#[test]
fn a_stack_that_is_stuck_says_how_it_gets_out() {
    for (status, way) in [
        ("UPDATE_ROLLBACK_FAILED", "`recover shop`"),
        ("UPDATE_FAILED", "`recover shop`"),
        ("ROLLBACK_COMPLETE", "`recover shop` deletes what is left of it"),
    ] {
        let play = Play::new(&shop(&json!({ "Files": bucket() })));
        play.server.model().stack("shop").status = status.into();
        play.import(&files(), &["--yes"]).ended(2).told(status).told(way);
        assert!(play.server.writes().is_empty());
    }
}

#[test]
fn a_change_set_that_is_refused_leaves_nothing_behind() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    play.server.refuse("shop", "Bucket not found", Vec::new());
    shown("change_set_refused", &play.import(&files(), &["--yes"]).ended(3));
    play.nothing_was_changed();
    let play = Play::empty(&shop(&json!({ "Files": bucket() })));
    play.server.refuse("shop", "Bucket not found", Vec::new());
    play.import(&files(), &["--yes"]).ended(3);
    assert_eq!(play.status(), "-");
}

#[test]
fn what_somebody_else_does_meanwhile_is_not_built_upon() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    let busy = "Stack:shop is in UPDATE_IN_PROGRESS state and can not be updated.";
    play.server.fault(On::first("CreateChangeSet"), Fault::answer(400, "ValidationError", busy));
    play.import(&files(), &["--yes"]).ended(2).told("somebody else changed the stack meanwhile");
    play.nothing_was_changed();
}

// ------------------------------------------------------------------------------------------------------- what fails

#[test]
fn an_import_that_fails_is_rolled_back_and_tells_the_cause() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    play.server.next("shop", Script::fails("Files", "The bucket is in another region"));
    shown("failed", &play.import(&files(), &["--yes"]).ended(3));
    assert_eq!((play.status(), play.template()), ("IMPORT_ROLLBACK_COMPLETE".into(), deployed()));
    play.import(&files(), &["--yes"]).done();
}

#[test]
fn a_stack_that_a_failed_import_made_is_removed() {
    let play = Play::empty(&shop(&json!({ "Files": bucket() })));
    play.server.next("shop", Script::fails("Files", "The bucket is in another region"));
    play.import(&files(), &["--yes"]).ended(3).told("The bucket is in another region");
    assert_eq!(play.status(), "-");
}

// ----------------------------------------------------------------------------------------------------- a file to fill in

#[test]
fn a_file_to_fill_in_has_what_the_definitions_say() {
    let play = Play::new(&shop(&json!({
        "Files": bucket(), "News": { "Type": "AWS::SNS::Topic", "DeletionPolicy": "Retain" },
        "Odd": { "Type": "Custom::Odd", "Properties": { "ServiceToken": "arn:aws:lambda:us-east-1:111111111111:function:f" } },
    })));
    let read = |name: &str| std::fs::read_to_string(play.folder().join(name)).unwrap();
    play.run(&["import", "shop", "--write-resources", "resources.yaml"]).done().told("--resources resources.yaml");
    let text = "# What stands here is imported: take out what is not to be.\n# AWS::S3::Bucket\nFiles:\n  BucketName: \
                \"my-files\"\n# AWS::SNS::Topic\nNews:\n  TopicArn: \"\"\n";
    assert_eq!(read("resources.yaml"), text);
    play.run(&["import", "shop", "--yes", "--resources", "resources.yaml"])
        .ended(2)
        .told("News: `TopicArn` has no value");
    play.file("resources.yaml", &text.replace("\"\"", "arn:aws:sns:us-east-1:111111111111:news"));
    play.run(&["import", "shop", "--write-resources", "all.json"]).done();
    let json: Value = serde_json::from_str(&read("all.json")).unwrap();
    assert_eq!(json, json!({ "Files": { "BucketName": "my-files" }, "News": { "TopicArn": "" } }));
    assert!(play.server.writes().is_empty());
    play.run(&["import", "shop", "--yes", "--resources", "resources.yaml"]).done();
}

// ------------------------------------------------------------------------------------------------------- the emulator

#[test]
fn a_bucket_is_adopted_and_the_rest_deployed_afterwards() {
    let account = Emulator::account();
    let aws = Emulator::get().aws(&account);
    let name = format!("adopted-{account}");
    aws.done(aws.s3.create_bucket().bucket(&name).send());
    let queue = json!({ "Type": "AWS::SQS::Queue" });
    let bucket = json!({ "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": { "BucketName": name } });
    let definitions = Definitions::new(&json!([{ "path": "shop", "resources": { "Jobs": queue } }]));
    let run = |args: &[&str]| -> Run {
        let isolated = |program: &_, folder: &_| Emulator::get().command(program, folder, &account);
        definitions.program(isolated).args(args).output().unwrap().into()
    };
    run(&["deploy"]).done();
    let all = json!({ "Jobs": queue, "Files": bucket, "News": { "Type": "AWS::SNS::Topic" } });
    definitions.replace(&json!([{ "path": "shop", "tags": { "team": "shop" }, "resources": all,
        "outputs": { "Bucket": { "Ref": "Files" } } }]));
    let file = |name: &str| {
        let text = json!({ "Files": { "BucketName": name } }).to_string();
        std::fs::write(definitions.0.path().join("resources.json"), text).unwrap();
        run(&["import", "shop", "--yes", "--resources", "resources.json"])
    };
    file("not-there").ended(3).told("Bucket not found");
    file(&name).done().told("Files (AWS::S3::Bucket) joins the stack").told("shop   imported");
    assert_eq!(aws.status("shop"), "IMPORT_COMPLETE");
    assert_eq!(aws.resources("shop")["Files"], name);
    run(&["deploy", "--yes"]).done().told("shop   updated");
    run(&["drift", "shop"]).done();
    assert_eq!(aws.outputs("shop")["Bucket"], name);
}

#[test]
fn a_stack_is_made_of_what_is_there() {
    let account = Emulator::account();
    let aws = Emulator::get().aws(&account);
    let name = format!("founding-{account}");
    aws.done(aws.s3.create_bucket().bucket(&name).send());
    let bucket = json!({ "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": { "BucketName": name } });
    let definitions =
        Definitions::new(&json!([{ "path": "shop", "tags": { "team": "shop" }, "resources": { "Files": bucket },
        "outputs": { "Bucket": { "Ref": "Files" } } }]));
    let run = |args: &[&str]| -> Run {
        let isolated = |program: &_, folder: &_| Emulator::get().command(program, folder, &account);
        definitions.program(isolated).args(args).output().unwrap().into()
    };
    run(&["import", "shop", "--write-resources", "resources.yaml"]).done();
    let again = run(&["import", "shop", "--write-resources", "resources.yaml"]).ended(2);
    run(&["import", "shop", "--write-resources", "."]).ended(2).told("is there already; nothing was written");
    again.told("resources.yaml is there already; nothing was written").told("help: give another name, or move it away");
    run(&["import", "shop", "--resources", "resources.yaml"]).ended(2).told("needs approval");
    assert_eq!(aws.status("shop"), "-", "nothing is left of what was not approved");
    run(&["import", "shop", "--yes", "--resources", "resources.yaml"]).done();
    assert_eq!(aws.status("shop"), "IMPORT_COMPLETE");
    run(&["deploy"]).done().told("shop   updated");
    assert_eq!(aws.stack("shop").unwrap().tags().len(), 1);
}

#[test]
fn a_program_is_told_why_an_import_is_refused() {
    let play = Play::new(&shop(&json!({ "Files": bucket() })));
    play.server.refuse("shop", "Bucket not found", Vec::new());
    let run = play.import(&files(), &["--yes", "--json"]).ended(3);
    let ended = run.out.lines().find(|line| line.contains("\"event\":\"ended\"")).unwrap();
    let ended: Value = serde_json::from_str(ended).unwrap();
    assert_eq!(ended["reasons"], json!(["CloudFormation says: Bucket not found"]));
}
