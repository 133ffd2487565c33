//! Expressions: literals and intrinsic functions, whose references are node ids, never encoded strings.

use std::borrow::Cow;

use super::{NodeId, Props, StackKey};

/// A value of a template before it has logical ids: a literal or an intrinsic function.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A string.
    String(Box<str>),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A list.
    List(Vec<Expr>),
    /// An object: nested properties, or a map of free keys.
    Map(Props),
    /// What `Ref` returns for a resource.
    Ref(NodeId),
    /// An attribute of a resource: `Fn::GetAtt`.
    Att(Box<Att>),
    /// Any other intrinsic function.
    Intrinsic(Box<Intrinsic>),
}

/// One attribute of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Att {
    /// The resource.
    pub node: NodeId,
    /// The attribute's name, as CloudFormation spells it (`Endpoint.Address`).
    pub name: Cow<'static, str>,
}

/// Something a stack declares under a name of its own: a parameter, a condition, a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The stack that declares it.
    pub stack: StackKey,
    /// Its name in the template.
    pub name: String,
}

/// An intrinsic function other than `Ref` of a resource and `Fn::GetAtt`.
#[derive(Clone, Debug, PartialEq)]
pub enum Intrinsic {
    /// `Ref` of a parameter.
    Parameter(Named),
    /// `Ref` of a pseudo parameter.
    Pseudo(Pseudo),
    /// `Fn::Sub`: text with `${Name}` places, and what stands for the names that are not pseudo parameters.
    Sub(String, Vec<(String, Expr)>),
    /// `Fn::Join`: separator and list.
    Join(String, Expr),
    /// `Fn::Select`: index and list.
    Select(Expr, Expr),
    /// `Fn::Split`: separator and string.
    Split(String, Expr),
    /// `Fn::If`: condition, value if true, value if false.
    If(Named, Expr, Expr),
    /// `Fn::FindInMap`.
    FindInMap(Box<FindInMap>),
    /// `Fn::Base64`.
    Base64(Expr),
    /// `Fn::Cidr`: block, count, subnet bits.
    Cidr(Expr, Expr, Option<Expr>),
    /// `Fn::GetAZs` of a region; the empty string is the stack's own.
    GetAzs(Expr),
    /// `Fn::ImportValue`.
    ImportValue(Expr),
    /// `Fn::GetStackOutput`.
    StackOutput(Box<StackOutput>),
    /// `Fn::Length`.
    Length(Expr),
    /// `Fn::ToJsonString`.
    ToJsonString(Expr),
    /// `Fn::Transform`: macro name and parameters.
    Transform(String, Props),
    /// `Fn::RefAll`, in rules only: the values of every parameter of a type.
    RefAll(String),
    /// `Fn::ValueOf`, in rules only: an attribute of a parameter's value.
    ValueOf(Named, String),
    /// `Fn::ValueOfAll`, in rules only: an attribute of the values of every parameter of a type.
    ValueOfAll(String, String),
    /// A dynamic reference: `{{resolve:…}}`.
    Dynamic(Box<Dynamic>),
    /// A reference to another stack's resource, to be read with `Fn::GetStackOutput` rather than imported.
    ByStackOutput(Expr, Option<Expr>),
}

/// The parts of `Fn::FindInMap`.
#[derive(Clone, Debug, PartialEq)]
pub struct FindInMap {
    /// The mapping.
    pub map: Named,
    /// The top-level key.
    pub first: Expr,
    /// The second-level key.
    pub second: Expr,
    /// What to use when there is no such key; needs the transform `AWS::LanguageExtensions`.
    pub default: Option<Expr>,
}

/// The parts of `Fn::GetStackOutput`.
#[derive(Clone, Debug, PartialEq)]
pub struct StackOutput {
    /// The producing stack's name.
    pub stack: Expr,
    /// The output's key.
    pub output: Expr,
    /// Its region. Default: the consumer's.
    pub region: Option<Expr>,
    /// The role to read it with, in the producer's account. Default: the consumer's own rights.
    pub role: Option<Expr>,
}

/// A dynamic reference: CloudFormation reads the value while it deploys, and it is never in the template.
#[derive(Clone, Debug, PartialEq)]
pub enum Dynamic {
    /// A Systems Manager parameter in plain text.
    Ssm(Expr, Option<u64>),
    /// A Systems Manager secure string.
    SsmSecure(Expr, Option<u64>),
    /// A secret of Secrets Manager, or one field of it.
    SecretsManager {
        /// The secret's name or ARN.
        id: Expr,
        /// The field of the secret's JSON. Default: the whole secret.
        field: Option<String>,
        /// The version's stage. Default: `AWSCURRENT`.
        stage: Option<String>,
        /// The version's id. Default: the one the stage names.
        version: Option<String>,
    },
}

/// A pseudo parameter: what CloudFormation knows about the deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pseudo {
    /// `AWS::AccountId`
    AccountId,
    /// `AWS::NotificationARNs`
    NotificationArns,
    /// `AWS::NoValue`: the property is left out.
    NoValue,
    /// `AWS::Partition`
    Partition,
    /// `AWS::Region`
    Region,
    /// `AWS::StackId`
    StackId,
    /// `AWS::StackName`
    StackName,
    /// `AWS::URLSuffix`
    UrlSuffix,
}

impl Pseudo {
    /// Every pseudo parameter.
    pub const ALL: [Self; 8] = [
        Self::AccountId,
        Self::NotificationArns,
        Self::NoValue,
        Self::Partition,
        Self::Region,
        Self::StackId,
        Self::StackName,
        Self::UrlSuffix,
    ];

    /// How CloudFormation spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountId => "AWS::AccountId",
            Self::NotificationArns => "AWS::NotificationARNs",
            Self::NoValue => "AWS::NoValue",
            Self::Partition => "AWS::Partition",
            Self::Region => "AWS::Region",
            Self::StackId => "AWS::StackId",
            Self::StackName => "AWS::StackName",
            Self::UrlSuffix => "AWS::URLSuffix",
        }
    }
}

impl Intrinsic {
    /// The expressions directly inside.
    pub fn children(&self) -> impl Iterator<Item = &Expr> {
        let (list, props): (Vec<&Expr>, Option<&Props>) = match self {
            Self::Parameter(_) | Self::Pseudo(_) | Self::RefAll(_) | Self::ValueOf(..) | Self::ValueOfAll(..) => {
                (vec![], None)
            }
            Self::Sub(_, vars) => (vars.iter().map(|(_, value)| value).collect(), None),
            Self::Join(_, a)
            | Self::Split(_, a)
            | Self::Base64(a)
            | Self::GetAzs(a)
            | Self::ImportValue(a)
            | Self::Length(a)
            | Self::ToJsonString(a) => (vec![a], None),
            Self::Select(a, b) | Self::If(_, a, b) => (vec![a, b], None),
            Self::FindInMap(find) => {
                ([&find.first, &find.second].into_iter().chain(find.default.as_ref()).collect(), None)
            }
            Self::Cidr(a, b, c) => ([a, b].into_iter().chain(c.as_ref()).collect(), None),
            Self::StackOutput(from) => {
                let optional = from.region.as_ref().into_iter().chain(from.role.as_ref());
                ([&from.stack, &from.output].into_iter().chain(optional).collect(), None)
            }
            Self::Transform(_, parameters) => (vec![], Some(parameters)),
            Self::Dynamic(dynamic) => (vec![dynamic.key()], None),
            Self::ByStackOutput(a, role) => ([a].into_iter().chain(role.as_ref()).collect(), None),
        };
        list.into_iter().chain(props.into_iter().flat_map(|props| props.iter().map(|entry| &entry.value)))
    }
}

impl Dynamic {
    /// The parameter's or secret's name.
    #[must_use]
    pub fn key(&self) -> &Expr {
        match self {
            Self::Ssm(key, _) | Self::SsmSecure(key, _) | Self::SecretsManager { id: key, .. } => key,
        }
    }

    /// What stands before and after the key: `{{resolve:ssm:` and `:3}}`.
    #[must_use]
    pub fn around(&self) -> (&'static str, String) {
        let versioned = |version: &Option<u64>| version.map_or_else(|| "}}".into(), |v| format!(":{v}}}}}"));
        match self {
            Self::Ssm(_, version) => ("{{resolve:ssm:", versioned(version)),
            Self::SsmSecure(_, version) => ("{{resolve:ssm-secure:", versioned(version)),
            Self::SecretsManager { field, stage, version, .. } => {
                let part = |part: &Option<String>| part.clone().unwrap_or_default();
                let end = format!(":SecretString:{}:{}:{}}}}}", part(field), part(stage), part(version));
                ("{{resolve:secretsmanager:", end)
            }
        }
    }
}

impl Expr {
    /// Calls `visit` with this expression and every one inside it, in the order of the template.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Self::Map(props) => props.iter().for_each(|entry| entry.value.walk(visit)),
            Self::Intrinsic(intrinsic) => intrinsic.children().for_each(|child| child.walk(visit)),
            _ => {}
        }
    }

    /// A number as people write it: 50 rather than 50.0.
    pub(crate) fn number(number: f64) -> Self {
        /// The first whole number that has a neighbour it cannot be told from.
        const PRECISE: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() < PRECISE {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole, and fits")]
            return Self::Integer(number as i64);
        }
        Self::Number(number)
    }

    /// The text of a literal string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is `AWS::NoValue`: a property that is left out.
    #[must_use]
    pub fn is_no_value(&self) -> bool {
        matches!(self, Self::Intrinsic(intrinsic) if matches!(**intrinsic, Intrinsic::Pseudo(Pseudo::NoValue)))
    }

    pub(crate) fn from_json(json: serde_json::Value, at: super::At) -> Self {
        Self::from_json_below(json, at, 0)
    }

    /// JSON nested deeper than this is cut: nothing takes it, and synth refuses what is left for its depth.
    const DEEPEST: usize = 256;

    fn from_json_below(json: serde_json::Value, at: super::At, depth: usize) -> Self {
        if depth > Self::DEEPEST {
            return Self::List(Vec::new());
        }
        match json {
            serde_json::Value::Null => Intrinsic::Pseudo(Pseudo::NoValue).into(),
            serde_json::Value::Bool(b) => Self::Bool(b),
            serde_json::Value::Number(n) => {
                n.as_i64().map_or_else(|| Self::Number(n.as_f64().unwrap_or(f64::NAN)), Self::Integer)
            }
            serde_json::Value::String(s) => s.into(),
            serde_json::Value::Array(items) => {
                Self::List(items.into_iter().map(|item| Self::from_json_below(item, at, depth + 1)).collect())
            }
            serde_json::Value::Object(map) => {
                let mut props = Props::default();
                for (key, value) in map {
                    props.set_at(key, Self::from_json_below(value, at, depth + 1), at);
                }
                Self::Map(props)
            }
        }
    }
}

impl From<Intrinsic> for Expr {
    fn from(intrinsic: Intrinsic) -> Self {
        Self::Intrinsic(Box::new(intrinsic))
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Expr {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}
