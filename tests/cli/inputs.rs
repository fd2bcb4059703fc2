//! Input as people have it: folders, standard input, encodings, bad rows, registries, histories.

use crate::stage::{Stage, findings, places, text};
use crate::{PLAN, POLICY};
use encoding_rs::GB18030;
use serde_json::Value;

fn stage() -> Stage {
    Stage::with("p.toml", POLICY)
}

fn paths(report: &Value) -> Vec<&str> {
    findings(report).iter().map(|finding| text(&finding["location"]["path"])).collect()
}

/// What `places` gives.
fn expected(places: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
    places.iter().map(|(rule, line, column)| ((*rule).to_owned(), *line, *column)).collect()
}

#[test]
fn every_format_of_the_first_issue_is_read() {
    let stage = stage()
        .file("in/a.txt", "你好\n请加微信\n")
        .file("in/b.md", "---\ntitle: 短\n---\n请加微信\n")
        .file("in/c.md", "+++\ntitle = \"短\"\n+++\n请加微信\n")
        .file("in/d.csv", "id,text\n1,你好\n2,请加微信\n")
        .file("in/e.jsonl", "{\"id\":\"1\",\"text\":\"请加微信\"}\n")
        .file("in/f.toml", "[[draft]]\nid = \"1\"\ntext = \"请加微信\"\n");
    let report = stage.report(&["in", "--policy", "p.toml"]);
    assert_eq!(paths(&report), ["in/a.txt", "in/b.md", "in/c.md", "in/d.csv", "in/e.jsonl", "in/f.toml"]);
    let places: Vec<(u64, u64)> = places(&report).iter().map(|(_, line, column)| (*line, *column)).collect();
    assert_eq!(places, [(2, 2), (4, 2), (4, 2), (3, 4), (1, 20), (3, 10)]);
    let records: Vec<&Value> = findings(&report).iter().map(|finding| &finding["location"]["record"]).collect();
    assert_eq!(records[3..], ["2", "1", "1"].map(|id| Box::leak(Box::new(Value::from(id))) as &Value));
}

#[test]
fn a_folder_is_walked_and_its_gitignore_kept() {
    let stage = stage()
        .file("in/.gitignore", "draft-*.txt\nold/\n")
        .file("in/draft-1.txt", "请加微信")
        .file("in/old/a.txt", "请加微信")
        .file("in/new/deep/b.txt", "请加微信")
        .file("in/z.txt", "请加微信")
        .file("in/picture.png", b"\x89PNG")
        .file("in/presend.toml", "lang = \"zh\"\n")
        .file("in/house.toml", POLICY);
    assert_eq!(paths(&stage.report(&["in", "--policy", "p.toml"])), ["in/new/deep/b.txt", "in/z.txt"]);
    let named = stage.report(&["in/draft-1.txt", "--policy", "p.toml"]);
    assert_eq!(paths(&named), ["in/draft-1.txt"], "what is named is read");
}

#[test]
fn a_path_given_twice_is_read_once() {
    let stage = stage().file("in/plan.csv", PLAN);
    for args in [["in/plan.csv", "in/plan.csv"], ["in", "in/plan.csv"], ["./in/plan.csv", "in/plan.csv"]] {
        let report = stage.report(&[&args, ["--policy", "p.toml"].as_slice()].concat());
        assert_eq!((&report["summary"]["records"], findings(&report).len()), (&3.into(), 1), "{args:?}");
    }
}

#[test]
fn one_run_is_one_timeline() {
    let (first, second) = PLAN.split_at(PLAN.find("op-3").expect("there"));
    let stage = stage().file("in/a.csv", first).file("in/b.csv", format!("id,time,account,action\n{second}"));
    let report = stage.report(&["in", "--policy", "p.toml"]);
    assert_eq!((paths(&report), places(&report)), (vec!["in/b.csv"], expected(&[("adds", 2, 1)])));
    let related = |at: usize| (text(&report["findings"][0]["related"][at]["path"]), report["findings"][0]["related"][at]["line"].as_u64());
    assert_eq!([related(0), related(1)], [("in/a.csv", Some(2)), ("in/a.csv", Some(3))]);
}

#[test]
fn standard_input_has_the_name_it_is_given() {
    let run = |name: &[&str], input: &str| {
        stage().run_on(&[&["check", "-", "--policy", "p.toml", "--format", "json"], name].concat(), input.as_bytes())
    };
    let ran = run(&["--stdin-filename", "plans/week.csv"], PLAN);
    assert_eq!((paths(&ran.exits(1).json()), places(&ran.json())), (vec!["plans/week.csv"], expected(&[("adds", 4, 1)])));
    let ran = run(&["--stdin-filename", "d.md"], "---\ntitle: 一二三四五六\n---\n请加微信");
    assert_eq!(places(&ran.exits(0).json()), expected(&[("long-title", 2, 8), ("contact-word", 4, 2)]));
    assert_eq!(places(&run(&[], "请加微信").exits(0).json()), expected(&[("contact-word", 1, 2)]));
    run(&["--stdin-filename", "picture.png"], "x").exits(3);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_move_nothing() {
    let windows = format!("\u{FEFF}{}op-4,2026-11-20 12:00,a,send_message\r\n", PLAN.replace('\n', "\r\n"));
    let stage = stage().file("plan.csv", &windows).file("d.txt", "\u{FEFF}请加微信");
    let report = stage.report(&["plan.csv", "d.txt", "--policy", "p.toml"]);
    assert_eq!(places(&report), expected(&[("contact-word", 1, 2), ("adds", 4, 1)]));
    let location = &report["findings"][0]["location"];
    assert_eq!((&location["start_byte"], &location["end_byte"]), (&6.into(), &15.into()), "three bytes of mark, three of 请");
    assert_eq!(bytes(windows.as_bytes(), &report["findings"][1]), b"op-3,2026-11-20 09:20,a,add_friend");
}

/// The bytes of the original file a finding is about.
fn bytes<'a>(file: &'a [u8], finding: &Value) -> &'a [u8] {
    let at = |key: &str| usize::try_from(finding["location"][key].as_u64().expect("a number")).expect("small");
    &file[at("start_byte")..at("end_byte")]
}

#[test]
fn bytes_lead_back_to_a_file_of_another_encoding() {
    let csv = "编号,文案\nid,text\n".lines().nth(1).expect("a header").to_owned() + "\n一,你好😀，朋友\n二,\"第一行\n请加微信，㐂\"\n";
    let utf16 = |unit: fn(u16) -> [u8; 2], mark: [u8; 2]| mark.into_iter().chain(csv.encode_utf16().flat_map(unit)).collect::<Vec<u8>>();
    let word: [(&str, Vec<u8>, Vec<u8>); 3] = [
        ("gb18030", GB18030.encode(&csv).0.into_owned(), GB18030.encode("加微信").0.into_owned()),
        ("UTF-16LE", utf16(u16::to_le_bytes, [0xFF, 0xFE]), "加微信".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", utf16(u16::to_be_bytes, [0xFE, 0xFF]), "加微信".encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ];
    for (name, file, word) in word {
        let report = stage().file("plan.csv", &file).report(&["plan.csv", "--policy", "p.toml"]);
        assert_eq!(places(&report), expected(&[("contact-word", 4, 2)]), "{name}: {report}");
        assert_eq!(bytes(&file, &report["findings"][0]), word, "{name}");
        assert_eq!(report["findings"][0]["match"]["text"], "加微信");
    }
}

#[test]
fn a_header_as_excel_writes_it_is_read() {
    let sheet = GB18030.encode("id,time,account,action\r\n1,2026/11/20 9:00,店,add_friend\r\n2,2026/11/20 9:01,店,add_friend\r\n3,2026/11/20 9:02,店,add_friend\r\n,,,\r\n");
    let report = stage().file("plan.csv", &sheet.0).report(&["plan.csv", "--policy", "p.toml"]);
    assert_eq!(places(&report), expected(&[("adds", 4, 1)]), "{report}");
    assert_eq!(report["findings"][0]["window"]["group"]["account"], "店");
}

#[test]
fn bad_rows_are_placed_and_the_rest_is_checked() {
    let plan = "id,time,account,action,count\n\
        1,2026-11-20 09:00,a,add_friend,\n\
        2,soon,a,add_friend,\n\
        3,2026-11-20 09:10,a,add_freind,\n\
        4,2026-11-20 09:10,a,add_friend,many\n\
        5,2026-11-20 09:11,,,\n\
        6,2026-11-20 09:12,a,add_friend,1\n";
    let ran = stage().file("plan.csv", plan).run(&["check", "plan.csv", "--policy", "p.toml", "--format", "json"]);
    let places = places(&ran.exits(1).json());
    let bad = [
        ("adds", 3, 1),
        ("input-bad-time", 3, 3),
        ("input-unknown-action", 4, 22),
        ("input-bad-number", 5, 33),
        ("input-unknown-record", 6, 1),
        ("adds", 7, 1),
    ];
    assert_eq!(places, expected(&bad));
    assert_eq!(ran.json()["findings"][5]["window"]["count"], 3);
}

#[test]
fn bad_lines_of_json_are_placed_and_the_rest_is_checked() {
    let lines = "{\"id\":\"1\",\"text\":\"请加微信\"}\n{\"id\":\"2\",\"text\":\n[1,2]\n\n{\"text\":\"\\u52a0微信\"} x\n{\"id\":\"6\",\"text\":\"请\\n加微信\"}\n";
    let report = stage().file("d.jsonl", lines).report(&["d.jsonl", "--policy", "p.toml"]);
    let lines_of = |rule: &str| places(&report).iter().filter(|place| place.0 == rule).map(|place| place.1).collect::<Vec<u64>>();
    assert_eq!(lines_of("contact-word"), [1, 6]);
    let bad: Vec<u64> = places(&report).iter().filter(|place| place.0.starts_with("input-")).map(|place| place.1).collect();
    assert_eq!(bad, [2, 3, 5]);
}

#[test]
fn bytes_nobody_can_read_are_said() {
    let mut file = "请加微信，各位朋友早上好\n".as_bytes().to_vec();
    file.insert(0, 0xFF);
    let report = stage().file("d.txt", file).report(&["d.txt", "--policy", "p.toml"]);
    assert_eq!(places(&report), expected(&[("input-bad-encoding", 1, 1), ("contact-word", 1, 3)]));
}

#[test]
fn a_history_fills_windows_and_is_never_reported() {
    let sent = PLAN.replace("op-", "sent-");
    let stage = stage().file("sent.csv", sent).file("plan.csv", "id,time,account,action,text\nop-1,2026-11-20 09:30,a,add_friend,\n");
    let run = |args: &[&str]| stage.run(&[&["check", "plan.csv", "--policy", "p.toml", "--format", "json"], args].concat());
    assert_eq!(findings(&run(&[]).exits(0).json()).len(), 0);
    let report = run(&["--history", "sent.csv"]).exits(1).json();
    assert_eq!((places(&report), paths(&report)), (expected(&[("adds", 2, 1)]), vec!["plan.csv"]));
    assert_eq!((&report["findings"][0]["window"]["count"], &report["findings"][0]["window"]["rows"]), (&4.into(), &1.into()));
    assert_eq!(report["summary"]["records"], 1, "what was sent is not checked");
    assert_eq!(report["findings"][0]["related"][0]["path"], "sent.csv");
    let folder = stage.report(&[".", "--policy", "p.toml", "--history", "sent.csv"]);
    assert_eq!(folder["summary"]["records"], 1, "a history in a checked folder stays a history");
}

#[test]
fn a_registry_gives_the_facts_rules_ask_for() {
    let rule = "schema = 1\n[[rule]]\nid = \"real\"\nseverity = \"error\"\nsummary = \"s\"\nfact = { field = \"account.real_name\", equals = true }\n";
    let stage = Stage::with("p.toml", rule).file("plan.csv", PLAN).file("who.csv", "id,kind,real_name\na,personal,是\nb,personal,否\n");
    let run = |args: &[&str]| stage.run(&[&["check", "plan.csv", "--policy", "p.toml", "--format", "json"], args].concat());
    assert_eq!(places(&run(&[]).exits(1).json()), expected(&[("real", 2, 23)]), "never a silent pass: `a` is not registered");
    let report = run(&["--accounts", "who.csv"]).exits(1).json();
    assert_eq!((paths(&report), places(&report)), (vec!["who.csv"], expected(&[("real", 3, 12)])));
    stage.write("who.toml", "[[account]]\nid = \"a\"\nkind = \"personal\"\nreal_name = true\n");
    run(&["--accounts", "who.toml"]).exits(0);
}

#[test]
fn records_without_a_time_are_of_the_day_given() {
    let rule = POLICY.replace("lexicon = {", "effective = { from = 2026-06-01, until = 2026-07-01 }\nlexicon = {");
    let stage =
        Stage::with("p.toml", rule).file("d.txt", "请加微信").file("plan.csv", "time,action,text\n2026-06-15 09:00,call,请加微信\n");
    let count = |args: &[&str]| findings(&stage.report(&[args, &["--policy", "p.toml"]].concat())).len();
    for (day, hits) in [("2026-05-31", 0), ("2026-06-01", 1), ("2026-06-30", 1), ("2026-07-01", 0)] {
        assert_eq!(count(&["d.txt", "--as-of", day]), hits, "{day}");
    }
    assert_eq!(count(&["plan.csv", "--as-of", "2020-01-01"]), 1, "a record's own time wins");
}

/// One file is one file, however it is written.
#[test]
fn a_file_named_in_two_ways_is_read_once() {
    let stage = stage().file("in/plan.csv", PLAN).folder("in/sub");
    let absolute = stage.path("in/plan.csv").to_str().expect("UTF-8").to_owned();
    for other in [absolute.as_str(), "in/../in/plan.csv", "in/sub/../plan.csv"] {
        let report = stage.report(&["in/plan.csv", other, "--policy", "p.toml"]);
        assert_eq!(report["summary"]["records"], 3, "{other}");
    }
    let report = stage.report(&["in", "--history", absolute.as_str(), "--policy", "p.toml"]);
    assert_eq!(report["summary"]["records"], 0, "what was sent is not to be sent, and the folder is not empty");
}

/// A byte nobody can read is one byte of the file, whatever is shown for it.
#[test]
fn bytes_lead_back_past_bytes_nobody_can_read() {
    let (utf8, chinese) = ("各位朋友早上好，请加微信\n".as_bytes().to_vec(), GB18030.encode("各位朋友早上好，请加微信\n").0.into_owned());
    let with = |mut file: Vec<u8>, byte: u8| {
        file.splice(0..0, [byte]);
        file
    };
    let marked = [b"\xEF\xBB\xBF".as_slice(), &with(utf8.clone(), 0xFF)].concat();
    let files = [
        ("UTF-8", with(utf8, 0xFF), "加微信".as_bytes().to_vec()),
        ("UTF-8 with a mark", marked, "加微信".as_bytes().to_vec()),
        ("GB18030", with(chinese.clone(), 0xFF), GB18030.encode("加微信").0.into_owned()),
        ("GB18030 with a euro of one byte", with(chinese, 0x80), GB18030.encode("加微信").0.into_owned()),
    ];
    for (name, file, word) in files {
        let report = stage().file("d.txt", &file).report(&["d.txt", "--policy", "p.toml"]);
        let finding = findings(&report).iter().find(|finding| finding["rule"] == "contact-word").expect("found");
        assert_eq!(bytes(&file, finding), word, "{name}");
    }
}
