use super::*;
use crate::domain::fault::FaultCode;
use proptest::prelude::*;

const SOURCE: &str = "name = \"a\"\n[ceilings.x]\nlimti = 5 # 限\n\tscope = 1\n";

fn fault(span: Range<usize>) -> Fault {
    let mut fault = Fault::new(FaultCode::PolicyInvalid, "unknown key `limti`");
    fault.span = Some(span);
    fault
}

#[test]
fn a_fault_is_shown_under_its_line() {
    let fault = fault(24..29).line(3).column(1).help("did you mean `limit`?");
    assert_eq!(
        render("p.toml", SOURCE, &[fault], false),
        "\
error[policy-invalid]: unknown key `limti`
 --> p.toml:3:1
  |
3 | limti = 5 # 限
  | ^^^^^
  |
  = help: did you mean `limit`?
"
    );
}

#[test]
fn without_a_span_the_line_is_named() {
    let plain = Fault::new(FaultCode::NotUtf8, "not UTF-8");
    let placed = plain.clone().line(7).column(3).help("save it as UTF-8");
    assert_eq!(
        render("p.toml", "", &[placed, plain], false),
        "\
error[not-utf8]: not UTF-8
--> p.toml:7:3
 = help: save it as UTF-8

error[not-utf8]: not UTF-8
--> p.toml
"
    );
}

#[test]
fn nothing_that_moves_the_cursor_reaches_the_output() {
    let source = "a\u{1b}[31m\u{202e}b = 1\n";
    let at = source.find('b').unwrap();
    let mut bad = fault(at..at + 1);
    bad.message = "key `\u{202e}\n\u{9b}`".to_owned();
    bad.help = Some("\u{1b}]0;x\u{7}".to_owned());
    let shown = render("dir\u{1b}[2J/p.toml", source, &[bad], false);
    let harmful = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
    assert_eq!(shown.chars().find(harmful), None, "{shown}");
    assert!(shown.contains(r"1 | a\u{1b}[31m\u{202e}b = 1"), "{shown}");
    let column = |mark| shown.lines().find_map(|line| line.find(mark));
    assert_eq!(column("^"), column("b = 1"), "{shown}");
}

#[test]
fn of_a_long_line_the_part_around_the_place_is_shown() {
    let source = format!("first\n{}HERE{}\nlast", "x".repeat(100_000), "y".repeat(100_000));
    let at = source.find("HERE").unwrap();
    let shown = render("p", &source, &[fault(at..at + 4)], false);
    assert!(shown.contains("xHEREy") && shown.contains("^^^^\n"), "{shown}");
    assert!(shown.len() < 1000 && !shown.contains("first") && !shown.contains("last"));
    let shown = render("p", &source, &[fault(6..200_000)], false);
    assert!(shown.len() < 1500, "{shown}");
}

#[test]
fn of_very_many_faults_the_first_are_shown_and_the_others_counted() {
    let many: Vec<Fault> = (0..=MOST).map(|_| fault(0..4)).collect();
    let shown = render("p", SOURCE, &many, false);
    assert_eq!(shown.matches("error[").count(), MOST);
    assert!(shown.ends_with("\nand 1 more fault; `--format json` has more of them\n"), "{shown}");
    assert!(!render("p", SOURCE, &many[1..], false).contains("more fault"));
}

#[test]
fn a_span_over_many_lines_is_shown_by_its_first() {
    let shown = render("p", SOURCE, &[fault(7..SOURCE.len())], false);
    assert!(shown.contains("1 | name = \"a\"\n  |        ^^^\n"), "{shown}");
    assert!(!shown.contains("ceilings"));
}

#[test]
fn the_end_of_the_file_can_be_pointed_at() {
    let shown = render("p", SOURCE, &[fault(SOURCE.len()..SOURCE.len())], false);
    assert!(shown.contains("5 |"), "{shown}");
    let shown = render("p", "a = ", &[fault(4..4)], false);
    assert!(shown.contains("1 | a = \n  |     ^"), "{shown}");
}

#[test]
fn colour_is_on_request() {
    assert!(!render("p", SOURCE, &[fault(0..4)], false).contains('\u{1b}'));
    assert!(render("p", SOURCE, &[fault(0..4)], true).contains('\u{1b}'));
}

proptest! {
    #[test]
    fn no_span_and_no_text_panics(
        source in "(?s).{0,40}",
        start in 0_usize..200,
        end in 0_usize..200,
        line in proptest::option::of(0_u64..9),
    ) {
        let mut any = fault(start..end);
        any.line = line;
        any.column = line;
        for colour in [false, true] {
            let shown = render(&source, &source, &[any.clone()], colour);
            let harmful = |c: char| c.is_control() && c != '\n' && !(colour && c == '\u{1b}');
            prop_assert!(!shown.contains(harmful), "{shown:?}");
        }
    }
}
