//! The `explain` pages: what each code means, the policy key behind it, an example, and what to do.
//!
//! A page is a file, `pages/CODE.txt`. It holds the rules that the code belongs to, then what `explain CODE` prints.
//! The lists of codes include the files, so a code without a page does not compile.

use super::Document;
use super::medium::Medium;
use super::row::object;
use super::values::{in_json, words_in_output};
use crate::domain::fault::{FaultCode, fault_codes};
use crate::domain::refusal::{Code, refusal_codes};
use crate::domain::words::words;

macro_rules! page_files {
    ($(#[$meta:meta])* pub enum $codes:ident { $($variant:ident = $word:literal,)* }) => {
        impl $codes {
            /// The text of the code's page file.
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
    pub enum CodeKind {
        Refusal = "refusal",
        Fault = "fault",
    }
}

words_in_output!(CodeKind);

/// The page of one code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    pub code: &'static str,
    pub kind: CodeKind,
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
    pub remedy: String,
    /// The rules of the design it belongs to.
    pub rule: &'static str,
}

impl Page {
    /// Splits a page file at its blank lines. A missing part is empty; a test refuses that.
    fn read((code, kind, file): (&'static str, CodeKind, &'static str)) -> Page {
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

/// The text after `Policy: ` for a code that no policy key decides.
const NO_KEY: &str = "no key; this holds under every policy";

fn files() -> impl Iterator<Item = (&'static str, CodeKind, &'static str)> {
    let refusals = Code::ALL.iter().map(|code| (code.as_str(), CodeKind::Refusal, code.page_file()));
    refusals.chain(FaultCode::ALL.iter().map(|code| (code.as_str(), CodeKind::Fault, code.page_file())))
}

/// The page of a code, if the code exists.
pub fn page(code: &str) -> Option<Page> {
    files().find(|(name, ..)| *name == code).map(Page::read)
}

/// Every page: refusals in the order in which they are reported, then faults.
pub fn all() -> impl Iterator<Item = Page> {
    files().map(Page::read)
}

/// The answer of `explain CODE`.
#[derive(Clone, Debug)]
pub struct Explained {
    pub page: Page,
}

/// A code. Its schema lists all codes.
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
    fn text(&self, medium: &Medium) -> String {
        medium.prose(self.page.text)
    }
}

/// The answer of `explain` without a code: all codes.
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
    fn text(&self, medium: &Medium) -> String {
        let width = all().map(|page| page.code.len()).max().unwrap_or(0);
        let mut text = String::new();
        for (kind, heading) in [
            (CodeKind::Refusal, "Refusals: the rules say no"),
            (CodeKind::Fault, "\nFaults: a file's content is wrong"),
        ] {
            text += &format!("{heading}\n");
            for page in all().filter(|page| page.kind == kind) {
                text += &format!("  {:width$}  {}\n", page.code, page.title);
            }
        }
        text +=
            "\n`exquota explain CODE` prints the page of one code, `exquota explain policy` every key of a policy.\n";
        medium.prose(&text)
    }
}

#[cfg(test)]
mod tests;
