//! One fixed report, and what every format makes of it.
//!
//! `UPDATE=1 cargo test --lib output` writes `tests/outputs/` anew; the diff is reviewed like code.

use crate::decimal::Decimal;
use crate::finding::{About, Citation, Counted, Detail, Edit, Finding, Fix, Match, Place, Related, Severity, Window};
use crate::output::{OUTPUTS, Style};
use crate::report::{Report, fingerprint};
use crate::source::{Source, SourceId};
use crate::span::Span;
use crate::time::{Time, Zone};
use crate::words::{Lang, Words};
use std::path::Path;
use std::sync::Arc;

const DRAFT: &str = "【双十一】全场最低价❤\u{FE0F}，👨\u{200D}👩\u{200D}👧家庭装，ＶＸ：ａｂｃ１２３\n办\u{200B}证请加微信 1\u{FE0F}\u{20E3}3\u{FE0F}\u{20E3}，\t名额有限\n";
const PLAN: &str = "{\"id\":\"op-100\",\"action\":\"add_friend\",\"account\":\"a\",\"time\":\"2026-11-20T09:00:00+08:00\"}\n{\"id\":\"op-101\",\"action\":\"add_friend\",\"account\":\"a\",\"time\":\"2026-11-20T09:01:00+08:00\",\"note\":\"这条记录很长，长到一行放不下，所以要从中间剪开，只留下时间前后的几个字\"}\n";
const HISTORY: &str = "{\"id\":\"h-1\",\"action\":\"add_friend\",\"account\":\"a\",\"time\":\"2026-11-19T21:30:00+08:00\"}\n{\"id\":\"h-2\",\"action\":\"add_friend\",\"account\":\"a\",\"time\":\"2026-11-20T08:00:00+08:00\"}\n";
const POLICY: &str = "[rules.house-night]\nkind = \"rate\"\nmax = 20\ntimspan = \"24h\"\n";

/// The report: words in a draft, a window over two files, a mistake in a policy.
pub(super) fn report() -> Report {
    let sources = vec![
        Source::new("草稿/双十一.txt", DRAFT),
        Source::new("plan.jsonl", PLAN),
        Source::new("history.jsonl", HISTORY),
        Source::new("rules/house.toml", POLICY),
    ];
    let mut report = Report::new(vec![plain(), disguised(), counted(), mistaken(), listed()], sources, 812, Zone::default());
    report.summary.waived = 2;
    report.undecided = vec![("acc-real-name".to_owned(), 12)];
    report
}

/// Where `words` stand in `text`, which is the text of source `number`.
fn place(number: u32, text: &str, words: &str) -> Place {
    let at = text.find(words).expect("the words are in the text");
    Place::at(SourceId(number), Span::new(at..at + words.len()))
}

fn about(id: &str, severity: Severity, message: Words, help: Words) -> About {
    About {
        id: id.to_owned(),
        pack: "sample".to_owned(),
        severity: Some(severity),
        confidence: "high".to_owned(),
        message,
        help,
        ..About::default()
    }
}

fn finding(about: About, detail: Detail, place: Place) -> Finding {
    let severity = about.severity.unwrap_or(Severity::Error);
    let mut finding = Finding::new(Arc::new(about), severity, detail, place);
    finding.fingerprint = fingerprint(&[finding.about.id.as_bytes()]);
    finding
}

fn matched(text: &str, normalized: &str, obfuscated: bool) -> Detail {
    Detail::Match(Box::new(Match::whole(text.to_owned(), normalized.to_owned(), obfuscated)))
}

fn plain() -> Finding {
    let mut about = about(
        "lex-superlative",
        Severity::Warning,
        Words::fixed("绝对化用语“{match}”", "superlative “{match}”"),
        Words::fixed(
            "写可以证明的事实，例如“近30天内最低成交价”。",
            "Say a fact that can be proved, such as the lowest price of the last 30 days.",
        ),
    );
    about.source = vec![
        Citation {
            title: "《示例广告规则》".to_owned(),
            clause: Some("第九条".to_owned()),
            url: Some("https://example.com/ad".to_owned()),
            basis: Some("law".to_owned()),
            as_of: Some("2026-11-01".to_owned()),
        },
        Citation { title: "某社区守则".to_owned(), ..Citation::default() },
    ];
    let place = place(0, DRAFT, "最低价");
    let edits = vec![Edit { span: place.span, text: "实惠价".to_owned() }];
    let mut finding = finding(about, matched("最低价", "最低价", false), place);
    finding.fix = Some(Box::new(Fix { safety: "suggest".to_owned(), edits }));
    finding
}

fn disguised() -> Finding {
    let mut about = about(
        "lex-forged-papers",
        Severity::Error,
        Words::fixed("违法服务“{read}”，写作“{match}”", "illegal service “{read}”, written “{match}”"),
        Words::fixed("删除。", "Remove it."),
    );
    about.confidence = "low".to_owned();
    let mut place = place(0, DRAFT, "办\u{200B}证");
    place.field = Some(Arc::from("text"));
    let mut finding = finding(about, matched("办\u{200B}证", "办证", true), place);
    let contact = self::place(0, DRAFT, "微信");
    finding.related = [Related { place: contact, note: Words::fixed("联系方式在这里", "the contact is here").into() }].into();
    finding
}

fn time(text: &str) -> Option<Time> {
    Zone::default().read(text)
}

fn counted() -> Finding {
    let about = about(
        "friend-add-24h",
        Severity::Error,
        Words::fixed(
            "24 小时内加好友 {count} 次，最多 {max} 次（账号 {group}）",
            "{count} friends added within 24 hours, at most {max} (account {group})",
        ),
        Words::fixed("把这条移到允许的时间之后。", "Move this operation to after the allowed moment."),
    );
    let mut place = place(1, PLAN, "2026-11-20T09:01:00+08:00");
    (place.record, place.field) = (Some("op-101".into()), Some(Arc::from("time")));
    let window = Window {
        group: vec![("account".to_owned(), "a".to_owned())],
        count: Decimal::parse("200.5").unwrap_or_default(),
        of: None,
        max: Decimal::whole(200).unwrap_or_default(),
        rows: 1,
        start: time("2026-11-19 21:30"),
        end: time("2026-11-20 09:01"),
        allowed_at: time("2026-11-20 21:30"),
        remaining: Decimal::parse("0.5"),
        records: [
            (2, HISTORY, "2026-11-19T21:30:00"),
            (2, HISTORY, "2026-11-20T08:00:00"),
            (1, PLAN, "2026-11-20T09:00:00"),
            (1, PLAN, "2026-11-20T09:01:00"),
        ]
        .map(|(source, text, at)| {
            let Place { source, span, .. } = self::place(source, text, &format!("{at}+08:00"));
            Counted { source, span, time: time(at) }
        })
        .to_vec(),
    };
    let mut finding = finding(about, Detail::Window(Box::new(window)), place);
    let beside = |place, note| Related { place, note };
    finding.related = Box::new([
        beside(self::place(2, HISTORY, "2026-11-19T21:30:00+08:00"), Words::fixed("窗口里的第一条", "first of the window").into()),
        beside(self::place(1, PLAN, "2026-11-20T09:00:00+08:00"), Words::fixed("上一条", "the one before").into()),
    ]);
    finding
}

fn mistaken() -> Finding {
    let about = about("policy-unknown-key", Severity::Error, Words::default(), Words::fixed("写 `timespan`。", "Write `timespan`."));
    let said = Words::fixed("没有名为 `timspan` 的设置", "there is no setting `timspan`");
    finding(about, Detail::Said(Box::new(said)), place(3, POLICY, "timspan"))
}

fn listed() -> Finding {
    let about = about("lex-contact", Severity::Info, Words::fixed("引流词“{match}”", "contact word “{match}”"), Words::default());
    finding(about, matched("ＶＸ", "vx", false), place(0, DRAFT, "ＶＸ"))
}

/// What a format writes.
pub(super) fn written(report: &Report, name: &str, style: Style) -> String {
    let output = OUTPUTS.iter().find(|output| output.name == name).expect("a format of this name");
    let mut out = Vec::new();
    (output.write)(report, style, &mut out).expect("written");
    String::from_utf8(out).expect("UTF-8")
}

/// What is wrong with `text` as the content of `tests/outputs/<file>`.
#[allow(clippy::disallowed_methods, reason = "`UPDATE=1 cargo test` rewrites what is compared")]
fn compared(file: &str, text: &str) -> Option<String> {
    let text = text.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"VERSION\"");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outputs").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).expect("tests/outputs can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    (expected != text).then(|| format!("tests/outputs/{file} is not what is written now (UPDATE=1 rewrites it):\n{text}"))
}

#[test]
fn every_format_writes_what_was_reviewed() {
    let style = |lang, color| Style { lang, color, width: 100, jobs: 1 };
    let mut wrong = Vec::new();
    for output in OUTPUTS {
        for (tongue, lang) in [("zh", Lang::Zh), ("en", Lang::En)] {
            wrong.extend(compared(&format!("{}.{tongue}", output.name), &written(&report(), output.name, style(lang, false))));
        }
    }
    wrong.extend(compared("human.color", &written(&report(), "human", style(Lang::Zh, true))));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn json_says_what_the_contract_says() {
    let style = Style { lang: Lang::Zh, color: false, width: 80, jobs: 1 };
    let whole: serde_json::Value = serde_json::from_str(&written(&report(), "json", style)).expect("valid JSON");
    let findings = whole["findings"].as_array().expect("a list");
    let lines = written(&report(), "jsonl", style);
    let apart: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("valid JSON")).collect();
    assert_eq!(findings, &apart);
    let words = findings.iter().find(|finding| finding["rule"] == "lex-forged-papers").expect("there");
    assert_eq!(words["match"], serde_json::json!({"text": "办\u{200B}证", "normalized": "办证", "obfuscated": true}));
    assert_eq!(words["message"], "违法服务“办证”，写作“办⟨U+200B⟩证”");
    let at = &words["location"];
    let bytes = at["start_byte"].as_u64().unwrap_or(0) as usize..at["end_byte"].as_u64().unwrap_or(0) as usize;
    assert_eq!(&DRAFT[bytes], "办\u{200B}证");
    assert_eq!((&at["line"], &at["column"], &at["end_column"]), (&2.into(), &1.into(), &4.into()));
    let window = findings.iter().find(|finding| finding["rule"] == "friend-add-24h").expect("there");
    assert_eq!((&window["window"]["count"], &window["window"]["max"]), (&200.5.into(), &200.into()));
}

#[test]
fn chinese_for_people_has_no_english_words_of_ours() {
    let text = written(&report(), "human", Style { lang: Lang::Zh, color: false, width: 100, jobs: 1 });
    for word in ["help", "error", "warning", "info", "Error", "source", "record", "window", "limit"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[test]
fn nothing_a_stranger_writes_reaches_a_terminal() {
    const EVIL: &str = "a\x1b[31m\x1b]8;;http://x\x07\u{9b}2J\u{202E}\u{2066}\u{200B}\u{feff}\x08\x7f\r\u{2028}\u{E0041}证";
    let evil = || Words::new(EVIL, EVIL);
    let mut about = about(EVIL, Severity::Error, Words::new("{match} {read}", "{match} {read}"), evil());
    about.source = vec![Citation {
        title: EVIL.into(),
        clause: Some(EVIL.into()),
        basis: Some(EVIL.into()),
        as_of: Some(EVIL.into()),
        url: Some(EVIL.into()),
    }];
    let mut place = place(0, EVIL, EVIL);
    (place.record, place.field) = (Some(EVIL.into()), Some(Arc::from(EVIL)));
    let mut first = finding(about, matched(EVIL, EVIL, true), place.clone());
    first.related = (0..9).map(|_| Related { place: place.clone(), note: evil().into() }).collect();
    first.fix = Some(Box::new(Fix { safety: EVIL.to_owned(), edits: vec![Edit { span: place.span, text: EVIL.to_owned() }] }));
    let mut second = first.clone();
    let group = vec![(EVIL.to_owned(), EVIL.to_owned())];
    second.detail = Detail::Window(Box::new(Window { group, ..Window::default() }));
    let value = crate::finding::Value { field: EVIL.to_owned(), value: EVIL.to_owned(), allowed: evil() };
    let third = Finding { detail: Detail::Value(Box::new(value)), ..first.clone() };
    let mut report = Report::new(vec![first, second, third], vec![Source::new(EVIL, EVIL)], 1, Zone::default());
    report.undecided = vec![(EVIL.to_owned(), 1)];
    for output in OUTPUTS {
        for lang in [Lang::Zh, Lang::En] {
            let text = written(&report, output.name, Style { lang, color: false, width: 80, jobs: 1 });
            let bad = text.chars().find(|c| *c != '\n' && crate::output::shown::hidden(*c));
            assert_eq!(bad, None, "{}: {}", output.name, text.escape_debug());
        }
    }
}

/// Counts instead of keeping.
#[derive(Default)]
struct Count {
    bytes: usize,
    lines: usize,
    longest: usize,
}

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.bytes += bytes.len();
        self.lines += memchr::memchr_iter(b'\n', bytes).count();
        self.longest = self.longest.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn many_findings_are_written_a_stretch_at_a_time_by_any_number_of_threads() {
    let text = "加微信领资料\n".repeat(20_000);
    let line = text.len() / 20_000;
    let about = Arc::new(about("lex-contact", Severity::Info, Words::fixed("引流词“{match}”", "“{match}”"), Words::default()));
    let found = |number: usize| {
        let place = Place::at(SourceId(0), Span::new(number * line..number * line + 9));
        Finding::new(about.clone(), Severity::Info, matched("加微信", "加微信", false), place)
    };
    let report = Report::new((0..20_000).map(found).collect(), vec![Source::new("a.txt", text)], 1, Zone::default());
    let style = |jobs| Style { lang: Lang::Zh, color: false, width: 80, jobs };
    for output in OUTPUTS.iter().filter(|output| output.name.starts_with("json")) {
        for jobs in [1, 3] {
            let mut count = Count::default();
            (output.write)(&report, style(jobs), &mut count).expect("written");
            assert!(count.lines >= 20_000 && count.longest < 1 << 17, "{} {}", count.lines, count.longest);
        }
        assert!(written(&report, output.name, style(1)) == written(&report, output.name, style(3)), "{}", output.name);
    }
}
