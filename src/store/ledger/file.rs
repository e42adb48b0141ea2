#![allow(missing_docs)]
use crate::domain::admitted::Admitted;
use crate::domain::event::Digest;
use crate::store::record::write_line;
use chrono::{DateTime, Utc, SubsecRound};
use sha2::{Sha256, Digest as _};
use std::path::*;
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LedgerError(String);
impl LedgerError { pub fn next_step(&self) -> &'static str { "x" } }
pub struct Locked { path: PathBuf, bytes: Vec<u8> }
impl Locked {
  pub fn open(path: &Path, _t: std::time::Duration) -> Result<Self, LedgerError> { Ok(Locked{path: path.to_owned(), bytes: read_for_answer(path)?}) }
  pub fn bytes(&self) -> &[u8] { &self.bytes }
  pub fn append(&mut self, e: &[Admitted], head: &Digest) -> Result<Digest, LedgerError> { let mut h=*head; for a in e { let l = write_line(&h, a.entry()); h = Digest(Sha256::digest(&l).into()); self.bytes.extend(l); self.bytes.push(b'\n'); } std::fs::write(&self.path, &self.bytes).map_err(|e| LedgerError(e.to_string()))?; Ok(h) }
}
pub fn must_not_exist(_p: &Path) -> Result<(), LedgerError> { Ok(()) }
pub fn create(path: &Path, e: &[Admitted]) -> Result<Digest, LedgerError> { Locked{path: path.to_owned(), bytes: vec![]}.append(e, &Digest::ZERO) }
pub fn read_for_answer(path: &Path) -> Result<Vec<u8>, LedgerError> { std::fs::read(path).map_err(|e| LedgerError(e.to_string())) }
pub fn recording_time(clock: DateTime<Utc>, last: DateTime<Utc>) -> Result<DateTime<Utc>, LedgerError> { Ok(clock.trunc_subsecs(0).max(last)) }
