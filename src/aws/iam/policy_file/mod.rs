//! Policy documents that are files: read with places, checked, and kept as they were written.

mod condition;
mod elements;
mod json;

pub(super) use elements::allows_everything;

use std::ops::Range;
use std::sync::Arc;

use json::{Json, Node};

use super::PolicyUse;
use crate::core::{At, Expr, Intrinsic, Problem, Props, Pseudo, TextPlace};

/// A document as it was written.
#[derive(Clone, Debug)]
pub(super) struct PolicyFile {
    name: Arc<str>,
    source: Arc<str>,
    root: Option<Arc<Node>>,
    /// Whether all of it could be read.
    whole: bool,
}

impl PolicyFile {
    /// Reads a document; what is wrong whatever it is used for goes to `problems`.
    pub(super) fn read(name: Arc<str>, source: Arc<str>, problems: &mut Vec<Problem>) -> Self {
        let read = json::read(&source);
        let file = Self { name, source, root: read.root.map(Arc::new), whole: read.whole };
        for flaw in read.flaws {
            let problem = Problem::error("format", flaw.message).help(flaw.help);
            problems.push(problem.in_text(file.place(flaw.marks)));
        }
        if let Some(root) = &file.root {
            elements::check(&file, root, None, problems);
        }
        file
    }

    /// What is wrong with it for one use.
    pub(super) fn check_for(&self, purpose: PolicyUse, problems: &mut Vec<Problem>) {
        if let Some(root) = &self.root {
            elements::check(self, root, Some(purpose), problems);
        }
    }

    /// Where it begins, for what is wrong with all of it.
    pub(super) fn beginning(&self) -> TextPlace {
        let span = self.root.as_ref().map_or(0..0, |root| root.span.clone());
        self.place(vec![(self.first(&span), "this document")])
    }

    /// The first character of a value: a mark at all of it would cover lines.
    fn first(&self, span: &Range<usize>) -> Range<usize> {
        let first = self.source[span.start..].chars().next();
        span.start..span.start + first.map_or(0, char::len_utf8)
    }

    fn place(&self, marks: Vec<(Range<usize>, &'static str)>) -> TextPlace {
        TextPlace { name: Arc::clone(&self.name), source: Arc::clone(&self.source), marks }
    }

    /// All that it says, in its order.
    pub(super) fn props(&self, at: At) -> Props {
        match self.root.as_ref().map(|root| expr(root, at)) {
            Some(Expr::Map(props)) => props,
            _ => Props::new(),
        }
    }
}

/// A value as a template has it. Text stays text: `${aws:username}` is IAM's, not CloudFormation's.
fn expr(node: &Node, at: At) -> Expr {
    match &node.value {
        Json::Null | Json::Unread => Intrinsic::Pseudo(Pseudo::NoValue).into(),
        Json::Bool(value) => Expr::Bool(*value),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Expr::Number(number.as_f64().unwrap_or(f64::NAN)), Expr::Integer)
        }
        Json::Text(text) => text.as_str().into(),
        Json::List(items) => Expr::List(items.iter().map(|item| expr(item, at)).collect()),
        Json::Object(members) => {
            let mut props = Props::new();
            for member in members {
                props.set_at(member.name.clone(), expr(&member.value, at), at);
            }
            Expr::Map(props)
        }
    }
}
