//! What two templates both say of a grant: what is left of one that is narrowed, what there was of one that is widened.

use super::grants::{Part, Set, Statement, words};

/// More pairs than this are not compared: then nothing is said of what is shared.
const MOST_PAIRS: usize = 20_000;

/// The parts of a grant that the other template says too.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) parts: Vec<Part>,
    /// Whether it is certain that there are no others.
    pub(super) only: bool,
}

/// What a statement of the other template has of it.
struct Common<'a> {
    sets: [Vec<Set>; 3],
    of: &'a Statement,
}

impl Common<'_> {
    fn covers(&self, other: &Self) -> bool {
        let among = |(sets, others): (&Vec<Set>, &Vec<Set>)| {
            others.iter().all(|other| sets.iter().any(|set| set.covers(other)))
        };
        self.of.holds_when(other.of) && self.sets.iter().zip(&other.sets).all(among)
    }
}

/// What the statements of the other template have of these principals, actions and resources of a statement.
pub(super) fn of(statement: &Statement, sets: &[Vec<&Set>; 3], others: &[&Statement]) -> Shared {
    let mut found: Vec<Common<'_>> = Vec::new();
    let mut only = true;
    for other in others {
        let theirs = other.sets().map(Set::parts);
        let pairs: usize = sets.iter().zip(&theirs).map(|(own, theirs)| own.len() * theirs.len()).sum();
        if pairs > MOST_PAIRS {
            return Shared::default();
        }
        let meets =
            |(own, theirs): (&Vec<&Set>, &Vec<Set>)| own.iter().any(|own| theirs.iter().any(|one| own.may_meet(one)));
        if !sets.iter().zip(&theirs).all(meets) {
            continue;
        }
        let comparable = other.holds_when(statement) || statement.holds_when(other);
        let both = [0, 1, 2].map(|at: usize| common(&sets[at], &theirs[at]));
        only &= comparable && both.iter().all(|(_, certain)| *certain);
        let sets = both.map(|(sets, _)| sets);
        if comparable && sets.iter().all(|sets| !sets.is_empty()) {
            found.push(Common { sets, of: other });
        }
    }
    let mut kept: Vec<Common<'_>> = Vec::new();
    for one in found {
        if !kept.iter().any(|other| other.covers(&one)) {
            kept.retain(|other| !one.covers(other));
            kept.push(one);
        }
    }
    let mut parts: Vec<_> = kept.iter().map(|common| part(statement, sets, common)).collect();
    parts.sort();
    parts.dedup();
    Shared { parts, only }
}

/// What is in both, and whether nothing else can be.
fn common(own: &[&Set], theirs: &[Set]) -> (Vec<Set>, bool) {
    let (mut out, mut certain) = (Vec::new(), true);
    for one in own {
        for other in theirs {
            let both = if other.covers(one) {
                (*one).clone()
            } else if one.covers(other) {
                other.clone()
            } else {
                certain &= !one.may_meet(other);
                continue;
            };
            if !out.contains(&both) {
                out.push(both);
            }
        }
    }
    (out, certain)
}

fn part(statement: &Statement, whole: &[Vec<&Set>; 3], common: &Common<'_>) -> Part {
    let differs = |at: usize| {
        let (whole, part) = (&whole[at], &common.sets[at]);
        let all = whole.iter().all(|set| part.contains(set));
        if all { Vec::new() } else { words(part) }
    };
    let conditions = if common.of.holds_when(statement) { Vec::new() } else { common.of.words_of_conditions() };
    Part { principals: differs(0), actions: differs(1), resources: differs(2), conditions }
}
