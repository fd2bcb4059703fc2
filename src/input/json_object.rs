//! One JSON object that is known to be well formed: its names and values, with their bytes.

use super::escape;
use crate::span::Span;

/// A name with its value.
#[derive(Debug)]
pub(super) struct Member {
    /// The name, escapes undone.
    pub name: String,
    /// The bytes of the name, without quotes.
    pub key: Span,
    /// What it is set to.
    pub value: Value,
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A string without backslashes: the bytes between its quotes.
    Text(Span),
    /// A string with backslashes: the bytes between its quotes.
    Escaped(Span),
    /// A number, `true` or `false`.
    Bare(Span),
    /// `null`.
    Nothing,
    /// An object or an array.
    Nested(Span),
}

impl Value {
    /// All of its bytes, quotes and brackets too; `null` has none.
    pub(super) fn written(self) -> Span {
        match self {
            Value::Text(span) | Value::Escaped(span) => Span { start: span.start - 1, end: span.end + 1 },
            Value::Bare(span) | Value::Nested(span) => span,
            Value::Nothing => Span::default(),
        }
    }
}

/// The members of the object in `span`; none when something else stands there. Where it is not well formed, it stops.
pub(super) fn members(text: &str, span: Span) -> Option<Vec<Member>> {
    let body = text.get(..span.end as usize)?;
    let mut walk = Walk { text: body, at: span.start as usize };
    walk.blank();
    walk.take(b'{')?;
    let mut members = Vec::new();
    while let Some(member) = walk.member() {
        members.push(member);
        walk.blank();
        if walk.take(b',').is_none() {
            break;
        }
    }
    Some(members)
}

/// The values of the array in `span`, each with its bytes; none when something else stands there.
pub(super) fn items(text: &str, span: Span) -> Option<Vec<Value>> {
    let body = text.get(..span.end as usize)?;
    let mut walk = Walk { text: body, at: span.start as usize };
    walk.blank();
    walk.take(b'[')?;
    let mut items = Vec::new();
    loop {
        walk.blank();
        if walk.peek() == Some(b']') {
            return Some(items);
        }
        items.push(walk.value()?);
        walk.blank();
        if walk.take(b',').is_none() {
            return Some(items);
        }
    }
}

/// A place in the text of an object.
struct Walk<'t> {
    text: &'t str,
    at: usize,
}

impl Walk<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn member(&mut self) -> Option<Member> {
        self.blank();
        let (key, escaped) = self.string()?;
        let raw = &self.text[key.range()];
        let name = if escaped { escape::backslashes(raw, 0).text } else { raw.to_owned() };
        self.blank();
        self.take(b':')?;
        self.blank();
        Some(Member { name, key, value: self.value()? })
    }

    fn value(&mut self) -> Option<Value> {
        let start = self.at;
        match self.peek()? {
            b'"' => self.string().map(|(span, escaped)| if escaped { Value::Escaped(span) } else { Value::Text(span) }),
            b'{' | b'[' => {
                self.nested()?;
                Some(Value::Nested(Span::new(start..self.at)))
            }
            _ => {
                let length = self.text.as_bytes()[start..]
                    .iter()
                    .take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'))
                    .count();
                self.at += length;
                let span = Span::new(start..self.at);
                Some(if &self.text[span.range()] == "null" { Value::Nothing } else { Value::Bare(span) })
            }
        }
    }

    /// The bytes between the quotes, and whether there is a backslash among them.
    fn string(&mut self) -> Option<(Span, bool)> {
        self.take(b'"')?;
        let (start, mut escaped) = (self.at, false);
        loop {
            let rest = self.text.as_bytes().get(self.at..)?;
            self.at += memchr::memchr2(b'"', b'\\', rest)?;
            if self.take(b'"').is_some() {
                return Some((Span::new(start..self.at - 1), escaped));
            }
            escaped = true;
            self.at += 2;
        }
    }

    /// Passes an object or an array, however deep.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Value)> {
        let all = members(text, Span::new(0..text.len())).expect("an object");
        all.into_iter().map(|member| (member.name, member.value)).collect()
    }

    #[test]
    fn values_keep_their_bytes() {
        let text = r#" { "a" : "x" , "\u0062":-1.50e3,"c":null,"d":[{"a":"]"},2],"e":"\"","f":true } "#;
        let told = read(text);
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
        let raw = |at: usize| match told[at].1 {
            Value::Text(span) | Value::Escaped(span) | Value::Bare(span) | Value::Nested(span) => &text[span.range()],
            Value::Nothing => "",
        };
        assert_eq!([raw(0), raw(1), raw(2), raw(3), raw(4), raw(5)], ["x", "-1.50e3", "", r#"[{"a":"]"},2]"#, r#"\""#, "true"]);
    }

    #[test]
    fn what_is_not_well_formed_does_not_panic() {
        for text in ["", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"a\":\"\\", "{\"a\":]", "{]}", "[1]", "{\"a\":\"\\微\"}"]
        {
            for end in 0..=text.len() {
                members(text, Span::new(0..end));
            }
        }
    }
}
