//! The one tool of the project: `cargo xtask <verb>` fetches, patches, builds, tests and measures.

mod bench;
mod build_python;
mod ci_matrix;
mod cpython;
mod debuggers;
mod diff;
mod dirs;
mod dist;
mod ensurepip;
mod fetch;
mod fuzz;
mod git_source;
mod hash;
mod layout;
mod libclang;
mod libpython;
mod link;
mod manual;
mod net;
mod patch;
mod pip;
mod plan;
mod prereqs;
mod profile;
mod series;
mod share;
mod stamp;
mod step;
mod test;
mod tidy;
mod versions;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    about = "Builds, tests and measures Pyjion",
    version
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build an interpreter and print the path of its executable
    BuildPython(build_python::Args),
    /// Measure against stock
    Bench(bench::Args),
    /// Print the jobs of public CI as JSON
    CiMatrix,
    /// Make archives and packages to give away, and check them
    Dist(dist::Args),
    /// Check that this machine has what a build needs, and say what is missing
    Doctor,
    /// Write programs and compare what stock and ours do with them
    Fuzz(fuzz::Args),
    /// Check, edit or regenerate the patch series
    Patch(patch::Args),
    /// Print how much of hot code runs in native code, and why the rest does not
    Share(share::Args),
    /// Run the whole ladder of checks; the last line counts them
    Test(test::Args),
    /// Check the house rules that no compiler checks
    Tidy,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = dirs::Dirs::find().and_then(|dirs| match &cli.verb {
        Verb::BuildPython(args) => build_python::run(&dirs, args),
        Verb::Bench(args) => bench::run(&dirs, args),
        Verb::CiMatrix => ci_matrix::run(&dirs),
        Verb::Dist(args) => dist::run(&dirs, args),
        Verb::Doctor => prereqs::doctor(&dirs),
        Verb::Fuzz(args) => fuzz::run(&dirs, args),
        Verb::Patch(args) => patch::run(&dirs, args),
        Verb::Share(args) => share::run(&dirs, args),
        Verb::Test(args) => {
            test::run(&dirs, args, test::Others { fuzz: fuzz::stage::run, bench: bench::stage::run })
        }
        Verb::Tidy => tidy::run(&dirs, test::skip_list_complaints),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::FAILURE
        }
    }
}
