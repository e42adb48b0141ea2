use super::*;

#[test]
fn a_path_is_a_uri_of_that_path_and_nothing_else() {
    assert_eq!(uri("./a/b-1.jsonl"), "a/b-1.jsonl");
    assert_eq!(uri("/a b/é?#.jsonl"), "file:///a%20b/%C3%A9%3F%23.jsonl");
    assert_eq!(uri("https://x"), "https%3A//x");
}

#[test]
fn text_of_a_file_is_no_link() {
    assert_eq!(literal("[click](http://x)\u{1b}\\"), r"\[click\](http://x)\\u{1b}\\");
}
