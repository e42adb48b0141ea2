//! Which page explains which fault, and the faults of a ledger as a whole: its chain, its policy, its other copies.

use super::{Kind, Page, faults_lines as lines};
use crate::domain::fault::FaultCode;

/// The page of a fault's code.
pub fn fault(code: FaultCode) -> &'static Page {
    match code {
        FaultCode::NotUtf8 => &lines::NOT_UTF8,
        FaultCode::ControlCharacter => &lines::CONTROL_CHARACTER,
        FaultCode::LineBlank => &lines::LINE_BLANK,
        FaultCode::LineTooLong => &lines::LINE_TOO_LONG,
        FaultCode::NotJson => &lines::NOT_JSON,
        FaultCode::KeyDuplicate => &lines::KEY_DUPLICATE,
        FaultCode::FieldUnknown => &lines::FIELD_UNKNOWN,
        FaultCode::FieldMissing => &lines::FIELD_MISSING,
        FaultCode::FieldInvalid => &lines::FIELD_INVALID,
        FaultCode::NotCanonical => &lines::NOT_CANONICAL,
        FaultCode::VersionUnknown => &lines::VERSION_UNKNOWN,
        FaultCode::SeqGap => &SEQ_GAP,
        FaultCode::ChainBroken => &CHAIN_BROKEN,
        FaultCode::TimeBack => &TIME_BACK,
        FaultCode::LedgerEmpty => &LEDGER_EMPTY,
        FaultCode::PolicyMissing => &POLICY_MISSING,
        FaultCode::PolicyInvalid => &POLICY_INVALID,
        FaultCode::PolicyDigest => &POLICY_DIGEST,
        FaultCode::NotAnExtension => &NOT_AN_EXTENSION,
        FaultCode::HeadDiffers => &HEAD_DIFFERS,
        FaultCode::PolicyDiffers => &POLICY_DIFFERS,
    }
}

static SEQ_GAP: Page = Page {
    code: "seq-gap",
    title: "entries are not numbered without gaps",
    meaning: "Entries count from 1, and each number is one more than the one before. Here a number is skipped, \
        repeated or out of order. A line that was taken out shows as this fault and `chain-broken` together, on the \
        line after the hole. Counting goes on from the number that stands there, so one lost line is not reported \
        on every line that follows.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [seq-gap]: line 17: entry 18 follows entry 16",
    remedy: "Get the whole file from a copy or from whoever handed it over, and compare. Do not renumber: the chain \
        would show it. Records are kept for five years (15 CFR 762.6), so a missing line is a matter for the owner \
        of the ledger. Nothing is written until the file is whole.",
    kind: Kind::Fault,
    rule: "section 4, D20",
};

static CHAIN_BROKEN: Page = Page {
    code: "chain-broken",
    title: "a line does not carry the SHA-256 of the line before it",
    meaning: "Each line holds, as `prev`, the SHA-256 of the exact bytes of the line before it, without its line \
        end; the first line holds 64 zeros. If they do not match, the line before was changed after this one was \
        written, or lines were removed, inserted or moved. So look at the line before the one that is named. The \
        next line is checked against what really stands there: one edited line gives one such fault.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [chain-broken]: line 17: `prev` is not the SHA-256 of line 16",
    remedy: "Check it without this program: `sed -n 16p ledger.jsonl | tr -d '\\n' | sha256sum` must give the `prev` \
        of line 17. Then compare with a copy whose head you trust. Do not mend it by hand; corrections are made with \
        `exquota void` and a new entry. Nothing is written while the chain is broken.",
    kind: Kind::Fault,
    rule: "section 4, D20",
};

static TIME_BACK: Page = Page {
    code: "time-back",
    title: "a line was recorded earlier than the line before it",
    meaning: "Lines are appended in the order in which they are written, so `recorded_at` never goes back. A line \
        with an earlier time was moved, or written with a clock that was wrong. This is about when lines were \
        written; the `date` on which things happened may well lie before that of an earlier line.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [time-back]: line 9: recorded at 2026-03-05T08:12:44Z, before line 8",
    remedy: "Compare with a trusted copy to see whether the line was moved. If a faulty clock wrote it with another \
        program, keep the file as evidence and begin again from the last good copy. This program refuses to write \
        when the clock is more than five minutes behind.",
    kind: Kind::Fault,
    rule: "section 4",
};

static LEDGER_EMPTY: Page = Page {
    code: "ledger-empty",
    title: "the file has no line at all",
    meaning: "A ledger begins with the policy it is kept under, so even a new one has a line. A file without a line \
        is not a ledger in which nothing has happened yet: taking it for one would hand every customer its full \
        ceiling. It was truncated, or created by something else.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [ledger-empty]: ledger.jsonl has no line",
    remedy: "Make sure that the path is right, and restore the file from a copy. If there never was a ledger, remove \
        the empty file and create one with `exquota init --policy P`.",
    kind: Kind::Fault,
    rule: "section 4",
};

static POLICY_MISSING: Page = Page {
    code: "policy-missing",
    title: "the first line adopts no policy",
    meaning: "A ledger carries the policy it is kept under, and its first line adopts it. Without one there is \
        nothing to judge the other lines by. Usually the beginning of the file was cut off, and other faults of its \
        first line say so too.",
    policy_key: None,
    example: "$ exquota validate march.jsonl\n\
        fault [policy-missing]: line 1: the first line adopts no policy; it is an approval",
    remedy: "Get the whole ledger: a part of one can't be judged. To hand over a part for reading only, export it \
        instead. A new ledger is made with `exquota init --policy P`.",
    kind: Kind::Fault,
    rule: "R7, section 4",
};

static POLICY_INVALID: Page = Page {
    code: "policy-invalid",
    title: "an embedded policy is not a valid policy",
    meaning: "An adoption embeds the policy's TOML text, and that text must be a valid policy: known keys, known \
        words, limits and equivalences within their bounds. Otherwise nobody can say by what the entries after it \
        are judged. This program checks a policy before it adopts it, so such a line came from somewhere else.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [policy-invalid]: line 1: the embedded policy is not valid: unknown key `limitt`",
    remedy: "Ask whoever wrote the line for the original ledger. To see every mistake of the text underlined, save \
        it to a file and run `exquota policy check` on it. A corrected policy is adopted as a new entry; the line \
        itself can't be mended.",
    kind: Kind::Fault,
    rule: "R7, section 3",
};

static POLICY_DIGEST: Page = Page {
    code: "policy-digest",
    title: "an embedded policy does not match its own digest",
    meaning: "An adoption holds the policy's text and the text's SHA-256. The two do not agree, so either was \
        changed without the other. As the text decides how everything after it is judged, neither can be trusted.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl\n\
        fault [policy-digest]: line 1: `digest` is not the SHA-256 of `source`",
    remedy: "Compare both with the policy file that was adopted: `sha256sum` of that file must give the digest. \
        Restore the ledger from a trusted copy. Nothing is written while the two disagree.",
    kind: Kind::Fault,
    rule: "R7",
};

static NOT_AN_EXTENSION: Page = Page {
    code: "not-an-extension",
    title: "the ledger does not begin with the older ledger",
    meaning: "`exquota validate --extends OLD` asks whether a ledger is the older one with lines added at its end. \
        It is not: the older file's bytes are not the first bytes of the new one. History was rewritten, or the two \
        are different ledgers, or they were named the wrong way round. A ledger that is valid in itself can still be \
        a rewritten one, which is what this question is for.",
    policy_key: None,
    example: "$ exquota validate april.jsonl --extends march.jsonl\n\
        fault [not-an-extension]: line 12: differs from line 12 of march.jsonl",
    remedy: "Make sure which file is the older one. Compare both from the line that is named on, and ask whoever \
        handed over the new one to explain the difference. Keep both files as they are.",
    kind: Kind::Fault,
    rule: "section 5, D28",
};

static HEAD_DIFFERS: Page = Page {
    code: "head-differs",
    title: "the ledger does not end in the line that was expected",
    meaning: "`exquota validate --expect-head HEX` asks whether a ledger's last line has this SHA-256. It has \
        another one. Lines were added or taken off since the head was noted, or the history before it was \
        rewritten, or this is another ledger.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl --expect-head 9f2c41...\n\
        fault [head-differs]: the head is `b07d83...`, not the one expected",
    remedy: "If you have the file that the head was taken from, `--extends` tells lines that were merely added from \
        a history that was rewritten. Make sure that the head was copied whole: 64 digits. If lines are missing, \
        ask for the complete ledger.",
    kind: Kind::Fault,
    rule: "section 5, D28",
};

static POLICY_DIFFERS: Page = Page {
    code: "policy-differs",
    title: "the policy last adopted is not the policy file given",
    meaning: "`exquota validate --policy P` asks whether the ledger is kept under that very file. The policy it last \
        adopted has another SHA-256. Either a newer version was never adopted, or the file was edited after its \
        adoption, be it by a blank. No entry is judged by the file: the ledger's own policy decides.",
    policy_key: None,
    example: "$ exquota validate ledger.jsonl --policy policies/china-cap-2026-03.toml\n\
        fault [policy-differs]: the last policy adopted is `china-cap 2026-03-03`, with other bytes",
    remedy: "`exquota policy diff` compares two policies, and `exquota policy show` prints the one in force. If the \
        file is right, adopt it with `exquota adopt`; if the ledger is, restore the file.",
    kind: Kind::Fault,
    rule: "R7, section 5",
};
