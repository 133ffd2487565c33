//! Runbooks: their names, and the outputs that they name.

use formwork::cfn::sqs;
use formwork::{App, Env, Stack};

use super::{found, problems, told};

fn runbook(text: &str) -> String {
    found(|s| {
        queue(s);
        s.runbook("send", "Send a job", text);
    })
}

fn queue(s: &mut Stack) {
    let queue = s.add("Jobs", sqs::Queue::new());
    s.output("QueueUrl", queue);
}

#[test]
fn a_placeholder_is_an_output_of_the_stack() {
    assert_eq!(runbook("{{QueueUrl}} and {{ QueueUrl }}, not {{.Id}} or {{resolve:ssm:x:1}}"), "");
    insta::assert_snapshot!(runbook("{{QueueURI}} {{QueueURI}}"), @r"
    error[runbook]: the runbook `send` names an output `QueueURI`, which the stack does not have
      help: did you mean `QueueUrl`?
    ");
    insta::assert_snapshot!(runbook("{{Database_Host}}"), @r"
    error[runbook]: the runbook `send` names an output `Database_Host`, which the stack does not have
      help: it has `QueueUrl`; declare it with `s.output`
    ");
    let none = found(|s| {
        s.add("Jobs", sqs::Queue::new());
        s.runbook("send", "Send a job", "{{QueueUrl}}");
    });
    insta::assert_snapshot!(none, @r#"
    error[runbook]: the runbook `send` names an output `QueueUrl`, which the stack does not have
      help: it has no outputs: declare it, `s.output("QueueUrl", …)`
    "#);
}

#[test]
fn a_placeholder_may_name_another_stack_an_earlier_or_a_later_one() {
    let both = |text: &'static str| {
        told(&problems(|app| {
            app.stack("shop/jobs", Env::any(), |s| {
                queue(s);
                s.runbook("send", "Send a job", text);
            });
            app.stack("shop/web", Env::any(), queue);
        }))
    };
    assert_eq!(both("{{shop/web:QueueUrl}} {{shop/jobs:QueueUrl}}"), "");
    insta::assert_snapshot!(both("{{shop/wbe:QueueUrl}} {{shop/web:QueueUr}}"), @r"
    error[runbook]: the runbook `send` names a stack `shop/wbe`, which is not there
      help: did you mean `shop/web`?
    error[runbook]: the runbook `send` names an output `QueueUr`, which `shop/web` does not have
      help: did you mean `QueueUrl`?
    ");
}

#[test]
fn a_stack_that_is_not_asked_for_is_known_all_the_same() {
    let mut app = App::new();
    app.stack("jobs", Env::any(), |s| {
        queue(s);
        s.runbook("send", "Send a job", "{{web:QueueUrl}}");
    });
    app.stack("web", Env::any(), queue);
    assert_eq!(app.synth_only(|path| path == "jobs").unwrap().stacks.len(), 1);
}

#[test]
fn a_name_can_be_typed_and_is_there_once() {
    let named = |names: &[&str]| {
        found(|s| {
            queue(s);
            for name in names {
                s.runbook(*name, "Send a job", "");
            }
        })
    };
    assert_eq!(named(&["send", "send-again_2"]), "");
    insta::assert_snapshot!(named(&["send it"]), @r"
    error[runbook]: a runbook cannot be called `send it`
      help: its name is letters, digits, `-` and `_`: it is typed on a command line
    ");
    insta::assert_snapshot!(named(&["send", "send"]), @r"
    error[name-used-twice]: the runbook `send` is declared twice
      help: give one of them another name
    ");
}
