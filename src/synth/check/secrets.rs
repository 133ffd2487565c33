//! Secrets: none is ever in a template. A problem names the property, never the value.

use super::schema::Walk;
use crate::core::{Expr, Intrinsic, ParameterData, Problem, Props, ResourceNode};

/// How the names of properties and settings end that hold a secret's value.
const ENDINGS: &[&str] = &[
    "password",
    "passphrase",
    "passwd",
    "secretstring",
    "secretkey",
    "secretaccesskey",
    "authtoken",
    "accesstoken",
    "clientsecret",
    "privatekey",
    "sharedsecret",
    "apikeyvalue",
    "apitoken",
    "oauthtoken",
    "masteruserpassword",
];
const HELP: &str = "keep it in Secrets Manager and write `secretsmanager(secret, Some(\"password\"))`: CloudFormation \
                    reads it while it deploys, and no template holds it";

/// Whether a property or setting of this name holds a secret's value: `MasterUserPassword`, `DB_PASSWORD`.
pub(crate) fn holds_secret(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name_ends_with(name, ending))
}

/// Whether the letters and digits of a name end in these, whatever their case and what is between them.
pub(crate) fn name_ends_with(name: &str, ending: &str) -> bool {
    let mut said = name.bytes().rev().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    ending.bytes().rev().all(|byte| said.next() == Some(byte))
}

/// Whether a literal can be a secret. Some services spell settings into the value (`true`, a name of another setting); a
/// secret is longer. The ARN of a secret tells nobody what is in it.
fn can_be_secret(text: &str) -> bool {
    text.len() >= 4
        && !text.contains("{{resolve:")
        && !text.starts_with("arn:")
        && !["true", "false", "none", "null"].contains(&&*text.to_lowercase())
}

/// Whether a value is a literal that can be a secret: the text of one, or a number.
fn literal_secret(value: &Expr) -> bool {
    match value {
        Expr::String(text) => can_be_secret(text),
        Expr::Integer(number) => can_be_secret(&number.to_string()),
        _ => false,
    }
}

fn written_out(name: &str) -> String {
    format!("`{name}` holds a secret, and is written out")
}

/// A literal in a property that holds a secret.
pub(super) fn literal(walk: &mut Walk<'_>, value: &Expr) {
    if literal_secret(value) && holds_secret(walk.key()) {
        let message = format!("{} holds a secret, and is written out", walk.called());
        walk.push("secret", message, HELP);
    }
}

/// Text that a function makes of literals alone.
pub(super) fn literal_text(walk: &mut Walk<'_>, text: &str) {
    literal(walk, &text.into());
}

/// A setting of a list of settings: `{"Name": "DB_PASSWORD", "Value": …}` in the environment of a container.
pub(super) fn setting(walk: &mut Walk<'_>, props: &Props) {
    // Its value is the secret itself, not the place of one.
    let plain = props.get("Type").is_none_or(|kind| kind.value.as_str() == Some("PLAINTEXT"));
    if !plain || !walk.keys().next().is_some_and(|key| key.starts_with("Environment")) {
        return;
    }
    let (Some(name), Some(value)) = (props.get("Name"), props.get("Value")) else { return };
    if let Some(name) = name.value.as_str().filter(|name| holds_secret(name) && literal_secret(&value.value)) {
        walk.push("secret", written_out(name), HELP);
    }
}

/// The same, inside a value of free form.
pub(super) fn inside(walk: &mut Walk<'_>, value: &Expr) {
    literal(walk, value);
    for key in keys_inside(value) {
        walk.push("secret", written_out(key), HELP);
    }
}

fn keys_inside(value: &Expr) -> Vec<&str> {
    let mut keys = Vec::new();
    value.walk(&mut |inner| {
        if let Expr::Map(props) = inner {
            let holding = props.iter().filter(|entry| holds_secret(&entry.key) && literal_secret(&entry.value));
            keys.extend(holding.map(|entry| &*entry.key));
        }
    });
    keys
}

/// Secrets in the properties of a type that no schema describes.
pub(super) fn unknown_type(resource: &ResourceNode) -> Vec<(Problem, &crate::core::Entry)> {
    let mut found = Vec::new();
    for entry in &resource.props {
        let own = (holds_secret(&entry.key) && literal_secret(&entry.value)).then_some(&*entry.key);
        for key in own.into_iter().chain(keys_inside(&entry.value)) {
            found.push((Problem::error("secret", written_out(key)).help(HELP), entry));
        }
    }
    found
}

/// A parameter in a property that holds a secret must hide its value.
pub(super) fn parameter(walk: &mut Walk<'_>, name: &str, parameter: &ParameterData) {
    if !holds_secret(walk.key()) {
        return;
    }
    let called = walk.called();
    if !parameter.no_echo {
        let message = format!("{called} takes its secret from the parameter `{name}`, which anybody can read");
        walk.push(
            "secret",
            message,
            "add `.no_echo()` to the parameter, or better: keep the secret in Secrets Manager",
        );
    }
}

/// A parameter whose default is a secret that is written out.
pub(super) fn default(name: &str, parameter: &ParameterData) -> Option<Problem> {
    // The default of a type that is read from Systems Manager is the name of a parameter there.
    let read = parameter.type_name.starts_with("AWS::SSM::");
    let default = parameter.default.as_ref().filter(|_| !read)?;
    let empty = default.as_str() == Some("");
    let message = if parameter.no_echo && !empty {
        format!("`{name}` hides its value, and its default is written out")
    } else if holds_secret(name) && literal_secret(default) {
        format!("`{name}` holds a secret, and its default is written out")
    } else {
        return None;
    };
    Some(Problem::error("secret", message).help("leave the default out"))
}

/// A build argument that is a secret: anybody with the image can read it.
pub(super) fn build_arg(name: &str, value: &str) -> Option<Problem> {
    let help = "an image keeps its build arguments: let the container read the secret when it runs";
    (holds_secret(name) && can_be_secret(value)).then(|| Problem::error("secret", written_out(name)).help(help))
}

/// Whether a value reads a secret, directly or inside.
pub(super) fn reads_secret(value: &Expr) -> bool {
    let mut reads = false;
    value.walk(&mut |inner| match inner {
        Expr::Intrinsic(intrinsic) => {
            reads |= matches!(&**intrinsic, Intrinsic::Dynamic(dynamic) if dynamic.around().0 != "{{resolve:ssm:");
            if let Intrinsic::Sub(text, _) = &**intrinsic {
                reads |= names_secret(text);
            }
        }
        Expr::String(text) => reads |= names_secret(text),
        _ => {}
    });
    reads
}

fn names_secret(text: &str) -> bool {
    text.contains("{{resolve:secretsmanager:") || text.contains("{{resolve:ssm-secure:")
}

/// The parameter that hides its value and that a value shows, directly or inside.
pub(super) fn shows_hidden(value: &Expr, hidden: impl Fn(&str) -> bool) -> Option<&str> {
    let mut shown = None;
    value.walk(&mut |inner| {
        if let Expr::Intrinsic(intrinsic) = inner
            && let Intrinsic::Parameter(name) = &**intrinsic
            && hidden(&name.name)
        {
            shown = shown.or(Some(&*name.name));
        }
    });
    shown
}
