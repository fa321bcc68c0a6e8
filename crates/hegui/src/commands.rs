//! The commands, one file a noun.

mod answer;
mod ask;
mod assess;
mod catalog;
mod explain;
mod fact;
mod gap;
mod law;
mod ledger;
mod paper;
mod questions;
mod register;
mod seal;
#[cfg(feature = "serve")]
mod serve;
mod sheet;
mod stats;
mod weigh;

use crate::cli::{Cli, Command, Ledger, Questions, Register, Report};
use anyhow::Result;

/// Runs the command; the exit status.
pub fn run(cli: &Cli) -> Result<u8> {
    match &cli.command {
        Command::Assess(args) => assess::assess(cli, args),
        Command::Paper(args) => paper::paper(cli, args),
        Command::Ask(args) => ask::ask(cli, args),
        Command::Answer(args) => answer::answer(cli, args),
        Command::Rule(args) => answer::rule(cli, args),
        Command::Gap(args) => gap::gap(cli, args),
        Command::Explain(args) => explain::explain(cli, args),
        Command::Init { dir } => register::init(cli, dir),
        Command::Check { dir } => register::check(cli, dir),
        Command::Register(Register::Export(args)) => sheet::export(cli, args),
        Command::Register(Register::Import(args)) => sheet::import(cli, args),
        Command::Questions(Questions::Export(args)) => questions::export(cli, args),
        Command::Questions(Questions::Import(args)) => sheet::import(cli, args),
        Command::Catalog(command) => catalog::run(cli, command),
        Command::Fact(command) => fact::run(cli, command),
        Command::Law(args) => law::run(cli, args),
        Command::Weigh(args) => weigh::weigh(cli, args),
        Command::Report(Report::Seal(args)) => seal::seal(cli, args),
        Command::Verify(args) => seal::verify(cli, args),
        Command::Key(command) => seal::key(cli, command),
        Command::Ledger(Ledger::Verify(args)) => ledger::verify(cli, args),
        Command::Ledger(Ledger::Proof { file, key }) => ledger::proof(cli, file, key),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::serve(args),
    }
}
