//! `.toml`: a campaign, with its accounts, drafts and operations as `[[account]]`, `[[draft]]`, `[[operation]]`.
//!
//! The shape is the same in `.yaml` and `.json`; there a document may also be a list of records.

use super::cell::Cell;
use super::intake::Intake;
use super::repeat;
use super::scalar;
use super::{Field, Fields, Format, Reading};
use crate::problem::Problem;
use crate::source::Source;
use crate::span::Span;
use crate::tree::{Broken, Key, Node, Value, from_toml};
use crate::words::{Words, nearest};

/// Campaigns kept beside code.
pub(super) const FORMAT: Format = Format {
    name: "campaign",
    extensions: &["toml"],
    about: Words::fixed("一次活动：[[account]]、[[draft]]、[[operation]]", "a campaign: [[account]], [[draft]], [[operation]]"),
    claims: |source| is_one(&from_toml(source.text()), source),
    reading: Reading::Whole(read),
    open,
};

/// The tables a campaign is made of.
const TABLES: [&str; 3] = ["account", "draft", "operation"];

fn read(intake: &mut Intake<'_>) {
    let document = from_toml(intake.source.text());
    read_tree(intake, document, "input-bad-toml");
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    open_tree(&from_toml(source.text()).0, source)
}

/// Whether a document is a campaign, or tries to be.
pub(super) fn is_one((root, broken): &(Node, Vec<Broken>), source: &Source) -> bool {
    let is_table = |(key, _): &(Key, Node)| nearest(&key.name, TABLES).is_some();
    let is_record = |node: &Node| ["action", "text", "kind"].iter().any(|name| node.get(name).is_some());
    let unread = !broken.is_empty() && TABLES.iter().any(|table| source.text().contains(table));
    root.entries().iter().any(is_table) || root.items().iter().any(is_record) || unread
}

/// Reads the records of a document; what is broken in it has this code.
pub(super) fn read_tree(intake: &mut Intake<'_>, (root, broken): (Node, Vec<Broken>), code: &'static str) {
    for broken in broken {
        intake.problem(code, broken.span, broken.words);
    }
    if !matches!(root.value, Value::Table(_) | Value::List(_) | Value::Nothing) {
        let words = Words::fixed("这里应当是活动文件的表，或一组记录", "this must be the tables of a campaign, or a list of records");
        intake.problem("input-bad-value", root.span, words);
    }
    for item in root.items().iter().filter(|item| !matches!(item.value, Value::Table(_))) {
        let kind = item.type_name();
        let words = Words::new(
            format!("一组里的每一项都要是一条记录，这里是{}", kind.zh),
            format!("each item must be a record, this is {}", kind.en),
        );
        intake.problem("input-bad-value", item.span, words);
    }
    let (records, strangers) = tables(&root);
    for stranger in strangers {
        unknown(intake, stranger);
    }
    for record in records {
        record.read(intake);
    }
}

fn unknown(intake: &mut Intake<'_>, (key, node): &(Key, Node)) {
    let problem = if TABLES.contains(&key.name.as_str()) {
        let words = Words::new(format!("`{}` 要写成表，或一组表", key.name), format!("`{}` must be a table, or a list of them", key.name));
        Problem::error("input-bad-value", intake.id, node.span, words)
    } else {
        let words = Words::new(format!("活动文件里没有 `{}` 这种表", key.name), format!("a campaign has no table `{}`", key.name));
        let help = Words::fixed("活动文件只有 account、draft、operation 三种表", "a campaign has account, draft and operation");
        Problem::error("input-unknown-table", intake.id, key.span, words).with_help(help).with_guess(nearest(&key.name, TABLES))
    };
    intake.problems.push(problem);
}

/// One table that is a record.
struct Record<'n> {
    /// What it is called; nothing in a list of records.
    table: &'n str,
    entries: &'n [(Key, Node)],
    /// From its header to its last value.
    span: Span,
}

/// The records of a document in the order they were written, and the top-level entries that are none.
fn tables(root: &Node) -> (Vec<Record<'_>>, Vec<&(Key, Node)>) {
    let is_table = |item: &&Node| matches!(item.value, Value::Table(_));
    let listed = root.items().iter().filter(is_table);
    let mut records: Vec<_> = listed.map(|item| Record { table: "", entries: item.entries(), span: extent(item) }).collect();
    let mut strangers = Vec::new();
    for entry in root.entries() {
        let (key, node) = entry;
        let is_record = TABLES.contains(&key.name.as_str()) && node.each().iter().all(|item| is_table(&item));
        if is_record {
            records.extend(node.each().iter().map(|item| Record { table: &key.name, entries: item.entries(), span: extent(item) }));
        } else {
            strangers.push(entry);
        }
    }
    records.sort_by_key(|record| record.span);
    (records, strangers)
}

/// From the first byte of a node to the last of what belongs to it.
fn extent(node: &Node) -> Span {
    let keyed = node.entries().iter().flat_map(|(key, value)| [key.span, extent(value)]);
    keyed.chain(node.items().iter().map(extent)).filter(|span| !span.is_empty()).fold(node.span, |all, part| {
        let start = if all.is_empty() { part.start } else { all.start.min(part.start) };
        Span { start, end: all.end.max(part.end) }
    })
}

impl Record<'_> {
    fn read(&self, intake: &mut Intake<'_>) {
        let (repeats, fields): (Vec<_>, Vec<_>) = self.entries.iter().partition(|(key, _)| key.name == "repeat");
        let mut cells: Vec<Cell<'_>> = Vec::new();
        fields.into_iter().for_each(|entry| scalar::take(intake, entry, &mut cells));
        self.take(intake, &cells);
        for entry in repeats {
            if self.acts(intake) {
                let start = intake.start(&cells);
                if let Some(times) = repeat::times(intake, entry, start) {
                    intake.repeat(self.span, &times);
                }
            } else {
                let words = Words::fixed("只有操作可以重复", "only operations repeat");
                intake.problem("input-bad-repeat", entry.0.span, words);
            }
        }
    }

    fn has(&self, intake: &Intake<'_>, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| intake.called(&key.name) == name)
    }

    fn acts(&self, intake: &Intake<'_>) -> bool {
        self.table == "operation" || self.table.is_empty() && self.has(intake, "action")
    }

    fn take(&self, intake: &mut Intake<'_>, cells: &[Cell<'_>]) {
        if self.table == "account" {
            intake.account(self.span, cells);
        } else if self.table == "operation" && self.has(intake, "text") && !self.has(intake, "action") {
            let words = Words::fixed("这个操作没有 `action`，按文案读", "this operation has no `action`; it is read as a draft");
            intake.problem("input-unknown-record", self.span, words);
            intake.record(self.span, cells);
        } else {
            intake.record(self.span, cells);
        }
    }
}

/// The fields of every record, in order of their spans.
struct Opened(Vec<(Span, Vec<Field>)>);

/// The way back to the fields of a document's records.
pub(super) fn open_tree<'s>(root: &Node, source: &'s Source) -> Box<dyn Fields + 's> {
    let fields = |record: Record<'_>| record.entries.iter().filter_map(|entry| scalar::field(entry, source)).collect();
    Box::new(Opened(tables(root).0.into_iter().map(|record| (record.span, fields(record))).collect()))
}

impl Fields for Opened {
    fn of(&self, record: Span) -> Vec<Field> {
        let at = self.0.binary_search_by_key(&record, |(span, _)| *span);
        at.ok().and_then(|at| self.0.get(at)).map_or(Vec::new(), |(_, fields)| fields.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use super::*;

    fn read(text: &str) -> Trial {
        Trial::new("a.toml", text)
    }

    #[test]
    fn tables_are_records_in_the_order_they_were_written() {
        let trial = read(concat!(
            "[[operation]]\naction = \"login\"\naccount = 'a'\ntime = 2026-11-20T09:00:00+08:00\n",
            "[[draft]]\ntext = \"\"\"\n加微信\n\"\"\"\n",
            "[[operation]]\naction = \"transfer\"\namount = 1_000\n",
            "[account]\nid = \"a\"\nfriends = 12\n",
        ));
        assert_eq!(
            trial.rows(),
            [
                "time=2026-11-20T09:00:00+08:00 action=login account=a",
                "text=加微信\n",
                "action=transfer amount=1000",
                "account.id=a account.friends=12"
            ]
        );
        assert_eq!(trial.problems(), []);
        let text = trial.source.text();
        assert!(trial.spans().iter().all(|span| text[span.range()].starts_with('[')));
        assert_eq!(&text[trial.spans()[1].range()], "[[draft]]\ntext = \"\"\"\n加微信\n\"\"\"");
        assert_eq!(trial.found_again()[1], ["text=加微信\n"]);
        assert_eq!(trial.found_again()[2], ["action=transfer", "amount=1000"]);
    }

    #[test]
    fn lists_and_dotted_keys_are_records_too() {
        let trial = read("draft = [{ text = 'a' }, { text = 'b' }]\naccount.id = 'x'\naccount.kind = 'personal'\n");
        assert_eq!(trial.rows(), ["text=a", "text=b", "account.id=x account.kind=personal"]);
        assert_eq!(trial.spans()[1], Span::new(25..39));
        assert_eq!(trial.found_again(), [vec!["text=a"], vec!["text=b"], vec!["id=x", "kind=personal"]]);
    }

    #[test]
    fn escapes_lead_back_to_their_bytes() {
        let trial = read("[[draft]]\ntext = \"请加\\u5fae信\\U0001F381\"\n");
        assert_eq!(trial.texts(), ["请加微信🎁"]);
        assert_eq!((trial.behind("微"), trial.behind("微信"), trial.behind("🎁")), ("\\u5fae", "\\u5fae信", "\\U0001F381"));
        let trial = Trial::of(Source::decode("a.toml", "\u{feff}[[draft]]\r\ntext = '''\r\n加\r\n微信'''\r\n".as_bytes().to_vec()));
        assert_eq!((trial.texts(), trial.behind("微信")), (vec!["加\r\n微信".to_owned()], "微信"));
    }

    #[test]
    fn what_is_wrong_is_placed_and_the_rest_is_read() {
        let trial = read(concat!(
            "draft = 3\n[[operations]]\naction = 'login'\n[[operation]]\naction = 'login'\nrepeat = 'FREQ=DAILY;COUNT=2'\ntarget = [1]\nother = [1]\n",
            "[[operation]]\ntext = 'a'\n[[account]]\nkind = 'personal'\n[[operation]]\ntitle = 'b'\n[other]\n",
        ));
        let codes: Vec<&str> = trial.problems().iter().map(|(code, _)| *code).collect();
        assert_eq!(
            codes,
            [
                "input-bad-value",
                "input-unknown-table",
                "input-unknown-table",
                "input-bad-value",
                "input-bad-repeat",
                "input-unknown-record",
                "input-unknown-record",
            ]
        );
        assert_eq!(trial.problems()[0].1, "3");
        assert_eq!(trial.problems()[1].1, "operations");
        assert_eq!(trial.problems()[3].1, "[1]");
        assert_eq!(trial.problems()[4].1, "repeat");
        assert_eq!(trial.rows(), ["action=login", "text=a", "title=b"]);
    }

    #[test]
    fn an_operation_that_repeats_is_a_record_for_each_time() {
        let trial = read(concat!(
            "[[operation]]\nid = 'mon'\naction = 'post_moment'\ntext = \"\\u5fae信\"\ntime = 2026-11-23 09:00:00\n",
            "repeat = { rule = 'FREQ=DAILY', until = 2026-11-26, except = ['2026-11-24', '2026-11-25 10:00'] }\n",
            "[[operation]]\naction = 'login'\n",
        ));
        let row = |day: u8, number: u8| format!("time=2026-11-{day}T09:00:00+08:00 id=mon#{number} action=post_moment text=微信");
        assert_eq!(trial.rows().len(), 4);
        for (number, day) in [(1, 23), (2, 25), (3, 26)] {
            let words: Vec<String> = trial.rows()[number - 1].split(' ').map(str::to_owned).collect();
            assert!(row(day, number as u8).split(' ').all(|word| words.iter().any(|known| known == word)), "{words:?}");
        }
        assert_eq!(trial.rows()[3], "action=login");
        assert_eq!(trial.spans()[0], trial.spans()[2]);
        assert_eq!(trial.found_again()[2][0], "id=mon");
        assert_eq!(trial.problems(), [("input-bad-repeat", "'2026-11-25 10:00'")], "an exception that excludes nothing");
    }

    #[test]
    fn clocks_of_the_zone_are_kept_over_summer_time() {
        let trial = read(concat!(
            "[[operation]]\naction = 'login'\ntime = '2026-03-07T02:30:00-05:00'\n",
            "repeat = { rule = 'FREQ=DAILY;COUNT=3', timezone = 'America/New_York' }\n",
            "[[operation]]\naction = 'login'\ntime = '2026-03-07T02:30:00-05:00'\nrepeat = 'FREQ=DAILY;UNTIL=20260308T073000Z'\n",
        ));
        let times: Vec<String> = trial.rows().iter().map(|row| row[5..24].to_owned()).collect();
        assert_eq!(
            times,
            ["2026-03-07T15:30:00", "2026-03-08T15:30:00", "2026-03-09T14:30:00", "2026-03-07T15:30:00", "2026-03-08T15:30:00"]
        );
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn a_repeat_that_is_wrong_is_placed_and_counts_once() {
        for (repeat, place) in [
            ("3", "3"),
            ("{ rules = 'FREQ=DAILY' }", "{ rules = 'FREQ=DAILY' }"),
            ("{ rule = 'FREQ=DAILY;COUNT=1', untill = '2026-11-26' }", "untill"),
            ("{ rule = 'FREQ=DAILY', until = 'soon' }", "'soon'"),
            ("{ rule = 'FREQ=DAILY;UNTIL=20261126', until = '2026-11-26' }", "UNTIL=20261126"),
            ("{ rule = 'FREQ=DAILY;COUNT=1', timezone = 'Asia/Beijing' }", "'Asia/Beijing'"),
            ("{ rule = 'FREQ=DAILY;COUNT=1', except = '2026-11-23' }", "FREQ=DAILY;COUNT=1"),
            ("'FREQ=WEEKLY;BYDAY=TU;COUNT=2'", "FREQ=WEEKLY;BYDAY=TU;COUNT=2"),
            ("'FREQ=DAILY;UNTIL=20261122'", "FREQ=DAILY;UNTIL=20261122"),
            ("\"FREQ=DAILY;BY\\u0044AY=X;COUNT=1\"", "BY\\u0044AY=X"),
            ("'FREQ=YEARLY;INTERVAL=4000;COUNT=3'", "FREQ=YEARLY;INTERVAL=4000;COUNT=3"),
        ] {
            let text = format!("[[operation]]\naction = 'login'\ntime = 2026-11-23 09:00:00\nrepeat = {repeat}\n");
            let trial = read(&text);
            assert_eq!(trial.problems(), [("input-bad-repeat", place)], "{repeat}");
            assert_eq!(trial.rows().len(), if repeat.contains("TU") { 2 } else { 1 });
        }
        let without = read("[[operation]]\naction = 'login'\nrepeat = 'FREQ=DAILY;COUNT=2'\n");
        assert_eq!((without.problems(), without.rows().len()), (vec![("input-bad-repeat", "repeat")], 1));
        assert_eq!(Trial::new("a.csv", "action,repeat\nlogin,FREQ=DAILY\n").problems(), [("input-unsupported", "repeat")]);
    }

    #[test]
    fn every_syntax_error_is_told() {
        let trial = read("[[draft]]\ntext = \n[[draft]]\ntext = 'b'\nid = ]\n");
        assert_eq!(trial.problems().iter().filter(|(code, _)| *code == "input-bad-toml").count(), 2, "{:?}", trial.problems());
        assert_eq!(trial.texts(), ["b"]);
    }

    #[test]
    fn hostile_files_end() {
        for text in ["", "\0", "\"", "[[draft", "[[draft]]\ntext = \"", "draft = [", "[draft.a.b]\n[draft]", "[[draft]]\n[draft.text]\n"] {
            read(text).found_again();
        }
        read(&format!("draft = {}", "[".repeat(50_000)));
        read(&format!("[[draft]]\ntext = {}", "{a=".repeat(50_000)));
        assert_eq!(read(&"[[draft]]\ntext = 'a'\n".repeat(2_000)).found_again().len(), 2_000);
    }
}
