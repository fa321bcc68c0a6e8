//! The first sheet: how to fill the others in.

use super::ExportError;
use crate::layout::Layout;
use crate::style::{Style, write_text};
use crate::words::words;
use hegui_catalog::model::{Catalog, Lang};
use hegui_logic::calendar::format_date;
use hegui_register::Register;
use rust_xlsxwriter::{Url, Worksheet};

/// Headings and paragraphs, in Chinese.
const ZH: [(&str, &str); 8] = [
    (
        "这是什么",
        "这份工作簿是一个登记册：每一类事物一张表，一行一项，一列一个事实。标题上的批注写着要问的问题、可以填什么、谁知道。填好后运行 hegui register import 文件.xlsx --into 文件夹：先列出改动，加 --yes 才写入；有一处不对，全部不写。",
    ),
    (
        "留空、无、否",
        "留空是“不知道”，不是“没有”。确实没有的填“无”；问是否的填“是”或“否”。没有人说过的事实会成为要问的问题，既不算符合，也不算差距。",
    ),
    (
        "怎么填",
        "选项从下拉列表里选，也可以直接写选项的代码。多项用顿号、逗号或分号分开。日期写成 2026-03-02；一段时间带单位，如 30天、72小时。引用其他表的事物填它的编号；名称不重复的，填名称也可以。",
    ),
    (
        "新增与删除",
        "在表的末尾加一行即新增一项：给它一个编号（小写字母、数字、- 和 _）。删除行不会删除事物，导入时会提示；确已终止的，请填写相应的终止日期，或在登记册文件里处理。",
    ),
    (
        "橙色的列：从何而来",
        "橙色标题的五列说明本行新填或改动的内容从何而来：来源类别、谁说的、情况所属日期、证据、理由。它们只作用于本行新填的格子，已有内容的来源保留不变。须由人判断的事实，必须填写谁判断的和理由。",
    ),
    (
        "改动已有的内容",
        "已有来源的事实不会被覆盖：新填的作为另一条观察加在后面。来源类别和人相同而日期更晚的，以新的为准；不同来源说法不一的，该事实成为未知，等人裁断。没有来源的简单陈述则直接替换。黄色格子有不止一条观察，或者其陈述目前不能作数，批注里列出了每一条。",
    ),
    (
        "灰色的列",
        "“适用于其下各项”的事实在这里填一次即可。“是否齐全”回答的是：登记的就是全部吗？没有说齐全的，不会当作没有。",
    ),
    (
        "请不要",
        "不要改动或删除隐藏的第一行，不要合并单元格，不要删除隐藏的表：登记册原来的文件完整地保存在其中，导入时用来看出改了什么。工作簿在填写期间，登记册可以照常改动；同一格两边都改了的，导入时会指出，不会互相覆盖。",
    ),
];

/// The same in English.
const EN: [(&str, &str); 8] = [
    (
        "What this is",
        "This workbook is a register: a sheet for each kind of thing, a row a thing, a column a fact. The note on a heading has the question, what may be written, and who knows. When it is filled in, run hegui register import FILE.xlsx --into FOLDER: it lists what would change and writes only with --yes; if anything is wrong, nothing is written.",
    ),
    (
        "Blank, none, no",
        "A blank cell means `not known`; it does not mean `none`. Write `none` where there really is none, and `yes` or `no` where that is the question. What nobody has said becomes a question: it is neither conformity nor a gap.",
    ),
    (
        "How to fill in",
        "Choose from the lists, or write a value's code. Put commas or semicolons between several. Dates are written 2026-03-02; lengths of time have their unit, as in 30d or 72h. Refer to a thing of another sheet by its id, or by its name where no other has it.",
    ),
    (
        "Adding and removing",
        "A new row at the end is a new thing: give it an id (lower-case letters, digits, - and _). Removing a row removes no thing; the import says so. Where something has ended, write the date on which it did, or deal with it in the register's files.",
    ),
    (
        "Orange columns: where it comes from",
        "The five columns with orange headings say where what is newly written in the row comes from: sort of source, who said it, the day on which it was so, evidence, reasons. They speak of newly written cells of that row alone; what was there keeps its own. Facts that only a person can judge need who, and the reasons.",
    ),
    (
        "Changing what is there",
        "A fact that says where it comes from is never overwritten: what you write is added as another observation. From the same sort of source and the same person the later date counts; where sources differ the fact is unknown until somebody rules. A plain statement without a source is replaced. Yellow cells have more than one observation, or one that does not count at present; their notes list them.",
    ),
    (
        "Grey columns",
        "Facts that hold for everything below are said here once. `complete` asks: is what is registered all there is? What nobody calls complete is never taken to be so.",
    ),
    (
        "Please do not",
        "Do not change or remove the hidden first row, merge cells, or remove hidden sheets: they hold the register's files, whole, so that the import can tell what you changed. The register may be changed while the workbook is out; a cell that was changed on both sides is pointed out and not overwritten.",
    ),
];

/// Writes the sheet.
pub(super) fn write(
    at: &mut Worksheet,
    style: &Style,
    catalog: &Catalog,
    register: &Register,
    layout: &Layout,
    as_of: i64,
) -> Result<(), ExportError> {
    let lang = layout.lang;
    at.set_name(words(lang).guide)?;
    at.set_column_width(0, 24)?;
    at.set_column_width(1, 96)?;
    at.set_screen_gridlines(false);
    at.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    let (title, paragraphs) = match lang {
        Lang::Zh => ("个人信息处理登记册", ZH),
        Lang::En => ("Register of personal-information processing", EN),
    };
    write_text(at, 0, 0, title, &style.title)?;
    let mut row = 2;
    for (heading, text) in paragraphs {
        write_text(at, row, 0, heading, &style.section)?;
        write_text(at, row, 1, text, &style.prose)?;
        let width: usize = text.chars().map(super::wide).sum();
        at.set_row_height(row, 16.0 * (width as f64 / 100.0).ceil().max(1.0) + 6.0)?;
        row += 1;
    }
    row += 1;
    let (sheets, things, made) = match lang {
        Lang::Zh => ("各表", "项", "来历"),
        Lang::En => ("Sheets", "entries", "Made from"),
    };
    write_text(at, row, 0, sheets, &style.section)?;
    row += 1;
    for sheet in &layout.sheets {
        let entry = catalog.kinds.get(sheet.kind.0 as usize);
        let about = entry.map(|entry| entry.about.get(lang)).unwrap_or_default();
        let link = Url::new(format!("internal:'{}'!A3", sheet.name)).set_text(&sheet.name);
        at.write_url(row, 0, link)?;
        let text = format!("{about} ({} {things})", register.count(sheet.kind));
        write_text(at, row, 1, &text, &style.prose)?;
        row += 1;
    }
    row += 1;
    write_text(at, row, 0, made, &style.section)?;
    let lines = match lang {
        Lang::Zh => [
            format!("状态日期 {}", format_date(as_of)),
            format!("hegui {}", env!("CARGO_PKG_VERSION")),
            format!("目录 {}", catalog.hash),
        ],
        Lang::En => [
            format!("as of {}", format_date(as_of)),
            format!("hegui {}", env!("CARGO_PKG_VERSION")),
            format!("catalog {}", catalog.hash),
        ],
    };
    for line in lines {
        write_text(at, row, 1, &line, &style.prose)?;
        row += 1;
    }
    Ok(())
}
