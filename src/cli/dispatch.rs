//! Turns a parsed command line into a command's request.

use super::args::{BatchArgs, ConditionArgs, ConsigneeArgs, ExportTo, PolicyVerb, TermArgs, Verb, WriteArgs};
use super::environment;
use super::line;
use super::manual;
use crate::commands::Answer;
use crate::commands::error::Misuse;
use crate::commands::facts::Fact;
use crate::commands::session::{Session, Writing};
#[cfg(feature = "postgres")]
use crate::commands::verbs::load;
use crate::commands::verbs::{
    adopt, check, checkpoint, completions, customers, diff, explain, export, headroom, import, init, keygen, licences,
    log, man, merge_driver, plan, policy, policy_test, prove, rebase, record, recover, register, report, schema, show,
    status, trace, validate, verify_proof, void, whatif,
};
use crate::domain::event::{
    Amendment, Approval, Closure, Elsewhere, Event, Exception, Items, Return, ReturnKind, Serials, Shipment,
    StandingChange, Volume,
};
use crate::domain::registration::RecordChange;
use crate::domain::text::{ChipName, CustomerId, LicenceNumber, Reference};
use crate::report::export::Target;
use std::path::PathBuf;

/// Runs a verb. `out` and `bom` are for the verbs that fill a file themselves.
pub(super) fn dispatch(session: &Session, verb: Verb, out: Option<PathBuf>, bom: bool) -> anyhow::Result<Answer> {
    match verb {
        #[cfg(feature = "postgres")]
        Verb::Init { from: Some(from), write, .. } => load::run(session, &writing(&write), &from),
        Verb::Init { policy, customers, ignore, write, .. } => {
            let policy = policy.unwrap_or_default();
            init::run(session, &writing(&write), &init::Request { policy, customers, ignore })
        }
        Verb::Check { customer, items, licence, terms, conditions, consignee, date, known_at, record, recording } => {
            let is_unrecorded = terms.replaces.is_some() || !conditions.attest.is_empty();
            if record && (is_unrecorded || consignee.consignee.is_some() || !consignee.serials.is_empty()) {
                let told = "a recorded check holds no --replaces, --attest, --consignee or --serials";
                return Err(Misuse::new(told, "leave them out, or ask without --record").into());
            }
            if !record && (recording.dry_run || recording.expect_head.is_some() || recording.after_last) {
                let next = "add --record, or leave them out: without it a check writes nothing";
                return Err(Misuse::new("--dry-run, --expect-head and --after-last belong to --record", next).into());
            }
            let (fact, held_by) = match licence {
                None if consignee.consignee.is_some() || !consignee.serials.is_empty() => {
                    let next = "add --licence LICENCE to ask about a shipment";
                    return Err(Misuse::new("--consignee and --serials belong to a shipment", next).into());
                }
                None => (approval(LicenceNumber::default(), customer, items, terms, conditions), None),
                Some(licence) => {
                    let fact = shipment(Reference::default(), licence, items, conditions, consignee);
                    (fact, Some(customer))
                }
            };
            let record = record.then(|| writing(&WriteArgs { date, recording, despite: None }));
            check::run(session, &check::Request { fact, held_by, date, known_at, record })
        }
        Verb::Approve { licence, customer, items, terms, conditions, write } => {
            record::run(session, &writing(&write), &approval(licence, customer, items, terms, conditions))
        }
        Verb::Ship { reference, licence, items, conditions, consignee, write } => {
            record::run(session, &writing(&write), &shipment(reference, licence, items, conditions, consignee))
        }
        Verb::Amend { licence, items, value, expires, authority, write } => {
            let amendment = Amendment { licence, items: Items::new(items), value, expires, authority };
            record::run(session, &writing(&write), &Event::Amendment(amendment).into())
        }
        Verb::Suspend { licence, reason, write } => {
            let event = Event::Suspension(StandingChange { licence, reason });
            record::run(session, &writing(&write), &event.into())
        }
        Verb::Reinstate { licence, reason, write } => {
            let event = Event::Reinstatement(StandingChange { licence, reason });
            record::run(session, &writing(&write), &event.into())
        }
        Verb::Close { licence, reason, note, write } => {
            record::run(session, &writing(&write), &Event::Closure(Closure { licence, reason, note }).into())
        }
        Verb::Return { reference, shipment, items, value, undelivered, retired, reason, serials, write } => {
            let items = Items::new(items);
            let undelivered = undelivered.then_some(ReturnKind::Undelivered);
            let kind = undelivered.or_else(|| retired.then_some(ReturnKind::Retired));
            let returned = Return { reference, shipment, items, kind, value, reason, serials: Serials::default() };
            record::run(session, &writing(&write), &Fact { serials, ..Event::Return(returned).into() })
        }
        Verb::Grant { ceiling, group, limit, authority, expires, write } => {
            let exception = Exception { ceiling, group, limit, authority, expires };
            record::run(session, &writing(&write), &Event::Exception(exception).into())
        }
        Verb::Volume { series, item: (chip, quantity), source, write } => {
            let volume = Volume { series, chip, quantity, source };
            record::run(session, &writing(&write), &Event::Volume(volume).into())
        }
        Verb::Elsewhere { customer, items, source, write } => {
            let elsewhere = Elsewhere { customer, items: Items::new(items), source };
            record::run(session, &writing(&write), &Event::Elsewhere(elsewhere).into())
        }
        Verb::Void { entries, reason, write } => {
            void::run(session, &writing(&write), &void::Request { entries, reason })
        }
        Verb::Register {
            id,
            name,
            country,
            parent,
            no_parent,
            aliases,
            flags,
            drop_aliases,
            drop_flags,
            write,
            ..
        } => {
            let id = id.unwrap_or_default();
            let parent = if no_parent { Some(None) } else { parent.map(Some) };
            let change = RecordChange { id, name, country, parent, aliases, flags, drop_aliases, drop_flags };
            register::run(session, &writing(&write), &change)
        }
        Verb::Adopt { policy, write } => adopt::run(session, &writing(&write), &adopt::Request { policy }),
        Verb::Headroom(args) => headroom::run(session, &args.into()),
        Verb::Licences { customers, alone, licensee, expiring, as_of, known_at } => {
            licences::run(session, &licences::Request { customers, alone, licensee, expiring, as_of, known_at })
        }
        Verb::Report { title, as_of, known_at, expiring, curves } => {
            report::run(session, &report::Request { title, out, as_of, known_at, expiring, curves })
        }
        Verb::Trace { serial, file } => trace::run(session, &trace::Request { serials: serial, file }),
        Verb::Log { customer, alone, licence, event, since, until, known_at, last, newest } => {
            let request = log::Request { customer, alone, licence, event, since, until, known_at, last, newest };
            log::run(session, &request)
        }
        Verb::Show { subject, alone, as_of, known_at } => {
            show::run(session, &show::Request { subject: subject.to_string(), alone, as_of, known_at })
        }
        Verb::Status => status::run(session),
        Verb::Customers { customers, as_of, known_at } => {
            customers::run(session, &customers::Request { customers, as_of, known_at })
        }
        Verb::Diff { old, new, as_of } => diff::run(session, &diff::Request { old, new, as_of }),
        Verb::Rebase(args) => rebase::run(session, &args.writing(), &rebase::Request { onto: args.onto }),
        Verb::MergeDriver(args) => merge_driver::run(session, &args.into()),
        Verb::Validate { ledgers, policy, extends, extends_git, expect_head, strict, all } => {
            let request = validate::Request { ledgers, policy, extends, extends_git, expect_head, strict, all };
            validate::run(session, &request)
        }
        Verb::Recover => recover::run(session),
        Verb::Whatif { policy, date } => whatif::run(session, &policy, date),
        Verb::Policy(PolicyVerb::Diff { a, b }) => policy::diff(&a, &b),
        Verb::Plan { orders, ignore, date } => plan::run(session, &plan::Request { orders, ignore, date }),
        Verb::Import { file, customers, ignore, partial, batch } => {
            let BatchArgs { date, recording, despite } = batch;
            let write = WriteArgs { date, recording, despite };
            match (file, customers) {
                (Some(file), _) => import::run(session, &writing(&write), &import::Request { file, ignore, partial }),
                (None, customers) => {
                    import::customers::run(session, &writing(&write), &customers.unwrap_or_default(), &ignore)
                }
            }
        }
        Verb::Export { to, as_of, known_at } => {
            let to = match to {
                ExportTo::Csv => Target::Csv,
                ExportTo::Hledger => Target::Hledger,
                ExportTo::Ledger => Target::Ledger,
            };
            export::run(session, &export::Request { to, bom, out, as_of, known_at })
        }
        Verb::Keygen { key, origin } => keygen::run(session, &key, origin.as_deref()),
        Verb::Checkpoint { key, origin } => checkpoint::run(session, &checkpoint::Request { key, origin, out }),
        Verb::Prove { subject, since, key, checkpoint } => {
            prove::run(session, &prove::Request { subject, since, key, checkpoint, out })
        }
        Verb::VerifyProof { proofs, keys, checkpoint, since, entry } => {
            verify_proof::run(&verify_proof::Request { proofs, keys, checkpoint, since, entry })
        }
        Verb::Policy(PolicyVerb::Check { policies }) => policy::check(&policies),
        Verb::Policy(PolicyVerb::Test { files, coverage }) => policy_test::run(session, &files, coverage, &line::line),
        Verb::Policy(PolicyVerb::Show { policy, source, date }) => {
            policy::show(session, policy.as_deref(), date, source)
        }
        Verb::Policy(PolicyVerb::New) => Ok(policy::template()),
        Verb::Policy(PolicyVerb::List) => Ok(policy::list()),
        Verb::Schema { name } => schema::run(name.as_deref()),
        Verb::Explain { code } => explain::run(code.as_deref()),
        Verb::Completions { shell } => Ok(completions::run(shell.as_str(), shell.script()?)),
        Verb::Man { verb, into } => man::run(session, manual::pages()?, &verb, into.as_deref()),
    }
}

/// Whether the verb puts what it makes into the file of `-o`, and answers beside it.
pub(super) fn fills_a_file(verb: &Verb) -> bool {
    matches!(verb, Verb::Report { .. } | Verb::Export { .. } | Verb::Checkpoint { .. } | Verb::Prove { .. })
}

/// Whether the verb makes a CSV in any format of its answer.
pub(super) fn makes_csv(verb: &Verb) -> bool {
    matches!(verb, Verb::Export { to: ExportTo::Csv, .. })
}

pub(super) fn writing(args: &WriteArgs) -> Writing {
    Writing {
        date: args.date,
        by: args.recording.by.clone().unwrap_or_else(environment::login_name),
        dry_run: args.recording.dry_run,
        expect_head: args.recording.expect_head,
        after_last: args.recording.after_last,
        despite: args.despite.clone(),
    }
}

fn approval(
    licence: LicenceNumber,
    customer: CustomerId,
    items: Vec<(ChipName, u64)>,
    terms: TermArgs,
    conditions: ConditionArgs,
) -> Fact {
    let TermArgs { expires, replaces, licensee } = terms;
    let ConditionArgs { value, destination, attest } = conditions;
    let event = Event::Approval(Approval {
        licence,
        customer,
        items: Items::new(items),
        value,
        expires,
        destination,
        licensee,
        replaces,
        ..Approval::default()
    });
    Fact { attest, ..event.into() }
}

fn shipment(
    reference: Reference,
    licence: LicenceNumber,
    items: Vec<(ChipName, u64)>,
    conditions: ConditionArgs,
    consignee: ConsigneeArgs,
) -> Fact {
    let ConditionArgs { value, destination, attest } = conditions;
    let ConsigneeArgs { consignee, serials } = consignee;
    let event = Event::Shipment(Shipment {
        reference,
        licence,
        items: Items::new(items),
        value,
        destination,
        consignee,
        ..Shipment::default()
    });
    Fact { event, attest, serials }
}
