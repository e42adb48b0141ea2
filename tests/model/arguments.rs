//! A command's arguments on the command line (section 5).

use std::path::Path;

use crate::command::{Command, Register, Verb};
use crate::dates::{self, Day};
use crate::lines::{Ask, Event, Items, Pairs, Serials};
use crate::policy::Policy;

impl Command {
    /// The program's arguments. Writes policies and serials to the folder.
    pub(crate) fn args(&self, folder: &Path) -> Vec<String> {
        let mut args = vec!["exquota".to_owned()];
        let check = matches!(&self.verb, Verb::Event(_, Ask { check: true, .. }));
        match &self.verb {
            Verb::Init(policy) => args.extend(["init".into(), "--policy".into(), policy_file(folder, policy)]),
            Verb::Adopt(policy) => args.extend(["adopt".into(), policy_file(folder, policy)]),
            Verb::Register(register) => register_args(register, &mut args),
            Verb::Event(event, ask) => event_args(event, ask, folder, &mut args),
        }
        let ledger = folder.join("ledger.jsonl").display().to_string();
        let options = &self.options;
        args.extend(
            ["--format", "json", "--ledger", &ledger, "--clock", &dates::clock(options.clock)].map(str::to_owned),
        );
        args.extend(["--date".to_owned(), dates::text(options.date)]);
        if options.record {
            args.push("--record".to_owned());
        }
        if !check || options.record {
            args.extend(["--by".to_owned(), "model".to_owned()]);
        }
        option(&mut args, "--despite", options.despite.as_deref());
        option(&mut args, "--expect-head", options.expect_head.as_deref());
        if options.dry_run {
            args.push("--dry-run".to_owned());
        }
        args
    }
}

fn option(args: &mut Vec<String>, name: &str, value: Option<&str>) {
    args.extend(value.into_iter().flat_map(|value| [name.to_owned(), value.to_owned()]));
}

fn policy_file(folder: &Path, policy: &Policy) -> String {
    let path = folder.join(format!("policy-{}.toml", policy.version));
    std::fs::write(&path, policy.toml()).unwrap();
    path.display().to_string()
}

fn register_args(register: &Register, args: &mut Vec<String>) {
    args.extend(["register".to_owned(), register.id.clone()]);
    for (name, value) in [
        ("--name", &register.name),
        ("--country", &register.country),
        ("--parent", &register.parent),
        ("--alias", &register.alias),
        ("--flag", &register.flag),
        ("--drop-alias", &register.drop_alias),
        ("--drop-flag", &register.drop_flag),
    ] {
        option(args, name, value.as_deref());
    }
    if register.no_parent {
        args.push("--no-parent".to_owned());
    }
}

fn items_args(items: &Items, args: &mut Vec<String>) {
    args.extend(items.iter().map(|(chip, quantity)| format!("{chip}={quantity}")));
}

fn value_arg(value: Option<u64>, args: &mut Vec<String>) {
    option(args, "--value", value.map(|value| value.to_string()).as_deref());
}

fn more_args(attestations: &Pairs, serials: &Serials, folder: &Path, args: &mut Vec<String>) {
    for (name, _) in attestations {
        option(args, "--attest", Some(name));
    }
    for (i, (chip, list)) in serials.iter().enumerate() {
        let path = folder.join(format!("serials-{i}-{}", crate::json::sha256(list.join(" ").as_bytes())));
        std::fs::write(&path, list.iter().map(|serial| format!("{serial}\n")).collect::<String>()).unwrap();
        option(args, "--serials", Some(&format!("{chip}={}", path.display())));
    }
}

fn event_args(event: &Event, ask: &Ask, folder: &Path, args: &mut Vec<String>) {
    let day = |day: &Option<Day>| day.map(dates::text);
    let words = |args: &mut Vec<String>, words: &[&str]| args.extend(words.iter().map(|word| (*word).to_owned()));
    match event {
        Event::Approval(a) => {
            if ask.check {
                words(args, &["check", &a.customer])
            } else {
                words(args, &["approve", &a.licence, &a.customer])
            }
            items_args(&a.items, args);
            value_arg(a.value, args);
            option(args, "--expires", day(&a.expires).as_deref());
            option(args, "--destination", a.destination.as_deref());
            option(args, "--licensee", a.licensee.as_deref());
            option(args, "--replaces", a.replaces.as_deref());
            more_args(&a.attestations, &vec![], folder, args);
        }
        Event::Shipment(s) => {
            match &ask.holder {
                Some(holder) => words(args, &["check", holder]),
                None => words(args, &["ship", &s.reference]),
            }
            option(args, "--licence", Some(&s.licence));
            items_args(&s.items, args);
            value_arg(s.value, args);
            option(args, "--destination", s.destination.as_deref());
            option(args, "--consignee", s.consignee.as_deref());
            more_args(&s.attestations, &s.serials, folder, args);
        }
        Event::Amendment { licence, items, value, expires, authority } => {
            words(args, &["amend", licence]);
            items_args(items, args);
            value_arg(*value, args);
            option(args, "--expires", day(expires).as_deref());
            option(args, "--authority", authority.as_deref());
        }
        Event::Suspension { licence, reason } => words(args, &["suspend", licence, "--reason", reason]),
        Event::Reinstatement { licence, reason } => words(args, &["reinstate", licence, "--reason", reason]),
        Event::Closure { licence, reason, note } => {
            words(args, &["close", licence, "--reason", reason]);
            option(args, "--note", note.as_deref());
        }
        Event::Return { reference, shipment, items, kind, value, reason, serials } => {
            words(args, &["return", reference, "--shipment", shipment]);
            items_args(items, args);
            value_arg(*value, args);
            args.extend(kind.as_ref().map(|kind| format!("--{kind}")));
            option(args, "--reason", reason.as_deref());
            more_args(&vec![], serials, folder, args);
        }
        Event::Exception { ceiling, group, limit, authority, expires } => {
            words(args, &["grant", "--ceiling", ceiling, "--group", group, "--limit", &limit.to_string()]);
            words(args, &["--authority", authority]);
            option(args, "--expires", day(expires).as_deref());
        }
        Event::Volume { series, chip, quantity, source } => {
            words(args, &["volume", series, &format!("{chip}={quantity}"), "--source", source]);
        }
        Event::Elsewhere { customer, items, source } => {
            words(args, &["elsewhere", customer]);
            items_args(items, args);
            words(args, &["--source", source]);
        }
        Event::Check(_) => unreachable!("`check` asks about an approval or a shipment"),
        Event::Void { entry, reason } => words(args, &["void", &entry.to_string(), "--reason", reason]),
        Event::Policy { .. } | Event::Customer(_) => {}
    }
}
