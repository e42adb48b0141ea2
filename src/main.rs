//! The program. All code is in the library.

use exquota::Terminal;
use std::io::{BufWriter, stderr, stdout};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut out = BufWriter::new(stdout().lock());
    ExitCode::from(exquota::run_at(&Terminal::here(), std::env::args_os(), &mut out, &mut stderr().lock()))
}
