//! Refusals of the record itself: numbers, dates, serial numbers, volumes, voids, and a ledger that moved.

use super::{Kind, Page};

pub(super) static NUMBER_MALFORMED: Page = Page {
    code: "number-malformed",
    title: "the number does not look as the policy says it must",
    meaning: "The policy may say how licence numbers and shipment references are formed, so that a slip of the \
        keyboard is caught before it is recorded. A reference from an export filing, for instance, is X, the date as \
        eight digits, and six digits more. Approvals are checked by the pattern for licences, shipments by the one \
        for references. References of returns are free.",
    policy_key: Some("licences.number_pattern, licences.shipment_reference_pattern"),
    example: "$ exquota ship 20260304123456 --licence D1100234 H200=512 --attest third-party-test\n\
        refused [number-malformed]: `20260304123456` does not match the pattern `^X[0-9]{14}$`",
    remedy: "Compare the number with the document it comes from. If numbers are really formed in another way, adopt \
        a policy with a pattern that fits. If this one document is the odd one out, `--despite REASON` records it \
        as it stands, as a violation.",
    kind: Kind::Refusal,
    rule: "R12, D14",
};

pub(super) static DATE_IN_FUTURE: Page = Page {
    code: "date-in-future",
    title: "the entry is dated after the day it is recorded on",
    meaning: "The ledger records what happened, so an entry's date can't lie ahead of the day it is written on. One \
        day is allowed for time zones, as recording days are in UTC. Only a policy may be adopted ahead of its date, \
        because rules are announced before they hold. Questions may look ahead freely.",
    policy_key: None,
    example: "$ exquota ship X20260401000102 --licence D1100234 H200=512 --date 2026-04-01 \\\n    \
        --attest third-party-test\n\
        refused [date-in-future]: dated 2026-04-01, but recorded on 2026-03-05 (UTC)",
    remedy: "Correct the date, or record the entry when it has happened. `exquota check --date D` answers for a day \
        to come and writes nothing. If the machine's clock is wrong, set it right first. `--despite REASON` can \
        record it, as a violation, but hardly ever should.",
    kind: Kind::Refusal,
    rule: "R6",
};

pub(super) static LICENCE_EXISTS: Page = Page {
    code: "licence-exists",
    title: "this licence number is already recorded with other content",
    meaning: "Licence numbers are unique. The same approval sent twice is not refused: the answer then is that it is \
        already recorded, and nothing is written. Here the number is the same and something else is not, and the \
        refusal names the fields that differ; the date is one of them. No other rule is judged until that is settled.",
    policy_key: None,
    example: "$ exquota approve D1100234 alibaba H200=65_000 \\\n    \
        --attest us-availability --attest customer-due-diligence\n\
        refused [licence-exists]: `D1100234` is already recorded as entry 3, with other content:\n    \
        items differs",
    remedy: "`exquota show D1100234` prints what is recorded. If the licence was revised, record that with `exquota \
        amend`; if a new licence took its place, approve that one with `--replaces`; if the first record is wrong, \
        void it and record it anew. `--despite` can't record it: the number would stand for two licences.",
    kind: Kind::Refusal,
    rule: "R11, D3, D18",
};

pub(super) static REFERENCE_EXISTS: Page = Page {
    code: "reference-exists",
    title: "this reference is already recorded with other content",
    meaning: "References of shipments and returns are unique, and both share one set of numbers. The same entry sent \
        twice is not refused: the answer then is that it is already recorded, and nothing is written, so a retry is \
        safe. Here the reference is the same and something else is not, and the refusal names the fields that \
        differ; the date is one of them. No other rule is judged until that is settled.",
    policy_key: None,
    example: "$ exquota ship X20260304123456 --licence D1100234 H200=500 --attest third-party-test\n\
        refused [reference-exists]: `X20260304123456` is already recorded as entry 5, with other content:\n    \
        items differs",
    remedy: "`exquota show X20260304123456` prints what is recorded. If that is wrong, void it and record the \
        shipment anew; a reference whose entry is void is free again. If this is another shipment, it has a \
        reference of its own. `--despite` can't record it: the chips would count twice.",
    kind: Kind::Refusal,
    rule: "R11, D3, D18",
};

pub(super) static SERIAL_MISMATCH: Page = Page {
    code: "serial-mismatch",
    title: "serial numbers do not match the quantity or the shipment",
    meaning: "Serial numbers are optional, chip by chip; where they are given, there is one for each chip of that \
        model, no more and no fewer. On a return, each must also be out under the shipment that the return cites, \
        and may be named only once. A list that does not fit its quantity means that one of the two is wrong.",
    policy_key: None,
    example: "$ exquota ship X20260304123456 --licence D1100234 H200=512 --serials H200=rack7.txt \\\n    \
        --attest third-party-test\n\
        refused [serial-mismatch]: 511 serial numbers are given for 512 of `H200`",
    remedy: "Count the list against the packing list, and correct whichever is wrong; `exquota trace SERIAL` prints \
        where a chip has been. Leave the list out where serial numbers are not known. If the goods moved with a list \
        that can't be mended, `--despite REASON` records it as a violation.",
    kind: Kind::Refusal,
    rule: "R12, section 4",
};

pub(super) static SERIAL_TAKEN: Page = Page {
    code: "serial-taken",
    title: "a chip with this serial number is out already",
    meaning: "A chip that has been shipped can't leave again before it has come back. The serial number stands in an \
        earlier shipment with no return since, or twice in this one. Either a list was used twice, or a return was \
        never recorded, or somebody mistyped. The refusal names the first serial number and the entry it is out \
        under, and says how many more are taken.",
    policy_key: None,
    example: "$ exquota ship X20260318004512 --licence D1100234 H200=4 --serials H200=spares.txt \\\n    \
        --attest third-party-test\n\
        refused [serial-taken]: `1654923001177` is out under entry 5, and 3 more are taken",
    remedy: "`exquota trace SERIAL` prints where the chip has been. If it came back, record the return first, with \
        its serial number. If the earlier shipment listed it by mistake, void that one and record it anew. If both \
        shipments really happened, `--despite REASON` records this one as a violation.",
    kind: Kind::Refusal,
    rule: "R12, section 4",
};

pub(super) static VOLUME_DECREASED: Page = Page {
    code: "volume-decreased",
    title: "a cumulative volume would go down",
    meaning: "A volume is a running total of a series for one chip, such as what has been sold in the United States \
        so far. A running total never falls, so a figure below the one before it is no running total, or one of the \
        two is wrong. What counts is the order of dates: a figure dated between two others must lie between them.",
    policy_key: None,
    example: "$ exquota volume us-shipments H200=240_000 --source \"quarterly report, Q1 2026\"\n\
        refused [volume-decreased]: `us-shipments` of `H200` stood at 310000 already; 240000 is less",
    remedy: "Make sure that the figure is the total so far and not the latest period alone. If the earlier figure \
        was wrong, void it and record the right one. If the source itself corrected its total downwards, `--despite \
        REASON` records the new figure as a violation.",
    kind: Kind::Refusal,
    rule: "R12, section 4",
};

pub(super) static VOID_NOT_ALLOWED: Page = Page {
    code: "void-not-allowed",
    title: "this entry can't be taken out",
    meaning: "A void takes an entry out as if it had never been, so what stands on that entry would fall: an \
        approval with shipments under it can't go before they do. The refusal then names each later entry that would \
        break, and by which rule. Besides, the first entry can't be made void, as it adopts the policy the ledger \
        begins with; nor can a void, nor what is void already.",
    policy_key: None,
    example: "$ exquota void 3 --reason \"keyed in under the wrong customer\"\n\
        refused [void-not-allowed]: entry 5 (shipment of 2026-03-04) would then be refused\n    \
        (licence-unknown): no licence `D1100234` is recorded",
    remedy: "Void the later entries first, newest first, then this one, and record what really happened anew. If an \
        entry was made void by mistake, record its fact again. If a licence has simply ended, close it instead. \
        `--despite` can't record it: a void is no fact about the goods.",
    kind: Kind::Refusal,
    rule: "R6, R9, D2, D3",
};

pub(super) static HEAD_MOVED: Page = Page {
    code: "head-moved",
    title: "the ledger is not the one that was judged before",
    meaning: "The head is the SHA-256 of the ledger's last line. With `--expect-head` a command says on which state \
        of the ledger its answer was based, and the ledger now ends in another line. Somebody has written since, and \
        what fitted then may not fit now. Nothing else was judged; but an entry that is already recorded is answered \
        as such, so a retry is safe.",
    policy_key: None,
    example: "$ exquota approve D1100235 bytedance H200=40_000 --expect-head 9f2c41... \\\n    \
        --attest us-availability --attest customer-due-diligence\n\
        refused [head-moved]: the ledger's head is `b07d83...`, not the one expected",
    remedy: "Read what is new with `exquota log`, judge the order again with `exquota check`, and repeat the command \
        with the new head. `--despite` can't record it: a head that moved is no fact about the goods.",
    kind: Kind::Refusal,
    rule: "R12",
};
