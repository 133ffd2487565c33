//! Which images a repository deletes by itself.

use serde_json::{Map, Value, json};

use crate::core::{Problem, Stack};

/// Which images a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagStatus {
    /// All that no other rule is about. One rule of a repository at most.
    Any,
    /// Those without a tag: what a tag once pointed at, before it was moved.
    Untagged,
    /// Those with tags that begin so, one for each of these.
    Prefixes(Vec<String>),
    /// Those with tags like these, one for each, in which `*` stands for anything, four times at most: `prod*web`.
    Patterns(Vec<String>),
}

/// Which of them stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// So many, the newest.
    Newest(u32),
    /// Those that were pushed in so many last days.
    Days(u32),
}

/// A rule of which images a repository deletes by itself. ECR does within a day what it says. Rule: the Amazon ECR user
/// guide, "Examples of lifecycle policies in Amazon ECR".
///
/// ```
/// use formwork::aws::ecr::{LifecycleRule, TagStatus};
///
/// let leftovers = LifecycleRule::older_than_days(7).of(TagStatus::Untagged);
/// let releases = LifecycleRule::more_than(20).of(TagStatus::Prefixes(vec!["v".into()]));
/// let rest = LifecycleRule::more_than(100);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LifecycleRule {
    /// Which images it is about. Default: any.
    pub tag_status: TagStatus,
    /// What it is for. Default: nothing is said.
    pub description: Option<String>,
    /// The order in which rules claim images, the lowest number first, unique in the repository; what is about any image
    /// comes last. Default: as they are listed, after those with a number.
    pub rule_priority: Option<u32>,
    /// Which of them stay; the others are deleted.
    pub keep: Keep,
}

impl LifecycleRule {
    const fn new(keep: Keep) -> Self {
        Self { tag_status: TagStatus::Any, description: None, rule_priority: None, keep }
    }

    /// Keeps so many, the newest, and deletes the others.
    #[must_use]
    pub const fn more_than(images: u32) -> Self {
        Self::new(Keep::Newest(images))
    }

    /// Deletes those that were pushed more than so many days ago.
    #[must_use]
    pub const fn older_than_days(days: u32) -> Self {
        Self::new(Keep::Days(days))
    }

    /// Which images it is about.
    #[must_use]
    pub fn of(self, tag_status: TagStatus) -> Self {
        Self { tag_status, ..self }
    }

    /// What it is for.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        Self { description: Some(text.into()), ..self }
    }

    fn wrong(&self) -> Option<(&'static str, String, &'static str)> {
        let (Keep::Newest(kept) | Keep::Days(kept)) = self.keep;
        if kept == 0 {
            return Some(("range", "a rule keeps no image at all".into(), "let it be one image, or one day, at least"));
        }
        match &self.tag_status {
            TagStatus::Prefixes(tags) | TagStatus::Patterns(tags) if tags.is_empty() => Some((
                "item-count",
                "a rule about tagged images names no tag".into(),
                "name one, or let it be about any",
            )),
            TagStatus::Patterns(tags) => {
                let wild = tags.iter().find(|tag| tag.matches('*').count() > 4)?;
                let message = format!("the pattern `{wild}` has more than four `*`");
                Some(("format", message, "ECR takes four of them in a pattern"))
            }
            _ => None,
        }
    }

    fn text(&self, priority: u32) -> Value {
        let mut selection = Map::new();
        let (status, tags) = match &self.tag_status {
            TagStatus::Any => ("any", None),
            TagStatus::Untagged => ("untagged", None),
            TagStatus::Prefixes(tags) => ("tagged", Some(("tagPrefixList", tags))),
            TagStatus::Patterns(tags) => ("tagged", Some(("tagPatternList", tags))),
        };
        selection.insert("tagStatus".into(), status.into());
        if let Some((key, tags)) = tags {
            selection.insert(key.into(), json!(tags));
        }
        match self.keep {
            Keep::Newest(images) => {
                selection.insert("countType".into(), "imageCountMoreThan".into());
                selection.insert("countNumber".into(), images.into());
            }
            Keep::Days(days) => {
                selection.insert("countType".into(), "sinceImagePushed".into());
                selection.insert("countNumber".into(), days.into());
                selection.insert("countUnit".into(), "days".into());
            }
        }
        let mut rule = Map::new();
        rule.insert("rulePriority".into(), priority.into());
        if let Some(text) = &self.description {
            rule.insert("description".into(), text.as_str().into());
        }
        rule.insert("selection".into(), selection.into());
        rule.insert("action".into(), json!({ "type": "expire" }));
        rule.into()
    }
}

/// The policy that says them all, in the order that ECR tries them in.
pub(super) fn policy(stack: &mut Stack, rules: &[LifecycleRule]) -> String {
    for (check, message, help) in rules.iter().filter_map(LifecycleRule::wrong) {
        stack.report_at(None, Problem::error(check, message).help(help));
    }
    let (any, others): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.tag_status == TagStatus::Any);
    if any.len() > 1 {
        let problem = Problem::error("item-count", format!("{} rules are about any image", any.len()))
            .help("ECR takes one: say of the others which images they are about");
        stack.report_at(None, problem);
    }
    let (numbered, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(|rule| rule.rule_priority.is_some());
    let mut next = numbered.iter().filter_map(|rule| rule.rule_priority).max().unwrap_or(0);
    let mut texts: Vec<(u32, Value)> = Vec::with_capacity(rules.len());
    for rule in numbered.into_iter().chain(rest).chain(any) {
        let priority = rule.rule_priority.unwrap_or_else(|| next.saturating_add(1));
        next = next.max(priority);
        if texts.iter().any(|(taken, _)| *taken == priority) {
            let problem = Problem::error("name-used-twice", format!("two rules have the priority {priority}"))
                .help("give one of them another, or leave it out");
            stack.report_at(None, problem);
        }
        if rule.tag_status == TagStatus::Any && priority < next {
            let message = format!("the rule about any image has the priority {priority}, and another {next}");
            let help = "it claims what the others leave: give it the greatest number, or none";
            stack.report_at(None, Problem::error("range", message).help(help));
        }
        texts.push((priority, rule.text(priority)));
    }
    let texts: Vec<Value> = texts.into_iter().map(|(_, text)| text).collect();
    json!({ "rules": texts }).to_string()
}
