//! Policy documents: statements, merged where that changes nothing.

use std::panic::Location;

use super::Statement;
use super::statement::{items, one_or_more};
use crate::core::{At, Expr, Json, Problem, Props, Stack, Value};

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
    statements: Vec<Expr>,
    pub(super) problems: Vec<Problem>,
    at: At,
}

impl PolicyDocument {
    /// A policy of these statements.
    #[must_use]
    #[track_caller]
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        let mut document = Self { statements: Vec::new(), problems: Vec::new(), at: Location::caller() };
        for statement in statements {
            document.add(statement);
        }
        document
    }

    /// Adds a statement.
    pub fn add(&mut self, statement: Statement) {
        merge(&mut self.statements, statement.into_expr());
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// As a property takes it. What is wrong with the document becomes a problem of the construct that is being built.
    pub fn build(self, stack: &mut Stack) -> Value<Json> {
        for problem in self.problems {
            stack.report_at(None, problem);
        }
        Value::from_expr(rendered(self.statements, self.at))
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

/// Adds a statement to a property that holds a document, or makes one.
pub(in crate::aws) fn append(props: &mut Props, property: &'static str, statement: Statement, at: At) {
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
