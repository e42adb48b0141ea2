//! A cache's contents as text. Two caches of one ledger have the same contents, whatever their bytes.

use crate::steps::{day, name};
use exquota::domain::event::Seq;
use exquota::domain::text::{LicenceNumber, Reference};
use exquota::store::ledger::Ledger;
use exquota::store::ledger::cache::Cache;
use exquota::store::ledger::file::LedgerFile;
use exquota::store::system::Disk;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The number of folded entries, and the cache's contents about them; `None` without a valid cache.
pub(crate) fn said(ledger: &Path) -> Option<(Seq, String)> {
    let ledger = LedgerFile::at(Arc::new(Disk::new(None)), ledger, Duration::ZERO);
    let source = Rc::new(ledger.open().unwrap());
    let cache = Cache::open(&ledger, &source, false)?;
    let (snapshot, base) = cache.base();
    let mut told = format!("{:?}\n{:?}\n{snapshot:#?}\n", cache.folded_head(), cache.recorded_at());
    for number in 0..=u8::MAX {
        if let Some((_, kept)) = base.licence(&LicenceNumber::new(name("L", number))).unwrap() {
            told += &format!("{kept:?}\n");
        }
        let mut references = base.references(&Reference::new(name("X", number))).unwrap();
        references.sort_unstable();
        told += &format!("{references:?}");
    }
    let lapsing = base.lapsing(day(0)..day(1000)).unwrap();
    let mut lapsing: Vec<_> = lapsing.iter().map(|(day, here)| (day, base.kept(*here).unwrap().number)).collect();
    lapsing.sort_unstable();
    Some((snapshot.entries, told + &format!("\n{lapsing:?}\n")))
}
