//! Secrets: none is ever in a template. A problem names the property, never the value.

use super::schema::Walk;
use crate::core::{Expr, Intrinsic, ParameterData};

/// How the names of properties and settings end that hold a secret's value.
const ENDINGS: &[&str] = &[
    "password", "passphrase", "passwd", "secretstring", "secretkey", "secretaccesskey", "authtoken", "accesstoken", "clientsecret",
    "privatekey", "sharedsecret", "apikeyvalue", "apitoken", "oauthtoken", "masteruserpassword",
];
const HELP: &str = "keep it in Secrets Manager and write `secretsmanager(secret, Some(\"password\"))`: CloudFormation \
                    reads it while it deploys, and no template holds it";

/// Whether a property or setting of this name holds a secret's value: `MasterUserPassword`, `DB_PASSWORD`.
pub(super) fn holds_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// A literal in a property that holds a secret.
pub(super) fn literal(walk: &mut Walk<'_>, value: &Expr) {
    let Some(text) = value.as_str().filter(|_| holds_secret(walk.key())) else { return };
    // Some services spell settings into the value (`true`, a name of another setting); a secret is longer.
    if text.len() >= 4 && !text.contains("{{resolve:") && !["true", "false", "none", "null"].contains(&text) {
        let message = format!("{} holds a secret, and is written out", walk.called());
        walk.push("secret", message, HELP);
    }
}

/// The same, inside a value of free form.
pub(super) fn inside(walk: &mut Walk<'_>, value: &Expr) {
    literal(walk, value);
    let mut keys = Vec::new();
    value.walk(&mut |inner| {
        if let Expr::Map(props) = inner {
            let holding = props.iter().filter(|entry| holds_secret(&entry.key));
            let literal = holding.filter(|entry| {
                entry.value.as_str().is_some_and(|text| text.len() >= 4 && !text.contains("{{resolve:"))
            });
            keys.extend(literal.map(|entry| entry.key.to_string()));
        }
    });
    for key in keys {
        walk.push("secret", format!("`{key}` holds a secret, and is written out"), HELP);
    }
}

/// A parameter in a property that holds a secret must hide its value.
pub(super) fn parameter(walk: &mut Walk<'_>, name: &str, parameter: &ParameterData) {
    if !holds_secret(walk.key()) {
        return;
    }
    let called = walk.called();
    if !parameter.no_echo {
        let message = format!("{called} takes its secret from the parameter `{name}`, which anybody can read");
        walk.push("secret", message, "add `.no_echo()` to the parameter, or better: keep the secret in Secrets Manager");
    } else if parameter.default.is_some() {
        let message = format!("{called} takes its secret from the parameter `{name}`, whose default is written out");
        walk.push("secret", message, "leave the default out");
    }
}

/// Whether a value reads a secret, directly or inside.
pub(super) fn reads_secret(value: &Expr) -> bool {
    let mut reads = false;
    value.walk(&mut |inner| match inner {
        Expr::Intrinsic(intrinsic) => {
            reads |= matches!(&**intrinsic, Intrinsic::Dynamic(dynamic) if dynamic.around().0 != "{{resolve:ssm:");
        }
        Expr::String(text) => reads |= text.contains("{{resolve:secretsmanager:") || text.contains("{{resolve:ssm-secure:"),
        _ => {}
    });
    reads
}
