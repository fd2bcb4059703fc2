//! How long packs say what is true: `as_of` and `stale_after`.

use super::{Bundled, Policy};
use crate::problem::Problem;
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::{Length, Time, Zone};
use crate::tree::Node;
use crate::words::Words;

/// Until when a pack is fresh.
#[derive(Clone)]
pub(crate) struct Fresh {
    /// The first moment it is stale.
    until: Time,
    /// What the pack says: its name, its day, how long.
    said: (String, String, String),
    /// The bytes of its day.
    span: Span,
    stands: Stands,
}

/// Where a pack stands.
#[derive(Clone, Copy)]
enum Stands {
    /// In a source of the policies.
    Read(SourceId),
    /// In the program: of it only a part was read, if anything.
    Within(&'static Bundled),
}

/// Until when each pack in force is fresh; those that do not say so always are.
pub(super) fn of(policy: &Policy, zone: &Zone) -> Vec<Fresh> {
    let whole = policy.files.iter().filter(|file| !file.proven && !file.is_broken());
    let whole = whole.filter_map(|file| {
        let pack = file.root.get("pack")?;
        let (day, length) = (pack.get("as_of")?, pack.get("stale_after")?.text()?);
        let zone = file.zone().unwrap_or_else(|| zone.clone());
        let bundled = super::bundled(&file.pack).filter(|bundled| bundled.policy == policy.sources[file.source.0 as usize].text());
        let stands = bundled.map_or(Stands::Read(file.source), Stands::Within);
        Fresh::new((&file.pack, &day.scalar()?, length), day.span, stands, &zone)
    });
    let parts = policy.parts.iter().filter_map(|pack| {
        let (day, length) = (line(pack.policy, "as_of")?, line(pack.policy, "stale_after")?);
        let named = line(pack.policy, "timezone").and_then(|span| Zone::named(unquoted(pack, span)));
        let said = (pack.id, &pack.policy[day.range()], unquoted(pack, length));
        Fresh::new(said, day, Stands::Within(pack), &named.unwrap_or_else(|| zone.clone()))
    });
    whole.chain(parts).collect()
}

impl Fresh {
    /// Whether it is stale at a moment.
    pub(crate) fn is_stale(&self, time: Time) -> bool {
        self.until <= time
    }

    fn new(said: (&str, &str, &str), span: Span, stands: Stands, zone: &Zone) -> Option<Fresh> {
        let (pack, day, length) = said;
        let until = Time(zone.midnight(day)?.0.saturating_add(Length::parse(length)?.0));
        Some(Fresh { until, said: (pack.to_owned(), day.to_owned(), length.to_owned()), span, stands })
    }
}

/// What to say of the packs that are stale on a day: of the program's own one warning for all. The problems point into `sources`,
/// which grow by what they need.
pub(crate) fn stale(packs: &[Fresh], day: Time, sources: &mut Vec<Source>) -> Vec<Problem> {
    let stale: Vec<&Fresh> = packs.iter().filter(|pack| pack.is_stale(day)).collect();
    let mut problems = Vec::new();
    let within = stale.iter().filter(|pack| matches!(pack.stands, Stands::Within(_))).count();
    let mut said = false;
    for pack in stale {
        let (name, day, length) = &pack.said;
        match pack.stands {
            Stands::Read(source) => {
                let words = Words::new(
                    format!("`{name}` 的内容截至 {day}，已经过了 {length}，规则可能变了"),
                    format!("`{name}` says what was true on {day}; {length} have passed, and rules may have changed"),
                );
                let help = Words::fixed(
                    "核对来源，改好后更新 `as_of`；只是回看旧日期，用 --as-of",
                    "check its sources and move `as_of` on; to look back at an older day use --as-of",
                );
                problems.push(Problem::warning("policy-stale", source, pack.span, words).with_help(help));
            }
            Stands::Within(bundled) if !std::mem::replace(&mut said, true) => {
                let words = Words::new(
                    format!("{within} 个内置包的内容已经过期：`{name}` 截至 {day}，已经过了 {length}"),
                    format!("{within} bundled packs are stale: `{name}` says what was true on {day}, and {length} have passed"),
                );
                let help =
                    Words::fixed("更新 presend；只是回看旧日期，用 --as-of", "update presend; to look back at an older day use --as-of");
                let source = SourceId(sources.len() as u32);
                sources.push(Source::new(format!("rules/{}/policy.toml", bundled.id), bundled.policy));
                problems.push(Problem::warning("policy-stale", source, pack.span, words).with_help(help));
            }
            Stands::Within(_) => {}
        }
    }
    problems
}

/// A pack that goes stale says from which day on it counts.
pub(super) fn check(pack: &Node, source: SourceId, problems: &mut Vec<Problem>) {
    if let (Some(length), None) = (pack.get("stale_after"), pack.get("as_of")) {
        let words = Words::fixed("缺少 `as_of`：从哪一天算起", "`as_of` is missing: the day it counts from");
        problems.push(Problem::error("policy-missing-key", source, length.span, words));
    }
}

/// The value of a key of `[pack]`, found without reading the policy: a test holds that it is the same.
fn line(policy: &str, key: &str) -> Option<Span> {
    let head = policy.find("\n[pack]\n")? + "\n[pack]\n".len();
    let mut at = head;
    for line in policy[head..].split_inclusive('\n') {
        if line.starts_with('[') {
            return None;
        }
        if let Some(value) = line.strip_prefix(key).and_then(|rest| rest.strip_prefix(" = ")) {
            let start = at + line.len() - value.len();
            return Some(Span::new(start..start + value.trim_end().len()));
        }
        at += line.len();
    }
    None
}

fn unquoted(pack: &'static Bundled, span: Span) -> &'static str {
    pack.policy[span.range()].trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::super::BUNDLED;
    use super::*;

    #[test]
    fn bundled_packs_are_stale_on_the_same_day_however_they_are_read() {
        for pack in BUNDLED {
            let mut whole = Policy::new();
            whole.add_bundled(pack);
            let part = Policy { parts: vec![pack], ..Policy::new() };
            let [whole, part] = [&whole, &part].map(|policy| of(policy, &Zone::named("UTC").expect("bundled")));
            assert_eq!((whole.len(), part.len()), (1, 1), "{} says when it is stale", pack.id);
            assert_eq!((whole[0].until, &whole[0].said, whole[0].span), (part[0].until, &part[0].said, part[0].span));
        }
    }
}
