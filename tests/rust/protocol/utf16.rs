//! UTF-8 and UTF-16.

use wirebird::protocol::{append_utf8, chunk_end, fill_utf16, utf8_length};

const TEXTS: [&str; 8] = [
    "",
    "ASCII of more than sixteen characters, so that vectors are used",
    "Grüße aus Köln",
    "κόσμε",
    "€uro, 漢字",
    "😀",
    "a😀b😀😀c and ASCII behind it for a while",
    "\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}",
];

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = TEXTS.map(str::to_owned).to_vec();
    texts.push(TEXTS.concat());
    texts.push(TEXTS.concat().repeat(300));
    texts
}

#[test]
fn to_utf_8_and_its_length() {
    for text in texts() {
        let units: Vec<u16> = text.encode_utf16().collect();
        assert_eq!(utf8_length(&units), text.len() as u64);
        let mut out = b"before".to_vec();
        append_utf8(&units, &mut out);
        assert_eq!(out, ["before", &text].concat().into_bytes());
    }
}

#[test]
fn lone_surrogates_become_replacement_characters() {
    for (units, expected) in [
        (vec![0xD83D], "\u{FFFD}"),
        (vec![0xDE00], "\u{FFFD}"),
        (vec![0xDE00, 0xD83D], "\u{FFFD}\u{FFFD}"),
        (vec![0xD83D, 0xD83D, 0xDE00], "\u{FFFD}😀"),
        (vec![0xD83D, 0xDE00, 0xDE00], "😀\u{FFFD}"),
        (vec![0x61, 0xD83D, 0x62], "a\u{FFFD}b"),
    ] {
        // Behind and before so much that a vector has all or part of it.
        for around in [0, 1, 15, 16, 17, 16_383, 16_384] {
            let around = "x".repeat(around);
            let expected = format!("{around}{expected}{around}");
            let mut all: Vec<u16> = around.encode_utf16().collect();
            all.extend(&units);
            all.extend(around.encode_utf16());
            assert_eq!(utf8_length(&all), expected.len() as u64, "{units:04x?}");
            let mut out = Vec::new();
            append_utf8(&all, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{units:04x?}");
        }
    }
}

#[test]
fn to_utf_16_in_as_many_units_as_bytes() {
    for text in texts() {
        for spare in [0, 1, 100] {
            let mut units = vec![0xAAAA; text.len() + spare];
            let written = fill_utf16(text.as_bytes(), &mut units);
            assert_eq!(units[..written], text.encode_utf16().collect::<Vec<_>>());
        }
    }
}

#[test]
fn too_few_units_get_what_fits() {
    for (text, room, expected) in
        [("abc", 2, "ab"), ("ü😀", 2, "ü"), ("ü😀x", 3, "ü😀"), ("a", 0, "")]
    {
        let mut units = vec![0; room];
        let written = fill_utf16(text.as_bytes(), &mut units);
        assert_eq!(String::from_utf16(&units[..written]).unwrap(), expected);
    }
}

#[test]
fn bytes_that_are_not_utf_8_become_replacement_characters() {
    let mut units = [0; 8];
    let written = fill_utf16(b"a\xFFb\xE2\x82", &mut units);
    assert_eq!(String::from_utf16(&units[..written]).unwrap(), "a\u{FFFD}b\u{FFFD}");
}

#[test]
fn chunks_do_not_end_inside_a_pair() {
    let units: Vec<u16> = "a😀b".encode_utf16().collect();
    let ends: Vec<usize> = (0..6).map(|at| chunk_end(&units, at)).collect();
    assert_eq!(ends, [0, 1, 1, 3, 4, 4]);
    // The pair comes first: it is taken whole, so that there is progress.
    let units: Vec<u16> = "😀😀".encode_utf16().collect();
    let ends: Vec<usize> = (0..5).map(|at| chunk_end(&units, at)).collect();
    assert_eq!(ends, [0, 2, 2, 2, 4]);
    // Lone surrogates are no pair.
    assert_eq!(chunk_end(&[0xDE00, 0xD83D, 0xD83D], 1), 1);
    assert_eq!(chunk_end(&[0xDE00, 0xD83D, 0xD83D], 2), 2);
    assert_eq!(chunk_end(&[], 5), 0);
}
