//! `.html`: a page as one draft, such as an article of an Official Account that was saved.
//!
//! The text of the source is that of the file; the text of the draft is what a reader of the page sees, each part of it leading back to
//! its bytes. What no reader sees (`display:none`, comments) and what only stands beside a picture (`alt`, `title`) is a draft of its own,
//! so that it neither parts the words around it nor joins them.

mod page;
mod seen;

use super::archive::Trouble;
use super::cell::Cell;
use super::intake::Intake;
use super::{Field, Fields, Format, Reading, comment};
use crate::source::{Assembly, Fault, Source};
use crate::span::Span;
use crate::words::Words;
use page::Page;
use seen::Seen;

/// Articles and pages that were saved.
pub(super) const FORMAT: Format = Format {
    name: "html",
    extensions: &["html", "htm"],
    about: Words::fixed(
        "一个网页一篇文案，例如另存的公众号文章",
        "one draft a page, such as an article of an Official Account that was saved",
    ),
    claims: |source| !source.text().contains(OWN_REPORT),
    reading: Reading::Made { make, read },
    open,
};

/// What the report of this program has in its last lines.
const OWN_REPORT: &str = "<footer data-version=";

/// Bytes a page may have.
const LARGEST: usize = 64 << 20;

/// Names of the encodings that files are read in.
const ENCODINGS: [&str; 9] = ["utf-8", "utf8", "gb2312", "gbk", "gb18030", "utf-16", "utf-16le", "utf-16be", "us-ascii"];

fn make(name: &str, bytes: Vec<u8>) -> Source {
    let mut notes = Assembly::new();
    if bytes.len() > LARGEST {
        notes.fault(Trouble::TooLarge.fault(Span::default()));
        return notes.note(Source::new(name, ""));
    }
    let source = Source::decode(name, bytes);
    let page = Page::of(source.text());
    if let Some(other) = &page.encoding {
        let is_known = ENCODINGS.contains(&other.to_ascii_lowercase().as_str());
        if !is_known && !source.is_utf8() {
            let words = Words::new(
                format!("网页说它的编码是 {other}，这里按 GB18030 读，可能是乱码"),
                format!("the page says its encoding is {other}; it is read as GB18030 and may be garbled"),
            );
            let help = Words::fixed("另存为 UTF-8 再检查", "save it as UTF-8");
            notes.fault(Fault { code: "input-bad-encoding", fails: true, span: Span::default(), words, help });
        }
    }
    if page.is_article && page.leaves_out {
        let words = Words::fixed(
            "只检查了文章的标题和正文，没有检查页面上别的文字",
            "only title and body of the article are checked, not the rest of the page",
        );
        notes.fault(Fault { code: "input-unread", fails: false, span: Span::default(), words, help: Words::default() });
    }
    for (seen, why, is_told) in &page.hidden {
        seen.stretches().iter().for_each(|span| if *is_told { notes.hide(*span, why.clone()) } else { notes.aside(*span, why.clone()) });
    }
    notes.note(source)
}

fn read(intake: &mut Intake<'_>) {
    let source = intake.source;
    let page = Page::of(source.text());
    let whole = whole(source);
    let mut cells = Vec::new();
    for (name, seen) in page.fields() {
        cells.push(cell(intake, name, seen));
    }
    if !cells.is_empty() {
        intake.record(whole, &cells);
        comment::take(intake, whole);
    }
    for (seen, ..) in &page.hidden {
        let cell = cell(intake, "text", seen);
        intake.record(seen.span(), &[cell]);
    }
}

fn cell<'t>(intake: &mut Intake<'t>, name: &str, seen: &Seen) -> Cell<'t> {
    let field = intake.field(name, seen.span());
    Cell::unescaped(field, seen.span(), seen.text().to_owned(), seen.pieces().clone())
}

fn whole(source: &Source) -> Span {
    Span::new(0..source.text().len())
}

/// The drafts of a page.
struct Opened<'s> {
    source: &'s Source,
    page: Page,
}

fn open(source: &Source) -> Box<dyn Fields + '_> {
    Box::new(Opened { source, page: Page::of(source.text()) })
}

impl Fields for Opened<'_> {
    fn of(&self, record: Span) -> Vec<Field> {
        let field = |name: &str, seen: &Seen| Field { name: name.to_owned(), value: seen.text().to_owned(), span: seen.span() };
        if record == whole(self.source) {
            return self.page.fields().map(|(name, seen)| field(name, seen)).collect();
        }
        let hidden = self.page.hidden.binary_search_by_key(&record, |(seen, ..)| seen.span());
        hidden.map_or_else(|_| Vec::new(), |at| vec![field("text", &self.page.hidden[at].0)])
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::Trial;
    use crate::source::Source;

    fn read(text: &str) -> Trial {
        Trial::made("a.html", text.as_bytes())
    }

    #[test]
    fn a_page_is_a_draft_as_readers_see_it() {
        let trial = read(
            "<!doctype html><title>新品 &amp; 茶</title>\n<body><h1>早上好</h1>\n<p>请<b>加</b><i>微\n信</i>吧<br>谢谢</p><script>var a = '<p>x';</script><style>p{}</style></body>",
        );
        assert_eq!(trial.rows(), ["text=早上好\n请加微 信吧\n谢谢 title=新品 & 茶"]);
        assert_eq!((trial.behind("加微"), trial.behind("早上好"), trial.behind("谢谢")), ("加</b><i>微", "早上好", "谢谢"));
        assert_eq!(trial.problems(), []);
        assert_eq!(trial.found_again(), [["title=新品 & 茶", "text=早上好\n请加微 信吧\n谢谢"]]);
    }

    #[test]
    fn entities_lead_back_to_their_bytes() {
        let trial = read("<p>请&#x52A0;&#24494;&zwj;信&nbsp;&amp;&hearts;x&unknown;&ampy</p>");
        assert_eq!(trial.texts(), ["请加微\u{200D}信\u{a0}&♥x&unknown;&y"]);
        assert_eq!(
            (trial.behind("加微"), trial.behind("信"), trial.behind("♥"), trial.behind("y")),
            ("&#x52A0;&#24494;", "信", "&hearts;", "&ampy")
        );
        assert_eq!((trial.behind("&unknown;"), trial.behind("请")), ("&unknown;", "请"));
    }

    #[test]
    fn what_is_hidden_is_a_draft_of_its_own() {
        let trial = read(
            "<p>加<span style='Display : NONE'>隐<b>藏</b></span>微<i hidden>a</i>信<!-- 注释 --><img alt=\"图\" title='说明'></p>\
             <template>模板</template><p>完</p>",
        );
        assert_eq!(trial.texts(), ["加微信\n完", "隐藏", "a", "注释", "图", "说明", "模板"]);
        assert_eq!(
            (trial.behind("加微信"), trial.behind("图")),
            ("加<span style='Display : NONE'>隐<b>藏</b></span>微<i hidden>a</i>信", "图")
        );
        assert_eq!(trial.problems(), [("input-hidden", "隐")]);
        assert_eq!(trial.found_again().len(), 7);
    }

    #[test]
    fn of_an_article_title_and_body_are_read() {
        let page = "<head><meta property=\"og:title\" content=\"秋茶&amp;上新\"><title></title></head><body><div>扫一扫关注</div>\
            <h1 id=\"activity-name\">秋茶</h1><div id=\"js_content\" style=\"visibility: hidden; opacity: 0;\"><section><p>请加微信</p></section></div>\
            <div>阅读原文</div></body>";
        let trial = read(page);
        assert_eq!(trial.rows(), ["text=请加微信 title=秋茶&上新"]);
        assert_eq!(trial.problems(), [("input-unread", "")]);
        assert_eq!(trial.behind("请加微信"), "请加微信");
    }

    #[test]
    fn comments_for_presend_are_heard_and_are_no_text() {
        let trial = read("<p>好</p>\n<!-- presend: ignore x reason=\"y\" -->\n<p>加微信</p>");
        assert_eq!(trial.texts(), ["好\n加微信"]);
    }

    #[test]
    fn an_empty_page_is_no_record() {
        let trial = Trial::of(Source::new("a.html", "<p> </p>"));
        assert_eq!((trial.spans().len(), trial.problems().len()), (0, 0));
    }

    #[test]
    fn hostile_pages_end() {
        for tag in ["<div>", "<p>", "<b>", "</x>", "<x></y>", "<div hidden>"] {
            read(&tag.repeat(100_000));
        }
        read(&("<div>".repeat(100_000) + "加微信" + &"</div>".repeat(100_000)));
        read(&format!("<p title=\"{}\">x</p>", "微".repeat(1_000_000)));
        read(&"&".repeat(100_000));
        read(&"&#x5FAE;".repeat(100_000));
        read(&"<!--".repeat(100_000));
        read("<!DOCTYPE html [<!ENTITY a 'x'>]>&a;<![CDATA[加]]><p");
    }

    proptest::proptest! {
        #[test]
        fn any_page_leads_back(text in "(<|>|</|<p>|</p>|<b>|&|;|&amp;|&#x5FAE;|<!--|-->| |\n|\r|加|微|信|=|\"|hidden|style=\"display:none\"|<div |<title>|\0|x){0,40}") {
            let trial = read(&text);
            let spans = trial.spans();
            trial.found_again();
            proptest::prop_assert!(spans.iter().all(|span| text.get(span.range()).is_some()));
        }
    }
}
