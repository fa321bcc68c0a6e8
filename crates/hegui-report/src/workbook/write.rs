//! Grids to a workbook: names, widths, colours, filters, printing. Nothing is said here.

use super::grid::{Column, Entry, Grid, Value};
use crate::papers::maker::Maker;
use crate::words::class;
use hegui_catalog::model::Lang;
use rust_xlsxwriter::{
    Color, DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder, FormatPattern, Url, Workbook, Worksheet, XlsxError,
};

/// What a cell can hold, in UTF-16 units (ECMA-376, and Excel's limits).
const CELL: usize = 32_767;
/// Rows of a sheet below its heading.
const ROWS: usize = 1_048_575;
/// Most lines that a row shows; the rest of a text is there, and a person makes the row higher.
const LINES: u32 = 14;
/// The height of a line, in points.
const LINE: f64 = 13.0;
/// The longest list of words that a drop-down list can hold, in characters.
const WORDS: usize = 255;

/// Looks, made once.
struct Looks {
    heading: Format,
    entry_heading: Format,
    text: Format,
    date: Format,
    number: Format,
    open: Format,
    entry: Format,
    entry_date: Format,
    verdicts: Vec<(&'static str, Format)>,
}

impl Looks {
    fn new(lang: Lang) -> Self {
        let font = if lang == Lang::Zh { "宋体" } else { "Calibri" };
        let plain = Format::new()
            .set_font_name(font)
            .set_font_size(10)
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(0x00C9_D0D8));
        let fill = |format: &Format, colour: u32| {
            format.clone().set_pattern(FormatPattern::Solid).set_background_color(Color::RGB(colour))
        };
        let verdict = |ink: u32, paper: u32| fill(&plain, paper).set_font_color(Color::RGB(ink)).set_bold();
        let heading = fill(&plain, 0x001F_4E79).set_bold().set_font_color(Color::White);
        Self {
            entry_heading: fill(&heading, 0x008A_5300),
            heading,
            date: plain.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            number: plain.clone().set_num_format("0").set_align(FormatAlign::Right),
            open: fill(&plain, 0x00FD_F8EC).set_font_color(Color::RGB(0x008A_5300)),
            entry: fill(&plain, 0x00FF_FDF5),
            entry_date: fill(&plain, 0x00FF_FDF5).set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            verdicts: vec![
                ("gap", verdict(0x00A6_1B1B, 0x00FB_F1F0)),
                ("unproven", verdict(0x00A6_1B1B, 0x00FB_F1F0)),
                ("judge", verdict(0x008A_5300, 0x00FD_F8EC)),
                ("unknown", verdict(0x008A_5300, 0x00FD_F8EC)),
                ("met", verdict(0x001C_6B3C, 0x00F1_F8F3)),
                ("sampled", verdict(0x001C_6B3C, 0x00F1_F8F3)),
            ],
            text: plain,
        }
    }

    fn verdict(&self, class: &str) -> &Format {
        self.verdicts.iter().find(|(name, _)| *name == class).map_or(&self.text, |(_, format)| format)
    }
}

/// Writes the first sheet's lines, then the grids; `title` is a key of the wording.
pub(super) fn write(
    m: &Maker<'_>,
    title: &str,
    about: &[(String, String)],
    grids: &[Grid],
) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new(m.lang);
    let mut book = Workbook::new();
    let title = m.say(title);
    let mut properties = DocProperties::new()
        .set_title(&title)
        .set_author(m.report.engagement.as_ref().and_then(|e| e.firm.as_deref()).unwrap_or_default());
    // The workbook's own date is the assessment's, so that the same input gives the same bytes.
    if let Ok(date) = ExcelDateTime::parse_from_str(&m.report.as_of) {
        properties = properties.set_creation_datetime(&date);
    }
    book.set_properties(&properties);
    first(m, book.add_worksheet(), &looks, (&title, about), grids)?;
    for grid in grids {
        sheet(m, book.add_worksheet(), &looks, grid)?;
    }
    book.save_to_buffer()
}

fn first(
    m: &Maker<'_>,
    sheet: &mut Worksheet,
    looks: &Looks,
    (title, about): (&str, &[(String, String)]),
    grids: &[Grid],
) -> Result<(), XlsxError> {
    sheet.set_name(m.say("sheet.about"))?;
    sheet.set_column_width(0, 24)?.set_column_width(1, 90)?;
    let big = Format::new().set_bold().set_font_size(16);
    sheet.write_string_with_format(0, 0, title, &big)?;
    sheet.set_row_height(0, 26)?;
    let mut row = 2;
    for (label, value) in about {
        sheet.write_string_with_format(row, 0, fit(label), &looks.heading)?;
        sheet.write_string_with_format(row, 1, fit(value), &looks.text)?;
        row += 1;
    }
    row += 1;
    for grid in grids {
        let name = m.say(&format!("sheet.{}", grid.key));
        let url = Url::new(format!("internal:'{name}'!A1")).set_text(&name);
        sheet.write_url_with_format(row, 0, url, &looks.text)?;
        let rows = m.fill("about.rows", &[("n", &grid.rows.len().to_string())]);
        let mut text = format!("{}{}{rows}{}", m.say(&format!("about.{}", grid.key)), m.open(), m.close());
        if grid.rows.len() > ROWS {
            let (shown, n) = (ROWS.to_string(), grid.rows.len().to_string());
            text.push_str(&m.fill("about.cut", &[("shown", &shown), ("n", &n)]));
        }
        sheet.write_string_with_format(row, 1, fit(&text), &looks.text)?;
        row += 1;
    }
    sheet.write_string_with_format(row + 1, 1, m.say("about.unknown_note"), &looks.open)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(())
}

fn sheet(m: &Maker<'_>, sheet: &mut Worksheet, looks: &Looks, grid: &Grid) -> Result<(), XlsxError> {
    sheet.set_name(m.say(&format!("sheet.{}", grid.key)))?;
    for (at, column) in (0u16..).zip(&grid.columns) {
        let look = if column.entry.is_some() { &looks.entry_heading } else { &looks.heading };
        sheet.set_column_width(at, f64::from(column.width))?;
        sheet.write_string_with_format(0, at, m.say(&format!("column.{}", column.key)), look)?;
    }
    let mut last = 0;
    for (at, values) in (1u32..).zip(grid.rows.iter().take(ROWS)) {
        for ((column, of), value) in (0u16..).zip(&grid.columns).zip(values) {
            cell(sheet, looks, (at, column), of, value)?;
        }
        // Not every program fits rows to wrapped text when it opens a workbook.
        sheet.set_row_height(at, height(&grid.columns, values))?;
        last = at;
    }
    for (at, column) in (0u16..).zip(&grid.columns) {
        if let Some(rule) = column.entry.as_ref().and_then(rule).filter(|_| last > 0) {
            sheet.add_data_validation(1, at, last, at, &rule)?;
        }
    }
    let columns = u16::try_from(grid.columns.len()).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, last, columns.saturating_sub(1))?;
    sheet.set_freeze_panes(1, grid.kept)?;
    sheet.set_landscape().set_paper_size(8).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_footer("&L&A&R&P / &N");
    Ok(())
}

fn cell(
    sheet: &mut Worksheet,
    looks: &Looks,
    (row, column): (u32, u16),
    of: &Column,
    value: &Value,
) -> Result<(), XlsxError> {
    let entry = of.entry.is_some();
    let text = if entry { &looks.entry } else { &looks.text };
    match value {
        Value::Blank => {
            let look = if of.entry == Some(Entry::Day) { &looks.entry_date } else { text };
            sheet.write_blank(row, column, look)?
        }
        Value::Answer(words) => {
            if let Some(rule) = rule(&Entry::Words(words.clone())).filter(|_| !words.is_empty()) {
                sheet.add_data_validation(row, column, row, column, &rule)?;
            }
            sheet.write_blank(row, column, &looks.entry)?
        }
        Value::Text(of) => sheet.write_string_with_format(row, column, fit(of), text)?,
        Value::Open(of) => sheet.write_string_with_format(row, column, fit(of), &looks.open)?,
        Value::Verdict(verdict, of) => {
            sheet.write_string_with_format(row, column, fit(of), looks.verdict(class(*verdict)))?
        }
        Value::Number(n) => sheet.write_number_with_format(row, column, *n, &looks.number)?,
        Value::Date(day) => match ExcelDateTime::parse_from_str(day) {
            Ok(date) => {
                let look = if entry { &looks.entry_date } else { &looks.date };
                sheet.write_datetime_with_format(row, column, &date, look)?
            }
            Err(_) => sheet.write_string_with_format(row, column, fit(day), text)?,
        },
    };
    Ok(())
}

/// The height of a row, in points: that of its longest cell, within bounds.
fn height(columns: &[Column], values: &[Value]) -> f64 {
    let lines = columns.iter().zip(values).map(|(column, value)| match value {
        Value::Text(text) | Value::Open(text) => lines(text, column.width),
        _ => 1,
    });
    f64::from(lines.max().unwrap_or(1).min(LINES)) * LINE + 2.0
}

/// How many lines a text takes in a column; what is past the bound is not counted.
fn lines(text: &str, width: u16) -> u32 {
    let width = usize::from(width.max(1));
    let (mut all, mut used) = (1, 0);
    for c in text.chars() {
        let wide = unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
        if c == '\n' || used + wide > width {
            all += 1;
            used = 0;
        }
        used += wide;
        if all >= LINES {
            break;
        }
    }
    all
}

/// What a column that is filled in may hold; a list too long for a drop-down list goes without one.
fn rule(entry: &Entry) -> Option<DataValidation> {
    match entry {
        Entry::Free => None,
        Entry::Words(words) => {
            let length: usize = words.iter().map(|w| w.chars().count() + 1).sum();
            let list = (length <= WORDS).then(|| DataValidation::new().allow_list_strings(words).ok());
            list.flatten()
        }
        Entry::Day => {
            let first = ExcelDateTime::from_ymd(2000, 1, 1).ok()?;
            Some(DataValidation::new().allow_date(DataValidationRule::GreaterThan(first)))
        }
    }
}

/// A text that a cell can hold: characters that XML cannot are left out, what is too long is cut and ends so.
fn fit(text: &str) -> String {
    let kept = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let kept: String = kept
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}'))
        .collect();
    if kept.encode_utf16().count() <= CELL {
        return kept;
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < CELL
    };
    let mut cut: String = kept.chars().take_while(fits).collect();
    cut.push('…');
    cut
}
