//! x
pub mod bits;
pub mod calendar;
pub mod error;
pub mod observation;
pub mod plan;
pub mod schema;
mod syntax;
pub mod mutate;
pub mod residual;
pub mod single;
pub mod truth;
pub mod typing;
pub mod universe;
