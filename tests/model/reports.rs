//! Compares the program's `headroom` and `validate` with the model's.

use serde_json::Value;

use crate::dates::Day;
use crate::fold::Book;
use crate::lines::Event;
use crate::policy::{Ceiling, Measure, Scope, UNIT, decimal};
use crate::program::{days, group, number};
use crate::state::{Amounts, Place, State};

/// The groups that must have a row: families, their countries, the licensees of licences, the policy's chips, the total
/// (D10), and every group that something counts in. The program may show more.
fn groups(state: &State, ceiling: &Ceiling, day: Day) -> Vec<String> {
    let mut groups: Vec<String> = match ceiling.scopes.as_slice() {
        [Scope::Customer] => state.customers.keys().map(|id| state.family(id)).collect(),
        [Scope::Country] => state.customers.keys().filter_map(|id| state.country_group(id)).collect(),
        [Scope::Chip] => state.policy.chips.iter().map(|chip| chip.name.clone()).collect(),
        [Scope::Total] => vec!["total".to_owned()],
        _ => vec![],
    };
    groups.retain(|group| state.limits(ceiling, group));
    groups.extend(state.counted_in(ceiling, day));
    groups.sort();
    groups.dedup();
    groups
}

/// The codes that refuse every order for a group, whatever its quantity (section 5).
fn refused(state: &State, ceiling: &Ceiling, group: &str) -> Vec<&'static str> {
    let policy = &state.policy;
    let flags = |id: &str| state.customers.get(id).map(|record| record.flags.clone()).unwrap_or_default();
    let flagged = |id: &str| flags(id).into_iter().any(|flag| policy.flags.contains(&(flag, true)));
    let allowed = |country: &str| match &policy.destinations {
        Some(allowed) => allowed.iter().any(|to| policy.country(to) == country),
        None => true,
    };
    let code = |(scope, part): (&Scope, &str)| match scope {
        Scope::Customer => flagged(part).then_some("customer-flagged"),
        Scope::Country | Scope::Destination => (!allowed(part)).then_some("destination-not-allowed"),
        Scope::Chip => policy.prohibits(part).then_some("chip-prohibited"),
        _ => None,
    };
    ceiling.scopes.iter().zip(group.split('/')).filter_map(code).collect()
}

/// One row as text: the limit, the amounts of R3, the usage, the status, and what is refused.
fn row(state: &State, name: &str, group: &str, day: Day) -> Option<String> {
    let ceiling = state.policy.ceiling(name).filter(|ceiling| state.limits(ceiling, group))?;
    let place = Place { group: group.to_owned(), days: ceiling.window.holding(day)? };
    // These are in units, whatever the ceiling measures (section 5).
    let sum = |licences: bool, amount: fn(Amounts) -> i128| {
        state.sum((ceiling, &place), licences, day, |chip| state.policy.measured(Measure::Units, chip), amount)
    };
    let (limit, _) = state.limit(ceiling, &place, day);
    let used = state.used(ceiling, &place, day, ceiling.counts);
    // Only what shipped has a shipment that it can be attributed to.
    let (shipped, outstanding) = (sum(ceiling.counts.of_licences(), |a| a.shipped), sum(true, |a| a.outstanding));
    let (authorised, released) = (sum(true, |a| a.authorised), sum(true, |a| a.released));
    let (committed, elsewhere) = (shipped + outstanding, state.elsewhere(ceiling, &place));
    let amounts = [limit, authorised, shipped, outstanding, released, committed, used, elsewhere, limit - used];
    let lowest = ceiling.warn_at.iter().min().map_or(i128::MAX, |percent| i128::from(*percent));
    let refused = refused(state, ceiling, group);
    let status = match used {
        used if used > limit => "over",
        _ if !refused.is_empty() => "refused",
        used if used == limit => "exhausted",
        used if limit > 0 && used * 100 >= lowest * limit => "critical",
        _ => "open",
    };
    // In tenths of a percent, cut and not rounded (D10).
    let percent = if limit == 0 { "null".to_owned() } else { decimal(used * 1000 / limit * UNIT / 10) };
    let counts = format!("\"{}\" \"{}\" {}", ceiling.counts.text(), ceiling.measure.text(), days(place.days));
    Some(format!("{name} {group} {counts} {} {percent} \"{status}\" {refused:?}", amounts.map(decimal).join(" ")))
}

/// The differences between a headroom document and the model.
pub(crate) fn headroom_differences(book: &Book, day: Day, found: &Value) -> Vec<String> {
    let state = book.state(day);
    let mut out = Vec::new();
    let rows = found["rows"].as_array().cloned().unwrap_or_default();
    let mut seen = Vec::new();
    for program in &rows {
        let (name, group) = (program["ceiling"].as_str().unwrap_or(""), group(program));
        let group = group.as_str().unwrap_or("");
        let keys =
            ["limit", "authorised", "shipped", "outstanding", "released", "committed", "used", "elsewhere", "headroom"];
        let numbers = keys.map(|key| number(&program[key])).join(" ");
        let percent = number(&program["used_percent"]);
        let (counts, status) = (&program["counts"], &program["status"]);
        let refused: Vec<&str> =
            program["refused"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (measure, window) = (&program["measure"], &program["window"]);
        let line = format!("{name} {group} {counts} {measure} {window} {numbers} {percent} {status} {refused:?}");
        match row(&state, name, group, day) {
            Some(model) if model == line => {}
            model => out.push(format!("model   {}\nprogram {line}", model.unwrap_or("has no such row".to_owned()))),
        }
        seen.push((name.to_owned(), group.to_owned()));
    }
    for ceiling in state.policy.ceilings.iter().filter(|ceiling| ceiling.window.holding(day).is_some()) {
        for group in groups(&state, ceiling, day) {
            let wanted = (ceiling.name.clone(), group);
            match seen.iter().filter(|row| **row == wanted).count() {
                1 => {}
                count => out.push(format!("{count} rows for {wanted:?}")),
            }
        }
    }
    let head = found["head"].as_str().unwrap_or("");
    if head != book.head() || found["as_of"].as_str() != Some(crate::dates::text(day).as_str()) {
        out.push(format!("head {head} or as_of {}", found["as_of"]));
    }
    out
}

/// The differences between a validation document and the model, for a ledger without faults. Each line is judged on
/// the lines before it (D20). A line recorded with `--despite` is a violation, not a breach (R13).
pub(crate) fn validate_differences(book: &Book, found: &Value, exit: u8) -> Vec<String> {
    let (mut breaches, mut violations) = (Vec::new(), Vec::new());
    // First registrations govern from the beginning (D5), so a name that clashes or a customer that is taken out leads
    // to refusals in several lines. For these the test compares the entry, but not the refusal.
    let cascades = |seq: u64| {
        book.written.iter().any(|written| {
            written.line.seq == seq && matches!(written.line.event, Event::Customer(_) | Event::Void { .. })
        })
    };
    for written in &book.written {
        let final_breach = written.inert || written.line.despite.is_none();
        let list = if final_breach { &mut breaches } else { &mut violations };
        for refusal in &written.refusals {
            let text = |value: &Option<String>| value.as_ref().map_or("null".to_owned(), |text| format!("{text:?}"));
            if cascades(written.line.seq) {
                list.push(written.line.seq.to_string());
                continue;
            }
            list.push(format!(
                "{} {} {} {}",
                written.line.seq,
                refusal.code,
                text(&refusal.ceiling),
                text(&refusal.group)
            ));
        }
    }
    let ledger = &found["ledgers"][0];
    let list = |key: &str| -> Vec<String> {
        let texts = |b: &Value| {
            let seq = b["entry"].as_u64().unwrap_or(0);
            if cascades(seq) {
                return seq.to_string();
            }
            format!("{} {} {} {}", b["entry"], b["code"].as_str().unwrap_or(""), b["ceiling"], group(b))
        };
        ledger[key].as_array().map(|list| list.iter().map(texts).collect()).unwrap_or_default()
    };
    let mut out = Vec::new();
    let valid = breaches.is_empty();
    for (key, mut model) in [("breaches", breaches), ("violations", violations)] {
        let mut program = list(key);
        for texts in [&mut model, &mut program] {
            texts.sort();
            texts.dedup();
        }
        if model != program {
            let only = |a: &[String], b: &[String]| a.iter().filter(|x| !b.contains(x)).cloned().collect::<Vec<_>>();
            out.push(format!(
                "{key}: only model {:?}, only program {:?}",
                only(&model, &program),
                only(&program, &model)
            ));
        }
    }
    let faults = ledger["faults"].as_array().map_or(usize::MAX, Vec::len);
    if faults != 0 || found["valid"] != valid || ledger["valid"] != valid || exit != u8::from(!valid) {
        out.push(format!(
            "valid {} {}, faults {}, exit {exit}; model valid {valid}",
            found["valid"], ledger["valid"], ledger["faults"]
        ));
    }
    if ledger["head"].as_str() != Some(&book.head()) || ledger["entries"] != book.written.len() {
        out.push(format!("head {}, entries {}", ledger["head"], ledger["entries"]));
    }
    out
}
