//! The `explain` pages: what each code means, the policy key behind it, an example, and what to do.
//!
//! Every code has exactly one page: the matches in `refusals` and `faults` are exhaustive, so a code without a page
//! does not compile.

mod faults;
mod faults_lines;
mod refusals;
mod refusals_licences;
mod refusals_names;
mod refusals_policy;
mod refusals_records;

pub use faults::fault;
pub use refusals::refusal;

use super::paper::Paper;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, to_json};
use crate::domain::fault::FaultCode;
use crate::domain::refusal::Code;
use schemars::JsonSchema;
use serde::Serialize;

/// Columns that a page is wrapped at.
const WIDTH: usize = 80;

/// Whether a code is about the rules or about a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The rules say no.
    Refusal,
    /// A file's content is wrong.
    Fault,
}

impl Kind {
    /// As it stands in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Refusal => "refusal",
            Kind::Fault => "fault",
        }
    }
}

/// What there is to say about one code.
#[derive(PartialEq, Eq, Debug)]
pub struct Page {
    /// The code, as it stands in output.
    pub code: &'static str,
    /// What is wrong, in half a sentence.
    pub title: &'static str,
    /// What it means and why, in one paragraph.
    pub meaning: &'static str,
    /// The policy key that decides it, with a capitalised placeholder for a name of the policy's own.
    pub policy_key: Option<&'static str>,
    /// A command and the substance of its answer, line by line.
    pub example: &'static str,
    /// What to do next.
    pub remedy: &'static str,
    /// About the rules or about a file.
    pub kind: Kind,
    /// The rules of the design it belongs to.
    pub rule: &'static str,
}

/// The page of a code, if there is such a code.
pub fn page(code: &str) -> Option<&'static Page> {
    all().find(|page| page.code == code)
}

/// Every page: refusals in the order in which they are reported, then faults.
pub fn all() -> impl Iterator<Item = &'static Page> {
    let refusals = Code::ALL.iter().map(|code| refusal(*code));
    refusals.chain(FaultCode::ALL.iter().map(|code| fault(*code)))
}

/// `explain CODE`.
#[derive(Clone, Copy, Debug)]
pub struct Explained {
    /// What is explained.
    pub page: &'static Page,
}

/// What `explain CODE` answers.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ExplanationDocument {
    #[schemars(extend("const" = "exquota/explanation/1"))]
    schema: &'static str,
    #[schemars(with = "words::Code")]
    code: &'static str,
    #[schemars(with = "words::PageKind")]
    kind: &'static str,
    title: &'static str,
    meaning: &'static str,
    rule: &'static str,
    policy_key: Option<&'static str>,
    example: &'static str,
    remedy: &'static str,
}

impl Document for Explained {
    fn text(&self, _: &Paper) -> String {
        let page = self.page;
        let mut text = format!("{}: {}\n\n", page.code, page.title);
        text += &wrapped(page.meaning, "");
        match (page.policy_key, page.kind) {
            (Some(key), _) => text += &format!("\nPolicy: {key}\n"),
            (None, Kind::Refusal) => text += "\nPolicy: no key; this holds under every policy\n",
            (None, Kind::Fault) => {}
        }
        text += "\nExample:\n";
        for line in page.example.lines() {
            text += &format!("    {line}\n");
        }
        text + "\nWhat to do:\n" + &wrapped(page.remedy, "    ")
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&ExplanationDocument {
            schema: "exquota/explanation/1",
            code: self.page.code,
            kind: self.page.kind.as_str(),
            title: self.page.title,
            meaning: self.page.meaning,
            rule: self.page.rule,
            policy_key: self.page.policy_key,
            example: self.page.example,
            remedy: self.page.remedy,
        })
    }
}

/// `explain` without a code: all there are.
#[derive(Clone, Copy, Debug)]
pub struct CodeList;

/// What `explain` answers: every code.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct CodeListDocument {
    #[schemars(extend("const" = "exquota/explanations/1"))]
    schema: &'static str,
    codes: Vec<CodeDocument>,
}

#[derive(Serialize, JsonSchema)]
struct CodeDocument {
    #[schemars(with = "words::Code")]
    code: &'static str,
    #[schemars(with = "words::PageKind")]
    kind: &'static str,
    title: &'static str,
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

    fn json(&self) -> serde_json::Result<String> {
        let codes =
            all().map(|page| CodeDocument { code: page.code, kind: page.kind.as_str(), title: page.title }).collect();
        to_json(&CodeListDocument { schema: "exquota/explanations/1", codes })
    }

    fn table(&self) -> Option<Table> {
        let mut table = Table::new([Column::text("code"), Column::text("kind"), Column::text("title")]);
        for page in all() {
            table.push([Cell::of(page.code), Cell::of(page.kind.as_str()), Cell::of(page.title)]);
        }
        Some(table)
    }
}

/// A paragraph in lines of at most [`WIDTH`] columns, each behind `indent`; what stands in backticks is not broken.
fn wrapped(paragraph: &str, indent: &str) -> String {
    let mut text = String::new();
    let mut column = 0;
    for word in words(paragraph) {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            text.push('\n');
            column = 0;
        }
        if column == 0 {
            text += indent;
            column = indent.chars().count();
        } else {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += length;
    }
    text + "\n"
}

/// Words between blanks, save that blanks in backticks part nothing.
fn words(paragraph: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    paragraph
        .split(move |character: char| {
            if character == '`' {
                quoted = !quoted;
            }
            character == ' ' && !quoted
        })
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
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
        for code in Code::ALL {
            assert_eq!(refusal(*code).code, code.as_str());
            assert_eq!(refusal(*code).kind, Kind::Refusal);
            assert_eq!(page(code.as_str()), Some(refusal(*code)));
        }
        for code in FaultCode::ALL {
            assert_eq!(fault(*code).code, code.as_str());
            assert_eq!(fault(*code).kind, Kind::Fault);
            assert_eq!(page(code.as_str()), Some(fault(*code)));
        }
        let codes: HashSet<&str> = all().map(|page| page.code).collect();
        assert_eq!(codes.len(), Code::ALL.len() + FaultCode::ALL.len());
        assert_eq!(page("no-such-code"), None);
    }

    #[test]
    fn no_part_is_empty_or_untidy() {
        for page in all() {
            let parts = [page.title, page.meaning, page.example, page.remedy, page.rule];
            for part in parts.into_iter().chain(page.policy_key) {
                assert!(!part.trim().is_empty(), "{}", page.code);
                assert_eq!(part, part.trim_end(), "{}", page.code);
                assert!(!part.contains(" \n"), "{}: {part}", page.code);
            }
            for prose in [page.title, page.meaning, page.remedy] {
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
            for prose in [page.title, page.meaning, page.remedy] {
                for name in quoted(prose).filter(|name| looks_like_a_code(name)) {
                    assert!(super::page(name).is_some(), "{} mentions `{name}`", page.code);
                }
            }
        }
    }

    #[test]
    fn r13_a_page_says_whether_despite_can_record_it() {
        for code in Code::ALL {
            let page = refusal(*code);
            let cannot = page.remedy.contains("`--despite` can't");
            assert_eq!(cannot, code.leaves_nothing_to_record(), "{}", page.code);
            let told = page.remedy.contains("--despite");
            // A question writes nothing, so there is nothing to record.
            assert!(told || *code == Code::LicenceNotHeld, "{}", page.code);
        }
    }

    #[test]
    fn text_has_every_part_within_80_columns() {
        for page in all() {
            let text = Explained { page }.text(&Paper::default());
            assert!(text.starts_with(&format!("{}: {}\n\n", page.code, page.title)));
            assert!(text.contains("\nExample:\n    $ exquota "));
            assert!(text.contains("\nWhat to do:\n    "));
            assert_eq!(text.contains("\nPolicy: "), page.policy_key.is_some() || page.kind == Kind::Refusal);
            let example: Vec<String> = page.example.lines().map(|line| format!("    {line}")).collect();
            for line in text.lines().skip(1).filter(|line| !example.iter().any(|shown| shown == line)) {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", page.code);
            }
            let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(squeezed(&text).contains(&squeezed(page.meaning)), "{}", page.code);
        }
    }

    #[test]
    fn json_has_the_keys_of_its_schema() -> serde_json::Result<()> {
        for page in all() {
            let document: serde_json::Value = serde_json::from_str(&Explained { page }.json()?)?;
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
