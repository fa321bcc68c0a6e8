//! Why a Word file could not be made: what is wrong with the template, and what to do, in both languages.

use thiserror::Error;

/// Why a Word file could not be made. All but [`DocxError::Write`] are about a file that is read: a
/// template, or what somebody filled in.
#[derive(Debug, Error)]
pub enum DocxError {
    /// The file could not be put together.
    #[error("Word 文件写不成 · the Word file cannot be written: {0}")]
    Write(zip::result::ZipError),
    /// No zip, or a damaged one.
    #[error(
        "不是 .docx 文件，或已损坏（{0}）；请在 Word 中打开后另存为“Word 文档 (.docx)” · \
         no .docx, or a damaged one ({0}); open it in Word and save it as “Word Document (.docx)”"
    )]
    NoPackage(String),
    /// A file of Word before 2007, or one with a password: both are compound files.
    #[error(
        "这是旧版 .doc 文件或加了密码；请去掉密码并另存为“Word 文档 (.docx)” · \
         this is an old .doc or has a password; remove the password and save it as “Word Document (.docx)”"
    )]
    OldOrLocked,
    /// It holds macros.
    #[error(
        "文件含有宏（{0}），不予使用；请另存为不含宏的“Word 文档 (.docx)” · \
         the file holds macros (`{0}`) and is not used; save it as “Word Document (.docx)” without them"
    )]
    Macros(String),
    /// A part that every Word file has is not there.
    #[error(
        "文件缺少 `{0}`，不是 Word 文档；请在 Word 中打开后另存为“Word 文档 (.docx)” · \
         the file has no `{0}` and is no Word document; open it in Word and save it as “Word Document (.docx)”"
    )]
    Missing(String),
    /// It is saved in the strict form, whose names are others.
    #[error(
        "`{0}` 采用“严格”格式或不寻常的命名空间；请另存为普通的“Word 文档 (.docx)” · \
         `{0}` is in the strict form or has unusual namespaces; save it as an ordinary “Word Document (.docx)”"
    )]
    Strict(String),
    /// A part is no well-formed XML in UTF-8, or has what none of Word's has.
    #[error(
        "`{part}` 的第 {at} 字节处不是可用的 XML：{why}；请在 Word 中打开后重新保存 · \
         `{part}`, byte {at}, is no usable XML: {why}; open it in Word and save it again"
    )]
    Xml {
        /// The part.
        part: String,
        /// Where, in bytes from its beginning.
        at: usize,
        /// What is wrong.
        why: String,
    },
    /// More than a template may be.
    #[error(
        "文件过大：{what}，上限 {limit}；请删去其中不用的图片和内容 · \
         the file is too large: {what}, at most {limit}; remove pictures and content that it does not need"
    )]
    TooLarge {
        /// Of what.
        what: String,
        /// What it may be.
        limit: String,
    },
    /// There is no place for the content.
    #[error(
        "模板正文中没有 {{{{content}}}}；请在放置内容之处单独写一段 {{{{content}}}} · \
         the template's body has no {{{{content}}}}; put it where the content goes, as a paragraph of its own"
    )]
    NoContent,
    /// A place for the content, or another block, that stands twice.
    #[error(
        "模板中 {{{{{0}}}}} 出现不止一次；只留一处 · the template has {{{{{0}}}}} more than once; leave one"
    )]
    Twice(&'static str),
    /// A place for a block that is no paragraph of its own in the body.
    #[error(
        "{{{{{0}}}}} 须在正文中单独成段，不能在表格、文本框、页眉或其他文字中 · \
         {{{{{0}}}}} must be a paragraph of its own in the body, not in a table, text box, header or other text"
    )]
    NotAlone(&'static str),
    /// A placeholder that does not exist.
    #[error(
        "模板中的 {{{{{0}}}}} 不是占位符；可用的是 content、contents、cover、title、subtitle、date、running · \
         {{{{{0}}}}} in the template is no placeholder; there are content, contents, cover, title, subtitle, date \
         and running"
    )]
    Placeholder(String),
}
