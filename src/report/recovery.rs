//! What `recover` found and did (D23).

use super::clean::clean;
use super::paper::Paper;
use super::schemas::words;
use super::{Document, to_json};
use crate::domain::event::{Digest, Seq};
use schemars::JsonSchema;
use serde::Serialize;

/// A ledger that was recovered, or that needed no recovery.
#[derive(Debug)]
pub struct Recovery {
    /// Its path.
    pub ledger: String,
    /// How many entries it holds now.
    pub entries: Seq,
    /// SHA-256 of its last line.
    pub head: Digest,
    /// The marker that was lifted.
    pub marker: Option<String>,
    /// Where the unfinished last line was, and how many bytes it had.
    pub torn: Option<(usize, usize)>,
    /// Where all bytes are kept as they were before.
    pub kept: Option<String>,
}

/// What `recover` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct RecoveryDocument<'a> {
    #[schemars(extend("const" = "exquota/recovery/1"))]
    schema: &'static str,
    ledger: &'a str,
    recovered: bool,
    entries: Seq,
    #[schemars(with = "words::Sha256")]
    head: String,
    marker: Option<&'a str>,
    torn: Option<TornDocument>,
    kept: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct TornDocument {
    offset: usize,
    length: usize,
}

impl Document for Recovery {
    fn text(&self, _: &Paper) -> String {
        let Some(kept) = &self.kept else {
            return format!(
                "NOTHING TO RECOVER  {}: {} entries, no marker, no unfinished line; nothing was changed\n  head {}\n",
                clean(&self.ledger),
                self.entries,
                self.head
            );
        };
        let mut text = format!(
            "RECOVERED  {}: {} entries, all of them sound\n  head {}\n",
            clean(&self.ledger),
            self.entries,
            self.head
        );
        if let Some((offset, length)) = self.torn {
            text += &format!(
                "  left out: an unfinished last line, {length} bytes from byte {offset}; it was never acknowledged\n"
            );
        }
        if let Some(marker) = &self.marker {
            text += &format!("  lifted: the marker `{}`\n", clean(marker));
        }
        text += &format!("  kept: all bytes as they were before, in `{}`\n", clean(kept));
        text + "help: give the command that failed again; if its entry is in the ledger, it is \"already recorded\"\n"
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&RecoveryDocument {
            schema: "exquota/recovery/1",
            ledger: &self.ledger,
            recovered: self.kept.is_some(),
            entries: self.entries,
            head: self.head.to_string(),
            marker: self.marker.as_deref(),
            torn: self.torn.map(|(offset, length)| TornDocument { offset, length }),
            kept: self.kept.as_deref(),
        })
    }
}
