//! The names of a table's columns.

use super::cell::{FieldRef, UNREAD};
use super::intake::Intake;
use crate::problem::Problem;
use crate::span::Span;
use crate::words::Words;
use foldhash::fast::FixedState;
use hashbrown::HashSet;

/// What the columns are; none when no name is a known field. A column that cannot be read is [`UNREAD`].
pub(super) fn columns(intake: &mut Intake<'_>, names: &[(String, Span)]) -> Option<Vec<FieldRef>> {
    if !names.iter().any(|(name, _)| intake.knows(name)) {
        return None;
    }
    let (mut columns, mut seen) = (Vec::new(), HashSet::<&str, FixedState>::default());
    for (name, span) in names {
        let twice = !name.is_empty() && !seen.insert(intake.called(name));
        if twice {
            let words =
                Words::new(format!("有两列都叫 `{name}`，只读第一列"), format!("two columns are called `{name}`; only the first is read"));
            intake.problem("input-duplicate-field", *span, words);
        }
        columns.push(if twice || name.is_empty() { UNREAD } else { intake.field(name, *span) });
    }
    Some(columns)
}

/// Says that no name is a known field, and which were probably meant.
pub(super) fn unknown(intake: &Intake<'_>, names: &[(String, Span)], span: Span, words: Words) -> Problem {
    let guesses: Vec<&str> = names.iter().filter_map(|(name, _)| intake.meant(name)).collect();
    let help = if guesses.is_empty() {
        Words::fixed(
            "第一行写字段名，例如：时间,账号,动作,对象,文案",
            "name the fields in the first row, such as: time,account,action,target,text",
        )
    } else {
        Words::new(format!("是不是想写 `{}`？", guesses.join("` `")), format!("did you mean `{}`?", guesses.join("` `")))
    };
    Problem::error("input-bad-header", intake.id, span, words).with_help(help)
}
