//! Judges one line at its place, by the table of R12.

use crate::fold::World;
use crate::lines::{Approval, Event, Line, Shipment};
use crate::policy::{Counts, Measure};
use crate::state::{Charge, Place, State};

/// D6: a line with one of these refusals changes nothing, and `--despite` can't record it.
const LEAVES_NOTHING: [&str; 16] = [
    "customer-unknown",
    "chip-unknown",
    "country-unknown",
    "licence-unknown",
    "shipment-unknown",
    "entry-unknown",
    "ceiling-unknown",
    "licence-exists",
    "reference-exists",
    "name-taken",
    "family-cycle",
    "licence-not-yet-valid",
    "quantity-invalid",
    "return-exceeded",
    "policy-drops-chip",
    "void-not-allowed",
];

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    /// The seq of the refused line.
    pub(crate) entry: u64,
    pub(crate) code: &'static str,
    /// An adoption is refused because of a later line, and the cause leaves nothing to count at that line.
    pub(crate) inert: bool,
    pub(crate) ceiling: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) chip: Option<String>,
    pub(crate) differs: Vec<String>,
}

impl Refusal {
    pub(crate) fn leaves_nothing(&self) -> bool {
        self.inert || LEAVES_NOTHING.contains(&self.code)
    }
}

/// One ceiling's arithmetic (D7, D8).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) ceiling: String,
    pub(crate) place: Place,
    pub(crate) counts: Counts,
    pub(crate) measure: Measure,
    pub(crate) limit: i128,
    pub(crate) used: i128,
    /// The part of it that others sold.
    pub(crate) elsewhere: i128,
    pub(crate) requested: i128,
    pub(crate) after: i128,
    pub(crate) exception: Option<u64>,
}

impl Row {
    /// Whether the ceiling refuses the line. It refuses nothing that adds nothing (D7).
    pub(crate) fn is_over(&self) -> bool {
        self.requested > 0 && self.after > self.limit
    }
}

pub(crate) struct Judged {
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) rows: Vec<Row>,
    pub(crate) value: Option<([i128; 5], bool)>,
}

/// Collects refusals of one line.
pub(crate) struct Says<'a> {
    pub(crate) line: &'a Line,
    pub(crate) state: &'a State,
    pub(crate) world: &'a World<'a>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) rows: Vec<Row>,
    /// The licence's value: authorised, used, requested, after, limit, and whether it is within (R15).
    pub(crate) value: Option<([i128; 5], bool)>,
}

pub(crate) fn judge(state: &State, line: &Line, world: &World<'_>) -> Judged {
    let mut says = Says { line, state, world, refusals: vec![], rows: vec![], value: None };
    if let Some(code) = says.number_taken() {
        says.refuse(code);
    } else {
        says.everything();
    }
    Judged { refusals: says.refusals, rows: says.rows, value: says.value }
}

/// The number an event takes: licences are one namespace, shipments and returns another (D18).
pub(crate) fn number(event: &Event) -> Option<(&'static str, &str)> {
    match event {
        Event::Approval(Approval { licence, .. }) if !licence.is_empty() => Some(("licence-exists", licence)),
        Event::Shipment(Shipment { reference, .. }) if !reference.is_empty() => Some(("reference-exists", reference)),
        Event::Return { reference, .. } => Some(("reference-exists", reference)),
        _ => None,
    }
}

impl<'a> Says<'a> {
    pub(crate) fn refuse(&mut self, code: &'static str) {
        self.refuse_chip(code, None);
    }

    pub(crate) fn refuse_chip(&mut self, code: &'static str, chip: Option<&str>) {
        let (entry, chip) = (self.line.seq, chip.map(str::to_owned));
        self.refusals.push(Refusal { entry, code, inert: false, ceiling: None, group: None, chip, differs: vec![] });
    }

    pub(crate) fn number_taken(&self) -> Option<&'static str> {
        let (code, mine) = number(&self.line.event)?;
        let earlier = self.world.live.iter().filter(|other| other.seq < self.line.seq);
        let mut taken = earlier.filter_map(|other| number(&other.event));
        taken.any(|theirs| theirs == (code, mine)).then_some(code)
    }

    pub(crate) fn everything(&mut self) {
        let line = self.line;
        let policy = matches!(line.event, Event::Policy { .. });
        // One day is allowed for time zones; announced policies may be adopted ahead (R6).
        if !policy && !line.ask.ahead && line.date > line.recorded_at.div_euclid(crate::dates::DAY) + 1 {
            self.refuse("date-in-future");
        }
        match &line.event {
            Event::Policy { digest, .. } => self.policy(digest),
            Event::Customer(record) => self.customer(record),
            Event::Approval(approval) => self.approval(approval),
            Event::Amendment { licence, items, value, expires, .. } => self.amendment(licence, items, *value, *expires),
            Event::Suspension { licence, .. } => self.licence_state(licence, Some(false)),
            Event::Reinstatement { licence, .. } => self.licence_state(licence, Some(true)),
            Event::Closure { licence, .. } => self.licence_state(licence, None),
            Event::Shipment(shipment) => self.shipment(shipment),
            Event::Return { shipment, items, kind, value, serials, .. } => {
                let undelivered = value.filter(|_| kind.as_deref() == Some("undelivered"));
                self.returned(shipment, items, undelivered, serials)
            }
            Event::Exception { ceiling, group, .. } => self.exception(ceiling, group),
            Event::Volume { series, chip, quantity, .. } => self.volume(series, chip, *quantity),
            Event::Elsewhere { customer, items, .. } => self.elsewhere(customer, items),
            Event::Check(_) => {}
            Event::Void { entry, .. } => self.void(*entry),
        }
    }

    /// Every ceiling before and after this line (R12, D7, D8). `licence` and `entry` say what the ceilings attribute to
    /// the licence or to the entry itself. `before` is the state at this place. If a shipment's licence is approved
    /// later, `before` holds that licence too.
    pub(crate) fn ceilings(&mut self, licence: &Charge, entry: &Charge, chips: &[String], before: State) {
        let unjudgeable = |r: &Refusal| r.code.ends_with("-unknown") || r.code == "quantity-invalid";
        if self.refusals.iter().any(unjudgeable) {
            return;
        }
        let shipping = matches!(self.line.event, Event::Shipment(_));
        let mut after = before.clone();
        // An expiry before the entry's date is refused. The rest is weighed as if it were not there, because every rule
        // that fails is reported (R12).
        let mut line = self.line.clone();
        if let Event::Approval(Approval { expires, .. }) | Event::Amendment { expires, .. } = &mut line.event {
            *expires = expires.filter(|last| *last >= line.date);
        }
        after.apply(&line, |digest| self.world.book.policy(digest));
        let (day, state) = (self.line.date, self.state);
        for ceiling in &state.policy.ceilings {
            // A shipment is judged by what has shipped, or is installed under a ceiling that counts that (D8, D45).
            let counts = match ceiling.counts {
                Counts::Installed => Counts::Installed,
                _ if shipping => Counts::Shipped,
                counts => counts,
            };
            let charge = if ceiling.counts.of_licences() { licence } else { entry };
            for place in state.places(ceiling, charge, chips) {
                let used = |state: &State| state.used(ceiling, &place, day, counts);
                let (used, requested) = (used(state), used(&after) - used(&before));
                let (limit, exception) = state.limit(ceiling, &place, day);
                let (elsewhere, measure, after) = (state.elsewhere(ceiling, &place), ceiling.measure, used + requested);
                let ceiling = ceiling.name.clone();
                if requested > 0 && after > limit {
                    let (ceiling, group) = (Some(ceiling.clone()), Some(place.group.clone()));
                    let (entry, code) = (self.line.seq, "ceiling-exceeded");
                    self.refusals.push(Refusal {
                        entry,
                        code,
                        inert: false,
                        ceiling,
                        group,
                        chip: None,
                        differs: vec![],
                    });
                }
                let row = Row { ceiling, place, counts, measure, limit, used, elsewhere, requested, after, exception };
                self.rows.push(row);
            }
        }
    }
}
