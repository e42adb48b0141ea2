//! Which page explains which refusal.

use super::Page;
use super::{
    refusals_licences as licences, refusals_names as names, refusals_policy as policy, refusals_records as records,
};
use crate::domain::refusal::Code;

/// The page of a refusal's code.
pub fn refusal(code: Code) -> &'static Page {
    match code {
        Code::QuantityInvalid => &names::QUANTITY_INVALID,
        Code::CustomerUnknown => &names::CUSTOMER_UNKNOWN,
        Code::ChipUnknown => &names::CHIP_UNKNOWN,
        Code::CountryUnknown => &names::COUNTRY_UNKNOWN,
        Code::LicenceUnknown => &names::LICENCE_UNKNOWN,
        Code::ShipmentUnknown => &names::SHIPMENT_UNKNOWN,
        Code::EntryUnknown => &names::ENTRY_UNKNOWN,
        Code::CeilingUnknown => &names::CEILING_UNKNOWN,
        Code::NameTaken => &names::NAME_TAKEN,
        Code::FamilyCycle => &names::FAMILY_CYCLE,
        Code::NumberMalformed => &records::NUMBER_MALFORMED,
        Code::DateInFuture => &records::DATE_IN_FUTURE,
        Code::LicenceExists => &records::LICENCE_EXISTS,
        Code::ReferenceExists => &records::REFERENCE_EXISTS,
        Code::LicenceNotYetValid => &licences::LICENCE_NOT_YET_VALID,
        Code::LicenceExpired => &licences::LICENCE_EXPIRED,
        Code::LicenceSuspended => &licences::LICENCE_SUSPENDED,
        Code::LicenceClosed => &licences::LICENCE_CLOSED,
        Code::LicenceNotSuspended => &licences::LICENCE_NOT_SUSPENDED,
        Code::ChipNotLicensed => &licences::CHIP_NOT_LICENSED,
        Code::BalanceExceeded => &licences::BALANCE_EXCEEDED,
        Code::BelowShipped => &licences::BELOW_SHIPPED,
        Code::ReturnExceeded => &licences::RETURN_EXCEEDED,
        Code::ChipProhibited => &policy::CHIP_PROHIBITED,
        Code::DestinationNotAllowed => &policy::DESTINATION_NOT_ALLOWED,
        Code::AttestationMissing => &policy::ATTESTATION_MISSING,
        Code::CustomerFlagged => &policy::CUSTOMER_FLAGGED,
        Code::CeilingExceeded => &policy::CEILING_EXCEEDED,
        Code::PolicyDropsChip => &policy::POLICY_DROPS_CHIP,
        Code::PolicyRetroactive => &policy::POLICY_RETROACTIVE,
        Code::SerialMismatch => &records::SERIAL_MISMATCH,
        Code::SerialTaken => &records::SERIAL_TAKEN,
        Code::VolumeDecreased => &records::VOLUME_DECREASED,
        Code::VoidNotAllowed => &records::VOID_NOT_ALLOWED,
        Code::LicenceNotHeld => &licences::LICENCE_NOT_HELD,
        Code::HeadMoved => &records::HEAD_MOVED,
    }
}
