//! JSON Schemas of the documents that the program prints, made from the very types that are printed.
//!
//! They are strict: a key that is not in them is none of the document's, and every key always stands.

use super::completions::Script;
use super::decision::Decision;
use super::entries::{Log, Shown};
use super::explain::{CodeList, Explained};
use super::export::Exported;
use super::failure::Failure;
use super::headroom::Headroom;
use super::html::Report;
use super::import::Imported;
use super::licences::Licences;
use super::manual::Manual;
use super::medium::Medium;
use super::plan::Plan;
use super::policies::{PolicyChecks, PolicyShown};
use super::policy_diff::PoliciesCompared;
use super::proof::{CheckpointMade, KeyMade, ProofsMade, Verification};
use super::recovery::Recovery;
use super::row::{object, row};
use super::table::Table;
use super::trace::Trace;
use super::validation::Validation;
use super::whatif::WhatIf;
use super::{Document, Json};
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
    vec![
        named::<CheckpointMade>("checkpoint"),
        named::<Script>("completions"),
        named::<Decision>("decision"),
        named::<Failure>("error"),
        named::<Explained>("explanation"),
        named::<CodeList>("explanations"),
        named::<Exported>("export"),
        named::<Headroom>("headroom"),
        named::<Imported>("import"),
        named::<KeyMade>("key"),
        named::<Licences>("licences"),
        named::<Log>("log"),
        named::<Manual>("manual"),
        named::<Plan>("plan"),
        named::<PolicyChecks>("policy-check"),
        named::<PoliciesCompared>("policy-diff"),
        // `policy` is what people write.
        named::<PolicyShown>("policy-show"),
        named::<ProofsMade>("proof"),
        named::<Recovery>("recovery"),
        named::<Report>("report"),
        named::<SchemaList>("schemas"),
        named::<Shown>("show"),
        named::<Trace>("trace"),
        named::<Validation>("validation"),
        named::<Verification>("verification"),
        named::<WhatIf>("whatif"),
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

fn named<T: JsonSchema>(name: &'static str) -> Named {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    close(&mut schema);
    Named { name, schema }
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

/// `schema NAME`: the schema itself.
#[derive(Serialize, Debug)]
pub struct SchemaShown(pub Value);

impl Document for SchemaShown {
    fn text(&self, _: &Medium) -> String {
        // A schema is made of texts of this program: it can be printed.
        self.json().unwrap_or_default()
    }
}

/// `schema` without a name: all there are.
#[derive(Debug)]
pub struct SchemaList {
    /// In the order in which they are listed.
    pub all: Vec<Named>,
}

object! {
    /// What `schema` answers: the names of all JSON Schemas.
    "schemas" it: SchemaList { schemas: &it.all }
}

row! {
    it: Named {
        name => text("schema"),
        id: it.told("$id"),
        about: it.told("description") => text,
    }
}

impl Named {
    fn told(&self, key: &str) -> &str {
        self.schema.get(key).and_then(Value::as_str).unwrap_or_default()
    }
}

impl Document for SchemaList {
    fn text(&self, medium: &Medium) -> String {
        format!("{}\n`exquota schema NAME` prints one of them.\n", Table::of(&self.all).text(medium))
    }
}
