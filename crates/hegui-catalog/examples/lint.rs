//! Lints a catalog: `cargo run -p hegui-catalog --example lint -- DIR`.
//!
//! Exit status: 0 in order (perhaps with warnings), 1 with errors.

use std::process::ExitCode;

#[expect(clippy::print_stdout, reason = "a command that prints")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, proposed) = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [folder] => ((*folder).to_owned(), None),
        [folder, "--propose", id] | ["--propose", id, folder] => {
            ((*folder).to_owned(), Some((*id).to_owned()))
        }
        ["--propose", id] => ("catalog".to_owned(), Some((*id).to_owned())),
        _ => {
            println!(
                "lint DIR [--propose REQUIREMENT]: says what is wrong; or proposes cases that are missing"
            );
            return ExitCode::FAILURE;
        }
    };
    let files = match hegui_catalog::read::files_of(folder.as_ref()) {
        Ok(files) => files,
        Err(problems) => {
            println!("{problems}");
            return ExitCode::FAILURE;
        }
    };
    if let Some(id) = proposed {
        let (catalog, _) = hegui_catalog::read::read_leniently(files);
        let proposals = hegui_catalog::propose::propose(&catalog, &id);
        for proposal in &proposals {
            println!("{}", proposal.toml);
        }
        println!("{} cases proposed for {id}", proposals.len());
        return ExitCode::SUCCESS;
    }
    let (catalog, mut problems) = hegui_catalog::lint::check(files);
    if std::env::var_os("PROVE").is_some() {
        problems.0.extend(hegui_catalog::proof::unproven(&catalog));
    }
    println!("{problems}");
    println!(
        "{} requirements, {} errors, {} warnings",
        catalog.requirements.len(),
        problems.errors(),
        problems.0.len() - problems.errors()
    );
    if problems.errors() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
