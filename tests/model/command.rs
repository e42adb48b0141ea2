//! Commands as a user gives them, their arguments, and the model's answer to them.

use crate::dates::{self, Day};
use crate::fold::Book;
use crate::judge::{Refusal, Row};
use crate::lines::{Approval, Ask, Event, Items, Record, Serials, Shipment};
use crate::policy::{Measure, Policy, Scope, plain};
use crate::state::State;
use crate::verdict::{Answer, Taken};

/// The options of every verb that writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) date: Day,
    pub(crate) clock: i64,
    pub(crate) despite: Option<String>,
    pub(crate) dry_run: bool,
    pub(crate) expect_head: Option<String>,
    /// Of `check`: the question and its answer are recorded (D49).
    pub(crate) record: bool,
}

/// Changes to a customer, as `register` takes them (D15).
#[derive(Clone, Debug, Default)]
pub(crate) struct Register {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) alias: Option<String>,
    pub(crate) flag: Option<String>,
    pub(crate) drop_alias: Option<String>,
    pub(crate) drop_flag: Option<String>,
    pub(crate) no_parent: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Verb {
    Init(Policy),
    Adopt(Policy),
    Register(Register),
    /// An event with names as the user gave them, not resolved yet. The `Ask` says whether this is `check`.
    Event(Event, Ask),
}

#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) verb: Verb,
    pub(crate) options: Options,
}

/// The fields of the decision document that the test compares.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Decision {
    pub(crate) exit: u8,
    /// The proposal's seq, or the seq it would have.
    pub(crate) seq: u64,
    pub(crate) decision: &'static str,
    pub(crate) date: String,
    pub(crate) customer: Option<String>,
    pub(crate) family: Option<String>,
    pub(crate) items: Items,
    pub(crate) units: Option<i128>,
    pub(crate) rows: Vec<Row>,
    /// The licence's value: authorised, used, requested, after, limit, and whether it is within (R15).
    pub(crate) value: Option<([i128; 5], bool)>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) largest_within: Option<Items>,
    pub(crate) fits_from: Option<String>,
    pub(crate) entry: Option<u64>,
    pub(crate) head: String,
}

impl Command {
    /// The answer that the program must give. If it must write a line, this adds the line to the book.
    pub(crate) fn answer(&self, book: &mut Book) -> Decision {
        let Options { date, clock, .. } = self.options;
        let state = book.state(date);
        let (event, ask) = self.event(book, &state);
        let mut line = book.next(clock, date, event);
        line.ask = ask.clone();
        line.despite.clone_from(&self.options.despite);
        let mut decision = self.echo(book, &state, &line.event);
        // The answer to a question about a licence repeats the customer in the question.
        if let Some(holder) = &ask.holder {
            let known = state.customers.contains_key(holder);
            decision.family = known.then(|| state.family(holder));
            decision.customer = Some(holder.clone());
        }
        decision.seq = line.seq;

        let wants_amounts = matches!(line.event, Event::Approval(_) | Event::Shipment(_));
        let moved = self.options.expect_head.as_ref().is_some_and(|head| *head != book.head());
        let taken = if ask.check { Taken::No } else { book.taken(&line) };
        let alone = |code, differs| Refusal {
            entry: line.seq,
            code,
            inert: false,
            ceiling: None,
            group: None,
            chip: None,
            differs,
        };
        let answer = match taken {
            // "Already recorded" wins over a moved head (R12).
            Taken::Recorded(entry) => {
                (decision.decision, decision.entry, decision.head) = ("already-recorded", Some(entry), book.head());
                return decision;
            }
            _ if moved => Answer { refusals: vec![alone("head-moved", vec![])], inert: true, ..Answer::default() },
            Taken::Other(refusal) => Answer { refusals: vec![refusal], inert: true, ..Answer::default() },
            Taken::No => book.judge(&line),
        };
        if wants_amounts {
            decision.largest_within = Some(book.largest_within(&line, &answer.refusals));
            decision.fits_from = book.fits_from(&line, &answer.refusals).map(dates::text);
        }
        // `--despite` can't record a line that leaves nothing to record (R13, D6).
        let final_refusal = answer.refusals.iter().any(|r| r.leaves_nothing() || r.code == "head-moved");
        let despite = if answer.refusals.is_empty() { None } else { self.options.despite.clone() };
        let refused = !answer.refusals.is_empty() && (final_refusal || despite.is_none());
        // The answer to a registration names the family it would make. An unknown parent makes no family, and a loop
        // changes none.
        if let Event::Customer(record) = &line.event {
            let says = |code: &str| answer.refusals.iter().any(|r| r.code == code && r.entry == line.seq);
            let mut place = state.clone();
            place.customers.insert(record.id.clone(), record.clone());
            let stranger = |id: &String| *id != record.id && !state.customers.contains_key(id);
            if record.parent.as_ref().is_some_and(stranger) {
                decision.family = None;
            } else if !says("family-cycle") {
                decision.family = Some(place.family(&record.id));
            }
        }
        if refused {
            (decision.decision, decision.exit) = ("refused", 1);
        } else if ask.check || self.options.dry_run {
            decision.decision = "within";
        }
        if self.options.record && !moved && !self.options.dry_run {
            let recorded = book.recorded_check(&line, &answer.refusals);
            decision.entry = recorded.map(|line| book.write(line).line.seq);
        } else if decision.decision.is_empty() {
            (decision.decision, decision.entry) = ("recorded", Some(line.seq));
            // If nothing is refused, the line carries no reason (R13).
            line.despite = despite;
            book.write(line);
        }
        (decision.rows, decision.refusals, decision.head) = (answer.rows, answer.refusals, book.head());
        decision.value = answer.value;
        decision
    }

    /// The event that the command proposes. Names are resolved at the proposal's place, and a customer's changes are
    /// merged into its record in force there (D15). An unknown name stays as the user gave it.
    pub(crate) fn event(&self, book: &mut Book, state: &State) -> (Event, Ask) {
        match &self.verb {
            Verb::Init(policy) | Verb::Adopt(policy) => {
                let (digest, source) = book.add_policy(policy);
                (Event::Policy { digest, source }, Ask::default())
            }
            Verb::Register(register) => (Event::Customer(register.record(state)), Ask::default()),
            Verb::Event(event, ask) => {
                let holder = ask.holder.as_ref().map(|holder| customer(state, holder));
                (resolve(event.clone(), state, self.options.date), Ask { holder, ..ask.clone() })
            }
        }
    }

    /// The parts of the proposal that a decision repeats.
    fn echo(&self, book: &Book, state: &State, event: &Event) -> Decision {
        let customer = charged(book, event, u64::MAX);
        let family = customer.as_ref().filter(|id| state.customers.contains_key(*id));
        let family = family.map(|id| state.family(id));
        // A volume is a figure about a chip, not an order of chips.
        let items = match event {
            Event::Volume { .. } => Vec::new(),
            _ => event.items(),
        };
        let known = !items.is_empty() && items.iter().all(|item| state.policy.chip(&item.0).is_some());
        let units = items.iter().map(|item| i128::from(item.1) * state.policy.measured(Measure::Units, &item.0)).sum();
        let (date, units) = (dates::text(self.options.date), known.then_some(units));
        Decision { date, customer, family, items, units, ..Decision::default() }
    }
}

/// The customer that an entry is about. Numbers mean what they meant when entry `at` was recorded (D3).
fn charged(book: &Book, event: &Event, at: u64) -> Option<String> {
    let recorded = |seq: u64| book.written.iter().map(|written| &written.line).find(|line| line.seq == seq);
    let licensed = |number: &str, at| {
        let approval = book.stood(at, |event| matches!(event, Event::Approval(held) if held.licence == number))?;
        if let Event::Approval(approval) = &approval.event { Some(approval.customer.clone()) } else { None }
    };
    match event {
        Event::Customer(record) => Some(record.id.clone()),
        Event::Approval(approval) => Some(approval.customer.clone()),
        Event::Elsewhere { customer, .. } => Some(customer.clone()),
        Event::Check(check) => Some(check.customer.clone()),
        // The licence's customer is charged, not the customer in the command.
        Event::Shipment(Shipment { licence, .. })
        | Event::Amendment { licence, .. }
        | Event::Suspension { licence, .. }
        | Event::Reinstatement { licence, .. }
        | Event::Closure { licence, .. } => licensed(licence, at),
        Event::Return { shipment, .. } => {
            let sent = book.stood(at, |event| matches!(event, Event::Shipment(held) if held.reference == *shipment))?;
            charged(book, &sent.event, at)
        }
        Event::Void { entry, .. } => {
            let voided = recorded(*entry).filter(|line| !matches!(line.event, Event::Void { .. }))?;
            charged(book, &voided.event, voided.seq)
        }
        _ => None,
    }
}

impl Register {
    fn record(&self, state: &State) -> Record {
        let mut record = state.customers.get(&self.id).cloned().unwrap_or_default();
        record.id.clone_from(&self.id);
        record.name = self.name.clone().unwrap_or(record.name);
        record.country = self.country.clone().unwrap_or(record.country);
        record.parent = self.parent.as_ref().map(|parent| customer(state, parent)).or(record.parent);
        if self.no_parent {
            record.parent = None;
        }
        for (list, added, dropped) in
            [(&mut record.aliases, &self.alias, &self.drop_alias), (&mut record.flags, &self.flag, &self.drop_flag)]
        {
            list.retain(|known| Some(known) != dropped.as_ref());
            let is_new = |added: &String| list.iter().all(|known| plain(known) != plain(added));
            // A run of white space is one blank (D31).
            let added: Option<String> = added.clone().filter(is_new);
            list.extend(added.map(|added| added.split_whitespace().collect::<Vec<_>>().join(" ")));
        }
        record
    }
}

fn customer(state: &State, given: &str) -> String {
    state.find_customer(given).unwrap_or_else(|| given.to_owned())
}

/// Replaces names by customer ids and the policy's chip names.
fn resolve(event: Event, state: &State, day: Day) -> Event {
    let chip = |given: String| state.find_chip(&given).unwrap_or(given);
    let order = |items: Items| -> Items { items.into_iter().map(|(given, n)| (chip(given), n)).collect() };
    let named =
        |serials: Serials| -> Serials { serials.into_iter().map(|(given, list)| (chip(given), list)).collect() };
    match event {
        Event::Approval(a) => {
            let valid_to = state.policy.valid_months.map(|months| crate::dates::months_on(day, months));
            let (customer, items, expires) = (customer(state, &a.customer), order(a.items), a.expires.or(valid_to));
            Event::Approval(Approval { customer, items, expires, ..a })
        }
        Event::Shipment(s) => Event::Shipment(Shipment { items: order(s.items), serials: named(s.serials), ..s }),
        Event::Amendment { licence, items, value, expires, authority } => {
            Event::Amendment { licence, items: order(items), value, expires, authority }
        }
        Event::Return { reference, shipment, items, kind, value, reason, serials } => {
            Event::Return { reference, shipment, items: order(items), kind, value, reason, serials: named(serials) }
        }
        Event::Exception { ceiling, group, limit, authority, expires } => {
            let part = |(scope, name): (&Scope, &str)| match scope {
                Scope::Customer => state.family(&customer(state, name)),
                Scope::Chip => chip(name.to_owned()),
                _ => name.to_owned(),
            };
            let scopes = state.policy.ceiling(&ceiling).map(|ceiling| &ceiling.scopes);
            let parts =
                |scopes: &Vec<Scope>| scopes.iter().zip(group.split('/')).map(part).collect::<Vec<_>>().join("/");
            let group = scopes.filter(|scopes| scopes.len() == group.split('/').count()).map_or(group.clone(), parts);
            Event::Exception { ceiling, group, limit, authority, expires }
        }
        Event::Volume { series, chip: given, quantity, source } => {
            Event::Volume { series, chip: chip(given), quantity, source }
        }
        Event::Elsewhere { customer: given, items, source } => {
            Event::Elsewhere { customer: customer(state, &given), items: order(items), source }
        }
        other => other,
    }
}
