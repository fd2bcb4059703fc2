//! One draft, a process that has just started: `cargo bench --bench cold`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a bench prints and asks its environment")]

#[expect(dead_code, reason = "the other benches use the rest")]
mod measure;
#[path = "made/random.rs"]
mod random;
#[expect(dead_code, reason = "the other benches use the rest")]
#[path = "made/texts.rs"]
mod texts;

use measure::{Job, installed, instructions, medians};
use std::fs;
use std::path::Path;

const ROUNDS: usize = 15;

/// What people write who break nothing.
const SENTENCES: [&str; 12] = [
    "周末门店有新到的春茶，欢迎路过的朋友进来坐坐。",
    "您上次问的那款杯子今天到货了，需要的话给您留一个。",
    "明天上午十点开会，请各组准备好上周的数据。",
    "快递已经寄出，单号在订单页面里可以看到。",
    "孩子的画真好看，我们把它贴在了墙上。",
    "这周六下午三点，三楼教室有一堂插花课，名额十五个。",
    "收到，我核对一下库存再回复您。",
    "发票会在三个工作日内开好，邮件请留意。",
    "本店十一月营业时间为早上九点到晚上八点。",
    "面料是纯棉的，第一次洗请用冷水，避免暴晒。",
    "谢谢您的建议，我们已经转给设计的同事。",
    "如果尺码不合适，七天之内可以到店更换。",
];

fn main() {
    if !measure::is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let draft = folder.join("draft.txt");
    fs::write(&draft, text(1500)).expect("room");
    println!("one draft of {} bytes, cold:", fs::metadata(&draft).map_or(0, |file| file.len()));
    told(folder, Job::presend("presend, default packs", &draft, Path::new("default")));
    let (lexicon, policy) = (folder.join("words.txt"), folder.join("policy.toml"));
    fs::write(&lexicon, texts::words(50_000).join("\n") + "\n").expect("room");
    let rule = "[[rule]]\nid = \"word\"\nseverity = \"info\"\nsummary = \"word\"\nlexicon = { lists = [\"words\"] }\n";
    fs::write(&policy, format!("schema = 1\n[pack]\nid = \"bench\"\n[[list]]\nid = \"words\"\nfile = \"words.txt\"\n{rule}"))
        .expect("room");
    told(folder, Job::presend("presend, 50,000 words", &draft, &policy));
    match installed("rg") {
        Some(rg) => told(folder, Job::new("rg -F -f, 50,000 words", rg, ["-F".into(), "-f".into(), lexicon, draft])),
        None => println!("  ripgrep is not installed: nothing to compare with"),
    }
}

fn text(bytes: usize) -> String {
    let mut random = random::Random(1);
    let mut text = String::new();
    while text.len() < bytes {
        text.push_str(texts::one_of(&mut random, &SENTENCES));
    }
    text
}

fn told(folder: &Path, job: Job) {
    let count = instructions(&job).map_or("(no valgrind)".to_owned(), |count| format!("{:.2} M instructions", count as f64 / 1e6));
    let jobs = [job];
    let seconds = medians(&jobs, ROUNDS, folder)[0];
    println!("  {:<28} {:6.1} ms CPU  {count}", jobs[0].name, seconds * 1000.0);
}
