//! Outputs, mappings: what a template declares beside its resources and parameters.

use indexmap::IndexMap;

use super::{At, Computed, ConditionRef, Expr, FindInMap, IntoExpr, Intrinsic, Named, Value};

/// An output of a stack.
#[derive(Clone, Debug)]
pub struct Output {
    pub(crate) value: Expr,
    pub(crate) description: Option<String>,
    pub(crate) export: Option<Expr>,
    pub(crate) condition: Option<Named>,
    pub(crate) aliases: Vec<String>,
    pub(crate) at: At,
}

impl Output {
    /// What it is. Default: nothing is said.
    pub fn description(&mut self, text: impl Into<String>) -> &mut Self {
        self.description = Some(text.into());
        self
    }

    /// Exports it under a name that is unique in the account and region. Default: not exported.
    ///
    /// References between stacks need no export of yours: they make their own.
    pub fn export(&mut self, name: impl IntoExpr) -> &mut Self {
        self.export = Some(name.into_expr());
        self
    }

    /// Gives it one more name in a shell, beside its key and the key in upper snake case: `stacks outputs --format env`
    /// prints it under each. Default: none.
    pub fn alias(&mut self, name: impl Into<String>) -> &mut Self {
        self.aliases.push(name.into());
        self
    }

    /// Gives the output only where the condition is true. Default: always.
    pub fn condition(&mut self, condition: &ConditionRef) -> &mut Self {
        self.condition = Some(condition.0.clone());
        self
    }
}

/// A mapping's keys and values, two levels deep.
#[derive(Debug)]
pub(crate) struct MappingData {
    pub(crate) entries: IndexMap<String, IndexMap<String, Expr>>,
    pub(crate) at: At,
}

/// A mapping that a stack has declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping(pub(crate) Named);

impl Mapping {
    /// The value under two keys: `Fn::FindInMap`.
    #[must_use]
    pub fn find(&self, first: impl IntoExpr, second: impl IntoExpr) -> Value<Computed> {
        self.look_up(first.into_expr(), second.into_expr(), None)
    }

    /// The value under two keys, or `default` where there is none. Uses the transform `AWS::LanguageExtensions`.
    #[must_use]
    pub fn find_or(&self, first: impl IntoExpr, second: impl IntoExpr, default: impl IntoExpr) -> Value<Computed> {
        self.look_up(first.into_expr(), second.into_expr(), Some(default.into_expr()))
    }

    fn look_up(&self, first: Expr, second: Expr, default: Option<Expr>) -> Value<Computed> {
        let find = FindInMap { map: self.0.clone(), first, second, default };
        Value::from_expr(Intrinsic::FindInMap(Box::new(find)).into())
    }
}
