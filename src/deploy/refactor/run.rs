//! A refactoring, carried out: created, which is to say checked by CloudFormation, looked at, executed, waited for.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudformation::operation::describe_stack_refactor::DescribeStackRefactorOutput;
use aws_sdk_cloudformation::types::{
    ResourceLocation, ResourceMapping, StackDefinition, StackRefactorAction, StackRefactorActionEntity,
    StackRefactorActionType, StackRefactorExecutionStatus, StackRefactorStatus,
};
use tokio::time::{Instant, sleep};

use super::{Found, Refactored, Refactoring, Where};
use crate::deploy::event::{Event, Outcome, Phase, Planned};
use crate::deploy::failure::Failure;
use crate::deploy::observe::Seen;
use crate::deploy::one::{INLINE, One, status};
use crate::deploy::session::Session;
use crate::deploy::state::State;
use crate::deploy::trouble::Fault;
use crate::deploy::{Deployment, Report};

/// The longest between two looks.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a stack may take to come to rest once its refactoring is over.
const REST: Duration = Duration::from_mins(5);
/// Error codes of a service that has no such action.
const NO_SUCH_ACTION: [&str; 4] =
    ["InvalidAction", "UnknownOperationException", "UnsupportedOperation", "NotImplemented"];

impl<'a> Deployment<'a> {
    /// Says what is going to move, and asks nobody.
    pub fn announce_moves(&self, found: &Found) {
        let mut stacks = Vec::new();
        for place in &found.places {
            for stack in place.refactorings.iter().flat_map(|refactoring| &refactoring.stacks) {
                let Some(defined) = self.assembly.stack(&stack.path) else { continue };
                let (account, region) = (&*place.account, &*place.region);
                let (stack, name) = (defined.path, defined.name);
                stacks.push(Planned { stack, name, account, region, after: Vec::new(), asked: true });
            }
        }
        self.host.hear(&Event::Plan { command: "refactor", stacks });
        for refactoring in found.refactorings() {
            self.host.hear(&Event::Moves { moves: &self.named(refactoring) });
        }
    }

    /// Carries the refactorings out, one after the other, and says how each stack ended. `templates` are those of the
    /// assembly, by path.
    pub async fn refactor(&self, found: &Found, templates: &BTreeMap<&str, String>) -> Vec<Report<'a>> {
        let mut reports = Vec::new();
        for place in &found.places {
            for refactoring in &place.refactorings {
                let begun = Instant::now();
                let done = if self.stop.told() {
                    Err(Failure::interrupted())
                } else {
                    Box::pin(self.carry_out(place, refactoring, templates)).await
                };
                reports.extend(self.reports(refactoring, &done, begun.elapsed().as_secs_f64()));
            }
        }
        reports
    }

    /// How each stack of a refactoring ended; why it failed, with the first.
    fn reports(&self, refactoring: &Refactoring, done: &Result<(), Failure>, seconds: f64) -> Vec<Report<'a>> {
        let failure = done.as_ref().err();
        let path = |stack: &Refactored| self.plan.steps.iter().find(|step| step.path == stack.path).map(|s| s.path);
        let first = refactoring.stacks.first().and_then(path);
        let report = |(index, stack): (usize, &Refactored)| {
            let outcome = match (failure, stack.creates) {
                (Some(failure), _) => failure.outcome(),
                (None, true) => Outcome::Created,
                (None, false) => Outcome::Refactored,
            };
            let stack = path(stack)?;
            self.host.hear(&Event::ended(stack, outcome, seconds, failure));
            let because = first.filter(|_| failure.is_some() && index > 0);
            let failure = failure.filter(|_| index == 0).cloned();
            Some(Report { stack, outcome, seconds, because, failure, left: Vec::new() })
        };
        refactoring.stacks.iter().enumerate().filter_map(report).collect()
    }

    async fn carry_out(
        &self,
        place: &Where,
        refactoring: &Refactoring,
        templates: &BTreeMap<&str, String>,
    ) -> Result<(), Failure> {
        let running = Running { deployment: self, session: &place.session, refactoring };
        running.phase(Phase::Planning);
        let id = running.create(templates).await?;
        let stack_ids = match running.prepared(&id).await {
            Ok(stack_ids) => stack_ids,
            Err(failure) => {
                running.tidy().await;
                return Err(failure);
            }
        };
        running.phase(Phase::Running);
        running.execute(&id).await?;
        running.executed(&id).await?;
        running.rested(&stack_ids).await
    }
}

/// A refactoring on its way.
struct Running<'r, 'a> {
    deployment: &'r Deployment<'a>,
    session: &'r Session,
    refactoring: &'r Refactoring,
}

impl Running<'_, '_> {
    fn phase(&self, phase: Phase) {
        for stack in &self.refactoring.stacks {
            self.deployment.host.hear(&Event::Phase { stack: &stack.path, phase, note: None });
        }
    }

    /// The name of a stack in CloudFormation.
    fn name(&self, path: &str) -> &str {
        self.deployment.assembly.stack(path).map_or("", |stack| stack.name)
    }

    /// The path of a stack that CloudFormation calls by its name or ARN.
    fn path(&self, called: &str) -> Option<&str> {
        let name = called.split_once(":stack/").map_or(called, |(_, rest)| rest.split('/').next().unwrap_or(rest));
        self.refactoring.stacks.iter().map(|stack| &*stack.path).find(|path| self.name(path) == name)
    }

    /// What CloudFormation says, stacks under their paths.
    fn told(&self, reason: &str) -> String {
        let words = reason.split(' ').map(|word| {
            let bare = word.trim_end_matches([':', ',', '.']);
            let path = bare.contains(":stack/").then(|| self.path(bare)).flatten();
            path.map_or_else(|| word.to_owned(), |path| word.replace(bare, path))
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// What else keeps the resources: of a move to another stack, nothing.
    fn other_way(&self) -> &'static str {
        if self.refactoring.moves.iter().all(|moved| moved.from.stack == moved.to.stack) {
            "the other way is `.moved_from(\"Old/Path\")` on the construct: it keeps the logical ids that there are"
        } else {
            "leave the resource in its stack; within one, `.moved_from(\"Old/Path\")` on the construct keeps the logical ids \
             that there are"
        }
    }

    async fn create(&self, templates: &BTreeMap<&str, String>) -> Result<String, Failure> {
        let mut definitions = Vec::new();
        for stack in &self.refactoring.stacks {
            definitions.push(self.definition(stack, templates).await?);
        }
        let at = |stack: &str, id: &str| {
            ResourceLocation::builder().stack_name(self.name(stack)).logical_resource_id(id).build()
        };
        let mappings = self.refactoring.moves.iter().map(|moved| {
            let mapping = ResourceMapping::builder().source(at(&moved.from.stack, &moved.from.id));
            mapping.destination(at(&moved.to.stack, &moved.to.id)).build()
        });
        let creates = self.refactoring.stacks.iter().any(|stack| stack.creates);
        let call = self.session.call("CreateStackRefactor").await.create_stack_refactor();
        let call = call.description("formwork refactor").set_enable_stack_creation(creates.then_some(true));
        let call = call.set_stack_definitions(Some(definitions)).set_resource_mappings(Some(mappings.collect()));
        match call.send().await.map_err(Fault::from) {
            Ok(answer) => Ok(answer.stack_refactor_id().unwrap_or_default().to_owned()),
            Err(fault) if NO_SUCH_ACTION.contains(&fault.code()) || fault.code() == "HTTP 501" => {
                let what =
                    format!("CloudFormation has no stack refactoring here ({}); nothing was changed", fault.code());
                Err(Failure::refused(what, self.other_way()))
            }
            Err(fault) => Err(fault.failure("CloudFormation refuses the refactoring; nothing was changed")),
        }
    }

    async fn definition(
        &self,
        stack: &Refactored,
        templates: &BTreeMap<&str, String>,
    ) -> Result<StackDefinition, Failure> {
        // The definitions' own text, where it means the same: the next deployment then finds nothing to do.
        let own = templates.get(&*stack.path).filter(|_| stack.same);
        let text = own.cloned().unwrap_or_else(|| stack.template.to_string());
        let definition = StackDefinition::builder().stack_name(self.name(&stack.path));
        if text.len() <= INLINE {
            return Ok(definition.template_body(text).build());
        }
        let steps = &self.deployment.plan.steps;
        let Some(index) = steps.iter().position(|step| step.path == stack.path) else {
            return Ok(definition.template_body(text).build());
        };
        let none = BTreeMap::new();
        let one = One { template: &text, ..self.deployment.one(index, &none) };
        Ok(definition.template_url(one.upload_template().await?).build())
    }

    /// Waits until it may be executed, and gives the ids of the stacks.
    async fn prepared(&self, id: &str) -> Result<Vec<String>, Failure> {
        let stack_ids = self.checked(id).await?;
        self.as_planned(id).await?;
        if self.deployment.stop.told() { Err(Failure::interrupted()) } else { Ok(stack_ids) }
    }

    /// Removes the stacks that were to be created, where they are but names. The refactoring itself cannot be taken back:
    /// it is never executed, and is obsolete with the next change of a stack.
    async fn tidy(&self) {
        for stack in self.refactoring.stacks.iter().filter(|stack| stack.creates) {
            let name = self.name(&stack.path);
            let Ok(Some(now)) = self.session.describe(name).await else { continue };
            if State::of(status(&now)) != State::InReview {
                continue;
            }
            let sets = self.session.call("ListChangeSets").await.list_change_sets().stack_name(name).send().await;
            if sets.is_ok_and(|sets| sets.summaries().is_empty()) {
                let _ = self.session.call("DeleteStack").await.delete_stack().stack_name(name).send().await;
            }
        }
    }

    async fn describe(&self, id: &str) -> Result<DescribeStackRefactorOutput, Fault> {
        let call = self.session.call("DescribeStackRefactor").await.describe_stack_refactor();
        Ok(call.stack_refactor_id(id).send().await?)
    }

    /// Looks again and again, as long as `ended` has nothing to say; a look that fails is made up for by the next.
    async fn until<T>(
        &self,
        id: &str,
        doing: &str,
        ended: impl Fn(&DescribeStackRefactorOutput) -> Option<T>,
    ) -> Result<T, Failure> {
        let mut pause = Duration::from_millis(150);
        loop {
            match self.describe(id).await {
                Ok(now) => {
                    if let Some(ended) = ended(&now) {
                        return Ok(ended);
                    }
                }
                Err(fault) if fault.passing() => {}
                Err(fault) => return Err(fault.failure(doing)),
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(PATIENCE);
        }
    }

    /// Waits until CloudFormation has checked it, and gives the ids of the stacks.
    async fn checked(&self, id: &str) -> Result<Vec<String>, Failure> {
        let doing = "cannot read the refactoring; nothing was changed";
        let checked = self.until(id, doing, |now| match now.status() {
            Some(StackRefactorStatus::CreateInProgress) | None => None,
            Some(StackRefactorStatus::CreateComplete)
                if now.execution_status().is_none_or(|now| *now == StackRefactorExecutionStatus::Available) =>
            {
                Some(Ok(now.stack_ids().to_vec()))
            }
            _ => Some(Err(self.told(now.status_reason().or(now.execution_status_reason()).unwrap_or_default()))),
        });
        checked.await?.map_err(|reason| {
            let mut failure =
                Failure::refused("CloudFormation refuses the refactoring; nothing was changed", self.other_way());
            failure.others.extend(Some(format!("CloudFormation says: {reason}")).filter(|_| !reason.is_empty()));
            failure
        })
    }

    /// Makes sure that CloudFormation is going to do what was approved, and nothing else.
    async fn as_planned(&self, id: &str) -> Result<(), Failure> {
        let mut token = None;
        let mut others = Vec::new();
        loop {
            let call = self.session.call("ListStackRefactorActions").await.list_stack_refactor_actions();
            let page = call.stack_refactor_id(id).set_next_token(token).send().await;
            let page = page.map_err(|error| Fault::from(error).failure("cannot read what the refactoring will do"))?;
            others.extend(page.stack_refactor_actions().iter().filter(|action| !self.is_planned(action)).map(called));
            token = page.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
        if others.is_empty() {
            return Ok(());
        }
        let mut failure = Failure::refused(
            "CloudFormation would do something else than what was approved; nothing was changed",
            self.other_way(),
        );
        failure.others = others.iter().map(|other| self.told(other)).collect();
        Err(failure)
    }

    fn is_planned(&self, action: &StackRefactorAction) -> bool {
        let mapping = action.resource_mapping();
        let at = |location: Option<&ResourceLocation>| {
            let location = location?;
            Some((self.path(location.stack_name()?)?.to_owned(), location.logical_resource_id()?.to_owned()))
        };
        let from = at(mapping.and_then(ResourceMapping::source));
        let to = at(mapping.and_then(ResourceMapping::destination));
        match (action.entity(), action.action()) {
            (Some(StackRefactorActionEntity::Resource), Some(StackRefactorActionType::Move)) => {
                self.refactoring.moves.iter().any(|moved| {
                    let is = |at: &Option<(String, String)>, place: &crate::review::ResourceLocation| {
                        at.as_ref().is_some_and(|(stack, id)| *stack == place.stack && *id == place.id)
                    };
                    is(&from, &moved.from) && is(&to, &moved.to)
                })
            }
            (Some(StackRefactorActionEntity::Stack), Some(StackRefactorActionType::Create)) => {
                self.refactoring.stacks.iter().any(|stack| stack.creates)
            }
            _ => false,
        }
    }

    /// Executes it. Asking twice is safe: what is being executed already is not refused.
    async fn execute(&self, id: &str) -> Result<(), Failure> {
        use StackRefactorExecutionStatus::{Available, Obsolete, Unavailable};
        let call = self.session.call("ExecuteStackRefactor").await.execute_stack_refactor();
        let Err(fault) = call.stack_refactor_id(id).send().await.map_err(Fault::from) else { return Ok(()) };
        let began = self.describe(id).await.is_ok_and(|now| {
            now.execution_status().is_some_and(|status| !matches!(status, Available | Obsolete | Unavailable))
        });
        if began { Ok(()) } else { Err(fault.failure("CloudFormation refuses to execute the refactoring")) }
    }

    /// Waits for its end.
    async fn executed(&self, id: &str) -> Result<(), Failure> {
        use StackRefactorExecutionStatus::{
            Available, ExecuteComplete, ExecuteInProgress, Obsolete, RollbackComplete, RollbackFailed,
            RollbackInProgress, Unavailable,
        };
        let doing = "the refactoring goes on in CloudFormation, unwatched";
        let begun = Instant::now();
        let ended = self.until(id, doing, |now| match now.execution_status() {
            Some(ExecuteInProgress | RollbackInProgress) | None => None,
            // Reads lag behind writes in AWS.
            Some(Available) if begun.elapsed() < PATIENCE => None,
            // The user guide calls it `SUCCEEDED`, the API reference `EXECUTE_COMPLETE`.
            Some(ended) if *ended == ExecuteComplete || ended.as_str() == "SUCCEEDED" => Some(Ok(())),
            Some(ended) => {
                let what = match ended {
                    RollbackComplete => "the refactoring failed and is rolled back: the stacks are as they were".into(),
                    RollbackFailed => "the refactoring failed, and so did rolling it back".into(),
                    Obsolete => "somebody changed one of the stacks meanwhile: nothing was moved".into(),
                    Available | Unavailable => "the refactoring was not begun: nothing was moved".into(),
                    other => format!("the refactoring failed ({})", other.as_str()),
                };
                let help = match ended {
                    RollbackFailed => "`status` names the stacks that are stuck, `recover` gets them out",
                    Obsolete | Available => "run the same command again",
                    _ => self.other_way(),
                };
                let mut failure = Failure::of(what, help);
                let reason = now.execution_status_reason().or(now.status_reason()).map(|reason| self.told(reason));
                failure.others.extend(reason.map(|reason| format!("CloudFormation says: {reason}")));
                Some(Err(failure))
            }
        });
        ended.await?
    }

    /// Waits until the stacks are at rest: they are busy for a moment longer than the refactoring is.
    async fn rested(&self, stack_ids: &[String]) -> Result<(), Failure> {
        for id in stack_ids {
            let watch = self.session.watch(id, false);
            let begun = Instant::now();
            while begun.elapsed() < REST {
                match watch.next().await.map_err(|fault| fault.failure("the stacks are refactored, and not watched"))? {
                    Seen::Stack(stack) if State::of(status(&stack)) == State::Busy => {}
                    Seen::Silence(_) => {}
                    Seen::Stack(_) | Seen::Gone => break,
                }
            }
        }
        Ok(())
    }
}

/// What an action does, in words.
fn called(action: &StackRefactorAction) -> String {
    let verb = action.action().map_or("?", StackRefactorActionType::as_str).to_lowercase();
    let entity = action.entity().map_or("?", StackRefactorActionEntity::as_str).to_lowercase();
    let at = |location: Option<&ResourceLocation>| {
        let location = location?;
        Some(format!("{} {}", location.stack_name()?, location.logical_resource_id()?))
    };
    let mapping = action.resource_mapping();
    let (from, to) =
        (at(mapping.and_then(ResourceMapping::source)), at(mapping.and_then(ResourceMapping::destination)));
    let places = match (from, to) {
        (Some(from), Some(to)) => format!(" {from} → {to}"),
        (one, other) => one.or(other).map(|at| format!(" {at}")).unwrap_or_default(),
    };
    format!("{verb} {entity}{places}")
}
