//! The connection to a server, by libpq. Only this file knows SQL and libpq.
//!
//! libpq's calls wait as long as the network does. Each runs in a thread of its own, and whoever asks waits for the next
//! piece of its answer only as long as `--lock-timeout` says. A connection that gives none is not used again.

use super::error::SharedError;
use super::url::Address;
use crate::domain::event::Seq;
use libpq::connection::Status as Connected;
use libpq::result::ErrorField;
use libpq::{Connection, Format, PQResult, Status};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Of every session. Only a commit that is on the server's disk is acknowledged. Notices would go to standard error.
const SETTINGS: &str = "set client_min_messages = error; set client_encoding = 'UTF8'; set synchronous_commit = on";

/// The lines of a ledger from a number on, as many as one statement gives in a moment.
const LINES: &str =
    "select seq, line from public.exquota_line where ledger = $1 and seq >= $2 order by seq limit 50000";

const LAST: &str = "select max(seq), ''::bytea from public.exquota_line where ledger = $1 having max(seq) is not null";

/// Appends lines from a number on, all or none.
const APPEND: &str = "insert into public.exquota_line (ledger, seq, line) \
    select $1, $2 + place - 1, line from unnest($3::bytea[]) with ordinality as lines (line, place) order by place";

/// What `exquota schema postgres` makes and is not there.
const LACKS: &str = "select 1::bigint, convert_to(what, 'UTF8') from (values \
    ('the table `exquota_line`', to_regclass('public.exquota_line') is not null), \
    ('the triggers that keep it append-only', 3 = (select count(*) from pg_trigger where tgenabled = 'A' and not tgisinternal \
        and tgrelid = to_regclass('public.exquota_line') and tgname in ('exquota_append', 'exquota_refuse', 'exquota_truncate'))), \
    ('the roles `exquota_reader` and `exquota_writer`', \
        2 = (select count(*) from pg_roles where rolname in ('exquota_reader', 'exquota_writer')))) as needed (what, there) \
    where not there";

/// The shortest time in which a server that is there answers.
const LEAST: Duration = Duration::from_secs(1);

/// A number and a line.
type Row = (i64, Vec<u8>);

/// A part of what a thread with a connection tells.
enum Piece {
    Rows(Vec<Row>),
    End(Connection, Result<(), Trouble>),
}

/// Why the server did not do what it was asked.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Somebody else has taken the number.
    Taken,
    /// The server says no, for the reason with this SQLSTATE. Nothing was done.
    Refused(String, String),
    /// The connection broke, or gave no answer in time. It may have been done.
    Lost(String),
    /// The receiver of the rows could not go on.
    Stopped(SharedError),
}

impl Trouble {
    /// The error for a question that changes nothing.
    pub(super) fn of(self, ledger: &str) -> SharedError {
        let ledger = ledger.to_owned();
        match self {
            Trouble::Stopped(error) => error,
            Trouble::Taken => SharedError::Overtaken { ledger },
            Trouble::Lost(why) => SharedError::Unreachable { ledger, why },
            Trouble::Refused(state, why) => match state.as_str() {
                "42P01" => SharedError::NotSetUp { ledger, lacks: "the table `exquota_line`".to_owned() },
                // It was cancelled after `--lock-timeout`, or the server starts, stops or is full.
                "57014" | "57P03" | "53300" => SharedError::Unreachable { ledger, why },
                _ => SharedError::Refused { ledger, why },
            },
        }
    }
}

/// A connection.
pub(super) struct Link {
    /// None once it broke.
    connection: Option<Connection>,
    patience: Duration,
}

// libpq's own would print the password.
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("is_open", &self.is_open()).finish_non_exhaustive()
    }
}

impl Link {
    /// Connects.
    pub(super) fn open(address: &Address, patience: Duration) -> Result<Self, Trouble> {
        let patience = patience.max(LEAST);
        let url = address.url.clone();
        // The server gives up when the client does, so that nothing is recorded later.
        let millis = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX);
        let settings = format!("{SETTINGS}; set statement_timeout = {millis}");
        let answers = in_a_thread(move |to| {
            let connection = match Connection::new(&url) {
                Ok(connection) => connection,
                Err(error) => return Err(Trouble::Lost(in_a_line(&error.to_string()))),
            };
            let set = connection.exec(&settings);
            let done = if set.status() == Status::CommandOk { Ok(()) } else { Err(trouble(&connection, &set)) };
            // Nobody receives it where it took too long.
            let _ = to.send(Piece::End(connection, done));
            Ok(())
        })?;
        let mut link = Link { connection: None, patience };
        link.receive(&answers, |_, _| Ok(())).map_err(|trouble| match trouble {
            Trouble::Lost(why) if address.would_tell(&why) => Trouble::Lost(
                "libpq's message is not shown, as it would tell a part of the password: percent-encode the password, or keep it \
                 in `~/.pgpass`"
                    .to_owned(),
            ),
            trouble => trouble,
        })?;
        Ok(link)
    }

    /// Whether it can be used again.
    pub(super) fn is_open(&self) -> bool {
        self.connection.is_some()
    }

    /// Gives the lines of a ledger in order, from a number on.
    pub(super) fn lines(
        &mut self,
        ledger: &str,
        mut from: Seq,
        mut take: impl FnMut(Seq, Vec<u8>) -> Result<(), SharedError>,
    ) -> Result<(), Trouble> {
        loop {
            let (mut next, begun) = (from, from);
            let values = vec![ledger.as_bytes().to_vec(), number(from)];
            self.ask(LINES, values, |seq, line| {
                let seq = Seq::try_from(seq).unwrap_or_default();
                next = seq.saturating_add(1);
                take(seq, line)
            })?;
            if next == begun {
                return Ok(());
            }
            from = next;
        }
    }

    /// The number of the last line; 0 where there is none.
    pub(super) fn last(&mut self, ledger: &str) -> Result<Seq, Trouble> {
        let mut last = 0;
        self.ask(LAST, vec![ledger.as_bytes().to_vec()], |seq, _| {
            last = Seq::try_from(seq).unwrap_or_default();
            Ok(())
        })?;
        Ok(last)
    }

    /// What is missing in the database.
    pub(super) fn lacks(&mut self) -> Result<Vec<String>, Trouble> {
        let mut lacks = Vec::new();
        self.ask(LACKS, Vec::new(), |_, what| {
            lacks.push(String::from_utf8_lossy(&what).into_owned());
            Ok(())
        })?;
        Ok(lacks)
    }

    /// Appends lines from a number on, durably, all or none.
    pub(super) fn append(&mut self, ledger: &str, from: Seq, lines: &[&[u8]]) -> Result<(), Trouble> {
        self.ask(APPEND, vec![ledger.as_bytes().to_vec(), number(from), array(lines)], |_, _| Ok(()))
    }

    /// Runs a statement with these values, and gives each of its rows to `take`.
    fn ask(
        &mut self,
        sql: &'static str,
        values: Vec<Vec<u8>>,
        take: impl FnMut(i64, Vec<u8>) -> Result<(), SharedError>,
    ) -> Result<(), Trouble> {
        let connection = self.connection.take().ok_or_else(|| Trouble::Lost("the connection is closed".to_owned()))?;
        let answers = in_a_thread(move |to| {
            let done = answer(&connection, sql, &values, to);
            let _ = to.send(Piece::End(connection, done));
            Ok(())
        })?;
        self.receive(&answers, take)
    }

    /// Waits for each piece of an answer.
    fn receive(
        &mut self,
        answers: &Receiver<Result<Piece, Trouble>>,
        mut take: impl FnMut(i64, Vec<u8>) -> Result<(), SharedError>,
    ) -> Result<(), Trouble> {
        /// The server's own timeout comes first.
        const LATER: Duration = Duration::from_millis(250);
        loop {
            let seconds = self.patience.as_secs();
            let piece = answers
                .recv_timeout(self.patience.saturating_add(LATER))
                .map_err(|_| Trouble::Lost(format!("it gave no answer within {seconds} s")))?;
            match piece? {
                Piece::Rows(rows) => {
                    rows.into_iter().try_for_each(|(number, line)| take(number, line)).map_err(Trouble::Stopped)?;
                }
                Piece::End(connection, done) => {
                    self.connection = (connection.status() == Connected::Ok).then_some(connection);
                    return done;
                }
            }
        }
    }
}

/// Where a thread sends what it was told.
struct Teller(SyncSender<Result<Piece, Trouble>>);

impl Teller {
    /// False if nobody waits any more.
    fn send(&self, piece: Piece) -> bool {
        self.0.send(Ok(piece)).is_ok()
    }
}

fn in_a_thread(
    job: impl FnOnce(&Teller) -> Result<(), Trouble> + Send + 'static,
) -> Result<Receiver<Result<Piece, Trouble>>, Trouble> {
    /// How many pieces wait for their receiver.
    const WAITING: usize = 4;
    let (to, answers) = sync_channel(WAITING);
    let run = move || {
        let teller = Teller(to);
        if let Err(trouble) = job(&teller) {
            let _ = teller.0.send(Err(trouble));
        }
    };
    thread::Builder::new().spawn(run).map_err(|error| Trouble::Lost(error.to_string()))?;
    Ok(answers)
}

/// Sends the statement, and its rows as they come.
fn answer(connection: &Connection, sql: &str, values: &[Vec<u8>], to: &Teller) -> Result<(), Trouble> {
    /// In bytes.
    const PIECE: usize = 256 * 1024;
    let lost = |error: libpq::errors::Error| Trouble::Lost(in_a_line(&error.to_string()));
    let given: Vec<_> = values.iter().map(|value| Some(value.as_slice())).collect();
    connection.send_query_params(sql, &[], &given, &vec![Format::Binary; given.len()], Format::Binary).map_err(lost)?;
    connection.set_single_row_mode().map_err(lost)?;
    let (mut rows, mut size, mut done) = (Vec::new(), 0, Ok(()));
    while let Some(result) = connection.result() {
        match result.status() {
            Status::SingleTuple => {
                let number = result.value(0, 0).and_then(|bytes| bytes.try_into().ok()).map_or(0, i64::from_be_bytes);
                let line = result.value(0, 1).unwrap_or_default().to_vec();
                size += line.len();
                rows.push((number, line));
            }
            Status::TuplesOk | Status::CommandOk => {}
            _ => done = Err(trouble(connection, &result)),
        }
        if size > PIECE {
            size = 0;
            if !to.send(Piece::Rows(std::mem::take(&mut rows))) {
                break;
            }
        }
    }
    to.send(Piece::Rows(rows));
    done
}

fn trouble(connection: &Connection, result: &PQResult) -> Trouble {
    let field = |field| result.error_field(field).ok().flatten();
    let state = field(ErrorField::Sqlstate).unwrap_or_default();
    let message = field(ErrorField::MessagePrimary).or(connection.error_message()).unwrap_or_default();
    match state {
        // A connection that ended may have done it: a commit can be cut off after it was written.
        _ if state.is_empty() || connection.status() != Connected::Ok => Trouble::Lost(in_a_line(message)),
        // The number is taken, or a transaction of somebody else came first.
        "23505" | "40001" | "40P01" => Trouble::Taken,
        _ => Trouble::Refused(state.to_owned(), in_a_line(message)),
    }
}

fn in_a_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A `bigint` as PostgreSQL sends it.
fn number(seq: Seq) -> Vec<u8> {
    i64::try_from(seq).unwrap_or(i64::MAX).to_be_bytes().to_vec()
}

/// A `bytea[]` as PostgreSQL sends it: one dimension, no nulls, the type, the length, the first index, and each element
/// with its length.
fn array(elements: &[&[u8]]) -> Vec<u8> {
    const BYTEA: i32 = 17;
    let length = |length: usize| i32::try_from(length).unwrap_or(i32::MAX);
    let mut bytes = Vec::new();
    for word in [1, 0, BYTEA, length(elements.len()), 1] {
        bytes.extend_from_slice(&word.to_be_bytes());
    }
    for element in elements {
        bytes.extend_from_slice(&length(element.len()).to_be_bytes());
        bytes.extend_from_slice(element);
    }
    bytes
}
