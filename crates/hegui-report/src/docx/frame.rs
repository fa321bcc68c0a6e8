//! Heads and feet of pages, and the word across them.

use super::front::field;
use super::package::{R, W};
use super::xml::{Xml, escape, width};
use crate::paper::Paper;
use hegui_catalog::model::Lang;

/// The head of a page: the running text where `running`, and the word across the page where there is one.
pub(super) fn header(paper: &Paper, running: bool) -> String {
    let mut xml = Xml::part();
    xml.within("w:hdr", &[("xmlns:w", W), ("xmlns:r", R)], |xml| {
        xml.within("w:p", &[], |xml| {
            if running {
                xml.within("w:pPr", &[], |xml| xml.value("w:pStyle", "Header"));
            }
            if let Some(word) = &paper.watermark {
                xml.raw(&watermark(word, usize::from(running)));
            }
            if running {
                text(xml, &paper.running);
            }
        });
    });
    xml.finish()
}

/// The foot of a page: its number, and how many there are.
pub(super) fn footer(paper: &Paper) -> String {
    let words = match paper.lang {
        Lang::Zh => ["第 ", " 页 · 共 ", " 页"],
        Lang::En => ["Page ", " of ", ""],
    };
    let mut xml = Xml::part();
    xml.within("w:ftr", &[("xmlns:w", W), ("xmlns:r", R)], |xml| {
        xml.within("w:p", &[], |xml| {
            xml.within("w:pPr", &[], |xml| xml.value("w:pStyle", "Footer"));
            let [first, middle, last] = words;
            text(xml, first);
            field(xml, " PAGE ", "1");
            text(xml, middle);
            field(xml, " NUMPAGES ", "1");
            text(xml, last);
        });
    });
    xml.finish()
}

fn text(xml: &mut Xml, text: &str) {
    if !text.is_empty() {
        xml.within("w:r", &[], |xml| xml.text("w:t", &[("xml:space", "preserve")], text));
    }
}

/// A run that sets a word across the page, from the lower left to the upper right: a shape of VML, which
/// Word itself makes watermarks of and finds again by the beginning of its name. It brings its own
/// namespaces, so that it can stand in any head. `n` tells apart the shapes of one document.
pub(super) fn watermark(word: &str, n: usize) -> String {
    // As wide as a page leaves room for across; the letters at most 84 points high.
    let letters = width(word).max(1);
    let wide = (letters * 46).min(460);
    let high = (wide * 2 / letters).min(100);
    let mut shown = String::new();
    escape(word, &mut shown);
    format!(
        "<w:r><w:rPr><w:noProof/></w:rPr><w:pict xmlns:v=\"urn:schemas-microsoft-com:vml\" \
         xmlns:o=\"urn:schemas-microsoft-com:office:office\">\
         <v:shapetype id=\"_x0000_t136\" coordsize=\"21600,21600\" o:spt=\"136\" adj=\"10800\" \
         path=\"m0,l21600,m0,21600l21600,21600e\"><v:path textpathok=\"t\"/><v:textpath on=\"t\" fitshape=\"t\"/>\
         </v:shapetype>\
         <v:shape id=\"PowerPlusWaterMarkObject{n}\" o:spid=\"_x0000_s{}\" type=\"#_x0000_t136\" alt=\"{shown}\" \
         style=\"position:absolute;margin-left:0;margin-top:0;width:{wide}pt;height:{high}pt;rotation:315;\
         z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;\
         mso-position-vertical:center;mso-position-vertical-relative:margin\" o:allowincell=\"f\" \
         fillcolor=\"#1a1f26\" stroked=\"f\"><v:fill opacity=\".08\"/>\
         <v:textpath style=\"font-family:&quot;黑体&quot;;font-size:1pt;font-weight:bold\" string=\"{shown}\"/>\
         </v:shape></w:pict></w:r>",
        3073 + n
    )
}
