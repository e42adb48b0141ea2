use super::*;
use crate::report::Json;
use std::collections::HashSet;

/// What stands in backticks, in order.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether it is written as codes are: lower-case words joined by hyphens.
fn looks_like_a_code(text: &str) -> bool {
    text.contains('-')
        && text
            .split('-')
            .all(|word| !word.is_empty() && word.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9')))
}

#[test]
fn every_code_has_its_own_page() {
    let codes: HashSet<&str> = all().map(|page| page.code).collect();
    assert_eq!(codes.len(), Code::ALL.len() + FaultCode::ALL.len());
    for explained in all() {
        assert_eq!(page(explained.code), Some(explained));
    }
    assert_eq!(page("no-such-code"), None);
}

#[test]
fn every_file_is_the_page_of_a_code() -> std::io::Result<()> {
    let mut files = Vec::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/explain/pages"))? {
        files.push(file?.file_name());
    }
    files.sort();
    let mut pages: Vec<_> = all().map(|page| std::ffi::OsString::from(format!("{}.txt", page.code))).collect();
    pages.sort();
    assert_eq!(files, pages);
    Ok(())
}

/// What stands between the blank lines of a page, and in which order.
#[test]
fn a_page_has_these_parts_and_no_others() {
    for (code, kind, file) in files() {
        let mut wanted = vec!["rule: ".to_owned(), format!("{code}: "), String::new()];
        if kind == CodeKind::Refusal || file.contains("\n\nPolicy: ") {
            wanted.push("Policy: ".to_owned());
        }
        wanted.extend(["Example:\n    $ exquota ".to_owned(), "What to do:\n    ".to_owned()]);
        let parts: Vec<&str> = file.split("\n\n").collect();
        assert_eq!(parts.len(), wanted.len(), "{code}: {parts:#?}");
        for (part, start) in parts.iter().zip(wanted) {
            assert!(part.starts_with(&start), "{code} wants `{start}` before `{part}`");
        }
        assert!(file.ends_with(".\n") && !file.ends_with("\n\n"), "{code}");
    }
}

#[test]
fn no_part_is_empty_or_untidy() {
    for page in all() {
        let parts = [page.title, &page.meaning, &page.example, &page.remedy, page.rule];
        for part in parts.into_iter().chain(page.policy_key) {
            assert!(!part.trim().is_empty(), "{}", page.code);
            assert_eq!(part, part.trim_end(), "{}", page.code);
            assert!(!part.contains(" \n"), "{}: {part}", page.code);
        }
        for prose in [page.title, &page.meaning, &page.remedy] {
            assert!(!prose.contains("  ") && !prose.contains('\n'), "{}: {prose}", page.code);
            assert_eq!(prose.matches('`').count() % 2, 0, "{}: {prose}", page.code);
        }
        assert!(page.meaning.ends_with('.') && page.remedy.ends_with('.'), "{}", page.code);
        assert!(!page.title.ends_with('.'), "{}", page.code);
        let sentences = page.meaning.matches(". ").count() + 1;
        assert!((2..=6).contains(&sentences), "{}: {sentences} sentences", page.code);
    }
}

#[test]
fn an_example_is_a_command_and_its_answer() {
    for page in all() {
        assert!(page.example.starts_with("$ exquota "), "{}", page.code);
        let answer = match page.kind {
            // It is only ever a breach.
            CodeKind::Refusal if page.code == Code::CheckDiffers.as_str() => format!("\nbreach [{}] ", page.code),
            CodeKind::Refusal => format!("\nrefused [{}]: ", page.code),
            CodeKind::Fault => format!("\nfault [{}]: ", page.code),
        };
        assert_eq!(page.example.matches(&answer).count(), 1, "{}", page.code);
        for line in page.example.lines() {
            assert!(line.chars().count() <= 100, "{}: {line}", page.code);
        }
    }
}

#[test]
fn pages_name_only_codes_that_exist() {
    for page in all() {
        for prose in [page.title, &page.meaning, &page.remedy] {
            for name in quoted(prose).filter(|name| looks_like_a_code(name)) {
                assert!(super::page(name).is_some(), "{} mentions `{name}`", page.code);
            }
        }
    }
}

#[test]
fn r13_a_page_says_whether_despite_can_record_it() {
    for code in Code::ALL {
        let remedy = page(code.as_str()).map(|page| page.remedy).unwrap_or_default();
        let cannot = remedy.contains("`--despite` can't");
        assert_eq!(cannot, code.leaves_nothing_to_record(), "{code:?}");
        let told = remedy.contains("--despite");
        // A question counts nothing, so there is nothing to record.
        assert!(told || *code == Code::LicenceNotHeld, "{code:?}");
    }
}

#[test]
fn prose_is_broken_within_80_columns() {
    for page in all() {
        for line in page.text.lines().skip(1).filter(|line| !page.example.contains(line.trim_start())) {
            assert!(line.chars().count() <= 80, "{}: {line}", page.code);
            assert_eq!(line.matches('`').count() % 2, 0, "{}: {line}", page.code);
        }
    }
}

#[test]
fn json_has_the_keys_of_its_schema() -> serde_json::Result<()> {
    for page in all() {
        let document: serde_json::Value = serde_json::from_str(&Explained { page: page.clone() }.json()?)?;
        assert_eq!(document["schema"], "exquota/explanation/1");
        assert_eq!(document["code"], page.code);
        assert_eq!(document["kind"], page.kind.as_str());
        assert_eq!(document["policy_key"].as_str(), page.policy_key);
    }
    let list: serde_json::Value = serde_json::from_str(&CodeList.json()?)?;
    assert_eq!(list["schema"], "exquota/explanations/1");
    let codes = list["codes"].as_array().map(Vec::len);
    assert_eq!(codes, Some(all().count()));
    assert_eq!(list["codes"][0]["code"], "quantity-invalid");
    Ok(())
}
