//! The answer of `recover`: what it found and did (D23).

use super::Document;
use super::clean::clean;
use super::medium::Medium;
use super::row::object;
use super::wording::entries;
use crate::domain::event::{Digest, Seq};
use crate::domain::units::counted;

/// A ledger that was recovered, or that needed no recovery.
#[derive(Debug)]
pub struct Recovery {
    pub ledger: String,
    /// The number of entries that the ledger holds now.
    pub entries: Seq,
    /// SHA-256 of its last line.
    pub head: Digest,
    /// The marker that was lifted.
    pub marker: Option<String>,
    /// The unfinished last line.
    pub torn: Option<Torn>,
    /// The file that keeps all bytes as they were before.
    pub kept: Option<String>,
    /// The entries that the server of a shared ledger lost.
    pub gone: Option<Gone>,
}

/// The numbers of the first and the last of several entries.
#[derive(Clone, Copy, Debug)]
pub struct Gone {
    pub first: Seq,
    pub last: Seq,
}

/// The place of an unfinished line, and its length.
#[derive(Clone, Copy, Debug)]
pub struct Torn {
    /// The number of bytes before it.
    pub offset: usize,
    /// Its length in bytes.
    pub length: usize,
    /// The entry's number, if only the line's end is missing.
    pub entry: Option<Seq>,
}

object! {
    it: Torn { offset, length }
}

object! {
    it: Gone { first, last }
}

object! {
    /// What `recover` answers.
    "recovery" it: Recovery { ledger, recovered: it.kept.is_some(), entries, head, marker, torn, kept, gone }
}

impl Document for Recovery {
    fn text(&self, _: &Medium) -> String {
        let Some(kept) = &self.kept else {
            return format!(
                "NOTHING TO RECOVER  {}: {}, no marker, no unfinished line; nothing was changed\n  head {}\n",
                clean(&self.ledger),
                entries(self.entries),
                self.head
            );
        };
        let mut text = format!(
            "RECOVERED  {}: {}, every one sound\n  head {}\n",
            clean(&self.ledger),
            entries(self.entries),
            self.head
        );
        if let Some(Gone { first, last }) = self.gone {
            let which = if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") };
            text += &format!("  gone from the server: {which}, as this machine had read them\n");
            text += &format!("  kept: the mirror as it was before, in `{}`\n", clean(kept));
            return text + "help: record what is gone anew; `exquota log --ledger FILE` with that file lists it\n";
        }
        if let Some(Torn { offset, length, entry }) = self.torn {
            let what = match entry {
                None => "it was never acknowledged".to_owned(),
                Some(seq) => format!("only its end was missing: if entry {seq} had been recorded, record it again"),
            };
            let bytes = counted(length, "byte", "bytes");
            text += &format!("  left out: an unfinished last line, {bytes} from byte {offset}; {what}\n");
        }
        if let Some(marker) = &self.marker {
            text += &format!("  lifted: the marker `{}`\n", clean(marker));
        }
        text += &format!("  kept: all bytes as they were before, in `{}`\n", clean(kept));
        text + "help: repeat the command that failed, with the --date that it had; if its entry is in the ledger, the answer is \"already recorded\"\n"
    }
}
