//! Runs the program at a terminal of its own.

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The program's output at the terminal, and its exit code.
pub(crate) struct Screen {
    /// With escape sequences, but with plain line ends.
    pub(crate) raw: String,
    /// Standard error, which is no terminal here.
    pub(crate) stderr: String,
    pub(crate) exit: Option<i32>,
}

impl Screen {
    /// The output without colours and cursor movements.
    pub(crate) fn text(&self) -> String {
        anstream::adapter::strip_str(&self.raw).to_string()
    }
}

/// Runs the program at a terminal of so many columns. `answer` gets the text shown since the last answer. It returns
/// the text to type, or `None` if more must be shown first.
pub(crate) fn at_terminal<S: AsRef<str>>(
    folder: &Path,
    columns: u16,
    args: &[S],
    settings: &[(&str, &str)],
    answer: &mut dyn FnMut(&str) -> Option<String>,
) -> Screen {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&master).expect("ours");
    unlockpt(&master).expect("ours");
    let size = Winsize { ws_row: 40, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&master, size).expect("a size");
    let name = ptsname(&master, Vec::new()).expect("a name").into_string().expect("a path");
    let open = || -> File {
        // It must not become the terminal of the test itself.
        let flags = rustix::fs::OFlags::NOCTTY.bits().cast_signed();
        OpenOptions::new().read(true).write(true).custom_flags(flags).open(&name).expect("its other end")
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_exquota"))
        .args(args.iter().map(AsRef::as_ref))
        .current_dir(folder)
        .env_remove("EXQUOTA_LEDGER")
        .env_remove("EXQUOTA_BY")
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR")
        .env("LOGNAME", "analyst-1")
        .env("TERM", "xterm")
        .envs(settings.iter().copied())
        .stdin(Stdio::from(open()))
        .stdout(Stdio::from(open()))
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stderr = child.stderr.take().expect("piped");
    let told = thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).expect("UTF-8 on stderr");
        text
    });
    // A program that waits for an answer that never comes is killed after a minute.
    let (done, over) = mpsc::channel::<()>();
    let pid = rustix::process::Pid::from_child(&child);
    let watch = thread::spawn(move || {
        if over.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
    });
    let raw = talked(File::from(master), answer);
    let exit = child.wait().expect("it ends").code();
    drop(done);
    watch.join().expect("watched");
    Screen { raw: raw.replace("\r\n", "\n"), stderr: told.join().expect("read"), exit }
}

fn talked(mut master: File, answer: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let (mut shown, mut heard) = (Vec::new(), 0);
    let mut chunk = [0; 4096];
    // The read fails when no process has the terminal open any more.
    while let Ok(length @ 1..) = master.read(&mut chunk) {
        shown.extend_from_slice(&chunk[..length]);
        if let Some(typed) = answer(&String::from_utf8_lossy(&shown[heard..])) {
            heard = shown.len();
            master.write_all(typed.as_bytes()).expect("typed");
        }
    }
    String::from_utf8(shown).expect("UTF-8 on the terminal")
}
