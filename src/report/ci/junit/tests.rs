use super::*;

#[test]
fn only_characters_of_xml_are_left() {
    assert_eq!(escaped("<a b=\"&\">]]>"), "&lt;a b=&quot;&amp;&quot;&gt;]]&gt;");
    assert_eq!(escaped("\u{fffe}\u{ffff}\u{fffd}😀"), "\\u{fffe}\\u{ffff}\u{fffd}😀");
    let every: String = (0..=0x10ffff).filter_map(char::from_u32).collect();
    let legal =
        |character: char| matches!(character, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(escaped(&clean(&every)).chars().all(legal));
}
