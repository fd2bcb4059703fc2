//! The words of the reference, in one language.

use presend::words::Lang;
use toml::{Table, Value};

/// Speaks one language.
#[derive(Clone, Copy)]
pub(crate) struct Say(pub Lang);

impl Say {
    /// One of two.
    pub(crate) fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Words of a policy; a plain string stands for both languages.
    pub(crate) fn words(self, words: Option<&Value>) -> String {
        let Some(Value::Table(words)) = words else { return words.map(plain).unwrap_or_default() };
        text(words, self.pick("zh", "en"))
    }

    /// How much a rule weighs.
    pub(crate) fn severity(self, name: &str) -> &'static str {
        match name {
            "error" => self.pick("错误", "error"),
            "warning" => self.pick("警告", "warning"),
            "info" => self.pick("提示", "info"),
            _ => self.pick("关闭", "off"),
        }
    }

    /// How sure a rule is.
    pub(crate) fn confidence(self, name: &str) -> &'static str {
        match name {
            "high" => self.pick("把握大", "high confidence"),
            "medium" => self.pick("把握中等", "medium confidence"),
            _ => self.pick("把握小", "low confidence"),
        }
    }

    /// What is at stake.
    pub(crate) fn risk(self, name: &str) -> &'static str {
        match name {
            "ban" => self.pick("可能封号", "at stake: the account"),
            "throttle" => self.pick("可能限流或限制功能", "at stake: reach or functions"),
            "fine" => self.pick("可能罚款", "at stake: a fine"),
            "crime" => self.pick("可能追究刑事责任", "at stake: prosecution"),
            _ => self.pick("影响口碑或经营", "at stake: reputation"),
        }
    }

    /// What sort of source it is.
    pub(crate) fn basis(self, name: &str) -> &'static str {
        match name {
            "law" => self.pick("法律法规", "law"),
            "platform" => self.pick("平台规则", "platform rules"),
            "textbook" => self.pick("教材", "textbook"),
            "community" => self.pick("从业者说法，非官方", "practitioners, not official"),
            _ => self.pick("自定", "our own line"),
        }
    }

    /// Several things, all of which count.
    pub(crate) fn list(self, items: &[String]) -> String {
        items.join(self.pick("、", ", "))
    }
}

/// A string of a table; empty when it is not there.
pub(crate) fn text(table: &Table, key: &str) -> String {
    table.get(key).map(plain).unwrap_or_default()
}

/// The tables under a key.
pub(crate) fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table).collect()
}

/// A value or the values of a list, as they are written.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<String>>().join(" / "),
        other => other.to_string(),
    }
}

/// An example as code, on one line.
pub(crate) fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.trim().replace('\n', "⏎"))
}
