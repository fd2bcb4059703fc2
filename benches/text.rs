//! Finding 50,000 words in drafts, beside ripgrep: `cargo bench --bench text [-- CORPUS LEXICON]`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a bench prints and asks its environment")]

mod measure;
#[path = "made/random.rs"]
mod random;
#[path = "made/texts.rs"]
mod texts;

use measure::{Job, installed, instructions, medians, printed, show};
use std::fs;
use std::path::{Path, PathBuf};

const ROUNDS: usize = 5;
const BYTES: usize = 20_000_000;

fn main() {
    if !measure::is_wanted() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (drafts, lexicon) = data(folder);
    let policy = policy(folder);
    beside_ripgrep(folder, [&drafts, &lexicon, &policy]);
    doubled(folder, &drafts, &policy);
    counted(folder, &drafts, &policy);
}

/// A corpus and a word list: those given, or made.
fn data(folder: &Path) -> (PathBuf, PathBuf) {
    let (drafts, lexicon) = (folder.join("drafts.txt"), folder.join("words.txt"));
    if let [corpus, words] = &measure::given()[..] {
        fs::copy(corpus, &drafts).expect("the corpus can be read");
        fs::copy(words, &lexicon).expect("the lexicon can be read");
    } else {
        let words = texts::words(50_000);
        fs::write(&drafts, texts::drafts(BYTES, &words)).expect("room");
        fs::write(&lexicon, words.join("\n") + "\n").expect("room");
    }
    (drafts, lexicon)
}

fn policy(folder: &Path) -> PathBuf {
    let policy = folder.join("policy.toml");
    let text = "schema = 1\n[pack]\nid = \"bench\"\n[[list]]\nid = \"words\"\nfile = \"words.txt\"\n\
        [[rule]]\nid = \"word\"\nseverity = \"info\"\nsummary = \"word\"\nlexicon = { lists = [\"words\"] }\n";
    fs::write(&policy, text).expect("room");
    policy
}

fn lines(job: &Job) -> usize {
    printed(job).iter().filter(|byte| **byte == b'\n').count()
}

fn beside_ripgrep(folder: &Path, [drafts, lexicon, policy]: [&PathBuf; 3]) {
    let mut jobs = vec![Job::presend("presend, folded, with places", drafts, policy)];
    match installed("rg") {
        Some(rg) => {
            let options = ["-F", "-j1", "-o", "-b", "-f"].map(Into::into);
            let args = options.into_iter().chain([lexicon.clone().into_os_string(), drafts.clone().into_os_string()]);
            jobs.push(Job::new("rg -F -j1 -o -b -f, not folded", rg, args));
        }
        None => println!("ripgrep is not installed: nothing to compare with"),
    }
    println!("{} MB of drafts, CPU seconds of the whole process, median of {ROUNDS}:", size(drafts) / 1_000_000);
    show(&jobs, &medians(&jobs, ROUNDS, folder));
    for job in &jobs {
        println!("  {:<44} {:8} lines written", job.name, lines(job));
    }
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// The same text once and twice, as many lines and as one.
fn doubled(folder: &Path, drafts: &Path, policy: &Path) {
    let text = fs::read_to_string(drafts).expect("a corpus");
    for (name, once) in [("many lines", text.clone()), ("one line", text.replace('\n', "。"))] {
        let [single, double] = ["once", "twice"].map(|times| folder.join(format!("{times}.txt")));
        fs::write(&single, &once).expect("room");
        fs::write(&double, once.repeat(2)).expect("room");
        let jobs = [Job::presend(&format!("{name}, once"), &single, policy), Job::presend(&format!("{name}, twice"), &double, policy)];
        show(&jobs, &medians(&jobs, ROUNDS, folder));
    }
}

/// Instructions for each byte: what the second half of a text adds.
fn counted(folder: &Path, drafts: &Path, policy: &Path) {
    let text = fs::read_to_string(drafts).expect("a corpus");
    let counts = [1_000_000, 2_000_000].map(|bytes| {
        let end = text.bytes().take(bytes).rposition(|byte| byte == b'\n').unwrap_or(0);
        let part = folder.join("part.txt");
        fs::write(&part, &text[..end]).expect("room");
        (end, instructions(&Job::presend("presend", &part, policy)))
    });
    match counts {
        [(small, Some(few)), (large, Some(many))] => {
            println!("  instructions a byte: {:.1}", many.saturating_sub(few) as f64 / (large - small) as f64);
        }
        _ => println!("  valgrind is not installed: instructions not counted"),
    }
}
