//! The catalogue: every system, and the command line over them.

mod account;
mod cookbook;
mod financial_data_api;
mod organization;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod review;

use std::process::ExitCode;

use formwork::App;

fn main() -> ExitCode {
    formwork::cli::main_with_recipes(define, cookbook::recipes())
}

fn define(app: &mut App) {
    account::define(app);
    financial_data_api::define(app);
    organization::define(app);
    cookbook::define(app);
}
