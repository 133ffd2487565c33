//! Conditions: what holds, and what only a deployment decides.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::interfaces;
use crate::core::{Condition, Expr, Intrinsic, Named, Pseudo, StackKey};
use crate::synth::Assembly;

/// As many ways to deploy as are tried.
pub(super) const MOST: usize = 64;

/// What stands for every value that no condition compares with.
const OTHER: &str = "anything else";

/// What a deployment may give to whatever conditions compare and definitions do not decide.
#[derive(Clone, Debug, Default)]
pub(super) struct World(BTreeMap<String, Choice>);

/// A value of one of these.
#[derive(Clone, Debug)]
struct Choice {
    /// What has it, in words.
    called: String,
    /// None where it is none of those that it is compared with.
    value: Option<String>,
}

/// What is compared, with the values that make a difference.
struct Compared {
    called: String,
    values: BTreeSet<String>,
    /// Whether it can be something else, too.
    open: bool,
}

impl World {
    /// Every way to deploy that makes a difference to the network; none where they are too many to try.
    pub(super) fn all(assembly: &Assembly<'_>) -> Option<Vec<Self>> {
        let facts = Facts::of(assembly, Self::default());
        let mut compared = BTreeMap::new();
        for named in facts.conditions_of(&interfaces::matters) {
            facts.compared(&named, &mut compared, 0);
        }
        let mut worlds = vec![Self::default()];
        for (key, Compared { called, values, open }) in compared {
            let values: Vec<Option<String>> = values.into_iter().map(Some).chain(open.then_some(None)).collect();
            let with = |world: &Self, value: &Option<String>| {
                let mut choices = world.0.clone();
                choices.insert(key.clone(), Choice { called: called.clone(), value: value.clone() });
                Self(choices)
            };
            worlds = worlds
                .iter()
                .flat_map(|world| values.iter().map(|value| with(world, value)).collect::<Vec<_>>())
                .collect();
            if worlds.len() > MOST {
                return None;
            }
        }
        Some(worlds)
    }

    /// It in words: `the parameter Stage of shop/web is dev`.
    pub(super) fn words(&self) -> String {
        let one = |choice: &Choice| format!("{} is {}", choice.called, choice.value.as_deref().unwrap_or(OTHER));
        self.0.values().map(one).collect::<Vec<_>>().join(", ")
    }
}

impl Facts<'_> {
    /// Whether a condition is true.
    pub(super) fn holds(&self, named: &Named) -> bool {
        self.condition(named).is_some_and(|condition| self.is_true(condition, named.stack, 0))
    }

    fn is_true(&self, condition: &Condition, stack: StackKey, depth: u8) -> bool {
        // Synth refuses conditions that go round; this keeps a mistake there from going round here.
        if depth == u8::MAX {
            return false;
        }
        let of = |inner: &Condition| self.is_true(inner, stack, depth + 1);
        match condition {
            Condition::Equals(one, other) => self.equal(one, other, stack),
            Condition::And(inner) => inner.iter().all(of),
            Condition::Or(inner) => inner.iter().any(of),
            Condition::Not(inner) => !of(inner),
            Condition::Named(named) => self.condition(named).is_some_and(of),
            // In rules only, which decide whether a stack is deployed at all.
            Condition::Contains(..) | Condition::EachMemberEquals(..) | Condition::EachMemberIn(..) => true,
        }
    }

    fn equal(&self, one: &Expr, other: &Expr, stack: StackKey) -> bool {
        let chosen = |key: &str| self.world.0.get(key).and_then(|choice| choice.value.clone());
        match (self.known(one, stack), self.known(other, stack)) {
            (Some(one), Some(other)) => one == other,
            (Some(known), None) => chosen(&key(other, stack)) == Some(known),
            (None, Some(known)) => chosen(&key(one, stack)) == Some(known),
            (None, None) => chosen(&pair(one, other, stack)).is_some(),
        }
    }

    /// What a condition compares, where definitions decide it.
    fn known(&self, expr: &Expr, stack: StackKey) -> Option<String> {
        let env = self.env(stack);
        match expr {
            Expr::Intrinsic(intrinsic) => match **intrinsic {
                Intrinsic::Pseudo(Pseudo::Region) => env?.region_code().map(str::to_owned),
                Intrinsic::Pseudo(Pseudo::AccountId) => env?.account_id().map(str::to_owned),
                _ => self.literal(expr),
            },
            _ => self.literal(expr),
        }
    }

    /// Adds what a condition compares that definitions do not decide.
    fn compared(&self, named: &Named, into: &mut BTreeMap<String, Compared>, depth: u8) {
        let Some(condition) = self.condition(named).filter(|_| depth < u8::MAX) else { return };
        condition.walk(&mut |inner| match inner {
            Condition::Equals(one, other) => match (self.known(one, named.stack), self.known(other, named.stack)) {
                (None, None) => {
                    let called = format!("what the condition {} compares", named.name);
                    let values = BTreeSet::from(["the same".to_owned()]);
                    into.insert(pair(one, other, named.stack), Compared { called, values, open: true });
                }
                (None, Some(known)) => self.compare(one, known, named, into),
                (Some(known), None) => self.compare(other, known, named, into),
                (Some(_), Some(_)) => {}
            },
            Condition::Named(named) => self.compared(named, into, depth + 1),
            _ => {}
        });
    }

    fn compare(&self, with: &Expr, known: String, named: &Named, into: &mut BTreeMap<String, Compared>) {
        let entry = into.entry(key(with, named.stack)).or_insert_with(|| {
            let (called, allowed) = match parameter(with) {
                Some(parameter) => {
                    let called = format!("the parameter {} of {}", parameter.name, self.stack_path(parameter));
                    (called, self.allowed(parameter))
                }
                None => (format!("what the condition {} compares", named.name), Vec::new()),
            };
            Compared { called, open: allowed.is_empty(), values: allowed.into_iter().collect() }
        });
        if entry.open {
            entry.values.insert(known);
        }
    }
}

fn parameter(expr: &Expr) -> Option<&Named> {
    match expr {
        Expr::Intrinsic(intrinsic) => match &**intrinsic {
            Intrinsic::Parameter(named) => Some(named),
            _ => None,
        },
        _ => None,
    }
}

/// What tells what a stack compares from all else: the same text is the same value.
fn key(expr: &Expr, stack: StackKey) -> String {
    format!("{} {expr:?}", stack.index)
}

fn pair(one: &Expr, other: &Expr, stack: StackKey) -> String {
    format!("{} {one:?} = {other:?}", stack.index)
}
