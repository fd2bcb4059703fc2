//! A table of days by times whose cells are texts: a week's plan as people draw it.
//!
//! Rows above it say what its cells are (`动作,发朋友圈`, `账号,shop`, `周,2026-11-23`); that is never guessed. Days may stand in the first
//! row and times in the first column, or the other way round.

use super::cell::{Cell, UNREAD};
use super::escape;
use super::intake::Intake;
use super::{Field, Fields};
use crate::problem::Problem;
use crate::source::Source;
use crate::span::Span;
use crate::time::{Time, Zone};
use crate::words::Words;

/// Rows in which the first row of a grid is looked for.
pub(super) const HEAD: usize = 20;

/// What the day of a weekday is counted from.
const WEEK: [&str; 3] = ["week", "周", "日期"];

/// Weekdays in Chinese and in English, from Monday.
const WEEKDAYS: [(char, &str); 7] =
    [('一', "monday"), ('二', "tuesday"), ('三', "wednesday"), ('四', "thursday"), ('五', "friday"), ('六', "saturday"), ('日', "sunday")];

/// A cell of a table.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// What it says, without blanks around it.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

/// A day, or a time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    Weekday(u8),
    Date(String),
    Clock(String),
}

/// A grid and what stands above it.
pub(super) struct Grid {
    /// Names and values above it.
    above: Vec<(Said, Said)>,
    /// Its first row.
    first: Vec<Said>,
    rows: Vec<Vec<Said>>,
}

impl Grid {
    /// The grid in these rows; none when they are a table of another sort.
    pub(super) fn of(mut rows: Vec<Vec<Said>>) -> Option<Grid> {
        let at = first_row(&rows)?;
        let below = rows.split_off(at + 1);
        let first = rows.pop()?;
        let above = rows.into_iter().filter(|row| filled(row) > 0).map(|row| {
            let mut cells = row.into_iter();
            let none = || Said { text: String::new(), span: Span::default() };
            (cells.next().unwrap_or_else(none), cells.next().unwrap_or_else(none))
        });
        Some(Grid { above: above.collect(), first, rows: below })
    }

    /// Reads every cell as a record.
    pub(super) fn read(&self, intake: &mut Intake<'_>) {
        let mut shared = Vec::new();
        let mut acts = false;
        for (name, value) in self.above.iter().filter(|(name, _)| !WEEK.contains(&name.text.as_str())) {
            if !intake.knows(&name.text) {
                let words =
                    Words::new(format!("表格上方的 `{}` 不是字段", name.text), format!("`{}` above the grid is no field", name.text));
                intake.problem("input-unknown-field", name.span, words);
            }
            acts |= intake.called(&name.text) == "action" && !value.text.is_empty();
            let field = intake.field(&name.text, name.span);
            shared.push(Cell { field, ..value.cell(intake.source) });
        }
        if !acts {
            self.undeclared(intake);
        }
        let monday = self.monday(intake);
        for (place, slot, cell) in self.cells(intake) {
            let mut cells = shared.clone();
            if let Some(time) = time(&place, &slot, monday) {
                let field = intake.field("time", slot.span);
                cells.push(Cell::unescaped(field, slot.span, time.clone(), escape::whole(&time, slot.span)));
            }
            let field = intake.field("text", cell.span);
            cells.push(Cell { field, ..cell.cell(intake.source) });
            intake.record(cell.span, &cells);
        }
    }

    fn undeclared(&self, intake: &mut Intake<'_>) {
        let whole = Span { start: self.first[0].span.start, end: self.first.last().map_or(0, |cell| cell.span.end) };
        let words = Words::fixed(
            "这是一张日期和时间的格子表，但没有写这些格子是什么操作，只当文案检查",
            "a grid of days and times that does not say which action its cells are; they are checked as drafts",
        );
        let help = Words::fixed(
            "在表格上方加几行，例如：动作,发朋友圈 / 账号,shop / 周,2026-11-23",
            "put rows above it, such as: action,post_moment / account,shop / week,2026-11-23",
        );
        intake.problems.push(Problem::error("input-undeclared-grid", intake.id, whole, words).with_help(help));
    }

    /// Days from 1970 to the Monday of the week that is planned.
    fn monday(&self, intake: &mut Intake<'_>) -> Option<i64> {
        let week = self.above.iter().find(|(name, _)| WEEK.contains(&name.text.as_str())).map(|(_, value)| value);
        let mut marks = self.first[1..].iter().chain(self.rows.iter().filter_map(|row| row.first())).filter_map(|cell| mark(&cell.text));
        let needed = marks.any(|mark| matches!(mark, Mark::Weekday(_)));
        let (span, words) = match week {
            Some(week) => match date(&week.text).and_then(|date| days(&date)) {
                Some(day) => return Some(day - (day + 3).rem_euclid(7)),
                None => (week.span, Words::new(format!("看不懂的日期 `{}`", week.text), format!("cannot read the date `{}`", week.text))),
            },
            None if needed => {
                let words = Words::fixed("不知道是哪一周，这些格子没有时间", "it is not said which week this is; the cells have no time");
                (self.first.iter().find(|cell| !cell.text.is_empty())?.span, words)
            }
            None => return None,
        };
        let help = Words::fixed(
            "在表格上方加一行：周,2026-11-23（那一周的任何一天）",
            "put a row above it: week,2026-11-23 (any day of that week)",
        );
        intake.problems.push(Problem::error("input-bad-time", intake.id, span, words).with_help(help));
        None
    }

    /// Every filled cell, with the mark of its column and the first cell of its row.
    fn cells(&self, intake: &mut Intake<'_>) -> Vec<(Said, Said, Said)> {
        let mut cells = Vec::new();
        for row in self.rows.iter().filter(|row| row.iter().skip(1).any(|cell| !cell.text.is_empty())) {
            if mark(&row[0].text).is_none() {
                let words = Words::new(
                    format!("看不懂的时间 `{}`，这一行的格子没有时间", row[0].text),
                    format!("cannot read the time `{}`; the cells of this row have none", row[0].text),
                );
                let span =
                    if row[0].text.is_empty() { Span { start: row[0].span.start, end: row[row.len() - 1].span.end } } else { row[0].span };
                intake.problem("input-bad-time", span, words);
            }
            for (column, cell) in row.iter().enumerate().skip(1).filter(|(_, cell)| !cell.text.is_empty()) {
                match self.first.get(column).filter(|first| !first.text.is_empty()) {
                    Some(first) => cells.push((first.clone(), row[0].clone(), cell.clone())),
                    None => {
                        let words =
                            Words::fixed("这个格子上面没有日期或时间，没有读", "no day or time stands above this cell; it is not read");
                        intake.problem("input-ragged-row", cell.span, words);
                    }
                }
            }
        }
        cells
    }

    /// The way back to the fields of its cells.
    pub(super) fn open<'s>(&self) -> Box<dyn Fields + 's> {
        let field = |name: &str, said: &Said| Field { name: name.to_owned(), value: said.text.clone(), span: said.span };
        let shared: Vec<Field> =
            self.above.iter().filter(|(_, value)| !value.text.is_empty()).map(|(name, value)| field(&name.text, value)).collect();
        let mut all = Vec::new();
        for row in &self.rows {
            for cell in row.iter().skip(1).filter(|cell| !cell.text.is_empty()) {
                let own = [field("time", &row[0]), field("text", cell)];
                all.push((cell.span, shared.iter().cloned().chain(own).collect()));
            }
        }
        Box::new(Opened(all))
    }
}

/// The fields of every cell, in order of place.
struct Opened(Vec<(Span, Vec<Field>)>);

impl Fields for Opened {
    fn of(&self, record: Span) -> Vec<Field> {
        let at = self.0.binary_search_by_key(&record, |(span, _)| *span);
        at.map_or(Vec::new(), |at| self.0[at].1.clone())
    }
}

impl Said {
    fn cell<'s>(&self, source: &'s Source) -> Cell<'s> {
        let field = UNREAD;
        if source.slice(self.span).trim() == self.text {
            let inner = source.slice(self.span);
            let start = self.span.start as usize + (inner.len() - inner.trim_start().len());
            return Cell::plain(field, Span::new(start..start + self.text.len()), source.text());
        }
        let undone = escape::doubled(source.slice(self.span), self.span.start as usize, '"');
        Cell::unescaped(field, self.span, undone.text, undone.pieces)
    }
}

/// The row of days or of times, with nothing above it but names and values.
fn first_row(rows: &[Vec<Said>]) -> Option<usize> {
    for (at, row) in rows.iter().take(HEAD).enumerate() {
        let marks: Vec<_> = row.iter().skip(1).filter(|cell| !cell.text.is_empty()).map(|cell| mark(&cell.text)).collect();
        let clocks = |mark: &Option<Mark>| matches!(mark, Some(Mark::Clock(_)));
        if marks.len() > 1 && marks.iter().all(Option::is_some) && (marks.iter().all(clocks) || !marks.iter().any(clocks)) {
            return Some(at);
        }
        if filled(row) > 2 || row.iter().skip(2).any(|cell| !cell.text.is_empty()) {
            return None;
        }
    }
    None
}

fn filled(row: &[Said]) -> usize {
    row.iter().filter(|cell| !cell.text.is_empty()).count()
}

/// What a cell at the edge of a grid says.
fn mark(text: &str) -> Option<Mark> {
    let chinese =
        ["周", "星期", "礼拜"].iter().find_map(|before| text.strip_prefix(before)).map(|day| if day == "天" { "日" } else { day });
    let english = text.trim_end_matches('.').to_ascii_lowercase();
    let is_day = |(sign, name): &(char, &str)| {
        chinese.is_some_and(|day| day.chars().eq([*sign])) || english == *name || english.len() == 3 && name.starts_with(&english)
    };
    let weekday = WEEKDAYS.iter().position(is_day).map(|day| Mark::Weekday(day as u8));
    weekday.or_else(|| date(text).map(Mark::Date)).or_else(|| clock(text).map(Mark::Clock))
}

/// A day as it can be read with a time behind it.
fn date(text: &str) -> Option<String> {
    let reads = text.chars().filter(|c| !c.is_ascii_digit()).count() >= 2 && utc().read(&format!("{text} 00:00")).is_some();
    reads.then(|| text.to_owned())
}

/// A time of day; of a stretch, its start.
pub(super) fn clock(text: &str) -> Option<String> {
    let first = text.split(['-', '~', '–', '—', '至', '到']).next().unwrap_or_default().trim();
    let (rest, noon) = part_of_day(first);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let hour: u8 = rest[..digits].parse().ok()?;
    // Midnight is called twelve at night; of which day, people do not agree.
    let hour = match noon {
        Some(least) if hour < 12 && hour >= least => hour + 12,
        Some(NIGHT) => return None,
        _ => hour,
    };
    let (minutes, half) = (&rest[digits..], rest.ends_with('半'));
    let minutes = if half { minutes.trim_end_matches('半') } else { minutes };
    let whole = if half {
        "30"
    } else if minutes.ends_with(['点', '时']) {
        "00"
    } else {
        ""
    };
    let clock = format!("{hour:02}{minutes}{whole}");
    utc().read(&format!("2000-01-01 {clock}")).map(|_| clock)
}

/// The hour from which `晚上` counts on from noon.
const NIGHT: u8 = 5;

/// A time of day without what people say before it, and the hour from which that means after noon.
fn part_of_day(text: &str) -> (&str, Option<u8>) {
    let parts = [("中午", 1), ("下午", 1), ("午后", 1), ("傍晚", 4), ("晚上", NIGHT), ("夜里", NIGHT), ("晚", NIGHT)];
    if let Some((rest, from)) = parts.iter().find_map(|(part, from)| Some((text.strip_prefix(part)?, *from))) {
        return (rest.trim_start(), Some(from));
    }
    let early = ["凌晨", "清晨", "早晨", "早上", "上午", "早"].iter().find_map(|part| text.strip_prefix(part));
    (early.unwrap_or(text).trim_start(), None)
}

/// When the cell of a row and a column happens.
fn time(column: &Said, row: &Said, monday: Option<i64>) -> Option<String> {
    let (day, clock) = match (mark(&column.text)?, mark(&row.text)?) {
        (Mark::Clock(clock), day) | (day, Mark::Clock(clock)) => (day, clock),
        (Mark::Weekday(_) | Mark::Date(_), Mark::Weekday(_) | Mark::Date(_)) => return None,
    };
    let date = match day {
        Mark::Weekday(day) => shown(monday? + i64::from(day)),
        Mark::Date(date) => date,
        Mark::Clock(_) => return None,
    };
    Some(format!("{date} {clock}"))
}

/// Days from 1970 to a date.
fn days(date: &str) -> Option<i64> {
    Some(utc().wall_seconds(utc().read(&format!("{date} 00:00"))?)?.div_euclid(86_400))
}

/// `2026-11-23`.
fn shown(days: i64) -> String {
    utc().show(Time(days.saturating_mul(86_400_000_000))).chars().take(10).collect()
}

fn utc() -> Zone {
    Zone::named("UTC").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;

    fn read(text: &str) -> Trial {
        Trial::new("a.csv", text)
    }

    #[test]
    fn every_cell_is_a_record_at_its_place() {
        let trial = read(concat!(
            "动作,发朋友圈,,\n账号,shop,,\n周,2026-11-25,,\n",
            "时间,周一,星期二,Sun\n09:00,早上好,\"说\"\"加微信\"\"\",\n20:30-21:00,,,晚安\n",
        ));
        assert_eq!(trial.problems(), []);
        assert_eq!(
            trial.rows(),
            [
                "time=2026-11-23T09:00:00+08:00 action=post_moment account=shop text=早上好",
                "time=2026-11-24T09:00:00+08:00 action=post_moment account=shop text=说\"加微信\"",
                "time=2026-11-29T20:30:00+08:00 action=post_moment account=shop text=晚安"
            ]
        );
        let spans: Vec<&str> = trial.spans().iter().map(|span| trial.source.slice(*span)).collect();
        assert_eq!(spans, ["早上好", "说\"\"加微信\"\"", "晚安"]);
        assert_eq!(trial.behind("加微信"), "加微信");
    }

    #[test]
    fn days_may_stand_in_the_first_column() {
        let trial = read("action,post_moment\naccount,a\n,9点,20点30分\n2026/11/23,早,晚\n2026年11月24日,,再晚\n");
        assert_eq!(trial.problems(), []);
        let times: Vec<String> = trial.rows().iter().map(|row| row[5..21].to_owned()).collect();
        assert_eq!(times, ["2026-11-23T09:00", "2026-11-23T20:30", "2026-11-24T20:30"]);
    }

    #[test]
    fn what_is_not_declared_is_said_and_the_texts_are_read() {
        let trial = read("时间,周一,周二\n09:00,早上好,加微信\n");
        assert_eq!(trial.rows(), ["text=早上好", "text=加微信"]);
        assert_eq!(trial.problems(), [("input-undeclared-grid", "时间,周一,周二"), ("input-bad-time", "时间")]);
        let trial = read("action,post_moment\ncolour,red\nweek,soon\n,周一,周二,\n早,a,b,c\n,d,,\n");
        let codes: Vec<&str> = trial.problems().iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, ["input-unknown-field", "input-bad-time", "input-bad-time", "input-ragged-row", "input-bad-time"]);
        assert_eq!(trial.rows(), ["action=post_moment text=a", "action=post_moment text=b", "action=post_moment text=d"]);
    }

    #[test]
    fn other_tables_are_no_grids() {
        for table in
            ["time,account,action\n2026-11-23 09:00,a,login\n", "text,周一\n加微信,x\n", "action,account\nlogin,周一\n,周一,周二\n"]
        {
            assert!(!read(table).problems().iter().any(|(code, _)| *code == "input-undeclared-grid"), "{table}");
        }
    }

    #[test]
    fn times_are_read_as_people_say_them() {
        let said =
            ["7:30", "9点", "上午10点", "14：00", "下午4点", "中午12点", "中午1点", "晚上10点半", "晚 8:15", "下午2点-4点", "凌晨5点"];
        let read = ["07:30", "09点00", "10点00", "14：00", "16点00", "12点00", "13点00", "22点30", "20:15", "14点00", "05点00"];
        assert_eq!(said.map(|text| super::clock(text).unwrap_or_default()), read);
        for unclear in ["晚上12点", "晚上2点", "上午", "下午", "半", "点", "下午25点", "早安", "晚安"] {
            assert_eq!(super::clock(unclear), None, "{unclear}");
        }
    }
}
