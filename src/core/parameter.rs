//! Template parameters: values that are given when a stack is deployed.

use std::fmt;
use std::marker::PhantomData;

use super::{At, Expr, IntoExpr, Intrinsic, Named, Value, Whole};

/// A parameter of a template, whose value has type `T`.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::Parameter;
/// let office = s.parameter(
///     "OfficeCidr",
///     Parameter::string().description("Where administrators come from").allowed_pattern(r"[0-9./]+"),
/// );
/// # s.output("Office", office);
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Parameter<T> {
    pub(crate) data: ParameterData,
    of: PhantomData<fn() -> T>,
}

/// What a template says of a parameter.
#[derive(Clone, Debug, Default)]
pub struct ParameterData {
    pub(crate) type_name: String,
    pub(crate) description: Option<String>,
    pub(crate) default: Option<Expr>,
    pub(crate) allowed_values: Vec<Expr>,
    pub(crate) allowed_pattern: Option<String>,
    pub(crate) constraint_description: Option<String>,
    pub(crate) min_length: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) min_value: Option<i64>,
    pub(crate) max_value: Option<i64>,
    pub(crate) no_echo: bool,
    pub(crate) at: Option<At>,
}

impl Parameter<String> {
    /// A string: type `String`.
    #[must_use]
    pub fn string() -> Self {
        Self::of_type("String")
    }
}

impl<T: Whole> Parameter<T> {
    /// A number: type `Number`.
    #[must_use]
    pub fn number() -> Self {
        Self::of_type("Number")
    }
}

impl Parameter<Vec<String>> {
    /// A list of strings, given with commas between them: type `CommaDelimitedList`.
    #[must_use]
    pub fn list() -> Self {
        Self::of_type("CommaDelimitedList")
    }
}

impl<T> Parameter<T> {
    /// A parameter of one of CloudFormation's own types, such as `AWS::EC2::VPC::Id` or
    /// `AWS::SSM::Parameter::Value<String>`, used as a `T`.
    #[must_use]
    pub fn of_type(type_name: impl Into<String>) -> Self {
        Self { data: ParameterData { type_name: type_name.into(), ..ParameterData::default() }, of: PhantomData }
    }

    /// What it is for. Default: nothing is said.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.data.description = Some(text.into());
        self
    }

    /// Its value when none is given. Default: a value must be given.
    #[must_use]
    pub fn default(mut self, value: impl IntoExpr) -> Self {
        self.data.default = Some(value.into_expr());
        self
    }

    /// The only values it may have. Default: any.
    #[must_use]
    pub fn allowed_values<V: IntoExpr>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.data.allowed_values = values.into_iter().map(IntoExpr::into_expr).collect();
        self
    }

    /// A regular expression that the whole value must match. Default: none.
    #[must_use]
    pub fn allowed_pattern(mut self, pattern: impl Into<String>) -> Self {
        self.data.allowed_pattern = Some(pattern.into());
        self
    }

    /// What CloudFormation says when a value is refused. Default: it names the constraint.
    #[must_use]
    pub fn constraint_description(mut self, text: impl Into<String>) -> Self {
        self.data.constraint_description = Some(text.into());
        self
    }

    /// The least and the greatest number of characters. Default: any number.
    #[must_use]
    pub const fn length(mut self, min: i64, max: i64) -> Self {
        (self.data.min_length, self.data.max_length) = (Some(min), Some(max));
        self
    }

    /// The least and the greatest number. Default: any.
    #[must_use]
    pub const fn range(mut self, min: i64, max: i64) -> Self {
        (self.data.min_value, self.data.max_value) = (Some(min), Some(max));
        self
    }

    /// Hides the value wherever CloudFormation shows parameters. Default: shown.
    #[must_use]
    pub const fn no_echo(mut self) -> Self {
        self.data.no_echo = true;
        self
    }
}

/// A parameter that a stack has declared.
pub struct Param<T> {
    pub(super) name: Named,
    of: PhantomData<fn() -> T>,
}

impl<T> Param<T> {
    pub(crate) const fn new(name: Named) -> Self {
        Self { name, of: PhantomData }
    }

    /// Its value: `Ref` of the parameter.
    #[must_use]
    pub fn value(&self) -> Value<T> {
        Value::from_expr(Intrinsic::Parameter(self.name.clone()).into())
    }
}

impl<T> Clone for Param<T> {
    fn clone(&self) -> Self {
        Self::new(self.name.clone())
    }
}

impl<T> fmt::Debug for Param<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Param({})", self.name.name)
    }
}

impl<T> From<Param<T>> for Value<T> {
    fn from(param: Param<T>) -> Self {
        param.value()
    }
}

impl<T> From<&Param<T>> for Value<T> {
    fn from(param: &Param<T>) -> Self {
        param.value()
    }
}

impl<T> IntoExpr for Param<T> {
    fn into_expr(self) -> Expr {
        self.value().into_expr()
    }
}

impl<T> IntoExpr for &Param<T> {
    fn into_expr(self) -> Expr {
        self.value().into_expr()
    }
}
