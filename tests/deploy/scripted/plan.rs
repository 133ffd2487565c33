//! What happens in an operation, step by step.

use super::operation::{After, Outcome, Script};

pub const STACK: &str = "AWS::CloudFormation::Stack";

/// One thing that happens to a stack.
#[derive(Clone, Debug)]
pub enum Step {
    /// A resource's or the stack's own event: logical id, type, status, reason.
    Event(String, String, String, Option<String>),
    /// The stack is as it was before.
    Restore,
    /// A nested stack has failed: its logical id, and the resource inside it that failed, and why.
    Nested(String, String, String),
}

/// What is done to one resource.
#[derive(Clone, Debug)]
pub struct Work {
    pub id: String,
    pub kind: String,
    /// `CREATE`, `UPDATE` or `DELETE`.
    pub verb: String,
}

impl Work {
    pub fn new(id: &str, kind: &str, verb: &str) -> Self {
        Self { id: id.into(), kind: kind.into(), verb: verb.into() }
    }

    /// What a rollback does to it.
    fn undone(&self) -> Option<Self> {
        let verb = match self.verb.as_str() {
            "CREATE" => "DELETE",
            "UPDATE" => "UPDATE",
            "IMPORT" => "IMPORT_ROLLBACK",
            _ => return None,
        };
        Some(Self::new(&self.id, &self.kind, verb))
    }
}

/// The steps of an operation on a stack.
pub struct Plan {
    pub steps: Vec<Step>,
    name: String,
}

impl Plan {
    pub fn new(name: String) -> Self {
        Self { steps: Vec::new(), name }
    }

    /// A create or an update.
    pub fn deployment(&mut self, verb: &str, all: &[Work], after: After, script: &Script) {
        self.stack(&format!("{verb}_IN_PROGRESS"), Some("User Initiated"));
        for _ in 0..script.events {
            self.resource(&all[0], "IN_PROGRESS", Some("Still at it"));
        }
        let (removed, all): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|work| work.verb == "DELETE");
        let Some((failing, reason)) = self.failure(&script.outcome) else {
            for work in &all {
                self.done(work);
            }
            if verb == "UPDATE" {
                self.stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None);
                for work in &removed {
                    self.done(work);
                }
            }
            return self.stack(&format!("{verb}_COMPLETE"), None);
        };
        self.failing(&all, &failing, &reason);
        let why = format!("The following resource(s) failed to {}: [{failing}]. ", verb.to_lowercase());
        if after == After::Nothing {
            return self.stack(&format!("{verb}_FAILED"), Some(&why));
        }
        let rollback = match verb {
            "CREATE" => "ROLLBACK",
            "IMPORT" => "IMPORT_ROLLBACK",
            _ => "UPDATE_ROLLBACK",
        };
        self.rollback(rollback, &all, script, Some(&format!("{why}Rollback requested by user.")));
        if after == After::Delete {
            self.stack("DELETE_IN_PROGRESS", None);
            self.stack("DELETE_COMPLETE", None);
        }
    }

    /// The way back after a failure, which may fail itself.
    pub fn rollback(&mut self, rollback: &str, all: &[Work], script: &Script, why: Option<&str>) {
        self.stack(&format!("{rollback}_IN_PROGRESS"), why.or(Some("User Initiated")));
        let all: Vec<_> = all.iter().filter_map(Work::undone).collect();
        if let Outcome::RollbackFails { then, because, .. } = &script.outcome {
            let work = self.named(&all, then);
            self.resource(work, "IN_PROGRESS", None);
            self.resource(work, "FAILED", Some(because));
            let why = format!("The following resource(s) failed to {}: [{then}]. ", work.verb.to_lowercase());
            return self.stack(&format!("{rollback}_FAILED"), Some(&why));
        }
        for work in &all {
            self.done(work);
        }
        if rollback == "UPDATE_ROLLBACK" {
            self.stack("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", None);
        }
        if rollback != "ROLLBACK" {
            self.steps.push(Step::Restore);
        }
        self.stack(&format!("{rollback}_COMPLETE"), None);
    }

    /// A stack that an import has made is in `ROLLBACK_COMPLETE` when the import is rolled back.
    pub fn made_by_it(&mut self, new: bool) {
        for step in self.steps.iter_mut().filter(|_| new) {
            if let Step::Event(id, _, status, _) = step
                && *id == self.name
                && status == "IMPORT_ROLLBACK_COMPLETE"
            {
                "ROLLBACK_COMPLETE".clone_into(status);
            }
        }
    }

    /// A deletion that keeps some.
    pub fn deletion(&mut self, all: &[Work], kept: &[Work], script: &Script) {
        self.stack("DELETE_IN_PROGRESS", Some("User Initiated"));
        for work in kept {
            self.resource(work, "SKIPPED", None);
        }
        let failure = self.failure(&script.outcome);
        for work in all {
            match &failure {
                Some((failing, reason)) if *failing == work.id => {
                    self.resource(work, "IN_PROGRESS", None);
                    self.resource(work, "FAILED", Some(reason));
                }
                _ => self.done(work),
            }
        }
        match failure {
            Some((failing, _)) => {
                let why = format!("The following resource(s) failed to delete: [{failing}]. ");
                self.stack("DELETE_FAILED", Some(&why));
            }
            None => self.stack("DELETE_COMPLETE", None),
        }
    }

    /// The resource that fails, and why, if one does.
    fn failure(&mut self, outcome: &Outcome) -> Option<(String, String)> {
        match outcome {
            Outcome::Succeeds => None,
            Outcome::Fails { resource, reason } | Outcome::RollbackFails { resource, reason, .. } => {
                Some((resource.clone(), reason.clone()))
            }
            Outcome::NestedFails { stack, resource, reason } => {
                self.steps.push(Step::Nested(stack.clone(), resource.clone(), reason.clone()));
                let why = "Embedded stack was not successfully created: The following resource(s) failed to create";
                Some((stack.clone(), format!("{why}: [{resource}]. ")))
            }
        }
    }

    /// What stands before the failing resource is done, what stands behind it is cancelled.
    fn failing(&mut self, all: &[Work], failing: &str, reason: &str) {
        let failing = self.named(all, failing);
        let (done, rest) = all.split_at(all.iter().position(|work| work.id == failing.id).unwrap_or_default());
        for work in done {
            self.done(work);
        }
        for work in rest {
            self.resource(work, "IN_PROGRESS", None);
        }
        self.resource(failing, "FAILED", Some(reason));
        for work in &rest[1..] {
            let why = if work.verb == "CREATE" { "Resource creation cancelled" } else { "Resource update cancelled" };
            self.resource(work, "FAILED", Some(why));
        }
    }

    fn named<'a>(&self, all: &'a [Work], id: &str) -> &'a Work {
        let found = all.iter().find(|work| work.id == id);
        found.unwrap_or_else(|| panic!("the script says that {id} fails, but this does nothing to it in {}", self.name))
    }

    fn done(&mut self, work: &Work) {
        self.resource(work, "IN_PROGRESS", None);
        self.resource(work, "COMPLETE", None);
    }

    fn resource(&mut self, work: &Work, how: &str, reason: Option<&str>) {
        let status = format!("{}_{how}", work.verb);
        self.steps.push(Step::Event(work.id.clone(), work.kind.clone(), status, reason.map(Into::into)));
    }

    fn stack(&mut self, status: &str, reason: Option<&str>) {
        self.steps.push(Step::Event(self.name.clone(), STACK.into(), status.into(), reason.map(Into::into)));
    }
}
