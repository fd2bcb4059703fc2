//! The command line as people and machines use it: exit codes, settings, input, reports.

mod baseline;
mod campaigns;
mod differs;
mod exits;
mod explains;
mod in_force;
mod init;
mod inputs;
mod projects;
mod ready;
mod reports;
mod rules;
mod settings;
#[path = "../stage/mod.rs"]
mod stage;
mod streams;
mod waivers;

/// A warning for a word, an error for the third friend request in an hour, advice on a title.
const POLICY: &str = r#"schema = 1
[pack]
id = "shop"
version = "1.0.0"
title = { zh = "店", en = "Shop" }
timezone = "Asia/Shanghai"

[[rule]]
id = "contact-word"
severity = "warning"
confidence = "medium"
risk = "ban"
summary = { zh = "引流词", en = "Contact word" }
help = { zh = "删掉它", en = "Delete it" }
tags = ["text"]
source = [{ title = "示例规则", clause = "3.2", basis = "platform", as_of = 2026-11-01 }]
lexicon = { terms = ["加微信"] }
valid = ["微信支付"]
invalid = ["请加微信"]

[[rule]]
id = "adds"
severity = "error"
summary = { zh = "加好友过多", en = "Too many requests" }
match = { action = "add_friend" }
rate = { max = 2, timespan = "1h", group_by = ["account"] }
[[rule.test]]
name = "the third breaks"
rows = """
time,account,action
2026-11-20 09:00,a,add_friend
2026-11-20 09:10,a,add_friend
2026-11-20 09:20,a,add_friend
"""
expect = [{ row = 3, count = 3, rows = 1 }]

[[rule]]
id = "long-title"
severity = "info"
summary = { zh = "标题太长", en = "Long title" }
constraint = [{ field = "title", max_length = 5 }]
"#;

/// Three friend requests within an hour.
const PLAN: &str = "id,time,account,action\n\
    op-1,2026-11-20 09:00,a,add_friend\n\
    op-2,2026-11-20 09:10,a,add_friend\n\
    op-3,2026-11-20 09:20,a,add_friend\n";
