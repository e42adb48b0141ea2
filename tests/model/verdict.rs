//! The answer to a proposal: R6, R11, R12, R13, D2, D9, D19.

use std::rc::Rc;

use crate::dates::{self, Day};
use crate::fold::{Book, Written};
use crate::judge::{self, Refusal, Row};
use crate::lines::{Ask, Event, Items, Line, Record};
use crate::policy::{Limit, Policy, plain};
use crate::records;

/// Every refusal that a proposal causes, its ceiling rows, and its licence's value.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) rows: Vec<Row>,
    pub(crate) value: Option<([i128; 5], bool)>,
    /// If the line were recorded all the same, it would change nothing.
    pub(crate) inert: bool,
}

/// Whether the proposal, or its number, is recorded already.
pub(crate) enum Taken {
    /// The same entry is recorded, with this seq (R11, D19).
    Recorded(u64),
    /// The number is taken with other content.
    Other(Refusal),
    No,
}

impl Book {
    /// The next line, not written yet.
    pub(crate) fn next(&self, clock: i64, date: Day, event: Event) -> Line {
        // If the clock is a little behind the last line, the last line's time is used (section 4).
        let last = self.written.last().map_or(clock, |written| written.line.recorded_at);
        let seq = self.written.len() as u64 + 1;
        Line { seq, prev: self.head(), recorded_at: clock.max(last), date, despite: None, event, ask: Ask::default() }
    }

    /// R6: the refusals of the fold with the line that the fold without it does not have.
    pub(crate) fn judge(&self, line: &Line) -> Answer {
        if let Event::Check(check) = &line.event {
            return self.judge_check(line, check);
        }
        let with = self.fold(Some(line), None);
        let own: Vec<Refusal> = with.refusals.iter().filter(|r| r.entry == line.seq).cloned().collect();
        // If the line itself is refused, the answer has its own refusals alone (D2). With `--despite` it also has the
        // refusals that the line causes later, because `--despite` never hides another refusal (R13).
        let alone = line.despite.is_none() || own.iter().any(Refusal::leaves_nothing);
        let without = self.fold(None, None).refusals;
        let same = |a: &Refusal, b: &Refusal| {
            a.entry == b.entry && a.code == b.code && a.ceiling == b.ceiling && a.group == b.group && a.chip == b.chip
        };
        let mut later: Vec<Refusal> = with.refusals;
        later.retain(|new| new.entry != line.seq && !without.iter().any(|old| same(new, old)));
        for refusal in &mut later {
            match line.event {
                Event::Policy { .. } => {
                    refusal.inert = refusal.leaves_nothing();
                    refusal.code = "policy-retroactive";
                }
                Event::Void { .. } => refusal.code = "void-not-allowed",
                _ => {}
            }
        }
        // Earlier lines stay: a line that would make one impossible changes nothing (D6), even if D2 leaves that
        // refusal out of the answer.
        let inert = own.iter().chain(&later).any(Refusal::leaves_nothing);
        if !own.is_empty() && alone {
            later.clear();
        }
        let mut rows = with.rows;
        // Where only a later line is in the way, the rows show the verdict at the first such line (D44).
        if own.is_empty() && !rows.is_empty() {
            let mut shown: Vec<Row> = Vec::new();
            for (entry, row) in with.exceeded {
                let refused = |refusal: &&Refusal| {
                    let of = (refusal.entry, refusal.ceiling.as_ref(), refusal.group.as_ref());
                    of == (entry, Some(&row.ceiling), Some(&row.place.group))
                };
                let same = |other: &&Row| (&other.ceiling, &other.place) == (&row.ceiling, &row.place);
                if later.iter().any(|refusal| refused(&refusal)) && !shown.iter().any(|other| same(&other)) {
                    shown.push(row);
                }
            }
            for row in shown {
                match rows.iter_mut().find(|own| (&own.ceiling, &own.place) == (&row.ceiling, &row.place)) {
                    Some(own) => *own = row,
                    None => rows.push(row),
                }
            }
        }
        Answer { refusals: own.into_iter().chain(later).collect(), rows, value: with.value, inert }
    }

    /// Writes a line whatever the rules say, and keeps their verdict.
    pub(crate) fn write(&mut self, line: Line) -> &Written {
        let Answer { refusals, inert, .. } = self.judge(&line);
        self.written.push(Written { line, refusals, inert });
        &self.written[self.written.len() - 1]
    }

    pub(crate) fn add_policy(&mut self, policy: &Policy) -> (String, String) {
        let source = policy.toml();
        let digest = crate::json::sha256(source.as_bytes());
        self.policies.insert(digest.clone(), Rc::new(policy.clone()));
        (digest, source)
    }

    /// Finds out whether the proposal, or its number, is recorded already (R11, D18, D19).
    pub(crate) fn taken(&self, line: &Line) -> Taken {
        let live = self.live();
        if let Some(mine) = judge::number(&line.event) {
            let Some(found) = live.iter().find(|other| judge::number(&other.event) == Some(mine)) else {
                return Taken::No;
            };
            let mut differs = line.event.differs(&found.event);
            if line.date != found.date && differs != ["event"] {
                differs.push("date".to_owned());
            }
            let counts = !self.written.iter().any(|written| written.inert && written.line.seq == found.seq);
            if differs.is_empty() && counts {
                return Taken::Recorded(found.seq);
            }
            let (entry, code) = (line.seq, mine.0);
            return Taken::Other(Refusal {
                entry,
                code,
                inert: false,
                ceiling: None,
                group: None,
                chip: None,
                differs,
            });
        }
        if let Event::Customer(record) = &line.event {
            return self.in_force(record, line.date).map_or(Taken::No, Taken::Recorded);
        }
        let Some(mine) = subject(&line.event) else {
            return Taken::No;
        };
        let before = live.iter().filter(|other| other.date <= line.date && subject(&other.event) == Some(mine.clone()));
        match before.max_by_key(|other| (other.date, other.seq)) {
            Some(last) if last.event.same(&line.event) && !self.opens_a_window(line, last.date) => {
                Taken::Recorded(last.seq)
            }
            _ => Taken::No,
        }
    }

    /// What a customer has had from others counts in the window that holds its date alone, so the same figures are said
    /// anew in the next one (R14).
    fn opens_a_window(&self, line: &Line, before: Day) -> bool {
        let policy = self.state(line.date).policy;
        let mut counting = policy.ceilings.iter().filter(|ceiling| ceiling.elsewhere);
        matches!(line.event, Event::Elsewhere { .. })
            && counting.any(|ceiling| ceiling.window.holding(line.date) != ceiling.window.holding(before))
    }

    /// The registration of this customer in force on a day, if the record in force is this one. The first registration
    /// is in force on every day before the next one (D5).
    fn in_force(&self, record: &Record, day: Day) -> Option<u64> {
        let counting: Vec<&Line> =
            self.live().into_iter().filter(|line| !self.written[line.seq as usize - 1].inert).collect();
        let beginnings = records::beginnings(&counting);
        let counted = records::as_they_count(&counting);
        let mine = counted.iter().filter(|line| matches!(&line.event, Event::Customer(held) if held.id == record.id));
        let reached = mine.filter(|line| line.date <= day || beginnings.contains(&line.seq));
        let last = reached.max_by_key(|line| (!beginnings.contains(&line.seq), line.date, line.seq))?;
        (last.event == Event::Customer(record.clone())).then_some(last.seq)
    }

    /// D9: for each item in the order given, the largest quantity that passes the whole judgement.
    pub(crate) fn largest_within(&self, line: &Line, refusals: &[Refusal]) -> Items {
        let asked = line.event.items();
        if refusals.is_empty() {
            return asked;
        }
        let mut granted: Items = asked.iter().map(|item| (item.0.clone(), 0)).collect();
        if refusals.iter().any(|r| !matches!(r.code, "ceiling-exceeded" | "balance-exceeded" | "below-shipped")) {
            return granted;
        }
        for (i, (_, most)) in asked.iter().enumerate() {
            let passes = |quantity: u64| {
                let mut items = granted.clone();
                items[i].1 = quantity;
                items.iter().all(|item| item.1 == 0)
                    || self.judge(&Line { event: line.event.with_items(&items), ..line.clone() }).refusals.is_empty()
            };
            granted[i].1 = largest(*most, passes);
        }
        granted
    }

    /// D9, D43: the first day after a recorded expiry, of a step or of a policy ahead, on which the same approval passes.
    pub(crate) fn fits_from(&self, line: &Line, refusals: &[Refusal]) -> Option<Day> {
        let approval = matches!(line.event, Event::Approval(_));
        if !approval || refusals.is_empty() || refusals.iter().any(|r| r.code != "ceiling-exceeded") {
            return None;
        }
        let end = self.fold(None, None).state;
        let lapses = end.licences.iter().filter_map(|licence| licence.expires);
        let mut days: Vec<Day> = lapses.map(|last| last + 1).collect();
        let mut policies = vec![self.state(line.date).policy];
        for entry in self.live() {
            match &entry.event {
                Event::Exception { expires: Some(last), .. } => days.push(last + 1),
                Event::Policy { digest, .. } if entry.date > line.date => {
                    policies.push(self.policy(digest));
                    days.push(entry.date);
                }
                _ => {}
            }
        }
        for ceiling in policies.iter().flat_map(|policy| &policy.ceilings) {
            if let Limit::Steps(steps) = &ceiling.limit {
                days.extend(steps.iter().map(|step| step.0));
            }
            days.extend(ceiling.window.turns(line.date, self.last_date()));
        }
        days.retain(|day| *day >= line.date);
        days.sort_unstable();
        let ask = Ask { ahead: true, ..line.ask.clone() };
        let months = self.state(line.date).policy.valid_months;
        let passes = |day: &Day| {
            let mut moved = Line { date: *day, ask: ask.clone(), ..line.clone() };
            // An expiry that the policy gave moves with the date.
            if let Event::Approval(approval) = &mut moved.event
                && let Some(months) = months
                && approval.expires == Some(dates::months_on(line.date, months))
            {
                approval.expires = Some(dates::months_on(*day, months));
            }
            self.judge(&moved).refusals.is_empty()
        };
        days.into_iter().find(passes)
    }
}

/// The subject of an event without a number (D19).
fn subject(event: &Event) -> Option<Vec<String>> {
    let about = match event {
        Event::Policy { .. } => vec!["policy".to_owned()],
        Event::Customer(record) => vec!["customer".to_owned(), record.id.clone()],
        Event::Amendment { licence, .. } => vec!["amendment".to_owned(), licence.clone()],
        Event::Closure { licence, .. } => vec!["closure".to_owned(), licence.clone()],
        Event::Suspension { licence, .. } | Event::Reinstatement { licence, .. } => {
            vec!["suspension".to_owned(), licence.clone()]
        }
        Event::Exception { ceiling, group, .. } => {
            vec!["exception".to_owned(), ceiling.clone(), plain(group)]
        }
        Event::Volume { series, chip, .. } => {
            vec!["volume".to_owned(), plain(series), chip.clone()]
        }
        Event::Elsewhere { customer, .. } => vec!["elsewhere".to_owned(), customer.clone()],
        Event::Void { entry, .. } => vec!["void".to_owned(), entry.to_string()],
        Event::Approval(_) | Event::Shipment(_) | Event::Return { .. } | Event::Check(_) => return None,
    };
    Some(about)
}

/// The largest number up to `most` that passes. For small orders it tries one number after the other, from the top. For
/// large orders it assumes that every smaller number passes too.
fn largest(most: u64, passes: impl Fn(u64) -> bool) -> u64 {
    if most <= 24 {
        return (1..=most).rev().find(|quantity| passes(*quantity)).unwrap_or(0);
    }
    let (mut low, mut high) = (0, most + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if passes(middle) { low = middle } else { high = middle }
    }
    low
}
