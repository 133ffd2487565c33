//! Refactorings, carried out.

use serde_json::{Value, json};

use crate::deploy::emulator::Emulator;
use crate::deploy::faults::masked;
use crate::deploy::scripted::{Fault, On, RefactorScript, Server};
use crate::deploy::terminal::typed;
use crate::deploy::{Definitions, Run};
use crate::program::snapshot;

const ACCOUNT: &str = "111111111111";

fn queue(delay: u32) -> Value {
    json!({ "Type": "AWS::SQS::Queue", "Properties": { "DelaySeconds": delay } })
}

fn topic() -> Value {
    json!({ "Type": "AWS::SNS::Topic" })
}

/// Stacks of the account.
fn stacks(all: &Value) -> Value {
    let one =
        |(path, resources): (&String, &Value)| json!({ "path": path, "account": ACCOUNT, "resources": resources });
    all.as_object().unwrap().iter().map(one).collect()
}

/// A server on which the program itself deployed stacks, and what they are defined as now.
struct Play {
    server: Server,
    definitions: Definitions,
}

impl Play {
    fn new(before: &Value, after: &Value) -> Self {
        let play = Self { server: Server::start(ACCOUNT), definitions: Definitions::new(before) };
        play.run(&["deploy", "--yes"]).done();
        play.definitions.replace(after);
        play
    }

    /// One stack, in which a queue has another name and nothing else differs.
    fn renamed() -> Self {
        let of = |id: &str| stacks(&json!({ "shop": { id: queue(1), "News": topic() } }));
        Self::new(&of("Jobs"), &of("Work"))
    }

    /// Two stacks, of which one gets a queue from the other.
    fn split() -> Self {
        let before = json!({ "app": { "Jobs": queue(1), "News": topic() }, "data": { "Other": queue(2) } });
        let after = json!({ "app": { "News": topic() }, "data": { "Other": queue(2), "Jobs": queue(1) } });
        Self::new(&stacks(&before), &stacks(&after))
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = self.server.fixture(&self.definitions);
        command.args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        self.command(args).output().unwrap().into()
    }

    /// The physical id of a resource.
    fn physical(&self, stack: &str, id: &str) -> Option<String> {
        self.server.model().stack(stack).content.resources.get(id).map(|resource| resource.physical.clone())
    }

    fn writes(&self) -> Vec<String> {
        self.server.writes().into_iter().filter(|action| action.contains("Refactor")).collect()
    }
}

#[track_caller]
fn shown(name: &str, run: &Run) {
    snapshot(&format!("refactor_{name}"), &masked(run));
}

// ------------------------------------------------------------------------------------------------------ what succeeds

#[test]
fn a_renamed_resource_is_the_same_one_afterwards() {
    let play = Play::renamed();
    let before = play.physical("shop", "Jobs");
    shown("plan", &play.run(&["refactor", "--plan"]).done());
    assert!(play.writes().is_empty());
    shown("renamed", &play.run(&["refactor", "--yes"]).done());
    assert_eq!((play.physical("shop", "Work"), play.physical("shop", "Jobs")), (before, None));
    play.run(&["deploy"]).done().told("shop   unchanged");
    assert_eq!(play.server.count("CreateChangeSet"), 1, "the next deployment finds nothing to do");
    play.run(&["refactor", "--yes"]).done().told("nothing has moved");
}

#[test]
fn a_resource_moves_to_another_stack_with_what_refers_to_it() {
    let play = Play::split();
    let before = play.physical("app", "Jobs");
    shown("split", &play.run(&["refactor", "--yes"]).done());
    assert_eq!((play.physical("data", "Jobs"), play.physical("app", "Jobs")), (before, None));
    play.run(&["deploy"]).done().told("app    unchanged").told("data   unchanged");
}

#[test]
fn a_stack_is_created_for_what_moves_into_it() {
    let before = stacks(&json!({ "app": { "Jobs": queue(1), "News": topic() } }));
    let mut after = stacks(&json!({ "app": { "News": topic() }, "data": { "Jobs": queue(1), "New": queue(3) } }));
    after[1]["tags"] = json!({ "team": "data" });
    let play = Play::new(&before, &after);
    let id = play.physical("app", "Jobs");
    shown("new_stack_plan", &play.run(&["refactor", "--plan"]).done());
    shown("new_stack", &play.run(&["refactor", "--yes"]).done());
    assert_eq!(play.physical("data", "Jobs"), id);
    play.run(&["deploy"]).done().told("data   updated");
    assert_eq!(play.physical("data", "Jobs"), id);
}

#[test]
fn diff_says_of_what_moves_to_another_stack_that_a_second_one_would_be_made() {
    let run = Play::split().run(&["diff"]).done();
    assert!(run.out.contains("! at risk: Jobs (AWS::SQS::Queue) is new in data: a second one is made"), "{}", run.out);
    assert!(run.out.contains("help: `refactor` moves it there as it is, before `deploy`"), "{}", run.out);
}

#[test]
fn only_the_stacks_that_are_named_are_looked_at() {
    let play = Play::split();
    play.run(&["refactor", "--yes", "app"]).done().told("nothing has moved");
    assert!(play.writes().is_empty());
    play.run(&["refactor", "--yes", "ap"]).ended(2).told("no stack is named by `ap`");
}

#[test]
fn what_else_differs_is_left_to_deploy() {
    let play = Play::renamed();
    play.definitions.replace(&stacks(&json!({ "shop": { "Work": queue(1), "Mail": topic(), "New": queue(7) } })));
    let run = play.run(&["refactor", "--yes"]).done();
    assert!(run.out.contains("next: fixture deploy shop   # what else differs\n"), "{}", run.out);
    assert_eq!(play.server.model().stack("shop").content.resources.len(), 2);
}

#[test]
fn who_imports_under_the_old_name_is_to_be_deployed_first() {
    let shop = |id: &str| {
        let mut stacks = stacks(&json!({ "net": { id: queue(1) }, "web": { "Url": { "Type": "AWS::SSM::Parameter",
            "Properties": { "Type": "String", "Value": { "Ref": format!("net:{id}") } } } } }));
        stacks[1]["needs"] = json!(["net"]);
        stacks
    };
    let play = Play::new(&shop("Jobs"), &shop("Work"));
    shown("exports_plan", &play.run(&["refactor", "--plan"]).done());
    let run = play.run(&["refactor", "--yes"]).done();
    assert!(
        run.out.contains("next: fixture deploy --exclusively web   # they import under old names\n"),
        "{}",
        run.out
    );
    assert!(run.out.contains("next: fixture deploy net   # what else differs\n"), "{}", run.out);
    play.run(&["deploy", "--exclusively", "web"]).done().told("web    updated");
    play.run(&["deploy"]).done().told("net    updated").told("web    unchanged");
}

#[test]
fn stacks_that_are_busy_for_a_moment_longer_are_waited_for() {
    let play = Play::renamed();
    play.server.next_refactor(RefactorScript { polls: 2, busy: 2, ..RefactorScript::default() });
    play.run(&["refactor", "--yes"]).done();
    play.run(&["deploy"]).done().told("shop   unchanged");
}

#[test]
fn a_lost_answer_is_no_failure() {
    for action in ["CreateStackRefactor", "DescribeStackRefactor", "ListStackRefactorActions", "ExecuteStackRefactor"] {
        for fault in [Fault::DoAndDrop, Fault::Drop, Fault::answer(503, "ServiceUnavailable", "Later")] {
            let play = Play::renamed();
            let before = play.physical("shop", "Jobs");
            play.server.fault(On::first(action), fault);
            play.run(&["refactor", "--yes"]).done();
            assert_eq!(play.physical("shop", "Work"), before, "{action}");
        }
    }
}

#[test]
fn events_tell_what_moves() {
    let play = Play::split();
    let run = play.run(&["refactor", "--yes", "--json"]).done();
    let events: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&events[0]["event"], &events[0]["command"]), (&json!("plan"), &json!("refactor")));
    let moves = json!([{ "construct": "Jobs", "resourceType": "AWS::SQS::Queue",
        "from": { "stack": "app", "logicalId": "Jobs" }, "to": { "stack": "data", "logicalId": "Jobs" } }]);
    assert_eq!(events[1], json!({ "event": "moves", "moves": moves }));
    let ended: Vec<&Value> = events.iter().filter(|event| event["event"] == "ended").collect();
    assert_eq!(ended.iter().map(|event| &event["outcome"]).collect::<Vec<_>>(), ["refactored", "refactored"]);
}

// --------------------------------------------------------------------------------------------------- what is refused

#[test]
fn a_person_is_asked_and_without_one_nothing_is_moved() {
    let play = Play::renamed();
    shown("unapproved", &play.run(&["refactor"]).ended(2));
    typed(&play.command(&["refactor"]), "n\n").ended(2).told("move 1 resource? [y/N]").told("nothing was moved");
    assert!(play.writes().is_empty());
    typed(&play.command(&["refactor"]), "y\n").done();
    assert_eq!(play.writes(), ["CreateStackRefactor", "ExecuteStackRefactor"]);
}

#[test]
fn what_stands_in_the_way_is_told_before_anything_is_made() {
    let play = Play::split();
    play.server.model().stack("data").policy = Some("{}".into());
    play.server.model().stack("app").status = "UPDATE_ROLLBACK_FAILED".into();
    shown("blocked_plan", &play.run(&["refactor", "--plan"]).done());
    shown("blocked", &play.run(&["refactor", "--yes"]).ended(2));
    assert!(play.writes().is_empty());
}

#[test]
fn resources_that_are_alike_are_told() {
    let before = stacks(&json!({ "shop": { "A": topic(), "B": topic() } }));
    let after = stacks(&json!({ "shop": { "C": topic(), "D": topic() } }));
    shown("alike", &Play::new(&before, &after).run(&["refactor", "--yes"]).done());
}

#[test]
fn a_type_that_cannot_be_moved_is_told_with_the_other_way() {
    let play = Play::renamed();
    let id = play.server.model().stack("shop").id.clone();
    let why = format!(
        "{id}: Stack Refactor does not support AWS::SQS::Queue because the resource type does not allow tag updates."
    );
    play.server.next_refactor(RefactorScript { refused: Some(why), ..RefactorScript::default() });
    shown("unsupported_type", &play.run(&["refactor", "--yes"]).ended(2));
    assert_eq!(play.writes(), ["CreateStackRefactor"]);
    assert!(play.physical("shop", "Jobs").is_some());
}

#[test]
fn a_stack_that_was_to_be_created_is_not_left_as_a_name() {
    let before = stacks(&json!({ "app": { "Jobs": queue(1), "News": topic() } }));
    let after = stacks(&json!({ "app": { "News": topic() }, "data": { "Jobs": queue(1) } }));
    let play = Play::new(&before, &after);
    play.server.next_refactor(RefactorScript { refused: Some("No".into()), ..RefactorScript::default() });
    play.run(&["refactor", "--yes"]).ended(2).told("CloudFormation says: No");
    assert!(play.server.model().find("data").is_none());
}

#[test]
fn a_service_without_refactorings_is_told_with_the_other_way() {
    let play = Play::renamed();
    let unknown = Fault::answer(400, "InvalidAction", "Could not find operation CreateStackRefactor");
    play.server.fault(On::first("CreateStackRefactor"), unknown);
    shown("no_service", &play.run(&["refactor", "--yes"]).ended(2));
    let play = Play::split();
    play.server.fault(On::first("CreateStackRefactor"), Fault::answer(400, "InvalidAction", "Unknown"));
    play.run(&["refactor", "--yes"]).ended(2).told("leave the resource in its stack");
}

#[test]
fn more_than_was_approved_is_not_executed() {
    let play = Play::renamed();
    let also = Some(("News".to_owned(), "Mail".to_owned()));
    play.server.next_refactor(RefactorScript { also, ..RefactorScript::default() });
    shown("more_than_approved", &play.run(&["refactor", "--yes"]).ended(2));
    assert_eq!(play.writes(), ["CreateStackRefactor"]);
}

#[test]
fn every_page_of_what_it_would_do_is_looked_at() {
    let play = Play::renamed();
    play.server.model().page = 1;
    let also = Some(("News".to_owned(), "Mail".to_owned()));
    play.server.next_refactor(RefactorScript { also, ..RefactorScript::default() });
    play.run(&["refactor", "--yes"]).ended(2).told("something else than what was approved");
}

#[test]
fn a_missing_permission_is_told() {
    let play = Play::renamed();
    let denied = "User: test is not authorized to perform: cloudformation:CreateStackRefactor";
    play.server.fault(On::first("CreateStackRefactor"), Fault::answer(403, "AccessDenied", denied));
    play.run(&["refactor", "--yes"]).ended(3).told("not authorized").told("nothing was changed");
}

// ------------------------------------------------------------------------------------------------------- what fails

#[test]
fn a_refactoring_that_fails_is_told_with_how_it_was_left() {
    let ends = |status: &str, why: &str| {
        let play = Play::split();
        let ends = Some((status.to_owned(), why.to_owned()));
        play.server.next_refactor(RefactorScript { ends, ..RefactorScript::default() });
        let run = play.run(&["refactor", "--yes"]).ended(3);
        assert!(play.physical("app", "Jobs").is_some());
        run
    };
    shown("rolled_back", &ends("ROLLBACK_COMPLETE", "The resource type defines an unsupported tag schema."));
    ends("ROLLBACK_FAILED", "The way back is closed").told("failed, and so did rolling it back").told("`recover`");
    ends("OBSOLETE", "Stack was updated").told("somebody changed one of the stacks meanwhile");
    ends("EXECUTE_FAILED", "No").told("the refactoring failed (EXECUTE_FAILED)").told("CloudFormation says: No");
}

#[test]
fn one_that_fails_does_not_stop_the_others() {
    let of = |one: &str, two: &str| stacks(&json!({ "a": { one: queue(1) }, "b": { two: queue(2) } }));
    let play = Play::new(&of("A", "B"), &of("C", "D"));
    play.server.next_refactor(RefactorScript { refused: Some("No".into()), ..RefactorScript::default() });
    play.run(&["refactor", "--yes"]).ended(3).told("a      refused").told("b      refactored");
    assert!(play.physical("b", "D").is_some());
}

#[test]
fn the_emulator_has_no_refactorings() {
    let account = Emulator::account();
    let of = |id: &str| json!([{ "path": "shop", "resources": { id: queue(1), "News": topic() } }]);
    let definitions = Definitions::new(&of("Jobs"));
    let run = |args: &[&str]| -> Run {
        let isolated = |program: &_, folder: &_| Emulator::get().command(program, folder, &account);
        definitions.program(isolated).args(args).output().unwrap().into()
    };
    run(&["deploy"]).done();
    definitions.replace(&of("Work"));
    run(&["refactor", "--plan"]).done().told("shop/Jobs → shop/Work");
    run(&["refactor", "--yes"])
        .ended(2)
        .told("CloudFormation has no stack refactoring here")
        .told(".moved_from(\"Old/Path\")");
}
