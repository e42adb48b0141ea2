//! `schema`: prints JSON Schemas of policies, ledger entries, and all documents that the program prints, and the SQL of
//! shared ledgers.

use crate::commands::error::{Misuse, did_you_mean};
use crate::commands::{Answer, Exit};
use crate::report::Document;
use crate::report::schemas::{self, Named, SchemaList, SchemaShown, SqlShown};
use crate::store::ledger::shared::SCHEMA;
use crate::store::policy::{cases, policy_schema};
use crate::store::record::line_schema;
use serde_json::{Value, json};

/// The name of the one schema that is SQL.
const POSTGRES: &str = "postgres";

/// Answers with the schema of this name; without a name, with the list of all.
pub fn run(name: Option<&str>) -> anyhow::Result<Answer> {
    let mut all = all();
    let document: Box<dyn Document> = match name {
        None => Box::new(SchemaList { all }),
        Some(POSTGRES) => Box::new(SqlShown { sql: SCHEMA }),
        Some(name) => match all.iter().position(|named| named.name == name) {
            Some(index) => Box::new(SchemaShown(all.swap_remove(index).schema)),
            None => {
                let near = did_you_mean(name, all.iter().map(|named| named.name).chain([POSTGRES]), "");
                let next = format!("{near} `exquota schema` lists all schemas");
                return Err(Misuse::new(format!("there is no schema `{name}`"), next.trim_start()).into());
            }
        },
    };
    Ok(Answer { document, exit: Exit::Fine, warnings: Vec::new() })
}

/// All schemas: first those of files, then those of documents.
fn all() -> Vec<Named> {
    let mut all = vec![
        Named { name: "entry", schema: line_schema() },
        Named { name: "policy", schema: policy_schema() },
        Named { name: "tests", schema: cases::tests_schema() },
    ];
    all.extend(schemas::documents().into_iter().map(with_entries));
    all.into_iter().map(|named| Named { schema: schemas::headed(named.name, named.schema), ..named }).collect()
}

/// Documents hold lines as the ledger does. Entries in them also name the entry that voids them.
fn with_entries(mut named: Named) -> Named {
    let text = named.schema.to_string();
    if text.contains("#/$defs/line") {
        named.schema["$defs"]["line"] = line_schema();
    }
    if text.contains("#/$defs/entry") {
        let mut entry = line_schema();
        entry["properties"]["void_by"] = json!({ "type": ["integer", "null"], "minimum": 1 });
        if let Some(required) = entry["required"].as_array_mut() {
            required.push(Value::from("void_by"));
        }
        named.schema["$defs"]["entry"] = entry;
    }
    named
}
