//! Hits into findings: the words of the rule, the exact place, the fingerprint.

use super::{RuleHit, Run, about};
use crate::collection::Row;
use crate::finding::{Finding, Place, Related};
use crate::input::{Field, Fields};
use crate::kinds::{Hit, Spot};
use crate::record::Slot;
use crate::report::fingerprint;
use crate::span::Span;
use std::sync::Arc;

/// Findings of all hits.
pub(super) fn findings(run: Run<'_>, hits: Vec<RuleHit>) -> Vec<Finding> {
    let mut places = Places { run, open: (0..run.all.sources.len()).map(|_| None).collect(), names: Vec::new() };
    let mut findings: Vec<Finding> = hits.into_iter().map(|hit| places.finding(hit)).collect();
    findings.extend(super::evade::findings(&findings));
    findings
}

/// The ways back into the sources, each opened when it is first needed.
struct Places<'a> {
    run: Run<'a>,
    open: Vec<Option<Box<dyn Fields + 'a>>>,
    names: Vec<(Slot, Arc<str>)>,
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
        let fields = self.fields(row);
        let record =
            fields.iter().find(|field| field.name == "id" && !field.value.is_empty()).map(|field| field.value.clone().into_boxed_str());
        let (span, field) = match spot {
            Spot::Whole => (self.span(row), None),
            Spot::Bytes(span, slot) => (*span, Some(*slot)),
            Spot::Field(slot) => {
                let name = self.name(*slot);
                let found = fields.iter().find(|field| field.name == bare(&name));
                (found.map_or(self.span(row), |field| field.span), Some(*slot))
            }
        };
        let field = field.map(|slot| self.name(slot));
        Place { source: self.run.all.source_of(row), span, record, field }
    }

    /// A record as a related place.
    fn whole(&self, row: Row) -> Place {
        Place { source: self.run.all.source_of(row), span: self.span(row), record: None, field: None }
    }

    fn span(&self, row: Row) -> Span {
        self.run.all.get(row).span()
    }

    fn fields(&mut self, row: Row) -> Vec<Field> {
        let all = self.run.all;
        let id = all.source_of(row).0 as usize;
        let source = &all.sources[id];
        let open = self.open[id].get_or_insert_with(|| {
            let format = self.run.formats[id];
            (format.open)(source)
        });
        open.of(all.get(row).span())
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
