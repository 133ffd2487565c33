//! Review: what a change does to stacks, as a reviewer reads it, in text, Markdown or JSON.
//!
//! [`stack`] decides what there is to say, from two templates and the names of the definitions; the renderers only say it.
//! Nothing here reads a file or AWS.

mod another;
mod differences;
mod elsewhere;
mod json;
mod markdown;
mod meaning;
mod moves;
mod refused;
mod risk;
mod secrets;
mod short;
mod shorter;
mod stack;
mod tame;
mod text;
mod told;
mod values;

use serde::Serialize;
use serde_json::Value;

use crate::diff::{Fate, Kind, Replacement};
pub use moves::{Alike, Move, Moves, ResourceLocation, Versions, moves};
#[cfg(feature = "deploy")]
pub(crate) use secrets::{masked_at, named_secret};
pub use short::short;
pub use stack::{Compared, asked, asked_alone, stack};
pub use told::{Told, ToldProperty};
pub(crate) use values::imported;
#[cfg(feature = "deploy")]
pub(crate) use values::with_names;

/// What a change does to stacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// What the definitions are compared with, in words: `the templates in templates/`.
    pub against: String,
    /// How.
    pub method: Method,
    /// Each stack that was compared, the same ones too, in deployment order.
    pub stacks: Vec<StackReview>,
}

/// How stacks are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// By their templates alone.
    #[default]
    Templates,
    /// By what CloudFormation says, in change sets, and by their templates.
    ChangeSets,
}

/// How a stack differs as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Standing {
    /// Nothing in it differs.
    Same,
    /// Something in it differs.
    Changed,
    /// It is new.
    Added,
    /// The definitions do not have it any more.
    Removed,
    /// It was not compared: what it would be compared with cannot be read, or CloudFormation could not be asked.
    Unreadable,
}

/// What a change does to one stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StackReview {
    /// Its path.
    pub stack: String,
    /// How it differs.
    pub standing: Standing,
    /// What to know of the comparison.
    pub notes: Vec<String>,
    /// What must not be missed: data at risk, what CloudFormation will refuse, what could not be compared.
    pub risks: Vec<Risk>,
    /// The resources that differ, worst first.
    pub resources: Vec<ResourceReview>,
    /// What else differs: parameters, outputs, tags, …
    pub entries: Vec<EntryReview>,
    /// The exports that differ.
    pub exports: Vec<ExportReview>,
    /// What somebody may do or reach that they could not before, and what no longer.
    pub access: Vec<AccessReview>,
    /// Whether that could be told.
    pub access_compared: bool,
}

/// Something that must not be missed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Risk {
    /// Whether CloudFormation will refuse the change.
    pub refused: bool,
    /// What it is.
    pub what: String,
    /// What to do.
    pub help: String,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Verb {
    /// It leaves the stack.
    Remove,
    /// Another takes its place.
    Replace,
    /// It may leave the stack, or enter it: its condition decides it.
    MayRemove,
    /// Another may take its place: the deployment decides it.
    MayReplace,
    /// It has another logical id: to CloudFormation one resource leaves, and one is new.
    Move,
    /// It is changed in place.
    Change,
    /// It may be new: it had a condition, and has none any more.
    MayAdd,
    /// It is new.
    Add,
}

/// A resource that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceReview {
    /// What happens to it.
    pub verb: Verb,
    /// The path of its construct; its logical id, where the definitions do not have it.
    pub construct: String,
    /// Its logical id.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The line of the definitions that makes it: `stacks/web.rs:12`.
    pub at: Option<String>,
    /// The line that made it where the definitions are compared with a revision, as far as that can be told.
    pub was_at: Option<String>,
    /// The logical id that it had, where it was moved.
    pub moved_from: Option<String>,
    /// What becomes of the one that there is.
    pub fate: Option<Fate>,
    /// Whether it holds data.
    pub stateful: bool,
    /// Whether its condition may also take it away without another, or bring it back, beside what its verb says.
    pub may_leave: bool,
    /// Where a change set and the templates alone do not say the same of it, in words.
    pub disagrees: Option<String>,
    /// Where it differs. Of one that is added, removed or moved, each property, and all it says beside them.
    pub properties: Vec<PropertyReview>,
}

/// A place in a resource that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PropertyReview {
    /// Where: `Tags[0].Value`; `DeletionPolicy` and others of the resource itself begin with `@`.
    pub path: String,
    /// What happened there.
    pub kind: Kind,
    /// Whether this replaces the resource.
    pub replacement: Replacement,
    /// Whether AWS documents that this, done in place, interrupts the resource. Where it does not, it may all the same.
    pub interrupts: bool,
    /// What it refers to that is replaced or changed, where its text is the same.
    pub because_of: Option<String>,
    /// Where, as a JSON pointer into the resource.
    pub pointer: String,
    /// What was and is there, as canonical JSON, without secrets; none where nothing is.
    #[serde(flatten)]
    pub values: Values,
    /// The same as CloudFormation says it, where it was asked and says it.
    pub told: Option<Values>,
    /// What was there, in lines; of a policy, the statements that go.
    #[serde(skip)]
    pub before: Vec<String>,
    /// What is there, in lines; of a policy, the statements that come.
    #[serde(skip)]
    pub after: Vec<String>,
}

/// Two values, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Values {
    /// What was there.
    pub before: Option<Value>,
    /// What is there.
    pub after: Option<Value>,
}

/// An entry of another section that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryReview {
    /// The section: `Parameters`, `Outputs`; `Stack` for tags and settings of the stack itself.
    pub section: String,
    /// Its name; empty where the section is one value.
    pub name: String,
    /// What happened to it.
    pub kind: Kind,
    /// Where in it, as a path; empty for all of it.
    pub path: String,
    /// Where in it, as a JSON pointer.
    pub pointer: String,
    /// What was and is there, as canonical JSON, without secrets; none where nothing is.
    #[serde(flatten)]
    pub values: Values,
    /// What was there, in lines.
    #[serde(skip)]
    pub before: Vec<String>,
    /// What is there, in lines.
    #[serde(skip)]
    pub after: Vec<String>,
}

/// An export that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportReview {
    /// Its name.
    pub name: String,
    /// The output that has it.
    pub output: String,
    /// What happened to it. Changed is one whose value may be another afterwards.
    pub kind: Kind,
    /// Whether it is certain that it is gone or has another value; if not, the deployment decides.
    pub certain: bool,
    /// The stacks that import it: their paths, or the names of those that are not of this app.
    pub importers: Vec<String>,
}

/// A difference in who may do or reach what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessReview {
    /// Whether somebody may do or reach more afterwards; if not, less.
    pub widens: bool,
    /// The resource that says it.
    pub construct: String,
    /// What it is, in words.
    pub what: String,
}

/// How much is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Everything.
    #[default]
    Full,
    /// Who may do and reach what.
    Security,
    /// A line for each stack.
    Stat,
}

impl Review {
    /// Whether nothing differs, in what is said to this extent.
    #[must_use]
    pub fn is_empty(&self, extent: Extent) -> bool {
        self.stacks.iter().all(|stack| match extent {
            Extent::Security => stack.access.is_empty() && stack.is_compared(extent),
            _ => stack.standing == Standing::Same,
        })
    }

    /// Whether CloudFormation will refuse something of it.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.stacks.iter().flat_map(|stack| &stack.risks).any(|risk| risk.refused)
    }

    /// For a terminal, with colours, in 80 columns.
    #[must_use]
    pub fn to_text(&self, extent: Extent) -> String {
        self.to_text_within(extent, 80)
    }

    /// For a terminal of so many columns, with colours; values are as long as they are.
    #[must_use]
    pub fn to_text_within(&self, extent: Extent, columns: usize) -> String {
        text::render(&self.tame(), extent, columns)
    }

    /// For a comment on a pull request: at most 65,000 characters, of GitHub's 65,536.
    #[must_use]
    pub fn to_markdown(&self, extent: Extent) -> String {
        markdown::render(&self.tame(), extent)
    }

    /// For programs: see `docs/diff.md`.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::render(self)
    }
}

impl StackReview {
    /// A stack that was not compared, why, and what to do.
    #[must_use]
    pub fn not_compared(stack: &str, what: String, help: &str) -> Self {
        let risks = vec![Risk { refused: false, what, help: help.to_owned() }];
        Self { risks, ..Self::bare(stack, Standing::Unreadable) }
    }

    /// Whether what is said to this extent could be compared.
    pub(crate) fn is_compared(&self, extent: Extent) -> bool {
        self.standing != Standing::Unreadable && (extent != Extent::Security || self.access_compared)
    }

    /// Why it could not be compared, and what to do, where that is all there is to say.
    fn why_not(&self, extent: Extent) -> Vec<Risk> {
        if self.standing == Standing::Unreadable {
            return self.risks.clone();
        }
        if self.is_compared(extent) {
            return Vec::new();
        }
        let what = "who may do or reach what is not known: its template cannot be compared".to_owned();
        vec![Risk { refused: false, what, help: "look at the template itself".to_owned() }]
    }

    /// A stack in which nothing differs.
    pub(crate) fn unchanged(stack: &str) -> Self {
        Self::bare(stack, Standing::Same)
    }

    /// A stack of which nothing else is said.
    fn bare(stack: &str, standing: Standing) -> Self {
        Self {
            stack: stack.to_owned(),
            standing,
            notes: Vec::new(),
            risks: Vec::new(),
            resources: Vec::new(),
            entries: Vec::new(),
            exports: Vec::new(),
            access: Vec::new(),
            access_compared: standing != Standing::Unreadable,
        }
    }

    /// How many of its resources there are of a verb.
    fn count(&self, verb: Verb) -> usize {
        self.resources.iter().filter(|resource| resource.verb == verb).count()
    }
}

impl Verb {
    const ALL: [Self; 8] = [
        Self::Remove,
        Self::Replace,
        Self::MayRemove,
        Self::MayReplace,
        Self::Move,
        Self::Change,
        Self::MayAdd,
        Self::Add,
    ];

    /// The sign before it.
    const fn sign(self) -> &'static str {
        match self {
            Self::Remove => "-",
            Self::Replace => "-/+",
            Self::MayRemove => "?-",
            Self::MayReplace => "~/+",
            Self::Move => "->",
            Self::Change => "~",
            Self::MayAdd => "?+",
            Self::Add => "+",
        }
    }

    /// What happens, in words.
    const fn word(self) -> &'static str {
        match self {
            Self::Remove => "removed",
            Self::Replace => "replaced",
            Self::MayRemove => "maybe removed",
            Self::MayReplace => "maybe replaced",
            Self::Move => "moved",
            Self::Change => "changed in place",
            Self::MayAdd => "maybe added",
            Self::Add => "added",
        }
    }

    /// What happens to this many: `2 replaced`.
    fn counted(self, count: usize) -> String {
        format!("{count} {}", self.word())
    }
}
