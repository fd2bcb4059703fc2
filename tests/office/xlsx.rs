//! Workbooks.

use crate::made::{Book, rows};
use crate::stage::{findings, text};
use crate::table::{report, staged};
use crate::{found, places};

const HEADER: &[&str] = &["时间", "账号", "动作", "对象", "文案", "金额"];

#[test]
fn a_plan_in_chinese_is_read_and_places_are_cells() {
    let book = Book::default().sheet(
        "计划",
        &[
            HEADER,
            &["#1:46349.375", "shop", "发朋友圈", "", "早上好\n请加微信", ""],
            &["2026-11-23 9:30", "shop", "发朋友圈", "", "晚安", ""],
            &["2026-11-24 09:00", "shop", "发红包", "u1", "", "#0:300"],
        ],
    );
    let report = report("plan.xlsx", &book.bytes());
    assert_eq!(found(&report), places(&[("contact-word", "计划!E2"), ("posts", "计划!A3:E3"), ("amount", "计划!F4")]));
    let location = &findings(&report)[0]["location"];
    assert_eq!([&location["line"], &location["column"], &location["end_column"]], [2, 6, 9], "row; characters of the cell");
    assert_eq!([&location["start_byte"], &location["end_byte"]], [13, 22], "bytes of the text of the cell");
    assert_eq!((text(&location["field"]), &report["summary"]["records"]), ("text", &3.into()));
    let related = &findings(&report)[1]["related"][0];
    assert_eq!((text(&related["cell"]), &related["line"]), ("计划!A2:E2", &2.into()));
}

#[test]
fn every_report_names_the_cell() {
    let book = Book::default().sheet("计划", &[&["文案"], &["请加微信"]]).bytes();
    let stage = staged("plan.xlsx", &book);
    for (format, place) in [
        ("human", "[plan.xlsx:计划!A2]"),
        ("concise", "plan.xlsx:计划!A2: warning[contact-word]"),
        ("jsonl", "\"cell\":\"计划!A2\""),
        ("sarif", "\"logicalLocations\":[{\"name\":\"text\"},{\"name\":\"计划!A2\"}]"),
        ("github", "::计划!A2："),
        ("gitlab", "\"description\":\"计划!A2："),
        ("junit", "contact-word 计划!A2"),
        ("html", "plan.xlsx:计划!A2</span>"),
    ] {
        let ran = stage.run(&["check", "plan.xlsx", "--policy", "p.toml", "--lang", "zh", "--format", format]);
        assert!(ran.exits(0).out.contains(place), "{format}: {}", ran.out);
    }
    let human = stage.run(&["check", "plan.xlsx", "--policy", "p.toml", "--lang", "zh"]).out;
    assert!(human.contains(" 2 │ 请加微信\n   ·   ──────\n"), "{human}");
}

#[test]
fn days_count_from_1904_and_stand_in_a_column_of_their_own() {
    let first = &["日期", "时间", "账号", "动作"];
    let of_1900 =
        Book::default().sheet("a", &[first, &["#3:46349", "#2:0.375", "a", "发朋友圈"], &["2026-11-23", "9:30", "a", "发朋友圈"]]);
    let of_1904 = Book::default()
        .of_1904()
        .sheet("a", &[first, &["#3:44887", "#2:0.375", "a", "发朋友圈"], &["2026-11-23", "9:30-10:00", "a", "发朋友圈"]]);
    for book in [of_1900, of_1904] {
        let report = report("plan.xlsx", &book.bytes());
        assert_eq!(found(&report), places(&[("posts", "a!A3:D3")]), "{report}");
        assert_eq!(text(&findings(&report)[0]["window"]["start"]), "2026-11-23T09:00:00+08:00");
    }
    let stage = staged(
        "plan.xlsx",
        &Book::default()
            .sheet("a", &[&["时间", "账号", "动作"], &["#1:46349.375", "a", "发朋友圈"], &["#1:46349.375", "a", "发朋友圈"]])
            .bytes(),
    );
    let report = stage.report(&["plan.xlsx", "--policy", "p.toml", "--timezone", "Europe/Berlin"]);
    assert_eq!(text(&findings(&report)[0]["window"]["start"]), "2026-11-23T09:00:00+01:00", "a sheet is a clock on the wall");
}

#[test]
fn a_header_may_stand_below_a_title_and_over_two_rows() {
    let cells = rows(
        1,
        &[
            &["十一月的计划"],
            &["时间", "内容", "", "账号", "动作"],
            &["", "标题", "文案"],
            &["2026-11-23 09:00", "早", "请加微信", "a", "发朋友圈"],
            &["", "晚", "x"],
        ],
    );
    let merges =
        ["A1:E1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "A4:A5", "D4:D5", "E4:E5"].map(|range| format!("<mergeCell ref=\"{range}\"/>"));
    let book = Book::default().raw("计划", "", &format!("<sheetData>{cells}</sheetData><mergeCells>{}</mergeCells>", merges.concat()));
    let report = report("plan.xlsx", &book.bytes());
    assert_eq!(
        found(&report),
        places(&[("contact-word", "计划!C4"), ("posts", "计划!B5:C5")]),
        "what is merged is said of both rows: {report}"
    );
    assert_eq!(report["summary"]["records"], 2);
}

#[test]
fn a_grid_of_days_and_times_is_read_cell_by_cell() {
    let grid: &[&[&str]] = &[
        &["十一月"],
        &["动作", "发朋友圈"],
        &["账号", "shop"],
        &["周", "#3:46349"],
        &["时间", "周一", "周二"],
        &["#2:0.375", "早", "请加微信"],
        &["09:30", "晚", ""],
    ];
    let report = report("week.xlsx", &Book::default().sheet("一周", grid).bytes());
    assert_eq!(found(&report), places(&[("contact-word", "一周!C6"), ("posts", "一周!B7")]), "{report}");
}

#[test]
fn what_is_hidden_is_checked_and_said_to_be_hidden() {
    let row = |number: usize, attributes: &str, text: &str| {
        format!(
            "<row r=\"{number}\" {attributes}><c r=\"A{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c><c r=\"B{number}\"><v>7</v></c></row>"
        )
    };
    let data = [row(1, "", "文案"), row(2, "hidden=\"1\"", "请加微信"), row(3, "", "请加微信"), row(4, "ht=\"0\"", "请加微信")].concat();
    let book = Book::default()
        .raw("a", "", &format!("<cols><col min=\"2\" max=\"2\" hidden=\"1\"/></cols><sheetData>{}</sheetData>", data))
        .raw("b", "state=\"veryHidden\"", &format!("<sheetData>{}</sheetData>", rows(1, &[&["文案"], &["请加微信"]])));
    let report = report("plan.xlsx", &book.bytes());
    let notes: Vec<(String, Vec<&str>)> = findings(&report)
        .iter()
        .filter(|finding| finding["rule"] == "contact-word")
        .map(|finding| {
            let related = finding["related"].as_array().expect("a list");
            (text(&finding["location"]["cell"]).to_owned(), related.iter().map(|one| text(&one["note"])).collect())
        })
        .collect();
    let expected = [("a!A2", vec!["隐藏的行"]), ("a!A3", vec![]), ("a!A4", vec!["隐藏的行"]), ("b!A2", vec!["隐藏的工作表"])];
    assert_eq!(notes, expected.map(|(place, notes)| (place.to_owned(), notes)));
    let told: Vec<&str> =
        findings(&report).iter().filter(|finding| finding["rule"] == "input-hidden").map(|finding| text(&finding["message"])).collect();
    assert_eq!(told, ["隐藏的列：也检查了；第一处在这里", "隐藏的行：也检查了；第一处在这里", "隐藏的工作表：也检查了；第一处在这里"]);
    assert!(findings(&report).iter().filter(|finding| finding["rule"] == "input-hidden").all(|finding| finding["severity"] == "info"));
}

#[test]
fn a_saved_value_is_read_and_a_formula_without_one_is_told() {
    let saved = "<c r=\"A2\" t=\"str\"><f>\"请加\"&amp;\"微信\"</f><v>请加微信</v></c>";
    let empty = "<c r=\"B2\" t=\"str\"><f>IF(A1=1,1,&quot;&quot;)</f><v></v></c>";
    let error = "<c r=\"A4\" t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>";
    let data = format!(
        "{}<row r=\"2\">{saved}{empty}</row>{}<row r=\"4\">{error}</row>",
        rows(1, &[&["文案"]]),
        rows(3, &[&["=\"请加微信\"&A1"]])
    );
    let report = report("plan.xlsx", &Book::default().raw("a", "", &format!("<sheetData>{data}</sheetData>")).bytes());
    assert_eq!(found(&report), places(&[("contact-word", "a!A2"), ("input-formula", "a!A3"), ("input-formula", "a!A4")]), "{report}");
}

#[test]
fn what_is_not_understood_is_explained() {
    let notes: &[&[&str]] = &[&["帐户", "动做"], &["a", "b"]];
    let alone = report("plan.xlsx", &Book::default().sheet("说明", notes).bytes());
    assert_eq!(found(&alone), places(&[("input-bad-header", "说明!A1:B1")]));
    assert_eq!((text(&findings(&alone)[0]["severity"]), text(&findings(&alone)[0]["help"])), ("error", "是不是想写 `帐号` `动作`？"));
    let beside = report("plan.xlsx", &Book::default().sheet("说明", notes).sheet("计划", &[&["文案"], &["好"], &["好", "旁边"]]).bytes());
    assert_eq!(found(&beside), places(&[("input-bad-header", "说明!A1:B1"), ("input-ragged-row", "计划!B3")]));
    assert!(findings(&beside).iter().all(|finding| finding["severity"] == "warning"));
}

#[test]
fn texts_are_what_the_sheet_shows() {
    let shared = "<sst><si><r><t>请加</t></r><r><t xml:space=\"preserve\">微信</t></r><rPh><t>かな</t></rPh></si><si><t>_x6587__x6848_</t></si></sst>";
    let data = "<row><c t=\"s\"><v>1</v></c></row><row><c t=\"s\"><v>0</v></c></row><row><c t=\"s\"><v>9</v></c></row>";
    let book = Book::default().raw("a b", "", &format!("<sheetData>{data}</sheetData>")).entry("xl/sharedStrings.xml", shared);
    let report = report("plan.xlsx", &book.bytes());
    assert_eq!(found(&report), places(&[("contact-word", "'a b'!A2")]), "{report}");
}

#[test]
fn a_registry_may_be_a_workbook() {
    let book = Book::default()
        .sheet("账号", &[&["编号", "账号类型", "好友数"], &["shop", "个人号", "#0:1200"], &["shop", "个人号", "#0:1"]])
        .bytes();
    let report = staged("accounts.xlsx", &book).report(&["--accounts", "accounts.xlsx", "accounts.xlsx", "--policy", "p.toml"]);
    assert_eq!(found(&report), places(&[("input-duplicate-account", "账号!A3:C3")]));
}

#[test]
fn a_workbook_is_found_in_a_folder_and_on_standard_input() {
    let book = Book::default().sheet("a", &[&["文案"], &["请加微信"]]).bytes();
    let stage = staged("in/plan.xlsx", &book).file("in/~$plan.xlsx", "lock").file("in/old.xls", "x");
    assert_eq!(found(&stage.report(&["in", "--policy", "p.toml"])), places(&[("contact-word", "a!A2")]));
    let told = stage.run(&["check", "in", "--policy", "p.toml", "--lang", "zh"]).err;
    assert!(told.contains("1 个文件是读不了的格式，没有检查（另存为 .xlsx 或 .docx）：in/old.xls"), "{told}");
    assert!(stage.run(&["check", "in/old.xls", "--policy", "p.toml", "--lang", "zh"]).exits(3).err.contains("另存为"));
    for name in [&["--stdin-filename", "week.xlsx"][..], &[]] {
        let ran = stage.run_on(&[&["check", "-", "--policy", "p.toml", "--format", "json"], name].concat(), &book);
        assert_eq!(found(&ran.exits(0).json()), places(&[("contact-word", "a!A2")]));
    }
}
