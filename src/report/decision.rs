//! The answer of `check` and of every verb that writes. All of them use the same words (R12).

use super::Document;
use super::clean::clean;
use super::effects;
use super::medium::{Medium, Tone};
use super::policies::PolicyLabel;
use super::row::{object, row};
use super::table::{Cell, Table, table};
use super::values::{Day, pairs, words_in_output};
use super::wording::{and, joined, quantities, summary};
use crate::domain::book::{Judgement, Opening, Verdict};
use crate::domain::effects::Effect;
use crate::domain::event::{Digest, Event, Items, Number, Seq};
use crate::domain::judge::{Balance, CeilingRow, ValueRow};
use crate::domain::refusal::{Broken, Refusal};
use crate::domain::text::ChipName;
use crate::domain::units::{Units, grouped};
use crate::domain::words::words;
use chrono::NaiveDate;

/// A line of the frozen policy, shown behind a refusal (D29).
#[derive(Clone, Debug)]
pub struct PolicyLine {
    /// Its number in the policy's text.
    pub line: u64,
    pub text: String,
}

/// The answer of `check` and of every verb that writes. It joins a [`Judgement`], which is what the rules say, with
/// what the command then wrote. `Decided` is its outcome in one word.
pub struct Decision {
    pub judgement: Judgement,
    /// `None` for a question that is not recorded, a dry run or a refusal.
    pub written: Option<Seq>,
    /// The ledger's head after the command.
    pub head: Digest,
    /// For each refusal, in order, the policy line behind it.
    pub policy_lines: Vec<Option<PolicyLine>>,
    /// What a fact that no ceiling judges changes under the ceilings; none for orders and for what is not admitted.
    pub effects: Option<Effects>,
}

/// What a fact changes under the ceilings.
#[derive(Debug)]
pub struct Effects {
    /// The day on which it is compared without and with the fact.
    pub day: NaiveDate,
    pub changes: Vec<Effect>,
}

words! {
    /// The outcome of a [`Decision`] in one word. A [`Verdict`] is the rules' outcome; this one also says whether the
    /// command wrote an entry.
    pub(super) enum Decided {
        Within = "within",
        Recorded = "recorded",
        AlreadyRecorded = "already-recorded",
        Refused = "refused",
    }
}

words_in_output!(Decided);

object! {
    /// What `check` and every verb that writes answers.
    "decision" it: Decision {
        decision: it.decided(),
        policy: PolicyLabel::of(&it.judgement.in_force.adoption),
        head,
        date: Day(it.judgement.entry.date),
        customer: &it.judgement.customer,
        family: &it.judgement.family,
        items: pairs(it.judgement.entry.event.items().into_iter().flat_map(Items::iter)),
        units: it.judgement.units,
        /// A ceiling that the entry breaks only later has the figures at the first recorded entry that would break.
        ceilings: &it.judgement.rows,
        /// What a fact that no ceiling judges changes under the ceilings.
        changes: it.changes(),
        value: &it.judgement.value,
        /// For a shipment: what the licence allows of each chip, just after it.
        balance: it.judgement.balance.as_ref().map(pairs),
        refusals: &it.judgement.refusals,
        warnings: &it.judgement.warnings,
        largest_within: it.judgement.largest_within.as_ref().map(pairs),
        fits_from: it.judgement.fits_from.map(|opening| Day(opening.date)),
        entry: it.entry(),
    }
}

object! {
    /// A chip of a licence.
    it: Balance { authorised, shipped, left }
}

object! {
    /// The value of a licence, in whole units of its currency.
    it: ValueRow { currency, authorised, used, requested, after, limit, within }
}

row! {
    row: CeilingRow {
        ceiling => text,
        group => text,
        counts => text.goes(2),
        measure => text.unless("units"),
        /// The period that it counts in; null without a window.
        window => text.unless("") = row.window.map(|period| period.to_string()),
        limit => number,
        used => number.goes(4),
        /// What the customer has had from others, as far as `used` includes it.
        elsewhere => number.unless("0"),
        requested => number.goes(1),
        after => number,
        headroom,
        left => number.goes(3),
        within: row.within() => text("verdict") = verdict(row),
        exceeded_by,
        exception,
    }
}

fn verdict(row: &CeilingRow) -> Cell {
    if row.within() {
        return Cell::of("within");
    }
    let at = row.at.map(|place| format!(" at entry {}", place.seq)).unwrap_or_default();
    let shown = format!("over by {}{at}", row.exceeded_by.grouped());
    Cell::number(shown, format!("over by {}{at}", row.exceeded_by)).toned(Some(Tone::Alarm))
}

impl Decision {
    fn decided(&self) -> Decided {
        match (self.judgement.verdict, self.written) {
            (Verdict::Admitted, Some(_)) if !self.is_question() => Decided::Recorded,
            // Only `--despite` would record it, so the answer is not "within".
            (Verdict::Admitted, None) if self.judgement.is_violation() => Decided::Refused,
            (Verdict::Admitted, _) => Decided::Within,
            (Verdict::AlreadyRecorded(_), _) => Decided::AlreadyRecorded,
            (Verdict::Refused, _) => Decided::Refused,
        }
    }

    /// What the table says in every row: the decision, the codes that refuse the order, and what it was judged by.
    fn context(&self) -> Vec<(&'static str, String)> {
        let Judgement { in_force, entry, refusals, .. } = &self.judgement;
        let codes = joined(refusals.iter().map(|refusal| refusal.code), ";");
        let mut context = vec![("decision", self.decided().as_str().to_owned()), ("refusals", codes)];
        let label = PolicyLabel::of(&in_force.adoption);
        context.extend(label.context(entry.date, in_force.policy().unit.as_str(), self.head));
        context
    }

    fn changes(&self) -> &[Effect] {
        self.effects.as_ref().map_or(&[], |effects| effects.changes.as_slice())
    }

    fn is_question(&self) -> bool {
        self.judgement.entry.event.is_question()
    }

    fn entry(&self) -> Option<Seq> {
        match self.judgement.verdict {
            Verdict::AlreadyRecorded(seq) => Some(seq),
            _ => self.written,
        }
    }

    fn verdict_line(&self) -> String {
        let subject = subject(&self.judgement.entry.event);
        let subject = clean(&subject);
        let date = self.judgement.entry.date;
        // Of a question, the answer is recorded, and not the order (D49).
        let recorded = self.written.map(|seq| format!("; the check is recorded as entry {seq}"));
        let nothing = recorded.as_deref().unwrap_or("; nothing is written");
        let (verdict, written) = match (self.judgement.verdict, self.written) {
            (Verdict::Admitted, Some(seq)) if self.judgement.is_violation() => {
                (format!("RECORDED as entry {seq}, DESPITE the rules"), "")
            }
            (Verdict::Admitted, Some(seq)) if !self.is_question() => (format!("RECORDED as entry {seq}"), ""),
            (Verdict::Admitted, None) if self.judgement.is_violation() => {
                ("REFUSED".to_owned(), "; --despite would record it as a violation; nothing is written")
            }
            // No ceiling judges this fact at its own place (D1), so "within ceilings" would be wrong.
            (Verdict::Admitted, None) if self.judgement.rows.is_empty() && !self.is_question() => {
                ("WOULD BE RECORDED".to_owned(), nothing)
            }
            (Verdict::Admitted, _) => ("WITHIN CEILINGS".to_owned(), nothing),
            (Verdict::AlreadyRecorded(seq), _) => (format!("ALREADY RECORDED as entry {seq}"), nothing),
            (Verdict::Refused, _) => ("REFUSED".to_owned(), nothing),
        };
        format!("{verdict}: {subject}, dated {date}{written}")
    }

    /// Says where an order lacks something only at a later entry (D44).
    fn later_cause(&self) -> Option<String> {
        let entry = &self.judgement.entry;
        let is_order = matches!(entry.event, Event::Approval(_) | Event::Amendment(_) | Event::Shipment(_));
        let broken =
            self.judgement.refusals.iter().map(|refusal| refusal.entry.as_ref()).collect::<Option<Vec<_>>>()?;
        let first = broken.iter().filter(|_| is_order).min_by_key(|broken| (broken.date, broken.seq))?;
        let Broken { seq, kind, date, .. } = first;
        let day = entry.date;
        Some(format!(
            "\nOn {day} itself nothing refuses it. It fails at a later entry: entry {seq} ({kind} of {date}).\n"
        ))
    }

    /// Names the chips that count as 0 in the policy's unit.
    fn weightless(&self) -> String {
        let policy = self.judgement.in_force.policy();
        let items = self.judgement.entry.event.items().into_iter().flat_map(Items::iter);
        let counts_as_0 = |chip: &ChipName| policy.chip(chip).is_some_and(|chip| chip.equivalence == Some(Units::ZERO));
        let unit = &policy.unit;
        let lines = items.filter(|(chip, _)| counts_as_0(chip)).map(|(chip, _)| {
            format!(
                "\n{} counts as 0 {}: it is recorded, and uses nothing of a ceiling in that unit.\n",
                clean(chip.as_str()),
                clean(unit.as_str())
            )
        });
        lines.collect()
    }

    fn refusal_text(&self, refusal: &Refusal, line: Option<&PolicyLine>) -> String {
        let mut text = format!("\nrefused [{}]: {}\n", refusal.code.as_str(), clean(&refusal.message()));
        let policy = &self.judgement.in_force.adoption.policy;
        match (refusal.exception, line) {
            (Some(entry), _) => text += &format!("  set by the exception of entry {entry}: `exquota show {entry}`\n"),
            (None, Some(line)) => {
                text += &format!(
                    "  --> {} {}, line {}\n   |  {}\n",
                    clean(policy.name.as_str()),
                    clean(policy.version.as_str()),
                    line.line,
                    clean(line.text.trim())
                );
            }
            (None, None) => {}
        }
        if !refusal.nearest.is_empty() {
            let names: Vec<String> = refusal.nearest.iter().map(|name| format!("`{}`", clean(name.as_str()))).collect();
            text += &format!("  nearest known: {}\n", names.join(", "));
        }
        if let Some(help) = &refusal.help {
            text += &format!("  help: {}\n", clean(help));
        }
        text
    }

    /// Says what would pass now, and from which day the whole order would pass.
    fn advice(&self) -> String {
        if self.judgement.verdict != Verdict::Refused {
            return String::new();
        }
        let mut text = String::new();
        if let Some(largest) = &self.judgement.largest_within {
            let would_pass: Vec<String> = largest
                .iter()
                .filter(|(_, quantity)| *quantity > 0)
                .map(|(chip, quantity)| format!("{}={quantity}", clean(chip.as_str())))
                .collect();
            text += &match would_pass.as_slice() {
                [] if self.judgement.refusals.iter().all(|refusal| refusal.code.is_about_amounts()) => {
                    "\nhelp: no part of it would pass now\n".to_owned()
                }
                [] => String::new(),
                some => format!("\nhelp: would pass now: {}\n", some.join(" ")),
            };
        }
        if let Some(Opening { date, by_lapse }) = self.judgement.fits_from {
            let why = if by_lapse { "a licence lapses the day before" } else { "other limits hold from that day" };
            text += &format!("help: all of it would pass from {date} on, as {why}\n");
        }
        text
    }
}

impl Decision {
    /// The outcome, and the policy that it follows from.
    pub(super) fn header(&self, medium: &Medium) -> String {
        let label = PolicyLabel::of(&self.judgement.in_force.adoption);
        let unit = clean(self.judgement.in_force.policy().unit.as_str());
        medium.prose(&format!("{}\n{}; unit {unit}\n", self.verdict_line(), label.line()))
    }

    /// What stands below the header: figures, refusals, and what would pass.
    pub(super) fn body(&self, medium: &Medium) -> String {
        let mut text = medium.prose(&self.later_cause().unwrap_or_default());
        if !self.judgement.rows.is_empty() {
            text += &format!("\n{}", Table::of(&self.judgement.rows).text(medium));
        }
        if let Some(value) = &self.judgement.value {
            text += &medium.prose(&value_line(value));
        }
        if let Some(balance) = &self.judgement.balance {
            text += &format!("\n{}", balance_table(balance).text(medium));
        }
        text += &medium.prose(&self.weightless());
        if let Some(Effects { day, changes }) = &self.effects {
            text += &effects::text(changes, *day, medium);
        }
        let lines = self.policy_lines.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        for (refusal, line) in self.judgement.refusals.iter().zip(lines) {
            text += &medium.prose(&self.refusal_text(refusal, line));
        }
        text + &medium.prose(&self.advice())
    }
}

impl Document for Decision {
    fn decision(&self) -> Option<&Decision> {
        Some(self)
    }

    fn text(&self, medium: &Medium) -> String {
        self.header(medium) + &self.body(medium)
    }

    /// The rows of ceilings, of the licence's value and balance, and of what a fact changes. Each says what was decided
    /// on the whole: every ceiling may be within while something else refuses the order. So there is a row even where
    /// none of these has one.
    fn table(&self) -> Option<Table> {
        let Judgement { rows, value, balance, .. } = &self.judgement;
        let mut table = Table::stacked([
            ("ceiling", Table::of(rows)),
            ("value", value_table(value)),
            ("balance", balance_table(balance.as_deref().unwrap_or_default())),
            ("change", Table::of(self.changes())),
        ]);
        if table.is_empty() {
            table.push_empty();
        }
        Some(table.in_context(self.context()))
    }
}

/// The value of the licence, for programs.
fn value_table(value: &Option<ValueRow>) -> Table {
    table!(value.iter(), |row| {
        text("measure") = &row.currency,
        number("authorised") = row.authorised,
        number("limit") = row.limit,
        number("used") = row.used,
        number("requested") = row.requested,
        number("after") = row.after,
        number("left") = row.limit - row.after,
        text("verdict") = value_verdict(row, |over| over.to_string()),
    })
}

fn value_verdict(row: &ValueRow, told: fn(i64) -> String) -> String {
    match row.after - row.limit {
        _ if row.within => "within".to_owned(),
        over @ 1.. => format!("over by {}", told(over)),
        _ => "refused".to_owned(),
    }
}

/// What the licence allows of each chip, after the shipment.
fn balance_table(balance: &[(ChipName, Balance)]) -> Table {
    table!(balance, |(chip, balance)| {
        text("licensed chip") = chip,
        number("authorised") = &balance.authorised,
        number("shipped after") = &balance.shipped,
        number("left to ship") = &balance.left,
    })
}

/// The value of the licence in a line.
fn value_line(row: &ValueRow) -> String {
    let ValueRow { currency, authorised, used, requested, after, limit, .. } = row;
    let verdict = value_verdict(row, grouped);
    let [authorised, used, requested, after, limit] = [authorised, used, requested, after, limit].map(grouped);
    let currency = and(" in ", currency.as_ref());
    format!(
        "\nvalue{}: {authorised} authorised, limit {limit}; {used} used and {requested} requested come to {after}: {verdict}\n",
        clean(&currency)
    )
}

/// Describes the event in words: `approval of 60,000 H200 for alibaba`.
fn subject(event: &Event) -> String {
    let number = event.number().map(Number::as_str).filter(|_| !event.is_question());
    let number = number.map(|number| format!(" {number}")).unwrap_or_default();
    if let Event::Approval(approval) = event {
        format!("approval{number} of {} for {}", quantities(approval.items.iter()), approval.customer)
    } else if let Event::Shipment(shipment) = event {
        format!("shipment{number} of {} under {}", quantities(shipment.items.iter()), shipment.licence)
    } else {
        format!("{} {}", event.kind(), summary(event))
    }
}
