//! Pages.

use crate::stage::{findings, text};
use crate::table::{report, staged};
use crate::{found, places};

#[test]
fn places_are_those_of_the_file() {
    let page = "<p>早</p>\n<p>请<b>加</b><i>微信</i>，请加&#24494;信</p>\n";
    let report = report("a.html", page.as_bytes());
    assert_eq!(found(&report), places(&[("contact-word", "2:8"), ("contact-word", "2:24")]));
    let bytes = |at: usize| {
        let location = &findings(&report)[at]["location"];
        let byte = |key: &str| usize::try_from(location[key].as_u64().expect("a number")).expect("small");
        &page[byte("start_byte")..byte("end_byte")]
    };
    assert_eq!((bytes(0), bytes(1)), ("加</b><i>微信", "加&#24494;信"));
}

#[test]
fn what_is_hidden_is_checked_and_said_to_be_hidden() {
    let page = "<p>好</p><div style=\"display: none\"><p>请加微信</p></div><!-- 请加微信 --><img alt=\"请加微信\">";
    let report = report("a.htm", page.as_bytes());
    let notes: Vec<&str> = findings(&report)
        .iter()
        .filter(|finding| finding["rule"] == "contact-word")
        .map(|finding| text(&finding["related"][0]["note"]))
        .collect();
    assert_eq!(notes, ["隐藏的文字", "网页注释", "图片或链接的说明"]);
    assert_eq!(report["summary"]["records"], 4);
}

#[test]
fn a_report_of_this_program_in_a_folder_is_no_draft() {
    let stage = staged("in/a.html", "<p>请加微信</p>".as_bytes());
    stage.run(&["check", "in", "--policy", "p.toml", "--quiet", "--output", "html=in/report.html"]).exits(0);
    assert_eq!(found(&stage.report(&["in", "--policy", "p.toml"])), places(&[("contact-word", "1:5")]));
}

#[test]
fn a_comment_for_presend_waives() {
    let page = "<p>请加微信</p> <!-- presend: ignore contact-word reason=\"示例\" -->\n<p>请加微信</p>";
    let report = report("a.html", page.as_bytes());
    assert_eq!((found(&report), &report["summary"]["waived"]), (places(&[("contact-word", "2:5")]), &1.into()));
}

#[test]
fn a_page_in_gb18030_is_read_and_another_encoding_is_told() {
    let page = "<meta charset=\"gb2312\"><p>请加微信</p>";
    let chinese = report("a.htm", &encoding_rs::GB18030.encode(page).0);
    assert_eq!(found(&chinese), places(&[("contact-word", "1:28")]));
    assert_eq!(findings(&chinese)[0]["location"]["start_byte"], 28, "bytes of the file");
    let big5 = page.replace("gb2312", "big5");
    let report = report("a.htm", &encoding_rs::BIG5.encode(&big5).0);
    assert!(found(&report).iter().any(|(rule, _)| rule == "input-bad-encoding"), "{report}");
}
