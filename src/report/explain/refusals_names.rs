//! Refusals of quantities and names: nothing is known to move, or a name is somebody else's.

use super::{Kind, Page};

pub(super) static QUANTITY_INVALID: Page = Page {
    code: "quantity-invalid",
    title: "a quantity is not a whole number of chips from 1 to 1,000,000,000",
    meaning: "Quantities are whole chips, from 1 to 1,000,000,000 for each item of an entry. A quantity of 0 \
        records nothing, and a larger one is almost always a slip of the keyboard. As there is no order to reckon \
        with, no ceiling is shown beside this refusal. Negative and fractional quantities never get as far as this: \
        on the command line they are usage errors, in a ledger they are faults.",
    policy_key: None,
    example: "$ exquota check alibaba H200=60_000 MI325X=0\n\
        refused [quantity-invalid]: 0 of `MI325X`: a quantity is 1 to 1,000,000,000 whole chips",
    remedy: "Leave out the chips that are not ordered, and check the figure against the order. To take an entry back, \
        use `exquota void`; to release what a licence still reserves, use `exquota close`. `--despite` can't record \
        it: such a quantity leaves nothing to record.",
    kind: Kind::Refusal,
    rule: "R1, D21",
};

pub(super) static CUSTOMER_UNKNOWN: Page = Page {
    code: "customer-unknown",
    title: "no customer of this name is registered",
    meaning: "Chips are charged to the buyer, and every buyer is registered before anything is approved for it. An \
        unknown name is refused rather than taken for a new customer, because a misspelt one would get a fresh \
        ceiling of 75,000. Customers are found by id, name or alias, in any case. The nearest known names are given. \
        The same refusal stands for an unknown parent in a registration, and for an unknown group of an exception.",
    policy_key: None,
    example: "$ exquota check alibab H200=60_000\n\
        refused [customer-unknown]: no customer `alibab` is registered\n  nearest known: `alibaba`",
    remedy: "Use the name that was meant. If the buyer is new, find out whose subsidiary it is and register it with \
        `exquota register ID --name NAME --country CC --parent ID`; if it is another spelling of a known one, add \
        that as an `--alias`. `--despite` can't record it: there is nobody to charge.",
    kind: Kind::Refusal,
    rule: "R2, D15",
};

pub(super) static CHIP_UNKNOWN: Page = Page {
    code: "chip-unknown",
    title: "the policy has no chip of this name",
    meaning: "The policy in force on the entry's date says what each chip counts, so a chip that it does not name \
        can't be weighed against any ceiling. Chips are found by name or alias, in any case, and the nearest known \
        names are given. A chip that may be sold without counting, such as the H20, is named with an equivalence of \
        0; a chip that may not be sold at all is named as prohibited.",
    policy_key: Some("chips"),
    example: "$ exquota check bytedance H250=10_000\n\
        refused [chip-unknown]: policy `china-cap 2026-03-03` has no chip `H250`\n  nearest known: `H20`, `H200`",
    remedy: "`exquota policy show` lists the chips and their aliases. If the chip is new, adopt a policy that names \
        it and says what it counts. If the entry is dated before that policy came into force, its date may be wrong. \
        `--despite` can't record it: nobody could say what it counts.",
    kind: Kind::Refusal,
    rule: "R1, R12, D14",
};

pub(super) static COUNTRY_UNKNOWN: Page = Page {
    code: "country-unknown",
    title: "not a country code of ISO 3166-1",
    meaning: "Countries are the two capital letters of ISO 3166-1, as in CN, HK and MO. The code decides which \
        country's ceiling a customer's family is charged to and where goods may go, so a wrong one would count \
        chips in the wrong place. It is checked in registrations, in destinations, and where an exception is \
        granted for a country.",
    policy_key: None,
    example: "$ exquota check alibaba H200=1_000 --destination UK\n\
        refused [country-unknown]: `UK` is no country code of ISO 3166-1",
    remedy: "Use the official two letters; for the United Kingdom, say, they are GB. `--despite` can't record it: \
        no ceiling belongs to a country that does not exist.",
    kind: Kind::Refusal,
    rule: "R2, R12, D13",
};

pub(super) static LICENCE_UNKNOWN: Page = Page {
    code: "licence-unknown",
    title: "no licence of this number is recorded",
    meaning: "Shipments, amendments, suspensions, reinstatements and closures all name a licence, and so does an \
        approval that replaces one. Its approval must be in the ledger first, or there is no balance to draw down. \
        An approval that was made void no longer counts. The nearest known numbers are given.",
    policy_key: None,
    example: "$ exquota ship X20260304123456 --licence D1100243 H200=512 --attest third-party-test\n\
        refused [licence-unknown]: no licence `D1100243` is recorded\n  nearest known: `D1100234`",
    remedy: "Check the number against the licence itself. If the licence was granted and never recorded, record it \
        with `exquota approve`, dated when it was granted, and then the entry under it. `--despite` can't record it: \
        there is no licence to draw down and no customer to charge.",
    kind: Kind::Refusal,
    rule: "R4, R5, R12",
};

pub(super) static SHIPMENT_UNKNOWN: Page = Page {
    code: "shipment-unknown",
    title: "no shipment of this reference is recorded on or before that date",
    meaning: "A return cites the shipment that the goods came back from, by its reference. The shipment must be in \
        the ledger, not void, and dated no later than the return: goods can't come back before they leave. A \
        return's own reference does not do, as nothing comes back from a return. The nearest known references are \
        given.",
    policy_key: None,
    example: "$ exquota return RMA-2026-0017 --shipment X20260304123465 H200=12\n\
        refused [shipment-unknown]: no shipment `X20260304123465` is recorded on or before 2026-03-20\n  \
        nearest known: `X20260304123456`",
    remedy: "Check the reference and the date against the export filing; `exquota log` lists what is recorded. If \
        the shipment was never recorded, record it first, dated when it left. `--despite` can't record it: nothing \
        says which licence and which customer it belongs to.",
    kind: Kind::Refusal,
    rule: "R10",
};

pub(super) static ENTRY_UNKNOWN: Page = Page {
    code: "entry-unknown",
    title: "the ledger has no entry of this number",
    meaning: "A void names the entry it takes out by its number, which counts from 1 without gaps. The number given \
        lies outside the ledger. It is not the licence's number, nor the shipment's reference, nor anything from the \
        document that was recorded.",
    policy_key: None,
    example: "$ exquota void 88 --reason \"keyed in twice\"\n\
        refused [entry-unknown]: the ledger has no entry 88; its last is 41",
    remedy: "Find the entry with `exquota log`, or with `exquota show` and the licence, customer or reference it is \
        about. Make sure that this is the ledger you mean. `--despite` can't record it: there is nothing to take out.",
    kind: Kind::Refusal,
    rule: "R9, R12",
};

pub(super) static CEILING_UNKNOWN: Page = Page {
    code: "ceiling-unknown",
    title: "the policy has no ceiling of this name",
    meaning: "An exception sets another limit for one group of one ceiling, so it names a ceiling of the policy that \
        is in force on its date. The nearest known names are given. A ceiling over everything has one group, which \
        is called total; any other group of it is refused with this code as well.",
    policy_key: Some("ceilings"),
    example: "$ exquota grant --ceiling per-company --group alibaba --limit 90_000 --authority \"BIS 2026-114\"\n\
        refused [ceiling-unknown]: policy `china-cap 2026-03-03` has no ceiling `per-company`\n  \
        nearest known: `per-customer`",
    remedy: "`exquota policy show` lists the ceilings. If the authority's letter belongs to a later policy, adopt \
        that first, or correct the date. `--despite` can't record it: there is no limit to move.",
    kind: Kind::Refusal,
    rule: "R8, D16",
};

pub(super) static NAME_TAKEN: Page = Page {
    code: "name-taken",
    title: "an id, name or alias already belongs to another customer",
    meaning: "Each id, name and alias stands for one customer only. Two names are the same if they differ only in \
        case or in the form of their characters. If two customers shared one, nobody could tell which of them an \
        order is charged to, and one company registered twice would have 75,000 twice.",
    policy_key: None,
    example: "$ exquota register taobao --name Taobao --country CN --alias \"Alibaba\"\n\
        refused [name-taken]: `alibaba` already belongs to customer `alibaba`",
    remedy: "If both are one company, use the customer that is there. If one is part of the other, register it under \
        a name of its own with `--parent`, and both share one ceiling. If the name was given to the wrong customer, \
        take it away there with `--drop-alias`. `--despite` can't record it: the name would stand for two.",
    kind: Kind::Refusal,
    rule: "R2, D15",
};

pub(super) static FAMILY_CYCLE: Page = Page {
    code: "family-cycle",
    title: "a customer would be its own parent, directly or through others",
    meaning: "A family shares its ceilings under its ultimate parent, as the headquarters rule asks: what counts is \
        where the ultimate parent sits, wherever the chips go (15 CFR 744.23(a)(3)). If parents form a loop, no \
        customer in it is the ultimate parent, and nobody could be charged. The customer named as parent is below \
        the one being registered, or is the same one. Parentage is judged on the entry's date.",
    policy_key: None,
    example: "$ exquota register alibaba --parent alibaba-cloud\n\
        refused [family-cycle]: `alibaba` can't have the parent `alibaba-cloud`: it is itself above it",
    remedy: "`exquota show` prints a customer's parents. If the ownership was turned round, first detach the present \
        subsidiary with `exquota register ID --no-parent`, dated when it happened, then name the new parent. \
        `--despite` can't record it: the family would have no head.",
    kind: Kind::Refusal,
    rule: "R2, D15",
};
