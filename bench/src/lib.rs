//! What hegui's speed is, measured beside its peers'.
//!
//! Four programs, each of which prints a table and is run by `bench/report`:
//! - `checks`: thirty checks of the catalog over 100,000 things, beside the `cel` crate's interpreter
//!   and `regorus`, the answers asserted equal;
//! - `register`: a whole catalog over a generated register;
//! - `decide`: decisions about persons, beside `regorus` and `cedar-policy`, the answers asserted equal;
//! - `process`: the `hegui` command as a whole process.
//!
//! Nothing here is part of the product.

pub mod checks;
pub mod machine;
pub mod measure;
pub mod table;
