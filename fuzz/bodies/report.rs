//! What holds for every report, whatever was read.

use presend::finding::Place;
use presend::output::{OUTPUTS, Style};
use presend::report::Report;
use presend::words::Lang;

/// Every place lies in its source, and every format can be written.
pub(super) fn holds(report: &Report) {
    for finding in &report.findings {
        inside(report, &finding.place);
        finding.related.iter().for_each(|related| inside(report, &related.place));
    }
    for (number, output) in OUTPUTS.iter().enumerate() {
        let lang = if number % 2 == 0 { Lang::Zh } else { Lang::En };
        let mut out = Vec::new();
        (output.write)(report, Style { lang, color: false, width: 80, jobs: 1 }, &mut out).expect("memory takes it");
        let text = String::from_utf8(out).expect("a report is UTF-8");
        if output.name == "json" {
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(value["findings"].as_array().map(Vec::len), Some(report.shown().len()));
        }
    }
}

fn inside(report: &Report, place: &Place) {
    let text = report.source(place.source).text();
    assert!(text.get(place.span.range()).is_some(), "{:?} is no part of {} bytes", place.span, text.len());
}
