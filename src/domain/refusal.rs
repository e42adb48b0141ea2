//! Refusals: a closed list of codes, and the content of one refusal.

use super::event::{EventKind, Seq};
use super::text::{CeilingName, ChipName, NameKey, Text};
use super::words::words;
use chrono::NaiveDate;
use std::borrow::Cow;

/// Passes the declaration of the codes to the macro `$then`.
macro_rules! refusal_codes {
    ($then:ident) => {
        $then! {
            /// The reason for a refusal. The codes are declared in the order in which refusals are reported (R12). A code
            /// never changes its meaning.
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
                ValueMissing = "value-missing",
                ValueExceeded = "value-exceeded",
                ChipProhibited = "chip-prohibited",
                DestinationNotAllowed = "destination-not-allowed",
                DestinationNotLicensed = "destination-not-licensed",
                AttestationMissing = "attestation-missing",
                CustomerFlagged = "customer-flagged",
                CeilingExceeded = "ceiling-exceeded",
                CheckDiffers = "check-differs",
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
    /// Whether nothing could be recorded. The entry then changes nothing (D6), and `--despite` can't record it (R13),
    /// because it names something that can't be moved. A moved head is no fact about the entry, so `--despite` can't
    /// override it either.
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

    /// Whether a smaller quantity could pass (D9). A later amendment may lower a licence below what would then have
    /// shipped.
    pub fn is_about_amounts(self) -> bool {
        matches!(self, Code::CeilingExceeded | Code::BalanceExceeded | Code::BelowShipped)
    }

    /// Whether the code is about an unknown name.
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
    pub seq: Seq,
    pub kind: EventKind,
    /// The day on which it happened.
    pub date: NaiveDate,
    /// The code that the entry itself would get, where the refusal has another one (D2).
    pub code: Option<Code>,
}

/// One rule that refuses an entry, and what it names.
#[derive(Clone, PartialEq, Debug)]
pub struct Refusal {
    pub code: Code,
    /// The exceeded ceiling.
    pub ceiling: Option<CeilingName>,
    /// The ceiling's group.
    pub group: Option<Text>,
    /// The recorded entry that would break; none where the proposal itself is refused.
    pub entry: Option<Broken>,
    pub chip: Option<ChipName>,
    pub field: Option<Text>,
    /// The fields that differ from the entry that holds the number (R11).
    pub differs: Vec<&'static str>,
    /// Known names that are near to the unknown one.
    pub nearest: Vec<Text>,
    /// The path of the policy key that refuses (D29).
    pub policy_key: Option<String>,
    /// The exception that set the limit. It is shown in place of the policy's line (D29).
    pub exception: Option<Seq>,
    /// The reason, for a person. [`Refusal::message`] adds which entry it is about.
    pub reason: String,
    /// The next step, for a person.
    pub help: Option<String>,
}

impl Refusal {
    /// A refusal with only a code and a reason.
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

    /// The whole message, for a person.
    pub fn message(&self) -> Cow<'_, str> {
        match &self.entry {
            None => Cow::Borrowed(&self.reason),
            Some(broken) => Cow::Owned(self.message_of(broken, &format!("entry {}", broken.seq))),
        }
    }

    /// The message for a broken entry that a person knows by the name `called`.
    pub fn message_of(&self, broken: &Broken, called: &str) -> String {
        let Broken { kind, date, code, .. } = broken;
        let code = code.map(|code| format!(" ({})", code.as_str())).unwrap_or_default();
        format!("{called} ({kind} of {date}) would then be refused{code}: {}", self.reason)
    }

    /// Adds the chip.
    pub fn chip(mut self, chip: &ChipName) -> Self {
        self.chip = Some(chip.clone());
        self
    }

    /// Adds the field of the event.
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(Text::new(field));
        self
    }

    /// Adds the known names that are near to the given one.
    pub fn nearest(mut self, nearest: Vec<Text>) -> Self {
        self.nearest = nearest;
        self
    }

    /// Adds the policy key.
    pub fn policy_key(mut self, key: impl Into<String>) -> Self {
        self.policy_key = Some(key.into());
        self
    }

    /// Adds the next step.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The refusal's identity within one entry. Amounts do not belong to it (D1).
    pub fn key(&self) -> RefusalKey {
        let subject = self.group.as_ref().map(Text::as_str).or(self.chip.as_ref().map(ChipName::as_str));
        RefusalKey { code: self.code, ceiling: self.ceiling.clone(), subject: subject.map(NameKey::of) }
    }
}

/// The identity of a refusal within one entry: its code, and its ceiling with group or chip (D1).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RefusalKey {
    code: Code,
    ceiling: Option<CeilingName>,
    subject: Option<NameKey>,
}

impl RefusalKey {
    /// The code.
    pub fn code(&self) -> Code {
        self.code
    }
}
