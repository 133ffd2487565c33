//! The services and actions that exist, and what is doubtful about an action that a statement names.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::core::Problem;
use crate::synth::nearest::nearest;

/// A line per service: its name, and its actions. IAM tells neither's capitals apart.
static LIST: &str = include_str!(concat!(env!("OUT_DIR"), "/actions.txt"));

/// The actions of each service, as one text.
fn services() -> &'static BTreeMap<&'static str, &'static str> {
    static SERVICES: OnceLock<BTreeMap<&str, &str>> = OnceLock::new();
    SERVICES.get_or_init(|| LIST.lines().filter_map(|line| line.split_once(' ')).collect())
}

/// What is wrong with an action, if anything is: an error where it is none, a warning where it matches none that exists.
pub(super) fn doubt(action: &str) -> Option<Problem> {
    if matches!(action, "*" | "*:*") {
        return None;
    }
    let Some((service, name)) = action.split_once(':') else { return Some(no_separator(action)) };
    let Some(actions) = services().get(service.to_ascii_lowercase().as_str()) else {
        return Some(unknown_service(service, name));
    };
    if actions.split(' ').any(|known| matches(name.as_bytes(), known.as_bytes())) {
        return None;
    }
    let message = if name.contains(['*', '?']) {
        format!("no action of `{service}` matches `{name}`")
    } else {
        format!("`{service}` has no action `{name}`")
    };
    Some(unknown(message, near_action(name, actions).map(|near| format!("{service}:{near}"))))
}

/// Whether an action gives everything there is.
pub(super) fn is_everything(action: &str) -> bool {
    matches!(action, "*" | "*:*")
}

fn no_separator(action: &str) -> Problem {
    let message = format!("`{action}` is no action: a `:` stands between a service and its action");
    let (service, rest) = action.split_at(action.find(|c: char| !is_of_service(c)).unwrap_or(action.len()));
    let name = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '*');
    let help = if service.is_empty() || name.is_empty() || rest == name {
        "write it like `s3:GetObject`, or `s3:*` for all that a service can".to_owned()
    } else {
        format!("write `{service}:{name}`")
    };
    Problem::error("policy-document", message).help(help)
}

const fn is_of_service(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

fn unknown_service(service: &str, name: &str) -> Problem {
    let near = nearest(service, services().keys().copied());
    unknown(format!("no service is called `{service}` in policies"), near.map(|near| format!("{near}:{name}")))
}

fn unknown(message: String, near: Option<String>) -> Problem {
    let near = near.map_or_else(String::new, |near| format!("did you mean `{near}`? "));
    Problem::warning("unknown-action", message)
        .help(format!("{near}IAM takes it as it is, and it matches nothing; if it is new, allow `unknown-action` here"))
}

/// The action that was probably meant; for a pattern, one that begins as some action does.
fn near_action(name: &str, actions: &str) -> Option<String> {
    let Some(wildcard) = name.find(['*', '?']) else {
        return nearest(name, actions.split(' ')).map(str::to_owned);
    };
    let (start, end) = name.split_at(wildcard);
    let starts = actions.split(' ').filter_map(|known| known.get(..start.len()));
    Some(nearest(start, starts)?.to_owned() + end)
}

/// Whether text matches a pattern of `*` (anything) and `?` (one character), in capitals or not.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == b'?' || c.eq_ignore_ascii_case(&text[t]) => (p, t) = (p + 1, t + 1),
            _ => match star {
                // The last star takes one more.
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    (p, t) = (at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use super::{doubt, matches};

    #[test]
    fn patterns_match_as_in_policies() {
        for (pattern, text, yes) in [
            ("get*", "getobject", true),
            ("*", "", true),
            ("g?t*ob*t", "getobject", true),
            ("get", "getobject", false),
            ("*object", "getobjectacl", false),
            ("*b*a*l", "getobjectacl", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), yes, "{pattern} {text}");
        }
    }

    #[test]
    fn actions_that_exist_raise_no_doubt_whatever_their_capitals() {
        for action in ["*", "s3:GetObject", "S3:GETOBJECT", "s3:get*", "s3:*", "iam:DeleteRole", "*:*"] {
            assert!(doubt(action).is_none(), "{action}");
        }
    }
}
