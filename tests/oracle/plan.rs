//! Random plans: operations of a few accounts, devices and targets, close together, often at the same moment.

use crate::clock::{DAY, SHANGHAI, Written, day, show};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

/// A field of an operation that holds a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Account,
    Device,
    Target,
    Channel,
}

impl Field {
    /// What files and policies call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Field::Account => "account",
            Field::Device => "device",
            Field::Target => "target",
            Field::Channel => "channel",
        }
    }
}

/// The actions there are in random plans.
pub(crate) const ACTIONS: [&str; 4] = ["add_friend", "accept_friend", "delete_friend", "send_red_packet"];

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// A name no other operation has.
    pub id: String,
    /// When it happens.
    pub time: Option<i64>,
    /// How its time is written.
    pub written: Written,
    /// What is done.
    pub action: &'static str,
    /// By whom.
    pub account: Option<&'static str>,
    /// With what.
    pub device: Option<&'static str>,
    /// To whom.
    pub target: Option<&'static str>,
    /// Where.
    pub channel: Option<&'static str>,
    /// How often.
    pub count: Option<i64>,
    /// How much, in cents.
    pub amount: Option<i64>,
}

impl Operation {
    /// A word of it.
    pub(crate) fn word(&self, field: Field) -> Option<&'static str> {
        match field {
            Field::Account => self.account,
            Field::Device => self.device,
            Field::Target => self.target,
            Field::Channel => self.channel,
        }
    }
}

/// A registered account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// Its id.
    pub id: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// How many friends it has.
    pub friends: Option<i64>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Jsonl,
}

/// Everything one run reads.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The files of the plan, in order of name, each with its form.
    pub files: Vec<(Form, Vec<Operation>)>,
    /// What was already sent.
    pub history: Vec<Operation>,
    /// The accounts that are registered.
    pub registry: Vec<Account>,
}

/// Moments around which operations crowd: a Sunday night, a Monday, the end of a month, a noon.
fn crowded() -> impl Strategy<Value = i64> {
    let midnight = |of_month: i64| day(2026, 3, of_month) * DAY - SHANGHAI;
    let minute = 60_000;
    let starts = [midnight(30) - 45 * minute, midnight(30), midnight(32) - 30 * minute, midnight(31) + 12 * 60 * minute, midnight(26)];
    (select(starts.to_vec()), 0..20i64, select(vec![0, 0, 0, 0, 1, -1, 500]))
        .prop_map(move |(start, steps, milli)| start + steps * 5 * minute + milli)
}

fn operation() -> impl Strategy<Value = Operation> {
    let word = |words: [&'static str; 3]| weighted(0.95, select(words.to_vec()));
    let words = (word(["a", "b", "账号三"]), word(["d1", "d2", "d3"]), word(["t1", "t2", "t3"]), word(["moments", "group", "private"]));
    let numbers = (weighted(0.2, select(vec![0, 1, 2, 3, 7])), weighted(0.9, 0..500i64));
    let written = select(vec![Written::Utc, Written::Offset, Written::Behind, Written::Local, Written::Excel]);
    (weighted(0.98, crowded()), written, select(ACTIONS.to_vec()), words, numbers).prop_map(|(time, written, action, words, numbers)| {
        Operation {
            id: String::new(),
            time,
            written,
            action,
            account: words.0,
            device: words.1,
            target: words.2,
            channel: words.3,
            count: numbers.0,
            amount: numbers.1,
        }
    })
}

fn registry() -> impl Strategy<Value = Vec<Account>> {
    let kinds = || select(vec!["personal", "service"]);
    let friends = || weighted(0.9, 0..6i64);
    (kinds(), kinds(), friends(), friends(), 0..=2usize).prop_map(|(first, second, some, more, known)| {
        let all = vec![Account { id: "a", kind: first, friends: some }, Account { id: "账号三", kind: second, friends: more }];
        all.into_iter().take(known).collect()
    })
}

/// A plan of up to three files, with or without history; some rows stand in it twice.
pub(crate) fn plan(history: usize) -> impl Strategy<Value = Plan> {
    let file = || (select(vec![Form::Csv, Form::Jsonl]), prop::collection::vec(operation(), 0..22));
    let sent = prop::collection::vec(operation(), 0..=history);
    (prop::collection::vec(file(), 1..=3), sent, registry(), any::<prop::sample::Index>()).prop_map(
        |(mut files, history, registry, twice)| {
            let rows = &mut files[0].1;
            if let Some(row) = rows.get(twice.index(rows.len().max(1))).cloned() {
                rows.push(row);
            }
            let mut plan = Plan { files, history, registry };
            plan.number();
            plan
        },
    )
}

/// A plan of one file in which no two moments are the same.
pub(crate) fn plan_without_ties() -> impl Strategy<Value = Plan> {
    (prop::collection::vec(operation(), 1..40), registry()).prop_map(|(mut rows, registry)| {
        // Whole seconds apart keep crowded operations crowded, and no two on one moment.
        rows.iter_mut().zip(0..).for_each(|(row, number)| row.time = row.time.map(|time| time / 10_000 * 10_000 + number * 100));
        let mut plan = Plan { files: vec![(Form::Csv, rows)], history: Vec::new(), registry };
        plan.number();
        plan
    })
}

impl Plan {
    /// Gives every operation a name of its own.
    fn number(&mut self) {
        let rows = self.history.iter_mut().chain(self.files.iter_mut().flat_map(|(_, rows)| rows));
        rows.enumerate().for_each(|(number, row)| row.id = format!("op-{number}"));
    }
}

/// A file of operations as text.
pub(crate) fn write(form: Form, rows: &[Operation]) -> String {
    match form {
        Form::Csv => {
            std::iter::once("id,time,account,action,target,device,channel,count,amount\n".to_owned()).chain(rows.iter().map(csv)).collect()
        }
        Form::Jsonl => rows.iter().map(jsonl).collect(),
    }
}

/// The fields of an operation, in the order of the CSV header.
fn fields(row: &Operation) -> [(&'static str, Option<String>); 9] {
    let word = |word: Option<&'static str>| word.map(str::to_owned);
    [
        ("id", Some(row.id.clone())),
        ("time", row.time.map(|time| show(time, row.written))),
        ("account", word(row.account)),
        ("action", Some(row.action.to_owned())),
        ("target", word(row.target)),
        ("device", word(row.device)),
        ("channel", word(row.channel)),
        ("count", row.count.map(|count| count.to_string())),
        ("amount", row.amount.map(|cents| format!("{}.{:02}", cents / 100, cents % 100))),
    ]
}

fn csv(row: &Operation) -> String {
    fields(row).map(|(_, value)| value.unwrap_or_default()).join(",") + "\n"
}

fn jsonl(row: &Operation) -> String {
    let number = |name: &str| matches!(name, "count" | "amount");
    let entry = |(name, value): (&str, Option<String>)| {
        value.map(|value| if number(name) { format!("\"{name}\":{value}") } else { format!("\"{name}\":\"{value}\"") })
    };
    format!("{{{}}}\n", fields(row).into_iter().filter_map(entry).collect::<Vec<_>>().join(","))
}

/// The registry as CSV.
pub(crate) fn write_registry(accounts: &[Account]) -> String {
    let line = |account: &Account| {
        format!("{},{},{}\n", account.id, account.kind, account.friends.map_or(String::new(), |friends| friends.to_string()))
    };
    std::iter::once("id,kind,friends\n".to_owned()).chain(accounts.iter().map(line)).collect()
}
