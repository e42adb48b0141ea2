use super::*;

fn texts(cell: &str, goes: Option<u8>) -> Measure {
    Measure::of_texts("name", [cell].into_iter(), goes)
}

fn shown(measures: &[Measure], width: usize) -> Option<Vec<(usize, usize)>> {
    fit(measures, width).map(|fit| fit.shown)
}

#[test]
fn what_goes_goes_in_its_order_before_any_word_is_broken() {
    let number = |goes| Measure::of_whole("n", ["1,000"].into_iter(), goes);
    let measures = [texts("per-customer", None), number(Some(2)), number(Some(1)), number(None)];
    assert_eq!(shown(&measures, 33), Some(vec![(0, 12), (1, 5), (2, 5), (3, 5)]));
    assert_eq!(shown(&measures, 32), Some(vec![(0, 12), (1, 5), (3, 5)]));
    assert_eq!(shown(&measures, 26), Some(vec![(0, 12), (1, 5), (3, 5)]));
    assert_eq!(shown(&measures, 25), Some(vec![(0, 12), (3, 5)]));
    assert_eq!(fit(&measures, 25).unwrap().left_out, [1, 2]);
    assert_eq!(shown(&measures, 18), Some(vec![(0, 11), (3, 5)]));
    assert_eq!(shown(&measures, 15), Some(vec![(0, 8), (3, 5)]));
    assert_eq!(shown(&measures, 14), None);
}

#[test]
fn short_texts_are_whole_before_long_ones_are() {
    let measures = [texts("Alibaba Group Holding", None), texts("a", None)];
    assert_eq!(shown(&measures, 100), Some(vec![(0, 21), (1, 4)]));
    let measures = [texts("per-customer", None), texts("字节跳动有限公司", None)];
    assert_eq!(shown(&measures, 25), Some(vec![(0, 12), (1, 11)]));
    assert_eq!(shown(&measures, 24), Some(vec![(0, 12), (1, 10)]));
    let measures = [texts("Alibaba Group Holding", None), texts("a", None)];
    assert_eq!(shown(&measures, 20), Some(vec![(0, 14), (1, 4)]));
    assert_eq!(shown(&measures, 18), Some(vec![(0, 12), (1, 4)]));
}

#[test]
fn words_are_broken_behind_hyphens_between_letters_alone() {
    assert_eq!(hyphens("per-customer"), [4]);
    for whole in ["2026-03-04", "-1,000", "D-1", "a--b", "-"] {
        assert_eq!(hyphens(whole), [0; 0], "{whole}");
    }
    assert_eq!(longest_piece("阿里巴巴集团控股有限公司"), 8);
    assert_eq!(longest_piece("阿里 per-customer X20260305123456"), 15);
}
