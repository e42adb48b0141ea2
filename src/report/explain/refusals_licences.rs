//! Refusals that come from a licence: whether it is open, what it allows, and what is left of it.

use super::{Kind, Page};

pub(super) static LICENCE_NOT_YET_VALID: Page = Page {
    code: "licence-not-yet-valid",
    title: "the licence was approved only after the entry's date",
    meaning: "The licence is recorded, but its approval comes later in the order of what happened: it has a later \
        date, or the same date and a later place in the ledger. Nothing can be shipped, amended, suspended or closed \
        under a licence that was not there yet. One of the two dates is usually wrong.",
    policy_key: None,
    example: "$ exquota ship X20260304123456 --licence D1100234 H200=512 --date 2026-02-04 \\\n    \
        --attest third-party-test\n\
        refused [licence-not-yet-valid]: licence `D1100234` was approved on 2026-03-02 (entry 3),\n    \
        after 2026-02-04",
    remedy: "Check both dates against the documents. If the entry's date is wrong, give the right one with `--date`; \
        if the approval's is, void the approval and record it anew. `--despite` can't record it: on that date there \
        was no licence to draw down.",
    kind: Kind::Refusal,
    rule: "R4, R6, D5, D11",
};

pub(super) static LICENCE_EXPIRED: Page = Page {
    code: "licence-expired",
    title: "the licence's last valid day is before the entry's date",
    meaning: "The expiry is the last valid day, that day included: goods must have left the last US port by midnight \
        of it (15 CFR 758.4(b)). From the day after, nothing moves under the licence and what was not shipped is \
        released from the ceilings. An expired licence can't be extended, suspended, closed or replaced either. The \
        same refusal stands where an approval or an amendment sets an expiry that is past on its own date.",
    policy_key: None,
    example: "$ exquota ship X20260304123456 --licence D1100234 H200=512 --attest third-party-test\n\
        refused [licence-expired]: licence `D1100234` expired: its last valid day was 2026-02-28",
    remedy: "If the goods left in time, record the day they left with `--date`: late reports are fine. If they are \
        still here, they need a new licence, which is judged like any approval. If they left too late, `--despite \
        REASON` records what happened; it counts, and shows as a violation for ever.",
    kind: Kind::Refusal,
    rule: "R4, D11, D12",
};

pub(super) static LICENCE_SUSPENDED: Page = Page {
    code: "licence-suspended",
    title: "the licence is suspended on the entry's date",
    meaning: "A licence may be suspended without notice (15 CFR 750.8). While it is, nothing may be shipped under \
        it, but its reservation stays: the customer's headroom does not grow. Amending, closing and replacing it are \
        still possible. Suspending it a second time is refused with this code too.",
    policy_key: None,
    example: "$ exquota ship X20260312000417 --licence D1100234 H200=512 --attest third-party-test\n\
        refused [licence-suspended]: licence `D1100234` is suspended (entry 9)",
    remedy: "Hold the goods. `exquota show` with the entry's number prints why the licence was suspended. When the \
        authority lifts it, record `exquota reinstate L --reason R`, then ship. If goods left all the same, \
        `--despite REASON` records it as a violation.",
    kind: Kind::Refusal,
    rule: "R4, R5, D11",
};

pub(super) static LICENCE_CLOSED: Page = Page {
    code: "licence-closed",
    title: "the licence was closed on or before the entry's date",
    meaning: "The licence was revoked, surrendered, exhausted, or replaced by another one; the refusal says which, \
        when, and by which entry. Closing released what had not been shipped, and somebody else may have been given \
        that headroom since. So a closed licence is never opened again. A shipment that left before the closing, and \
        is only reported late, is fine.",
    policy_key: None,
    example: "$ exquota amend D1100234 H200=70_000\n\
        refused [licence-closed]: licence `D1100234` was replaced on 2026-03-10 (entry 12)",
    remedy: "Use the licence that replaced it, or apply for a new one. If the goods left while it was open, give that \
        day with `--date`. If the closure itself was a mistake, `exquota void` takes it out. If something happened \
        under the closed licence all the same, `--despite REASON` records it as a violation.",
    kind: Kind::Refusal,
    rule: "R4, D11, D12",
};

pub(super) static LICENCE_NOT_SUSPENDED: Page = Page {
    code: "licence-not-suspended",
    title: "there is no suspension to lift",
    meaning: "A reinstatement lifts a suspension, and on its date the licence is open and not suspended. Either the \
        suspension was never recorded, or it is dated later, or it has been lifted already. A reinstatement without \
        a suspension would leave a history that nobody can follow.",
    policy_key: None,
    example: "$ exquota reinstate D1100234 --reason \"end-use check passed\"\n\
        refused [licence-not-suspended]: licence `D1100234` is not suspended on 2026-03-20",
    remedy: "`exquota show L` prints the licence's life. If the suspension is missing, record it first, dated when it \
        happened; shipments since then are judged against it. `--despite REASON` can record the letter all the same, \
        though it changes no balance.",
    kind: Kind::Refusal,
    rule: "R4, D11",
};

pub(super) static CHIP_NOT_LICENSED: Page = Page {
    code: "chip-not-licensed",
    title: "the licence does not name this chip",
    meaning: "A licence is drawn down chip by chip, and a shipment may hold only the chips that it names. Headroom \
        under a ceiling does not help, nor does a balance left of another chip, even where both count the same. One \
        MI325X can't leave on a licence for H200.",
    policy_key: None,
    example: "$ exquota ship X20260304123456 --licence D1100234 MI325X=256 --attest third-party-test\n\
        refused [chip-not-licensed]: licence `D1100234` does not name `MI325X`",
    remedy: "`exquota show L` prints what the licence allows. Use the licence that names the chip, or have this one \
        amended by the authority and record that with `exquota amend`. If the chips have left all the same, \
        `--despite REASON` records it as a violation, and they count in every ceiling.",
    kind: Kind::Refusal,
    rule: "R4, R5",
};

pub(super) static BALANCE_EXCEEDED: Page = Page {
    code: "balance-exceeded",
    title: "the shipment is larger than what is left on the licence",
    meaning: "What may still be shipped is what the licence authorises less what has left under it, chip by chip. \
        There is no tolerance: a licence by number has none, and once the full quantity has shipped it is exhausted \
        (15 CFR 750.11). Goods that came back do not refill a licence. The customs system does not count down \
        licences that are based on quantity, so no one else will stop the shipment.",
    policy_key: None,
    example: "$ exquota ship X20260318004512 --licence D1100234 H200=1_000 --attest third-party-test\n\
        refused [balance-exceeded]: licence `D1100234` has 488 of 60,000 `H200` left to ship;\n    \
        1000 were asked",
    remedy: "Ship what is left, use another licence for the rest, or have this one raised and record that with \
        `exquota amend`: the increase is judged against every ceiling. If more has left already, `--despite REASON` \
        records it as a violation, and the balance turns negative.",
    kind: Kind::Refusal,
    rule: "R4, R5, R10",
};

pub(super) static BELOW_SHIPPED: Page = Page {
    code: "below-shipped",
    title: "the new total is below what has already left",
    meaning: "An amendment gives the new total that the licence authorises for a chip, not the change and not what \
        is left. A total below what has already left would authorise less than happened. The least that a licence \
        can be cut to is what has left under it by the amendment's date, and goods that came back make it no less. \
        Later shipments that are already recorded must fit under the new total as well.",
    policy_key: None,
    example: "$ exquota amend D1100234 H200=500 --authority \"BIS 2026-131\"\n\
        refused [below-shipped]: 500 of `H200` would be below the 512 that have left under `D1100234`",
    remedy: "Give the new total, shipped chips included. To stop all further shipping, close the licence instead: \
        that releases what is left. If the authority did set a total below what had left, `--despite REASON` records \
        its letter; the licence then shows a negative balance.",
    kind: Kind::Refusal,
    rule: "R4, D11",
};

pub(super) static RETURN_EXCEEDED: Page = Page {
    code: "return-exceeded",
    title: "more would come back than left",
    meaning: "A return cites one shipment, and what came back from it in all can't exceed what it sent, chip by \
        chip. Earlier returns from the same shipment are counted. If more could come back than left, returns could \
        be used to make headroom out of nothing.",
    policy_key: None,
    example: "$ exquota return RMA-2026-0017 --shipment X20260304123456 H200=600\n\
        refused [return-exceeded]: shipment `X20260304123456` sent 512 of `H200` and 0 came back;\n    \
        600 more can't",
    remedy: "Check which shipment the goods left with; a delivery from two shipments is two returns, each with a \
        reference of its own. If the shipment was recorded with too small a quantity, void it and record it anew. \
        `--despite` can't record it: chips that never left can't come back.",
    kind: Kind::Refusal,
    rule: "R10",
};

pub(super) static LICENCE_NOT_HELD: Page = Page {
    code: "licence-not-held",
    title: "the licence is for a customer of another family",
    meaning: "`exquota check` with a customer and `--licence` asks whether a shipment to that customer would pass. \
        The licence named is for a customer outside its family. A family is everyone under one ultimate parent, so \
        a subsidiary may ask about its parent's licence. A licence is not passed from one company to another without \
        authorisation (15 CFR 750.10). Only a question can be refused this way, as a shipment itself names no \
        customer.",
    policy_key: None,
    example: "$ exquota check bytedance H200=512 --licence D1100234\n\
        refused [licence-not-held]: licence `D1100234` is for `alibaba`, not of `bytedance`'s family",
    remedy: "`exquota show CUSTOMER` lists the customer's licences. If both belong to one group, record that with \
        `exquota register ID --parent ID`, dated when it came about. A question writes nothing, so there is nothing \
        to override.",
    kind: Kind::Refusal,
    rule: "R2, R12, D14",
};
