use super::*;
use crate::report::diagnostic;
use crate::report::table::{self, Table};
use proptest::prelude::*;

columns! { Parts:
    Number "number" ["part number", "part no."], Some(TextRule::Short), "";
    Name "name" ["order"], Some(TextRule::Long), "";
    Tags "tags" [], None, "";
}

const FORM: Form =
    Form { what: "the parts' file", columns: Parts::ALL, needs: "number; name | tags", lenient: false, exported: None };

/// The number and name of each row of a good file. For a bad file, each fault as `line:column [cell] message`.
fn read(bytes: &[u8], ignored: &[&str]) -> Result<Vec<(String, String)>, Vec<String>> {
    let ignored: Vec<String> = ignored.iter().map(|list| (*list).to_owned()).collect();
    let sheet = match Sheet::of(bytes.to_vec(), &FORM, |sheet| sheet.table(&ignored)) {
        Ok(sheet) => sheet,
        Err(Faulty { text, faults, .. }) => return Err(faults.iter().map(|fault| told(&text, fault)).collect()),
    };
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for mut row in sheet.rows() {
        if row.whole {
            rows.push((row.needed(Parts::Number).into_owned(), row.text(Parts::Name).unwrap_or_default().into_owned()));
            row.list(Parts::Tags);
        }
        faults.append(&mut row.faults);
    }
    if faults.is_empty() { Ok(rows) } else { Err(faults.iter().map(|fault| told(&sheet.text, fault)).collect()) }
}

fn told(text: &str, fault: &Fault) -> String {
    let place = |place: Option<u64>| place.map_or("-".to_owned(), |place| place.to_string());
    let cell = fault.span.clone().map_or("", |span| text.get(span).unwrap());
    format!("{}:{} [{cell}] {}", place(fault.line), place(fault.column), fault.message)
}

fn is_read(text: &str, rows: &[(&str, &str)]) {
    let rows: Vec<_> = rows.iter().map(|(number, name)| ((*number).to_owned(), (*name).to_owned())).collect();
    assert_eq!(read(text.as_bytes(), &[]), Ok(rows), "{text:?}");
}

fn is_wrong(bytes: impl AsRef<[u8]>, faults: &[&str]) {
    let bytes = bytes.as_ref();
    assert_eq!(read(bytes, &[]).unwrap_err(), faults, "{:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn every_line_end_and_a_byte_order_mark_are_read() {
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{feff}"] {
            for last in ["", end] {
                let text = format!("{mark}number,name{end}P1,A{end}P2,B{last}");
                is_read(&text, &[("P1", "A"), ("P2", "B")]);
            }
        }
        let text =
            format!("\u{feff}{end}number,name{end}{end}P1,A{end},{end}\"P,2\", 阿x\"{end}P3,{}{end}", "C".repeat(513));
        is_wrong(
            text,
            &[
                "6:8 [阿x\"] `name` has a stray quote",
                &format!("7:4 [{}] `name` is longer than 512 characters", "C".repeat(513)),
            ],
        );
    }
}

#[test]
fn headings_are_names_or_synonyms_in_any_case() {
    for header in ["number,name", "NUMBER,Name", " Part_No. , ORDER ", "\"Part Number\",\"order\"", "Ｐart-number,name"]
    {
        is_read(&format!("{header}\nP1,A\n"), &[("P1", "A")]);
    }
    is_read("name,tags,number\nA,x;y,P1\n", &[("P1", "A")]);
    is_wrong(
        "number,Part Number,name\nP1,P2,A\n",
        &["1:8 [Part Number] `Part Number` is the column `number` a second time"],
    );
    is_wrong("number\n", &["1:1 [number] the header has no column `name`, nor `tags`"]);
}

#[test]
fn empty_rows_and_empty_columns_without_a_heading_are_ignored() {
    is_read("\n , \nnumber,name\n\nP1,A\n,\n\"\",\"\"\n  \nP2,B\n\n", &[("P1", "A"), ("P2", "B")]);
    is_read("number,name,,\nP1,A\nP2,B,\nP3,C,,,\"\"\n", &[("P1", "A"), ("P2", "B"), ("P3", "C")]);
    is_read("number,,name\nP1,,A\n", &[("P1", "A")]);
    is_read("number,name\n", &[]);
    is_wrong("number,,name\nP1,x,A\n", &["2:4 [x] `x` stands under no heading"]);
    is_wrong(
        "number,name\nP1,A,,x\nP2\n",
        &["2:7 [x] 4 cells stand under 2 columns", "3:1 [P2] 1 cell stands under 2 columns"],
    );
    for nothing in ["", "\n\n", ",,\n", "\u{feff}"] {
        is_wrong(nothing, &["1:- [] the file is empty; its first line names the columns"]);
    }
}

#[test]
fn quotes_follow_rfc_4180() {
    is_read("number,name\n \"P, 1\" ,\"a \"\"b\"\"\"\nP2,\"\"\n", &[("P, 1", "a \"b\""), ("P2", "")]);
    for stray in ["\"New Co. (\"Beijing\")\"", "12\" rack", "\"A\"x", "A\"", "\"\"A\""] {
        let fault = format!("2:4 [{stray}] `name` has a stray quote");
        is_wrong(format!("number,name\nP1,{stray}\nP2,B\n"), &[fault.as_str()]);
    }
    is_wrong(
        "number,name\nP\"1,\"A\"x\n",
        &["2:1 [P\"1] `number` has a stray quote", "2:5 [\"A\"x] `name` has a stray quote"],
    );
    is_wrong(
        "number,\"na\"me\nP1,A\n",
        &[
            "1:8 [\"na\"me] a heading has a stray quote",
            "1:1 [number,\"na\"me] the header has no column `name`, nor `tags`",
        ],
    );
}

#[test]
fn an_open_quote_spoils_no_row_but_its_own() {
    is_wrong(
        "number,name\nP1,\"A\nP2,B\nP3\n",
        &["2:4 [\"A] `name` has an open quote", "4:1 [P3] 1 cell stands under 2 columns"],
    );
    // The quote of the second row would close that of the first, but the text after it would be stray.
    is_wrong(
        "number,name\nP1,\"A\nP2,\"B\nP3,C\n",
        &["2:4 [\"A] `name` has an open quote", "3:4 [\"B] `name` has an open quote"],
    );
    is_wrong("number,name\nP1,\"A", &["2:4 [\"A] `name` has an open quote"]);
}

#[test]
fn a_line_end_in_a_cell_is_one_fault_of_its_row() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("number,name{end}P1,\"A{end}B\"{end}P2,\"C{end}{end}D{end}E\"{end}P3{end}");
        is_wrong(
            text,
            &[
                "2:4 [\"A\nB\"] `name` has a line end in it",
                "4:4 [\"C\n\nD\nE\"] `name` has a line end in it",
                "8:1 [P3] 1 cell stands under 2 columns",
            ],
        );
    }
    is_wrong("number,\"na\nme\",tags\n", &["1:8 [\"na\nme\"] a heading has a line end in it"]);
}

#[test]
fn other_forms_are_named() {
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")] {
        let header = format!("number{separator}name{separator}\"size, mm\"");
        let fault = format!("1:1 [{header}] the cells are separated by {name}, not by commas");
        is_wrong(format!("{header}\nP1{separator}A\n"), &[fault.as_str()]);
    }
    for line in ["sep=;", "sep=,", "SEP=\t", "\"sep=;\""] {
        let plain = line.trim().trim_matches('"');
        let fault = format!("1:1 [{line}] `{plain}` is a line for Excel, not a header");
        is_wrong(format!("{line}\r\nnumber;name\r\nP1;A\r\n"), &[fault.as_str()]);
    }
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for text in ["\u{feff}number,name\r\n", "number,name\r\n"] {
        is_wrong(wide(text, u16::to_le_bytes), &["-:- [] the file is UTF-16 text"]);
        is_wrong(wide(text, u16::to_be_bytes), &["-:- [] the file is UTF-16 text"]);
    }
    is_wrong(b"\xff\xfe\0\0n\0\0\0", &["-:- [] the file is UTF-32 text"]);
    is_wrong(b"\x1f\x8b\x08\0", &["-:- [] the file is compressed by gzip"]);
    is_wrong(b"PK\x03\x04\x14", &["-:- [] the file is a workbook or another ZIP archive"]);
    is_wrong(b"\xd0\xcf\x11\xe0\xa1", &["-:- [] the file is an old Excel workbook"]);
}

#[test]
fn another_encoding_is_shown_where_it_begins() {
    let western = "the file is not UTF-8; it seems to be Windows-1252 (ANSI) text";
    for mark in ["", "\u{feff}"] {
        for end in ["\n", "\r\n", "\r"] {
            let head = format!("{mark}number,name{end}");
            let fault = format!("2:5 [\u{fffd}] {western}");
            is_wrong([head.as_bytes(), b"P1,M\xfcller \x93\xc4\x94 \xdf"].concat(), &[fault.as_str()]);
        }
    }
    // GB18030, and UTF-8 with a byte of Windows-1252 in it.
    is_wrong(b"number,name\nP1,\xb0\xa2\xc0\xef\n", &["2:4 [\u{fffd}] the file is not UTF-8 text"]);
    is_wrong(b"number,name\nP1,\xe9\x98\xbf\xfc\n", &["2:7 [\u{fffd}] the file is not UTF-8 text"]);
}

#[test]
fn foreign_columns_are_one_fault_that_says_how_to_ignore_them() {
    let file = b"number,Port of Export,nam,\"Value, USD\",O'Neil,tags\nP1,x,y,z,v,t\n";
    let fault = "1:8 [Port of Export] unknown columns `Port of Export`, `nam`, `Value, USD`, `O'Neil`";
    is_wrong(file, &[fault]);
    let help = Sheet::of(file.to_vec(), &FORM, |sheet| sheet.table(&[])).unwrap_err().faults[0].help.clone().unwrap();
    assert!(help.starts_with("did you mean `name` by `nam`? "), "{help}");
    let option = help.split('`').find(|part| part.starts_with("--ignore ")).unwrap();
    let words = shlex::split(option).unwrap();
    assert_eq!(words, ["--ignore", "Port of Export,nam,\"Value, USD\",O'Neil"]);
    let read_so = Ok(vec![("P1".to_owned(), String::new())]);
    assert_eq!(read(file, &[&words[1]]), read_so);
    assert_eq!(read(file, &["port_of_export, NAM", "\"Value, USD\"", "O'Neil", "absent"]), read_so);
    // One column left.
    assert_eq!(
        read(file, &["nam,O'Neil,Port of Export"]).unwrap_err(),
        ["1:27 [\"Value, USD\"] unknown column `Value, USD`"]
    );
    // An ignored column counts as absent, whatever its cells hold. But a quote in it may hide where the next cell
    // begins.
    assert_eq!(read(b"number,name,x\nP1,A,\x1b\n", &["x"]), Ok(vec![("P1".to_owned(), "A".to_owned())]));
    assert_eq!(read(b"number,name,x\nP1,A,b\"\n", &["x"]).unwrap_err(), ["2:6 [b\"] `x` has a stray quote"]);
    assert_eq!(
        read(b"number,name\nP1,A\n", &["number"]).unwrap_err(),
        ["1:1 [number,name] the header has no column `number`"]
    );
}

#[test]
fn a_misspelt_heading_is_one_fault() {
    is_wrong("numbr,name\nP1,A\n", &["1:1 [numbr] unknown column `numbr`"]);
    is_wrong(
        "zzz,name\nP1,A\n",
        &["1:1 [zzz] unknown column `zzz`", "1:1 [zzz,name] the header has no column `number`"],
    );
}

#[test]
fn every_wrong_cell_gives_one_fault() {
    is_wrong(
        format!("number,name,tags\n,A\u{1b},x;\u{202e}\n{},B,{};y\n", "P".repeat(65), "t".repeat(513)),
        &[
            "2:2 [A\u{1b}] `name` holds the control character U+001B",
            "2:5 [x;\u{202e}] `tags` holds the bidi control U+202E",
            "2:1 [] `number` is empty",
            &format!("3:1 [{}] `number` is longer than 64 characters", "P".repeat(65)),
            &format!("3:69 [{};y] `tags` is longer than 512 characters", "t".repeat(513)),
        ],
    );
}

#[test]
fn serial_numbers_are_a_column_or_one_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let list = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        match serials(&path) {
            Ok(serials) => Ok(serials.iter().map(|serial| serial.as_str().to_owned()).collect::<Vec<_>>()),
            Err(NoSheet::Faulty(Faulty { text, faults, .. })) => {
                Err(faults.iter().map(|fault| told(&text, fault)).collect::<Vec<_>>())
            }
            Err(NoSheet::Unreadable(error)) => panic!("{error}"),
        }
    };
    let two = Ok(vec!["S1".to_owned(), "S,2".to_owned()]);
    assert_eq!(list("s.txt", "\u{feff}S1\r\n\r\n  S,2 \r\n".as_bytes()), two);
    assert_eq!(list("s.CSV", "\u{feff}Box,Serial_Number,\rx,S1\r\r,\"S,2\"\ry,\r".as_bytes()), two);
    assert_eq!(list("s.txt", b"12\"rack\n"), Ok(vec!["12\"rack".to_owned()]));
    assert_eq!(
        list("s.txt", "\u{feff}S1\n\u{feff}S2\nS\u{200b}3\u{a0}\nS 4\nS5\u{3000}\n".as_bytes()).unwrap_err(),
        [
            "2:1 [\u{feff}S2] `serial` holds U+FEFF, which is invisible",
            "3:1 [S\u{200b}3] `serial` holds U+200B, which is invisible",
            "4:1 [S 4] `serial` holds white space",
        ]
    );
    assert_eq!(list("s.txt", b"").unwrap(), [""; 0]);
    assert_eq!(
        list("s.txt", b"S1\n S\x1b2\n").unwrap_err(),
        ["2:2 [S\u{1b}2] `serial` holds the control character U+001B"]
    );
    assert_eq!(list("s.csv", b"serial\n\"S1\nS2\n").unwrap_err(), ["2:1 [\"S1] `serial` has an open quote"]);
    assert_eq!(list("s.csv", b"box\nx\n").unwrap_err(), ["1:1 [box] the header has no column `serial`"]);
    assert_eq!(list("s.txt", b"S\x001\x00").unwrap_err(), ["-:- [] the file is UTF-16 text"]);
}

const ANY: Form = Form { what: "the file", columns: Anything::ALL, needs: "", lenient: true, exported: None };

columns! { Anything:
    A "a" [], None, "";
    B "b" [], None, "";
    C "c" [], None, "";
}

/// The cells of every row.
fn cells(bytes: &[u8]) -> Vec<[String; 3]> {
    let sheet = Sheet::of(bytes.to_vec(), &ANY, |sheet| sheet.table(&[])).unwrap();
    let row = |row: Cells<'_>| {
        assert!(row.faults.is_empty(), "{:?}", row.faults);
        [Anything::A, Anything::B, Anything::C].map(|column| row.text(column).unwrap_or_default().into_owned())
    };
    sheet.rows().map(row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_program_writes_is_read_back(
        rows in prop::collection::vec(prop::array::uniform3("[a ,;'\"=阿\r\n]{0,6}|\\PC{0,9}"), 0..6),
    ) {
        let mut table = Table::new(["a", "b", "c"].map(table::Column::text));
        for row in &rows {
            table.push(row.each_ref().map(table::Cell::of));
        }
        let written = table.csv();
        let mut oracle = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(written.as_bytes());
        let wanted: Vec<[String; 3]> = oracle.deserialize().map(|row| row.unwrap()).collect();
        let wanted = wanted.into_iter().map(|row| row.map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")));
        let wanted: Vec<_> = wanted.filter(|row| row.iter().any(|cell| !cell.is_empty())).collect();
        for form in [written.clone(), format!("\u{feff}{written}"), written.replace('\n', "\r\n"), written.replace('\n', "\r")] {
            prop_assert_eq!(&cells(form.as_bytes()), &wanted, "{:?}", form);
        }
    }

    #[test]
    fn no_bytes_panic_and_every_line_is_accounted_for(
        begin in prop::sample::select(vec!["a,b,c\n", "\"a\",b", "a,b\n\"x\ny\",\"z\n", "", "\u{feff}a,,c\r", "sep=,\n", "a;b"]),
        bytes in prop_oneof![
            "[a,\" \n]{0,40}".prop_map(String::into_bytes),
            "[a,\"\r\n阿é;]{0,40}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..60),
        ],
    ) {
        let bytes = [begin.as_bytes(), &bytes].concat();
        let sheet = Sheet::of(bytes.clone(), &ANY, |sheet| sheet.table(&[]));
        let (text, faults) = match sheet {
            Err(Faulty { text, faults, .. }) => {
                prop_assert!(!faults.is_empty());
                (text, faults)
            }
            Ok(sheet) => {
                let filled = |line: &str| line.contains(|letter| !matches!(letter, ',' | '"') && !char::is_whitespace(letter));
                let lines: Vec<&str> = sheet.text.split('\n').collect();
                let header = lines.iter().position(|line| filled(line)).unwrap_or(lines.len());
                for (index, _) in lines.iter().enumerate().filter(|(index, line)| *index > header && filled(line)) {
                    let start: usize = lines[..index].iter().map(|line| line.len() + 1).sum();
                    let held = sheet.rows.iter().any(|row| row.span.contains(&start) || row.span.start == start);
                    prop_assert!(held, "line {} of {:?}", index + 1, sheet.text);
                }
                (sheet.text.clone(), sheet.rows().flat_map(|row| row.faults).collect())
            }
        };
        for fault in &faults {
            if let Some(span) = &fault.span {
                prop_assert!(text.get(span.clone()).is_some(), "{fault:?}");
                let line = text[..span.start].matches('\n').count() as u64 + 1;
                let column = span.start - text[..span.start].rfind('\n').map_or(0, |end| end + 1);
                prop_assert_eq!((fault.line, fault.column), (Some(line), Some(column as u64 + 1)));
            }
        }
        diagnostic::render("f.csv", &text, &faults, false);
    }
}
