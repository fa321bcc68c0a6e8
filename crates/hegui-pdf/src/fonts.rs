//! The fonts that every PDF can use, and which characters they have.
//!
//! They are embedded: a PDF looks alike wherever it is made, and a server needs no fonts. typst writes
//! into a PDF only the glyphs that it shows. A caller may bring more fonts, for characters that these
//! lack (rare Han in names, other scripts); they are used for what the embedded ones do not cover.

use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

static REGULAR: &[u8] = include_bytes!(concat!(env!("HEGUI_FONTS_FOUND"), "/NotoSansSC_400Regular.ttf"));
static BOLD: &[u8] = include_bytes!(concat!(env!("HEGUI_FONTS_FOUND"), "/NotoSansSC_700Bold.ttf"));
static MONO: &[u8] = include_bytes!(concat!(env!("HEGUI_FONTS_FOUND"), "/NotoSansMono_400Regular.ttf"));

static EMBEDDED: LazyLock<Vec<Font>> = LazyLock::new(|| {
    [REGULAR, BOLD, MONO].into_iter().flat_map(|data| Font::iter(Bytes::new(data))).collect()
});

/// The fonts of one PDF.
pub struct Fonts {
    pub(crate) list: Vec<Font>,
    pub(crate) book: LazyHash<FontBook>,
    covered: Coverage,
}

impl Fonts {
    /// The embedded ones and some more. A file that holds no font is given back by its place in `more`.
    pub(crate) fn new(more: &[Vec<u8>]) -> Result<Self, usize> {
        let mut list = EMBEDDED.clone();
        for (place, data) in more.iter().enumerate() {
            let before = list.len();
            list.extend(Font::iter(Bytes::new(data.clone())));
            if list.len() == before {
                return Err(place);
            }
        }
        let book = LazyHash::new(FontBook::from_fonts(&list));
        let covered = Coverage::new(&list);
        Ok(Self { list, book, covered })
    }

    /// Whether one of them has this character.
    pub(crate) fn has(&self, character: char) -> bool {
        self.covered.has(character)
    }
}

/// A bit a character.
struct Coverage(Vec<u64>);

impl Coverage {
    fn new(fonts: &[Font]) -> Self {
        let mut words = vec![0; (char::MAX as usize >> 6) + 1];
        for code in fonts.iter().flat_map(|font| font.info().coverage.iter()) {
            if let Some(word) = words.get_mut(code as usize >> 6) {
                *word |= 1 << (code & 63);
            }
        }
        Self(words)
    }

    fn has(&self, character: char) -> bool {
        let code = character as u32;
        self.0.get(code as usize >> 6).is_some_and(|word| word >> (code & 63) & 1 == 1)
    }
}
