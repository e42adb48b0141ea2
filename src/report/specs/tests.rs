use super::*;

#[test]
fn r1_sums_are_shown_in_larger_units_to_their_last_digit() {
    let moved = |text: &str, by| smaller(text.parse().unwrap(), by);
    assert_eq!(moved("74212500", 6), "74.2125");
    assert_eq!(moved("989.5", 6), "0.0009895");
    assert_eq!(moved("0.000001", 6), "0.000000000001");
    assert_eq!(moved("1000000", 6), "1");
    assert_eq!([moved("0", 6), moved("12.5", 0)], ["0", "12.5"]);
    assert_eq!(smaller(Units::ZERO.minus("1234567.5".parse().unwrap()).unwrap(), 6), "-1.2345675");
}

#[test]
fn a_key_tells_its_unit_or_stands_for_itself() {
    let heading = |name| Unit::of(name).heading();
    assert_eq!(heading("bf16_dense_tflops"), "exaflops, bf16 dense");
    assert_eq!(heading("price_usd_low"), "USD, price low");
    assert_eq!(heading("dram_gb_per_s"), "PB/s, dram");
    assert_eq!([heading("tpp"), heading("_watts"), heading("made_up")], ["tpp", "megawatts", "made_up"]);
    assert_eq!(Unit::of("made_up").stated, "made_up");
}
