//! Keys and values that a policy may not hold.

use super::*;

#[test]
fn missing_keys() {
    assert_eq!(
        faults(""),
        [
            "1:1 : the policy has no `name` (add `name = \"china-cap\"`, for example)",
            "1:1 : the policy has no `version` (add `version = \"2026-03-03\"`, for example)",
            "1:1 : the policy has no `status` (add `status = \"proposed\"`, for example)",
        ]
    );
    refused(
        "[ceilings.a]\n[chips.\"B 1\"]\nvendor = \"v\"\n",
        &[
            "1:11 a: `ceilings.a` has no `scope` (add `scope = \"customer\"`, for example)",
            "1:11 a: `ceilings.a` has no `limit` (add `limit = 75_000`, for example)",
            "2:8 \"B 1\": `chips.B 1` has no `equivalence` \
             (add `equivalence = 1`, or `prohibited` with the reason)",
        ],
    );
}

#[test]
fn unknown_keys_at_every_level() {
    refused(
        "chip = 1\nzzz = 1\n",
        &[
            "1:1 chip: unknown key `chip` (did you mean `chips`?)",
            "2:1 zzz: unknown key `zzz` (expected `name`, `version`, `status`, `title`, `sources`, \
             `unit`, `ceilings`, `chips`, `classes`, `prohibited`, `destinations`, `attestations`, `notices`, \
             `country_groups`, `flags`, `licences` or `returns`)",
        ],
    );
    refused(
        "[ceilings.a]\nscope = \"total\"\nlimit = 1\nlimti = 2\nperiod = 1\nwindow = { evry = 1, every = \"year\" }\n",
        &[
            "4:1 limti: unknown key `limti` in `ceilings.a` (did you mean `limit`?)",
            "5:1 period: unknown key `period` in `ceilings.a` (expected `scope`, `limit`, `limits`, `share`, `counts`, \
             `measure`, `chips`, `class`, `groups`, `to`, `window`, `elsewhere` or `warn_at`)",
            "6:12 evry: unknown key `evry` in `ceilings.a.window` (did you mean `every`?)",
        ],
    );
    refused(
        "[chips.A]\nequivalence = 1\nalias = []\n[destinations]\nallow = []\n[attestations]\n\
         approvals = []\n[licences]\npattern = \"\"\n[returns]\nrestore = true\n",
        &[
            "3:1 alias: unknown key `alias` in `chips.A` (did you mean `aliases`?)",
            "5:1 allow: unknown key `allow` in `destinations` (did you mean `allowed`?)",
            "7:1 approvals: unknown key `approvals` in `attestations` (did you mean `approval`?)",
            "9:1 pattern: unknown key `pattern` in `licences` (did you mean `number_pattern`?)",
            "11:1 restore: unknown key `restore` in `returns` (did you mean `restores`?)",
        ],
    );
}

#[test]
fn wrong_types() {
    let digits = "(write plain decimal digits without quotes, at most 6 of them after the point)";
    let heading = "(give its keys under a heading, as in `[ceilings.national]`)";
    refused(
        "title = 2026-03-03\nunit = 5\nsources = \"x\"\nceilings = 5\ncountry_groups = []\n\
         [[chips]]\n[flags]\nx = true\n[returns]\nrestores = \"no\"\n",
        &[
            "1:9 2026-03-03: `title` must be text, not a date (put it in quotes: `\"2026-03-03\"`)",
            "2:8 5: `unit` must be text, not a number (put it in quotes: `\"5\"`)",
            "3:11 \"x\": `sources` must be a list, not text (put it in brackets: `[\"x\"]`)",
            &format!("4:12 5: `ceilings` must be a table, not a number {heading}"),
            &format!("5:18 []: `country_groups` must be a table, not a list {heading}"),
            &format!("6:1 [[chips]]: `chips` must be a table, not a list {heading}"),
            "8:5 true: `x` must be one of `refuse` or `warn` (write it in quotes)",
            "10:12 \"no\": `restores` must be `true` or `false`, not text (write it without quotes)",
        ],
    );
    refused(
        "sources = [\"a\", 5, \"\"]\n[ceilings.a]\nscope = \"total\"\nlimit = \"75000\"\n[chips]\nB = 1\n",
        &[
            "1:17 5: an entry of `sources` must be text, not a number (put it in quotes: `\"5\"`)",
            "1:20 \"\": an entry of `sources` is empty (fill it in, or leave it out)",
            &format!("4:9 \"75000\": `limit` must be a number, not text {digits}"),
            &format!("6:5 1: `B` must be a table, not a number {heading}"),
        ],
    );
}

#[test]
fn unknown_words() {
    refused(
        "[ceilings.a]\nscope = \"costumer\"\nlimit = 1\ncounts = \"all\"\n[flags]\nx = \"refused\"\n",
        &[
            "2:9 \"costumer\": `scope` can't be `costumer` (did you mean `customer`?)",
            "4:10 \"all\": `counts` can't be `all` (expected `committed`, `shipped`, `authorised` or `installed`)",
            "6:5 \"refused\": `x` can't be `refused` (did you mean `refuse`?)",
        ],
    );
    assert_eq!(
        faults("name = \"a\"\nversion = \"1\"\nstatus = \"draft\"\n"),
        ["3:10 \"draft\": `status` can't be `draft` \
          (expected `proposed`, `in-force`, `licence-condition`, `not-enforced`, `rescinded` or `scenario`)"]
    );
}

#[test]
fn r1_numbers_are_exact_decimals_within_bounds() {
    let digits = "(write plain decimal digits without quotes, at most 6 of them after the point)";
    let limit = |number: &str, told: &str| {
        let rest = format!("[ceilings.a]\nscope = \"total\"\nlimit = {number}\n");
        refused(&rest, &[&format!("3:9 {number}: {told}")]);
    };
    limit("-1", "`limit` is below zero (the lowest is 0)");
    limit("-0.0000001", "`limit` is below zero (the lowest is 0)");
    let highest = "(the highest is 1000000000000000)";
    limit("1_000_000_000_000_000.000001", &format!("`limit` is too large {highest}"));
    limit(&"9".repeat(60), &format!("`limit` is too large {highest}"));
    limit("0.000_000_1", &format!("`limit` has more than 6 decimals {digits}"));
    for odd in ["1e3", "1E-3", "1.5e3", "inf", "-inf", "nan", "0x10", "0o7", "0b1", "+5", "-0", "-0.0"] {
        limit(odd, &format!("`{odd}` is not a plain decimal number {digits}"));
    }
    refused(
        "[chips.A]\nequivalence = 1_000_000_000.1\n[chips.B]\nequivalence = -1\n[chips.C]\nequivalence = 0\n\
         specs = { w = 1e3, v = -1 }\n",
        &[
            "2:15 1_000_000_000.1: `equivalence` is too large (the highest is 1000000000)",
            "4:15 -1: `equivalence` is below zero (the lowest is 0)",
            &format!("7:15 1e3: `1e3` is not a plain decimal number {digits}"),
            "7:24 -1: `v` is below zero (the lowest is 0)",
        ],
    );
}

#[test]
fn warning_percentages() {
    let percent = "an entry of `warn_at` must be a whole number from 1 to 100 \
                   (give percentages, as in `warn_at = [80, 90]`)";
    refused(
        "[ceilings.a]\nscope = \"total\"\nlimit = 1\nwarn_at = [0, 1, 100, 101, 80.5, -5, \"9\", 0x50, 1]\n",
        &[
            &format!("4:12 0: {percent}"),
            &format!("4:23 101: {percent}"),
            &format!("4:28 80.5: {percent}"),
            &format!("4:34 -5: {percent}"),
            &format!("4:38 \"9\": {percent}"),
            &format!("4:43 0x50: {percent}"),
            "4:49 1: `1` is in `warn_at` twice (remove one of them)",
        ],
    );
}

#[test]
fn no_two_chips_share_a_name_or_alias() {
    refused(
        "[chips.H200]\nequivalence = 1\naliases = [\"h200\", \"ＨＸ\"]\n[chips.B]\nequivalence = 1\n\
         aliases = [\"b2\", \"hx\", 5]\n[chips.b2]\nequivalence = 1\n",
        &[
            "3:12 \"h200\": the chip name `h200` is used twice \
             (the first is `H200` on line 4; names match in any case)",
            "6:18 \"hx\": the chip name `hx` is used twice \
             (the first is `ＨＸ` on line 6; names match in any case)",
            "6:24 5: an entry of `aliases` must be text, not a number (put it in quotes: `\"5\"`)",
            "7:8 b2: the chip name `b2` is used twice \
             (the first is `b2` on line 9; names match in any case)",
        ],
    );
}

#[test]
fn r2_flags_match_as_names_do() {
    refused(
        "[flags]\nentity-list = \"refuse\"\nEntity-List = \"warn\"\n",
        &["3:1 Entity-List: the flag name `Entity-List` is used twice \
             (the first is `entity-list` on line 5; names match in any case)"],
    );
}

#[test]
fn d28_countries_must_be_in_iso_3166_1() {
    let iso = "(give the two capital letters of ISO 3166-1, as in `CN`)";
    refused(
        "[destinations]\nallowed = [\"cn\", \"UK\", \"\", \"MO\", \"MO\"]\n[country_groups]\nEU = []\n\
         CN = [\"XX\", \"HK\", \"HK\"]\n",
        &[
            "2:12 \"cn\": `cn` is not a country of ISO 3166-1 (did you mean `CN`?)",
            &format!("2:18 \"UK\": `UK` is not a country of ISO 3166-1 {iso}"),
            "2:24 \"\": an entry of `allowed` is empty (fill it in, or leave it out)",
            "2:34 \"MO\": `MO` is in `allowed` twice (remove one of them)",
            &format!("4:1 EU: `EU` is not a country of ISO 3166-1 {iso}"),
            &format!("5:7 \"XX\": `XX` is not a country of ISO 3166-1 {iso}"),
            "5:19 \"HK\": `HK` is grouped twice (the first is on line 8, in the group of `CN`)",
        ],
    );
}

#[test]
fn a_country_is_in_one_group_at_most() {
    refused(
        "[country_groups]\nCN = [\"HK\", \"MO\"]\nGB = [\"HK\", \"CN\", \"GB\"]\n",
        &[
            "3:7 \"HK\": `HK` is grouped twice (the first is on line 5, in the group of `CN`)",
            "3:13 \"CN\": `CN` is in the group of `GB` and heads a group itself \
             (its own group is on line 5)",
            "3:19 \"GB\": `GB` is the head of this group (leave it out: a head is counted as itself)",
        ],
    );
}

#[test]
fn texts_and_names() {
    let long = "é".repeat(513);
    let name = "n".repeat(65);
    let plain = "(keep it to one line of plain text)";
    refused(
        &format!(
            "title = \"{long}\"\nunit = \" \"\nsources = [\"a\\u001bb\", \"x\\u202ey\"]\n\
             [chips.\"\"]\nequivalence = 1\n[chips.{name}]\nequivalence = 1\n[ceilings.\"a\\tb\"]\n\
             scope = \"total\"\nlimit = 1\n[attestations]\napproval = [\"\"]\nshipment = [\"a\", \"a\"]\n"
        ),
        &[
            &format!("1:9 \"{long}\": `title` is longer than 512 characters (shorten it)"),
            "2:8 \" \": `unit` is empty (fill it in, or leave it out)",
            &format!("3:12 \"a\\u001bb\": an entry of `sources` holds the control character U+001B {plain}"),
            "3:24 \"x\\u202ey\": an entry of `sources` holds the bidirectional control character U+202E \
             (remove it: it makes text look different on the screen)",
            "4:8 \"\": the name of a chip is empty (fill it in, or leave it out)",
            &format!("6:8 {name}: the name of a chip is longer than 64 characters (shorten it)"),
            &format!("8:11 \"a\\tb\": the name of a ceiling holds the control character U+0009 {plain}"),
            "12:13 \"\": an entry of `approval` is empty (fill it in, or leave it out)",
            "13:18 \"a\": `a` is in `shipment` twice (remove one of them)",
        ],
    );
    let full = format!("{HEAD}title = \"{}\"\nchips.{}.equivalence = 1\n", "é".repeat(512), "n".repeat(64));
    assert_eq!(read(&full).chips.len(), 1);
}

#[test]
fn patterns_must_compile() {
    let told = faults(&format!("{HEAD}[licences]\nnumber_pattern = '^(A'\n"));
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("5:18 '^(A': `number_pattern` is not a valid pattern: unclosed group"), "{told:?}");
}
