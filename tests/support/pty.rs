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
    /// Standard error, if it is no terminal here.
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
    let mut command = in_folder(folder, env!("CARGO_BIN_EXE_exquota"));
    command.args(args.iter().map(AsRef::as_ref)).envs(settings.iter().copied());
    run(command, columns, Some(Stdio::piped()), answer)
}

/// Runs a line of a shell, with the program in its path. The terminal shows standard error too.
pub(crate) fn shell_at_terminal(folder: &Path, columns: u16, line: &str) -> Screen {
    let program = Path::new(env!("CARGO_BIN_EXE_exquota")).parent().expect("a folder").display();
    let path = format!("{program}:{}", std::env::var("PATH").unwrap_or_default());
    let mut command = in_folder(folder, "sh");
    command.args(["-c", line]).env("PATH", path).env("NO_COLOR", "1");
    run(command, columns, None, &mut |_| None)
}

/// A command in this folder, without the caller's own settings.
fn in_folder(folder: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LOGNAME", "analyst-1").env("TERM", "xterm");
    for own in ["EXQUOTA_LEDGER", "EXQUOTA_BY", "COLUMNS", "NO_COLOR"] {
        command.env_remove(own);
    }
    command
}

/// Runs a command. Its standard error goes to `errors`, or to the terminal if that is `None`.
fn run(
    mut command: Command,
    columns: u16,
    errors: Option<Stdio>,
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
    command.stdin(open()).stdout(open()).stderr(errors.unwrap_or_else(|| open().into()));
    let mut child = command.spawn().expect("the program starts");
    // The command holds the terminal open, and the reader below waits until nobody does.
    drop(command);
    let stderr = child.stderr.take();
    let told = thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut stderr) = stderr {
            stderr.read_to_string(&mut text).expect("UTF-8 on stderr");
        }
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
