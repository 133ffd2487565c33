//! Rules.

use std::panic::Location;

use super::pattern::{EventPattern, Schedule};
use super::target::RuleTarget;
use crate::cfn::events;
use crate::core::{Construct, Expr, NodeId, Problem, PropertyType as _, Ref, Resource as _, Stack, StackRef, Value};

/// How many targets a rule has at most. Source: the `EventBridge` user guide, quotas.
const TARGETS: usize = 5;

/// A rule: what is done when something happens, or when it is time.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::events::{EventPattern, RuleSpec, RuleTarget, RuleTargetInput, Schedule};
/// use formwork::aws::sqs::QueueSpec;
///
/// let jobs = s.add("Jobs", QueueSpec::default());
/// let nightly = s.add("Nightly", RuleSpec::schedule(Schedule::cron("0 3 * * ? *")));
/// nightly.add_target(s, &jobs);
///
/// let uploads = s.add("Uploads", RuleSpec::pattern(EventPattern {
///     source: vec!["aws.s3".into()],
///     detail_type: vec!["Object Created".into()],
///     detail: Some(formwork::json!({ "bucket": { "name": ["uploads"] } })),
///     ..EventPattern::default()
/// }));
/// let key = RuleTargetInput::transformer([("key", "$.detail.object.key")], r#"{"key":<key>}"#);
/// uploads.add_target(s, RuleTarget::queue(&jobs).input(key));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct RuleSpec {
    /// When it is time. Default: never, where there is a pattern.
    pub schedule: Option<Schedule>,
    /// Which events. Default: none, where there is a schedule.
    pub event_pattern: Option<EventPattern>,
    /// Its name, up to 64 letters, digits, `.`, `-` and `_`. A change replaces it. Default: CloudFormation makes one.
    pub rule_name: Option<Value<String>>,
    /// What it is for, up to 512 characters. Default: none.
    pub description: Option<String>,
    /// Whether it holds. Default: true.
    pub enabled: bool,
}

impl RuleSpec {
    const fn new() -> Self {
        Self { schedule: None, event_pattern: None, rule_name: None, description: None, enabled: true }
    }

    /// At times, with the defaults of every field.
    #[must_use]
    pub fn schedule(schedule: Schedule) -> Self {
        Self { schedule: Some(schedule), ..Self::new() }
    }

    /// For events, with the defaults of every field.
    #[must_use]
    pub fn pattern(pattern: EventPattern) -> Self {
        Self { event_pattern: Some(pattern), ..Self::new() }
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if let Some((message, help)) = self.schedule.as_ref().and_then(Schedule::wrong) {
            report("format", message, help);
        }
        let empty = self.event_pattern.as_ref().is_some_and(EventPattern::is_empty);
        if empty || (self.schedule.is_none() && self.event_pattern.is_none()) {
            let message = "the rule holds for no event and at no time".into();
            report("missing-property", message, "give it a schedule, or a pattern with a part in it");
        }
    }
}

/// A rule that was added.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The rule itself.
    pub rule: Ref<events::Rule>,
    pub(super) node: NodeId,
}

impl Construct for RuleSpec {
    type Out = Rule;

    fn build(self, stack: &mut Stack) -> Rule {
        self.check(stack);
        let mut rule = events::Rule::new();
        if let Some(description) = self.description {
            rule = rule.description(description);
        }
        if let Some(pattern) = self.event_pattern {
            rule = rule.event_pattern(pattern.definition());
        }
        if let Some(name) = self.rule_name {
            rule = rule.name(name);
        }
        if let Some(schedule) = self.schedule {
            rule = rule.schedule_expression(schedule.0);
        }
        let node = stack.current();
        let rule = stack.add("Resource", rule.state(if self.enabled { "ENABLED" } else { "DISABLED" }));
        Rule { rule, node: node.unwrap_or(rule.node()) }
    }
}

impl Rule {
    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.rule.arn().into()
    }

    /// Adds what is done, up to five, and lets it be done.
    #[track_caller]
    pub fn add_target(&self, stack: &mut Stack, target: impl Into<RuleTarget>) {
        let (target, at) = (target.into(), Location::caller());
        if let Some(name) = target.input.as_ref().and_then(|input| input.unknown_names().first().copied()) {
            let problem = Problem::error("unknown-reference", format!("no path stands for `<{name}>` in the input"))
                .help("name it in `paths`")
                .at(at, "added here");
            stack.report_at(Some(self.node), problem);
        }
        let count = self.count(stack);
        if count == TARGETS {
            let problem = Problem::error("item-count", format!("a rule has {TARGETS} targets at most"))
                .help("add another rule for the same events, or a topic that all others hear of")
                .at(at, "added here");
            stack.report_at(Some(self.node), problem);
        }
        let target = target.build(stack, self, &format!("Target{count}"));
        stack.edit(self.rule, |rule| {
            let type_name = rule.type_name();
            let mut props = rule.into_props();
            props.edit_list("Targets", at, |list| list.push(Expr::Map(target.into_props())));
            events::Rule::from_props(type_name, props)
        });
    }

    /// How many targets it has.
    fn count(self, stack: &Stack) -> usize {
        let own = stack.resources_so_far().find(|(node, _)| *node == self.rule.node());
        match own.and_then(|(_, resource)| resource.props.get("Targets")).map(|entry| &entry.value) {
            Some(Expr::List(list)) => list.len(),
            _ => 0,
        }
    }
}

impl From<&Rule> for StackRef {
    fn from(rule: &Rule) -> Self {
        rule.rule.into()
    }
}

crate::aws::iam::has_arn! { Rule, "a rule"; }
