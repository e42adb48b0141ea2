//! Programs of others that some tests lean on.

/// Whether a program is there; where it is not, the test that asks is skipped with a word.
pub(crate) fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    may_run(program, std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Says it where something can't be tested for want of `what`. Under `EXQUOTA_SKIP_NOTHING`, as in CI, that fails.
#[allow(clippy::print_stderr, reason = "what was not tested must be seen")]
pub(crate) fn may_run(what: &str, there: bool) -> bool {
    let strict = std::env::var_os("EXQUOTA_SKIP_NOTHING").is_some();
    assert!(there || !strict, "`{what}` is needed, and nothing may be skipped");
    if !there {
        eprintln!("skipped: `{what}` is not to be had here");
    }
    there
}
