//! Documents and table rows. Each key is declared once.
//!
//! [`object!`] takes a type and the keys of its JSON object. It makes `Serialize` and `JsonSchema` from them, so that
//! the two can't differ. A key alone stands for the field of that name. `key: expression` gives any other value; the
//! type of the value gives the schema. A domain type can be declared directly: it needs no second struct.
//!
//! [`row!`] does the same for a type that is also a row of a table. The columns that show a key follow the key:
//!
//! ```text
//! row! {
//!     row: HeadroomRow {
//!         group => text,                                          // the key gives heading and cell
//!         committed,                                              // only in JSON
//!         used_percent: row.percent() => number("used %").goes(7),  // another heading; left out when the terminal is narrow
//!         status => bar("of limit") = bar(row) => text,           // two columns; the first has its own cell
//!     }
//! }
//! ```
//!
//! A document names its kind before its type: `"plan" plan: Plan { ... }`. Its first key is then `schema`. A table that
//! has no JSON, or whose rows differ from its JSON, declares its columns alone, with [`table!`](super::table::table).

use super::table::{Cell, Column, Table};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A type that is a row of a table.
pub(super) trait TableRow {
    /// Returns the columns.
    fn columns() -> Vec<Column>;
    /// Adds one cell for each column.
    fn cells(&self, cells: &mut Vec<Cell>);
}

impl Table {
    /// Makes a table of these rows.
    pub(super) fn of<'r, R: TableRow + 'r>(rows: impl IntoIterator<Item = &'r R>) -> Table {
        let mut table = Table::new(R::columns());
        for row in rows {
            let mut cells = Vec::new();
            row.cells(&mut cells);
            table.push(cells);
        }
        table
    }
}

/// Collects the keys of an object's schema.
pub(super) struct Members<'g> {
    generator: &'g mut SchemaGenerator,
    schema: Schema,
}

impl<'g> Members<'g> {
    pub(super) fn new(generator: &'g mut SchemaGenerator) -> Self {
        Members { generator, schema: json_schema!({ "type": "object", "properties": {}, "required": [] }) }
    }

    /// Adds `schema`, the first key of a document.
    pub(super) fn kind(&mut self, kind: &str) {
        self.insert("schema", json!({ "type": "string", "const": kind }), true);
    }

    /// Adds a key that is always present. The closure is never called: it only gives the type of the value.
    pub(super) fn member<'v, T: 'v, V: JsonSchema>(&mut self, key: &str, about: &str, _: impl FnOnce(&'v T) -> V) {
        self.add::<V>(key, about, true);
    }

    /// Adds a key that is absent when it has no value.
    pub(super) fn optional<'v, T: 'v, V: JsonSchema>(
        &mut self,
        key: &str,
        about: &str,
        _: impl FnOnce(&'v T) -> Option<V>,
    ) {
        self.add::<V>(key, about, false);
    }

    fn add<V: JsonSchema>(&mut self, key: &str, about: &str, required: bool) {
        let mut schema = self.generator.subschema_for::<V>();
        describe(&mut schema, about);
        self.insert(key, schema.to_value(), required);
    }

    fn insert(&mut self, key: &str, schema: Value, required: bool) {
        let object = self.schema.ensure_object();
        object["properties"][key] = schema;
        if let Some(keys) = object["required"].as_array_mut().filter(|_| required) {
            keys.push(key.into());
        }
    }

    pub(super) fn described(mut self, about: &str) -> Schema {
        describe(&mut self.schema, about);
        self.schema
    }
}

fn describe(schema: &mut Schema, about: &str) {
    if !about.is_empty() {
        schema.insert("description".to_owned(), about.trim().into());
    }
}

/// Declares the keys of a JSON object. The head of this file explains the syntax.
macro_rules! object {
    ($(#[doc = $about:literal])* $($kind:literal)? $this:ident: $type:ty {
        $($(#[doc = $doc:literal])* $key:ident $(($optional:ident))? $(: $value:expr)?),* $(,)?
    }) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                #[allow(unused_variables, reason = "a value may be a constant")]
                let $this = self;
                let mut object = serializer.serialize_map(None)?;
                $(object.serialize_entry("schema", concat!("exquota/", $kind, "/1"))?;)?
                $($crate::report::row::member!(object $this $key ($($optional)?) ($($value)?));)*
                object.end()
            }
        }

        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($type))
            }

            #[allow(unused_variables, reason = "a value may be a constant")]
            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let mut members = $crate::report::row::Members::new(generator);
                $(members.kind(concat!("exquota/", $kind, "/1"));)?
                $($crate::report::row::member!(
                    members $this: $type, $key ($($optional)?) ($($value)?) concat!($($doc),*)
                );)*
                members.described(concat!($($about),*))
            }
        }
    };
}

/// Writes one key of an object, or adds it to a schema.
macro_rules! member {
    ($object:ident $this:ident $key:ident () $value:tt) => {
        $object.serialize_entry(stringify!($key), &$crate::report::row::value!($this $key $value))?
    };
    ($object:ident $this:ident $key:ident (optional) $value:tt) => {
        if let Some(value) = &$crate::report::row::value!($this $key $value) {
            $object.serialize_entry(stringify!($key), value)?;
        }
    };
    ($members:ident $this:ident: $type:ty, $key:ident () $value:tt $about:expr) => {
        $members.member::<$type, _>(stringify!($key), $about, |$this| $crate::report::row::value!($this $key $value))
    };
    ($members:ident $this:ident: $type:ty, $key:ident (optional) $value:tt $about:expr) => {
        $members.optional::<$type, _>(stringify!($key), $about, |$this| $crate::report::row::value!($this $key $value))
    };
}

/// The value of a key: the stated expression, or else the field of the key's name.
macro_rules! value {
    ($this:ident $key:ident ()) => {
        &$this.$key
    };
    ($this:ident $key:ident ($value:expr)) => {
        $value
    };
}

/// Declares the keys of a JSON object and the columns of a table. The head of this file explains the syntax.
macro_rules! row {
    ($(#[doc = $about:literal])* $this:ident: $type:ty {
        $($(#[doc = $doc:literal])* $key:ident $(: $value:expr)? $(=>
            $column:ident $(($heading:literal))? $(. $how:ident ($($order:literal)?))* $(= $cell:expr)?
        )*),* $(,)?
    }) => {
        $crate::report::row::object! {
            $(#[doc = $about])* $this: $type { $($(#[doc = $doc])* $key $(: $value)?),* }
        }

        impl $crate::report::row::TableRow for $type {
            fn columns() -> Vec<$crate::report::table::Column> {
                vec![$($(
                    $crate::report::table::Column::$column($crate::report::row::heading!($key $($heading)?))
                        $(.$how($($order)?))*,
                )*)*]
            }

            fn cells(&self, cells: &mut Vec<$crate::report::table::Cell>) {
                let $this = self;
                $($crate::report::row::cells!(cells $this $key ($($value)?) $([$($cell)?])*);)*
            }
        }
    };
}

macro_rules! heading {
    ($key:ident) => {
        stringify!($key)
    };
    ($key:ident $heading:literal) => {
        $heading
    };
}

macro_rules! cells {
    ($cells:ident $this:ident $key:ident $value:tt $([$($cell:expr)?])*) => {
        $($crate::report::row::cells!(@one $cells $this $key $value $($cell)?);)*
    };
    (@one $cells:ident $this:ident $key:ident $value:tt) => {
        $cells.push($crate::report::table::InCell::cell(&$crate::report::row::value!($this $key $value)))
    };
    (@one $cells:ident $this:ident $key:ident $value:tt $cell:expr) => {
        $cells.push($crate::report::table::InCell::cell(&$cell))
    };
}

pub(super) use {cells, heading, member, object, row, value};

#[cfg(test)]
mod tests;
