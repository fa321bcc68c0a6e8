//! The OpenAPI 3.1 document of a table of operations.

use crate::operation::{Access, Body, Operation, SchemaOf};
use crate::problem;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The document of these operations.
#[must_use]
pub fn document(operations: &[Operation]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for operation in operations {
        let entry = paths.entry(operation.path.replace("{*", "{")).or_insert_with(|| json!({}));
        if let Value::Object(methods) = entry {
            methods.insert(operation.method.as_str().to_lowercase(), described(operation, &mut schemas));
        }
    }
    let problem = schemas.subschema_for::<problem::Shown<'_>>();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "合规 · Hegui",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "告知、同意、决策、访问记录、保存期限与账本 · notices, consents, decisions, access log, \
                            retention and the ledger",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "hegui.TENANT.ID.SECRET" },
                "session": { "type": "apiKey", "in": "cookie", "name": crate::identity::caller::COOKIE }
            },
            "responses": {
                "problem": {
                    "description": "未能办理 · it was not done",
                    "content": { "application/problem+json": { "schema": problem } }
                }
            },
            "schemas": schemas.take_definitions(true),
        }
    })
}

fn described(operation: &Operation, schemas: &mut SchemaGenerator) -> Value {
    let (status, gives) = operation.gives;
    let mut response = json!({ "description": "已办理 · done" });
    insert(&mut response, "content", gives.map(|body| content(body, schemas)));
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters(operation, schemas),
        "responses": { status.to_string(): response, "default": { "$ref": "#/components/responses/problem" } },
        "security": match operation.access {
            Access::Open => json!([]),
            _ => json!([{ "token": [] }, { "session": [] }]),
        },
    });
    if let Access::Scope(scope) = operation.access {
        insert(&mut described, "x-scope", Some(json!(scope.name())));
    }
    let body = operation.takes.map(|body| json!({ "required": true, "content": content(body, schemas) }));
    insert(&mut described, "requestBody", body);
    described
}

fn insert(value: &mut Value, key: &str, entry: Option<Value>) {
    if let (Value::Object(map), Some(entry)) = (value, entry) {
        map.insert(key.to_owned(), entry);
    }
}

fn content(body: Body, schemas: &mut SchemaGenerator) -> Value {
    let schema = body.schema.map_or_else(|| json!({}), |of| json!(of(schemas)));
    json!({ body.content_type: { "schema": schema } })
}

fn parameters(operation: &Operation, schemas: &mut SchemaGenerator) -> Vec<Value> {
    let names = operation.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let in_path = names.map(|name| {
        let name = name.trim_start_matches('*');
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
    });
    let mut parameters: Vec<Value> = in_path.collect();
    parameters.extend(operation.query.into_iter().flat_map(|of| asked(of, schemas)));
    if operation.repeatable {
        let schema = json!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$" });
        let says = "再次发送时用同一个值，只办理一次 · the same when sent again: it is done once";
        parameters.push(
            json!({ "name": "Idempotency-Key", "in": "header", "schema": schema, "description": says }),
        );
    }
    parameters
}

/// The fields of a query's type, as parameters.
fn asked(of: SchemaOf, schemas: &mut SchemaGenerator) -> Vec<Value> {
    let schema = of(schemas);
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    let Some(whole) = name.and_then(|name| schemas.definitions_mut().remove(name)) else { return Vec::new() };
    let required = whole.get("required").and_then(Value::as_array).into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let fields = whole.get("properties").and_then(Value::as_object).into_iter().flatten();
    fields
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            let says = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut one = json!({ "name": name, "in": "query", "required": required.contains(&name.as_str()), "schema": schema });
            insert(&mut one, "description", says);
            one
        })
        .collect()
}
