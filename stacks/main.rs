//! The catalogue: every system, and the command line over them.

mod account;
mod financial_data_api;
mod organization;

use std::process::ExitCode;

fn main() -> ExitCode {
    formwork::cli::main(|app| {
        account::define(app);
        financial_data_api::define(app);
        organization::define(app);
    })
}
