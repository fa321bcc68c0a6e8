//! The OpenAPI document, to be read by people.

use maud::{Markup, html};
use serde_json::{Map, Value};

/// The page of a document.
#[must_use]
pub fn viewer(document: &Value) -> Markup {
    let body = html! {
        h1 { "接口 · The interface" }
        p { (text(at(document, "/info/description"))) " " a href="/openapi.json" { "openapi.json" } }
        @for (path, methods) in entries(&document["paths"]) {
            @for (method, operation) in entries(methods) { (one(path, method, operation)) }
        }
        h2 { "数据类型 · Types" }
        @for (name, schema) in entries(at(document, "/components/schemas")) {
            details id=(format!("type-{name}")) {
                summary { code { (name) } " " span.soft { (text(&schema["description"])) } }
                (fields(schema))
            }
        }
    };
    super::page("接口 · The interface", &body)
}

fn one(path: &str, method: &str, operation: &Value) -> Markup {
    let scope = operation["x-scope"].as_str();
    let open = operation["security"].as_array().is_some_and(Vec::is_empty);
    let body = at(operation, "/requestBody/content");
    html! {
        details {
            summary {
                span.method { (method.to_uppercase()) } code { (path) } " " span.soft { (text(&operation["summary"])) }
            }
            p {
                @match (scope, open) {
                    (Some(scope), _) => { "权限 · scope: " code { (scope) } }
                    (None, true) => "无需凭证 · open to everybody",
                    (None, false) => "任何有效凭证 · any credential",
                }
            }
            @if let Some(parameters) = operation["parameters"].as_array().filter(|list| !list.is_empty()) {
                table {
                    tr { th { "参数 · parameter" } th { "位置 · in" } th {} }
                    @for parameter in parameters {
                        tr {
                            td { code { (text(&parameter["name"])) } }
                            td { (text(&parameter["in"])) }
                            td { (text(&parameter["description"])) }
                        }
                    }
                }
            }
            @for (kind, content) in entries(body) {
                p { "内容 · body: " code { (kind) } " " (named(&content["schema"])) }
            }
            @for (status, response) in entries(&operation["responses"]).filter(|(status, _)| *status != "default") {
                p {
                    "答复 · answer: " code { (status) }
                    @for (kind, content) in entries(&response["content"]) {
                        " " code { (kind) } " " (named(&content["schema"]))
                    }
                }
            }
            pre { (curl(path, method, operation, open)) }
        }
    }
}

/// How it is called from a shell.
fn curl(path: &str, method: &str, operation: &Value, open: bool) -> String {
    let mut line = String::from("curl");
    if method != "get" {
        line.push_str(&format!(" -X {}", method.to_uppercase()));
    }
    if !open {
        line.push_str(" -H \"Authorization: Bearer $HEGUI_TOKEN\"");
    }
    for (kind, _) in entries(at(operation, "/requestBody/content")) {
        line.push_str(&format!(" -H 'Content-Type: {kind}' -d @body"));
    }
    line + " \"$HEGUI" + path + "\""
}

fn fields(schema: &Value) -> Markup {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    html! {
        table {
            @for (name, field) in entries(&schema["properties"]) {
                tr {
                    td { code { (name) } @if required.contains(&name.as_str()) { " *" } }
                    td { (named(field)) }
                    td { (text(&field["description"])) }
                }
            }
        }
        @for choice in schema["oneOf"].as_array().into_iter().flatten() {
            p { (text(&choice["description"])) " " @if let Some(value) = choice["const"].as_str() { code { (value) } } }
            @if choice["properties"].is_object() { (fields(choice)) }
        }
    }
}

/// A schema in a word: a link to its type, or what sort of value it is.
fn named(schema: &Value) -> Markup {
    let reference = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    html! {
        @if let Some(name) = reference {
            a href=(format!("#type-{name}")) { (name) }
        } @else if schema["items"].is_object() {
            (named(&schema["items"])) " …"
        } @else if let Some(choices) = schema["anyOf"].as_array() {
            @for choice in choices.iter().filter(|choice| choice["type"] != "null") { (named(choice)) " " }
        } @else if let Some(values) = schema["enum"].as_array() {
            @for value in values { code { (text(value)) } " " }
        } @else if let Some(kinds) = schema["type"].as_array() {
            @for kind in kinds.iter().filter(|kind| *kind != "null") { span.soft { (text(kind)) } }
        } @else {
            span.soft { (text(&schema["type"])) }
        }
    }
}

/// What stands at a JSON pointer; null where nothing does.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
