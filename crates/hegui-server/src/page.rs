//! Pages that the server writes itself: plain HTML, no script, nothing from elsewhere.

mod start;
mod viewer;

pub use start::{Standing, sign_in, standing};
pub use viewer::viewer;

use maud::{DOCTYPE, Markup, html};

/// How they look.
pub const STYLE: &str = include_str!("page/style.css");

/// A page.
fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · 合规 Hegui" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header { a href="/" { strong { "合规" } " Hegui" } nav { a href="/api" { "接口 API" } } }
                main { (body) }
            }
        }
    }
}
