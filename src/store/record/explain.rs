//! The slow reader: it reads a line that the fast reader gave up on, and finds the faults and their places.

use super::json::{self, Member, Node, NodeKind, Parsed};
use super::text::{is_forbidden, named};
use super::value::{Optional, Value, shown};
use super::{LONGEST, Record, layout, write_line};
use crate::domain::fault::{Fault, FaultCode};
use crate::domain::text::{Text, nearest};
use std::ops::Range;
use std::str::from_utf8;

/// Reads any spelling of an entry. A spelling that is not canonical is a fault.
pub(super) fn read(line: &[u8], number: u64) -> Result<Record, Vec<Fault>> {
    let mut faults = Faults { number, found: Vec::new() };
    let record = explain(line, &mut faults);
    if faults.found.is_empty()
        && let Some(record) = &record
    {
        check_canonical(line, record, &mut faults);
    }
    match record {
        Some(record) if faults.found.is_empty() => Ok(record),
        _ => Err(faults.in_order()),
    }
}

/// The fault of a line that is too long to be read.
pub(in crate::store) fn too_long(number: u64) -> Vec<Fault> {
    let mut faults = Faults { number, found: Vec::new() };
    faults.add_whole(FaultCode::LineTooLong, TOO_LONG);
    faults.in_order()
}

const TOO_LONG: &str = "the line is longer than 16 MiB";
const CR_LF: &str = "the line ends with CR LF, not with LF";
const CHECK_OUT: &str = "git (`core.autocrlf`) or an editor changed the line ends: put `*.jsonl -text` into \
                         `.gitattributes`, delete the file, and restore it with `git checkout -- FILE`";

/// Checks from the bytes inwards. An outer mistake hides the inner ones, which it may have caused.
fn explain(line: &[u8], faults: &mut Faults) -> Option<Record> {
    let text = plain_text(line, faults)?;
    let Parsed { root, duplicates } = match json::parse(text) {
        Ok(parsed) => parsed,
        Err(json::NotJson { at, message }) => {
            faults.add(FaultCode::NotJson, &(at..at), message);
            return None;
        }
    };
    for (key, place) in duplicates {
        let message = format!("the key `{}` is twice in one object", shown(&key));
        faults.add(FaultCode::KeyDuplicate, &place, message);
    }
    if !matches!(root.kind, NodeKind::Object(_) | NodeKind::List(_)) {
        let message = format!("the line is {}, not an object", kind_of(&root.kind));
        faults.add(FaultCode::NotJson, &root.place, message);
        return None;
    }
    layout::explain_record(&root, faults)
}

/// The line as text that can be parsed: not too long, not blank, UTF-8, without forbidden characters.
fn plain_text<'a>(line: &'a [u8], faults: &mut Faults) -> Option<&'a str> {
    if line.len() > LONGEST {
        faults.add_whole(FaultCode::LineTooLong, TOO_LONG);
        return None;
    }
    if line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
        faults.add_whole(FaultCode::LineBlank, "the line is blank");
        return None;
    }
    let text = match from_utf8(line) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let byte = line.get(at).copied().unwrap_or_default();
            // No span: a span must end between two characters.
            let message = format!("byte 0x{byte:02x} is not UTF-8");
            let fault = Fault::new(FaultCode::NotUtf8, message).line(faults.number);
            faults.found.push(fault.column(column(at)));
            return None;
        }
    };
    if text.starts_with('\u{feff}') {
        let message = "the line starts with a byte order mark";
        faults.add(FaultCode::ControlCharacter, &(0..'\u{feff}'.len_utf8()), message);
        return None;
    }
    if let Some((at, character)) = text.char_indices().find(|(_, character)| is_forbidden(*character)) {
        let place = at..at + character.len_utf8();
        let message = format!("the line holds {}", named(character));
        let is_line_end = character == '\r' && place.end == text.len();
        let (message, help) =
            if is_line_end { (CR_LF.to_owned(), Some(CHECK_OUT.to_owned())) } else { (message, None) };
        faults.add_with_help(FaultCode::ControlCharacter, &place, message, help);
        if let Some(fault) = faults.found.last_mut() {
            fault.shared = is_line_end;
        }
        return None;
    }
    Some(text)
}

/// Adds a fault if writing the entry again does not give the same bytes.
fn check_canonical(line: &[u8], record: &Record, faults: &mut Faults) {
    /// How many of the expected characters the message shows.
    const SHOWN: usize = 24;
    let canonical = write_line(&record.prev, &record.entry);
    if canonical == line {
        return;
    }
    let same = line.iter().zip(&canonical).take_while(|(stands, due)| stands == due).count();
    let due = String::from_utf8_lossy(canonical.get(same..).unwrap_or_default());
    let message = match due.chars().take(SHOWN).collect::<String>() {
        none if none.is_empty() => "not canonical: the line must end here".to_owned(),
        due => format!("not canonical: expected `{due}` here"),
    };
    let column = column(same);
    let fault = Fault::new(FaultCode::NotCanonical, message).line(faults.number).column(column);
    faults.found.push(fault);
}

/// The most faults reported for one line. A hostile line may have millions, and more of them explain nothing.
const MOST_FAULTS: usize = 50;

/// The faults of one line.
pub(super) struct Faults {
    number: u64,
    found: Vec<Fault>,
}

impl Faults {
    /// Adds a fault of these bytes of the line.
    pub(super) fn add(&mut self, code: FaultCode, place: &Range<usize>, message: impl Into<String>) {
        self.add_with_help(code, place, message, None);
    }

    fn add_with_help(
        &mut self,
        code: FaultCode,
        place: &Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if self.found.len() >= MOST_FAULTS {
            return;
        }
        let mut fault = Fault::new(code, message).line(self.number).column(column(place.start));
        fault.span = Some(place.clone());
        fault.help = help;
        self.found.push(fault);
    }

    /// Adds a fault of the whole line.
    fn add_whole(&mut self, code: FaultCode, message: impl Into<String>) {
        self.found.push(Fault::new(code, message).line(self.number));
    }

    /// Adds the fault of an unknown key, and gives the known key that was probably meant.
    pub(super) fn add_unknown_key(
        &mut self,
        member: &Member<'_>,
        called: &str,
        known: &[&'static str],
    ) -> Option<Text> {
        let message = format!("{called} has no key `{}`", shown(member.name()));
        let near = nearest(member.name(), known.iter().copied()).into_iter().next();
        let help = match &near {
            Some(name) => format!("did you mean `{name}`?"),
            None => "use a newer exquota, if one wrote the line: `exquota explain field-unknown`".to_owned(),
        };
        self.add_with_help(FaultCode::FieldUnknown, &member.key.place, message, Some(help));
        near
    }

    /// Removes all faults.
    pub(super) fn clear(&mut self) {
        self.found.clear();
    }

    /// The faults in their order in the line.
    fn in_order(mut self) -> Vec<Fault> {
        self.found.sort_by_key(|fault| fault.column);
        if self.found.is_empty() {
            // This never happens: no value is none without a fault. But an unread line must not pass as good.
            self.add_whole(FaultCode::FieldInvalid, "the line can't be read");
        }
        self.found
    }
}

/// The column of a byte offset. Columns count from 1.
fn column(at: usize) -> u64 {
    u64::try_from(at).map_or(u64::MAX, |at| at.saturating_add(1))
}

/// The kind of a JSON value, in words.
pub(super) fn kind_of(kind: &NodeKind<'_>) -> &'static str {
    match kind {
        NodeKind::Null => "null",
        NodeKind::Bool => "true or false",
        NodeKind::Number(_) => "a number",
        NodeKind::Text(_) => "a text",
        NodeKind::List(_) => "a list",
        NodeKind::Object(_) => "an object",
    }
}

/// The members of an object. Adds a fault if the node is no object.
pub(super) fn members<'n, 'a>(node: &'n Node<'a>, called: &str, faults: &mut Faults) -> Option<&'n [Member<'a>]> {
    let code = match &node.kind {
        NodeKind::Object(members) => return Some(members),
        // serde would accept a list for a struct. The design makes it a spelling that is not canonical.
        NodeKind::List(_) => FaultCode::NotCanonical,
        _ => FaultCode::FieldInvalid,
    };
    let message = format!("{called} is {}, not an object", kind_of(&node.kind));
    faults.add(code, &node.place, message);
    None
}

/// An object with known keys, each at most once.
pub(super) struct Fields<'n, 'a> {
    object: &'n Node<'a>,
    called: String,
    members: &'n [Member<'a>],
    /// The known keys that the unknown keys were probably meant to be. That they are missing is the same mistake.
    meant: Vec<Text>,
}

impl<'n, 'a> Fields<'n, 'a> {
    /// Reads an object, and reports every unknown key.
    pub(super) fn of(object: &'n Node<'a>, called: &str, known: &[&'static str], faults: &mut Faults) -> Option<Self> {
        let members = members(object, called, faults)?;
        let mut meant = Vec::new();
        for member in members.iter().filter(|member| !known.contains(&member.name())) {
            meant.extend(faults.add_unknown_key(member, called, known));
        }
        Some(Fields { object, called: called.to_owned(), members, meant })
    }

    fn get(&self, key: &str) -> Option<&'n Node<'a>> {
        self.members.iter().find(|member| member.name() == key).map(|member| &member.value)
    }

    /// The value of a required key.
    pub(super) fn node(&self, key: &str, faults: &mut Faults) -> Option<&'n Node<'a>> {
        let node = self.get(key);
        if node.is_none() && !self.meant.iter().any(|meant| meant.as_str() == key) {
            let message = format!("{} has no `{key}`", self.called);
            faults.add(FaultCode::FieldMissing, &self.object.place, message);
        }
        node
    }

    /// Reads a required field.
    pub(super) fn must<T: Value>(&self, key: &str, faults: &mut Faults) -> Option<T> {
        let node = self.node(key, faults)?;
        T::explain(node, &format!("`{key}`"), faults)
    }

    /// Reads an optional field. Null means the same as no field, but is not canonical.
    pub(super) fn may<T: Optional>(&self, key: &str, faults: &mut Faults) -> Option<T> {
        match self.get(key) {
            None | Some(Node { kind: NodeKind::Null, .. }) => Some(T::default()),
            Some(node) => T::explain(node, &format!("`{key}`"), faults),
        }
    }

    /// Adds the fault that this program does not know the line's version.
    pub(super) fn version_unknown(&self, faults: &mut Faults) {
        if let Some(node) = self.get("v") {
            let message = "this program does not know the version of the line";
            let help = "read it with a newer program; this one knows version 1".to_owned();
            faults.add_with_help(FaultCode::VersionUnknown, &node.place, message, Some(help));
        }
    }
}
