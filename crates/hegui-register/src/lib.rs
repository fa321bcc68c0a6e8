//! x
mod problem;
mod tree;
