//! The `marketgate` program.
fn main() {}
