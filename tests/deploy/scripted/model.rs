//! What the server knows: stacks, change sets, events. Ids and times count up, so that a run is like the one before.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

use super::operation::{Lasts, Script};
use super::plan::Step;
use super::query::{Refusal, Xml};

/// All that one account has in one region.
pub struct Model {
    pub account: String,
    pub region: String,
    /// How many stacks, resources or change sets one answer lists. Events come in pages of 100.
    pub page: usize,
    /// How long an operation takes whose script does not say.
    pub lasts: Lasts,
    /// In the order of their creation, the deleted ones too.
    pub stacks: Vec<Stack>,
    /// How the next operations on a stack turn out, by its name.
    pub scripts: BTreeMap<String, Vec<Script>>,
    /// Why the next change sets of a stack fail, by its name.
    pub refusals: BTreeMap<String, Vec<ChangeSetFailure>>,
    /// What the change sets of a stack say, by its name. Default: what the two templates say.
    pub told: BTreeMap<String, Vec<Xml>>,
    /// What a detection of drift says: why not all of it was looked at, and what it found of resources.
    pub detected: (Option<String>, Vec<Xml>),
    /// What those say that look at drift; nothing where the server does not know of such.
    pub drift: Option<BTreeMap<String, Vec<Xml>>>,
    /// What identifies resources, by type, each set of properties with commas between them. Default: that is not told.
    pub identifiers: Option<BTreeMap<String, Vec<String>>>,
    /// In the order of their creation.
    pub refactors: Vec<Refactor>,
    /// How the next refactors turn out.
    pub refactor_scripts: Vec<RefactorScript>,
    count: u64,
}

/// A refactor of stacks.
#[derive(Clone, Debug)]
pub struct Refactor {
    pub id: String,
    pub status: String,
    pub reason: Option<String>,
    pub execution: String,
    pub execution_reason: Option<String>,
    /// Each stack's index, and its template afterwards.
    pub templates: Vec<(usize, String)>,
    /// The stacks that it creates.
    pub creates: Vec<usize>,
    /// Where each resource is, and where it will be: the stack's index and the logical id.
    pub moves: Vec<((usize, String), (usize, String))>,
    pub script: RefactorScript,
    /// How often it was described since it was executed.
    pub polls: u32,
}

/// How a refactor turns out. Default: it succeeds.
#[derive(Clone, Debug, Default)]
pub struct RefactorScript {
    /// Why it is refused when it is created.
    pub refused: Option<String>,
    /// What it would do beside what was asked: a resource's logical id, of the first stack, and its new one.
    pub also: Option<(String, String)>,
    /// How its execution ends, if not in `EXECUTE_COMPLETE`, and why.
    pub ends: Option<(String, String)>,
    /// Which description finds its execution over; 0 is the first.
    pub polls: u32,
    /// How many descriptions of its stacks find them in progress afterwards.
    pub busy: u32,
}

/// Why a change set fails.
#[derive(Clone, Debug)]
pub struct ChangeSetFailure {
    /// The change set's `StatusReason`.
    pub reason: String,
    /// What `DescribeEvents` tells of it.
    pub findings: Vec<Finding>,
}

/// A finding of the validation before provisioning.
#[derive(Clone, Debug)]
pub struct Finding {
    pub resource: String,
    /// Where in the template: `/Resources/Queue/Properties/DelaySeconds`.
    pub path: String,
    pub reason: String,
}

#[derive(Clone, Debug)]
pub struct Stack {
    pub id: String,
    pub name: String,
    pub status: String,
    pub reason: Option<String>,
    pub content: Content,
    /// What it was before the operation that runs or failed, to go back to.
    pub before: Option<Content>,
    pub termination_protection: bool,
    pub policy: Option<String>,
    pub parent: Option<String>,
    pub change_sets: Vec<ChangeSet>,
    /// Oldest first.
    pub events: Vec<Event>,
    pub findings: Vec<OperationFinding>,
    pub operation: Option<Operation>,
    /// The last operation's kind and id.
    pub last_operation: Option<(String, String)>,
    pub created: String,
    /// When its last operation began.
    pub updated: Option<String>,
    /// How many descriptions more find it in progress.
    pub busy: u32,
}

/// What an update changes and a rollback restores.
#[derive(Clone, Debug, Default)]
pub struct Content {
    pub template: String,
    pub parameters: Vec<(String, String)>,
    pub tags: Vec<(String, String)>,
    pub capabilities: Vec<String>,
    pub resources: BTreeMap<String, Resource>,
}

#[derive(Clone, Debug)]
pub struct Resource {
    pub kind: String,
    pub physical: String,
    pub status: String,
    pub reason: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub id: String,
    pub at: String,
    pub operation: String,
    pub resource: String,
    pub physical: String,
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
    pub token: Option<String>,
}

#[derive(Clone, Debug)]
pub struct OperationFinding {
    pub operation: String,
    pub change_set: String,
    pub finding: Finding,
    pub at: String,
    pub id: String,
}

#[derive(Clone, Debug)]
pub struct ChangeSet {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub token: Option<String>,
    pub status: String,
    pub reason: Option<String>,
    pub execution: String,
    pub executed_with: Option<String>,
    pub on_stack_failure: Option<String>,
    /// `REVERT_DRIFT`, where it looks at drift.
    pub mode: Option<String>,
    pub content: Content,
    /// The identifiers of the resources that it imports, by logical id.
    pub imports: BTreeMap<String, String>,
    pub description: Option<String>,
    pub created: String,
}

/// A running operation: what is still to happen, and when.
#[derive(Clone, Debug)]
pub struct Operation {
    pub steps: Vec<Step>,
    pub done: usize,
    pub lasts: Lasts,
    pub started: Instant,
    pub polls: u32,
    pub token: Option<String>,
}

impl Model {
    pub fn new(account: &str) -> Self {
        Self {
            account: account.into(),
            region: "us-east-1".into(),
            page: 100,
            lasts: Lasts::Polls(0),
            stacks: Vec::new(),
            scripts: BTreeMap::new(),
            refusals: BTreeMap::new(),
            told: BTreeMap::new(),
            drift: None,
            detected: (None, Vec::new()),
            identifiers: None,
            refactors: Vec::new(),
            refactor_scripts: Vec::new(),
            count: 0,
        }
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// An id that nothing else has.
    pub fn uuid(&mut self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.next())
    }

    /// The time: a second for each thing that happened.
    pub fn now(&mut self) -> String {
        let seconds = self.next();
        let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
        format!("2026-01-{:02}T{hours:02}:{minutes:02}:{:02}Z", days % 28 + 1, seconds % 60)
    }

    pub fn arn(&mut self, what: &str, name: &str) -> String {
        let (region, account, id) = (self.region.clone(), self.account.clone(), self.uuid());
        format!("arn:aws:cloudformation:{region}:{account}:{what}/{name}/{id}")
    }

    /// Where a stack is: by id, or by name if it is not deleted.
    pub fn find(&self, name: &str) -> Option<usize> {
        let alive = |stack: &Stack| stack.status != "DELETE_COMPLETE";
        self.stacks.iter().position(|stack| stack.id == name || (stack.name == name && alive(stack)))
    }

    /// A stack that the test knows is there.
    #[track_caller]
    pub fn stack(&mut self, name: &str) -> &mut Stack {
        let index = self.find(name).unwrap_or_else(|| panic!("there is no stack {name}"));
        &mut self.stacks[index]
    }

    /// A stack that a request names.
    pub fn index(&self, name: Option<&str>) -> Result<usize, Refusal> {
        let name = name.ok_or_else(|| Refusal::validation("StackName is required"))?;
        self.find(name).ok_or_else(|| Refusal::validation(format!("Stack [{name}] does not exist")))
    }

    /// Adds an empty stack.
    pub fn add(&mut self, name: &str, status: &str) -> usize {
        let (id, created) = (self.arn("stack", name), self.now());
        self.stacks.push(Stack {
            id,
            name: name.into(),
            status: status.into(),
            reason: None,
            content: Content::default(),
            before: None,
            termination_protection: false,
            policy: None,
            parent: None,
            change_sets: Vec::new(),
            events: Vec::new(),
            findings: Vec::new(),
            operation: None,
            last_operation: None,
            created,
            updated: None,
            busy: 0,
        });
        self.stacks.len() - 1
    }

    /// Adds a stack that was deployed before.
    pub fn deployed(&mut self, name: &str, template: &Value) -> &mut Stack {
        let index = self.add(name, "CREATE_COMPLETE");
        let mut resources = BTreeMap::new();
        for (id, kind) in declared(&template.to_string()) {
            let physical = self.physical(name, &id);
            resources.insert(id, Resource { kind, physical, status: "CREATE_COMPLETE".into(), reason: None });
        }
        let stack = &mut self.stacks[index];
        stack.content = Content { template: template.to_string(), resources, ..Content::default() };
        stack
    }

    pub fn physical(&mut self, stack: &str, id: &str) -> String {
        format!("{stack}-{id}-{:06}", self.next())
    }

    /// How the next operation on a stack turns out.
    pub fn script(&mut self, stack: &str) -> Script {
        let planned =
            self.scripts.get_mut(stack).filter(|scripts| !scripts.is_empty()).map(|scripts| scripts.remove(0));
        planned.unwrap_or_default()
    }
}

impl Stack {
    /// Its operation has ended, and with it the change set that it executed.
    pub fn over(&mut self) {
        self.operation = None;
        let failed =
            self.status.contains("ROLLBACK") || self.status.contains("FAILED") || self.status.contains("DELETE");
        for set in self.change_sets.iter_mut().filter(|set| set.execution == "EXECUTE_IN_PROGRESS") {
            set.execution = if failed { "EXECUTE_FAILED" } else { "EXECUTE_COMPLETE" }.into();
        }
    }
}

/// A template, JSON or YAML. What YAML's tags say is lost.
pub fn parsed(template: &str) -> Value {
    serde_json::from_str(template).unwrap_or_else(|_| {
        let documents = yaml_rust2::YamlLoader::load_from_str(template).unwrap_or_default();
        documents.first().map(json).unwrap_or_default()
    })
}

fn json(yaml: &yaml_rust2::Yaml) -> Value {
    use yaml_rust2::Yaml;
    match yaml {
        Yaml::Hash(entries) => {
            entries.iter().map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), json(value))).collect()
        }
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Boolean(value) => (*value).into(),
        Yaml::Integer(value) => (*value).into(),
        Yaml::Real(text) | Yaml::String(text) => text.as_str().into(),
        _ => Value::Null,
    }
}

/// The resources of a template with their types, in its order.
pub fn declared(template: &str) -> Vec<(String, String)> {
    let template = parsed(template);
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.map(|(id, resource)| (id.clone(), resource["Type"].as_str().unwrap_or_default().to_owned())).collect()
}
