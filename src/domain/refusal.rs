//! What the rules say no with: a closed list of codes, and one refusal with all it names.

use super::event::{EventKind, Seq};
use super::text::{CeilingName, ChipName, Text};
use super::words::words;
use chrono::NaiveDate;
use std::borrow::Cow;

/// Gives the declaration of the codes to the macro `$then`.
macro_rules! refusal_codes {
    ($then:ident) => {
        $then! {
            /// Why something is refused; declared in the order in which refusals are reported (R12). A word never changes its meaning.
            #[derive(PartialOrd, Ord)]
            pub enum Code {
                QuantityInvalid = "quantity-invalid",
                CustomerUnknown = "customer-unknown",
                ChipUnknown = "chip-unknown",
                CountryUnknown = "country-unknown",
                LicenceUnknown = "licence-unknown",
                ShipmentUnknown = "shipment-unknown",
                EntryUnknown = "entry-unknown",
                CeilingUnknown = "ceiling-unknown",
                NameTaken = "name-taken",
                FamilyCycle = "family-cycle",
                NumberMalformed = "number-malformed",
                DateInFuture = "date-in-future",
                LicenceExists = "licence-exists",
                ReferenceExists = "reference-exists",
                LicenceNotYetValid = "licence-not-yet-valid",
                LicenceExpired = "licence-expired",
                LicenceSuspended = "licence-suspended",
                LicenceClosed = "licence-closed",
                LicenceNotSuspended = "licence-not-suspended",
                ChipNotLicensed = "chip-not-licensed",
                BalanceExceeded = "balance-exceeded",
                BelowShipped = "below-shipped",
                ReturnExceeded = "return-exceeded",
                ChipProhibited = "chip-prohibited",
                DestinationNotAllowed = "destination-not-allowed",
                AttestationMissing = "attestation-missing",
                CustomerFlagged = "customer-flagged",
                CeilingExceeded = "ceiling-exceeded",
                PolicyDropsChip = "policy-drops-chip",
                PolicyRetroactive = "policy-retroactive",
                SerialMismatch = "serial-mismatch",
                SerialTaken = "serial-taken",
                VolumeDecreased = "volume-decreased",
                VoidNotAllowed = "void-not-allowed",
                LicenceNotHeld = "licence-not-held",
                HeadMoved = "head-moved",
            }
        }
    };
}

refusal_codes!(words);

pub(crate) use refusal_codes;

impl Code {
    /// Whether the entry names something that can't be moved: it then changes nothing (D6), and `--despite`
    /// can't record it (R13). A moved head is no fact about the entry, so it can't be overridden either.
    pub fn leaves_nothing_to_record(self) -> bool {
        use Code::*;
        self.is_unknown_name()
            || matches!(
                self,
                QuantityInvalid
                    | NameTaken
                    | FamilyCycle
                    | LicenceExists
                    | ReferenceExists
                    | LicenceNotYetValid
                    | ReturnExceeded
                    | PolicyDropsChip
                    | VoidNotAllowed
                    | HeadMoved
            )
    }

    /// Whether a smaller quantity could pass (D9).
    pub fn is_about_amounts(self) -> bool {
        matches!(self, Code::CeilingExceeded | Code::BalanceExceeded)
    }

    /// Whether a name in the entry stands for nothing known.
    pub fn is_unknown_name(self) -> bool {
        use Code::*;
        matches!(
            self,
            CustomerUnknown
                | ChipUnknown
                | CountryUnknown
                | LicenceUnknown
                | ShipmentUnknown
                | EntryUnknown
                | CeilingUnknown
        )
    }
}

/// A recorded entry that a proposal would break.
#[derive(Clone, PartialEq, Debug)]
pub struct Broken {
    /// The entry.
    pub seq: Seq,
    /// Its kind.
    pub kind: EventKind,
    /// When what it tells of happened.
    pub date: NaiveDate,
    /// The code that the entry itself would get, where the refusal is given another one (D2).
    pub code: Option<Code>,
}

/// One rule that says no, with everything it names.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    /// Which rule.
    pub code: Code,
    /// The ceiling that fails.
    pub ceiling: Option<CeilingName>,
    /// The ceiling's group.
    pub group: Option<Text>,
    /// The recorded entry that would break; none where it is the proposal itself.
    pub entry: Option<Broken>,
    /// The chip it is about.
    pub chip: Option<ChipName>,
    /// The field of the event it is about.
    pub field: Option<Text>,
    /// Fields in which a taken number's recorded content differs (R11).
    pub differs: Vec<&'static str>,
    /// Known names near to the unknown one.
    pub nearest: Vec<Text>,
    /// Path of the policy key behind it (D29).
    pub policy_key: Option<String>,
    /// The exception that set the limit, shown in place of the policy's line (D29).
    pub exception: Option<Seq>,
    /// What the rule says of what it refuses, for a person; [`Refusal::message`] says which entry that is.
    pub reason: String,
    /// What to do next, for a person.
    pub help: Option<String>,
}

impl Refusal {
    /// A refusal that names nothing yet.
    pub fn new(code: Code, reason: impl Into<String>) -> Self {
        Refusal {
            code,
            ceiling: None,
            group: None,
            entry: None,
            chip: None,
            field: None,
            differs: Vec::new(),
            nearest: Vec::new(),
            policy_key: None,
            exception: None,
            reason: reason.into(),
            help: None,
        }
    }

    /// The reason, for a person.
    pub fn message(&self) -> Cow<'_, str> {
        match &self.entry {
            None => Cow::Borrowed(&self.reason),
            Some(broken) => Cow::Owned(self.message_of(broken, &format!("entry {}", broken.seq))),
        }
    }

    /// Likewise, where a person knows the entry by another name than its number.
    pub fn message_of(&self, broken: &Broken, called: &str) -> String {
        let Broken { kind, date, code, .. } = broken;
        let code = code.map(|code| format!(" ({})", code.as_str())).unwrap_or_default();
        format!("{called} ({kind} of {date}) would then be refused{code}: {}", self.reason)
    }

    /// About this chip.
    pub fn chip(mut self, chip: &ChipName) -> Self {
        self.chip = Some(chip.clone());
        self
    }

    /// About this field of the event.
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(Text::new(field));
        self
    }

    /// With the known names near to the one given.
    pub fn nearest(mut self, nearest: Vec<Text>) -> Self {
        self.nearest = nearest;
        self
    }

    /// Because of this key of the policy.
    pub fn policy_key(mut self, key: impl Into<String>) -> Self {
        self.policy_key = Some(key.into());
        self
    }

    /// With what to do next.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What makes two refusals of one entry the same one: amounts are not compared (D1).
    pub fn key(&self) -> RefusalKey {
        RefusalKey {
            code: self.code,
            ceiling: self.ceiling.clone(),
            subject: self.group.clone().or_else(|| self.chip.as_ref().map(|chip| Text::new(chip.as_str()))),
        }
    }
}

/// The identity of a refusal within one entry: code, and ceiling with group or chip (D1).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RefusalKey {
    code: Code,
    ceiling: Option<CeilingName>,
    subject: Option<Text>,
}

impl RefusalKey {
    /// The rule.
    pub fn code(&self) -> Code {
        self.code
    }
}
