//! Backup policies: plans that every account below the target has.

use std::panic::Location;

use super::policy::assign;
use crate::core::{Expr, Problem, Props, Stack};

/// Backup plans for all accounts of a target. Rule: the AWS Organizations user guide, "Backup policy syntax and examples".
///
/// ```
/// use formwork::aws::organizations::{BackupPlan, BackupPolicy, BackupRule, BackupSelection};
///
/// let role = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole";
/// let policy = BackupPolicy {
///     plans: vec![BackupPlan {
///         regions: vec!["us-east-1".into()],
///         rules: vec![BackupRule::new("Daily", "cron(0 5 ? * * *)", "Default")],
///         selections: vec![BackupSelection::new("Tables", role, "BackupPlan", ["daily"])],
///         ..BackupPlan::new("Daily")
///     }],
/// };
/// ```
#[derive(Clone, Debug, Default)]
pub struct BackupPolicy {
    /// The plans.
    pub plans: Vec<BackupPlan>,
}

/// What is backed up, when, and where to.
#[derive(Clone, Debug)]
pub struct BackupPlan {
    /// Its name, unique in the policy.
    pub name: String,
    /// The regions whose resources are backed up: one at least.
    pub regions: Vec<String>,
    /// When, and into which vault: one at least.
    pub rules: Vec<BackupRule>,
    /// What is backed up: one at least.
    pub selections: Vec<BackupSelection>,
}

/// When backups are made, and where they go.
#[derive(Clone, Debug)]
pub struct BackupRule {
    /// Its name, unique in the plan.
    pub name: String,
    /// When, in UTC: `cron(0 5 ? * * *)` is every day at five.
    pub schedule: String,
    /// The vault, by name: every account and region must have it.
    pub vault: String,
    /// How many minutes a backup may wait to be started, 60 at least. Default: AWS Backup's 480.
    pub start_window_minutes: Option<u32>,
    /// How many days a backup is kept. Default: for ever.
    pub delete_after_days: Option<u32>,
}

/// Resources to back up: those with a tag.
#[derive(Clone, Debug)]
pub struct BackupSelection {
    /// Its name, unique in the plan.
    pub name: String,
    /// The role that AWS Backup works with, by ARN, which every account must have; `$account` in it is the account's id.
    pub role_arn: String,
    /// The tag's key.
    pub tag_key: String,
    /// The tag's values.
    pub tag_values: Vec<String>,
}

impl BackupPlan {
    /// A plan of this name; what it needs is to be filled in.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), regions: Vec::new(), rules: Vec::new(), selections: Vec::new() }
    }

    fn into_expr(self) -> Expr {
        let at = Location::caller();
        let mut rules = Props::new();
        for rule in self.rules {
            rules.set_at(rule.name.clone(), rule.into_expr(), at);
        }
        let mut tagged = Props::new();
        for selection in self.selections {
            tagged.set_at(selection.name.clone(), selection.into_expr(), at);
        }
        object([
            ("regions", assign(texts(self.regions))),
            ("rules", Expr::Map(rules)),
            ("selections", object([("tags", Expr::Map(tagged))])),
        ])
    }
}

impl BackupRule {
    /// A rule with this schedule and vault, with the defaults of every field.
    #[must_use]
    pub fn new(name: impl Into<String>, schedule: impl Into<String>, vault: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            schedule: schedule.into(),
            vault: vault.into(),
            start_window_minutes: None,
            delete_after_days: None,
        }
    }

    fn into_expr(self) -> Expr {
        let at = Location::caller();
        let mut out = Props::new();
        out.set_at("schedule_expression", assign(self.schedule.into()), at);
        // Organizations wants numbers as text.
        if let Some(minutes) = self.start_window_minutes {
            out.set_at("start_backup_window_minutes", assign(minutes.to_string().into()), at);
        }
        if let Some(days) = self.delete_after_days {
            let lifecycle = object([("delete_after_days", assign(days.to_string().into()))]);
            out.set_at("lifecycle", lifecycle, at);
        }
        out.set_at("target_backup_vault_name", assign(self.vault.into()), at);
        Expr::Map(out)
    }
}

impl BackupSelection {
    /// Resources that have a tag with one of these values.
    #[must_use]
    pub fn new<V: Into<String>>(
        name: impl Into<String>,
        role_arn: impl Into<String>,
        tag_key: impl Into<String>,
        tag_values: impl IntoIterator<Item = V>,
    ) -> Self {
        Self {
            name: name.into(),
            role_arn: role_arn.into(),
            tag_key: tag_key.into(),
            tag_values: tag_values.into_iter().map(Into::into).collect(),
        }
    }

    fn into_expr(self) -> Expr {
        object([
            ("iam_role_arn", assign(self.role_arn.into())),
            ("tag_key", assign(self.tag_key.into())),
            ("tag_value", assign(texts(self.tag_values))),
        ])
    }
}

impl BackupPolicy {
    /// As Organizations writes it; a plan that would back up nothing is a problem.
    #[track_caller]
    pub(super) fn into_expr(self, stack: &mut Stack) -> Expr {
        let at = Location::caller();
        let mut plans = Props::new();
        for plan in self.plans {
            let counts =
                [("regions", plan.regions.len()), ("rules", plan.rules.len()), ("selections", plan.selections.len())];
            for (field, _) in counts.into_iter().filter(|(_, count)| *count == 0) {
                let message = format!("the backup plan `{}` has no {field}, and backs up nothing", plan.name);
                let help = format!("give it one at least in `{field}`");
                stack.report_at(None, Problem::error("item-count", message).help(help));
            }
            plans.set_at(plan.name.clone(), plan.into_expr(), at);
        }
        object([("plans", Expr::Map(plans))])
    }
}

fn object<const N: usize>(members: [(&'static str, Expr); N]) -> Expr {
    let mut out = Props::new();
    for (name, value) in members {
        out.set_at(name, value, Location::caller());
    }
    Expr::Map(out)
}

fn texts(texts: Vec<String>) -> Expr {
    Expr::List(texts.into_iter().map(Expr::from).collect())
}
