//! Runbooks: listed, printed as they are, and with the outputs of stacks that were really deployed.

use serde_json::{Value, json};

use super::shell::Play;
use crate::program::snapshot;

const SEND: &str = "Send a job to the queue of {{jobs/dev/queue:Name}}:\n\n    aws sqs send-message --queue-url '{{QueueUrl}}' \
                    --message-body '{{Greeting}}'\n\nSee `docker inspect --format '{{.Id}}'`.\n";

fn jobs() -> Value {
    json!([
        {
            "path": "jobs/dev/queue", "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } },
            "outputs": {
                "QueueUrl": { "Ref": "Jobs" }, "Greeting": "it's \"here\" $HOME", "Name": "the jobs",
                "Later": { "Fn::GetAtt": ["Jobs", "Arn"] },
            },
            "runbooks": {
                "send": { "title": "Send a job", "text": SEND },
                "wait": { "title": "Wait", "text": "Nothing to fill in." },
            },
        },
        { "path": "jobs/dev/topic", "resources": { "Topic": { "Type": "AWS::SNS::Topic" } }, "outputs": { "Arn": { "Ref": "Topic" } },
          "runbooks": { "both": { "title": "Use both", "text": "{{Arn}} {{jobs/dev/queue:QueueUrl}}" } } },
        { "path": "jobs/dev/plain", "resources": { "Plain": { "Type": "AWS::SQS::Queue" } } },
    ])
}

#[test]
fn runbooks_are_listed_and_printed_without_aws() {
    let play = Play::new(&jobs());
    snapshot("runbook_list", &play.run(&["runbook"]).done().out);
    let offline = play.run(&["runbook", "jobs/dev/queue", "--offline"]).done();
    assert_eq!(offline.err, "");
    snapshot("runbook_offline", &offline.out);
    let one = play.run(&["runbook", "jobs/dev/queue#wait"]).done();
    assert_eq!((one.out.as_str(), one.err.as_str()), ("# Wait\n\nNothing to fill in.\n", ""));
}

#[test]
fn a_name_that_names_no_runbook_is_refused_with_those_there_are() {
    let play = Play::new(&jobs());
    let said = |name| play.run(&["runbook", name]).ended(2).err;
    assert_eq!(
        said("jobs/dev/queue#sned"),
        "error: `jobs/dev/queue` has no runbook `sned`\n  help: there are\n          jobs/dev/queue#send\n          jobs/dev/queue#wait\n"
    );
    assert!(said("jobs/dev/plain").starts_with("error: `jobs/dev/plain` has no runbook\n  help: there are\n"));
    assert!(said("jobs/dev/quuee").starts_with("error: no stack is named by `jobs/dev/quuee`\n"));
}

#[test]
fn the_outputs_of_a_deployed_stack_are_filled_in_ready_to_paste() {
    let play = Play::new(&jobs());
    let before = play.run(&["runbook", "jobs/dev/queue#send"]).done();
    assert_eq!(before.err, "jobs/dev/queue is not deployed: its outputs are not filled in\n");
    assert!(before.out.contains("--queue-url '<QueueUrl>' --message-body '<Greeting>'"), "{}", before.out);

    let deployed = play.run(&["deploy", "jobs/dev/queue", "jobs/dev/plain", "--yes"]).done();
    assert!(deployed.out.ends_with("next: fixture runbook jobs/dev/queue\n"), "{}", deployed.out);
    assert!(!play.run(&["deploy", "jobs/dev/queue", "--yes"]).done().out.contains("next:"));
    let url = play.run(&["outputs", "jobs/dev/queue", "--get", "QueueUrl"]).done().out;
    let run = play.run(&["runbook", "jobs/dev/queue#send"]).done();
    assert_eq!(run.err, "");
    let expected = format!(
        "# Send a job\n\nSend a job to the queue of the jobs:\n\n    aws sqs send-message --queue-url '{}' --message-body \
         'it's \"here\" $HOME'\n\nSee `docker inspect --format '{{{{.Id}}}}'`.\n",
        url.trim()
    );
    assert_eq!(run.out, expected);

    // What one stack has is filled in, though the other is not there.
    let both = play.run(&["runbook", "jobs/dev/topic"]).done();
    assert_eq!(both.err, "jobs/dev/topic is not deployed: its outputs are not filled in\n");
    assert_eq!(both.out, format!("# Use both\n\n<Arn> {}\n", url.trim()));
}

#[test]
fn an_output_that_the_deployed_stack_does_not_have_yet_is_said_and_not_filled_in() {
    let mut stacks = jobs();
    stacks[0]["runbooks"]["send"]["text"] = "{{Later}} {{Name}}".into();
    let play = Play::new(&stacks);
    let emulator = super::emulator::Emulator::get();
    let before = json!({
        "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } },
        "Outputs": { "Name": { "Value": "the jobs" } },
    });
    emulator.aws(play.account()).deploy("jobs-dev-queue", &before);
    let run = play.run(&["runbook", "jobs/dev/queue#send"]).done();
    assert_eq!(run.err, "Later of jobs/dev/queue is not there yet: deploy the stack again\n");
    assert_eq!(run.out, "# Send a job\n\n<Later> the jobs\n");
}

#[test]
fn the_manifest_lists_runbooks() {
    let play = Play::new(&jobs());
    play.run(&["synth"]).done();
    let manifest = std::fs::read_to_string(play.definitions.0.path().join("templates/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(manifest["stacks"][0]["runbooks"], json!(["send", "wait"]));
    assert!(manifest["stacks"][2].get("runbooks").is_none());
}
