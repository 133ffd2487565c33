//! Agreement: one answer of those that each way to deploy gives.

use super::answer::{Answer, Stop, Verdict};
use super::conditions::MOST;
use super::ends::Trouble;

/// What the answers agree on; where they do not, it cannot be told. Each has what it holds for, in words.
pub(super) fn agreed(
    from: &str,
    to: &str,
    mut answers: Vec<(String, Result<Answer, Trouble>)>,
) -> Result<Answer, Trouble> {
    let depends = |ports, stop| {
        let (from, to) = (from.to_owned(), to.to_owned());
        Answer { from, to, verdict: Verdict::Unknown, ports, path: Vec::new(), stops: vec![stop] }
    };
    if answers.is_empty() {
        let why = format!("they choose among more than {MOST} networks by parameters that have no default");
        let help = "give the parameters that they compare defaults";
        return Ok(depends(Vec::new(), Stop::unknown("the conditions of the stacks", why, help)));
    }
    let first = verdict(&answers[0].1);
    let same = answers.iter().all(|(_, answer)| verdict(answer) == first);
    let said = answers.iter().position(|(_, answer)| answer.is_ok()).unwrap_or_default();
    if same {
        return answers.swap_remove(said).1;
    }
    let ports = answers[said].1.as_ref().map(|answer| answer.ports.clone()).unwrap_or_default();
    let only = answers.iter().map(|(world, answer)| format!("{world}: {}", verdict(answer).as_str())).collect();
    let why = "what is there depends on parameters that have no default";
    let help = "give them defaults, if one of these is meant";
    Ok(depends(ports, Stop { only, ..Stop::unknown("the conditions of the stacks", why, help) }))
}

/// What is not there is not reached.
fn verdict(answer: &Result<Answer, Trouble>) -> Verdict {
    answer.as_ref().map_or(Verdict::Unreachable, |answer| answer.verdict)
}
