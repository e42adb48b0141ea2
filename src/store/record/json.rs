//! The slow reader's JSON parser. Its tree keeps the place of every value, so that faults can name it.
//!
//! serde_json keeps the last of two equal keys, drops the places, and turns large numbers into floats. This parser
//! reports a duplicate key, and keeps a number as text.

use super::text::is_forbidden;
use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

/// A value and the bytes of the line it covers.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) place: Range<usize>,
    pub(super) kind: NodeKind<'a>,
}

/// A value, by its kind.
#[derive(Debug)]
pub(super) enum NodeKind<'a> {
    Null,
    Bool,
    Number(&'a str),
    Text(Quoted<'a>),
    List(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

/// A text, with its escapes resolved.
#[derive(Debug)]
pub(super) struct Quoted<'a> {
    pub(super) text: Cow<'a, str>,
    /// The forbidden characters that were written as escapes, with their places.
    pub(super) forbidden: Vec<(Range<usize>, char)>,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) key: Node<'a>,
    pub(super) value: Node<'a>,
}

impl Member<'_> {
    /// The key's text.
    pub(super) fn name(&self) -> &str {
        match &self.key.kind {
            NodeKind::Text(quoted) => &quoted.text,
            _ => "",
        }
    }
}

/// A line, parsed.
pub(super) struct Parsed<'a> {
    pub(super) root: Node<'a>,
    /// The name and place of each key that its object had already, at any depth. Their values are dropped.
    pub(super) duplicates: Vec<(String, Range<usize>)>,
}

/// Why a line is not JSON, and the offset of the mistake in bytes.
#[derive(Debug)]
pub(super) struct NotJson {
    pub(super) at: usize,
    pub(super) message: &'static str,
}

/// Parses a whole line.
pub(super) fn parse(text: &str) -> Result<Parsed<'_>, NotJson> {
    let mut parser = Parser { text, at: 0, duplicates: Vec::new() };
    let root = parser.value(0)?;
    parser.blanks();
    if parser.at < text.len() {
        return parser.fail("more text after the end of the object");
    }
    Ok(Parsed { root, duplicates: parser.duplicates })
}

/// The deepest nesting that is parsed. A line of the ledger has five levels; a hostile line must not exhaust the stack.
const DEEPEST: usize = 64;

struct Parser<'a> {
    text: &'a str,
    at: usize,
    duplicates: Vec<(String, Range<usize>)>,
}

impl<'a> Parser<'a> {
    fn fail<T>(&self, message: &'static str) -> Result<T, NotJson> {
        Err(NotJson { at: self.at, message })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, NotJson> {
        self.blanks();
        if depth > DEEPEST {
            return self.fail("nested too deeply");
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => NodeKind::Text(self.quoted()?),
            Some(b'-' | b'0'..=b'9') => NodeKind::Number(self.number()?),
            Some(_) => self.word()?,
            None => return self.fail("the line ends before a value"),
        };
        Ok(Node { place: start..self.at, kind })
    }

    fn word(&mut self) -> Result<NodeKind<'a>, NotJson> {
        let rest = &self.text[self.at..];
        for (word, kind) in [("null", NodeKind::Null), ("true", NodeKind::Bool), ("false", NodeKind::Bool)] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Ok(kind);
            }
        }
        self.fail("expected a value here")
    }

    fn number(&mut self) -> Result<&'a str, NotJson> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.fail("a number has no leading zero");
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if start == self.at { self.fail("expected a digit here") } else { Ok(()) }
    }

    fn list(&mut self, depth: usize) -> Result<NodeKind<'a>, NotJson> {
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']') {
            return Ok(NodeKind::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.blanks();
            if self.take(b']') {
                return Ok(NodeKind::List(items));
            }
            if !self.take(b',') {
                return self.fail("expected `,` or `]` here");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind<'a>, NotJson> {
        self.at += 1;
        let mut members: Vec<Member<'a>> = Vec::new();
        let mut names = HashSet::new();
        self.blanks();
        if self.take(b'}') {
            return Ok(NodeKind::Object(members));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return self.fail("expected a key in quotes here");
            }
            let start = self.at;
            let quoted = self.quoted()?;
            let place = start..self.at;
            self.blanks();
            if !self.take(b':') {
                return self.fail("expected `:` here");
            }
            let value = self.value(depth + 1)?;
            if names.insert(quoted.text.clone()) {
                members.push(Member { key: Node { place, kind: NodeKind::Text(quoted) }, value });
            } else {
                self.duplicates.push((quoted.text.into_owned(), place));
            }
            self.blanks();
            if self.take(b'}') {
                return Ok(NodeKind::Object(members));
            }
            if !self.take(b',') {
                return self.fail("expected `,` or `}` here");
            }
        }
    }

    fn quoted(&mut self) -> Result<Quoted<'a>, NotJson> {
        self.at += 1;
        let mut start = self.at;
        let mut whole = String::new();
        let mut forbidden = Vec::new();
        loop {
            match self.peek() {
                None => return self.fail("the line ends inside a text"),
                Some(b'"') => break,
                Some(b'\\') => {
                    whole.push_str(&self.text[start..self.at]);
                    let escape = self.at;
                    let character = self.escape()?;
                    if is_forbidden(character) {
                        forbidden.push((escape..self.at, character));
                    }
                    whole.push(character);
                    start = self.at;
                }
                Some(0..0x20) => return self.fail("a control character inside a text"),
                Some(_) => self.at += 1,
            }
        }
        let last = &self.text[start..self.at];
        self.at += 1;
        let text = if whole.is_empty() { Cow::Borrowed(last) } else { Cow::Owned(whole + last) };
        Ok(Quoted { text, forbidden })
    }

    fn escape(&mut self) -> Result<char, NotJson> {
        let start = self.at;
        let unknown = NotJson { at: start, message: "no such escape" };
        self.at += 1;
        let letter = self.peek().ok_or(NotJson { at: start, message: "the line ends inside a text" })?;
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.unit().ok_or(unknown)?;
                let mut units = vec![first];
                // A character above U+FFFF takes two escapes.
                if (0xd800..0xdc00).contains(&first) {
                    let two = self.take(b'\\') && self.take(b'u');
                    units.extend(two.then(|| self.unit()).flatten());
                }
                let half = NotJson { at: start, message: "half of a surrogate pair" };
                match char::decode_utf16(units).next() {
                    Some(Ok(character)) => character,
                    _ => return Err(half),
                }
            }
            _ => return Err(unknown),
        })
    }

    fn unit(&mut self) -> Option<u16> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).ok()
    }
}
