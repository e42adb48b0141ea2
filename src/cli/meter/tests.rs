use super::*;

#[test]
fn the_meter_waits_a_second_and_then_shows_ten_times_a_second() {
    let meter = |wanted| Meter { started: Instant::now(), shown: Mutex::new(None), wanted };
    let due =
        |meter: &Meter, after: u64| meter.due(meter.started + Duration::from_millis(after), "reading a\u{1b}b", 1, 3);
    let shown = meter(true);
    assert_eq!(due(&shown, 999), None);
    let line = due(&shown, 1000).unwrap();
    assert!(line.starts_with(ANEW) && line.ends_with(": 33%"), "{line:?}");
    assert_eq!(line.matches('\u{1b}').count(), 1, "a file's name moves no terminal");
    assert_eq!(due(&shown, 1099), None);
    assert!(due(&shown, 1100).is_some());
    assert_eq!(due(&meter(false), 5000), None, "nobody is there");
}
