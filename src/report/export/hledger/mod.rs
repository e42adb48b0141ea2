//! Exports the ledger as a journal of double-entry bookkeeping, so that hledger checks this program's sums.
//!
//! The journal holds two things, which come from two places:
//!
//! - **Postings** come from what the entries say. Where an entry gives a total and not a change (an amendment, a closure,
//!   an expiry), so does the posting (`= N`), and hledger works out the change.
//! - **Assertions**, in transactions of their own that move nothing, come from the fold.
//!
//! The fold chooses the account of a posting; a wrong choice fails an assertion too. For each chip, every licence has
//! `authorised = outstanding + shipped + released + excess` (R3). `authorised` has its sign turned, because postings
//! add up to zero. `excess` is negative: it is what left beyond the authorised quantity, which only a violation can do
//! (R13). `returned` is what came back and `retired` what was lost, destroyed or resold; they change none of these (R10).
//! What was not delivered goes back to where it shipped from.

mod accounts;
mod assertions;

use crate::domain::event::{Adoption, Amendment, Entry, Event, Items, Number, ReturnKind, Seq};
use crate::domain::group::Group;
use crate::domain::state::{Licence, State};
use crate::domain::text::{ChipName, CustomerId, LicenceNumber};
use crate::report::clean::clean;
use crate::report::wording::summary;
use accounts::{Account, commodity, family_path, home, path_of, safe};
use assertions::{checks_of, checks_of_family, checks_of_group};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// One line of a transaction, in whole chips.
struct Posting<'a> {
    account: Account,
    /// None takes what the other lines leave. With `= `, sets the account to this many, and hledger works out the change;
    /// without, adds this many, or removes them if negative.
    amount: Option<(&'static str, i64, &'a ChipName)>,
}

impl<'a> Posting<'a> {
    fn moves(account: Account, count: i64, chip: &'a ChipName) -> Self {
        Posting { account, amount: Some(("", count, chip)) }
    }

    fn becomes(account: Account, count: i64, chip: &'a ChipName) -> Self {
        Posting { account, amount: Some(("= ", count, chip)) }
    }

    fn rest(account: Account) -> Self {
        Posting { account, amount: None }
    }
}

/// A licence and its postings so far.
struct Posted {
    /// Its accounts' path: country, family, customer, licence.
    path: String,
    /// Its last valid day, until it has passed.
    due: Option<NaiveDate>,
    /// Its chips, each with the account of what has not shipped.
    chips: Vec<(ChipName, Account)>,
    /// Every account that anything of it was posted to.
    accounts: BTreeSet<Account>,
}

impl Posted {
    fn balance_of(&mut self, chip: &ChipName) -> Account {
        match self.chips.iter().find(|(held, _)| held == chip) {
            Some((_, account)) => *account,
            None => {
                self.chips.push((chip.clone(), Account::Outstanding));
                Account::Outstanding
            }
        }
    }
}

/// A journal in the making. Entries come in effective order.
#[derive(Default)]
pub struct Journal {
    text: String,
    /// The day of its first entry.
    begins: NaiveDate,
    licences: BTreeMap<LicenceNumber, Posted>,
    by_customer: BTreeMap<CustomerId, Vec<LicenceNumber>>,
    due: BTreeSet<(NaiveDate, LicenceNumber)>,
    declared: BTreeSet<ChipName>,
}

impl Journal {
    /// Starts a journal with these lines at its head. It dates nothing before `begins`.
    pub fn headed(lines: &[String], begins: NaiveDate) -> Self {
        let mut journal = Journal { begins, ..Journal::default() };
        for line in lines {
            journal.comment(line);
        }
        journal
    }

    /// The last valid day of the licence that lapses next, if it lies before `date`.
    pub fn next_lapse_before(&self, date: NaiveDate) -> Option<NaiveDate> {
        self.due.first().map(|(last_day, _)| *last_day).filter(|last_day| *last_day < date)
    }

    /// Releases, on the day after `last_day`, what is still outstanding (R4). `state` is the state at the end of
    /// `last_day`.
    pub fn lapse(&mut self, last_day: NaiveDate, state: &State) {
        let date = last_day.succ_opt().unwrap_or(last_day);
        while let Some((_, number)) = self.due.first().filter(|(due, _)| *due == last_day).cloned() {
            self.due.pop_first();
            if let Some(posted) = self.licences.get_mut(&number) {
                posted.due = None;
            }
            // A closed licence has nothing left to release.
            let Some(licence) = state.licence(&number).filter(|licence| licence.status.is_open()) else { continue };
            self.text.push('\n');
            let told = format!("expiry {}", safe(number.as_str()));
            self.settle(date, &told, state, licence, false);
            let checks = checks_of(state, licence, false);
            self.check(date, &told, &checks);
        }
    }

    /// Adds an entry. `state` is the state just after it; `licence` is the licence that it is about.
    pub fn record(&mut self, entry: &Entry, state: &State, licence: Option<&LicenceNumber>) {
        self.text.push('\n');
        let despite = entry.despite.as_ref().map(|reason| format!("; despite: {reason}")).unwrap_or_default();
        let Entry { seq, date, event, .. } = entry;
        self.comment(&format!("{date} entry {seq}: {} {}{despite}", event.kind(), summary(event)));
        let told = told(entry, licence);
        match event {
            // Line 1's policy also governs what is dated before it (D5).
            Event::Policy(adoption) if *seq == 1 => self.prices(self.begins.min(*date), adoption),
            Event::Policy(adoption) => self.prices(*date, adoption),
            Event::Approval(approval) => {
                let path = state.licence(&approval.licence).map(|licence| path_of(state, licence));
                self.open(&approval.licence, &approval.customer, path.unwrap_or_default());
                self.posts(entry, &told, &approval.licence, &approval.items, |_, chip, count| {
                    let authorised = Posting::moves(Account::Authorised, -count, chip);
                    vec![Posting::moves(Account::Outstanding, count, chip), authorised]
                });
            }
            Event::Amendment(amendment) => self.amend(entry, &told, amendment),
            Event::Shipment(shipment) => {
                self.posts(entry, &told, &shipment.licence, &shipment.items, |balance, chip, count| {
                    vec![Posting::moves(Account::Shipped, count, chip), Posting::moves(balance, -count, chip)]
                });
            }
            Event::Return(returned) => {
                let Some(licence) = licence else { return };
                self.posts(entry, &told, licence, &returned.items, |balance, chip, count| {
                    let (to, from) = match returned.kind {
                        None => (Account::Returned, Account::Consignees),
                        Some(ReturnKind::Undelivered) => (balance, Account::Shipped),
                        Some(ReturnKind::Retired) => (Account::Retired, Account::Consignees),
                    };
                    vec![Posting::moves(to, count, chip), Posting::moves(from, -count, chip)]
                });
            }
            Event::Customer(_)
            | Event::Suspension(_)
            | Event::Reinstatement(_)
            | Event::Closure(_)
            | Event::Exception(_)
            | Event::Volume(_)
            | Event::Elsewhere(_)
            | Event::Check(_)
            | Event::Void(_) => {}
        }
        if matches!(event, Event::Policy(_) | Event::Customer(_)) {
            self.move_families(*date, &told, state);
        }
        let concerned = licence.into_iter().chain(event.replaces());
        let concerned: Vec<&Licence> = concerned.filter_map(|number| state.licence(number)).collect();
        for licence in &concerned {
            self.note_expiry(licence);
            self.settle(*date, &told, state, licence, licence.status.is_open());
        }
        for licence in concerned {
            let mut checks = checks_of(state, licence, licence.status.is_open());
            checks.extend(checks_of_family(state, licence));
            self.check(*date, &told, &checks);
        }
    }

    /// Checks every licence, every family and country, and the total against `state`, the state of that day. Returns
    /// the journal.
    pub fn finish(mut self, date: NaiveDate, state: &State, notes: &[String]) -> String {
        self.text.push('\n');
        self.comment("in the end: every licence, family and country, and the total");
        for licence in state.licences() {
            let told = format!("all of {}", safe(licence.number.as_str()));
            self.check(date, &told, &checks_of(state, licence, licence.status.is_open()));
        }
        let families =
            state.customers().map(|(customer, _)| customer).filter(|customer| state.root(*customer) == *customer);
        let families = families.map(|root| (family_path(state, root), Group::Family(root)));
        let countries = state.countries().map(|country| (safe(country.as_str()), Group::Country(country.clone())));
        for (path, group) in families.chain(countries).chain([(String::new(), Group::Total)]) {
            let told = format!("all of {}", group.name(state));
            self.check(date, &clean(&told), &checks_of_group(state, &path, &group, |_| true));
        }
        if !notes.is_empty() {
            self.text.push('\n');
        }
        for line in notes {
            self.comment(line);
        }
        self.text
    }

    /// Writes a line that hledger ignores.
    fn comment(&mut self, text: &str) {
        self.line(format_args!("; {}", clean(text)));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{line}");
    }

    /// Writes what each chip counts as in the policy's unit, as a price: `hledger balance --value=DATE,UNIT` uses it.
    fn prices(&mut self, date: NaiveDate, adoption: &Adoption) {
        let unit = adoption.policy.unit.as_str();
        for chip in adoption.policy.chips.iter().filter(|chip| chip.name.as_str() != unit) {
            self.declare(&chip.name);
            let each = chip.equivalence.map(|each| each.to_string()).unwrap_or_else(|| "0".to_owned());
            self.line(format_args!("P {date} {} {each} {}", commodity(chip.name.as_str()), commodity(unit)));
        }
    }

    fn declare(&mut self, chip: &ChipName) {
        if self.declared.insert(chip.clone()) {
            self.line(format_args!("commodity 1. {}", commodity(chip.as_str())));
        }
    }

    fn open(&mut self, number: &LicenceNumber, customer: &CustomerId, path: String) {
        self.licences.insert(number.clone(), Posted { path, due: None, chips: Vec::new(), accounts: BTreeSet::new() });
        self.by_customer.entry(customer.clone()).or_default().push(number.clone());
    }

    /// Writes one transaction. `make` makes the postings of each item; it gets the account of the licence's balance of
    /// the chip.
    fn posts<'a>(
        &mut self,
        entry: &Entry,
        told: &str,
        number: &LicenceNumber,
        items: &'a Items,
        make: impl Fn(Account, &'a ChipName, i64) -> Vec<Posting<'a>>,
    ) {
        let Some(posted) = self.licences.get_mut(number) else { return };
        let mut postings = Vec::new();
        for (chip, count) in items.iter() {
            let balance = posted.balance_of(chip);
            postings.extend(make(balance, chip, i64::try_from(*count).unwrap_or(i64::MAX)));
        }
        self.transaction(entry.date, told, number, &postings);
    }

    /// Posts an amendment. It gives new totals.
    fn amend(&mut self, entry: &Entry, told: &str, amendment: &Amendment) {
        let Some(posted) = self.licences.get_mut(&amendment.licence) else { return };
        let items = amendment.items.iter();
        let lying: Vec<_> = items.map(|(chip, count)| (posted.balance_of(chip), chip, *count)).collect();
        for balance in [Account::Outstanding, Account::Released, Account::Excess] {
            let mut postings = Vec::new();
            for (_, chip, count) in lying.iter().filter(|(account, ..)| *account == balance) {
                let total = i64::try_from(*count).unwrap_or(i64::MAX);
                postings.push(Posting::becomes(Account::Authorised, -total, chip));
            }
            if !postings.is_empty() {
                postings.push(Posting::rest(balance));
                self.transaction(entry.date, told, &amendment.licence, &postings);
            }
        }
    }

    /// Moves what has not shipped to its present account: released at the end of a licence, in excess after a
    /// violation.
    fn settle(&mut self, date: NaiveDate, told: &str, state: &State, licence: &Licence, open: bool) {
        let Some(posted) = self.licences.get_mut(&licence.number) else { return };
        let mut moves: Vec<(Account, Account, &ChipName)> = Vec::new();
        for held in &licence.chips {
            let Some(chip) = state.chip_name(held.chip) else { continue };
            let (before, after) = (posted.balance_of(chip), Account::of_balance(*held, open));
            if before != after {
                moves.push((before, after, chip));
            }
        }
        for (_, after, chip) in &moves {
            if let Some(place) = posted.chips.iter_mut().find(|(held, _)| held == *chip) {
                place.1 = *after;
            }
        }
        while let Some((before, after, _)) = moves.first().copied() {
            let (now, later) = moves.into_iter().partition(|(from, to, _)| (*from, *to) == (before, after));
            moves = later;
            let now: Vec<_> = now;
            let mut postings: Vec<_> = now.iter().map(|(_, _, chip)| Posting::becomes(before, 0, chip)).collect();
            postings.push(Posting::rest(after));
            self.transaction(date, told, &licence.number, &postings);
        }
    }

    /// Moves all postings of a licence to another family or country, after a takeover or a change of country group.
    fn move_families(&mut self, date: NaiveDate, told: &str, state: &State) {
        let mut moves = Vec::new();
        for (customer, numbers) in &self.by_customer {
            let Some(home) = state.customer(customer).map(|customer| home(state, customer)) else { continue };
            for number in numbers {
                let path = format!("{home}:{}", safe(number.as_str()));
                let moved = self.licences.get_mut(number).filter(|posted| posted.path != path);
                moves.extend(moved.map(|posted| {
                    let chips: Vec<ChipName> = posted.chips.iter().map(|(chip, _)| chip.clone()).collect();
                    let old = std::mem::replace(&mut posted.path, path.clone());
                    (old, path, chips, posted.accounts.clone())
                }));
            }
        }
        for (old, new, chips, accounts) in moves {
            for account in accounts {
                self.line(format_args!("{date} {told}"));
                for chip in &chips {
                    self.line(format_args!("    {}  = 0 {}", account.at(&old), commodity(chip.as_str())));
                }
                self.line(format_args!("    {}", account.at(&new)));
            }
        }
    }

    /// Notes the day after which the licence lapses, as the last entry about it leaves it.
    fn note_expiry(&mut self, licence: &Licence) {
        let Some(posted) = self.licences.get_mut(&licence.number) else { return };
        if let Some(due) = posted.due {
            self.due.remove(&(due, licence.number.clone()));
        }
        posted.due = licence.status.expires.filter(|_| !licence.status.lapsed);
        if let Some(due) = posted.due {
            self.due.insert((due, licence.number.clone()));
        }
    }

    fn transaction(&mut self, date: NaiveDate, told: &str, number: &LicenceNumber, postings: &[Posting<'_>]) {
        postings.iter().filter_map(|posting| posting.amount).for_each(|(_, _, chip)| self.declare(chip));
        let Some(posted) = self.licences.get_mut(number) else { return };
        posted.accounts.extend(postings.iter().map(|posting| posting.account));
        let path = posted.path.clone();
        self.line(format_args!("{date} {told}"));
        for Posting { account, amount } in postings {
            let amount = amount.map(|(sign, count, chip)| format!("  {sign}{count} {}", commodity(chip.as_str())));
            self.line(format_args!("    {}{}", account.at(&path), amount.unwrap_or_default()));
        }
    }

    fn check(&mut self, date: NaiveDate, told: &str, checks: &[String]) {
        if !checks.is_empty() {
            self.line(format_args!("{date} {told}: check"));
        }
        for check in checks {
            self.line(format_args!("    {check}"));
        }
    }
}

/// The description of a transaction: its entry's number, and the numbers of what it is about.
fn told(entry: &Entry, licence: Option<&LicenceNumber>) -> String {
    let reference = match entry.event.number() {
        Some(Number::Reference(reference)) => format!(" {}", safe(reference.as_str())),
        Some(Number::Licence(_)) | None => String::new(),
    };
    let licence = licence.map(|licence| format!(" {}", safe(licence.as_str()))).unwrap_or_default();
    let seq: Seq = entry.seq;
    format!("({seq}) {}{reference}{licence}", entry.event.kind())
}
