//! The machine, the compiler and the day, as one line for the head of a report.

fn main() {
    println!("{}", hegui_bench::machine::describe());
}
