//! The reference of the policy language as a page, made of the tables that check policies.

use super::pack::TOP;
use super::rule::RULE;
use crate::kinds::KINDS;
use crate::schema::{Key, told};
use crate::words::{Lang, Words};

/// Every key of a policy file, of a rule and of each kind, in Markdown.
pub fn reference(lang: Lang) -> String {
    let title = Words::fixed("# 政策语言：所有的键", "# The policy language: every key");
    let note = Words::fixed(
        "本页由程序生成（`UPDATE=1 cargo test --test generated`），不要手改。一步一步的写法见 [guide.zh-CN.md](guide.zh-CN.md)。**粗体**的键必须写。",
        "This page is generated (`UPDATE=1 cargo test --test generated`); do not edit it. [guide.md](guide.md) goes step by step. Keys in **bold** must be given.",
    );
    let mut page = format!("{}\n\n{}\n", title.say(lang), note.say(lang));
    let file = Words::fixed("政策文件", "A policy file");
    section(&mut page, (file.say(lang), ""), TOP, lang);
    let rule = Words::fixed("每条规则：`[[rule]]`", "A rule: `[[rule]]`");
    let kinds = Words::fixed(
        "除此之外，每条规则有且只有一个以“种类”命名的子表，见下文。",
        "Beside these, a rule has exactly one sub-table named after its kind; the kinds follow.",
    );
    section(&mut page, (rule.say(lang), kinds.say(lang)), RULE, lang);
    for kind in KINDS {
        let about = Words::new(kind.about.zh, kind.about.en);
        section(&mut page, (&format!("`{}`", kind.name), about.say(lang)), told::inner(&kind.shape), lang);
    }
    page
}

/// What a kind of rule checks.
pub fn kind_about(name: &str) -> Option<Words> {
    let kind = KINDS.iter().find(|kind| kind.name == name)?;
    Some(Words::fixed(kind.about.zh, kind.about.en))
}

fn section(page: &mut String, (title, about): (&str, &str), keys: &[Key], lang: Lang) {
    let head = Words::fixed("| 键 | 写什么 | 说明 |", "| key | what stands there | what it is for |");
    page.push_str(&format!("\n## {title}\n\n"));
    if !about.is_empty() {
        page.push_str(&format!("{about}\n\n"));
    }
    page.push_str(&format!("{}\n|---|---|---|\n", head.say(lang)));
    for told::Told { path, key } in told::keys(keys) {
        let name = if key.required { format!("**`{path}`**") } else { format!("`{path}`") };
        let (shape, about) = (told::shape(&key.shape), Words::new(key.about.zh, key.about.en));
        page.push_str(&format!("| {name} | {} | {} |\n", cell(shape.say(lang)), cell(about.say(lang))));
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
