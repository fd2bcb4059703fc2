//! Places of texts in every encoding and of every length.

use super::*;

#[test]
fn columns_count_code_points() {
    let source = Source::new("a", "第一行\n加😀微信");
    assert_eq!(source.position("第一行\n加😀".len()), Position { line: 2, column: 3 });
}

#[test]
fn positions_hold_across_blocks() {
    let text = "微信，\r\n".repeat(3000);
    let source = Source::new("a", text.clone());
    for line in [0usize, 1, 372, 373, 2999] {
        let at = line * "微信，\r\n".len() + 3;
        assert_eq!(source.position(at), Position { line: line + 1, column: 2 });
        assert_eq!(source.slice(source.line_span(at)), "微信，");
    }
    assert_eq!(source.position(text.len()).line, 3001);
}

#[test]
fn a_point_is_the_same_from_near_as_from_the_index() {
    let text = "账号a，加微信😀\r\n\n尾".repeat(400);
    for bytes in [text.as_bytes().to_vec(), GB18030.encode(&text).0.into_owned(), "\u{FEFF}".to_owned().into_bytes()] {
        let source = Source::decode("a.csv", bytes);
        let ends: Vec<usize> = source.text().char_indices().map(|(at, _)| at).chain([source.text().len()]).step_by(61).collect();
        for from in ends.iter().step_by(17) {
            let near = source.point(*from, None);
            let same = |to: &usize| source.point(*to, Some(near)) == source.point(*to, None);
            assert_eq!(ends.iter().find(|to| !same(to)), None, "{from}");
        }
    }
}

#[test]
fn a_text_of_whole_blocks_has_an_end() {
    let source = Source::new("a", "x".repeat(BLOCK * 2));
    assert_eq!(source.position(BLOCK * 2).column, BLOCK * 2 + 1);
    assert_eq!(Source::new("a", "").position(0), Position { line: 1, column: 1 });
}

#[test]
fn gb18030_is_read_and_bytes_lead_back() {
    let bytes = GB18030.encode("账号,文案\na,加微信").0.into_owned();
    let source = Source::decode("a.csv", bytes.clone());
    assert_eq!(source.text(), "账号,文案\na,加微信");
    let at = source.text().find("微").unwrap_or(0);
    assert_eq!(&bytes[source.original(at)..source.original(at + 3)], &*GB18030.encode("微").0);
}

#[test]
fn original_bytes_and_columns_hold_on_long_lines() {
    let text = "账号a，加微信😀".repeat(3000);
    let bytes = GB18030.encode(&text).0.into_owned();
    let source = Source::decode("a.csv", bytes);
    for (at, _) in text.char_indices().step_by(997) {
        assert_eq!(source.original(at), GB18030.encode(&text[..at]).0.len(), "{at}");
        assert_eq!(source.position(at).column, text[..at].chars().count() + 1, "{at}");
    }
}

#[test]
fn a_broken_byte_in_utf8_is_damage_not_gb18030() {
    let mut bytes = "加微信领资料，限时三天".as_bytes().to_vec();
    bytes.insert(3, 0xFF);
    let source = Source::decode("a.txt", bytes);
    assert_eq!(source.damage().len(), 1);
    assert!(source.text().contains("微信领资料"));
}

/// Broken bytes and euros of one byte anywhere: what follows is still found.
#[test]
fn bytes_lead_back_past_what_was_broken() {
    let words = "加微信领资料，".repeat(800);
    let chinese = GB18030.encode(&words).0.into_owned();
    for (mark, body, strange) in [
        (b"".as_slice(), words.clone().into_bytes(), b"\xFF".as_slice()),
        (b"\xEF\xBB\xBF", words.clone().into_bytes(), b"\xE5\x8A"),
        (b"", chinese.clone(), b"\xFF"),
        (b"", chinese.clone(), b"\x80"),
        (b"", chinese, b"\x81\x30\x81\n"),
    ] {
        let half = body.len() / 2;
        let bytes = [mark, strange, &body[..half], strange, strange, &body[half..], strange].concat();
        let source = Source::decode("a.txt", bytes.clone());
        assert_eq!(source.original(source.text().len()), bytes.len(), "{strange:?}");
        let found: Vec<usize> = source.text().match_indices("微信").map(|(at, _)| at).collect();
        assert_eq!(found.len(), 800);
        let mut near = None;
        for at in found {
            let (from, to) = (source.original(at), source.original(at + "微信".len()));
            assert_eq!(&bytes[from..to], &*source.encoding.encode("微信").0);
            near = Some(source.point(at, near));
            assert_eq!(near.map(|near| near.original), Some(from));
        }
    }
}

#[test]
fn utf16_from_excel_is_read() {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend("账号\t微信".encode_utf16().flat_map(u16::to_le_bytes));
    let source = Source::decode("a.csv", bytes);
    assert_eq!(source.text(), "账号\t微信");
    assert_eq!(source.original("账号\t".len()), 2 + 6);
}
