//! Texts that are meant to take long, of about so many bytes.

/// Its name, the ending of its file, and the text.
pub(crate) type Hostile = (&'static str, &'static str, fn(usize) -> String);

pub(crate) const HOSTILE: [Hostile; 8] = [
    ("one long line", "txt", |bytes| filled("今天天气不错，我们去公园散步", bytes)),
    ("characters without width", "txt", |bytes| filled("\u{200B}", bytes)),
    ("the beginning of many terms", "txt", |bytes| filled("加微", bytes)),
    ("words that are nearly listed", "txt", |bytes| filled("加微倍办证明刷单位代开车发票据", bytes)),
    ("separators and repeats", "txt", |bytes| filled("加加*.*微微*.*", bytes)),
    ("hits", "txt", |bytes| filled("加微信刷单，办证。", bytes)),
    ("digits with blanks", "txt", |bytes| filled("1 3 8 ", bytes)),
    ("halves of surrogates", "jsonl", |bytes| format!("{{\"text\":\"{}\"}}\n", filled("\\ud83d", bytes))),
];

fn filled(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}
