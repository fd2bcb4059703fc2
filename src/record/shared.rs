//! The names that several threads read, in one table for all of them.
//!
//! Each thread knows names by numbers of its own, so that none waits for another at every name. When it has read some records, these get
//! the numbers of the names that all threads share. Where there are so many names that every look at them is a long one, they are looked
//! up in the shared table only.

use super::{ACTION, Column, MISSING, Names, Records};
use crate::threads::locked;
use std::sync::{Mutex, PoisonError};

/// The names of all columns, by column.
pub(crate) struct Shared(Vec<Mutex<Names>>);

/// The numbers that the names a thread knows have among all.
#[derive(Default)]
pub(crate) struct Own(Vec<Numbers>);

/// Those of a column.
#[derive(Default)]
struct Numbers {
    numbers: Vec<u32>,
    /// How many names there were when the last got its number.
    names: usize,
}

impl Shared {
    /// No names yet of the columns of these records.
    pub(crate) fn of(records: &Records) -> Shared {
        Shared(records.columns.iter().map(|_| Mutex::default()).collect())
    }

    /// Takes the records that a thread has read. What it knows of their names it keeps.
    pub(crate) fn take(&self, read: &mut Records, own: &mut Own) -> Records {
        let mut some = read.take();
        own.0.resize_with(self.0.len(), Numbers::default);
        let columns = some.columns.iter_mut().zip(&mut read.columns).zip(&self.0).zip(&mut own.0);
        for (at, (((column, known), all), own)) in columns.enumerate() {
            let (Column::Keys(cells, _), Column::Keys(next, known)) = (column, known) else { continue };
            if own.numbers.len() < known.len() {
                let mut all = locked(all);
                all.take_in(known, &mut own.numbers);
                own.names = all.len();
            }
            cells.renumber(own.names, |id| own.numbers.get(id as usize).copied().unwrap_or(MISSING));
            next.reserve(cells.len(), own.names);
            // By the numbers of actions the reader knows which are declared.
            if known.is_list() || !known.is_near() && at != usize::from(ACTION.column) {
                *known = Names::empty_list();
                own.numbers.clear();
            }
        }
        some
    }

    /// Gives all names to the records that have their numbers.
    pub(crate) fn name(self, records: &mut Records) {
        for (column, all) in records.columns.iter_mut().zip(self.0) {
            if let Column::Keys(_, names) = column {
                *names = all.into_inner().unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl Records {
    /// Takes all records; the names stay.
    fn take(&mut self) -> Records {
        let mut next = self.lend();
        next.spans.reserve(self.spans.len());
        next.times.reserve(self.times.len());
        std::mem::replace(self, next)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Layout;
    use super::*;
    use crate::span::Span;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn records_of_several_threads_have_their_names_in_one_table() {
        let layout = Layout::new(&Vocabulary::bundled());
        let mut all = Records::new(layout.columns(false));
        let (mut threads, shared) = ([0, 1].map(|_| (Records::new(layout.columns(false)), Own::default())), Shared::of(&all));
        for (thread, names) in [(0, &["a", "", "b"][..]), (1, &["b", "c"]), (0, &["c", "a"]), (1, &[]), (1, &["", "a", "b"])] {
            let (read, own) = &mut threads[thread];
            for name in names {
                read.push(Span::default(), None);
                if !name.is_empty() {
                    read.set_key(1, name);
                }
            }
            all.append(shared.take(read, own));
            assert_eq!(read.len(), 0);
        }
        shared.name(&mut all);
        let rows = (0..all.len() as u32).map(|row| all.name(1, row).unwrap_or_default());
        assert_eq!(rows.collect::<Vec<_>>(), ["a", "", "b", "b", "c", "c", "a", "", "a", "b"]);
        assert_eq!((all.known(0), all.known(1)), (0, 3));
    }

    #[test]
    fn many_names_are_the_same_for_all_threads() {
        let layout = Layout::new(&Vocabulary::bundled());
        let mut all = Records::new(layout.columns(false));
        let (mut threads, shared) = ([0, 1].map(|_| (Records::new(layout.columns(false)), Own::default())), Shared::of(&all));
        let name = |row: usize| format!("{}a name of many bytes", row * 7 % 500);
        for piece in 0..40 {
            let (read, own) = &mut threads[piece % 3 % 2];
            for row in piece * 50..(piece + 1) * 50 {
                read.push(Span::default(), None);
                read.set_key(0, "login");
                read.set_key(1, &name(row));
            }
            all.append(shared.take(read, own));
        }
        let lists = threads.iter().flat_map(|(read, _)| [0, 1].map(|column| read.names(column).is_some_and(Names::is_list)));
        assert_eq!(lists.collect::<Vec<_>>(), [false, true, false, true]);
        shared.name(&mut all);
        assert!((0..2000).all(|row| all.name(1, row as u32) == Some(&*name(row)) && all.name(0, row as u32) == Some("login")));
        assert_eq!((all.known(0), all.known(1)), (1, 500));
    }
}
