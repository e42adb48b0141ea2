//! Faults of one line: its bytes, its JSON, its fields.

use super::{Kind, Page};

pub(super) static NOT_UTF8: Page = Page {
    code: "not-utf8",
    title: "bytes that are not UTF-8 text",
    meaning: "Ledgers and policies are UTF-8 text. At the place named there are bytes that no UTF-8 text has. The \
        file was saved in another encoding, damaged, or is not a text file at all.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [not-utf8]: line 12, column 214: not UTF-8",
    remedy: "Save a policy again as UTF-8. A ledger is never converted or edited: restore it from a copy whose \
        head you trust, as any other bytes break its chain.",
    kind: Kind::Fault,
    rule: "section 4",
};

pub(super) static CONTROL_CHARACTER: Page = Page {
    code: "control-character",
    title: "a character that can't be seen and has no place here",
    meaning: "Carriage returns, NUL, other control characters, a byte order mark and the marks that turn the \
        direction of text are refused: they can make a file look on the screen like something it is not. Line ends are \
        a line feed alone, as on Unix. In a ledger only a policy's text may hold control characters, and only in \
        escaped form.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [control-character]: line 4, column 388: carriage return (U+000D)",
    remedy: "If every line has it, the file went through a program that changed its line ends: get it again by a \
        way that leaves bytes alone. If a single text holds it, find out who recorded it, and why. A policy can simply \
        be saved without it.",
    kind: Kind::Fault,
    rule: "section 4",
};

pub(super) static LINE_BLANK: Page = Page {
    code: "line-blank",
    title: "a line with nothing in it",
    meaning: "Each line of a ledger is one entry. A blank line is none, and it shows that the file was opened in \
        an editor or put together by hand. Blank lines at the end count too.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [line-blank]: line 42: blank line",
    remedy: "Compare with a copy from before. If the blank line is all that was added, that copy is the ledger to \
        go on with. Nothing is written while it stands.",
    kind: Kind::Fault,
    rule: "section 4",
};

pub(super) static LINE_TOO_LONG: Page = Page {
    code: "line-too-long",
    title: "a line of more than 16 MiB",
    meaning: "A line holds at most 16 MiB, so that a file can be checked in bounded memory whoever made it. Even a \
        shipment with the serial numbers of every chip stays below that in practice. A longer line is damaged, or no \
        ledger line.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [line-too-long]: line 7: more than 16 MiB",
    remedy: "Make sure that the file is a ledger, and that no line feeds were lost on its way; get it again if so. \
        A shipment with very many serial numbers is recorded as several shipments.",
    kind: Kind::Fault,
    rule: "section 4",
};

pub(super) static NOT_JSON: Page = Page {
    code: "not-json",
    title: "a line that is not one JSON object",
    meaning: "Each line of a ledger is exactly one JSON object, from its first byte to its last. This one breaks \
        off, has something before or after the object, or is something else altogether. A last line without its line \
        feed is another matter: it was never acknowledged, and is set aside with a warning.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [not-json]: line 23, column 118: the text ends inside an object",
    remedy: "Look at the line with `sed -n 23p ledger.jsonl`. If it was cut off, restore the file from a copy; if \
        the file is no ledger, give the right path. Nothing is written while it stands.",
    kind: Kind::Fault,
    rule: "section 4",
};

pub(super) static KEY_DUPLICATE: Page = Page {
    code: "key-duplicate",
    title: "a key stands twice in one object or table",
    meaning: "If a key stands twice, one reader takes the first value and another the last: two people would judge \
        two different ledgers from one file. So it is refused at any depth, in a ledger and in a policy alike.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [key-duplicate]: line 5, column 231: `H200` stands twice",
    remedy: "In a policy, keep the one that is meant and delete the other. In a ledger, the line was not written \
        by this program: find out where it comes from, and go on from a copy you trust.",
    kind: Kind::Fault,
    rule: "sections 3 and 4",
};

pub(super) static FIELD_UNKNOWN: Page = Page {
    code: "field-unknown",
    title: "a key that is not known here",
    meaning: "A key that nothing reads would be a rule that nothing keeps: a misspelt limit would mean no limit. \
        So unknown keys are refused, in a ledger and in a policy, and never passed over. Where a known key is near, it \
        is offered. A key that only a later version knows is unknown as well.",
    policy_key: None,
    example: "$ exquota policy check policies/china-cap-2026-03.toml\n\
        fault [field-unknown]: line 10, column 1: unknown key `limitt`; did you mean `limit`?",
    remedy: "In a policy, correct the key. In a ledger, see whether a newer version of this program wrote it, and \
        use that one; otherwise the line was made or changed by something else.",
    kind: Kind::Fault,
    rule: "sections 3 and 4",
};

pub(super) static FIELD_MISSING: Page = Page {
    code: "field-missing",
    title: "a key that must be there is not",
    meaning: "Each kind of entry has keys that must be there, and so have a policy, each of its ceilings and each \
        of its chips. Nothing is assumed in their place, as a guess would decide who may buy what. Keys that may be \
        left out are left out, never null.",
    policy_key: None,
    example: "$ exquota policy check policies/china-cap-2026-03.toml\n\
        fault [field-missing]: line 8: `ceilings.per-customer` has no `limit`",
    remedy: "In a policy, add the key. In a ledger, the line was not written by this program, or was changed \
        since: compare it with a trusted copy. `exquota schema` prints what belongs in an entry or a policy.",
    kind: Kind::Fault,
    rule: "sections 3 and 4",
};

pub(super) static FIELD_INVALID: Page = Page {
    code: "field-invalid",
    title: "a value that can't stand under its key",
    meaning: "The value is of the wrong kind or outside its bounds: a fraction or a negative number for a \
        quantity, a date that is none, a text over its limit, an id with other characters than it may have. In a \
        policy it is also an unknown word, a limit below zero, or an alias given to two chips. A whole quantity that \
        the rules do not allow, such as 0, is no fault but the refusal `quantity-invalid`.",
    policy_key: None,
    example: "$ exquota policy check policies/china-cap-2026-03.toml\n\
        fault [field-invalid]: line 11, column 10: `commited` is none of `committed`, `shipped`",
    remedy: "In a policy, correct the value; all mistakes are reported at once. In a ledger, the line was not \
        written by this program, or was changed since: compare it with a trusted copy. `exquota schema` prints what \
        may stand where.",
    kind: Kind::Fault,
    rule: "sections 3 and 4, D21",
};

pub(super) static NOT_CANONICAL: Page = Page {
    code: "not-canonical",
    title: "a line that is not written in its one form",
    meaning: "Each entry has exactly one way to be written: this order of keys, no blanks, no needless escapes, no \
        nulls. The line says something that can be read, but in another form, so its bytes and its SHA-256 are not \
        those of the entry it states. It was written by another program, or went through a formatter.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [not-canonical]: line 6, column 9: blank after `:`",
    remedy: "Get the file as it was written, by a way that leaves bytes alone. A program that writes ledgers must \
        keep to the one form, as `exquota schema entry` describes it. Nothing is written while it stands.",
    kind: Kind::Fault,
    rule: "section 4",
};

pub(super) static VERSION_UNKNOWN: Page = Page {
    code: "version-unknown",
    title: "a line of a format that this program does not know",
    meaning: "Each line says by `v` which version of the format it is written in, and this program knows version \
        1. Reading another version by the rules of this one might give wrong balances, so nothing in the line is \
        believed.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [version-unknown]: line 88, column 6: version 2; this program knows 1",
    remedy: "Use the version of this program that wrote the line. If there is none, the line was changed: compare \
        it with a trusted copy.",
    kind: Kind::Fault,
    rule: "section 4",
};
