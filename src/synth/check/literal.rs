//! Functions whose result is known already, because all that goes into them is.

use crate::core::{Expr, Intrinsic, Pseudo};
use crate::synth::resolve::Resolved;
use crate::synth::sub::{Piece, pieces};

/// The text that `value` becomes, where nothing in it has to wait for the deployment.
pub(super) fn text(resolved: &Resolved<'_>, value: &Expr) -> Option<String> {
    match value {
        Expr::String(text) => Some(text.to_string()),
        Expr::Integer(number) => Some(number.to_string()),
        Expr::Bool(truth) => Some(truth.to_string()),
        Expr::Intrinsic(intrinsic) => match &**intrinsic {
            Intrinsic::Pseudo(pseudo) => pseudo_parameter(resolved, *pseudo),
            Intrinsic::Join(separator, Expr::List(items)) => {
                let parts: Option<Vec<_>> = items.iter().map(|item| text(resolved, item)).collect();
                Some(parts?.join(separator))
            }
            Intrinsic::Sub(text, vars) => substituted(resolved, text, vars),
            _ => None,
        },
        _ => None,
    }
}

fn pseudo_parameter(resolved: &Resolved<'_>, pseudo: Pseudo) -> Option<String> {
    match pseudo {
        Pseudo::Region => resolved.stack.env.region_code().map(str::to_owned),
        Pseudo::AccountId => resolved.stack.env.account_id().map(str::to_owned),
        Pseudo::StackName => Some(resolved.stack.name.clone()),
        _ => None,
    }
}

fn substituted(resolved: &Resolved<'_>, source: &str, vars: &[(String, Expr)]) -> Option<String> {
    let mut out = String::new();
    for piece in pieces(source) {
        match piece {
            Piece::Text(text) => out.push_str(&text.replace("${!", "${")),
            Piece::Name(name) => {
                let var = vars.iter().find(|(var, _)| var == name);
                let becomes = match var {
                    Some((_, value)) => text(resolved, value),
                    None => Pseudo::ALL
                        .into_iter()
                        .find(|pseudo| pseudo.name() == name)
                        .and_then(|pseudo| pseudo_parameter(resolved, pseudo)),
                };
                out.push_str(&becomes?);
            }
        }
    }
    Some(out)
}
