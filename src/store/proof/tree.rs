//! The Merkle tree of RFC 6962, section 2.1, and the checks of its proofs from RFC 9162.

use super::{from_base64, to_base64};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A hash in the tree: of a leaf, or of the two hashes below it. Never a hash of the line chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeHash([u8; 32]);

impl TreeHash {
    /// The hash of one line, without its `\n`.
    pub fn of_line(line: &[u8]) -> Self {
        TreeHash(Sha256::new_with_prefix([0]).chain_update(line).finalize().into())
    }

    /// The root of a tree without leaves.
    pub fn of_nothing() -> Self {
        TreeHash(Sha256::digest([]).into())
    }

    fn of_two(left: TreeHash, right: TreeHash) -> Self {
        TreeHash(Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// Reads exactly the form that [`fmt::Display`] writes.
    pub fn from_base64(text: &str) -> Option<Self> {
        from_base64(text)?.try_into().ok().map(TreeHash)
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_base64(&self.0))
    }
}

/// A growing tree that gives only its root. It holds one hash for each power of two in its size.
#[derive(Clone, Default, Debug)]
pub struct GrowingRoot {
    size: u64,
    /// The roots of the complete subtrees, the largest first.
    peaks: Vec<TreeHash>,
}

impl GrowingRoot {
    /// Adds a leaf.
    pub fn push(&mut self, leaf: TreeHash) {
        let mut hash = leaf;
        let mut twins = self.size;
        while twins & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = TreeHash::of_two(left, hash);
            twins >>= 1;
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the leaves added so far.
    pub fn root(&self) -> TreeHash {
        let merged = self.peaks.iter().rev().copied().reduce(|right, left| TreeHash::of_two(left, right));
        merged.unwrap_or_else(TreeHash::of_nothing)
    }
}

/// A tree that holds the hash of every complete subtree: two hashes for each leaf. It makes each proof in a few steps.
#[derive(Clone, Default, Debug)]
pub struct Tree {
    /// `levels[k][i]` is the hash of the leaves from `i * 2^k` up to, but not including, `(i + 1) * 2^k`.
    levels: Vec<Vec<TreeHash>>,
}

impl Tree {
    /// The tree of these leaves, in their order.
    pub fn of(leaves: impl IntoIterator<Item = TreeHash>) -> Self {
        let mut levels = vec![leaves.into_iter().collect::<Vec<_>>()];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            levels.push(below.as_chunks().0.iter().map(|[left, right]| TreeHash::of_two(*left, *right)).collect());
        }
        Tree { levels }
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root of the first `size` leaves; none if the tree has fewer.
    pub fn root_at(&self, size: u64) -> Option<TreeHash> {
        match size {
            0 => Some(TreeHash::of_nothing()),
            _ => self.subtree(0, size),
        }
    }

    /// The hashes that lead from the leaf at `index` to the root of the first `size` leaves (RFC 6962, section 2.1.1).
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        if index >= size || size > self.size() {
            return None;
        }
        let (mut start, mut end) = (0, size);
        let mut path = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// The hashes that prove that the first `old` of `size` leaves did not change (RFC 6962, section 2.1.2).
    pub fn consistency(&self, old: u64, size: u64) -> Option<Vec<TreeHash>> {
        if old > size || size > self.size() {
            return None;
        }
        if old == 0 {
            return Some(Vec::new());
        }
        let (mut start, mut end) = (0, size);
        let mut path = Vec::new();
        while old != end {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(self.subtree(middle, end)?);
                end = middle;
            } else {
                path.push(self.subtree(start, middle)?);
                start = middle;
            }
        }
        // If the older tree is one complete subtree of the later one, the verifier knows its root already.
        if start != 0 {
            path.push(self.subtree(start, end)?);
        }
        path.reverse();
        Some(path)
    }

    /// The hash of one range of the tree's splits. The range is a complete subtree, unless it is the last one.
    fn subtree(&self, start: u64, end: u64) -> Option<TreeHash> {
        let length = end.checked_sub(start).filter(|length| *length > 0)?;
        if length.is_power_of_two() {
            let level = self.levels.get(usize::try_from(length.trailing_zeros()).ok()?)?;
            return level.get(usize::try_from(start / length).ok()?).copied();
        }
        let middle = start + split(length);
        Some(TreeHash::of_two(self.subtree(start, middle)?, self.subtree(middle, end)?))
    }
}

/// The largest power of two below `length`, which is at least 2.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// Whether `path` leads from this leaf, at `index`, to the root of `size` leaves (RFC 9162, section 2.1.3.2).
pub fn includes(root: TreeHash, size: u64, index: u64, leaf: TreeHash, path: &[TreeHash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = leaf;
    for beside in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = TreeHash::of_two(*beside, hash);
            // At the right edge, skip the levels without a twin.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = TreeHash::of_two(hash, *beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether `path` proves that the `new` tree begins with the whole `old` tree (RFC 9162, section 2.1.4.2). Each tree is
/// a size and a root. Every tree begins with the empty tree, which needs no path and has only one root.
pub fn extends(old: (u64, TreeHash), new: (u64, TreeHash), path: &[TreeHash]) -> bool {
    if old.0 == new.0 || old.0 == 0 {
        let known = if old.0 == new.0 { new.1 } else { TreeHash::of_nothing() };
        return path.is_empty() && old.1 == known;
    }
    if old.0 > new.0 {
        return false;
    }
    let (mut at, mut last) = (old.0 - 1, new.0 - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    // A complete older tree is at the left edge, and its root is the first hash.
    let (first, rest) = match path.split_first() {
        _ if old.0.is_power_of_two() => (old.1, path),
        Some((first, rest)) => (*first, rest),
        None => return false,
    };
    let (mut older, mut newer) = (first, first);
    for beside in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            older = TreeHash::of_two(*beside, older);
            newer = TreeHash::of_two(*beside, newer);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            newer = TreeHash::of_two(newer, *beside);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && older == old.1 && newer == new.1
}
