//! JSON Schemas of the documents that the program prints, made from the very types that are printed.
//!
//! They are strict: a key that is not in them is none of the document's, and every key always stands.

pub(super) mod words;

use super::completions::ScriptDocument;
use super::decision::DecisionDocument;
use super::entries::{LogDocument, ShownDocument};
use super::explain::{CodeListDocument, ExplanationDocument};
use super::export::ExportDocument;
use super::failure::FailureDocument;
use super::headroom::HeadroomDocument;
use super::html::ReportDocument;
use super::import::ImportDocument;
use super::licences::LicencesDocument;
use super::manual::ManualDocument;
use super::paper::Paper;
use super::plan::PlanDocument;
use super::policies::{ChecksDocument, PolicyDocument};
use super::policy_diff::DiffDocument;
use super::proof::{CheckpointDocument, KeyDocument, ProofsDocument, VerificationDocument};
use super::recovery::RecoveryDocument;
use super::table::{Cell, Column, Table};
use super::trace::TraceDocument;
use super::validation::ValidationDocument;
use super::whatif::WhatIfDocument;
use super::{Document, to_json};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The dialect that all of them are written in.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A JSON Schema by name.
#[derive(Clone, Debug)]
pub struct Named {
    /// What it is asked for by; of a document, as in its `schema`.
    pub name: &'static str,
    /// The schema.
    pub schema: Value,
}

/// Of every kind of document, in the order of the words for them.
///
/// Where lines of a ledger stand, the schema refers to `#/$defs/line`, or with `void_by` to `#/$defs/entry`: what a line
/// is, only the store knows.
pub fn documents() -> Vec<Named> {
    let named = |name, schema| Named { name, schema };
    vec![
        named("checkpoint", of::<CheckpointDocument<'_>>()),
        named("completions", of::<ScriptDocument<'_>>()),
        named("decision", of::<DecisionDocument<'_>>()),
        named("error", of::<FailureDocument<'_>>()),
        named("explanation", of::<ExplanationDocument>()),
        named("explanations", of::<CodeListDocument>()),
        named("export", of::<ExportDocument<'_>>()),
        named("headroom", of::<HeadroomDocument<'_>>()),
        named("import", of::<ImportDocument<'_>>()),
        named("key", of::<KeyDocument<'_>>()),
        named("licences", of::<LicencesDocument<'_>>()),
        named("log", of::<LogDocument>()),
        named("manual", of::<ManualDocument<'_>>()),
        named("plan", of::<PlanDocument<'_>>()),
        named("policy-check", of::<ChecksDocument<'_>>()),
        named("policy-diff", of::<DiffDocument<'_>>()),
        // `policy` is what people write.
        named("policy-show", of::<PolicyDocument<'_>>()),
        named("proof", of::<ProofsDocument<'_>>()),
        named("recovery", of::<RecoveryDocument<'_>>()),
        named("report", of::<ReportDocument<'_>>()),
        named("schemas", of::<SchemasDocument<'_>>()),
        named("show", of::<ShownDocument<'_>>()),
        named("trace", of::<TraceDocument<'_>>()),
        named("validation", of::<ValidationDocument<'_>>()),
        named("verification", of::<VerificationDocument<'_>>()),
        named("whatif", of::<WhatIfDocument<'_>>()),
    ]
}

/// A schema under its name, whoever made it: with the dialect and an address before all else.
pub fn headed(name: &str, schema: Value) -> Value {
    let mut whole = Map::new();
    whole.insert("$schema".to_owned(), DIALECT.into());
    whole.insert("$id".to_owned(), format!("urn:exquota:schema:{name}:1").into());
    whole.insert("title".to_owned(), format!("exquota {name}").into());
    if let Value::Object(mut members) = schema {
        whole.extend(members.remove("description").map(|about| ("description".to_owned(), about)));
        let rest = members.into_iter().filter(|(key, _)| key != "$schema" && key != "title");
        whole.extend(rest);
    }
    Value::Object(whole)
}

fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    close(&mut schema);
    schema
}

/// No object has other keys than those it is made of.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                members.insert("additionalProperties".to_owned(), json!(false));
            }
            members.values_mut().for_each(close);
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// `schema NAME`.
#[derive(Debug)]
pub struct SchemaShown {
    /// Which.
    pub named: Named,
}

impl Document for SchemaShown {
    fn text(&self, _: &Paper) -> String {
        // A schema is made of texts of this program: it can be printed.
        self.json().unwrap_or_default()
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&self.named.schema)
    }
}

/// `schema` without a name: all there are.
#[derive(Debug)]
pub struct SchemaList {
    /// In the order in which they are listed.
    pub all: Vec<Named>,
}

/// What `schema` answers: the names of all JSON Schemas.
#[derive(Serialize, JsonSchema)]
struct SchemasDocument<'a> {
    #[schemars(extend("const" = "exquota/schemas/1"))]
    schema: &'static str,
    schemas: Vec<SchemaDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SchemaDocument<'a> {
    name: &'a str,
    id: &'a str,
    about: &'a str,
}

impl SchemaList {
    fn documents(&self) -> impl Iterator<Item = SchemaDocument<'_>> {
        self.all.iter().map(|named| {
            let told = |key: &str| named.schema.get(key).and_then(Value::as_str).unwrap_or_default();
            SchemaDocument { name: named.name, id: told("$id"), about: told("description") }
        })
    }
}

impl Document for SchemaList {
    fn text(&self, paper: &Paper) -> String {
        let mut table = Table::new([Column::text("schema"), Column::text("about")]);
        for schema in self.documents() {
            table.push([Cell::of(schema.name), Cell::of(schema.about)]);
        }
        format!("{}\n`exquota schema NAME` prints one of them.\n", table.text(paper))
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&SchemasDocument { schema: "exquota/schemas/1", schemas: self.documents().collect() })
    }
}
