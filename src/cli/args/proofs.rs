//! Arguments of `keygen`, `checkpoint`, `prove` and `verify-proof`.

use crate::commands::verbs::{checkpoint, keygen, prove, verify_proof};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct KeygenArgs {
    /// The file to create for the private key; the public key goes to KEYFILE.pub
    #[arg(value_name = "KEYFILE")]
    key: PathBuf,
    /// The ledger's name in its checkpoints, as in example.com/ledger; made from the key if not given
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckpointArgs {
    #[command(flatten)]
    signer: SignerArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct SignerArgs {
    /// Sign with this private key; the key's name is the origin
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
    /// Use this origin and don't sign; sign the file with `ssh-keygen -Y sign -n exquota-checkpoint`
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ProveArgs {
    /// An entry's number, a licence (every entry that names it) or a reference
    #[arg(value_name = "ENTRY|LICENCE|REFERENCE", required_unless_present = "since", conflicts_with = "since")]
    subject: Option<String>,
    /// Prove that nothing was changed since this checkpoint
    #[arg(long, value_name = "CHECKPOINT")]
    since: Option<PathBuf>,
    #[command(flatten)]
    against: AgainstArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct AgainstArgs {
    /// Sign a checkpoint of the ledger as it is now with this private key
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
    /// Prove under this earlier checkpoint
    #[arg(long, value_name = "CHECKPOINT")]
    checkpoint: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyProofArgs {
    /// The files with proofs
    #[arg(required = true, value_name = "PROOF")]
    proofs: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    /// The older checkpoint, which you kept; for a proof that nothing was changed since
    #[arg(long, value_name = "CHECKPOINT")]
    since: Option<PathBuf>,
    /// A file with the entry's line, for a proof that does not carry it or to compare
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct TrustArgs {
    /// A public key to trust; repeat it for several keys
    #[arg(long = "key", value_name = "KEYFILE.pub")]
    keys: Vec<PathBuf>,
    /// A checkpoint to trust as it is, because you have checked its signature yourself
    #[arg(long, value_name = "CHECKPOINT")]
    checkpoint: Option<PathBuf>,
}

impl From<KeygenArgs> for keygen::Request {
    fn from(KeygenArgs { key, origin }: KeygenArgs) -> Self {
        keygen::Request { key, origin }
    }
}

impl CheckpointArgs {
    pub(in crate::cli) fn request(self, out: Option<PathBuf>) -> checkpoint::Request {
        let CheckpointArgs { signer: SignerArgs { key, origin } } = self;
        checkpoint::Request { key, origin, out }
    }
}

impl ProveArgs {
    pub(in crate::cli) fn request(self, out: Option<PathBuf>) -> prove::Request {
        let ProveArgs { subject, since, against: AgainstArgs { key, checkpoint } } = self;
        prove::Request { subject, since, key, checkpoint, out }
    }
}

impl From<VerifyProofArgs> for verify_proof::Request {
    fn from(args: VerifyProofArgs) -> Self {
        let VerifyProofArgs { proofs, trust: TrustArgs { keys, checkpoint }, since, entry } = args;
        verify_proof::Request { proofs, keys, checkpoint, since, entry }
    }
}
