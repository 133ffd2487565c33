//! How often tables are backed up: every day in production, every week in development.

use formwork::Stack;
use formwork::aws::organizations::{
    BackupPlan, BackupPolicy, BackupRule, BackupSelection, OrganizationalUnit, PolicySpec, Target,
};

use super::accounts::Accounts;

/// The role that AWS Backup makes in each account when it is first used there.
const ROLE: &str = "arn:aws:iam::$account:role/service-role/AWSBackupDefaultServiceRole";

/// A backup policy on each stage's unit: DynamoDB tables choose it by their tag `BackupPlan`.
pub fn backup_policy(s: &mut Stack, accounts: &Accounts) {
    s.description("Backup policies of development and production");
    let daily = ("Daily", "cron(0 5 ? * * *)", 35);
    let weekly = ("Weekly", "cron(0 5 ? * SUN *)", 90);
    policy(s, "Production", accounts.production, daily);
    policy(s, "Development", accounts.development, weekly);
    super::policy_types(s);
}

fn policy(s: &mut Stack, id: &str, unit: OrganizationalUnit, (often, schedule, days): (&str, &str, u32)) {
    let name = format!("dynamodb-{}", often.to_lowercase());
    let plan = BackupPlan {
        regions: vec!["us-east-1".into()],
        rules: vec![BackupRule { delete_after_days: Some(days), ..BackupRule::new(often, schedule, "Default") }],
        selections: vec![BackupSelection::new("DynamoDB", ROLE, "BackupPlan", [name.as_str()])],
        ..BackupPlan::new(format!("DynamoDB-{often}"))
    };
    let policy = PolicySpec {
        description: Some(format!("{often} backups of tables tagged BackupPlan={name}")),
        targets: vec![Target::from(unit)],
        ..PolicySpec::backup(name, BackupPolicy { plans: vec![plan] })
    };
    s.add(id, policy);
}
