//! Trees: the published vectors of RFC 6962, and proofs of false claims, which must fail.

use crate::store::proof::to_base64;
use crate::store::proof::tree::{GrowingRoot, Tree, TreeHash, extends, includes};
use proptest::prelude::*;

/// The eight leaves that the Certificate Transparency project publishes with its vectors.
const LEAVES: [&[u8]; 8] =
    [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", b"PQRSTUVW", b"`abcdefghijklmno"];

/// The roots of the first 0 to 8 of them.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Published paths: leaf (from 0) and size.
const INCLUSIONS: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

/// Published paths: old size and new.
const CONSISTENCIES: [(u64, u64, &[&str]); 5] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
];

fn from_hex(digits: &str) -> TreeHash {
    let digest = crate::domain::event::Digest::from_hex(digits).unwrap();
    TreeHash::from_base64(&to_base64(&digest.0)).unwrap()
}

fn all(digits: &[&str]) -> Vec<TreeHash> {
    digits.iter().map(|digits| from_hex(digits)).collect()
}

fn published() -> Tree {
    Tree::of(LEAVES.map(TreeHash::of_line))
}

/// Lines that differ from each other.
fn tree_of(size: u64) -> Tree {
    Tree::of((0..size).map(|number| TreeHash::of_line(&number.to_be_bytes())))
}

fn leaf(number: u64) -> TreeHash {
    TreeHash::of_line(&number.to_be_bytes())
}

#[test]
fn roots_are_the_published_ones_however_they_are_made() {
    let tree = published();
    let mut growing = GrowingRoot::default();
    for (size, root) in (0..).zip(ROOTS) {
        assert_eq!(tree.root_at(size), Some(from_hex(root)), "{size}");
        assert_eq!((growing.size(), growing.root()), (size, from_hex(root)));
        LEAVES.get(size as usize).into_iter().for_each(|leaf| growing.push(TreeHash::of_line(leaf)));
    }
    assert_eq!(tree.root_at(9), None);
}

#[test]
fn paths_are_the_published_ones() {
    let tree = published();
    for (index, size, path) in INCLUSIONS {
        assert_eq!(tree.inclusion(index, size), Some(all(path)), "{index} of {size}");
        let leaf = TreeHash::of_line(LEAVES[index as usize]);
        assert!(includes(from_hex(ROOTS[size as usize]), size, index, leaf, &all(path)), "{index} of {size}");
    }
    for (old, new, path) in CONSISTENCIES {
        assert_eq!(tree.consistency(old, new), Some(all(path)), "{old} to {new}");
        let [old, new] = [old, new].map(|size| (size, from_hex(ROOTS[size as usize])));
        assert!(extends(old, new, &all(path)), "{old:?} to {new:?}");
    }
}

#[test]
fn missing_leaves_and_sizes_have_no_proof() {
    let tree = tree_of(8);
    for (index, size) in [(0, 0), (8, 8), (9, 8), (0, 9), (8, 9), (7, 7), (0, u64::MAX)] {
        assert_eq!(tree.inclusion(index, size), None, "{index} of {size}");
    }
    for (old, new) in [(9, 9), (9, 8), (1, 9), (0, 9), (1, u64::MAX)] {
        assert_eq!(tree.consistency(old, new), None, "{old} to {new}");
    }
    let empty = Tree::of([]);
    assert_eq!((empty.size(), empty.root_at(0)), (0, Some(TreeHash::of_nothing())));
    assert_eq!(empty.consistency(0, 0), Some(Vec::new()));
}

/// For trees up to this size, every false claim is tried too.
const LARGEST_BENT: u64 = 18;

#[test]
fn every_leaf_of_every_small_tree_is_proven_and_nothing_else_by_its_path() {
    let tree = tree_of(64);
    for size in 1..=64 {
        let root = tree.root_at(size).unwrap();
        for index in 0..size {
            let path = tree.inclusion(index, size).unwrap();
            assert!(includes(root, size, index, leaf(index), &path), "{index} of {size}");
            if size > LARGEST_BENT {
                continue;
            }
            let elsewhere = (0..size + 2).filter(|other| *other != index);
            assert!(!elsewhere.clone().any(|other| includes(root, size, other, leaf(index), &path)));
            assert!(!elsewhere.clone().any(|other| includes(root, size, index, leaf(other), &path)));
            let others = (0..size + 2).filter(|other| *other != size).filter_map(|other| tree.root_at(other));
            assert!(!others.into_iter().any(|other| includes(other, size, index, leaf(index), &path)));
            let longer = [path.as_slice(), &[root]].concat();
            assert!(!includes(root, size, index, leaf(index), &longer));
            assert!(path.split_last().is_none_or(|(_, less)| !includes(root, size, index, leaf(index), less)));
        }
    }
}

#[test]
fn every_small_tree_begins_with_every_smaller_one_and_no_other() {
    let tree = tree_of(64);
    let root = |size| (size, tree.root_at(size).unwrap());
    let other = Tree::of((0..64).map(|number: u64| leaf(number ^ 1)));
    for new in 0..=64 {
        for old in 0..=new {
            let path = tree.consistency(old, new).unwrap();
            assert!(extends(root(old), root(new), &path), "{old} to {new}");
            if new > LARGEST_BENT {
                continue;
            }
            assert!(old == new || !extends(root(new), root(old), &path), "{new} to {old}");
            for size in (0..new + 2).filter(|size| *size != old) {
                assert!(!extends((size, root(old).1), root(new), &path), "{old} as {size} to {new}");
                assert!(!extends((old, root(size).1), root(new), &path));
            }
            if old > 0 {
                // Its first leaf differs, so every root differs.
                let changed = (old, other.root_at(old).unwrap());
                assert!(!extends(changed, root(new), &path));
                assert!(!extends(changed, root(new), &other.consistency(old, new).unwrap()));
            }
            let longer = [path.as_slice(), &[root(new).1]].concat();
            assert!(!extends(root(old), root(new), &longer));
            assert!(path.split_last().is_none_or(|(_, less)| !extends(root(old), root(new), less)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn larger_trees_agree_with_growing_ones(size in 65_u64..1200, at in any::<prop::sample::Index>()) {
        let tree = tree_of(size);
        let mut growing = GrowingRoot::default();
        (0..size).for_each(|number| growing.push(leaf(number)));
        let (root, at) = (growing.root(), at.index(size as usize) as u64);
        prop_assert_eq!(tree.root_at(size), Some(root));
        prop_assert!(includes(root, size, at, leaf(at), &tree.inclusion(at, size).unwrap()));
        let older = (at, tree.root_at(at).unwrap());
        prop_assert!(extends(older, (size, root), &tree.consistency(at, size).unwrap()));
    }
}
