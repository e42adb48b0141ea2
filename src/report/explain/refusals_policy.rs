//! Refusals that come from the policy: its conditions, its ceilings, and its own adoption.

use super::{Kind, Page};

pub(super) static CHIP_PROHIBITED: Page = Page {
    code: "chip-prohibited",
    title: "the policy does not let this chip be sold at all",
    meaning: "The policy in force on the entry's date marks the chip as prohibited and gives its reason, which the \
        refusal repeats. No quantity of it passes, and no headroom helps. It is checked in approvals, in shipments, \
        and where an amendment raises a quantity.",
    policy_key: Some("chips.CHIP.prohibited"),
    example: "$ exquota check alibaba B200=1\n\
        refused [chip-prohibited]: `B200` is prohibited: above the TPP and bandwidth limits of the\n    \
        January 2026 rule",
    remedy: "Leave the chip out of the order. If the rule has changed, adopt the policy that says so, from the \
        date on which it does. If such chips were approved or have left all the same, `--despite REASON` records it as \
        a violation; without an equivalence in the policy they count as nothing in the ceilings.",
    kind: Kind::Refusal,
    rule: "R5, D14",
};

pub(super) static DESTINATION_NOT_ALLOWED: Page = Page {
    code: "destination-not-allowed",
    title: "the goods would go where the policy does not allow",
    meaning: "The policy lists the countries that goods may go to. What is checked is the shipment's own \
        destination, else the licence's, else the customer's own country. It is a condition beside the ceilings: \
        whoever receives the chips, they are charged to the family of the buyer's ultimate parent, wherever they go \
        (15 CFR 744.23(a)(3)). A policy without such a list allows any country.",
    policy_key: Some("destinations.allowed"),
    example: "$ exquota check alibaba H200=1_000 --destination MY\n\
        refused [destination-not-allowed]: `MY` is not among the destinations allowed: CN, HK, MO",
    remedy: "Check the destination on the licence and on the export filing. If none was given, the customer's \
        registered country was taken; say where the goods go with `--destination`. If goods have gone elsewhere all \
        the same, `--despite REASON` records it as a violation.",
    kind: Kind::Refusal,
    rule: "R5, D13",
};

pub(super) static ATTESTATION_MISSING: Page = Page {
    code: "attestation-missing",
    title: "an assertion that the policy asks for was not made",
    meaning: "The policy names what every approval and every shipment must attest: that US availability is not \
        cut, that the customer did its due diligence, that a third-party laboratory tested the goods. There is one \
        refusal for each name that is missing. A question with `exquota check` need not attest, and only warns. The \
        ledger keeps the evidence's SHA-256, or the word stated where no file was given.",
    policy_key: Some("attestations.KIND"),
    example: "$ exquota ship X20260304123456 --licence D1100234 H200=512\n\
        refused [attestation-missing]: every shipment must attest `third-party-test`",
    remedy: "Obtain the document, then add `--attest NAME=FILE`, which records its SHA-256, or `--attest NAME` \
        where there is only a statement. Keep the file itself: records are kept for five years (15 CFR 762.6). If it \
        happened without the assertion, `--despite REASON` records it as a violation.",
    kind: Kind::Refusal,
    rule: "R5, D14, D22",
};

pub(super) static CUSTOMER_FLAGGED: Page = Page {
    code: "customer-flagged",
    title: "the customer, or a parent of it, is on a list that the policy refuses",
    meaning: "Customers are registered with flags, such as the lists they are on, and the policy says for each \
        flag whether it refuses or warns. The customer and all its parents are checked, so a subsidiary does not \
        escape its parent's listing. It holds for approvals, for shipments under licences already granted, and where \
        an amendment raises a quantity. Flags that the policy does not name mean nothing.",
    policy_key: Some("flags.FLAG"),
    example: "$ exquota check northlake-ai H200=5_000\n\
        refused [customer-flagged]: `northlake-ai` carries the flag `entity-list`",
    remedy: "Stop, and take it to counsel; no headroom helps. If the company was taken off the list, record that \
        with `exquota register ID --drop-flag FLAG`, dated when it was. If it was approved or shipped all the same, \
        `--despite REASON` records it as a violation.",
    kind: Kind::Refusal,
    rule: "R5, D13, D15",
};

pub(super) static CEILING_EXCEEDED: Page = Page {
    code: "ceiling-exceeded",
    title: "the order would go over a ceiling",
    meaning: "What is used and what is asked for, weighed by the policy's equivalences, come to more than the \
        limit. Exactly the limit is within; one millionth of a unit more is not. A ceiling per customer is shared by \
        the whole family under its ultimate parent, and a country's by every family headquartered there. Approvals are \
        judged by what each ceiling counts, commitments as a rule; shipments are judged by what has shipped, so after \
        a cut old licences may ship up to the ceiling and no further. There is one refusal for each ceiling that \
        fails, and it may name a later recorded entry that would no longer fit.",
    policy_key: Some("ceilings.NAME.limit"),
    example: "$ exquota check alibaba H200=60_000 MI325X=20_000\n\
        refused [ceiling-exceeded]: `per-customer` for `alibaba`: 0 used and 80,000 requested come to\n    \
        80,000 H200e, 5,000 over the limit of 75,000",
    remedy: "Order what the answer says would pass now, or wait for the date from which all of it would. Closing a \
        licence that is no longer needed releases what it reserves. A higher limit comes from an authority: record \
        its letter with `exquota grant`. If it was approved or shipped all the same, `--despite REASON` records it \
        as a violation, and headroom turns negative.",
    kind: Kind::Refusal,
    rule: "R1, R2, R3, R8, D7, D8, D9",
};

pub(super) static POLICY_DROPS_CHIP: Page = Page {
    code: "policy-drops-chip",
    title: "the policy leaves out a chip that the ledger holds",
    meaning: "Usage is kept in chips and weighed by the policy in force, so a new policy must say what every chip \
        counts that has been authorised or shipped by then. A chip is dropped when the policy does not name it, \
        exactly as the ledger does, or gives it no equivalence. Under such a policy chips already sold would vanish \
        from the ceilings. A prohibited chip needs an equivalence too, once the ledger holds any.",
    policy_key: Some("chips.CHIP.equivalence"),
    example: "$ exquota adopt policies/nvidia-only.toml\n\
        refused [policy-drops-chip]: the ledger holds 15,000 authorised and 0 shipped of `MI325X`,\n    \
        which the policy does not count",
    remedy: "Give the chip an equivalence in the policy; 0 keeps it in the records and counts nothing. If it was \
        renamed, keep the old name and make the new one an alias. `exquota whatif --policy P` shows the effect \
        before anything is written. `--despite` can't record it: nothing would say what those chips count.",
    kind: Kind::Refusal,
    rule: "R7, D17",
};

pub(super) static POLICY_RETROACTIVE: Page = Page {
    code: "policy-retroactive",
    title: "adopting the policy from that date would turn a recorded line into a breach",
    meaning: "Each entry is judged by the policy in force on its date. Entries dated after the adoption are judged \
        anew, and the refusal names one that was within the rules and no longer would be. An adoption is not refused \
        for leaving usage above a ceiling, which only shows as negative headroom; it is refused for making wrong what \
        was right when it was recorded. There is one refusal for each rule that such an entry would fail.",
    policy_key: None,
    example: "$ exquota adopt policies/half.toml --date 2026-03-01\n\
        refused [policy-retroactive]: entry 3 (approval of 2026-03-02) would then be refused\n    \
        (ceiling-exceeded)",
    remedy: "Adopt the policy from the day of the last entry it would break, or later; `exquota whatif --policy P` \
        lists what no longer conforms. If an authority did put it in force from that date, `--despite REASON` records \
        the adoption as a violation, unless one of those entries would then name something unknown, such as a chip \
        that the policy leaves out.",
    kind: Kind::Refusal,
    rule: "R6, R7, D1, D2",
};
