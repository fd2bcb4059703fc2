//! `fact`: what an account must be.

use super::constraint::{ALLOWED, Allowed};
use super::{Building, Check, EachRecord, Hit, Kind, OnMissing, Spot, Subject};
use crate::record::Slot;
use crate::schema::{Key, Shape};
use crate::words::{Fixed, Words};

pub(super) const KIND: Kind = Kind {
    name: "fact",
    about: Fixed { zh: "账号必须是什么样", en: "what an account must be" },
    shape: Shape::Table(&[
        Key::must("field", Shape::Fact, "账号的哪一项，如 account.real_name", "the fact, such as account.real_name"),
        Key::may("equals", Shape::Scalar, "必须等于", "what it must be"),
        ALLOWED[0],
        ALLOWED[1],
        ALLOWED[2],
        ALLOWED[3],
        ALLOWED[4],
        Key::may(
            "on_missing",
            Shape::OneOf(&["report", "skip"]),
            "登记表里没有这一项时怎么办",
            "what to do when the registry does not say",
        ),
    ]),
    message: Words::fixed("{field} 是“{value}”，应为{allowed}", "{field} is “{value}”; it must be {allowed}"),
    parts: &["field", "value", "allowed"],
    build,
};

struct Fact {
    allowed: Allowed,
    slot: [Slot; 1],
    on_missing: OnMissing,
}

fn build(building: &mut Building<'_, '_>) -> Option<Check> {
    let node = building.node;
    let allowed = Allowed::build(node, building)?;
    let slot = [allowed.slot()];
    let on_missing = building.on_missing();
    slot[0].fact.then(|| Check::Each(Box::new(Fact { allowed, slot, on_missing })))
}

impl EachRecord for Fact {
    fn slots(&self) -> &[Slot] {
        &self.slot
    }

    fn on_missing(&self) -> OnMissing {
        self.on_missing
    }

    fn check(&self, subject: &Subject<'_>, hits: &mut Vec<Hit>) {
        let record = subject.record;
        match self.allowed.value(record) {
            Some(value) if self.allowed.breach(&value) => {
                let hit = self.allowed.hit(record, value);
                let spot = if matches!(record.row(), crate::collection::Row::Account(_)) { hit.spot } else { Spot::Whole };
                hits.push(Hit { spot, ..hit });
            }
            Some(_) => {}
            None => hits.extend((self.on_missing == OnMissing::Report).then(|| self.allowed.hit(record, String::new()))),
        }
    }
}
