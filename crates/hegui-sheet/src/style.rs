//! How cells look, and texts that stay texts: what every workbook of ours shares.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

/// Longest text of a cell, in characters, as spreadsheets have it.
const CELL_LIMIT: usize = 32_767;

/// The font that Chinese and Latin are both shown in where it is there.
const FONT: &str = "Microsoft YaHei";

/// Formats that several sheets use.
#[derive(Debug, Clone)]
pub struct Style {
    /// A heading over a column.
    pub head: Format,
    /// A heading over a column that says where facts come from.
    pub head_from: Format,
    /// A heading over a column that is rarely needed.
    pub head_more: Format,
    /// A text; what is typed into it stays a text.
    pub text: Format,
    /// A number.
    pub number: Format,
    /// A day.
    pub day: Format,
    /// A moment.
    pub moment: Format,
    /// A cell to look at twice: the text of [`Style::text`], marked.
    pub marked: Format,
    /// The heading of a page.
    pub title: Format,
    /// A paragraph.
    pub prose: Format,
    /// A paragraph's heading.
    pub section: Format,
}

impl Default for Style {
    fn default() -> Self {
        Self::new()
    }
}

impl Style {
    /// The formats.
    #[must_use]
    pub fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::Top);
        let head = |fill: u32| {
            plain
                .clone()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color(Color::RGB(fill))
                .set_border(FormatBorder::Thin)
                .set_border_color(Color::RGB(0x00BF_BFBF))
        };
        let text = plain.clone().set_num_format("@").set_text_wrap();
        Self {
            head: head(0x00DD_EBF7),
            head_from: head(0x00FC_E4D6),
            head_more: head(0x00ED_EDED),
            marked: text.clone().set_background_color(Color::RGB(0x00FF_F2CC)),
            text,
            number: plain.clone().set_num_format("General"),
            day: plain.clone().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            moment: plain.clone().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
            title: plain.clone().set_bold().set_font_size(16),
            prose: plain.clone().set_text_wrap(),
            section: plain.set_bold().set_font_size(11).set_font_color(Color::RGB(0x001F_4E78)),
        }
    }
}

/// Writes a text as a text, whatever it begins with: `=1+1` stays what it is. What is longer than a
/// cell can be is cut, with a mark.
///
/// # Errors
/// Where the cell lies outside of a sheet.
pub fn write_text(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    text: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if text.encode_utf16().count() <= CELL_LIMIT {
        sheet.write_string_with_format(row, column, text, format)?;
        return Ok(());
    }
    let mut cut = String::new();
    let mut length = 1;
    for c in text.chars() {
        length += c.len_utf16();
        if length > CELL_LIMIT {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    sheet.write_string_with_format(row, column, cut, format)?;
    Ok(())
}
