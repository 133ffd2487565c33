//! Accounts.

use super::{Parent, keep, last_in_turn, wait_for};
use crate::cfn::organizations;
use crate::core::{Construct, DeletionPolicy, Ref, Stack, Value};

/// An account of the organization.
///
/// It is retained when its stack is deleted: closing an account deletes what is in it, 90 days later for good, and a
/// closed account's address cannot be used again. Accounts of a stack are made one after the other. Rules: the AWS
/// CloudFormation user guide, `AWS::Organizations::Account`; the AWS Organizations user guide, "Closing an account".
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::new("111111111111", "us-east-1"), |s| {
/// use formwork::aws::organizations::{AccountSpec, OrganizationSpec};
///
/// let organization = s.add("Organization", OrganizationSpec::default());
/// let audit = s.add("Audit", AccountSpec::new(organization, "audit", "aws-audit@example.com"));
/// s.output("AuditAccount", audit.id());
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct AccountSpec {
    /// Where it is. A change moves the account.
    pub parent: Parent,
    /// Its name, up to 50 characters.
    pub name: Value<String>,
    /// Its e-mail address, 6 to 64 characters, which no other account of AWS has: whoever reads its mail can become its
    /// root user.
    pub email: Value<String>,
    /// The role that the management account enters it with, made with the account: a later change does nothing. Default:
    /// `OrganizationAccountAccessRole`.
    pub role_name: String,
    /// What becomes of it when the stack is deleted. `Delete` closes the account. Default: it stays.
    pub deletion_policy: DeletionPolicy,
}

impl AccountSpec {
    /// An account of this name and e-mail address, with the defaults of every field.
    #[must_use]
    pub fn new(parent: impl Into<Parent>, name: impl Into<Value<String>>, email: impl Into<Value<String>>) -> Self {
        Self {
            parent: parent.into(),
            name: name.into(),
            email: email.into(),
            role_name: "OrganizationAccountAccessRole".into(),
            deletion_policy: DeletionPolicy::Retain,
        }
    }
}

/// An account that was added.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The account itself.
    pub account: Ref<organizations::Account>,
}

impl Construct for AccountSpec {
    type Out = Account;

    fn build(self, stack: &mut Stack) -> Account {
        let (before, parent) = (last_in_turn(stack), self.parent.0);
        let account = organizations::Account::new(self.name, self.email);
        let account = account.parent_ids([parent.clone()]).role_name(self.role_name);
        let account = stack.add("Resource", account);
        wait_for(stack, account, before, &[parent.expr()]);
        keep(stack, account, self.deletion_policy);
        Account { account }
    }
}

impl Account {
    /// Its id, twelve digits.
    #[must_use]
    pub fn id(&self) -> Value<String> {
        Value::from_expr(self.account.account_id().into_expr())
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.account.arn()
    }
}

crate::aws::iam::has_arn! { Account, "an account"; }
