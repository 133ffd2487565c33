//! Conditions and rules: what depends on the parameters of a deployment.

use super::{At, Expr, IntoExpr, Named};

/// Something that is true or false when the stack is deployed.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::{Condition, Parameter, intrinsics::if_else, cfn::sqs};
/// let stage = s.parameter("Stage", Parameter::string().allowed_values(["dev", "prod"]));
/// let is_prod = s.condition("IsProd", Condition::equals(&stage, "prod"));
/// s.add("Jobs", sqs::Queue::new().message_retention_period(if_else(&is_prod, 1_209_600, 345_600)));
/// # });
/// ```
#[derive(Clone, Debug)]
pub enum Condition {
    /// `Fn::Equals`
    Equals(Expr, Expr),
    /// `Fn::And` of 2 to 10
    And(Vec<Condition>),
    /// `Fn::Or` of 2 to 10
    Or(Vec<Condition>),
    /// `Fn::Not`
    Not(Box<Condition>),
    /// Another condition, by name.
    Named(Named),
    /// `Fn::Contains`, in rules only: whether the first list holds the value.
    Contains(Vec<Expr>, Expr),
    /// `Fn::EachMemberEquals`, in rules only.
    EachMemberEquals(Expr, Expr),
    /// `Fn::EachMemberIn`, in rules only.
    EachMemberIn(Expr, Expr),
}

/// A condition that a stack has declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionRef(pub(crate) Named);

impl Condition {
    /// Whether two values are the same: `Fn::Equals`.
    #[must_use]
    pub fn equals(a: impl IntoExpr, b: impl IntoExpr) -> Self {
        Self::Equals(a.into_expr(), b.into_expr())
    }

    /// Whether all are true: `Fn::And`, of 2 to 10 conditions.
    #[must_use]
    pub fn all<C: Into<Self>>(conditions: impl IntoIterator<Item = C>) -> Self {
        Self::And(conditions.into_iter().map(Into::into).collect())
    }

    /// Whether any is true: `Fn::Or`, of 2 to 10 conditions.
    #[must_use]
    pub fn any<C: Into<Self>>(conditions: impl IntoIterator<Item = C>) -> Self {
        Self::Or(conditions.into_iter().map(Into::into).collect())
    }

    /// Whether it is false: `Fn::Not`.
    #[must_use]
    pub fn negate(condition: impl Into<Self>) -> Self {
        Self::Not(Box::new(condition.into()))
    }

    /// Whether `list` holds `value`: `Fn::Contains`. In rules only.
    #[must_use]
    pub fn contains<V: IntoExpr>(list: impl IntoIterator<Item = V>, value: impl IntoExpr) -> Self {
        Self::Contains(list.into_iter().map(IntoExpr::into_expr).collect(), value.into_expr())
    }

    /// Whether each member of `list` is `value`: `Fn::EachMemberEquals`. In rules only.
    #[must_use]
    pub fn each_member_equals(list: impl IntoExpr, value: impl IntoExpr) -> Self {
        Self::EachMemberEquals(list.into_expr(), value.into_expr())
    }

    /// Whether each member of `list` is in `other`: `Fn::EachMemberIn`. In rules only.
    #[must_use]
    pub fn each_member_in(list: impl IntoExpr, other: impl IntoExpr) -> Self {
        Self::EachMemberIn(list.into_expr(), other.into_expr())
    }

    /// The values compared, directly or inside.
    #[must_use]
    pub fn operands(&self) -> Vec<&Expr> {
        match self {
            Self::Equals(a, b) | Self::EachMemberEquals(a, b) | Self::EachMemberIn(a, b) => vec![a, b],
            Self::And(inner) | Self::Or(inner) => inner.iter().flat_map(Self::operands).collect(),
            Self::Not(inner) => inner.operands(),
            Self::Named(_) => vec![],
            Self::Contains(list, value) => list.iter().chain([value]).collect(),
        }
    }

    /// Calls `visit` with this condition and every one inside it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::And(inner) | Self::Or(inner) => inner.iter().for_each(|condition| condition.walk(visit)),
            Self::Not(inner) => inner.walk(visit),
            _ => {}
        }
    }
}

impl From<ConditionRef> for Condition {
    fn from(condition: ConditionRef) -> Self {
        Self::Named(condition.0)
    }
}

impl From<&ConditionRef> for Condition {
    fn from(condition: &ConditionRef) -> Self {
        Self::Named(condition.0.clone())
    }
}

/// A rule: assertions on the parameters, checked before anything is created.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    pub(crate) condition: Option<Condition>,
    pub(crate) assertions: Vec<(Condition, Option<String>)>,
    pub(crate) at: Option<At>,
}

impl Rule {
    /// A rule without assertions, which always applies.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// When the rule applies. Default: always.
    #[must_use]
    pub fn when(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Something that must hold, and what to say where it does not.
    #[must_use]
    pub fn assert(mut self, condition: Condition, description: impl Into<String>) -> Self {
        self.assertions.push((condition, Some(description.into())));
        self
    }
}
