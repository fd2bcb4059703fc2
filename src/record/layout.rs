//! Which fields a run reads, and in which form each is kept.

use crate::vocabulary::{FieldId, FieldType, Vocabulary};
use hashbrown::HashMap;

/// How the values of a column are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// As numbers of names, to group and compare.
    Key,
    /// As decimals, to sum and compare.
    Number,
    /// As spans of the source, to read.
    Text,
}

/// A column: of the records themselves, or of the accounts they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Slot {
    /// Whether the value is a fact of the record's account.
    pub fact: bool,
    /// Which column.
    pub column: u16,
}

/// The column of actions, in every layout.
pub(crate) const ACTION: Slot = Slot { fact: false, column: 0 };
/// The column of accounts, in every layout.
pub(crate) const ACCOUNT: Slot = Slot { fact: false, column: 1 };
/// The column of account ids, in every layout.
pub(crate) const ACCOUNT_ID: Slot = Slot { fact: true, column: 0 };

/// One column of a layout.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The field.
    pub field: FieldId,
    /// Its type.
    pub kind: FieldType,
    /// The form it is kept in.
    pub form: Form,
    /// The actions of whose records it is asked; none when it may be asked of all.
    asked_of: Option<Vec<String>>,
}

/// Where a field's value goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    /// Columns of records.
    pub own: Vec<u16>,
    /// Columns of accounts.
    pub facts: Vec<u16>,
    /// Whether it is the time of a record.
    pub time: bool,
}

/// The columns of a run.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    own: Vec<Wanted>,
    facts: Vec<Wanted>,
    /// Columns of records that were asked for, before it is said of which actions.
    open: Vec<u16>,
    names: HashMap<String, Targets, foldhash::fast::FixedState>,
}

impl Layout {
    /// The columns every run has: action, account, and the id of accounts.
    pub(crate) fn new(words: &Vocabulary) -> Layout {
        let mut layout = Layout { own: Vec::new(), facts: Vec::new(), open: Vec::new(), names: HashMap::default() };
        for name in ["action", "account", "account.id"] {
            if let Some(field) = words.field(name) {
                layout.want(words, field, Form::Key);
            }
        }
        layout.names.entry("time".to_owned()).or_default().time = true;
        layout.asked_of(None);
        layout
    }

    /// Asks for a field in a form; the same question gets the same slot.
    pub(crate) fn want(&mut self, words: &Vocabulary, field: FieldId, form: Form) -> Slot {
        let fact = words.is_fact(field);
        let columns = if fact { &mut self.facts } else { &mut self.own };
        let known = columns.iter().position(|wanted| wanted.field == field && wanted.form == form);
        let column = known.unwrap_or(columns.len()) as u16;
        if known.is_none() {
            columns.push(Wanted { field, kind: words.field_type(field), form, asked_of: Some(Vec::new()) });
            let name = words.name(field);
            let name = name.strip_prefix("account.").filter(|_| fact).unwrap_or(name);
            let targets = self.names.entry(name.to_owned()).or_default();
            if fact { targets.facts.push(column) } else { targets.own.push(column) }
        }
        self.open.extend((!fact).then_some(column));
        Slot { fact, column }
    }

    /// What was asked for since the last time is only read in records of these actions, or in all.
    pub(crate) fn asked_of(&mut self, actions: Option<&[String]>) {
        for column in self.open.drain(..) {
            match (actions, &mut self.own[column as usize].asked_of) {
                (Some(actions), Some(known)) => known.extend_from_slice(actions),
                (_, known) => *known = None,
            }
        }
    }

    /// Whether a column of records may be read in a record of this action.
    pub(crate) fn is_asked_of(&self, column: u16, action: &str) -> bool {
        let of = self.own[column as usize].asked_of.as_ref();
        self.open.contains(&column) || of.is_none_or(|known| known.iter().any(|known| known == action))
    }

    /// Whether a column of records may be read in all of them.
    pub(crate) fn is_asked_of_all(&self, column: u16) -> bool {
        self.open.contains(&column) || self.own[column as usize].asked_of.is_none()
    }

    /// Where the values of the field called `name` in a file go; none when no rule reads it.
    pub(crate) fn targets(&self, name: &str) -> Option<&Targets> {
        self.names.get(name)
    }

    /// The columns of records, or of accounts.
    pub(crate) fn columns(&self, facts: bool) -> &[Wanted] {
        if facts { &self.facts } else { &self.own }
    }

    /// What a slot holds.
    pub(crate) fn wanted(&self, slot: Slot) -> &Wanted {
        &self.columns(slot.fact)[slot.column as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixed_columns_are_where_they_are_said_to_be() {
        let words = Vocabulary::bundled();
        let mut layout = Layout::new(&words);
        let slot = |layout: &mut Layout, name| layout.want(&words, words.field(name).expect("declared"), Form::Key);
        assert_eq!(slot(&mut layout, "action"), ACTION);
        assert_eq!(slot(&mut layout, "account"), ACCOUNT);
        assert_eq!(slot(&mut layout, "account.id"), ACCOUNT_ID);
    }

    #[test]
    fn a_column_is_read_where_some_rule_may_read_it() {
        let words = Vocabulary::bundled();
        let mut layout = Layout::new(&words);
        let target = |layout: &mut Layout| layout.want(&words, words.field("target").expect("declared"), Form::Key).column;
        let column = target(&mut layout);
        assert!(layout.is_asked_of_all(column), "nobody has said of which actions");
        layout.asked_of(Some(&["login".to_owned()]));
        assert_eq!([layout.is_asked_of(column, "login"), layout.is_asked_of(column, "sms")], [true, false]);
        target(&mut layout);
        assert!(layout.is_asked_of(column, "sms") && layout.is_asked_of_all(column));
        layout.asked_of(Some(&["call".to_owned()]));
        assert_eq!([layout.is_asked_of(column, "call"), layout.is_asked_of(column, "sms")], [true, false]);
        target(&mut layout);
        layout.asked_of(None);
        assert!(layout.is_asked_of_all(column) && layout.is_asked_of_all(ACTION.column) && layout.is_asked_of_all(ACCOUNT.column));
    }

    #[test]
    fn one_field_in_two_forms_is_two_columns() {
        let words = Vocabulary::bundled();
        let mut layout = Layout::new(&words);
        let text = words.field("text").expect("declared");
        assert_ne!(layout.want(&words, text, Form::Text), layout.want(&words, text, Form::Key));
        assert_eq!(layout.targets("text").map(|targets| targets.own.len()), Some(2));
    }
}
