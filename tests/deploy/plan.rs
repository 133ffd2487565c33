//! Which stacks a command is about, and in which order: no AWS.

use formwork::deploy::{Ended, Plan, Stop, walk};

/// network ◀ data ◀ web; network ◀ jobs; and one that stands alone.
fn app() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("shop/network", vec![]),
        ("shop/alone", vec![]),
        ("shop/data", vec!["shop/network"]),
        ("shop/jobs", vec!["shop/network"]),
        ("shop/web", vec!["shop/data"]),
    ]
}

fn wanted<'a>(paths: &'a [&'a str]) -> impl Fn(&str) -> bool + 'a {
    move |path| paths.contains(&path)
}

fn paths(plan: &Plan<'_>) -> Vec<String> {
    plan.paths().map(str::to_owned).collect()
}

#[test]
fn deploying_a_stack_deploys_what_it_needs_before_it() {
    let app = app();
    let plan = Plan::deploy(&app, wanted(&["shop/web"]), false);
    assert_eq!(paths(&plan), ["shop/network", "shop/data", "shop/web"]);
    assert_eq!(plan.drawn_in().collect::<Vec<_>>(), ["shop/network", "shop/data"]);
    assert_eq!(plan.steps[2].after, [1]);
}

#[test]
fn deploying_exclusively_leaves_out_what_is_needed() {
    let app = app();
    assert_eq!(paths(&Plan::deploy(&app, wanted(&["shop/web"]), true)), ["shop/web"]);
}

#[test]
fn a_stack_waits_for_one_that_it_needs_through_another_that_is_left_out() {
    let app = app();
    let plan = Plan::deploy(&app, wanted(&["shop/network", "shop/web"]), true);
    assert_eq!(paths(&plan), ["shop/network", "shop/web"]);
    assert_eq!(plan.steps[1].after, [0]);
}

#[test]
fn destroying_a_stack_destroys_what_needs_it_before_it() {
    let app = app();
    let plan = Plan::destroy(&app, wanted(&["shop/network"]), false);
    assert_eq!(paths(&plan), ["shop/web", "shop/jobs", "shop/data", "shop/network"]);
    assert_eq!(plan.steps[3].after, [1, 2]);
    assert_eq!(plan.steps[2].after, [0]);
    assert_eq!(plan.drawn_in().count(), 3);
}

#[test]
fn destroying_exclusively_leaves_the_others_alone() {
    let app = app();
    assert_eq!(paths(&Plan::destroy(&app, wanted(&["shop/network"]), true)), ["shop/network"]);
}

#[test]
fn nothing_wanted_is_an_empty_plan() {
    assert_eq!(Plan::deploy(&app(), |_| false, false).steps, []);
}

/// Walks on a runtime of its own; `run` fails for the steps of `failing`, and says in which order steps began and ended.
fn walked(after: &[&[usize]], together: usize, failing: &[usize]) -> (Vec<Ended<usize, &'static str>>, Vec<String>) {
    let log = std::cell::RefCell::new(Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let ended = runtime.block_on(walk(after, together, &Stop::default(), |index| {
        let log = &log;
        async move {
            log.borrow_mut().push(format!("{index} begins"));
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            log.borrow_mut().push(format!("{index} ends"));
            if failing.contains(&index) { Err("broken") } else { Ok(index) }
        }
    }));
    (ended, log.into_inner())
}

#[test]
fn all_that_waits_for_nothing_begins_at_once() {
    let (ended, log) = walked(&[&[], &[], &[0, 1]], 8, &[]);
    assert_eq!(log, ["0 begins", "1 begins", "0 ends", "1 ends", "2 begins", "2 ends"]);
    assert_eq!(ended, [Ended::Done(0), Ended::Done(1), Ended::Done(2)]);
}

#[test]
fn no_more_begin_together_than_may() {
    let (_, log) = walked(&[&[], &[], &[]], 1, &[]);
    assert_eq!(log, ["0 begins", "0 ends", "1 begins", "1 ends", "2 begins", "2 ends"]);
}

#[test]
fn a_failure_stops_those_that_wait_for_it_and_no_other() {
    let (ended, _) = walked(&[&[], &[], &[0], &[2], &[1]], 8, &[0]);
    assert_eq!(ended, [Ended::Failed("broken"), Ended::Done(1), Ended::Skipped(0), Ended::Skipped(0), Ended::Done(4)]);
}

#[test]
fn what_waits_for_two_failures_is_skipped_because_of_the_first() {
    let (ended, _) = walked(&[&[], &[], &[0, 1]], 8, &[0, 1]);
    assert_eq!(ended[2], Ended::Skipped(0));
}

#[test]
fn nothing_begins_once_it_is_told_to_stop() {
    let stop = Stop::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ended = runtime.block_on(walk(&[&[], &[0], &[]], 1, &stop, |index| {
        stop.tell();
        async move { Ok::<usize, ()>(index) }
    }));
    assert_eq!(ended, [Ended::Done(0), Ended::NotStarted, Ended::NotStarted]);
}

#[test]
fn ten_thousand_steps_in_a_row_are_walked() {
    let before: Vec<Vec<usize>> = (0..10_000_usize).map(|index| index.checked_sub(1).into_iter().collect()).collect();
    let after: Vec<&[usize]> = before.iter().map(Vec::as_slice).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ended = runtime.block_on(walk(&after, 8, &Stop::default(), |index| async move {
        if index == 0 { Err(()) } else { Ok(index) }
    }));
    assert_eq!(ended[9_999], Ended::Skipped(0));
}
