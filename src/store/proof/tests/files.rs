//! Files whose path is taken, by a file or by a link.

use crate::store::proof::file::read;
use crate::store::put::{FileError, put_keys, put_new};
use crate::store::system::Disk;
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn existing_files_and_targets_of_links_are_not_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let [taken, link, dangling, target] = ["taken", "link", "dangling", "target"].map(|name| folder.path().join(name));
    fs::write(&taken, "kept").unwrap();
    symlink(&taken, &link).unwrap();
    symlink(&target, &dangling).unwrap();
    for path in [&taken, &link, &dangling] {
        assert!(matches!(put_new(&Disk::new(None), path, b"new"), Err(FileError::Exists { .. })), "{}", path.display());
        assert!(matches!(put_keys(&Disk::new(None), path, "secret", "public"), Err(FileError::Exists { .. })));
    }
    assert_eq!(fs::read(&taken).unwrap(), b"kept");
    assert!(!target.exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no public half without its key");
}

#[test]
fn no_key_is_written_if_the_path_of_its_public_half_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("desk.key");
    fs::create_dir(folder.path().join("desk.key.pub")).unwrap();
    assert!(matches!(put_keys(&Disk::new(None), &key, "secret", "public"), Err(FileError::Exists { .. })));
    assert!(!key.exists());
}

#[test]
fn a_file_is_read_up_to_its_limit_and_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    put_new(&Disk::new(None), &path, b"12345").unwrap();
    assert_eq!(read(&path, 5).unwrap().bytes, b"12345");
    assert!(matches!(read(&path, 4), Err(FileError::TooLong { most: 4, .. })));
}
