//! The command. It reads files, asks the clock what day it is, and prints; all else is in the crates
//! that it calls. Exit status: 0 all met, 1 gaps, 3 unknown only, 2 bad input.

mod cli;
mod commands;
mod input;
mod output;
mod papers;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match commands::run(&cli) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("hegui: {}", output::plain(&format!("{error:#}")));
            ExitCode::from(2)
        }
    }
}
