//! The start page: how a tenant's platform stands, or how to sign in.

use maud::{Markup, html};

/// How a tenant's platform stands.
pub struct Standing {
    /// Whose.
    pub tenant: String,
    /// The caller.
    pub name: String,
    /// Events recorded.
    pub events: u64,
    /// Events that the last checkpoint covers.
    pub published: u64,
    /// The last checkpoint.
    pub checkpoint: String,
    /// Policies and notices, in versions.
    pub editions: usize,
    /// Persons whom the books know.
    pub persons: usize,
    /// What is to be done.
    pub tasks: usize,
    /// Webhooks that wait, and that were given up.
    pub webhooks: (u64, u64),
}

/// The page for who has signed in.
#[must_use]
pub fn standing(standing: &Standing) -> Markup {
    let (pending, dead) = standing.webhooks;
    let cards = [
        ("账本事件", "events", standing.events.to_string()),
        ("检查点已覆盖", "in the last checkpoint", standing.published.to_string()),
        ("政策与告知版本", "versions of notices", standing.editions.to_string()),
        ("涉及个人", "persons", standing.persons.to_string()),
        ("待办", "to do", standing.tasks.to_string()),
        ("待发 / 未送达通知", "webhooks waiting / dead", format!("{pending} / {dead}")),
    ];
    let body = html! {
        h1 { "运行情况 · How it stands" }
        p.soft { "租户 tenant " code { (standing.tenant) } " · " code { (standing.name) } }
        div.cards {
            @for (zh, en, number) in cards { div { b { (number) } (zh) br; span.soft { (en) } } }
        }
        h2 { "最新检查点 · The last checkpoint" }
        pre { (standing.checkpoint) }
        h2 { "查看 · Look" }
        ul {
            li { a href="/v1/publications" { "政策与告知 · policies and notices" } }
            li { a href="/v1/tasks" { "待办 · what is to be done" } }
            li { a href="/v1/findings" { "评估结论 · findings" } }
            li { a href="/v1/webhooks/dead" { "未送达的通知 · dead letters" } }
            li { a href="/api" { "接口说明 · the interface" } }
        }
    };
    super::page("运行情况 · How it stands", &body)
}

/// The page for who has not; `refused` where name, password or code was not right.
#[must_use]
pub fn sign_in(refused: bool) -> Markup {
    let body = html! {
        h1 { "登录 · Sign in" }
        @if refused {
            p { strong { "名称、密码或一次性口令有误，或账号已锁定。" } " Name, password or code is not right, or the account is locked." }
        }
        form method="post" action="/sign-in" {
            label { "租户 · tenant" input name="tenant" value="default"; }
            label { "名称 · name" input name="name" autocomplete="username" required; }
            label { "密码 · password" input name="password" type="password" autocomplete="current-password" required; }
            label { "一次性口令（如已启用） · one-time code, if in use" input name="code" autocomplete="one-time-code"; }
            button { "登录 · Sign in" }
        }
        p.soft {
            "首次使用：启动时显示的密钥可创建第一位管理员，见 docs/server.md。"
            " The first time: the key that the start shows creates the first administrator."
        }
    };
    super::page("登录 · Sign in", &body)
}
