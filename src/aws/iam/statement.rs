//! Statements: one rule of a policy.

use std::panic::Location;

use super::policy_file::allows_everything;
use super::{Principal, actions};
use crate::core::{At, Expr, IntoExpr, Problem, Props, Value};

/// Whether a statement allows or denies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Lets what it matches happen, unless another statement denies it.
    Allow,
    /// Refuses what it matches, whatever else allows it.
    Deny,
}

/// One rule of a policy: who may, or may not, do what to what, and when.
///
/// ```
/// use formwork::aws::iam::Statement;
///
/// let read = Statement::allow(["s3:GetObject"], ["arn:aws:s3:::reports/*"]);
/// let own_network = read.when("IpAddress", "aws:SourceIp", ["198.51.100.0/24"]);
/// ```
#[derive(Clone, Debug)]
pub struct Statement {
    /// An id of the statement, alphanumeric, unique in the policy. Default: none. One with an id is not merged.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about. Default: nobody is named, which a policy of an identity must not do, and one of a resource must.
    pub principals: Vec<Principal>,
    /// What it is about: `s3:GetObject`, with `*` for anything.
    pub actions: Vec<String>,
    /// Everything but these, instead of `actions`. Default: empty.
    pub not_actions: Vec<String>,
    /// What it is done to: ARNs, with `*` for anything. Empty in trust policies alone.
    pub resources: Vec<Value<String>>,
    /// Everything but these, instead of `resources`. Default: empty.
    pub not_resources: Vec<Value<String>>,
    conditions: Vec<(String, String, Expr)>,
    at: At,
}

impl Statement {
    /// Allows actions on resources.
    #[must_use]
    #[track_caller]
    pub fn allow<A: Into<String>, R: Into<Value<String>>>(
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self::new(Effect::Allow, actions, resources)
    }

    /// Denies actions on resources.
    #[must_use]
    #[track_caller]
    pub fn deny<A: Into<String>, R: Into<Value<String>>>(
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self::new(Effect::Deny, actions, resources)
    }

    #[track_caller]
    fn new<A: Into<String>, R: Into<Value<String>>>(
        effect: Effect,
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = R>,
    ) -> Self {
        Self {
            sid: None,
            effect,
            principals: Vec::new(),
            actions: actions.into_iter().map(Into::into).collect(),
            not_actions: Vec::new(),
            resources: resources.into_iter().map(Into::into).collect(),
            not_resources: Vec::new(),
            conditions: Vec::new(),
            at: Location::caller(),
        }
    }

    /// Gives it an id.
    #[must_use]
    pub fn sid(self, sid: impl Into<String>) -> Self {
        Self { sid: Some(sid.into()), ..self }
    }

    /// Is about every action but these.
    #[must_use]
    pub fn not_actions<A: Into<String>>(mut self, actions: impl IntoIterator<Item = A>) -> Self {
        self.not_actions.extend(actions.into_iter().map(Into::into));
        self
    }

    /// Is about every resource but these.
    #[must_use]
    pub fn not_resources<R: Into<Value<String>>>(mut self, resources: impl IntoIterator<Item = R>) -> Self {
        self.not_resources.extend(resources.into_iter().map(Into::into));
        self
    }

    /// Is about this principal too: for policies of resources, and trust. Principals of one statement have the same
    /// conditions: a condition is the whole statement's.
    #[must_use]
    pub fn principal(mut self, principal: impl Into<Principal>) -> Self {
        self.principals.push(principal.into());
        self
    }

    /// Holds only when the request's `key` compares so with `value`, or with any of a list: operator (`StringEquals`),
    /// key (`aws:SourceIp`), value. All conditions must be true. Rule: the AWS IAM user guide, "IAM JSON policy elements:
    /// Condition".
    #[must_use]
    pub fn when(mut self, operator: impl Into<String>, key: impl Into<String>, value: impl IntoExpr) -> Self {
        self.conditions.push((operator.into(), key.into(), value.into_expr()));
        self
    }

    /// What is wrong or doubtful: actions that do not exist, everything allowed on everything.
    pub(super) fn doubts(&self) -> Vec<Problem> {
        let actions = self.actions.iter().chain(&self.not_actions);
        let mut doubts: Vec<Problem> = actions.filter_map(|action| actions::doubt(action)).collect();
        let everything = self.actions.iter().any(|action| actions::is_everything(action))
            && self.resources.iter().any(|resource| resource.expr().as_str() == Some("*"));
        let always = self.conditions.is_empty() && self.principals.iter().all(Principal::is_unconditional);
        if self.effect == Effect::Allow && everything && always {
            doubts.push(allows_everything());
        }
        if self.principals.windows(2).any(|pair| !pair[0].holds_when(&pair[1])) {
            let message = "the principals of one statement hold under different conditions";
            let help = "give each a statement of its own: a condition is the whole statement's, so each could pass those of the others";
            doubts.push(Problem::error("policy-document", message).help(help));
        }
        doubts.into_iter().map(|doubt| doubt.at(self.at, "said here")).collect()
    }

    /// As IAM writes it.
    pub(super) fn into_expr(self) -> Expr {
        let at = self.at;
        let mut out = Props::new();
        let mut set = |key: &'static str, value: Expr| out.set_at(key, value, at);
        if let Some(sid) = self.sid {
            set("Sid", sid.into());
        }
        set("Effect", if self.effect == Effect::Allow { "Allow" } else { "Deny" }.into());
        let mut conditions = self.conditions;
        if let Some(who) = Principal::all(&self.principals, &mut conditions) {
            set("Principal", who);
        }
        let texts = |texts: Vec<String>| texts.into_iter().map(Expr::from).collect();
        let values = |values: Vec<Value<String>>| values.into_iter().map(Value::into_expr).collect();
        let lists: [(_, Vec<Expr>); 4] = [
            ("Action", texts(self.actions)),
            ("NotAction", texts(self.not_actions)),
            ("Resource", values(self.resources)),
            ("NotResource", values(self.not_resources)),
        ];
        for (key, list) in lists {
            if !list.is_empty() {
                set(key, one_or_more(list));
            }
        }
        if !conditions.is_empty() {
            set("Condition", condition(conditions, at));
        }
        Expr::Map(out)
    }
}

/// A list without repetitions; of one item, the item, as IAM and AWS CDK write it.
pub(super) fn one_or_more(list: Vec<Expr>) -> Expr {
    let mut out: Vec<Expr> = Vec::with_capacity(list.len());
    for item in list {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    if out.len() == 1 { out.remove(0) } else { Expr::List(out) }
}

/// Conditions by operator, then by key; what is said twice of one key is a list of both.
fn condition(conditions: Vec<(String, String, Expr)>, at: At) -> Expr {
    let mut operators = Props::new();
    for (operator, key, value) in conditions {
        let mut keys =
            match operators.get_mut(&operator).map(|entry| std::mem::replace(&mut entry.value, Expr::Bool(true))) {
                Some(Expr::Map(keys)) => keys,
                _ => Props::new(),
            };
        let value = match keys.get(&key) {
            Some(before) => one_or_more([items(before.value.clone()), items(value)].concat()),
            None => value,
        };
        keys.set_at(key, value, at);
        operators.set_at(operator, Expr::Map(keys), at);
    }
    Expr::Map(operators)
}

/// The items of a list, or the one thing that stands for a list of it.
pub(super) fn items(expr: Expr) -> Vec<Expr> {
    match expr {
        Expr::List(items) => items,
        one => vec![one],
    }
}
