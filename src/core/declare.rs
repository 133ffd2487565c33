//! What a stack declares under a name of its own: outputs, parameters, conditions, rules, mappings, runbooks.

use std::panic::Location;

use indexmap::IndexMap;

use super::output::MappingData;
use super::parameter::ParameterData;
use super::{
    At, Condition, ConditionRef, IntoExpr, Mapping, Named, Output, Param, Parameter, Problem, Rule, Runbook, Stack,
};

impl Stack {
    /// Declares an output. Its key is alphanumeric and unique in the stack.
    #[track_caller]
    pub fn output(&mut self, key: impl Into<String>, value: impl IntoExpr) -> &mut Output {
        let (key, at) = (key.into(), Location::caller());
        self.declared("output", &key, self.outputs.get(&key).map(|output| output.at), at);
        let output = Output {
            value: value.into_expr(),
            description: None,
            export: None,
            condition: None,
            aliases: Vec::new(),
            at,
        };
        self.outputs.insert(key.clone(), output);
        let last = self.outputs.get_index_of(&key).unwrap_or_default();
        &mut self.outputs[last]
    }

    /// Declares a parameter.
    #[track_caller]
    pub fn parameter<T>(&mut self, name: impl Into<String>, parameter: Parameter<T>) -> Param<T> {
        self.parameter_at(name.into(), parameter, Location::caller())
    }

    /// Declares a parameter that several constructs share, or finds the one of that name. For constructs: what a
    /// definition declares is for [`Stack::parameter`].
    #[track_caller]
    pub fn shared_parameter<T>(&mut self, name: impl Into<String>, parameter: Parameter<T>) -> Param<T> {
        let (name, at) = (name.into(), Location::caller());
        if self.parameters.contains_key(&name) {
            return Param::new(Named { stack: self.key, name });
        }
        self.parameter_at(name, parameter, at)
    }

    pub(super) fn parameter_at<T>(&mut self, name: String, parameter: Parameter<T>, at: At) -> Param<T> {
        self.declared("parameter", &name, self.parameters.get(&name).and_then(|p| p.at), at);
        self.parameters.insert(name.clone(), ParameterData { at: Some(at), ..parameter.data });
        Param::new(Named { stack: self.key, name })
    }

    /// Declares a condition.
    #[track_caller]
    pub fn condition(&mut self, name: impl Into<String>, condition: Condition) -> ConditionRef {
        let (name, at) = (name.into(), Location::caller());
        self.declared("condition", &name, self.conditions.get(&name).map(|(_, at)| *at), at);
        self.conditions.insert(name.clone(), (condition, at));
        ConditionRef(Named { stack: self.key, name })
    }

    /// Declares a rule.
    #[track_caller]
    pub fn rule(&mut self, name: impl Into<String>, rule: Rule) {
        let (name, at) = (name.into(), Location::caller());
        self.declared("rule", &name, self.rules.get(&name).and_then(|rule| rule.at), at);
        self.rules.insert(name, Rule { at: Some(at), ..rule });
    }

    /// Declares a mapping: values under two levels of keys.
    #[track_caller]
    pub fn mapping<'a, V: IntoExpr>(
        &mut self,
        name: impl Into<String>,
        entries: impl IntoIterator<Item = (&'a str, Vec<(&'a str, V)>)>,
    ) -> Mapping {
        let (name, at) = (name.into(), Location::caller());
        self.declared("mapping", &name, self.mappings.get(&name).map(|mapping| mapping.at), at);
        let mut data = MappingData { entries: IndexMap::new(), at };
        for (first, values) in entries {
            let values = values.into_iter().map(|(second, value)| (second.to_owned(), value.into_expr()));
            data.entries.entry(first.to_owned()).or_default().extend(values);
        }
        self.mappings.insert(name.clone(), data);
        Mapping(Named { stack: self.key, name })
    }

    pub(super) fn declared(&mut self, what: &str, name: &str, before: Option<At>, at: At) {
        if let Some(before) = before {
            let problem = Problem::error("name-used-twice", format!("the {what} `{name}` is declared twice"))
                .help("give one of them another name")
                .at(at, "declared again here")
                .at(before, "the first is declared here");
            self.report(problem);
        }
    }

    /// Declares manual steps that belong to the stack: `stacks runbook` prints them with outputs filled in.
    ///
    /// `name` is unique in the stack, of letters, digits, `-` and `_`. `title` says in a line what it is about, and is
    /// printed as the heading. `text` is Markdown, best a file next to the definition. In it `{{VpcId}}` stands for the
    /// stack's output of that key, `{{shop/dev/web:Url}}` for one of another stack; an output that does not exist is a
    /// problem (check `runbook`). Nothing of it is in the template.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::cfn::sqs;
    /// let queue = s.add("Jobs", sqs::Queue::new());
    /// s.output("QueueUrl", queue);
    /// // Usually include_str!("send.md").
    /// s.runbook("send", "Send the first job", "aws sqs send-message --queue-url {{QueueUrl}} --message-body hello");
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    pub fn runbook(&mut self, name: impl Into<String>, title: impl Into<String>, text: impl Into<String>) {
        let (name, at) = (name.into(), Location::caller());
        self.declared("runbook", &name, self.runbooks.get(&name).map(|runbook| runbook.at), at);
        self.runbooks.insert(name, Runbook { title: title.into(), text: text.into(), at });
    }
}
