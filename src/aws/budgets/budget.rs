//! Budgets: what may be spent, and who hears when it is.

use crate::cfn::budgets::{self as cfn, budget};
use crate::core::{Construct, Problem, Ref, Stack, Value};

/// Which costs count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Costs {
    /// All, less the credits that AWS gave.
    #[default]
    AllLessCredits,
    /// What was used, whether credits paid for it or not.
    WithoutCredits,
    /// Nothing but the credits that were used.
    CreditsOnly,
}

/// When subscribers hear of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// When so many percent of the limit are spent.
    Actual(f64),
    /// When so many percent of the limit will be spent, as AWS forecasts.
    Forecasted(f64),
}

/// How many notifications a budget has, and subscribers by e-mail each. Rule: the AWS Billing user guide, "Quotas and
/// restrictions".
const NOTIFICATIONS: usize = 10;
const SUBSCRIBERS: usize = 10;

/// A monthly budget of costs, in US dollars.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::budgets::{BudgetSpec, Threshold};
///
/// s.add("Spend", BudgetSpec {
///     notify_at: vec![Threshold::Actual(80.0), Threshold::Forecasted(100.0)],
///     emails: vec!["ops@example.com".into()],
///     ..BudgetSpec::monthly(20.0)
/// });
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct BudgetSpec {
    /// What may be spent in a month, in US dollars.
    pub limit: f64,
    /// Its name, up to 100 characters, unique in the account. A change replaces it. Default: CloudFormation makes one.
    pub budget_name: Option<String>,
    /// Which costs count. Default: all, less credits.
    pub costs: Costs,
    /// When subscribers hear of it; at most 10 times. Default: never.
    pub notify_at: Vec<Threshold>,
    /// Whom it is sent to; at most 10. Default: nobody.
    pub emails: Vec<Value<String>>,
}

impl BudgetSpec {
    /// A budget of so many US dollars a month, with the defaults of every field.
    #[must_use]
    pub const fn monthly(limit: f64) -> Self {
        Self { limit, budget_name: None, costs: Costs::AllLessCredits, notify_at: Vec::new(), emails: Vec::new() }
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if self.notify_at.len() > NOTIFICATIONS {
            let message = format!("{} notifications of one budget", self.notify_at.len());
            report("item-count", message, "AWS takes 10: make another budget for the rest");
        }
        if self.emails.len() > SUBSCRIBERS {
            let message = format!("{} subscribers of one notification", self.emails.len());
            report("item-count", message, "AWS takes 10 addresses: subscribe an address that passes it on");
        }
        if self.emails.is_empty() != self.notify_at.is_empty() {
            let message = "a budget that notifies says when, and whom".to_owned();
            report("dependent-properties", message, "set both `notify_at` and `emails`, or neither");
        }
    }

    fn notifications(&self) -> Vec<budget::NotificationWithSubscribers> {
        let one = |threshold: &Threshold| {
            let (kind, percent) = match threshold {
                Threshold::Actual(percent) => ("ACTUAL", *percent),
                Threshold::Forecasted(percent) => ("FORECASTED", *percent),
            };
            let notification = budget::Notification::new("GREATER_THAN", kind, percent).threshold_type("PERCENTAGE");
            let subscribers = self.emails.iter().map(|email| budget::Subscriber::new(email, "EMAIL"));
            budget::NotificationWithSubscribers::new(notification, subscribers.collect::<Vec<_>>())
        };
        self.notify_at.iter().map(one).collect()
    }
}

/// A budget that was added.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// The budget itself.
    pub budget: Ref<cfn::Budget>,
}

impl Construct for BudgetSpec {
    type Out = Budget;

    fn build(self, stack: &mut Stack) -> Budget {
        self.check(stack);
        let mut data = budget::BudgetData::new("COST", "MONTHLY").budget_limit(budget::Spend::new(self.limit, "USD"));
        if let Some(name) = &self.budget_name {
            data = data.budget_name(name);
        }
        data = match self.costs {
            Costs::AllLessCredits => data,
            Costs::WithoutCredits => data.cost_types(budget::CostTypes::new().include_credit(false)),
            Costs::CreditsOnly => data.cost_types(credits_only()),
        };
        let mut props = cfn::Budget::new(data);
        if !self.notify_at.is_empty() {
            props = props.notifications_with_subscribers(self.notifications());
        }
        Budget { budget: stack.add("Resource", props) }
    }
}

/// Every kind of cost but credits left out.
fn credits_only() -> budget::CostTypes {
    budget::CostTypes::new()
        .include_credit(true)
        .include_discount(false)
        .include_other_subscription(false)
        .include_recurring(false)
        .include_refund(false)
        .include_subscription(false)
        .include_support(false)
        .include_tax(false)
        .include_upfront(false)
}
