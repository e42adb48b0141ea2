//! The arguments of `rebase` and `merge-driver`.

use crate::cli::values;
use crate::commands::session::Writing;
use crate::commands::verbs::merge_driver::Request;
use crate::domain::event::Digest;
use crate::domain::text::Text;
use clap::Args;
use std::path::PathBuf;

// No doc comments: clap would print them in place of the verbs' own.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct RebaseArgs {
    /// The other branch: a file with the ledger as the others have it
    #[arg(long, value_name = "OTHER.jsonl")]
    pub(in crate::cli) onto: PathBuf,
    /// Judge only; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Refuse unless this is the ledger's head
    #[arg(long, value_parser = values::head, value_name = "HEX")]
    expect_head: Option<Digest>,
    /// Record with the last entry's time if the clock is behind that: for a ledger written once with a wrong clock
    #[arg(long)]
    after_last: bool,
    /// Record what the rules refuse there too, with this reason; it shows as a violation for ever
    #[arg(long, value_name = "REASON")]
    despite: Option<Text>,
}

impl RebaseArgs {
    /// The options of writing. Every entry keeps its date and who recorded it.
    pub(in crate::cli) fn writing(&self) -> Writing {
        Writing {
            date: None,
            by: Text::default(),
            dry_run: self.dry_run,
            expect_head: self.expect_head,
            after_last: self.after_last,
            despite: self.despite.clone(),
        }
    }
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct MergeDriverArgs {
    /// The ledger as both branches had it last
    #[arg(value_name = "%O")]
    base: PathBuf,
    /// The ledger as it is checked out; it becomes the result
    #[arg(value_name = "%A")]
    ours: PathBuf,
    /// The ledger of the other branch
    #[arg(value_name = "%B")]
    theirs: PathBuf,
    /// The ledger's place in the repository, for messages
    #[arg(value_name = "%P")]
    path: PathBuf,
    /// Record with the last entry's time if the clock is behind that: for a ledger written once with a wrong clock
    #[arg(long)]
    after_last: bool,
}

impl From<MergeDriverArgs> for Request {
    fn from(args: MergeDriverArgs) -> Self {
        let MergeDriverArgs { base, ours, theirs, path, after_last } = args;
        Request { base, ours, theirs, path, after_last }
    }
}
