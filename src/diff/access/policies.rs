//! Every policy of a template, taken apart into statements.

use serde_json::{Map, Value, json};

use super::conditions::Conditions;
use super::context::{Context, Guards, Resource, scalar};
use super::grants::{Effect, Item, Kind, Set, Statement};
use super::holders::{RESOURCE, holders, kind};
use crate::diff::canonical::{canonical, has_statements};
use crate::diff::expression::{function, readable};

/// The properties that hold a policy whatever stands there.
const PROPERTIES: &[&str] = &[
    "AccessPolicies",
    "AssumeRolePolicyDocument",
    "KeyPolicy",
    "PolicyDocument",
    "RepositoryPolicyText",
    "ResourcePolicy",
];

/// The statements of every policy in a template.
pub(super) fn statements(context: &Context<'_>) -> Vec<Statement> {
    let mut out = Vec::new();
    for resource in context.resources() {
        let mut found = Found { context, resource, out: Vec::new() };
        found.walk(resource.properties, "", &Guards::new());
        found.permission();
        found.endpoint();
        for (holder, guards) in holders(context, resource) {
            out.extend(found.out.iter().map(|statement| statement.held_by(&holder, &guards)));
        }
    }
    out
}

/// The statements of a resource, before it is said whom they are about.
struct Found<'c> {
    context: &'c Context<'c>,
    resource: Resource<'c>,
    out: Vec<Statement>,
}

impl Found<'_> {
    /// Looks for policies in a value of a property.
    fn walk(&mut self, value: &Value, property: &str, guards: &Guards) {
        match (value, function(value)) {
            (Value::Object(map), None) if has_statements(map) => self.policy(map, property, guards),
            (Value::Object(map), None) => {
                map.iter().for_each(|(key, value)| self.walk(value, key, guards));
            }
            (Value::Array(items), _) => items.iter().for_each(|item| self.walk(item, property, guards)),
            (_, Some(("Fn::If", _))) => {
                let context = self.context;
                context.each(value, guards, &mut |side, guards| self.walk(side, property, guards));
            }
            (_, Some(("Fn::ToJsonString", inner))) => self.walk(inner, property, guards),
            _ => self.text(value, property, guards),
        }
    }

    /// A policy as JSON in text, references in it or not.
    fn text(&mut self, value: &Value, property: &str, guards: &Guards) {
        // Text that is no JSON needs not be made readable.
        let maybe = value.as_str().is_none_or(|text| text.trim_start().starts_with('{'));
        let parsed = maybe.then(|| serde_json::from_str::<Value>(&readable(value)).ok()).flatten();
        let parsed = parsed.as_ref().map(canonical);
        if let Some(map) = parsed.as_ref().and_then(Value::as_object).filter(|map| has_statements(map)) {
            return self.policy(map, property, guards);
        }
        if PROPERTIES.contains(&property) {
            self.opaque(value, property, guards);
        }
    }

    /// A policy, or a statement, that only the deployment will know: it may allow, and it may deny.
    fn opaque(&mut self, value: &Value, property: &str, guards: &Guards) {
        let item = Item { text: format!("whatever {} says", self.context.text(value)), opaque: true };
        let set = |kind, item| Set { kind, negated: false, items: vec![item] };
        for effect in [Effect::Allow, Effect::Deny] {
            self.out.push(Statement {
                id: self.resource.id.to_owned(),
                holder: String::new(),
                scope: kind(self.resource, property).to_owned(),
                effect,
                principals: set(Kind::Principal, Item::unsaid()),
                actions: set(Kind::Action, item.clone()),
                resources: set(Kind::Resource, Item::unsaid()),
                conditions: Conditions::new(),
                guards: guards.clone(),
            });
        }
    }

    fn policy(&mut self, policy: &Map<String, Value>, property: &str, guards: &Guards) {
        let context = self.context;
        context.each(&policy["Statement"], guards, &mut |statement, guards| match statement.as_object() {
            Some(map) if function(statement).is_none() => self.statement(map, property, guards),
            _ => self.opaque(statement, property, guards),
        });
    }

    fn statement(&mut self, map: &Map<String, Value>, property: &str, guards: &Guards) {
        let set = |kind, name: &str| self.set(kind, map.get(name), map.get(&format!("Not{name}")));
        let effect =
            if map.get("Effect").is_some_and(|effect| effect == "Deny") { Effect::Deny } else { Effect::Allow };
        self.out.push(Statement {
            id: self.resource.id.to_owned(),
            holder: String::new(),
            scope: kind(self.resource, property).to_owned(),
            effect,
            principals: set(Kind::Principal, "Principal"),
            actions: set(Kind::Action, "Action"),
            resources: set(Kind::Resource, "Resource"),
            conditions: self.conditions(map.get("Condition")),
            guards: guards.clone(),
        });
    }

    fn set(&self, kind: Kind, only: Option<&Value>, but: Option<&Value>) -> Set {
        let items = match (only.or(but), kind) {
            (None, _) => vec![Item::unsaid()],
            (Some(value), Kind::Principal) => self.principals(value),
            (Some(value), _) => self.items(value),
        };
        Set { kind, negated: only.is_none() && but.is_some(), items }
    }

    fn items(&self, value: &Value) -> Vec<Item> {
        let items = match value {
            Value::Array(items) => &items[..],
            one => std::slice::from_ref(one),
        };
        items.iter().map(|item| self.item(item)).collect()
    }

    fn item(&self, value: &Value) -> Item {
        let plain = match function(value) {
            Some((name, _)) => matches!(name, "Ref" | "Fn::GetAtt" | "Fn::Join"),
            None => scalar(value).is_some(),
        };
        Item { text: self.context.text(value), opaque: !plain }
    }

    /// `"*"`, or by kind of principal: an account's number is its root, any of AWS's is anyone.
    fn principals(&self, value: &Value) -> Vec<Item> {
        let Some(map) = value.as_object().filter(|_| function(value).is_none()) else { return self.items(value) };
        let of = |kind: &String, value| {
            let kind = kind.clone();
            self.items(value).into_iter().map(move |Item { text, opaque }| {
                let text = match kind.as_str() {
                    "AWS" if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) => {
                        format!("arn:aws:iam::{text}:root")
                    }
                    "AWS" | "Service" => text,
                    kind => format!("{kind} {text}"),
                };
                Item { text, opaque }
            })
        };
        map.iter().flat_map(|(kind, value)| of(kind, value)).collect()
    }

    fn conditions(&self, value: Option<&Value>) -> Conditions {
        let texts = |value| self.items(value).into_iter().map(|item| item.text).collect::<Vec<_>>();
        let mut out = Conditions::new();
        match value {
            Some(value) if function(value).is_some() => {
                out.insert((self.context.text(value), String::new()), Vec::new());
            }
            Some(Value::Object(operators)) => {
                for (operator, keys) in operators {
                    match keys.as_object().filter(|_| function(keys).is_none()) {
                        Some(keys) => {
                            out.extend(keys.iter().map(|(key, value)| ((operator.clone(), key.clone()), texts(value))));
                        }
                        None => {
                            out.insert((operator.clone(), String::new()), texts(keys));
                        }
                    }
                }
            }
            _ => {}
        }
        out
    }

    /// A permission that is a resource of its own, as the statement that it makes. Rule: the AWS Lambda API reference,
    /// "AddPermission" and "AddLayerVersionPermission".
    fn permission(&mut self) {
        let get = |name: &str| self.resource.get(name);
        if !matches!(self.resource.type_name, "AWS::Lambda::Permission" | "AWS::Lambda::LayerVersionPermission") {
            return;
        }
        let principal = get("Principal").cloned().unwrap_or_default();
        let service =
            principal.as_str().is_some_and(|name| name.ends_with(".amazonaws.com") || name.contains(".amazon"));
        let mut conditions = Map::new();
        for (property, operator, key) in [
            ("SourceArn", "ArnLike", "AWS:SourceArn"),
            ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
            ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
            ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
            ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
            ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
            ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
        ] {
            if let Some(value) = get(property) {
                let keys = conditions.entry(operator).or_insert_with(|| json!({}));
                keys[key] = json!([value]);
            }
        }
        let statement = json!({
            "Effect": "Allow",
            "Principal": { if service { "Service" } else { "AWS" }: [principal] },
            "Action": [get("Action")],
            "Condition": conditions,
        });
        if let Some(map) = statement.as_object() {
            self.statement(map, RESOURCE, &Guards::new());
        }
    }

    /// An endpoint without a policy lets everything through. Where there is no endpoint in the other template, nothing
    /// goes through it that did before. Rule: the Amazon VPC guide, "Control access to VPC endpoints using endpoint
    /// policies".
    fn endpoint(&mut self) {
        let resource = self.resource;
        let unsaid = resource.type_name == "AWS::EC2::VPCEndpoint" && resource.get("PolicyDocument").is_none();
        if unsaid && self.context.is_in_both(resource.id) {
            let all = json!({ "Effect": "Allow", "Principal": "*", "Action": ["*"], "Resource": ["*"] });
            if let Some(map) = all.as_object() {
                self.statement(map, "PolicyDocument", &Guards::new());
            }
        }
    }
}
