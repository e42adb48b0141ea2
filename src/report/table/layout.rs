//! Chooses the columns of a table that fit into a terminal, and their widths.

use textwrap::core::display_width;

/// The number of blanks between two columns.
pub(super) const GAP: usize = 2;
/// Texts up to this width are not broken while a column can be left out instead.
const SHORT: usize = 12;
/// Longer texts get at least this width while a column can be left out instead.
const LONG: usize = 32;
/// The narrowest column of text: four ideographs. A name in less can't be read.
const NARROWEST: usize = 8;

/// The widths that a column may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// The width at which nothing is broken.
    natural: usize,
    /// The width at which text is broken and still easy to read.
    comfortable: usize,
    /// The width at which text is broken wherever a word ends.
    least: usize,
    /// When the column is left out; 1 goes first. `None` never goes.
    goes: Option<u8>,
}

impl Measure {
    /// Measures a column of texts, which may be broken between words.
    pub(super) fn of_texts<'t>(heading: &str, cells: impl Iterator<Item = &'t str>, goes: Option<u8>) -> Self {
        let mut measure = Measure { goes, ..Measure::of_heading(heading) };
        for cell in cells {
            let width = display_width(cell);
            let piece = longest_piece(cell);
            measure.natural = measure.natural.max(width);
            measure.comfortable = measure.comfortable.max(width.min(SHORT.max(width / 2).min(LONG)).max(piece));
            measure.least = measure.least.max(piece.max(width.min(NARROWEST)));
        }
        measure
    }

    /// Measures a column of numbers or names, which are never broken.
    pub(super) fn of_whole<'t>(heading: &str, cells: impl Iterator<Item = &'t str>, goes: Option<u8>) -> Self {
        let Measure { natural, comfortable, least, .. } = Measure::of_heading(heading);
        let widest = cells.map(display_width).max().unwrap_or_default();
        Measure { natural: natural.max(widest), comfortable: comfortable.max(widest), least: least.max(widest), goes }
    }

    fn of_heading(heading: &str) -> Self {
        let natural = display_width(heading);
        let broken = if natural <= SHORT { natural } else { longest_piece(heading) };
        Measure { natural, comfortable: broken, least: broken, goes: None }
    }
}

/// The columns that are shown, and those that are left out.
pub(super) struct Fit {
    /// Each column's index and width.
    pub(super) shown: Vec<(usize, usize)>,
    /// Indices of columns.
    pub(super) left_out: Vec<usize>,
}

/// Fits columns into `width`. It tries all columns first. Then it leaves out optional columns, one after the other.
/// Only then it breaks words where it hurts. `None` if no choice of columns fits.
pub(super) fn fit(measures: &[Measure], width: usize) -> Option<Fit> {
    let mut orders: Vec<Option<u8>> = measures.iter().filter_map(|measure| measure.goes).map(Some).collect();
    orders.sort_unstable();
    orders.dedup();
    orders.insert(0, None);
    let first = |least: fn(&Measure) -> usize| orders.iter().find_map(|gone| widths(measures, *gone, width, least));
    first(|measure| measure.comfortable).or_else(|| first(|measure| measure.least))
}

/// The widths without the columns whose order is at most `gone`. Each column starts with its `least` width; the columns
/// then share the room that is left.
fn widths(measures: &[Measure], gone: Option<u8>, width: usize, least: fn(&Measure) -> usize) -> Option<Fit> {
    let stays = |measure: &Measure| measure.goes.is_none() || measure.goes > gone;
    let (shown, left_out): (Vec<usize>, Vec<usize>) =
        (0..measures.len()).partition(|index| measures.get(*index).is_some_and(stays));
    let measures: Vec<&Measure> = shown.iter().filter_map(|index| measures.get(*index)).collect();
    let mut widths: Vec<usize> = measures.iter().map(|measure| least(measure)).collect();
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut room = width.checked_sub(widths.iter().sum::<usize>() + gaps)?;
    // Widen columns to a comfortable width first, then to their natural width.
    for wanted in [|measure: &Measure| measure.comfortable, |measure: &Measure| measure.natural] {
        let mut lacking: Vec<(usize, &mut usize)> = widths
            .iter_mut()
            .zip(&measures)
            .map(|(width, measure)| (wanted(measure).saturating_sub(*width), width))
            .filter(|(lack, _)| *lack > 0)
            .collect();
        // Widen the column that lacks least first: an id is whole again sooner than a long name.
        lacking.sort_by_key(|(lack, _)| *lack);
        for (lack, width) in lacking {
            let more = lack.min(room);
            *width += more;
            room -= more;
        }
    }
    Some(Fit { shown: shown.into_iter().zip(widths).collect(), left_out })
}

/// The widest part of a text that must not be broken. Ideographs may be broken anywhere.
fn longest_piece(text: &str) -> usize {
    let pieces = text.split_whitespace().flat_map(|word| {
        let mut from = 0;
        let mut pieces = Vec::new();
        for end in hyphens(word).into_iter().chain([word.len()]) {
            pieces.push(word.get(from..end).unwrap_or_default());
            from = end;
        }
        pieces
    });
    let width = |piece: &str| {
        let wide = piece.chars().any(|letter| display_width(letter.encode_utf8(&mut [0; 4])) > 1);
        if wide { display_width(piece).min(NARROWEST) } else { display_width(piece) }
    };
    pieces.map(width).max().unwrap_or_default()
}

/// The places where a word may be broken: after a hyphen between two letters. So `per-customer` may be broken, and a
/// date may not.
pub(super) fn hyphens(word: &str) -> Vec<usize> {
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    let between = |around: &[(usize, char)]| match around {
        [(_, before), (at, '-'), (_, behind)] => (before.is_alphabetic() && behind.is_alphabetic()).then_some(at + 1),
        _ => None,
    };
    letters.windows(3).filter_map(between).collect()
}

#[cfg(test)]
mod tests;
