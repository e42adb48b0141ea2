//! JSON Schemas of the documents that the program prints. They are made from the printed types.
//!
//! They are strict: a document has no key that its schema does not name, and always has every required key.

use super::carried::{PolicyList, PolicySource};
use super::comparison::Comparison;
use super::completions::Script;
use super::customers::Customers;
use super::decision::Decision;
use super::diff::Diff;
use super::entries::{Log, Shown};
use super::explain::{CodeList, Explained};
use super::export::Exported;
use super::failure::Failure;
#[cfg(feature = "postgres")]
use super::founding::Loaded;
use super::headroom::Headroom;
use super::headrooms::Headrooms;
use super::html::Report;
use super::import::Imported;
use super::licences::Licences;
use super::manual::Manual;
use super::medium::Medium;
use super::plan::Plan;
use super::policies::{PolicyChecks, PolicyShown};
use super::policy_diff::PoliciesCompared;
use super::policy_keys::PolicyKeys;
use super::policy_test::PolicyTests;
use super::proof::{CheckpointMade, KeyMade, ProofsMade, Verification};
use super::rebase::Rebase;
use super::recovery::Recovery;
use super::row::{object, row};
use super::status::Status;
use super::table::Table;
use super::trace::Trace;
use super::validation::Validation;
use super::voids::Voids;
use super::whatif::WhatIf;
use super::{Document, Json};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The dialect of all schemas.
pub const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A JSON Schema by name.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name that a user asks for. For a document it is the name in its `schema` key.
    pub name: &'static str,
    pub schema: Value,
}

/// The schemas of all kinds of documents, ordered by name.
///
/// A line of a ledger is a reference to `#/$defs/line`, or to `#/$defs/entry` if it has `void_by`. Only the store knows
/// the form of a line.
pub fn documents() -> Vec<Named> {
    vec![
        named::<CheckpointMade>("checkpoint"),
        named::<Script>("completions"),
        named::<Customers>("customers"),
        named::<Decision>("decision"),
        named::<Diff>("diff"),
        named::<Failure>("error"),
        named::<Explained>("explanation"),
        named::<CodeList>("explanations"),
        named::<Exported>("export"),
        named::<Headroom>("headroom"),
        named::<Headrooms>("headrooms"),
        named::<Comparison>("comparison"),
        named::<Imported>("import"),
        named::<KeyMade>("key"),
        #[cfg(feature = "postgres")]
        named::<Loaded>("load"),
        named::<Licences>("licences"),
        named::<Log>("log"),
        named::<Manual>("manual"),
        named::<Plan>("plan"),
        named::<PolicyChecks>("policy-check"),
        named::<PoliciesCompared>("policy-diff"),
        named::<PolicyKeys>("policy-keys"),
        named::<PolicyList>("policy-list"),
        // `policy` is the schema of the file that people write.
        named::<PolicyShown>("policy-show"),
        named::<PolicySource>("policy-source"),
        named::<PolicyTests>("policy-test"),
        named::<ProofsMade>("proof"),
        named::<Rebase>("rebase"),
        named::<Recovery>("recovery"),
        named::<Report>("report"),
        named::<SchemaList>("schemas"),
        named::<Shown>("show"),
        named::<SqlShown>("sql"),
        named::<Status>("status"),
        named::<Trace>("trace"),
        named::<Validation>("validation"),
        named::<Verification>("verification"),
        named::<Voids>("voids"),
        named::<WhatIf>("whatif"),
    ]
}

/// Puts the dialect and an address at the head of a schema.
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

/// Forbids keys that an object does not declare.
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

/// The answer of `schema NAME`: the schema itself.
#[derive(Serialize, Debug)]
pub struct SchemaShown(pub Value);

impl Document for SchemaShown {
    fn text(&self, _: &Medium) -> String {
        // A schema holds only texts of this program, so it can always be printed.
        self.json().unwrap_or_default()
    }
}

/// The answer of `schema postgres`: what a database needs for shared ledgers.
#[derive(Debug)]
pub struct SqlShown {
    pub sql: &'static str,
}

object! {
    /// What `schema postgres` answers: the SQL for the administrator of a database.
    "sql" it: SqlShown { sql }
}

impl Document for SqlShown {
    fn text(&self, _: &Medium) -> String {
        self.sql.to_owned()
    }
}

/// The answer of `schema` without a name: all schemas.
#[derive(Debug)]
pub struct SchemaList {
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
        format!(
            "{}\n`exquota schema NAME` prints one of them; `exquota schema postgres` prints the SQL for shared ledgers.\n",
            Table::of(&self.all).text(medium)
        )
    }
}
