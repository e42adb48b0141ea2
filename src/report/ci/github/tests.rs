use super::*;

#[test]
fn what_ends_a_command_is_escaped() {
    assert_eq!(data("50%\r\n::error::x"), "50%25%0D%0A::error::x");
    assert_eq!(property("a,b:c%\n"), "a%2Cb%3Ac%25%0A");
    let command = Command::new("error", Some("./a,line=9::b.jsonl"), "t".to_owned(), "m".to_owned());
    assert_eq!(command.line(), "::error file=a%2Cline=9%3A%3Ab.jsonl,title=t::m\n");
}

#[test]
fn every_file_has_its_first_before_any_has_its_second() {
    assert_eq!(shares(&[]), [0_usize; 0]);
    assert_eq!(shares(&[3, 0, 4]), [3, 0, 4]);
    assert_eq!(shares(&[1000, 1, 2]), [7, 1, 2]);
    assert_eq!(shares(&[1000, 1000]), [5, 5]);
    assert_eq!(shares(&[9; 20]).iter().sum::<usize>(), MOST);
}
