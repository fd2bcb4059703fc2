//! Finding 50,000 words in drafts, beside ripgrep: `cargo bench --bench text [-- CORPUS LEXICON]`.

#![allow(clippy::print_stdout, clippy::disallowed_methods, missing_docs, reason = "a bench prints and asks its environment")]

#[path = "made/hostile.rs"]
mod hostile;
mod measure;
#[path = "made/random.rs"]
mod random;
#[path = "made/texts.rs"]
mod texts;

use hostile::HOSTILE;
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
    hostile_doubled(folder);
    lexicon_doubled(folder);
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

/// Texts that are meant to take long, with the default packs: what the second and the third doubling add. Twice as much is linear.
fn hostile_doubled(folder: &Path) {
    println!("instructions that 80,000 bytes more add, and 160,000 more (fewer bytes are read without all packs):");
    for (name, ending, text) in HOSTILE {
        let counts = [1, 2, 4].map(|times| {
            let file = folder.join(format!("hostile.{ending}"));
            fs::write(&file, text(80_000 * times)).expect("room");
            instructions(&Job::presend(name, &file, Path::new("default")))
        });
        show_growth(name, counts);
    }
}

/// The same for the terms of a lexicon: 50,000, 100,000 and 200,000 for a draft of a few words.
fn lexicon_doubled(folder: &Path) {
    let folder = folder.join("lexicon");
    fs::create_dir_all(&folder).expect("room");
    let (policy, draft) = (policy(&folder), folder.join("draft.txt"));
    fs::write(&draft, "周末门店有新到的春茶，欢迎路过的朋友进来坐坐。").expect("room");
    let counts = [50_000, 100_000, 200_000].map(|count| {
        fs::write(folder.join("words.txt"), texts::words(count).join("\n") + "\n").expect("room");
        instructions(&Job::presend("terms", &draft, &policy))
    });
    show_growth("terms of a lexicon", counts);
}

fn show_growth(name: &str, counts: [Option<u64>; 3]) {
    let [Some(once), Some(twice), Some(four)] = counts else { return println!("  valgrind is not installed: instructions not counted") };
    let (first, second) = (twice.saturating_sub(once) as f64, four.saturating_sub(twice) as f64);
    println!("  {name:<44} {:8.1} M {:8.1} M  {:6.2} times", first / 1e6, second / 1e6, second / first);
}
