//! Operations made from a seed: the same bytes on every machine.

use crate::random::Random;
use std::fmt::Write;

const ACTIONS: [(&str, u64); 12] = [
    ("send_message", 300),
    ("like_moment", 160),
    ("accept_friend", 120),
    ("comment_moment", 90),
    ("add_friend", 70),
    ("broadcast", 70),
    ("login", 60),
    ("post_moment", 40),
    ("invite_to_group", 30),
    ("send_red_packet", 25),
    ("transfer", 20),
    ("join_group", 15),
];

/// A month of operations: 20,000 accounts, 10,000 devices, bursts, one row in a hundred up to ten minutes late.
pub(crate) struct Operations {
    /// One JSON object a line.
    pub(crate) jsonl: String,
    /// The same as a table.
    pub(crate) csv: String,
}

impl Operations {
    /// That many operations.
    pub(crate) fn new(count: u64) -> Operations {
        let (mut jsonl, mut csv) = (String::new(), "time,account,device,action,target,amount\n".to_owned());
        let (mut random, mut at, mut last) = (Random(20_261_120), 0.0, (0, 0, 0));
        for _ in 0..count {
            at += 2.0 * MONTH as f64 / count as f64 * random.share();
            let late = if random.below(100) == 0 { random.below(600_000) } else { 0 };
            let time = clock((at as u64).min(MONTH - 1).saturating_sub(late));
            last = step(&mut random, last);
            let (account, action, target) = last;
            let device = if random.below(100) < 3 { random.below(10_000) } else { account / 2 };
            let name = ACTIONS[action].0;
            let amount = amount(&mut random, name);
            let _ = write!(jsonl, r#"{{"time":"{time}","account":"wx_{account:05}","device":"dev_{device:05}","action":"{name}","#);
            let _ = write!(jsonl, r#""target":"u_{target:07}""#);
            jsonl.push_str(&if amount.is_empty() { "}\n".to_owned() } else { format!(",\"amount\":{amount}}}\n") });
            let _ = writeln!(csv, "{time},wx_{account:05},dev_{device:05},{name},u_{target:07},{amount}");
        }
        Operations { jsonl, csv }
    }
}

/// Milliseconds in thirty days.
const MONTH: u64 = 30 * 86_400_000;

/// Account, action, target; one in twenty-five goes on with what was done last.
fn step(random: &mut Random, (account, action, target): (u64, usize, u64)) -> (u64, usize, u64) {
    let next_target = random.below(1_500_000);
    if random.below(25) == 0 {
        return (account, action, if random.below(3) == 0 { target } else { next_target });
    }
    let mut rest = random.below(1000);
    let action = ACTIONS.iter().position(|(_, weight)| rest.checked_sub(*weight).map(|left| rest = left).is_none());
    ((random.share().powi(2) * 20_000.0) as u64, action.unwrap_or(0), next_target)
}

fn amount(random: &mut Random, action: &str) -> String {
    let cents = match action {
        "send_red_packet" => 100 + random.below(20_000),
        "transfer" => 1000 + random.below(500_000),
        _ => return String::new(),
    };
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A moment of October 2026 in Shanghai.
fn clock(ms: u64) -> String {
    let (day, hour, minute) = (1 + ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60);
    format!("2026-10-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}+08:00", ms / 1000 % 60, ms % 1000)
}
