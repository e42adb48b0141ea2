use super::*;
use crate::domain::text::Text;
use crate::report::medium::Medium;
use schemars::SchemaGenerator;

struct Sample {
    name: Text,
    left: Option<i64>,
}

row! {
    /// What is sampled.
    it: Sample {
        name => text,
        /// None where nothing is known.
        left => number("left over").dashed(),
        known: it.left.is_some() => text = if it.left.is_some() { "yes" } else { "no" },
    }
}

struct Samples {
    all: Vec<Sample>,
    note: Option<Text>,
}

object! {
    "samples" it: Samples { all, note(optional): it.note.as_ref() }
}

fn samples() -> Samples {
    let sample = |name, left| Sample { name: Text::new(name), left };
    Samples { all: vec![sample("a", Some(1500)), sample("b", None)], note: None }
}

#[test]
fn one_declaration_makes_json_schema_and_table() -> serde_json::Result<()> {
    let mut samples = samples();
    let json = r#"{"schema":"exquota/samples/1","all":[{"name":"a","left":1500,"known":true},{"name":"b","left":null,"known":false}]"#;
    assert_eq!(serde_json::to_string(&samples)?, format!("{json}}}"));
    let schema = SchemaGenerator::default().into_root_schema_for::<Sample>().to_value();
    let left = json!({ "type": ["integer", "null"], "format": "int64", "description": "None where nothing is known." });
    assert_eq!(schema["properties"]["left"], left);
    assert_eq!(schema["required"], json!(["name", "left", "known"]));
    assert_eq!(schema["description"], "What is sampled.");
    let table = Table::of(&samples.all);
    assert_eq!(table.text(&Medium::PLAIN), "name  left over  known\na         1,500  yes\nb             -  no\n");
    assert_eq!(table.csv(), "name,left over,known\na,1500,yes\nb,,no\n");
    samples.note = Some(Text::new("n"));
    assert_eq!(serde_json::to_string(&samples)?, format!(r#"{json},"note":"n"}}"#));
    Ok(())
}

#[test]
fn a_key_that_may_be_missing_is_not_required() {
    let schema = SchemaGenerator::default().into_root_schema_for::<Samples>().to_value();
    assert_eq!(schema["required"], json!(["schema", "all"]));
    assert_eq!(schema["properties"]["note"], json!({ "type": "string" }));
    assert_eq!(schema["properties"]["schema"]["const"], "exquota/samples/1");
}
