//! Lines that other programs altered: git's conflict markers, other line ends, a byte order mark, UTF-16. One cause is
//! one message (D39), so an alteration must not break the chain of the lines around it as well.

use super::{Chain, read_line, sha256};
use crate::domain::fault::{Fault, FaultCode};
use crate::store::record::Record;

/// The start of git's markers, each of seven equal bytes. In a conflict, lines of one version follow `<`, those that both
/// began with follow `|`, and those of the other version follow `=` up to `>`.
const MARKERS: [&[u8]; 4] = [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What is known of the alterations so far.
#[derive(Debug, Default)]
pub(super) struct Altered {
    /// The state of the chain before the conflict that the reader is in.
    before_conflict: Option<Chain>,
    is_utf16: bool,
}

/// Whether to look for an alteration: a sound line is an object from its first byte to its last.
#[inline(always)]
pub(super) fn is_altered(line: &[u8]) -> bool {
    line.first() != Some(&b'{') || line.last() != Some(&b'}')
}

impl Altered {
    /// Reads the next line of a chain, as [`Chain::follow`] does.
    #[cold]
    pub(super) fn follow(&mut self, chain: &mut Chain, line: &[u8], number: u64) -> Result<Record, Vec<Fault>> {
        self.is_utf16 |= number == 1 && (line.starts_with(b"\xff\xfe") || line.starts_with(b"\xfe\xff"));
        if self.is_utf16 {
            let fault = Fault::new(FaultCode::NotUtf8, "the file is in UTF-16; a ledger is in UTF-8")
                .line(number)
                .help("another program (such as `>` of PowerShell) rewrote the file: use the file it was made from");
            return chain.take(sha256(line), Err(vec![fault]), number);
        }
        let bare = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(marker) = MARKERS.into_iter().find(|marker| bare.starts_with(marker)) {
            match marker[0] {
                b'<' => self.before_conflict = Some(*chain),
                // The second version begins where the first one did.
                b'=' | b'|' => *chain = self.before_conflict.unwrap_or(*chain),
                _ => self.before_conflict = None,
            }
            return Err(vec![conflict(bare, number)]);
        }
        // The line after this one was chained to it as it was.
        let bare = bare.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bare);
        chain.take(sha256(bare), read_line(line, number), number)
    }

    pub(super) fn is_utf16(&self) -> bool {
        self.is_utf16
    }
}

/// The fault of a conflict marker. It names the version that the marker names.
fn conflict(marker: &[u8], number: u64) -> Fault {
    /// How many characters of a marker a message shows.
    const SHOWN: usize = 60;
    let shown: String = String::from_utf8_lossy(marker).chars().take(SHOWN).collect();
    let message = format!("git could not merge two versions of the ledger, and left its conflict markers: `{shown}`");
    let fault = Fault::new(FaultCode::NotJson, message).line(number).help(
        "take both versions out of git: `git show :2:./FILE > ours.jsonl`, `git show :3:./FILE > theirs.jsonl`. Then \
         `exquota --ledger theirs.jsonl rebase --onto ours.jsonl` puts the entries of one behind the other's: move the \
         result over the ledger. With `*.jsonl merge=exquota -text` in `.gitattributes`, git does this itself; \
         `exquota merge-driver --help` says how",
    );
    Fault { shared: true, ..fault }
}
