//! `.yaml`: a campaign, or a list of records.

use super::{Fields, Format, Intake, Reading, campaign};
use crate::source::Source;
use crate::tree::from_yaml;
use crate::words::Words;

/// Campaigns kept beside code.
pub(super) const FORMAT: Format = Format {
    name: "yaml",
    extensions: &["yaml", "yml"],
    about: Words::fixed("一次活动，或一组记录", "a campaign, or a list of records"),
    claims: |source| campaign::is_one(&from_yaml(source.text()), source),
    reading: Reading::Whole(read),
    open,
};

fn read(intake: &mut Intake<'_>) {
    let document = from_yaml(intake.source.text());
    campaign::read_tree(intake, document, "input-bad-yaml");
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    campaign::open_tree(&from_yaml(source.text()).0, source)
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;

    fn read(text: &str) -> Trial {
        Trial::new("a.yaml", text)
    }

    #[test]
    fn a_campaign_and_a_list_of_records_are_read() {
        let trial = read(concat!(
            "account:\n  - id: a\n    kind: personal\ndraft:\n  text: |\n    加我\n    微信\n",
            "operation:\n  - action: login\n    id: d\n    time: 2026-11-20 09:00\n    repeat: {rule: FREQ=DAILY;COUNT=2}\n  - {action: transfer, amount: 12.50}\n",
        ));
        assert_eq!(trial.problems(), []);
        let mut rows = trial.rows();
        rows.sort();
        assert_eq!(
            rows,
            [
                "account.id=a account.kind=personal",
                "action=transfer amount=12.5",
                "text=加我\n微信\n",
                "time=2026-11-20T09:00:00+08:00 action=login id=d#1",
                "time=2026-11-21T09:00:00+08:00 action=login id=d#2",
            ]
        );
        assert_eq!(trial.behind("微信"), "微信");
        assert!(trial.found_again().iter().all(|fields| !fields.is_empty()));
        let list = read("- text: 加微信\n- action: login\n  account: a\n- id: a\n  kind: personal\n- 3\n");
        assert_eq!(list.rows(), ["text=加微信", "action=login account=a", "account.id=a account.kind=personal"]);
        assert_eq!(list.problems(), [("input-bad-value", "3")]);
    }

    #[test]
    fn anchors_lead_to_where_they_are_used() {
        let trial = read("draft:\n  - text: &a 加微信\n  - text: *a\n  - &b {text: 办证, id: x}\n  - {<<: *b, id: y}\n");
        assert_eq!(trial.texts(), ["加微信", "加微信", "办证", "办证"]);
        assert_eq!(trial.spans().len(), 4);
        assert_eq!(trial.problems(), []);
    }

    #[test]
    fn what_is_broken_is_told_at_its_place() {
        for (text, place) in [("draft:\n  text: [a\n", ""), ("draft: {text: a, text: b}\n", ""), ("a: *nobody\n", "")] {
            assert_eq!(read(text).problems(), [("input-bad-yaml", place)], "{text:?}");
        }
        assert_eq!(read("drafts:\n  text: a\n").problems(), [("input-unknown-table", "drafts")]);
        assert_eq!(read("加微信").problems(), [("input-bad-value", "加微信")]);
        for nothing in ["", "\n", "# nothing\n", "---\n", "{}", "[]"] {
            assert_eq!((read(nothing).problems().len(), read(nothing).spans().len()), (0, 0), "{nothing:?}");
        }
    }

    #[test]
    fn hostile_files_end() {
        let bomb: String = (1..40).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))).collect();
        assert_eq!(read(&format!("a0: &a0 加微信\n{bomb}")).problems()[0].0, "input-bad-yaml");
        read(&"[".repeat(50_000));
        read(&"- ".repeat(50_000));
        read(&"a:\n ".repeat(20_000));
        assert_eq!(read(&"- text: 加微信\n".repeat(5_000)).texts().len(), 5_000);
    }
}
