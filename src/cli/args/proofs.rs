//! Keys, checkpoints and proofs on the command line.

use crate::commands::verbs::{checkpoint, keygen, prove, verify_proof};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct KeygenArgs {
    /// The private key's file, new; the public key goes to KEYFILE.pub
    #[arg(value_name = "KEYFILE")]
    key: PathBuf,
    /// What the ledger is called in its checkpoints, as in example.com/ledger; one of its own if not given
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckpointArgs {
    #[command(flatten)]
    signer: SignerArgs,
    /// A new file for it; printed if not given
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct SignerArgs {
    /// Sign with this private key, whose name is the origin
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
    /// Don't sign, and give this origin: to be signed with `ssh-keygen -Y sign -n exquota-checkpoint`
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
    /// A new file for it, or a folder that is there, for one file an entry; printed if not given
    #[arg(short, long, value_name = "PATH")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct AgainstArgs {
    /// Sign a checkpoint of the ledger as it is now with this private key
    #[arg(long, value_name = "KEYFILE")]
    key: Option<PathBuf>,
    /// Prove under this checkpoint, which was made before
    #[arg(long, value_name = "CHECKPOINT")]
    checkpoint: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyProofArgs {
    /// Files with proofs
    #[arg(required = true, value_name = "PROOF")]
    proofs: Vec<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,
    /// For a proof that nothing was changed: the older checkpoint, which you kept
    #[arg(long, value_name = "CHECKPOINT")]
    since: Option<PathBuf>,
    /// The entry's line, for a proof that does not carry it, or to compare with
    #[arg(long, value_name = "FILE")]
    entry: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct TrustArgs {
    /// A public key whose signature is trusted; may be given again
    #[arg(long = "key", value_name = "KEYFILE.pub")]
    keys: Vec<PathBuf>,
    /// A checkpoint that is trusted as it is: you have checked its signature yourself
    #[arg(long, value_name = "CHECKPOINT")]
    checkpoint: Option<PathBuf>,
}

impl From<KeygenArgs> for keygen::Request {
    fn from(KeygenArgs { key, origin }: KeygenArgs) -> Self {
        keygen::Request { key, origin }
    }
}

impl From<CheckpointArgs> for checkpoint::Request {
    fn from(CheckpointArgs { signer: SignerArgs { key, origin }, out }: CheckpointArgs) -> Self {
        checkpoint::Request { key, origin, out }
    }
}

impl From<ProveArgs> for prove::Request {
    fn from(ProveArgs { subject, since, against: AgainstArgs { key, checkpoint }, out }: ProveArgs) -> Self {
        prove::Request { subject, since, key, checkpoint, out }
    }
}

impl From<VerifyProofArgs> for verify_proof::Request {
    fn from(args: VerifyProofArgs) -> Self {
        let VerifyProofArgs { proofs, trust: TrustArgs { keys, checkpoint }, since, entry } = args;
        verify_proof::Request { proofs, keys, checkpoint, since, entry }
    }
}
