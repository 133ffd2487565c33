//! Outputs in a real shell, from stacks that were really deployed; secrets are nowhere.

use std::process::Command;

use serde_json::{Value, json};

use super::emulator::Emulator;
use super::{Definitions, Run};

const SECRET: &str = "correct-horse-battery-staple";

pub(super) struct Play {
    pub(super) definitions: Definitions,
    account: String,
}

impl Play {
    pub(super) fn new(stacks: &Value) -> Self {
        Self { definitions: Definitions::new(stacks), account: Emulator::account() }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command =
            self.definitions.program(|program, folder| Emulator::get().command(program, folder, &self.account));
        command.args(args);
        command
    }

    pub(super) fn account(&self) -> &str {
        &self.account
    }

    pub(super) fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }
}

fn shop() -> Value {
    json!([{ "path": "shop", "parameters": {
        "Password": { "type": "String", "noEcho": true },
        "Greeting": { "type": "String", "default": "it's \"here\" $HOME `id`" },
    }, "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } }, "outputs": {
        "QueueUrl": { "Ref": "Jobs" },
        "Greeting": { "Ref": "Greeting" },
        "Zones": { "Fn::Join": [",", ["us-east-1a", "us-east-1b"]] },
    } }])
}

/// The stack as another tool may have made it: with an output that shows what is hidden.
fn careless() -> Value {
    json!({
        "Parameters": { "Password": { "Type": "String", "NoEcho": true, "Default": SECRET } },
        "Resources": { "Jobs": { "Type": "AWS::SQS::Queue" } },
        "Outputs": {
            "QueueUrl": { "Value": { "Ref": "Jobs" } },
            "Secret": { "Value": { "Fn::Sub": "x${Password}" } },
        },
    })
}

#[test]
fn outputs_are_evaluated_by_a_shell_in_both_styles_and_unset_again() {
    let play = Play::new(&shop());
    let password = format!("Password={SECRET}");
    play.run(&["deploy", "--yes", "--parameters", &password]).done();
    let script = "
        eval \"$(\"$PROGRAM\" outputs shop --format env)\"
        printf '%s\\n' \"$QUEUE_URL\" \"$QueueUrl\" \"$GREETING\" \"$ZONES\"
        eval \"$(\"$PROGRAM\" outputs shop --format unset)\"
        printf '%s\\n' \"${QUEUE_URL-none}\" \"${QueueUrl-none}\"";
    let program = play.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("PROGRAM", program.get_program()).current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let run: Run = shell.output().unwrap().into();
    let run = run.done();
    let url = play.run(&["outputs", "shop", "--get", "QUEUE_URL"]).done().out;
    let url = url.trim();
    assert!(url.ends_with("Jobs") || url.contains("shop-Jobs"), "{url}");
    assert_eq!(
        run.out.lines().collect::<Vec<_>>(),
        [url, url, "it's \"here\" $HOME `id`", "\"us-east-1a\", \"us-east-1b\"", "none", "none"]
    );
}

#[test]
fn a_secret_that_a_stack_of_another_tool_gives_is_left_out() {
    let play = Play::new(&shop());
    Emulator::get().aws(&play.account).deploy("shop", &careless());
    for format in ["table", "json", "env", "unset", "github"] {
        let run = play.run(&["outputs", "--format", format]).done();
        assert!(!run.out.contains(SECRET) && !run.err.contains(SECRET), "{format}: {}{}", run.out, run.err);
    }
    assert!(play.run(&["outputs"]).done().out.contains("(hidden)"));
    assert_eq!(play.run(&["outputs", "--format", "env"]).done().err, "Secret of shop is a secret, and left out\n");
    play.run(&["outputs", "--get", "Secret"]).ended(2).told("secrets are never printed");
}

#[test]
fn a_secret_is_in_no_output_no_file_and_no_event() {
    let play = Play::new(&shop());
    let password = format!("Password={SECRET}");
    let deployed =
        play.run(&["deploy", "--json", "--yes", "--parameters", &password, "--outputs-file", "outputs.json"]).done();
    let file = std::fs::read_to_string(play.definitions.0.path().join("outputs.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&file).unwrap()["shop"]["Zones"], "us-east-1a,us-east-1b");
    let mut said = vec![deployed.out, deployed.err, file];
    for format in ["table", "json", "env", "unset", "github"] {
        let run = play.run(&["outputs", "--format", format]).done();
        said.extend([run.out, run.err]);
    }
    assert!(said.iter().all(|text| !text.contains(SECRET)), "{said:?}");
}

#[test]
fn every_event_has_the_fields_that_are_documented_for_it() {
    let documented = include_str!("../../docs/events.md");
    let rows = documented.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows: Vec<(&str, &str)> = rows.filter_map(|row| row.split_once("` | ")).collect();
    let play = Play::new(&shop());
    let deployed = play.run(&["deploy", "--json", "--yes", "--parameters", "Password=none"]).done();
    let destroyed = play.run(&["destroy", "shop", "--json", "--yes"]).done();
    let mut seen = std::collections::BTreeSet::new();
    for line in deployed.out.lines().chain(destroyed.out.lines()) {
        let event: Value = serde_json::from_str(line).unwrap();
        let name = event["event"].as_str().unwrap().to_owned();
        let (_, fields) = rows.iter().find(|(event, _)| *event == name).unwrap_or_else(|| panic!("{line}"));
        for field in event.as_object().unwrap().keys().filter(|field| *field != "event") {
            assert!(fields.contains(&format!("`{field}`")), "{field} of {line}");
        }
        seen.insert(name);
    }
    for event in ["plan", "phase", "changes", "ended"] {
        assert!(seen.contains(event), "{event}");
    }
}

#[test]
fn a_parameter_without_a_value_is_asked_for_before_anything_is_done() {
    let play = Play::new(&shop());
    play.run(&["deploy", "--yes"])
        .ended(2)
        .told("a parameter has no value: Password")
        .told("give --parameters shop:Password=…");
    play.run(&["deploy", "--yes", "--parameters", "Pasword=x"])
        .ended(2)
        .told("no stack that is deployed here has a parameter `Pasword`")
        .told("there are: Password, Greeting");
    assert_eq!(Emulator::get().aws(&play.account).status("shop"), "-");
}
