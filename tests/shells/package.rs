//! The Debian package holds exactly the files that its script makes.

use crate::support::root;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use toml::de::{DeArray, DeTable};

/// Runs the script, which makes the files in a folder.
fn made(folder: &Path) {
    let status = Command::new(root().join(".ci/deb"))
        .arg("--files")
        .arg(env!("CARGO_BIN_EXE_exquota"))
        .arg(folder)
        .status()
        .unwrap();
    assert!(status.success());
}

/// The package's assets, from Cargo.toml: the source of each, and its folder.
fn assets() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table = DeTable::parse(&text).unwrap();
    let deb = &table.get_ref()["package"].get_ref()["metadata"].get_ref()["deb"].get_ref()["assets"];
    let assets = deb.get_ref().as_array().unwrap().iter();
    let asset = |asset: &DeArray<'_>| [0, 1].map(|part| asset[part].get_ref().as_str().unwrap().to_owned());
    assets.map(|row| asset(row.get_ref().as_array().unwrap()).into()).collect()
}

/// The files whose names end like the pattern after its star, or the one file of a pattern without a star.
fn matching(pattern: &Path) -> BTreeSet<PathBuf> {
    let name = pattern.file_name().unwrap().to_str().unwrap();
    let Some(ending) = name.strip_prefix('*') else { return BTreeSet::from([pattern.to_owned()]) };
    let files = fs::read_dir(pattern.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.to_str().unwrap().ends_with(ending)).collect()
}

#[test]
fn the_assets_are_exactly_the_files_that_are_made() {
    let folder = tempfile::tempdir().unwrap();
    made(folder.path());
    let mut packed = BTreeSet::new();
    for (source, _) in assets().into_iter().filter(|(source, _)| source != "target/release/exquota") {
        let path = match source.strip_prefix("target/made/") {
            Some(made) => folder.path().join(made),
            None => root().join(&source),
        };
        let files = matching(&path);
        assert!(!files.is_empty() && files.iter().all(|file| file.is_file()), "{source} is not there");
        packed.extend(files);
    }
    let mut there = BTreeSet::new();
    for part in ["man", "completions"] {
        there.extend(fs::read_dir(folder.path().join(part)).unwrap().map(|entry| entry.unwrap().path()));
    }
    let left_out: Vec<_> = there.difference(&packed).collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

#[test]
fn the_package_holds_the_guides_that_its_readme_links_to() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let links = readme.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let folders: BTreeSet<&Path> =
        links.filter(|link| link.starts_with("src/")).map(|link| Path::new(link).parent().unwrap()).collect();
    assert_eq!(folders, BTreeSet::from([Path::new("src/guide")]));
    let wanted = ("src/guide/*.md".to_owned(), "usr/share/doc/exquota/src/guide/".to_owned());
    assert!(assets().contains(&wanted), "the README's links lead to {}", wanted.1);
}
