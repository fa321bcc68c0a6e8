//! An operation: one entry that says what it is called, who may do it, what it takes and gives, and what
//! runs it. The router, the check of scopes, the OpenAPI document and the viewer are made from the same
//! entries, so that none can be without the others.

use crate::app::App;
use crate::gate::{self, Gate};
use crate::identity::scope::Scope;
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Gives the schema of a type.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// A body: its content type, and its schema where it is JSON.
#[derive(Clone, Copy)]
pub struct Body {
    /// The content type.
    pub content_type: &'static str,
    /// The schema.
    pub schema: Option<SchemaOf>,
}

/// Who may do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Open,
    /// Whoever has a credential.
    SignedIn,
    /// Whoever has the scope.
    Scope(Scope),
}

/// One operation.
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path, with `{names}`.
    pub path: &'static str,
    /// Its name, unique, as a client's function would be called.
    pub id: &'static str,
    /// Who may do it.
    pub access: Access,
    /// What it does, in Chinese and English.
    pub summary: &'static str,
    /// What may be asked after the `?`.
    pub query: Option<SchemaOf>,
    /// What it takes.
    pub takes: Option<Body>,
    /// The status of its success, and what it gives.
    pub gives: (u16, Option<Body>),
    /// Whether `Idempotency-Key` is honoured.
    pub repeatable: bool,
    /// The largest body, if it is not the usual one.
    pub bulk: bool,
    handler: MethodRouter<App>,
}

const JSON: &str = "application/json";

fn json<T: JsonSchema>() -> Body {
    Body { content_type: JSON, schema: Some(SchemaGenerator::subschema_for::<T>) }
}

impl Operation {
    /// An operation on a path, run by `handler`; until more is said, whoever has a credential may do it.
    pub fn new<H, T>(method: Method, path: &'static str, id: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        // The methods that the table uses are all known to axum.
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::TRACE);
        Self {
            method,
            path,
            id,
            access: Access::SignedIn,
            summary: "",
            query: None,
            takes: None,
            gives: (204, None),
            repeatable: false,
            bulk: false,
            handler: on(filter, handler),
        }
    }

    /// What it does.
    #[must_use]
    pub const fn says(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Everybody may do it.
    #[must_use]
    pub const fn open(mut self) -> Self {
        self.access = Access::Open;
        self
    }

    /// Whoever has the scope may do it.
    #[must_use]
    pub const fn needs(mut self, scope: Scope) -> Self {
        self.access = Access::Scope(scope);
        self
    }

    /// It takes JSON of this type.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.takes = Some(json::<T>());
        self
    }

    /// It takes a body of this content type and schema.
    #[must_use]
    pub const fn takes_body(mut self, body: Body) -> Self {
        self.takes = Some(body);
        self
    }

    /// Its body may be as large as bulk bodies are.
    #[must_use]
    pub const fn bulk(mut self) -> Self {
        self.bulk = true;
        self
    }

    /// It asks after the `?` for the fields of this type.
    #[must_use]
    pub fn asks<T: JsonSchema>(mut self) -> Self {
        self.query = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// It gives JSON of this type.
    #[must_use]
    pub fn gives<T: JsonSchema>(mut self, status: u16) -> Self {
        self.gives = (status, Some(json::<T>()));
        self
    }

    /// It gives another content type.
    #[must_use]
    pub const fn gives_other(mut self, content_type: &'static str) -> Self {
        self.gives = (200, Some(Body { content_type, schema: None }));
        self
    }

    /// It sends a browser elsewhere.
    #[must_use]
    pub const fn redirects(mut self) -> Self {
        self.gives = (303, None);
        self
    }

    /// A repeated `Idempotency-Key` gets the answer that the first got.
    #[must_use]
    pub const fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }
}

/// The router of a table of operations: before each stands the gate.
pub fn router(app: &App, operations: Vec<Operation>) -> Router<App> {
    operations.into_iter().fold(Router::new(), |router, operation| {
        let gate = Gate { access: operation.access, repeatable: operation.repeatable, bulk: operation.bulk };
        let state = (app.clone(), gate);
        let handler = operation.handler.layer(axum::middleware::from_fn_with_state(state, gate::pass));
        router.route(operation.path, handler)
    })
}
