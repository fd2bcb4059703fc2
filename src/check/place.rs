//! Hits into findings: the words of the rule, the exact place, the fingerprint.

use super::waive::Waivers;
use super::{RuleHit, Run, about};
use crate::collection::Row;
use crate::finding::{Evidence, Finding, Place, Related, Severity, Why};
use crate::input::Fields;
use crate::kinds::{Check, Hit, Spot};
use crate::record::{Slot, occurrence_name};
use crate::report::{arrange, fingerprint};
use crate::span::Span;
use crate::threads::{in_parts, locked};
use crate::words::{Lang, Words};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::hint::black_box;
use std::sync::{Arc, Mutex};

/// Hits whose records are looked at together.
const STRETCH: usize = 64;

/// Hits that deserve more than one thread.
const WORTH_SHARING: usize = if cfg!(debug_assertions) { 2 } else { 1 << 13 };

/// Findings of all hits.
pub(super) fn findings(run: Run<'_>, hits: Vec<RuleHit>, waivers: &mut Waivers<'_>) -> Vec<Finding> {
    let mut hits = once_a_repeat(run, in_force(run, hits));
    sort(run, &mut hits);
    let rows: Vec<Row> = hits.iter().map(|found| found.hit.row).collect();
    let mut findings = placed(run, hits);
    let raised = weighed(run, super::evade::findings(&findings));
    let rows: Vec<Row> = rows.iter().copied().chain(raised.iter().map(|(of, _)| rows[*of])).collect();
    findings.extend(raised.into_iter().map(|(_, finding)| finding));
    for (finding, row) in findings.iter_mut().zip(rows) {
        finding.waiver = waivers.of(run.all, finding, row);
    }
    findings
}

/// The finding of each hit, in order. Each thread opens the sources for itself, so there are no more parts than threads.
fn placed(run: Run<'_>, hits: Vec<RuleHit>) -> Vec<Finding> {
    let parts = run.jobs;
    if parts <= 1 || hits.len() < WORTH_SHARING {
        return placed_by_one(run, hits);
    }
    let (each, mut hits) = (hits.len().div_ceil(parts), hits.into_iter());
    let hits: Vec<Mutex<Vec<RuleHit>>> = (0..parts).map(|_| Mutex::new(hits.by_ref().take(each).collect())).collect();
    let take = |part: usize| std::mem::take(&mut *locked(&hits[part]));
    let findings = in_parts(parts, parts, |some| some.map(|part| placed_by_one(run, take(part))).reduce(joined));
    findings.into_iter().flatten().reduce(joined).unwrap_or_default()
}

fn joined(mut findings: Vec<Finding>, more: Vec<Finding>) -> Vec<Finding> {
    findings.extend(more);
    findings
}

fn placed_by_one(run: Run<'_>, hits: Vec<RuleHit>) -> Vec<Finding> {
    let mut places = Places::new(run);
    let mut findings = Vec::with_capacity(hits.len());
    let mut hits = hits.into_iter();
    while !hits.as_slice().is_empty() {
        let stretch = hits.as_slice().len().min(STRETCH);
        look_at_spans(run, &hits.as_slice()[..stretch]);
        findings.extend(hits.by_ref().take(stretch).map(|hit| places.finding(hit)));
    }
    findings
}

/// The hits of rules that are not off in the file they are in.
pub(super) fn in_force(run: Run<'_>, mut hits: Vec<RuleHit>) -> Vec<RuleHit> {
    if run.checker.there.is_some() {
        hits.retain(|found| run.checker.level(found.rule, run.name_of(found.hit.row)).is_some());
    }
    hits
}

/// Disguises, as much as they weigh in the file they are in.
pub(super) fn weighed(run: Run<'_>, mut raised: Vec<(usize, Finding)>) -> Vec<(usize, Finding)> {
    let Some(there) = &run.checker.there else { return raised };
    raised.retain_mut(|(_, finding)| {
        let level = there.of_disguise(finding.severity, run.all.sources[finding.place.source.0 as usize].name());
        finding.severity = level.unwrap_or(finding.severity);
        level.is_some()
    });
    raised
}

/// What a rule on single records says of each time one record happens, it says of the first, with how many there are.
fn once_a_repeat(run: Run<'_>, hits: Vec<RuleHit>) -> Vec<RuleHit> {
    if !run.all.records.has_repeats() {
        return hits;
    }
    let (mut kept, mut known) = (Vec::<RuleHit>::new(), HashMap::<_, usize, FixedState>::default());
    for found in hits {
        let repeat = run.all.repeat_of(found.hit.row);
        if repeat.len() > 1 && matches!(run.checker.rules[found.rule].check, Check::Each(_)) {
            let same = (found.rule, repeat.start, found.hit.identity, found.hit.spot.clone());
            if let Some(at) = known.get(&same) {
                kept[*at].times += 1;
                continue;
            }
            known.insert(same, kept.len());
        }
        kept.push(found);
    }
    kept
}

/// Looks at the places of records that hits lead to, at all of them before any is asked for: no cache holds them, and what is asked
/// for together comes together.
fn look_at_spans(run: Run<'_>, hits: &[RuleHit]) {
    let rows = hits.iter().flat_map(|found| found.hit.related.iter().map(|(row, _)| *row).chain([found.hit.row]));
    black_box(rows.fold(0, |seen, row| seen ^ run.all.get(row).span().start));
}

/// Puts hits in the order in which their records were read, so that what is looked up of one lies close to what was looked up of the
/// one before. Those of one record, whichever time it happens, stay in the order in which they were found.
fn sort(run: Run<'_>, hits: &mut [RuleHit]) {
    let first = |row: Row| match row {
        Row::Record(_) => Row::Record(run.all.repeat_of(row).start),
        Row::Account(_) => row,
    };
    let mut order: Vec<(Row, u32)> = hits.iter().zip(0..).map(|(found, at)| (first(found.hit.row), at)).collect();
    order.sort_unstable();
    arrange(hits, order.into_iter().map(|(_, at)| at).collect());
}

/// The ways back into the sources, each opened when it is first needed.
pub(super) struct Places<'a> {
    pub run: Run<'a>,
    open: Vec<Option<Box<dyn Fields + 'a>>>,
    names: Vec<(Slot, Arc<str>)>,
    last: Option<(Row, Known)>,
}

/// What was found out about a record.
#[derive(Default)]
struct Known {
    id: Option<Box<str>>,
    fields: Vec<(String, Span)>,
}

impl<'a> Places<'a> {
    /// No source is open yet.
    pub(super) fn new(run: Run<'a>) -> Places<'a> {
        Places { run, open: (0..run.all.sources.len()).map(|_| None).collect(), names: Vec::new(), last: None }
    }

    /// The finding of a hit.
    pub(super) fn finding(&mut self, found: RuleHit) -> Finding {
        let RuleHit { rule, times, mut hit } = found;
        let (row, place) = (hit.row, self.place(hit.row, &hit.spot));
        let related = std::mem::take(&mut hit.related).into_iter();
        let mut related: Vec<Related> = related.map(|(row, note)| self.related(row, note)).collect();
        if times > 1 {
            let note = Words::new(format!("重复中的 {times} 次都是这样"), format!("the same at {times} moments of its repeat"));
            related.push(Related { place: self.whole(row), note: note.into() });
        }
        if let Some(why) = self.run.all.sources[place.source.0 as usize].hidden(place.span) {
            related.push(Related { place: Place::at(place.source, place.span), note: why.clone().into() });
        }
        let account = self.account(row);
        Finding { account, ..finding(self.run, (rule, hit), place, related) }
    }

    /// The place of a hit.
    pub(super) fn place(&mut self, row: Row, spot: &Spot) -> Place {
        let source = self.run.all.source_of(row);
        let whole = self.span(row);
        let (span, slot) = match spot {
            Spot::Whole => (whole, None),
            Spot::Bytes(span, slot) => (*span, Some(*slot)),
            Spot::Field(slot) => {
                let name = self.name(*slot);
                let found = self.known(row).fields.iter().find(|(field, _)| field == bare(&name));
                (found.map_or(whole, |(_, span)| *span), Some(*slot))
            }
        };
        let record = if self.run.ways[source.0 as usize].has_ids { self.known(row).id.clone() } else { None };
        Place { source, span, record_at: whole.start, record, field: slot.map(|slot| self.name(slot)) }
    }

    /// A record beside a finding; of one that repeats, which time it is.
    pub(super) fn related(&self, row: Row, note: Why) -> Related {
        let repeat = self.run.all.repeat_of(row);
        let note = match row.number() - repeat.start + 1 {
            number if repeat.len() > 1 => {
                let (zh, en) = (note.say(Lang::Zh), note.say(Lang::En));
                Words::new(format!("第 {number} 次重复：{zh}"), format!("repeat {number}: {en}")).into()
            }
            _ => note,
        };
        Related { place: self.whole(row), note }
    }

    /// The account of an operation, or the account itself.
    fn account(&mut self, row: Row) -> Option<Box<str>> {
        let (all, wanted) = (self.run.all, self.run.evidence == Evidence::Every);
        let name = if matches!(row, Row::Account(_)) { "id" } else { "account" };
        let known = wanted.then(|| self.known(row))?;
        let (_, span) = known.fields.iter().find(|(field, _)| field == name)?;
        let value = all.sources[all.source_of(row).0 as usize].slice(*span);
        (!value.is_empty()).then(|| value.trim_matches('"').into())
    }

    /// A record as a related place.
    fn whole(&self, row: Row) -> Place {
        Place::at(self.run.all.source_of(row), self.span(row))
    }

    /// The time of a record, or all of it.
    pub(super) fn time_span(&mut self, row: u32) -> Span {
        let time = self.known(Row::Record(row)).fields.iter().find(|(field, _)| field == "time");
        time.map(|(_, span)| *span).unwrap_or_else(|| self.span(Row::Record(row)))
    }

    fn span(&self, row: Row) -> Span {
        self.run.all.get(row).span()
    }

    /// Where the fields of a record stand. A draft with ten thousand hits is looked at once.
    fn known(&mut self, row: Row) -> &Known {
        if self.last.as_ref().is_none_or(|(last, _)| *last != row) {
            let all = self.run.all;
            let id = all.source_of(row).0 as usize;
            let open = self.open[id].get_or_insert_with(|| (self.run.ways[id].format.open)(&all.sources[id]));
            let mut fields = open.of(all.get(row).span());
            let words = &self.run.checker.words;
            fields.iter_mut().for_each(|field| field.name = words.field_called(&field.name).to_owned());
            let id = fields.iter().find(|field| field.name == "id" && !field.value.is_empty()).map(|field| field.value.as_str());
            let repeat = all.repeat_of(row);
            let id = id.map(|id| match repeat.len() {
                1 => id.into(),
                _ => occurrence_name(id, row.number() - repeat.start + 1).into(),
            });
            self.last = Some((row, Known { id, fields: fields.into_iter().map(|field| (field.name, field.span)).collect() }));
        }
        let (_, known) = self.last.get_or_insert_with(|| (row, Known::default()));
        known
    }

    fn name(&mut self, slot: Slot) -> Arc<str> {
        if let Some((_, name)) = self.names.iter().find(|(known, _)| *known == slot) {
            return Arc::clone(name);
        }
        let checker = self.run.checker;
        let name: Arc<str> = checker.words.name(checker.layout.wanted(slot).field).into();
        self.names.push((slot, Arc::clone(&name)));
        name
    }
}

/// The words of a rule around what was found.
pub(super) fn finding(run: Run<'_>, (rule, hit): (usize, Hit), place: Place, related: Vec<Related>) -> Finding {
    let severity = run.checker.level(rule, run.all.sources[place.source.0 as usize].name()).unwrap_or(Severity::Info);
    let rule = &run.checker.rules[rule];
    let mut finding = Finding::new(about(rule), severity, hit.detail, place);
    finding.related = related.into();
    finding.fingerprint = fingerprint(&[rule.about.id.as_bytes(), &hit.identity.to_le_bytes()]);
    finding
}

/// The name of a field as files write it.
fn bare(name: &str) -> &str {
    name.strip_prefix("account.").unwrap_or(name)
}
