//! The plan: which stacks a command is about, and what each waits for. Nothing here talks to AWS.

use std::collections::BTreeSet;

/// The stacks of a deployment or a removal, in an order that is one to do it in.
///
/// ```
/// use formwork::deploy::Plan;
///
/// let app = [("shop/network", vec![]), ("shop/data", vec!["shop/network"]), ("shop/web", vec!["shop/data"])];
/// let plan = Plan::deploy(&app, |path| path == "shop/data", false);
/// assert_eq!(plan.paths().collect::<Vec<_>>(), ["shop/network", "shop/data"]);
/// let plan = Plan::destroy(&app, |path| path == "shop/data", false);
/// assert_eq!(plan.paths().collect::<Vec<_>>(), ["shop/web", "shop/data"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// The steps, each after those it waits for.
    pub steps: Vec<Step<'a>>,
}

/// One stack of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The stack's path.
    pub path: &'a str,
    /// The steps it waits for, by index.
    pub after: Vec<usize>,
    /// Whether it was asked for, rather than being in the plan for the sake of another.
    pub asked: bool,
}

impl<'a> Plan<'a> {
    /// The plan to deploy the stacks that are `wanted`: they and, unless `exclusively`, all that they need.
    ///
    /// `stacks` are those of an app with what each needs, every stack after those.
    pub fn deploy(stacks: &[(&'a str, Vec<&'a str>)], wanted: impl Fn(&str) -> bool, exclusively: bool) -> Self {
        let needs = indices(stacks);
        Self::of(stacks, &needs, wanted, exclusively, 0..stacks.len())
    }

    /// The plan to delete the stacks that are `wanted`: they and, unless `exclusively`, all that need them.
    pub fn destroy(stacks: &[(&'a str, Vec<&'a str>)], wanted: impl Fn(&str) -> bool, exclusively: bool) -> Self {
        let mut needed_by = vec![Vec::new(); stacks.len()];
        for (index, needs) in indices(stacks).into_iter().enumerate() {
            for need in needs {
                needed_by[need].push(index);
            }
        }
        Self::of(stacks, &needed_by, wanted, exclusively, (0..stacks.len()).rev())
    }

    /// The plan over `edges`, which lead from a stack to those before it in `order`.
    fn of(
        stacks: &[(&'a str, Vec<&'a str>)],
        edges: &[Vec<usize>],
        wanted: impl Fn(&str) -> bool,
        exclusively: bool,
        order: impl DoubleEndedIterator<Item = usize> + Clone,
    ) -> Self {
        let asked: Vec<bool> = stacks.iter().map(|(path, _)| wanted(path)).collect();
        let mut keep = asked.clone();
        if !exclusively {
            for index in order.clone().rev() {
                for edge in edges[index].iter().filter(|_| keep[index]).collect::<Vec<_>>() {
                    keep[*edge] = true;
                }
            }
        }
        // What stands before a stack among those kept: an edge to one that is not kept leads on to what is before that.
        let mut before: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); stacks.len()];
        let mut step_of = vec![0; stacks.len()];
        let mut steps = Vec::new();
        for index in order {
            let mut found = BTreeSet::new();
            for edge in &edges[index] {
                if keep[*edge] {
                    found.insert(step_of[*edge]);
                } else {
                    found.extend(before[*edge].iter().copied());
                }
            }
            if keep[index] {
                step_of[index] = steps.len();
                steps.push(Step { path: stacks[index].0, after: found.iter().copied().collect(), asked: asked[index] });
            }
            before[index] = found;
        }
        Self { steps }
    }

    /// The paths, in order.
    pub fn paths(&self) -> impl Iterator<Item = &'a str> {
        self.steps.iter().map(|step| step.path)
    }

    /// The stacks that nobody asked for: they are in the plan for the sake of others.
    pub fn drawn_in(&self) -> impl Iterator<Item = &'a str> {
        self.steps.iter().filter(|step| !step.asked).map(|step| step.path)
    }
}

/// What each stack needs, by index; a name that is no stack is nothing to wait for.
fn indices(stacks: &[(&str, Vec<&str>)]) -> Vec<Vec<usize>> {
    let index: std::collections::BTreeMap<&str, usize> =
        stacks.iter().enumerate().map(|(index, (path, _))| (*path, index)).collect();
    stacks.iter().map(|(_, needs)| needs.iter().filter_map(|need| index.get(need).copied()).collect()).collect()
}
