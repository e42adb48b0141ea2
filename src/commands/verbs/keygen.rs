//! `keygen`: makes a key that signs checkpoints.

use crate::commands::error::{MachineFailed, Misuse};
use crate::commands::session::Session;
use crate::commands::{Answer, Exit};
use crate::report::proof::KeyMade;
use crate::store::file::is_stream;
use crate::store::proof::key::{PrivateKey, check_origin};
use crate::store::put::put_keys;
use std::path::Path;

/// Makes a key from the system's randomness, and writes both of its halves. No file `key` may exist yet. `origin` is the
/// ledger's name in its checkpoints; it is made from the key where none is given.
pub fn run(session: &Session, key: &Path, origin: Option<&str>) -> anyhow::Result<Answer> {
    origin.map_or(Ok(()), must_be_origin)?;
    if is_stream(key) {
        let next = "name the file of the private key; the public key goes beside it";
        return Err(Misuse::new("a key is two files, so it can't go to standard output", next).into());
    }
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| MachineFailed {
        message: format!("the system gives no randomness for a key: {error}"),
        next: "no key was written; try again on a system that does".to_owned(),
    })?;
    let private = PrivateKey::from_seed(&seed, origin);
    let public = private.public();
    let (secret, shown) = (format!("{}\n", private.secret_text()), format!("{public}\n"));
    let written = put_keys(&*session.system, key, &secret, &shown)?;
    let document = KeyMade {
        key: key.display().to_string(),
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
