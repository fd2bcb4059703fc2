//! A log that is checked as it comes, held against the same log checked whole.

use crate::laws::any_rule;
use crate::plan::{Operation, check, compile, csv, plans, policy};
use crate::stream::{begin, lines, push_all, sorted};
use crate::versus::config;
use presend::input::Role;
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_findings_are_those_of_the_whole_log(
        plan in plans(10), rule in any_rule(), lateness in select(vec![0, 600, 90_000]),
        delays in prop::collection::vec(0..i64::MAX, 1..9), cuts in prop::collection::vec(any::<usize>(), 0..12)
    ) {
        let mut log: Vec<Operation> = plan[1..].concat();
        let mut delay = delays.iter().cycle().map(|delay| delay % (lateness + 1));
        log.sort_by_cached_key(|row| row.time.map_or(i64::MIN, |time| time + delay.next().expect("no end")));
        let (name, text) = ("plan-1.csv", csv(&log));
        let checker = compile(&policy(&rule)).expect("no mistakes");
        let before = [("plan-0.csv".to_owned(), csv(&plan[0]), Role::History)];
        let whole = check(&rule, &vec![plan[0].clone(), log], 1);
        let streamed = |cuts: &[usize]| lines(&push_all(begin(&checker, name, &before, lateness * 1000), text.as_bytes(), cuts));
        prop_assert_eq!(sorted(streamed(&cuts)), sorted(lines(std::slice::from_ref(&whole))), "{}\n{}", rule, text);
        prop_assert_eq!(streamed(&cuts), streamed(&[]), "the pieces change the order");
    }
}
