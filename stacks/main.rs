//! The catalogue: every system, and the command line over them.

mod financial_data_api;

use std::process::ExitCode;

fn main() -> ExitCode {
    formwork::cli::main(financial_data_api::define)
}
