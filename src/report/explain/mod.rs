//! The `explain` pages: what each code means, the policy key behind it, an example, and what to do.
//!
//! A page is a file, `pages/CODE.txt`: the rules it belongs to, then what `explain CODE` prints. The lists of codes
//! include them, so a code without a page does not compile.

use super::Document;
use super::paper::Paper;
use super::row::object;
use super::values::{in_json, words_in_output};
use crate::domain::fault::{FaultCode, fault_codes};
use crate::domain::refusal::{Code, refusal_codes};
use crate::domain::words::words;

macro_rules! page_files {
    ($(#[$meta:meta])* pub enum $codes:ident { $($variant:ident = $word:literal,)* }) => {
        impl $codes {
            /// The text of its page's file.
            fn page_file(self) -> &'static str {
                match self { $($codes::$variant => include_str!(concat!("pages/", $word, ".txt")),)* }
            }
        }
    };
}

refusal_codes!(page_files);
fault_codes!(page_files);

words! {
    /// Whether a code is about the rules or about a file.
    pub enum Kind {
        /// The rules say no.
        Refusal = "refusal",
        /// A file's content is wrong.
        Fault = "fault",
    }
}

words_in_output!(Kind);

/// What there is to say about one code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// The code, as it stands in output.
    pub code: &'static str,
    /// About the rules or about a file.
    pub kind: Kind,
    /// The whole page, as `explain CODE` prints it.
    pub text: &'static str,
    /// What is wrong, in half a sentence.
    pub title: &'static str,
    /// What it means and why, in one paragraph.
    pub meaning: String,
    /// The policy key that decides it, with a capitalised placeholder for a name of the policy's own.
    pub policy_key: Option<&'static str>,
    /// A command and the substance of its answer, line by line.
    pub example: String,
    /// What to do next.
    pub remedy: String,
    /// The rules of the design it belongs to.
    pub rule: &'static str,
}

impl Page {
    /// Splits a file at its blank lines. A part that is not there is empty, which a test refuses.
    fn read((code, kind, file): (&'static str, Kind, &'static str)) -> Page {
        let (rule, text) = file.split_once("\n\n").unwrap_or_default();
        let part = |label: &str| text.split("\n\n").find_map(|part| part.strip_prefix(label)).unwrap_or_default();
        let policy_key = part("Policy: ");
        Page {
            code,
            kind,
            text,
            title: part(&format!("{code}: ")),
            meaning: text.split("\n\n").nth(1).unwrap_or_default().replace('\n', " "),
            policy_key: (!policy_key.is_empty() && policy_key != NO_KEY).then_some(policy_key),
            example: part("Example:\n    ").replace("\n    ", "\n"),
            remedy: part("What to do:\n    ").trim_end().replace("\n    ", " "),
            rule: rule.strip_prefix("rule: ").unwrap_or_default(),
        }
    }
}

/// What stands after `Policy: ` where no key decides.
const NO_KEY: &str = "no key; this holds under every policy";

fn files() -> impl Iterator<Item = (&'static str, Kind, &'static str)> {
    let refusals = Code::ALL.iter().map(|code| (code.as_str(), Kind::Refusal, code.page_file()));
    refusals.chain(FaultCode::ALL.iter().map(|code| (code.as_str(), Kind::Fault, code.page_file())))
}

/// The page of a code, if there is such a code.
pub fn page(code: &str) -> Option<Page> {
    files().find(|(name, ..)| *name == code).map(Page::read)
}

/// Every page: refusals in the order in which they are reported, then faults.
pub fn all() -> impl Iterator<Item = Page> {
    files().map(Page::read)
}

/// `explain CODE`.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What is explained.
    pub page: Page,
}

/// Every code there is.
struct AnyCode(&'static str);

in_json! {
    AnyCode: { "type": "string", "enum": files().map(|(code, ..)| code).collect::<Vec<_>>() }, |code| code.0;
}

object! {
    /// What `explain CODE` answers.
    "explanation" it: Explained {
        code: AnyCode(it.page.code),
        kind: it.page.kind,
        title: it.page.title,
        meaning: &it.page.meaning,
        rule: it.page.rule,
        policy_key: it.page.policy_key,
        example: &it.page.example,
        remedy: &it.page.remedy,
    }
}

impl Document for Explained {
    fn text(&self, _: &Paper) -> String {
        self.page.text.to_owned()
    }
}

/// `explain` without a code: all there are.
#[derive(Clone, Copy, Debug)]
pub struct CodeList;

object! {
    /// What `explain` answers: every code.
    "explanations" it: CodeList { codes: all().collect::<Vec<_>>() }
}

object! {
    it: Page { code: AnyCode(it.code), kind, title }
}

impl Document for CodeList {
    fn text(&self, _: &Paper) -> String {
        let width = all().map(|page| page.code.len()).max().unwrap_or(0);
        let mut text = String::new();
        for (kind, heading) in
            [(Kind::Refusal, "Refusals: the rules say no"), (Kind::Fault, "\nFaults: a file's content is wrong")]
        {
            text += &format!("{heading}\n");
            for page in all().filter(|page| page.kind == kind) {
                text += &format!("  {:width$}  {}\n", page.code, page.title);
            }
        }
        text + "\n`exquota explain CODE` prints the page of one code.\n"
    }
}

#[cfg(test)]
mod tests {
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
            if kind == Kind::Refusal || file.contains("\n\nPolicy: ") {
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
                Kind::Refusal => format!("\nrefused [{}]: ", page.code),
                Kind::Fault => format!("\nfault [{}]: ", page.code),
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
            // A question writes nothing, so there is nothing to record.
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
}
