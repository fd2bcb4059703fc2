//! Hits into findings: the words of the rule, the exact place, the fingerprint.

use super::{RuleHit, Run, about};
use crate::collection::Row;
use crate::finding::{Finding, Place, Related};
use crate::input::Fields;
use crate::kinds::{Hit, Spot};
use crate::record::Slot;
use crate::report::fingerprint;
use crate::span::Span;
use std::sync::Arc;

/// Findings of all hits.
pub(super) fn findings(run: Run<'_>, hits: Vec<RuleHit>) -> Vec<Finding> {
    let mut places = Places { run, open: (0..run.all.sources.len()).map(|_| None).collect(), names: Vec::new(), last: None };
    let mut findings: Vec<Finding> = hits.into_iter().map(|hit| places.finding(hit)).collect();
    findings.extend(super::evade::findings(&findings));
    findings
}

/// The ways back into the sources, each opened when it is first needed.
struct Places<'a> {
    run: Run<'a>,
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
    fn finding(&mut self, found: RuleHit) -> Finding {
        let rule = &self.run.checker.rules[found.rule];
        let Hit { row, spot, detail, related, identity } = found.hit;
        let severity = rule.about.severity.unwrap_or(crate::finding::Severity::Info);
        let place = self.place(row, &spot);
        let mut finding = Finding::new(about(rule), severity, detail, place);
        finding.related = related.into_iter().map(|(row, note)| Related { place: self.whole(row), note }).collect();
        finding.fingerprint = fingerprint(&[rule.about.id.as_bytes(), &identity.to_le_bytes()]);
        finding
    }

    fn place(&mut self, row: Row, spot: &Spot) -> Place {
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
        let record = self.known(row).id.clone();
        Place { source, span, record, field: slot.map(|slot| self.name(slot)) }
    }

    /// A record as a related place.
    fn whole(&self, row: Row) -> Place {
        Place { source: self.run.all.source_of(row), span: self.span(row), record: None, field: None }
    }

    fn span(&self, row: Row) -> Span {
        self.run.all.get(row).span()
    }

    /// Where the fields of a record stand. A draft with ten thousand hits is looked at once.
    fn known(&mut self, row: Row) -> &Known {
        if self.last.as_ref().is_none_or(|(last, _)| *last != row) {
            let all = self.run.all;
            let id = all.source_of(row).0 as usize;
            let open = self.open[id].get_or_insert_with(|| (self.run.formats[id].open)(&all.sources[id]));
            let fields = open.of(all.get(row).span());
            let id = fields.iter().find(|field| field.name == "id" && !field.value.is_empty()).map(|field| field.value.as_str().into());
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

/// The name of a field as files write it.
fn bare(name: &str) -> &str {
    name.strip_prefix("account.").unwrap_or(name)
}
