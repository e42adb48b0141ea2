//! What the bytes of a file are: text in UTF-8, or something else, by its name.

use crate::domain::fault::{Fault, FaultCode};

/// The byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

const EXCEL: &str = "open it in the spreadsheet and save it as `CSV UTF-8`";

/// How files begin that are no text in UTF-8; what they are; what to do.
const BEGINNINGS: [(&[u8], &str, &str); 6] = [
    (b"\x1f\x8b", "the file is compressed by gzip", "unpack it first, with `gunzip`"),
    (b"PK\x03\x04", "the file is a workbook or another ZIP archive", EXCEL),
    (b"\xd0\xcf\x11\xe0", "the file is an old Excel workbook", EXCEL),
    (b"\xff\xfe\0\0", "the file is UTF-32 text", "save it as `CSV UTF-8`, or run `iconv -f UTF-32 -t UTF-8` on it"),
    (b"\xff\xfe", UTF_16, FROM_UTF_16),
    (b"\xfe\xff", UTF_16, FROM_UTF_16),
];

const UTF_16: &str = "the file is UTF-16 text";
const FROM_UTF_16: &str = "save it as `CSV UTF-8`, or run `iconv -f UTF-16 -t UTF-8` on it";

/// What separates cells in place of commas.
const SEPARATORS: [(char, &str); 3] = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];

/// The text, without a byte order mark, every line ending with `\n` alone: lines and byte columns stay what they are.
/// Of what is no UTF-8, as much text as there is to underline, and what is wrong.
pub(super) fn text(mut bytes: Vec<u8>) -> Result<String, (String, Vec<Fault>)> {
    let whole = |told: &str, help: &str| (String::new(), vec![Fault::new(FaultCode::NotUtf8, told).help(help)]);
    if let Some((_, told, help)) = BEGINNINGS.iter().find(|(beginning, ..)| bytes.starts_with(beginning)) {
        return Err(whole(told, help));
    }
    if matches!(bytes.as_slice(), [0, 1..=255, 0, 1..=255, ..] | [1..=255, 0, 1..=255, 0, ..]) {
        return Err(whole(UTF_16, FROM_UTF_16));
    }
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(plain(text)),
        Err(error) => Err(foreign(error.as_bytes(), error.utf8_error().valid_up_to())),
    }
}

fn plain(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Text in another encoding, the first place of it underlined.
fn foreign(bytes: &[u8], at: usize) -> (String, Vec<Fault>) {
    let before = plain(String::from_utf8_lossy(bytes.get(..at).unwrap_or_default()).into_owned());
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    // Western letters stand alone among ASCII; other scripts, and UTF-8, have bytes above it in a row.
    let above = bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()).filter(|run| !run.is_ascii());
    let (alone, rows): (Vec<_>, Vec<_>) = above.partition(|run| run.len() == 1);
    let (told, help) = if alone.len() > rows.len() {
        (
            "the file is Windows-1252 (ANSI) text, as it seems, and not UTF-8",
            "save it as `CSV UTF-8`, or run `iconv -f WINDOWS-1252 -t UTF-8` on it",
        )
    } else {
        ("the file is not UTF-8 text", "save it as `CSV UTF-8`; `iconv -f GB18030 -t UTF-8` converts Chinese text")
    };
    let fault = Fault::new(FaultCode::NotUtf8, told).line(before.matches('\n').count() as u64 + 1);
    let fault = fault.column((before.len() - start) as u64 + 1).help(help);
    let span = before.len()..before.len() + char::REPLACEMENT_CHARACTER.len_utf8();
    (plain(String::from_utf8_lossy(bytes).into_owned()), vec![Fault { span: Some(span), ..fault }])
}

/// What a file's first row says of its form, if that is not cells with commas between them.
pub(super) fn other_form(row: &str) -> Option<Fault> {
    let invalid = |told: String, help: &str| Some(Fault::new(FaultCode::FieldInvalid, told).help(help));
    let head = row.trim().trim_matches('"');
    if head.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep=")) {
        let told = format!("`{head}` is a line for Excel, and no heading");
        return invalid(told, "delete the line, and save the rows with commas between their cells");
    }
    let unquoted = || row.split('"').step_by(2);
    let count = |separator: char| unquoted().flat_map(|part| part.matches(separator)).count();
    let most = SEPARATORS.into_iter().max_by_key(|(separator, _)| count(*separator));
    let (_, name) = most.filter(|(separator, _)| count(*separator) > count(','))?;
    let help = "save the file as CSV with commas; Excel takes the separator from the region settings of the system";
    invalid(format!("the cells are separated by {name}, not by commas"), help)
}
