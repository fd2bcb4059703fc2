//! The declared words: which fields a record may have, of what type, and which actions exist.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FieldType {
    /// Compared as a whole: an account, a device, an action.
    Word,
    /// A decimal number with at most six digits after the point.
    Number,
    /// Something people read.
    Text,
    /// Yes or no.
    Flag,
    /// A moment.
    Time,
}

impl FieldType {
    /// The type a pack means by `word`, `number`, `text` or `flag`.
    pub(crate) fn named(name: &str) -> Option<FieldType> {
        match name {
            "word" => Some(FieldType::Word),
            "number" => Some(FieldType::Number),
            "text" => Some(FieldType::Text),
            "flag" => Some(FieldType::Flag),
            _ => None,
        }
    }
}

/// A declared field, by its place in the vocabulary. Facts of accounts are fields named `account.…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldId(pub u16);

/// All declared fields and actions.
#[derive(Clone, Debug)]
pub(crate) struct Vocabulary {
    fields: Vec<(String, FieldType)>,
    by_name: BTreeMap<String, FieldId>,
    actions: Vec<String>,
    account_kinds: Vec<String>,
    called: Called,
    /// How many fields every pack has.
    bundled: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    actions: Vec<String>,
    account_kinds: Vec<String>,
    record: Types,
    account: Types,
    called: CalledFile,
}

/// What people call the declared names, by the name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalledFile {
    field: BTreeMap<String, Vec<String>>,
    action: BTreeMap<String, Vec<String>>,
    kind: BTreeMap<String, Vec<String>>,
}

/// The declared names, by what people call them.
#[derive(Clone, Debug)]
struct Called {
    field: BTreeMap<String, String>,
    action: BTreeMap<String, String>,
    kind: BTreeMap<String, String>,
}

/// A table the other way round.
fn turned(names: BTreeMap<String, Vec<String>>) -> BTreeMap<String, String> {
    names.into_iter().flat_map(|(name, called)| called.into_iter().map(move |word| (word, name.clone()))).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Types {
    word: Vec<String>,
    text: Vec<String>,
    number: Vec<String>,
    flag: Vec<String>,
}

impl Types {
    fn all(&self) -> impl Iterator<Item = (&String, FieldType)> {
        let word = self.word.iter().map(|name| (name, FieldType::Word));
        let text = self.text.iter().map(|name| (name, FieldType::Text));
        let number = self.number.iter().map(|name| (name, FieldType::Number));
        word.chain(text).chain(number).chain(self.flag.iter().map(|name| (name, FieldType::Flag)))
    }
}

impl Vocabulary {
    /// The words every pack may use, from `rules/vocabulary.toml`.
    pub(crate) fn bundled() -> Vocabulary {
        let file: File = toml::from_str(include_str!("../rules/vocabulary.toml")).expect("the bundled vocabulary is checked by a test");
        let mut words = Vocabulary {
            fields: Vec::new(),
            by_name: BTreeMap::new(),
            actions: file.actions,
            account_kinds: file.account_kinds,
            called: Called { field: turned(file.called.field), action: turned(file.called.action), kind: turned(file.called.kind) },
            bundled: 0,
        };
        words.declare_field("time", FieldType::Time);
        for (name, kind) in file.record.all() {
            words.declare_field(name, kind);
        }
        for (name, kind) in file.account.all() {
            words.declare_field(&format!("account.{name}"), kind);
        }
        words.bundled = words.fields.len();
        words
    }

    /// Adds a field; false when the name is taken by a field of another type.
    pub(crate) fn declare_field(&mut self, name: &str, kind: FieldType) -> bool {
        if let Some(known) = self.field(name) {
            return self.field_type(known) == kind;
        }
        // More than there are numbers: who reads such a field is told that nobody declared it.
        let Ok(id) = u16::try_from(self.fields.len()).map(FieldId) else { return true };
        self.fields.push((name.to_owned(), kind));
        self.by_name.insert(name.to_owned(), id);
        true
    }

    /// Whether a pack of one's own declared a field.
    pub(crate) fn is_own(&self, field: FieldId) -> bool {
        field.0 as usize >= self.bundled
    }

    /// Adds an action.
    pub(crate) fn declare_action(&mut self, name: &str) {
        if !self.has_action(name) {
            self.actions.push(name.to_owned());
        }
    }

    /// The field of this name.
    pub(crate) fn field(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(name).copied()
    }

    /// The name of a field.
    pub(crate) fn name(&self, field: FieldId) -> &str {
        &self.fields[field.0 as usize].0
    }

    /// The type of a field.
    pub(crate) fn field_type(&self, field: FieldId) -> FieldType {
        self.fields[field.0 as usize].1
    }

    /// Whether a field is a fact of the account a record belongs to.
    pub(crate) fn is_fact(&self, field: FieldId) -> bool {
        self.name(field).starts_with("account.")
    }

    /// The names of all fields, as declared.
    pub(crate) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    /// Whether an action is declared.
    pub(crate) fn has_action(&self, name: &str) -> bool {
        self.actions.iter().any(|known| known == name)
    }

    /// The name of the field that people call so: `时间` is `time`. Any other name stands for itself.
    pub(crate) fn field_called<'n>(&'n self, name: &'n str) -> &'n str {
        self.called.field.get(name).map_or(name, String::as_str)
    }

    /// The action that people call so.
    pub(crate) fn action_called(&self, name: &str) -> Option<&str> {
        self.called.action.get(name).map(String::as_str)
    }

    /// The kind of account that people call so. Any other name stands for itself.
    pub(crate) fn kind_called<'n>(&'n self, name: &'n str) -> &'n str {
        self.called.kind.get(name).map_or(name, String::as_str)
    }

    /// What people call fields.
    pub(crate) fn spoken_fields(&self) -> impl Iterator<Item = &str> {
        self.called.field.keys().map(String::as_str)
    }

    /// What people call actions.
    pub(crate) fn spoken_actions(&self) -> impl Iterator<Item = &str> {
        self.called.action.keys().map(String::as_str)
    }

    /// All declared actions.
    pub(crate) fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().map(String::as_str)
    }

    /// All kinds of account.
    pub(crate) fn account_kinds(&self) -> impl Iterator<Item = &str> {
        self.account_kinds.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_words_load() {
        let words = Vocabulary::bundled();
        let amount = words.field("amount").expect("declared");
        assert_eq!(words.field_type(amount), FieldType::Number);
        assert!(words.has_action("post_moment"));
        assert!(words.is_fact(words.field("account.friends").expect("declared")));
    }

    #[test]
    fn a_spoken_word_stands_for_one_declared_name() {
        let file: File = toml::from_str(include_str!("../rules/vocabulary.toml")).expect("loads");
        let words = Vocabulary::bundled();
        let known = |name: &str| words.field(name).or(words.field(&format!("account.{name}"))).is_some();
        assert_eq!(file.called.field.keys().find(|name| !known(name)), None);
        assert_eq!(file.called.action.keys().find(|name| !words.has_action(name)), None);
        assert_eq!(file.called.kind.keys().find(|name| !words.account_kinds().any(|kind| kind == *name)), None);
        for called in [file.called.field, file.called.action, file.called.kind] {
            let spoken = called.values().flatten().count();
            assert_eq!(turned(called).len(), spoken, "a word is called twice");
        }
        assert_eq!((words.field_called("时间"), words.field_called("time")), ("time", "time"));
    }

    #[test]
    fn a_field_keeps_its_type() {
        let mut words = Vocabulary::bundled();
        assert!(!words.declare_field("amount", FieldType::Word));
        assert!(words.declare_field("store", FieldType::Word));
    }
}
