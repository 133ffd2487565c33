//! The app: every stack, in the order of their definition.

use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Env, Problem, Stack, StackKey};

/// Tells the references of two apps of one process apart; it reaches no output.
static APPS: AtomicU32 = AtomicU32::new(0);

/// All stacks of a project.
///
/// ```
/// use formwork::{App, Env, cfn::ec2};
///
/// let mut app = App::new();
/// let env = Env::new("111111111111", "us-east-1");
/// let vpc = app.stack("shop/network", env.clone(), |s| s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16")));
/// app.stack("shop/web", env, |s| {
///     s.add("Group", ec2::SecurityGroup::new("web servers").vpc_id(vpc)); // an export and an import, by itself
/// });
/// let assembly = app.synth().expect("no problems");
/// assert_eq!(assembly.stack("shop/web").unwrap().needs, ["shop/network"]);
/// ```
#[derive(Debug)]
pub struct App {
    key: u32,
    pub(crate) stacks: Vec<Stack>,
}

impl App {
    /// An app without stacks.
    #[must_use]
    pub fn new() -> Self {
        Self { key: APPS.fetch_add(1, Ordering::Relaxed), stacks: Vec::new() }
    }

    /// Defines a stack and returns what its definition returns.
    ///
    /// `path` names it in the command line and its file in `templates/`: parts of letters, digits, `-`, `_` and `.`
    /// with `/` between them. What the definition returns (handles, references) can be used in later stacks, and only
    /// there: a cycle of stacks cannot be written.
    #[track_caller]
    pub fn stack<T>(&mut self, path: impl Into<String>, env: Env, define: impl FnOnce(&mut Stack) -> T) -> T {
        let (path, at) = (path.into(), Location::caller());
        let index = u32::try_from(self.stacks.len()).unwrap_or(u32::MAX);
        let mut stack = Stack::new(StackKey { app: self.key, index }, path, env, at);
        if let Some(before) = self.stacks.iter().find(|other| other.path.eq_ignore_ascii_case(&stack.path)) {
            let problem = Problem::error("name-used-twice", format!("two stacks have the path `{}`", stack.path))
                .help("paths name files, so two may not differ in capitals alone; give one of them another path")
                .at(at, "the second is defined here")
                .at(before.at, "the first is defined here");
            stack.report(problem);
        }
        stack.earlier = std::mem::take(&mut self.stacks);
        let out = define(&mut stack);
        self.stacks = std::mem::take(&mut stack.earlier);
        self.stacks.push(stack);
        out
    }
}

impl Default for App {
    fn default() -> Self {
        Self::new()
    }
}
