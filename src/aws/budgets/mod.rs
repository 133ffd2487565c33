//! AWS Budgets.

mod budget;

pub use budget::{Budget, BudgetSpec, Costs, Threshold};
