//! Words for people, in Chinese and English.

use std::borrow::Cow;

/// The language a report is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language named `zh…` or `en…`, as `--lang` and locales write it.
    pub fn named(name: &str) -> Option<Lang> {
        let name = name.to_ascii_lowercase();
        if name.starts_with("zh") {
            Some(Lang::Zh)
        } else if name.starts_with("en") {
            Some(Lang::En)
        } else {
            None
        }
    }
}

/// The same thing said in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Words {
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl Words {
    /// Words known when the program is written.
    pub const fn fixed(zh: &'static str, en: &'static str) -> Words {
        Words { zh: Cow::Borrowed(zh), en: Cow::Borrowed(en) }
    }

    /// Words made while running.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words { zh: Cow::Owned(zh.into()), en: Cow::Owned(en.into()) }
    }

    /// The same text in both languages.
    pub fn same(text: &str) -> Words {
        Words::new(text, text)
    }

    /// The words in one language.
    pub fn say(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

/// The same thing said in both languages, in a table of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Fixed {
    /// The words in one language.
    pub fn say(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// Whether a reason says something: it is not empty, not a placeholder, and has words.
pub fn is_reason(text: &str) -> bool {
    const HOLLOW: [&str; 22] = [
        "todo",
        "tbd",
        "fixme",
        "xxx",
        "n/a",
        "na",
        "none",
        "null",
        "reason",
        "why",
        "test",
        "explanation",
        "placeholder",
        "无",
        "暂无",
        "原因",
        "理由",
        "待定",
        "待补",
        "待补充",
        "测试",
        "略",
    ];
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    bare.chars().filter(|c| c.is_alphabetic()).nth(1).is_some() && !HOLLOW.contains(&bare.as_str())
}

/// Characters of a name beyond which nothing is near it.
const NAME: usize = 100;

/// The name in `known` closest to `name`, when it is close enough to be what was meant.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().take(NAME + 1).count();
    let limit = (length / 3).clamp(1, 3);
    if length > NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace, swap neighbours) between two names.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_key_is_recognised() {
        assert_eq!(nearest("timspan", ["timespan", "max"]), Some("timespan"));
        assert_eq!(nearest("acount", ["amount", "account"]), Some("amount").or(Some("account")));
        assert_eq!(nearest("colour", ["timespan", "max"]), None);
    }

    #[test]
    fn a_reason_has_words() {
        for reason in ["客户书面同意", "written consent", "见 2026-11 决定", "test account of QA"] {
            assert!(is_reason(reason), "{reason}");
        }
        for hollow in ["", "  ", "TODO", "...", "<explanation>", "待补", "「无」", "N/A", "123", "x"] {
            assert!(!is_reason(hollow), "{hollow}");
        }
    }

    #[test]
    fn swapped_neighbours_count_once() {
        assert_eq!(distance("mathc", "match"), 1);
    }
}
