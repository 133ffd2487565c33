//! Change histories: modules of the financial data API, edited five times each. Before each step, what `diff` announces;
//! then the step is deployed to the emulator, and what its events say was done is the same.
//!
//! * `network` — rules, a renamed group, a flow log that comes, is replaced and goes
//! * `database` — an export that goes in two steps, an interruption, a replacement with all that follows it
//! * `storage` — a policy, a condition, a bucket that stays when it leaves, a queue under another id

mod api;
mod database;
mod network;
mod storage;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::{Capability, StackEvent};
use formwork::review::{self, Compared, PropertyReview, StackReview, Standing, Verb};
use formwork::synth::{Assembly, Synthesized};
use formwork::{App, Env};
use serde_json::Value;

use super::aws::Aws;
use super::emulator::Emulator;

use api::stage::Stage;

const STAGE: &Stage = &Stage::ALL[0];

/// Where the histories go: an account that is only known when they are deployed.
fn env() -> Env {
    Env::new("111111111111", "us-east-1")
}

/// What a step does: a stack, a construct, and what becomes of it.
type Done = (&'static str, &'static str, &'static str);

/// What becomes of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Created,
    Updated,
    Replaced,
    Deleted,
    /// It left its stack, and is still there.
    Kept,
}

impl Fate {
    const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Replaced => "replaced",
            Self::Deleted => "deleted",
            Self::Kept => "kept",
        }
    }
}

/// What was announced, by logical id: what becomes of it, of which one is sure to.
type Announced = BTreeMap<String, (Vec<Fate>, Sure)>;

/// Whether something is sure to be done, or only the deployment decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sure {
    Yes,
    No,
}

/// Plays a history: the definitions before the first step, and after each; and what each step is to do.
fn play(define: fn(&mut App, usize), steps: [&[Done]; 5]) {
    let aws = Emulator::get().aws(&Emulator::account());
    let mut deployed: BTreeMap<String, Value> = BTreeMap::new();
    for step in 0..=steps.len() {
        let mut app = App::new();
        define(&mut app, step);
        let assembly = app.synth().unwrap_or_else(|problems| panic!("{problems}"));
        let reviews = announced(&assembly, &deployed);
        let mut done: BTreeSet<(String, String, &str)> = BTreeSet::new();
        for (stack, review) in assembly.stacks.iter().zip(&reviews) {
            assert!(review.risks.iter().all(|risk| !risk.refused), "step {step}: {:?}", review.risks);
            let events = deploy(&aws, stack, review.standing);
            let (announced, happened) = (of_review(review), of_events(stack.name, &events));
            agree(step, stack.path, &announced, &happened);
            let construct = |id: &String| stack.origin(id).map_or_else(|| id.clone(), |origin| origin.construct);
            done.extend(happened.iter().map(|(id, fate)| (stack.path.to_owned(), construct(id), fate.word())));
            deployed.insert(stack.path.to_owned(), stack.to_value());
        }
        if let Some(expected) = step.checked_sub(1).map(|index| steps[index]) {
            let expected =
                expected.iter().map(|(stack, construct, word)| ((*stack).to_owned(), (*construct).to_owned(), *word));
            assert_eq!(done, expected.collect(), "step {step}");
        }
    }
}

/// What `diff` says of each stack.
fn announced(assembly: &Assembly<'_>, deployed: &BTreeMap<String, Value>) -> Vec<StackReview> {
    let review = |stack: &Synthesized<'_>| {
        let (after, origin) = (stack.to_value(), |id: &str| stack.origin(id));
        review::stack(&Compared {
            path: stack.path,
            before: deployed.get(stack.path),
            after: Some(&after),
            settings: [None, None],
            origin: &origin,
            importers: &|_| Vec::new(),
        })
    };
    assembly.stacks.iter().map(review).collect()
}

fn of_review(review: &StackReview) -> Announced {
    use formwork::diff::Fate::{Deleted, Retained, Snapshotted};
    let mut announced = Announced::new();
    let may_be: Vec<&String> =
        review.resources.iter().filter(|one| one.verb == Verb::MayReplace).map(|one| &one.construct).collect();
    for resource in &review.resources {
        // What only follows one that may be replaced need not change.
        let follows = |property: &PropertyReview| property.because_of.as_ref().is_some_and(|of| may_be.contains(&of));
        let sure = match resource.verb {
            Verb::MayRemove | Verb::MayReplace | Verb::MayAdd => Sure::No,
            Verb::Change if resource.properties.iter().all(follows) => Sure::No,
            _ => Sure::Yes,
        };
        let leaves = match resource.fate {
            Some(Retained) => Fate::Kept,
            Some(Deleted | Snapshotted) | None => Fate::Deleted,
        };
        let fates = match resource.verb {
            Verb::Add | Verb::Move => vec![Fate::Created],
            Verb::Remove => vec![leaves],
            Verb::Replace => vec![Fate::Replaced],
            Verb::Change => vec![Fate::Updated],
            Verb::MayRemove => vec![Fate::Created, Fate::Updated, leaves],
            Verb::MayAdd => vec![Fate::Created, Fate::Updated],
            Verb::MayReplace => vec![Fate::Created, Fate::Updated, Fate::Replaced, leaves],
        };
        announced.insert(resource.id.clone(), (fates, sure));
        announced.extend(resource.moved_from.iter().map(|from| (from.clone(), (vec![leaves], Sure::Yes))));
    }
    announced
}

/// Deploys a stack, and gives the events of that, oldest first. A stack that is the same has nothing to deploy.
///
/// The emulator's change sets do not see conditions, its updates do.
fn deploy(aws: &Aws, stack: &Synthesized<'_>, standing: Standing) -> Vec<StackEvent> {
    let template = stack.to_value().to_string();
    let Some(_) = aws.stack(stack.name) else {
        assert_eq!(standing, Standing::Added, "{}", stack.path);
        assert_eq!(aws.deploy(stack.name, &stack.to_value()), "CREATE_COMPLETE", "{}", stack.path);
        return events(aws, stack.name);
    };
    let before = aws.events(stack.name).len();
    let named = [Capability::CapabilityNamedIam];
    let update = aws.cloudformation.update_stack().stack_name(stack.name).template_body(template);
    let update = update.set_capabilities(Some(named.to_vec())).send();
    if standing == Standing::Same {
        let refused = aws.refused(update);
        assert!(refused.contains("No updates are to be performed"), "{}: {refused}", stack.path);
        return Vec::new();
    }
    aws.done(update);
    let (status, events) = (aws.settled(stack.name), events(aws, stack.name));
    let why: Vec<_> = events.iter().filter_map(|event| event.resource_status_reason()).collect();
    assert_eq!(status, "UPDATE_COMPLETE", "{}: {why:?}", stack.path);
    events.into_iter().skip(before).collect()
}

fn events(aws: &Aws, stack: &str) -> Vec<StackEvent> {
    let mut events = aws.events(stack);
    events.reverse();
    events
}

/// What events say was done, by logical id.
fn of_events(stack: &str, events: &[StackEvent]) -> BTreeMap<String, Fate> {
    let mut done: BTreeMap<String, Fate> = BTreeMap::new();
    for event in events.iter().filter(|event| event.logical_resource_id() != Some(stack)) {
        let status = event.resource_status().map_or("", |status| status.as_str());
        let reason = event.resource_status_reason().unwrap_or_default();
        let fate = match status {
            "UPDATE_IN_PROGRESS" if reason.contains("requires the creation of a new physical resource") => {
                Fate::Replaced
            }
            "CREATE_COMPLETE" => Fate::Created,
            "UPDATE_COMPLETE" => Fate::Updated,
            "DELETE_COMPLETE" => Fate::Deleted,
            "DELETE_SKIPPED" => Fate::Kept,
            _ => continue,
        };
        let id = event.logical_resource_id().unwrap_or_default().to_owned();
        // What follows is the end of the new one, and of the old one.
        done.entry(id)
            .and_modify(|before| {
                if *before != Fate::Replaced {
                    *before = fate;
                }
            })
            .or_insert(fate);
    }
    done
}

/// What happened is what was announced: no more, no less.
#[track_caller]
fn agree(step: usize, stack: &str, announced: &Announced, happened: &BTreeMap<String, Fate>) {
    let unannounced: Vec<_> = happened
        .iter()
        .filter(|(id, fate)| !announced.get(*id).is_some_and(|(fates, _)| fates.contains(fate)))
        .collect();
    let sure = announced.iter().filter(|(_, (_, sure))| *sure == Sure::Yes);
    let missing: Vec<_> = sure.filter(|(id, _)| !happened.contains_key(*id)).collect();
    assert!(
        unannounced.is_empty() && missing.is_empty(),
        "step {step}, {stack}: not announced {unannounced:?}, not done {missing:?}\nannounced {announced:?}"
    );
}
