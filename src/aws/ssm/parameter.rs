//! Parameters: values that others read by name.

use crate::aws::iam::{Grantee, Statement};
use crate::cfn::ssm;
use crate::core::{Construct, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// What a parameter costs, and may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterTier {
    /// Up to 4 KiB, without costs.
    Standard,
    /// Up to 8 KiB, for $0.05 a month.
    Advanced,
    /// Standard, or advanced where it has to be.
    IntelligentTiering,
}

/// A parameter: a text, or a list of texts. A secure string cannot be made by CloudFormation: keep secrets in
/// [`secretsmanager`](crate::aws::secretsmanager).
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ssm::ParameterSpec;
///
/// s.add("Image", ParameterSpec {
///     parameter_name: Some("/shop/image".into()),
///     allowed_pattern: Some("^ami-[0-9a-f]+$".into()),
///     ..ParameterSpec::string("ami-0123456789abcdef0")
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct ParameterSpec {
    /// Its value.
    pub value: Value<String>,
    /// Whether its value is a list, with commas between. A change replaces it. Default: false.
    pub list: bool,
    /// Its name, up to 1,011 letters, digits, `.`, `-`, `_`, and `/` between its levels, at the beginning, too. A change
    /// replaces it. Default: CloudFormation makes one.
    pub parameter_name: Option<Value<String>>,
    /// What it is for, up to 1,024 characters. Default: none.
    pub description: Option<String>,
    /// What its values match. Default: anything.
    pub allowed_pattern: Option<String>,
    /// What it costs, and may be. Default: standard.
    pub tier: Option<ParameterTier>,
}

impl ParameterSpec {
    /// A text.
    #[must_use]
    pub fn string(value: impl Into<Value<String>>) -> Self {
        Self {
            value: value.into(),
            list: false,
            parameter_name: None,
            description: None,
            allowed_pattern: None,
            tier: None,
        }
    }

    /// A list of texts, none of which has a comma in it.
    #[must_use]
    pub fn string_list<V: Into<Value<String>>>(values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<Value<String>> = values.into_iter().map(Into::into).collect();
        let texts: Option<Vec<&str>> = values.iter().map(Value::as_text).collect();
        let text = texts.map(|texts| texts.join(","));
        let value = text.map_or_else(|| intrinsics::join(",", values).into(), Value::<String>::from);
        Self { list: true, ..Self::string(value) }
    }

    /// What the specification does not say. Rule: the Systems Manager API reference, `PutParameter`.
    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if let Some(name) = self.parameter_name.as_ref().and_then(Value::as_text) {
            let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
            if name.contains('/') && !name.starts_with('/') {
                let message = format!("a parameter with levels cannot be called `{name}`");
                report("name", message, "it begins with `/`");
            } else if !name.chars().all(letter) || name.is_empty() || name.ends_with('/') || name.contains("//") {
                let message = format!("a parameter cannot be called `{name}`");
                report("name", message, "letters, digits, `.`, `-` and `_`, with `/` between its levels");
            }
            let reserved = name.trim_start_matches('/').to_ascii_lowercase();
            if reserved.starts_with("aws") || reserved.starts_with("ssm") {
                report("name", format!("`{name}` is one of AWS's own names"), "begin it with neither `aws` nor `ssm`");
            }
        }
        let length = self.value.as_text().map_or(0, str::len);
        if length > 4096 && !matches!(self.tier, Some(ParameterTier::Advanced | ParameterTier::IntelligentTiering)) {
            let message = format!("the value has {length} bytes, and a standard parameter may have 4,096");
            report("length", message, "set `tier` to `ParameterTier::Advanced`, which has 8,192");
        }
    }
}

/// A parameter that was added.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The parameter itself.
    pub parameter: Ref<ssm::Parameter>,
    /// Its name as it was given.
    given: Option<Value<String>>,
}

impl Construct for ParameterSpec {
    type Out = Parameter;

    fn build(self, stack: &mut Stack) -> Parameter {
        self.check(stack);
        let mut parameter = ssm::Parameter::new(if self.list { "StringList" } else { "String" }, self.value);
        if let Some(pattern) = self.allowed_pattern {
            parameter = parameter.allowed_pattern(pattern);
        }
        if let Some(description) = self.description {
            parameter = parameter.description(description);
        }
        if let Some(name) = &self.parameter_name {
            parameter = parameter.name(name);
        }
        if let Some(tier) = self.tier {
            parameter = parameter.tier(match tier {
                ParameterTier::Standard => "Standard",
                ParameterTier::Advanced => "Advanced",
                ParameterTier::IntelligentTiering => "Intelligent-Tiering",
            });
        }
        Parameter { parameter: stack.add("Resource", parameter), given: self.parameter_name }
    }
}

impl Parameter {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<String> {
        self.parameter.get_ref().cast()
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> Value<String> {
        self.parameter.value()
    }

    /// Its ARN: a name that begins with `/` has it once.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let levels = self.given.as_ref().and_then(Value::as_text).is_some_and(|name| name.starts_with('/'));
        let between = if levels { "" } else { "/" };
        let arn =
            format!("arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter{between}${{Name}}");
        intrinsics::sub(arn, [("Name", self.name())]).into()
    }

    /// Lets somebody read it.
    #[track_caller]
    pub fn grant_read(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let actions = ["ssm:DescribeParameters", "ssm:GetParameters", "ssm:GetParameter", "ssm:GetParameterHistory"];
        grantee.into().grant_identity(stack, Statement::allow(actions, [self.arn()]), "a parameter");
    }

    /// Lets somebody change it.
    #[track_caller]
    pub fn grant_write(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let statement = Statement::allow(["ssm:PutParameter"], [self.arn()]);
        grantee.into().grant_identity(stack, statement, "a parameter");
    }
}

impl From<&Parameter> for StackRef {
    fn from(parameter: &Parameter) -> Self {
        parameter.parameter.into()
    }
}

crate::aws::iam::has_arn! { Parameter, "a parameter"; }
