//! What may stand in a field of a document that Rust holds as a text: words of a closed list, days, hashes.

use crate::domain::event;
use crate::domain::fault::FaultCode;
use crate::domain::headroom;
use crate::domain::policy;
use crate::domain::refusal;
use crate::domain::specs;
use crate::report::explain;
use crate::report::export;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

macro_rules! described {
    ($($(#[$doc:meta])* $name:ident = $schema:expr;)*) => {$(
        $(#[$doc])*
        pub(in crate::report) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

fn one_of(words: impl IntoIterator<Item = &'static str>) -> Schema {
    let words: Vec<&str> = words.into_iter().collect();
    json_schema!({ "type": "string", "enum": words })
}

described! {
    /// A SHA-256.
    Sha256 = json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" });
    /// A day.
    Day = json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" });
    /// A line of a ledger with `void_by`; what a line is, the store says.
    LoggedEntry = json_schema!({ "$ref": "#/$defs/entry" });
    /// A line of a ledger.
    Line = json_schema!({ "$ref": "#/$defs/line" });
    /// Codes with which the rules say no.
    Refused = one_of(refusal::Code::ALL.iter().map(|code| code.as_str()));
    /// Codes with which a file is wrong.
    Faulty = one_of(FaultCode::ALL.iter().map(|code| code.as_str()));
    /// Every code.
    Code = one_of(explain::all().map(|page| page.code));
    /// What a code is about.
    PageKind = one_of([explain::Kind::Refusal, explain::Kind::Fault].map(explain::Kind::as_str));
    /// What became of an order or a fact.
    Decided = one_of(["within", "recorded", "already-recorded", "refused"]);
    /// What a ceiling counts.
    Counts = one_of(policy::Counts::ALL.iter().map(|word| word.as_str()));
    /// Whom a ceiling limits.
    Scope = one_of(policy::Scope::ALL.iter().map(|word| word.as_str()));
    /// What a policy is worth.
    Status = one_of(policy::Status::ALL.iter().map(|word| word.as_str()));
    /// What a customer's flag does.
    FlagRule = one_of(policy::FlagRule::ALL.iter().map(|word| word.as_str()));
    /// How full a ceiling is.
    Fullness = one_of(headroom::Fullness::ALL.iter().map(|word| word.as_str()));
    /// Which chips a sum is of.
    Portion = one_of(specs::Portion::ALL.iter().map(|word| word.as_str()));
    /// Exit codes of failures.
    FailedExit = json_schema!({ "type": "integer", "enum": [2, 3, 4] });
    /// States of a licence.
    LicenceState = one_of(["open", "suspended", "expired", "revoked", "surrendered", "exhausted", "replaced"]);
    /// What would make a licence conform.
    Remedy = one_of(["amend", "close", "replace"]);
    /// What a row of a file may record.
    Imported = one_of(["approval", "shipment", "customer"]);
    /// What became of a row.
    ImportResult = one_of(["new", "already-recorded", "conflict", "refused", "bad"]);
    /// What became of an order in a plan.
    Planned = one_of(["fits", "refused"]);
    /// One of two policies.
    Side = one_of(["a", "b"]);
    /// What became of a ceiling or chip from one policy to another.
    Change = one_of(["stricter", "looser", "same", "added", "removed", "changed"]);
    /// How a chip moves.
    Moved = one_of(["shipment", "return"]);
    /// What a ledger is exported for.
    ExportedTo = one_of(export::Target::ALL.iter().map(|word| word.as_str()));
    /// What may be shown.
    Shown = one_of(["entry", "licence", "customer", "reference"]);
    /// Kinds of events.
    EventKind = one_of(event::EventKind::ALL.iter().map(|kind| kind.as_str()));
}
