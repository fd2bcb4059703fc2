//! How far a long check is: a line on standard error, where that is a terminal, and nothing where it is not.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use presend::check::Watch;
use presend::words::{Lang, Words};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Bytes below which a check is over before anybody could read a line.
const LONG: usize = 16 << 20;

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(200);

/// A line that says how far a check is.
pub(crate) struct Progress {
    bar: ProgressBar,
    lang: Lang,
    total: Option<usize>,
    bytes: AtomicUsize,
    records: AtomicUsize,
    checked: AtomicUsize,
}

impl Progress {
    /// A line for so many bytes, or for nobody knows how many; none where nobody would read it.
    pub(crate) fn new(total: Option<usize>, quiet: bool, lang: Lang) -> Option<Arc<Progress>> {
        if quiet || total.is_some_and(|total| total < LONG) || !std::io::stderr().is_terminal() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(total.map(|total| total as u64), ProgressDrawTarget::stderr());
        let remaining = if lang == Lang::Zh { "还要 {eta_precise}" } else { "{eta_precise} left" };
        style(&bar, &if total.is_some() { format!("{{bar:24}} {{percent}}%  {{msg}}  {remaining}") } else { "{spinner} {msg}".to_owned() });
        let [bytes, records, checked] = [0; 3].map(AtomicUsize::new);
        Some(Arc::new(Progress { bar, lang, total, bytes, records, checked }))
    }

    /// Takes the line away, so that nothing else meets it.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, words: &Words) {
        self.bar.set_message(words.say(self.lang).to_owned());
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

impl Watch for Progress {
    fn read(&self, bytes: usize, records: usize) {
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let records = self.records.fetch_add(records, Ordering::Relaxed) + records;
        let rate = (records as f64 / self.bar.elapsed().as_secs_f64().max(0.001)) as usize;
        self.say(&Words::new(format!("{records} 条，每秒 {rate} 条"), format!("{records} records, {rate}/s")));
        if self.total.is_some_and(|total| bytes >= total) {
            style(&self.bar, "{spinner} {msg}");
            self.say(&Words::new(format!("读完 {records} 条，正在核对"), format!("{records} records read, being checked")));
            self.bar.enable_steady_tick(TURN);
        } else {
            self.bar.set_position(bytes as u64);
        }
    }

    fn checked(&self, records: usize) {
        let checked = self.checked.fetch_add(records, Ordering::Relaxed) + records;
        let of = self.records.load(Ordering::Relaxed).max(checked);
        self.say(&Words::new(format!("核对了 {checked}/{of} 条"), format!("{checked} of {of} records checked")));
    }
}
