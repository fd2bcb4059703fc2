//! `presend init`: settings and a first rule to start from.

use crate::Exit;
use crate::args::Init;
use crate::locale::{lang, say};
use presend::words::{Lang, Words};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// What is written, and where.
const FILES: [(&str, &str); 2] = [
    ("presend.toml", include_str!("../../../examples/init/presend.toml")),
    ("house.toml", include_str!("../../../examples/init/house.toml")),
];

/// Runs the verb.
pub(crate) fn run(args: &Init) -> Exit {
    let lang = lang(args.lang, None);
    let outcomes = FILES.map(|(name, content)| write(&args.folder.join(name), content, lang));
    let next = Words::fixed(
        "接下来：presend test house.toml 试规则，presend check 文案文件夹 检查文案",
        "next: presend test house.toml tries the rule, presend check FOLDER checks drafts",
    );
    let worst = outcomes.into_iter().max().unwrap_or(Exit::Clean);
    if worst == Exit::Clean {
        say(lang, &next);
    }
    worst
}

/// Writes a file that is not there yet; nothing is ever overwritten.
fn write(path: &Path, content: &str, lang: Lang) -> Exit {
    let shown = path.display();
    let created = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| file.write_all(content.as_bytes()));
    let (words, exit) = match created {
        Ok(()) => (Words::new(format!("写好了 {shown}"), format!("wrote {shown}")), Exit::Clean),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            (Words::new(format!("{shown} 已经有了，没有动它"), format!("{shown} is there already and was left alone")), Exit::Usage)
        }
        Err(error) => (Words::new(format!("写不了 {shown}：{error}"), format!("cannot write {shown}: {error}")), Exit::Usage),
    };
    say(lang, &words);
    exit
}
