use super::*;
use crate::report::medium::Medium;

fn one(cell: &str) -> Table {
    let mut table = Table::new([Column::text("name"), Column::number("units")]);
    table.push([Cell::of(cell), Cell::number("-75,000", "-75000")]);
    table
}

#[test]
fn text_aligns_numbers_right_and_wide_names_too() {
    assert_eq!(one("阿里").text(&Medium::default()), "name    units\n─────────────\n阿里  -75,000\n");
}

#[test]
fn csv_cells_run_as_no_formula_and_numbers_stay_numbers() {
    for armed in ["=1+1", "+1", "-1", "@x", " =1", "\t=1", "'=1"] {
        let text = one(armed).csv();
        assert!(text.lines().nth(1).unwrap().trim_start_matches('"').starts_with('\''), "{text}");
    }
    assert_eq!(one("a;=1;b; @c").csv(), "name,units\na;'=1;b;' @c,-75000\n");
    assert_eq!(one("a,b").csv(), "name,units\n\"a,b\",-75000\n");
}

#[test]
fn markdown_cells_are_text() {
    assert!(one("http://a.b www.c").markdown().ends_with("| http\\://a.b www\\.c | -75,000 |\n"));
    assert!(one("a|<b>`").markdown().ends_with("| a\\|&lt;b&gt;\\` | -75,000 |\n"));
}
