//! Policies in output: the one in force in every answer, `policy show`, `policy check`.

use super::clean::clean;
use super::exact::{Exact, Pairs};
use super::paper::Paper;
use super::schemas::words;
use super::table::{Cell, Column, Table};
use super::{Document, diagnostic, faults, to_json};
use crate::domain::event::{Adoption, Digest};
use crate::domain::fault::Fault;
use crate::domain::policy::{FlagRule, Policy};
use crate::domain::text::{Country, Text};
use schemars::JsonSchema;
use serde::Serialize;

/// The policy behind an answer.
#[derive(Clone, Serialize, JsonSchema, Debug)]
pub struct PolicyLabel {
    name: String,
    version: String,
    #[schemars(with = "words::Status")]
    status: &'static str,
    #[schemars(with = "words::Sha256")]
    digest: String,
}

impl PolicyLabel {
    /// Of an adopted policy.
    pub fn of(adoption: &Adoption) -> Self {
        Self::new(&adoption.policy, &adoption.digest)
    }

    fn new(policy: &Policy, digest: &Digest) -> Self {
        PolicyLabel {
            name: policy.name.to_string(),
            version: policy.version.to_string(),
            status: policy.status.as_str(),
            digest: digest.to_string(),
        }
    }

    /// In a line: name, version, and what it is worth.
    pub fn line(&self) -> String {
        format!("policy {} {} ({})", clean(&self.name), clean(&self.version), self.status)
    }
}

/// `policy show`: what a policy says.
pub struct PolicyShown {
    /// What is shown.
    pub adoption: Adoption,
}

/// What `policy show` answers: a policy as it was read, every default filled in.
#[derive(Serialize, JsonSchema)]
pub(super) struct PolicyDocument<'a> {
    #[schemars(extend("const" = "exquota/policy/1"))]
    schema: &'static str,
    policy: PolicyLabel,
    title: Option<&'a str>,
    sources: Vec<&'a str>,
    unit: &'a str,
    ceilings: Vec<CeilingDocument<'a>>,
    chips: Vec<ChipDocument<'a>>,
    destinations: Option<Vec<&'a str>>,
    #[schemars(with = "Pairs<String, Vec<String>>")]
    attestations: Pairs<&'static str, Vec<&'a str>>,
    country_groups: Pairs<&'a str, Vec<&'a str>>,
    #[schemars(with = "Pairs<String, words::FlagRule>")]
    flags: Pairs<&'a str, &'static str>,
    number_pattern: Option<&'a str>,
    shipment_reference_pattern: Option<&'a str>,
    restores: bool,
}

#[derive(Serialize, JsonSchema)]
struct CeilingDocument<'a> {
    ceiling: &'a str,
    #[schemars(with = "words::Scope")]
    scope: &'static str,
    limit: Exact,
    #[schemars(with = "words::Counts")]
    counts: &'static str,
    warn_at: &'a [u8],
}

#[derive(Serialize, JsonSchema)]
struct ChipDocument<'a> {
    chip: &'a str,
    vendor: Option<&'a str>,
    equivalence: Option<Exact>,
    aliases: Vec<&'a str>,
    prohibited: Option<&'a str>,
    specs: Pairs<&'a str, Exact>,
}

fn words(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(Text::as_str).collect()
}

fn codes(countries: &[Country]) -> Vec<&str> {
    countries.iter().map(Country::as_str).collect()
}

impl Document for PolicyShown {
    fn text(&self, paper: &Paper) -> String {
        let policy = &self.adoption.policy;
        let mut text = format!("{}\n", PolicyLabel::of(&self.adoption).line());
        if let Some(title) = &policy.title {
            text += &format!("{}\n", clean(title.as_str()));
        }
        text += &format!("digest {}\n\n", self.adoption.digest);
        let mut ceilings = Table::new([
            Column::text("ceiling"),
            Column::text("scope"),
            Column::number("limit"),
            Column::text("counts"),
            Column::text("warn at %"),
        ]);
        for ceiling in &policy.ceilings {
            let warn: Vec<String> = ceiling.warn_at.iter().map(u8::to_string).collect();
            ceilings.push([
                Cell::of(&ceiling.name),
                Cell::of(ceiling.scope.as_str()),
                Cell::units(ceiling.limit),
                Cell::of(ceiling.counts.as_str()),
                Cell::of(warn.join(", ")),
            ]);
        }
        text += &format!("Ceilings, in {}\n{}\n", clean(policy.unit.as_str()), ceilings.text(paper));
        let mut chips = Table::new([
            Column::text("chip"),
            Column::text("vendor"),
            Column::number("counts as"),
            Column::text("also called"),
            Column::text("prohibited"),
        ]);
        for chip in &policy.chips {
            chips.push([
                Cell::of(&chip.name),
                Cell::of(chip.vendor.as_ref().map_or("", Text::as_str)),
                Cell::of(chip.equivalence.map_or_else(|| "-".to_owned(), |units| units.grouped())),
                Cell::of(words(&chip.aliases).join(", ")),
                Cell::of(chip.prohibited.as_ref().map_or("", Text::as_str)),
            ]);
        }
        text += &format!("Chips\n{}\n", chips.text(paper));
        for (told, listed) in [
            (
                "destinations",
                policy.destinations.as_deref().map_or_else(|| "anywhere".to_owned(), |list| codes(list).join(", ")),
            ),
            ("an approval attests", words(&policy.approval_attestations).join(", ")),
            ("a shipment attests", words(&policy.shipment_attestations).join(", ")),
            (
                "counted together",
                policy
                    .country_groups
                    .iter()
                    .map(|(head, members)| format!("{head} with {}", codes(members).join(", ")))
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
            (
                "flags",
                policy
                    .flags
                    .iter()
                    .map(|(flag, rule)| format!("{flag}: {}", rule.as_str()))
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
            (
                "licence numbers",
                policy.number_pattern.as_ref().map_or(String::new(), |pattern| pattern.as_str().to_owned()),
            ),
            (
                "shipment references",
                policy.shipment_reference_pattern.as_ref().map_or(String::new(), |pattern| pattern.as_str().to_owned()),
            ),
            ("a return restores headroom", if policy.restores { "yes" } else { "no" }.to_owned()),
        ] {
            if !listed.is_empty() {
                text += &format!("{told}: {}\n", clean(&listed));
            }
        }
        for source in &policy.sources {
            text += &format!("source: {}\n", clean(source.as_str()));
        }
        text
    }

    fn json(&self) -> serde_json::Result<String> {
        let policy = &self.adoption.policy;
        to_json(&PolicyDocument {
            schema: "exquota/policy/1",
            policy: PolicyLabel::of(&self.adoption),
            title: policy.title.as_ref().map(Text::as_str),
            sources: words(&policy.sources),
            unit: policy.unit.as_str(),
            ceilings: policy
                .ceilings
                .iter()
                .map(|ceiling| CeilingDocument {
                    ceiling: ceiling.name.as_str(),
                    scope: ceiling.scope.as_str(),
                    limit: Exact(ceiling.limit),
                    counts: ceiling.counts.as_str(),
                    warn_at: &ceiling.warn_at,
                })
                .collect(),
            chips: policy
                .chips
                .iter()
                .map(|chip| ChipDocument {
                    chip: chip.name.as_str(),
                    vendor: chip.vendor.as_ref().map(Text::as_str),
                    equivalence: chip.equivalence.map(Exact),
                    aliases: words(&chip.aliases),
                    prohibited: chip.prohibited.as_ref().map(Text::as_str),
                    specs: Pairs(chip.specs.iter().map(|spec| (spec.name.as_str(), Exact(spec.value))).collect()),
                })
                .collect(),
            destinations: policy.destinations.as_deref().map(codes),
            attestations: Pairs(vec![
                ("approval", words(&policy.approval_attestations)),
                ("shipment", words(&policy.shipment_attestations)),
            ]),
            country_groups: Pairs(
                policy.country_groups.iter().map(|(head, members)| (head.as_str(), codes(members))).collect(),
            ),
            flags: Pairs(policy.flags.iter().map(|(flag, rule)| (flag.as_str(), FlagRule::as_str(*rule))).collect()),
            number_pattern: policy.number_pattern.as_ref().map(|pattern| pattern.as_str()),
            shipment_reference_pattern: policy.shipment_reference_pattern.as_ref().map(|pattern| pattern.as_str()),
            restores: policy.restores,
        })
    }
}

/// One policy file, read.
pub struct CheckedPolicy {
    /// As it was given.
    pub path: String,
    /// Its text, for underlining.
    pub source: String,
    /// What it says, or what is wrong with it.
    pub read: Result<Adoption, Vec<Fault>>,
}

/// `policy check`: which files are valid policies.
pub struct PolicyChecks {
    /// Every file, in the order given.
    pub files: Vec<CheckedPolicy>,
    /// Whether underlining may be coloured.
    pub colour: bool,
}

/// What `policy check` answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct ChecksDocument<'a> {
    #[schemars(extend("const" = "exquota/policy-check/1"))]
    schema: &'static str,
    valid: bool,
    policies: Vec<CheckDocument<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct CheckDocument<'a> {
    path: &'a str,
    valid: bool,
    policy: Option<PolicyLabel>,
    faults: Vec<faults::FaultDocument<'a>>,
}

impl PolicyChecks {
    /// Whether every file is valid.
    pub fn valid(&self) -> bool {
        self.files.iter().all(|file| file.read.is_ok())
    }
}

impl Document for PolicyChecks {
    fn text(&self, _: &Paper) -> String {
        self.files
            .iter()
            .map(|file| match &file.read {
                Ok(adoption) => format!("VALID  {}: {}\n", clean(&file.path), PolicyLabel::of(adoption).line()),
                Err(faults) => format!(
                    "NOT VALID  {}: {}\n{}",
                    clean(&file.path),
                    faults::count(faults.len(), "fault", "faults"),
                    diagnostic::render(&file.path, &file.source, faults, self.colour)
                ),
            })
            .collect()
    }

    fn json(&self) -> serde_json::Result<String> {
        to_json(&ChecksDocument {
            schema: "exquota/policy-check/1",
            valid: self.valid(),
            policies: self
                .files
                .iter()
                .map(|file| CheckDocument {
                    path: &file.path,
                    valid: file.read.is_ok(),
                    policy: file.read.as_ref().ok().map(PolicyLabel::of),
                    faults: file.read.as_ref().err().map_or_else(Vec::new, |faults| faults::documents(faults)),
                })
                .collect(),
        })
    }
}
