//! A strict reader of a page, without a browser: every element must be closed and every name escaped.

use std::collections::BTreeSet;

/// A piece of a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Open(String, Vec<(String, String)>),
    Close(String),
    Text(String),
}

impl Piece {
    /// The name and the attributes of the element that begins here.
    fn opened(&self) -> Option<(&str, &Vec<(String, String)>)> {
        match self {
            Piece::Open(name, attributes) => Some((name, attributes)),
            _ => None,
        }
    }
}

/// A page, and its pieces in order.
pub(crate) struct Page {
    pub(crate) source: String,
    pub(crate) pieces: Vec<Piece>,
}

/// Elements of HTML that are never closed.
const VOID: [&str; 3] = ["meta", "br", "wbr"];

impl Page {
    /// Reads the page. Fails if it is not well-formed.
    pub(crate) fn new(source: String) -> Page {
        let mut pieces = Vec::new();
        let mut rest = source.strip_prefix("<!DOCTYPE html>").expect("an HTML page");
        while !rest.is_empty() {
            let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            assert!(!text.contains('>'), "an unescaped `>` in {text:?}");
            if !text.is_empty() {
                pieces.push(Piece::Text(unescaped(text)));
            }
            let Some(tag) = tag.strip_prefix('<') else { break };
            if let Some(after) = tag.strip_prefix('/') {
                let (name, after) = after.split_once('>').expect("a closed tag");
                pieces.push(Piece::Close(name.to_owned()));
                rest = after;
                continue;
            }
            let (open, after) = opening(tag);
            rest = after;
            if let Piece::Open(name, _) = &open
                && name == "style"
            {
                // A style sheet is no markup.
                let (sheet, after) = rest.split_once("</style>").expect("the end of the style");
                pieces.extend([open, Piece::Text(sheet.to_owned()), Piece::Close("style".to_owned())]);
                rest = after;
            } else {
                pieces.push(open);
            }
        }
        let page = Page { source, pieces };
        page.must_be_nested();
        page
    }

    fn must_be_nested(&self) {
        let mut open: Vec<&str> = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Open(name, _) if !VOID.contains(&name.as_str()) => open.push(name),
                Piece::Close(name) => assert_eq!(open.pop(), Some(name.as_str()), "`{name}` is closed out of turn"),
                _ => {}
            }
        }
        assert!(open.is_empty(), "still open: {open:?}");
    }

    /// The attributes of the elements of this name.
    pub(crate) fn all(&self, name: &str) -> Vec<&Vec<(String, String)>> {
        let opened = self.pieces.iter().filter_map(Piece::opened);
        opened.filter(|(held, _)| *held == name).map(|(_, attributes)| attributes).collect()
    }

    pub(crate) fn attributes(&self) -> impl Iterator<Item = &(String, String)> {
        self.pieces.iter().flat_map(|piece| match piece {
            Piece::Open(_, attributes) => attributes.as_slice(),
            _ => &[],
        })
    }

    /// Names of all elements.
    pub(crate) fn elements(&self) -> BTreeSet<&str> {
        self.pieces.iter().filter_map(Piece::opened).map(|(name, _)| name).collect()
    }

    /// The pieces inside the element that begins at `index`.
    pub(crate) fn within(&self, index: usize) -> &[Piece] {
        let mut depth = 0;
        for (offset, piece) in self.pieces[index..].iter().enumerate() {
            match piece {
                Piece::Open(name, _) if !VOID.contains(&name.as_str()) => depth += 1,
                Piece::Close(_) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return &self.pieces[index + 1..index + offset];
            }
        }
        &[]
    }

    /// The indices at which elements of this name and class begin.
    pub(crate) fn find(&self, name: &str, class: &str) -> Vec<usize> {
        let is = |piece: &Piece| matches!(piece, Piece::Open(held, attributes) if held == name && (class.is_empty() || has_class(attributes, class)));
        self.pieces.iter().enumerate().filter(|(_, piece)| is(piece)).map(|(index, _)| index).collect()
    }

    /// The rows of headroom tables: each row's subject, and its cells with their labels.
    pub(crate) fn headroom(&self) -> Vec<(String, Vec<(String, String)>)> {
        let mut rows = Vec::new();
        for table in self.find("table", "headroom") {
            let (from, to) = (table + 1, table + 1 + self.within(table).len());
            for row in self.find("tr", "").into_iter().filter(|row| (from..to).contains(row)) {
                let (mut subject, mut cells) = (None, Vec::new());
                let end = row + 1 + self.within(row).len();
                for index in row + 1..end {
                    let Piece::Open(name, attributes) = &self.pieces[index] else { continue };
                    let of =
                        |key: &str| attributes.iter().find(|(held, _)| held == key).map(|(_, value)| value.clone());
                    match name.as_str() {
                        "th" if of("scope").as_deref() == Some("row") => subject = Some(text_of(self.within(index))),
                        "td" => cells.push((of("data-label").unwrap(), text_of(self.within(index)))),
                        _ => {}
                    }
                }
                rows.extend(subject.map(|subject| (subject, cells)));
            }
        }
        rows
    }

    /// The cells of the tables inside the element that begins at `index`, row by row, without the heads.
    pub(crate) fn rows(&self, index: usize) -> Vec<Vec<String>> {
        let end = index + 1 + self.within(index).len();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for at in index..end {
            let Piece::Open(name, attributes) = &self.pieces[at] else { continue };
            let is_cell = name == "td" || attributes.contains(&("scope".to_owned(), "row".to_owned()));
            match rows.last_mut() {
                _ if name == "tr" => rows.push(Vec::new()),
                Some(row) if is_cell => row.push(text_of(self.within(at))),
                _ => {}
            }
        }
        rows.retain(|row| !row.is_empty());
        rows
    }

    /// All text, in order.
    pub(crate) fn text(&self) -> String {
        text_of(&self.pieces)
    }
}

fn has_class(attributes: &[(String, String)], class: &str) -> bool {
    attributes.iter().any(|(key, value)| key == "class" && value.split(' ').any(|held| held == class))
}

/// The text that a browser shows, without the titles of drawings and without decoration.
pub(crate) fn text_of(pieces: &[Piece]) -> String {
    let mut hidden = 0;
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Open(name, attributes) if !VOID.contains(&name.as_str()) => {
                let hides = ["title", "desc", "style"].contains(&name.as_str())
                    || attributes.iter().any(|(key, value)| key == "aria-hidden" && value == "true");
                if hidden > 0 || hides {
                    hidden += 1;
                }
            }
            Piece::Close(_) if hidden > 0 => hidden -= 1,
            Piece::Text(piece) if hidden == 0 => text.push_str(piece),
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn opening(tag: &str) -> (Piece, &str) {
    let end = tag.find([' ', '>']).expect("a tag's end");
    let (name, mut rest) = tag.split_at(end);
    assert!(!name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()), "`{name}` is no element");
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            return (Piece::Open(name.to_owned(), attributes), after);
        }
        let (key, after) = rest.strip_prefix(' ').and_then(|rest| rest.split_once("=\"")).expect("an attribute");
        let (value, after) = after.split_once('"').expect("an attribute's end");
        assert!(key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-'), "`{key}` is no attribute");
        assert!(!value.contains(['<', '>']), "unescaped: {value:?}");
        assert!(attributes.iter().all(|(held, _)| held != key), "`{key}` is given twice");
        attributes.push((key.to_owned(), unescaped(value)));
        rest = after;
    }
}

fn unescaped(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    assert!(!plain.replace("&amp;", "").contains('&'), "an unescaped `&` in {text:?}");
    plain.replace("&amp;", "&")
}
