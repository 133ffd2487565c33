//! Policy documents: statements, merged where that changes nothing.

use std::panic::Location;
use std::sync::Arc;

use super::policy_file::PolicyFile;
use super::statement::{items, one_or_more};
use super::{PolicyUse, Statement};
use crate::core::{At, Expr, Json, NodeId, Problem, Props, Ref, Resource, Stack, Value};

/// A policy: a list of statements.
///
/// Statements that differ in nothing but their actions, their resources or their principals become one; what is said
/// twice is said once.
///
/// ```
/// use formwork::aws::iam::{PolicyDocument, Statement};
///
/// let policy = PolicyDocument::new([
///     Statement::allow(["s3:ListBucket"], ["arn:aws:s3:::reports"]),
///     Statement::deny(["s3:*"], ["arn:aws:s3:::reports/secret/*"]),
/// ]);
/// ```
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// What is wrong with it, and doubtful: reported where the policy is used.
    pub problems: Vec<Problem>,
    statements: Vec<Expr>,
    /// What was read from a file, which stays as it is.
    file: Option<PolicyFile>,
    at: At,
}

impl PolicyDocument {
    /// A policy of these statements.
    #[must_use]
    #[track_caller]
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        let mut document = Self { problems: Vec::new(), statements: Vec::new(), file: None, at: Location::caller() };
        for statement in statements {
            document.add(statement);
        }
        document
    }

    /// A policy that was written as JSON: its text, and the name to call it by in errors, the path of its file.
    ///
    /// It goes into the template as it is: its order, its ids, and variables such as `${aws:username}`, which are IAM's.
    /// What is wrong with it is a problem at the file's line, and all of it is told at once: JSON that is none, names
    /// that are there twice, elements that are missing or unknown, actions that do not exist (a warning), everything
    /// allowed on everything (a warning), more text than the policy may have.
    ///
    /// ```
    /// use formwork::aws::iam::PolicyDocument;
    ///
    /// let text = r#"{ "Version": "2012-10-17", "Statement": {
    ///     "Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/${aws:username}" } }"#;
    /// // `include_str!("policies/own-password.json")` in a stack.
    /// let policy = PolicyDocument::from_json("policies/own-password.json", text);
    /// assert!(policy.problems.is_empty());
    /// ```
    #[must_use]
    #[track_caller]
    pub fn from_json(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let mut problems = Vec::new();
        let file = PolicyFile::read(name.into(), text.into(), &mut problems);
        Self { problems, statements: Vec::new(), file: Some(file), at: Location::caller() }
    }

    /// Adds a statement, after those of a file.
    pub fn add(&mut self, statement: Statement) {
        self.problems.extend(statement.doubts());
        merge(&mut self.statements, statement.into_expr());
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.file.is_none()
    }

    /// As a property takes it. What is wrong with the document becomes a problem of the construct that is being built.
    pub fn build(self, stack: &mut Stack) -> Value<Json> {
        for problem in self.problems {
            let problem = if self.file.is_some() { problem.at(self.at, "read here") } else { problem };
            stack.report_at(None, problem);
        }
        let Some(file) = self.file else { return Value::from_expr(rendered(self.statements, self.at)) };
        let mut document = file.props(self.at);
        if !self.statements.is_empty() {
            let written = document.get("Statement").map(|entry| items(entry.value.clone())).unwrap_or_default();
            document.set_at("Statement", Expr::List([written, self.statements].concat()), self.at);
        }
        Value::from_expr(Expr::Map(document))
    }

    /// As a property takes it that holds policies of one use, with what is wrong for that.
    pub(in crate::aws) fn build_for(mut self, purpose: PolicyUse, stack: &mut Stack) -> Value<Json> {
        if let Some(file) = &self.file {
            file.check_for(purpose, &mut self.problems);
        }
        let place = self.file.as_ref().map(PolicyFile::beginning);
        let at = self.at;
        let document = self.build(stack).into_expr();
        if let Some(problem) = purpose.too_long(&document) {
            let problem = match place {
                Some(place) => problem.in_text(place).at(at, "read here"),
                None => problem.at(at, "made here"),
            };
            stack.report_at(None, problem);
        }
        Value::from_expr(document)
    }
}

impl<S: IntoIterator<Item = Statement>> From<S> for PolicyDocument {
    #[track_caller]
    fn from(statements: S) -> Self {
        Self::new(statements)
    }
}

fn rendered(statements: Vec<Expr>, at: At) -> Expr {
    let mut document = Props::new();
    document.set_at("Version", "2012-10-17".into(), at);
    document.set_at("Statement", Expr::List(statements), at);
    Expr::Map(document)
}

/// Adds a statement to the document that a property of a resource holds, or makes one. What is doubtful about it is told
/// of `construct`, or of the one that is being built.
#[track_caller]
pub(in crate::aws) fn add_statement<R: Resource>(
    stack: &mut Stack,
    resource: Ref<R>,
    property: &'static str,
    statement: Statement,
    construct: Option<NodeId>,
) {
    let at = Location::caller();
    for doubt in statement.doubts() {
        stack.report_at(construct, doubt);
    }
    stack.edit(resource, |resource| {
        let type_name = resource.type_name();
        let mut props = resource.into_props();
        append(&mut props, property, statement, at);
        R::from_props(type_name, props)
    });
}

fn append(props: &mut Props, property: &'static str, statement: Statement, at: At) {
    let before = props.get_mut(property).map(|entry| std::mem::replace(&mut entry.value, Expr::Bool(true)));
    let mut statements = match before {
        Some(Expr::Map(document)) => {
            document.get("Statement").map(|entry| items(entry.value.clone())).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    merge(&mut statements, statement.into_expr());
    props.set_at(property, rendered(statements, at), at);
}

/// Adds a statement, or what it says more to one that differs from it in one list only.
fn merge(statements: &mut Vec<Expr>, statement: Expr) {
    let Expr::Map(new) = &statement else { return statements.push(statement) };
    for before in statements.iter_mut() {
        let Expr::Map(old) = before else { continue };
        if *old == *new || joined(old, new) {
            return;
        }
    }
    statements.push(statement);
}

/// Joins two statements where the result means what both do: no ids, and one list that differs.
fn joined(old: &mut Props, new: &Props) -> bool {
    let same_keys = old.len() == new.len() && new.iter().all(|entry| old.get(&entry.key).is_some());
    if !same_keys || new.get("Sid").is_some() {
        return false;
    }
    let differs = |old: &Props, entry: &crate::core::Entry| old.get(&entry.key).is_none_or(|o| o.value != entry.value);
    let mut different = new.iter().filter(|entry| differs(old, entry));
    let (Some(entry), None) = (different.next(), different.next()) else { return false };
    let key = &*entry.key;
    let Some(place) = old.get_mut(key) else { return false };
    match (key, &mut place.value, &entry.value) {
        ("Action" | "Resource", before, after) => {
            *before = one_or_more([items(before.clone()), items(after.clone())].concat());
            true
        }
        ("Principal", Expr::Map(before), Expr::Map(after)) => {
            for entry in after {
                let known = before.get(&entry.key).map(|known| items(known.value.clone())).unwrap_or_default();
                let all = one_or_more([known, items(entry.value.clone())].concat());
                before.set_at(entry.key.clone(), all, entry.at);
            }
            true
        }
        _ => false,
    }
}
