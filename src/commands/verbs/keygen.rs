//! `keygen`: makes a key that signs checkpoints.

use crate::commands::error::{MachineFailed, Misuse};
use crate::commands::session::Session;
use crate::commands::{Answer, Exit};
use crate::report::proof::KeyMade;
use crate::store::file::is_stream;
use crate::store::proof::key::{PrivateKey, check_origin};
use crate::store::put::put_keys;
use std::path::PathBuf;

/// The arguments of the verb.
#[derive(Clone, Debug)]
pub struct Request {
    /// The private key's file. It must not exist yet.
    pub key: PathBuf,
    /// The ledger's name in its checkpoints; made from the key where none is given.
    pub origin: Option<String>,
}

/// Makes a key from the system's randomness, and writes both of its halves.
pub fn run(session: &Session, request: &Request) -> anyhow::Result<Answer> {
    let origin = request.origin.as_deref();
    origin.map_or(Ok(()), must_be_origin)?;
    if is_stream(&request.key) {
        let next = "name the file of the private key; the public key goes beside it";
        return Err(Misuse::new("a key is two files, so it can't go to standard output", next).into());
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| MachineFailed {
        message: format!("the system gives no randomness for a key: {error}"),
        next: "no key was written; try again on a system that does".to_owned(),
    })?;
    let key = PrivateKey::from_seed(&seed, origin);
    let public = key.public();
    let written =
        put_keys(&*session.system, &request.key, &format!("{}\n", key.secret_text()), &format!("{public}\n"))?;
    let document = KeyMade {
        key: request.key.display().to_string(),
        public: written.display().to_string(),
        origin: public.origin().to_owned(),
        vkey: public.to_string(),
    };
    Ok(Answer { document: Box::new(document), exit: Exit::Fine, warnings: Vec::new() })
}

/// Fails unless the text is an origin.
pub(super) fn must_be_origin(origin: &str) -> Result<(), Misuse> {
    check_origin(origin).map_err(|reason| {
        let next = "an origin is a name without spaces, best under a domain that you own, as in `example.com/ledger`";
        Misuse::new(format!("the origin `{origin}` {reason}"), next)
    })
}
