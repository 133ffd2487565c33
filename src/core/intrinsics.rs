//! CloudFormation's intrinsic functions, pseudo parameters and dynamic references, by their own names.
//!
//! `Ref` and `Fn::GetAtt` are not here: a [`Ref`](crate::Ref) is passed as it is, and its attributes are methods.
//! `Fn::FindInMap` is [`Mapping::find`](crate::Mapping::find); conditions are [`Condition`](crate::Condition).

use std::panic::Location;

use super::{Computed, ConditionRef, Dynamic, Expr, IntoExpr, Intrinsic, Param, Props, Pseudo, StackOutput, Value};

fn value<T>(intrinsic: Intrinsic) -> Value<T> {
    Value::from_expr(intrinsic.into())
}

/// `Fn::Sub`: `text` with each `${Name}` replaced by the variable of that name, or by a pseudo parameter
/// (`${AWS::Region}`). `${!Name}` stays as the literal `${Name}`.
///
/// ```
/// # use formwork::{Value, intrinsics::sub};
/// let url = sub("https://${Host}.${AWS::Region}.example.com", [("Host", "api".into())]);
/// let text: Value<String> = url.into(); // it fits any place
/// ```
pub fn sub<'a>(text: impl Into<String>, vars: impl IntoIterator<Item = (&'a str, Value<String>)>) -> Value<Computed> {
    let vars = vars.into_iter().map(|(name, value)| (name.to_owned(), value.into_expr())).collect();
    value(Intrinsic::Sub(text.into(), vars))
}

/// `Fn::Join`: the items with `separator` between them.
pub fn join<V: IntoExpr>(separator: impl Into<String>, items: impl IntoIterator<Item = V>) -> Value<Computed> {
    let items = items.into_iter().map(IntoExpr::into_expr).collect();
    value(Intrinsic::Join(separator.into(), Expr::List(items)))
}

/// `Fn::Join` of a list that is itself a value.
pub fn join_list(separator: impl Into<String>, list: impl IntoExpr) -> Value<Computed> {
    value(Intrinsic::Join(separator.into(), list.into_expr()))
}

/// `Fn::Select`: the item at `index`, counted from 0.
pub fn select(index: impl Into<Value<i64>>, list: impl IntoExpr) -> Value<Computed> {
    value(Intrinsic::Select(index.into().into_expr(), list.into_expr()))
}

/// `Fn::Split`: the parts of a string between separators.
pub fn split(separator: impl Into<String>, source: impl Into<Value<String>>) -> Value<Computed> {
    value(Intrinsic::Split(separator.into(), source.into().into_expr()))
}

/// `Fn::If`: one value where the condition is true, another where it is not. Synth checks both against the place.
pub fn if_else(condition: &ConditionRef, then: impl IntoExpr, otherwise: impl IntoExpr) -> Value<Computed> {
    value(Intrinsic::If(condition.0.clone(), then.into_expr(), otherwise.into_expr()))
}

/// `Fn::Base64`: the text as EC2 wants its user data.
pub fn base64(text: impl Into<Value<String>>) -> Value<Computed> {
    value(Intrinsic::Base64(text.into().into_expr()))
}

/// `Fn::Cidr`: `count` blocks carved out of `block`, each with `bits` bits for its hosts.
pub fn cidr(
    block: impl Into<Value<String>>,
    count: impl Into<Value<i64>>,
    bits: impl Into<Value<i64>>,
) -> Value<Vec<String>> {
    let bits = Some(bits.into().into_expr());
    value(Intrinsic::Cidr(block.into().into_expr(), count.into().into_expr(), bits))
}

/// `Fn::GetAZs`: the Availability Zones of a region; the empty string names the stack's own.
pub fn get_azs(region: impl Into<Value<String>>) -> Value<Vec<String>> {
    value(Intrinsic::GetAzs(region.into().into_expr()))
}

/// `Fn::ImportValue`: what another stack exports under `name`. For exports of stacks that are defined elsewhere;
/// a reference to a stack of the same app becomes an import by itself.
pub fn import_value(name: impl Into<Value<String>>) -> Value<Computed> {
    value(Intrinsic::ImportValue(name.into().into_expr()))
}

/// `Fn::GetStackOutput`: an output of another stack, read when this stack is created or updated.
///
/// Unlike an import it leaves the producer free to change or go, and it can read across regions and accounts.
pub fn get_stack_output(
    stack: impl Into<Value<String>>,
    output: impl Into<Value<String>>,
    region: Option<&str>,
    role: Option<&str>,
) -> Value<Computed> {
    value(Intrinsic::StackOutput(Box::new(StackOutput {
        stack: stack.into().into_expr(),
        output: output.into().into_expr(),
        region: region.map(Expr::from),
        role: role.map(Expr::from),
    })))
}

/// Reads a reference to another stack's resource with `Fn::GetStackOutput` instead of importing it.
///
/// The way to refer to a stack in another region or account (`role`: one in the producer's account that may describe
/// its stacks), and out of the deadlock of an export that is in use. The producer gets a plain output.
pub fn by_stack_output<T>(reference: impl Into<Value<T>>, role: Option<&str>) -> Value<T> {
    value(Intrinsic::ByStackOutput(reference.into().into_expr(), role.map(Expr::from)))
}

/// `Fn::Length`: the number of items. Uses the transform `AWS::LanguageExtensions`.
pub fn length(list: impl IntoExpr) -> Value<i64> {
    value(Intrinsic::Length(list.into_expr()))
}

/// `Fn::ToJsonString`: an object or list as JSON text. Uses the transform `AWS::LanguageExtensions`.
pub fn to_json_string(json: impl IntoExpr) -> Value<Computed> {
    value(Intrinsic::ToJsonString(json.into_expr()))
}

/// `Fn::Transform`: what the macro called `name` makes of its parameters.
#[track_caller]
pub fn transform<'a, V: IntoExpr>(
    name: impl Into<String>,
    parameters: impl IntoIterator<Item = (&'a str, V)>,
) -> Value<Computed> {
    let at = Location::caller();
    let mut props = Props::new();
    for (key, item) in parameters {
        props.set_at(key.to_owned(), item.into_expr(), at);
    }
    value(Intrinsic::Transform(name.into(), props))
}

/// `Fn::RefAll`: the values of every parameter of a type, such as `AWS::EC2::VPC::Id`. In rules only.
pub fn ref_all(parameter_type: impl Into<String>) -> Value<Vec<String>> {
    value(Intrinsic::RefAll(parameter_type.into()))
}

/// `Fn::ValueOf`: an attribute of what a parameter names, such as `DefaultNetworkAcl` of a VPC. In rules only.
pub fn value_of<T>(parameter: &Param<T>, attribute: impl Into<String>) -> Value<String> {
    value(Intrinsic::ValueOf(parameter.name.clone(), attribute.into()))
}

/// `Fn::ValueOfAll`: an attribute of what every parameter of a type names. In rules only.
pub fn value_of_all(parameter_type: impl Into<String>, attribute: impl Into<String>) -> Value<Vec<String>> {
    value(Intrinsic::ValueOfAll(parameter_type.into(), attribute.into()))
}

/// The value of a Systems Manager parameter, read at deployment: `{{resolve:ssm:…}}`. Default version: the latest.
pub fn ssm(name: impl Into<Value<String>>, version: Option<u64>) -> Value<Computed> {
    value(Intrinsic::Dynamic(Box::new(Dynamic::Ssm(name.into().into_expr(), version))))
}

/// A Systems Manager secure string, read at deployment: `{{resolve:ssm-secure:…}}`. Few properties take one.
pub fn ssm_secure(name: impl Into<Value<String>>, version: Option<u64>) -> Value<Computed> {
    value(Intrinsic::Dynamic(Box::new(Dynamic::SsmSecure(name.into().into_expr(), version))))
}

/// A secret of Secrets Manager, read at deployment: `{{resolve:secretsmanager:…}}`. `field` is a key of its JSON;
/// default: the whole secret.
pub fn secretsmanager(id: impl Into<Value<String>>, field: Option<&str>) -> Value<Computed> {
    secretsmanager_version(id, field, None, None)
}

/// The same, of the version that `stage` or `version` names. Default: the stage `AWSCURRENT`.
pub fn secretsmanager_version(
    id: impl Into<Value<String>>,
    field: Option<&str>,
    stage: Option<&str>,
    version: Option<&str>,
) -> Value<Computed> {
    value(Intrinsic::Dynamic(Box::new(Dynamic::SecretsManager {
        id: id.into().into_expr(),
        field: field.map(Into::into),
        stage: stage.map(Into::into),
        version: version.map(Into::into),
    })))
}

macro_rules! pseudo_parameters {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $pseudo:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name() -> Value<$kind> {
            value(Intrinsic::Pseudo(Pseudo::$pseudo))
        }
    )*};
}

pseudo_parameters! {
    /// `AWS::AccountId`: the account the stack is deployed to.
    account_id: String = AccountId;
    /// `AWS::NotificationARNs`: the topics that hear of the stack's events.
    notification_arns: Vec<String> = NotificationArns;
    /// `AWS::Partition`: `aws`, `aws-cn`, `aws-us-gov`.
    partition: String = Partition;
    /// `AWS::Region`: the region the stack is deployed to.
    region: String = Region;
    /// `AWS::StackId`: the stack's ARN.
    stack_id: String = StackId;
    /// `AWS::StackName`: the stack's name.
    stack_name: String = StackName;
    /// `AWS::URLSuffix`: the region's domain, such as `amazonaws.com`.
    url_suffix: String = UrlSuffix;
}

/// `AWS::NoValue`: leaves the property out, as one side of [`if_else`].
#[must_use]
pub fn no_value() -> Value<Computed> {
    value(Intrinsic::Pseudo(Pseudo::NoValue))
}
