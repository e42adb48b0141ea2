//! Which columns of a table fit into a terminal, and how wide each of them is.

use textwrap::core::display_width;

/// Blank columns between two columns.
pub(super) const GAP: usize = 2;
/// Texts up to this width are not broken as long as a column may be left out instead.
const SHORT: usize = 12;
/// A text is given at least so much room as long as a column may be left out instead.
const LONG: usize = 32;
/// Four ideographs: less is no name.
const NARROWEST: usize = 8;

/// How wide a column would be, could be, and must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// Nothing is broken.
    natural: usize,
    /// Broken, and still well read.
    comfortable: usize,
    /// Broken wherever a word ends.
    least: usize,
    /// When it is left out; 1 goes first, none stays.
    goes: Option<u8>,
}

impl Measure {
    /// Of a column with these cells, of which each may be broken between words.
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

    /// Of a column whose cells are numbers: none is broken.
    pub(super) fn of_numbers<'t>(heading: &str, cells: impl Iterator<Item = &'t str>, goes: Option<u8>) -> Self {
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

/// The columns shown, each with its width, and those that are left out; none where no choice of columns fits.
pub(super) struct Fit {
    /// By their numbers.
    pub(super) shown: Vec<(usize, usize)>,
    /// Likewise.
    pub(super) left_out: Vec<usize>,
}

/// Fits columns into `width`: first all of them, then without those that may go, one after the other, and only then
/// with words broken where it hurts.
pub(super) fn fit(measures: &[Measure], width: usize) -> Option<Fit> {
    let mut orders: Vec<Option<u8>> = measures.iter().filter_map(|measure| measure.goes).map(Some).collect();
    orders.sort_unstable();
    orders.dedup();
    orders.insert(0, None);
    let first = |least: fn(&Measure) -> usize| orders.iter().find_map(|gone| widths(measures, *gone, width, least));
    first(|measure| measure.comfortable).or_else(|| first(|measure| measure.least))
}

/// The widths without the columns that go first, up to `gone`; from their `least` on they are given what room there is.
fn widths(measures: &[Measure], gone: Option<u8>, width: usize, least: fn(&Measure) -> usize) -> Option<Fit> {
    let stays = |measure: &Measure| measure.goes.is_none() || measure.goes > gone;
    let (shown, left_out): (Vec<usize>, Vec<usize>) =
        (0..measures.len()).partition(|index| measures.get(*index).is_some_and(stays));
    let measures: Vec<&Measure> = shown.iter().filter_map(|index| measures.get(*index)).collect();
    let mut widths: Vec<usize> = measures.iter().map(|measure| least(measure)).collect();
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut room = width.checked_sub(widths.iter().sum::<usize>() + gaps)?;
    // First as far as is well read, then whole.
    for wanted in [|measure: &Measure| measure.comfortable, |measure: &Measure| measure.natural] {
        let mut lacking: Vec<(usize, &mut usize)> = widths
            .iter_mut()
            .zip(&measures)
            .map(|(width, measure)| (wanted(measure).saturating_sub(*width), width))
            .filter(|(lack, _)| *lack > 0)
            .collect();
        // Whoever lacks least is helped first: an id is whole again sooner than a long name.
        lacking.sort_by_key(|(lack, _)| *lack);
        for (lack, width) in lacking {
            let more = lack.min(room);
            *width += more;
            room -= more;
        }
    }
    Some(Fit { shown: shown.into_iter().zip(widths).collect(), left_out })
}

/// The widest part of a text that is not to be broken. Ideographs may be broken anywhere.
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

/// Where a word may be broken: behind a hyphen between two letters, so in `per-customer` and in no date.
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
