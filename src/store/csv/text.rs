//! Decodes the bytes of a file: UTF-8 text, or another format, which the fault names.

use crate::domain::fault::{Fault, FaultCode};

/// The byte order mark.
const MARK: &[u8] = "\u{feff}".as_bytes();

const EXCEL: &str = "open it in the spreadsheet and save it as `CSV UTF-8`";

/// The first bytes of files that are not UTF-8 text, with the message and the help.
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

/// Separators that some files have instead of commas.
const SEPARATORS: [(char, &str); 3] = [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")];

/// The text, without a byte order mark, and with `\n` as the only line end: lines and byte columns do not change. For
/// bytes that are not UTF-8, the text that can be shown, and the fault.
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

/// The fault of a text in another encoding, at its first byte that is not UTF-8.
fn foreign(bytes: &[u8], at: usize) -> (String, Vec<Fault>) {
    let before = plain(String::from_utf8_lossy(bytes.get(..at).unwrap_or_default()).into_owned());
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    // In Western encodings a non-ASCII byte mostly stands alone. In other scripts, and in UTF-8, several follow one
    // another.
    let above = bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()).filter(|run| !run.is_ascii());
    let (alone, rows): (Vec<_>, Vec<_>) = above.partition(|run| run.len() == 1);
    let (told, help) = if alone.len() > rows.len() {
        (
            "the file is not UTF-8; it seems to be Windows-1252 (ANSI) text",
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

/// The fault of a first row that is not cells separated by commas.
pub(super) fn other_form(row: &str) -> Option<Fault> {
    let invalid = |told: String, help: &str| Some(Fault::new(FaultCode::FieldInvalid, told).help(help));
    let head = row.trim().trim_matches('"');
    if head.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep=")) {
        let told = format!("`{head}` is a line for Excel, not a header");
        return invalid(told, "delete the line, and save the file with commas between the cells");
    }
    let unquoted = || row.split('"').step_by(2);
    let count = |separator: char| unquoted().flat_map(|part| part.matches(separator)).count();
    let most = SEPARATORS.into_iter().max_by_key(|(separator, _)| count(*separator));
    let (_, name) = most.filter(|(separator, _)| count(*separator) > count(','))?;
    let help = "save the file as CSV with commas; Excel takes the separator from the region settings of the system";
    invalid(format!("the cells are separated by {name}, not by commas"), help)
}
