//! Hostile texts, and the checks of every output.

use serde_json::Value;

/// Stands before and after each hostile text. The name of a temporary folder, six letters and digits, never has it.
pub(crate) const MARK: &str = "zq-qz";

/// Texts that no ledger takes: control characters and bidirectional controls, several kinds in each text.
pub(crate) const REFUSED: [&str; 7] = [
    "\u{1b}[2J\u{1b}[31m\u{1b}]0;title\u{7}\u{1b}]8;;http://evil.example\u{1b}\\",
    "\u{9b}31m\u{90}q\u{9c}\u{85}",
    "\u{1}\u{8}\u{8}\u{7f}\u{1f}",
    "\tq\rq",
    "\nzqerror: forged",
    "\r\nzqRECORDED as entry 9",
    "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}",
];

/// Texts that a ledger takes although nobody can see them.
pub(crate) const UNSEEN: [&str; 3] =
    ["\u{2028}\u{2029}\u{200e}\u{200f}\u{61c}", "\u{feff}\u{200b}\u{200c}\u{200d}\u{2060}", "\u{ad}\u{34f}\u{e0041}"];

/// All texts, between marks.
pub(crate) fn all() -> impl Iterator<Item = String> {
    REFUSED.iter().chain(&UNSEEN).map(|text| marked(text))
}

/// A text between marks.
pub(crate) fn marked(text: &str) -> String {
    format!("{MARK}{text}{MARK}")
}

/// The output of a run, and its exit code.
pub(crate) struct Printed {
    pub(crate) exit: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command line in process.
pub(crate) fn run<S: AsRef<str>>(args: &[S]) -> Printed {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = exquota::run(args.iter().map(AsRef::as_ref), &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Printed { exit, out: text(out), err: text(err) }
}

/// Checks that the output has no character that a terminal would obey, and no forged line.
pub(crate) fn assert_safe(printed: &Printed, told: &str) {
    for text in [&printed.out, &printed.err] {
        if let Some(found) = text.chars().find(|letter| is_harmful(*letter)) {
            panic!("{told}: U+{:04X} is printed: {text:?}", u32::from(found));
        }
        let forged = text.lines().find(|line| line.trim_start().starts_with(&format!("{MARK}error: forged")));
        let forged = forged.or(text.lines().find(|line| line.trim_start().starts_with(&format!("{MARK}RECORDED"))));
        assert_eq!(forged, None, "{told}: a line break in the user's text began a line of the output");
    }
}

fn is_harmful(letter: char) -> bool {
    let code = u32::from(letter);
    (code < 0x20 && letter != '\n')
        || (0x7f..0xa0).contains(&code)
        || (0x202a..=0x202e).contains(&code)
        || (0x2066..=0x2069).contains(&code)
        || [0xad, 0x61c, 0x34f, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x2060, 0xfeff].contains(&code)
        || (0xe0000..0xe1000).contains(&code)
}

/// The output without the program's colours.
pub(crate) fn without_colours(printed: Printed) -> Printed {
    let strip = |text: String| {
        let mut parts = text.split("\u{1b}[");
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (codes, rest) = part.split_once('m').unwrap_or((part, ""));
            assert!(codes.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "no colour: {codes:?}");
            plain += rest;
        }
        plain
    };
    Printed { out: strip(printed.out), err: strip(printed.err), ..printed }
}

/// Checks that the output is one JSON document, and that the hostile text is whole in it, as given or spelt out.
pub(crate) fn assert_whole(printed: &Printed, hostile: &str, told: &str) {
    let document: Value =
        serde_json::from_str(&printed.out).unwrap_or_else(|error| panic!("{told}: {error}: {:?}", printed.out));
    let mut texts = Vec::new();
    collect(&document, &mut texts);
    // That suggestion repeats only a word of a text that can't be parsed.
    for text in texts.iter().filter(|text| text.contains(MARK) && !text.starts_with("put it in quotes")) {
        // Of what a person gives, a run of white space is one blank (D31).
        let tidied = hostile.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_whole = [hostile, &tidied].iter().any(|whole| text.contains(whole) || text.contains(&spelt_out(whole)));
        let is_whole = is_whole || cut_short(text, hostile);
        assert!(is_whole, "{told}: {text:?} has lost a part of {hostile:?}");
    }
}

/// The program may split a part off the text's ends, such as `CHIP` from `CHIP=QTY`.
fn cut_short(text: &str, hostile: &str) -> bool {
    text.contains(hostile.trim())
}

/// The text with every invisible letter written as its code.
pub(crate) fn spelt_out(text: &str) -> String {
    let spelt = |letter| {
        if is_harmful(letter) || letter == '\n' {
            format!("\\u{{{:x}}}", u32::from(letter))
        } else {
            letter.to_string()
        }
    };
    text.chars().map(spelt).collect()
}

/// Every text in a document, keys too.
pub(crate) fn collect(document: &Value, texts: &mut Vec<String>) {
    match document {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|held| collect(held, texts)),
        Value::Object(map) => {
            for (key, held) in map {
                texts.push(key.clone());
                collect(held, texts);
            }
        }
        _ => {}
    }
}
