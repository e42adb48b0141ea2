//! Sources that are not TOML, or not text.

use super::*;
use proptest::prelude::*;

#[test]
fn characters_no_policy_may_hold() {
    let bidi = "bidirectional control character";
    let help = "(remove it: it makes text look different on the screen)";
    for character in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}') {
        let code = u32::from(character);
        refused(
            &format!("title = \"a{character}b\" # {character}\n"),
            &[
                &format!("1:11 {character}: {bidi} U+{code:04X} {help}"),
                &format!("1:19 {character}: {bidi} U+{code:04X} {help}"),
            ],
        );
    }
    for (control, code) in [('\u{0}', "0000"), ('\u{b}', "000B"), ('\u{1b}', "001B"), ('\u{7f}', "007F")] {
        refused(
            &format!("title = \"a{control}\"\n# {control}\nunit = 5\n"),
            &[
                &format!("1:11 {control}: control character U+{code} (remove it)"),
                &format!("2:3 {control}: control character U+{code} (remove it)"),
                "3:8 5: `unit` must be text, not a number (put it in quotes: `\"5\"`)",
            ],
        );
    }
    refused("# a\rb\n", &["1:4 \r: control character U+000D (remove it)"]);
    assert_eq!(
        faults(&format!("\u{feff}{HEAD}zzzz = 1\n"))[0],
        "1:1 \u{feff}: the policy starts with a byte order mark \
         (save the policy as UTF-8 without a byte order mark)"
    );
}

#[test]
fn bytes_that_are_not_utf8_are_one_fault() {
    let faults = read_policy(b"name = \"a\"\ntitle = \"\xff\"\n").unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].line, faults[0].column), (Some(2), Some(10)));
    assert_eq!((faults[0].message.as_str(), &faults[0].span), ("not UTF-8", &None));
}

#[test]
fn duplicate_keys() {
    let help = "(a table can hold a key only once: remove or rename one of them)";
    refused(
        "name = \"b\"\n[chips.A]\nequivalence = 1\n\"equivalence\" = 2\n[chips.A]\nvendor = \"v\"\n\
         specs = { w = 1, w = 2 }\n",
        &[
            &format!("1:1 name: `name` is given twice {help}"),
            &format!("4:1 \"equivalence\": `\"equivalence\"` is given twice {help}"),
            &format!("5:8 A: `A` is given twice {help}"),
            &format!("7:18 w: `w` is given twice {help}"),
        ],
    );
}

#[test]
fn syntax_errors_come_together_with_the_rest() {
    refused(
        "title = proposed\nunit = \"\"\n[ceilings.a]\nscope = \"costumer\"\nlimit = 75_\n[ceilings.b]\n\
         limit = -1\n[chips.A\nequivalence = -1\nvendor =\n[chips.B]\naliases = [\"b\" \"c\"]\nequivalence = -1\n\
         [flags]\nx = \"no\"\nx = \"warn\"\n[returns]\nrestores yes\n",
        &[
            "1:9 proposed: text must be in quotes (put it in quotes: `\"proposed\"`)",
            "2:8 \"\": `unit` is empty (fill it in, or leave it out)",
            "4:9 \"costumer\": `scope` can't be `costumer` (did you mean `customer`?)",
            "5:11 _: `_` may only go between digits (-)",
            "6:11 b: `ceilings.b` has no `scope` (add `scope = \"customer\"`, for example)",
            "7:9 -1: `limit` is below zero (the lowest is 0)",
            "8:9 : unclosed table (expected `]`)",
            "12:16 : missing comma between array elements (expected `,`)",
            "13:15 -1: `equivalence` is below zero (the lowest is 0)",
            "15:5 \"no\": `x` can't be `no` (expected `refuse` or `warn`)",
            "16:1 x: `x` is given twice (a table can hold a key only once: remove or rename one of them)",
            "18:10 : key with no value (expected `=`)",
        ],
    );
}

#[test]
fn no_fault_is_reported_after_an_open_bracket() {
    for (open, told) in [
        ("title = [\"b\"", "2:13 : unclosed array (expected `]`)"),
        ("title = { a = 1", "2:16 : unclosed inline table (expected `}`)"),
    ] {
        let unit = "1:8 \"\": `unit` is empty (fill it in, or leave it out)";
        refused(&format!("unit = \"\"\n{open}\nzzzz = -1\n[ceilings.a]\nlimit =\n"), &[unit, told]);
    }
    // The parser reports something else on the line of the bracket itself.
    refused("title = [\"b\" zzzz = -1\n", &["1:14 : missing comma between array elements (expected `,`)"]);
    let told = "6:1 : invalid multi-line basic string (expected `\"`)";
    refused("title = \"\"\"b\nzzzz = -1\n[ceilings.a]\nlimit =\n\n", &[told]);
    refused(
        "[ceilings.a]\nlimit = \"\"\"b\nscope = \"total\"\n\n",
        &["5:1 : invalid multi-line basic string (expected `\"`)"],
    );
}

#[test]
fn a_line_that_may_be_a_heading_hides_the_lines_under_it() {
    refused(
        "[ceilings.a]\nscope = \"total\"\nchips.A]\nequivalence = 1\nzzzz = 1\n[returns]\nzzzz = 1\n",
        &["3:8 : key with no value (expected `=`)", "7:1 zzzz: unknown key `zzzz` in `returns` (expected `restores`)"],
    );
}

#[test]
fn a_key_is_not_missing_if_its_line_could_not_be_read() {
    refused("[ceilings.a]\nscope =\nlimit = 1\n", &["2:8 : missing value (give one after the `=`)"]);
    refused(
        "[ceilings.a]\nscope = total\nlimit = 1\n",
        &["2:9 total: text must be in quotes (put it in quotes: `\"total\"`)"],
    );
    refused(
        "[ceilings.a]\nscope = total\n[ceilings.b]\nlimit = 1\n",
        &[
            "2:9 total: text must be in quotes (put it in quotes: `\"total\"`)",
            "3:11 b: `ceilings.b` has no `scope` (add `scope = \"customer\"`, for example)",
        ],
    );
}

#[test]
fn each_line_gives_one_mistake() {
    refused(
        "[ceilings.a]\nscope = total\nlimit =\n",
        &[
            "2:9 total: text must be in quotes (put it in quotes: `\"total\"`)",
            "3:8 : missing value (give one after the `=`)",
        ],
    );
}

#[test]
fn one_slip_gives_one_fault() {
    for (at, character) in CAP.char_indices() {
        if !"[]\"=".contains(character) {
            continue;
        }
        let source = format!("{}{}", &CAP[..at], &CAP[at + 1..]);
        let Err(faults) = read_policy(source.as_bytes()) else {
            continue;
        };
        // Five: a list without its `[` is wrong on each of its lines.
        assert!(faults.len() <= 5, "without the {character} at {at}: {faults:#?}");
    }
}

#[test]
fn a_key_of_too_many_parts_is_refused_and_not_read() {
    let deep = format!("{HEAD}{} = 1\n", vec!["a"; 100_000].join("."));
    assert!(read_policy(deep.as_bytes()).is_err());
    let nested = format!("{HEAD}a = {}1{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read_policy(nested.as_bytes()).is_err());
    // The deepest tree that TOML lets through: 79 tables, each under a key of 79 parts. Freeing it takes less
    // than 1 MiB of stack in a release, and more than a test's thread has without optimisation.
    let key = vec!["a"; 79].join(".");
    let inline = format!("{HEAD}x = {}1{}\n", format!("{{ {key} = ").repeat(79), " }".repeat(79));
    let read = move || read_policy(inline.as_bytes()).is_err();
    let thread = std::thread::Builder::new().stack_size(16 << 20).spawn(read).unwrap();
    assert!(thread.join().unwrap());
}

#[test]
fn a_tree_thousands_deep_is_freed_on_a_small_stack() {
    let key = vec!["a"; 79].join(".");
    let tables = format!("x = {}1{}\n", format!("{{ {key} = ").repeat(79), " }".repeat(79));
    let lists = format!("x = {}1{}\n", format!("[{{ {key} = ").repeat(39), " }]".repeat(39));
    for text in [tables, lists] {
        let text: &'static str = text.leak();
        let of = |size| std::thread::Builder::new().stack_size(size);
        let read = of(16 << 20).spawn(|| Tree::of(text)).unwrap();
        let (tree, errors) = read.join().unwrap();
        assert!(errors.is_empty() && tree.root().len() == 1, "it is as deep as it looks");
        of(64 << 10).spawn(|| drop(tree)).unwrap().join().unwrap();
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Err(faults) = read_policy(&bytes) {
            prop_assert!(!faults.is_empty());
        }
    }

    #[test]
    fn a_policy_with_a_hole_or_a_stranger_in_it_never_panics(
        at in 0..CAP.len(),
        lost in 0..40_usize,
        stranger in r#"([\[\]{}=,."'\\\r\n\t #a_1é-]|\u{202e}|\u{0}){0,6}"#,
        path in "[a-zA-Z0-9.]{0,20}",
    ) {
        let mut end = (at + lost).min(CAP.len());
        while !CAP.is_char_boundary(end) { end += 1; }
        let mut start = at;
        while !CAP.is_char_boundary(start) { start -= 1; }
        let source = format!("{}{stranger}{}", &CAP[..start], &CAP[end..]);
        let read = read_policy(source.as_bytes());
        prop_assert!(read.is_err() || Tree::of(&source).1.is_empty(), "what is no TOML is no policy");
        if let Err(faults) = read {
            prop_assert!(!faults.is_empty());
            let starts: Vec<_> = faults.iter().filter_map(|fault| fault.span.clone()).collect();
            prop_assert!(starts.is_sorted_by_key(|span| span.start));
            prop_assert!(starts.into_iter().all(|span| source.get(span).is_some()));
        }
        if let Some(place) = key_place(&source, &path) {
            prop_assert!(source.get(place.span).is_some());
        }
    }
}
