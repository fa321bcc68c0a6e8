//! Law as data.
pub mod model;
