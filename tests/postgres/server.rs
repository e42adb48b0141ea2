//! A PostgreSQL server of a test's own.

use crate::tools::may_run;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A running server with one database, `quotas`, that is set up for shared ledgers. It ends with this value.
pub(crate) struct Server {
    folder: TempDir,
    programs: PathBuf,
}

impl Server {
    /// Starts a server; none if PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Server> {
        let server = Server::bare()?;
        server.set_up();
        Some(server)
    }

    /// Starts a server with an empty database.
    pub(crate) fn bare() -> Option<Server> {
        let programs = programs();
        if !may_run("postgresql", programs.is_some()) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let server = Server { folder, programs: programs? };
        server.run(&format!("initdb --no-sync -A trust -U postgres -D '{}'", server.data()));
        server.go_on();
        server.sql("postgres", "create database quotas");
        Some(server)
    }

    fn set_up(&self) {
        let sql = Command::new(env!("CARGO_BIN_EXE_exquota")).args(["schema", "postgres"]).output().unwrap().stdout;
        self.sql("quotas", &String::from_utf8(sql).unwrap());
    }

    fn data(&self) -> String {
        self.socket() + "/data"
    }

    /// The folder of its socket.
    pub(crate) fn socket(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// The address of a ledger, for a role.
    pub(crate) fn address(&self, role: &str, ledger: &str) -> String {
        format!("postgres:///quotas?host={}&user={role}#{ledger}", self.socket())
    }

    /// Starts the server again.
    pub(crate) fn go_on(&self) {
        let options = format!("-k '{}' -c listen_addresses= -c max_connections=200", self.socket());
        self.run(&format!("pg_ctl -w -D '{0}' -l '{0}/log' -o \"{options}\" start", self.data()));
    }

    /// Stops it as a loss of power does: nothing is finished.
    pub(crate) fn stop(&self) {
        self.run(&format!("pg_ctl -w -D '{}' -m immediate stop", self.data()));
    }

    /// Runs one of its programs, as a user that may.
    fn run(&self, line: &str) {
        let line = format!("cd / && '{}'/{line} >/dev/null 2>&1", self.programs.display());
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let mut shell = if is_root { Command::new("su") } else { Command::new("sh") };
        let args = if is_root { vec!["postgres", "-s", "/bin/sh", "-c", &line] } else { vec!["-c", &line] };
        assert!(shell.args(args).status().unwrap().success(), "{line}");
    }

    fn psql(&self, role: &str, database: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        let settings = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"];
        psql.args(settings).args(["-h", &self.socket(), "-U", role, "-d", database]).stdin(Stdio::null());
        psql
    }

    /// Runs SQL as the superuser, and gives what it prints.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        self.sql_as("postgres", database, sql).unwrap()
    }

    /// Runs SQL, and gives what it prints or the error.
    pub(crate) fn sql_as(&self, role: &str, database: &str, sql: &str) -> Result<String, String> {
        let output = self.psql(role, database).args(["-c", sql]).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    /// The lines of a ledger.
    pub(crate) fn lines(&self, ledger: &str) -> Vec<String> {
        let sql = format!("select convert_from(line, 'UTF8') from exquota_line where ledger = '{ledger}' order by seq");
        self.sql("quotas", &sql).lines().map(str::to_owned).collect()
    }

    /// Takes lines away, as a backup from before them does.
    pub(crate) fn forget(&self, ledger: &str, from: u64) {
        self.sql(
            "quotas",
            &format!(
                "alter table exquota_line disable trigger exquota_refuse; \
                 delete from exquota_line where ledger = '{ledger}' and seq >= {from}; \
                 alter table exquota_line enable always trigger exquota_refuse"
            ),
        );
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if PathBuf::from(self.data() + "/postmaster.pid").exists() {
            self.stop();
        }
    }
}

/// The folder of PostgreSQL's programs.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().map(|at| at.unwrap().path().join("bin"));
    let has_all = |folder: &PathBuf| ["initdb", "pg_ctl", "psql"].iter().all(|name| folder.join(name).is_file());
    debian.chain(std::env::split_paths(&path)).find(has_all)
}
