//! `hegui init` and `hegui check`.

use crate::cli::Cli;
use crate::{input, output};
use anyhow::{Result, anyhow};
use hegui_catalog::model::Lang;
use std::path::Path;

/// Makes a skeleton and says what to do next.
pub fn init(cli: &Cli, dir: &Path) -> Result<u8> {
    let catalog = input::yardstick(cli)?;
    let files = hegui_register::init(dir, &catalog).map_err(|error| anyhow!("{error}"))?;
    let mut text = String::new();
    for file in &files {
        text.push_str(&format!("{}\n", dir.join(file).display()));
    }
    let dir = dir.display();
    text.push_str(&match input::lang(cli) {
        Lang::Zh => format!("\n接下来：打开上面的文件，把示例改成自己的组织；然后\n  hegui check {dir}    检查\n  hegui assess {dir}   评估\n  hegui ask {dir}      下一步该问什么"),
        Lang::En => format!("\nNext: open these files and make the examples your own; then\n  hegui check {dir}    say what is wrong\n  hegui assess {dir}   assess\n  hegui ask {dir}      what to ask next"),
    });
    output::write(None, &text)?;
    Ok(0)
}

/// Says everything that is wrong with a register; 2 if anything is.
pub fn check(cli: &Cli, dir: &Path) -> Result<u8> {
    let catalog = input::yardstick(cli)?;
    let register = input::register(dir, &catalog)?;
    let evidence = register.check_evidence(dir).map_err(|problems| anyhow!("{problems}"))?;
    let mut counts = vec![];
    for (index, kind) in catalog.schema.kinds.iter().enumerate() {
        let id = hegui_logic::schema::KindId(index as u16);
        let count = register.count(id);
        if count > 0 && catalog.kinds.get(index).is_some_and(|entry| entry.declares.is_none()) {
            counts.push(format!("{} {count}", kind.name));
        }
    }
    let (files, list) = (register.files().len(), counts.join(", "));
    let text = match input::lang(cli) {
        Lang::Zh if counts.is_empty() => format!("登记册没有错误：{files} 个文件；尚未登记任何事物"),
        Lang::Zh => format!("登记册没有错误：{files} 个文件；{list}"),
        Lang::En => {
            let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
            let list = if counts.is_empty() { "no things yet" } else { &list };
            format!("nothing wrong: {files}; {list}")
        }
    };
    output::write(None, &text)?;
    if evidence > 0 {
        output::write(
            None,
            &match input::lang(cli) {
                Lang::Zh => format!("{evidence} 份证据原件与登记的校验值一致"),
                Lang::En => format!("{evidence} files of evidence are those whose hashes the register names"),
            },
        )?;
    }
    Ok(0)
}
