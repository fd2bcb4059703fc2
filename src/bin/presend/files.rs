//! Files and folders on disk.

use crate::locale::say;
use ignore::WalkBuilder;
use presend::check::InputFile;
use presend::input::{FORMATS, Format, Role, format_of};
use presend::policy::Policy;
use presend::settings::Paths;
use presend::words::{Lang, Words};
use std::collections::HashSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of drafts up to which reading all packs takes longer than checking them.
const FEW_BYTES: usize = 64 << 10;

/// Endings of files that office programs write and that are not read.
const OLD: [&str; 10] = ["xls", "xlsb", "et", "ods", "numbers", "doc", "wps", "odt", "rtf", "pages"];

/// Files that are named when they are passed over.
const SHOWN: usize = 5;

/// What was found on disk, and what could not be read.
#[derive(Default)]
pub(crate) struct Found {
    /// Files to check.
    pub files: Vec<InputFile>,
    /// Paths that could not be read.
    pub unreadable: Vec<Words>,
    /// Things worth a word.
    pub notes: Vec<Words>,
    seen: HashSet<PathBuf>,
}

impl Found {
    /// Adds a file, a folder, or standard input.
    pub(crate) fn add(&mut self, path: &Path, role: Role, stdin_name: Option<&str>) {
        if path.as_os_str() == "-" {
            self.stdin(role, stdin_name);
        } else if path.is_dir() {
            self.folder(path, role);
        } else {
            match format_of(&name(path)) {
                Some(format) => self.file(path, role, format),
                None if path.exists() => self.unreadable.push(unknown_format(path)),
                None => self.unreadable.push(cannot_read(path, "没有这个文件", "no such file")),
            }
        }
    }

    /// The texts of a few small drafts without any fields; none when there is anything else.
    pub(crate) fn plain_drafts(&self) -> Option<Vec<&str>> {
        let drafts: Vec<&str> = self.files.iter().map(plain_draft).collect::<Option<_>>()?;
        (drafts.iter().map(|draft| draft.len()).sum::<usize>() <= FEW_BYTES).then_some(drafts)
    }

    fn stdin(&mut self, role: Role, stdin_name: Option<&str>) {
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            return self.unreadable.push(cannot_read(Path::new("-"), &error.to_string(), &error.to_string()));
        }
        let name = stdin_name.unwrap_or_else(|| guessed(&bytes));
        match format_of(name) {
            Some(format) => {
                let source = format.source(stdin_name.unwrap_or("<stdin>"), bytes);
                self.files.push(InputFile { source, format, role });
            }
            None => self.unreadable.push(unknown_format(Path::new(name))),
        }
    }

    fn folder(&mut self, folder: &Path, role: Role) {
        let walked = walk(folder);
        let known = walked.files.iter().filter_map(|path| Some((path, format_of(&name(path))?)));
        self.tell_old(&walked.files);
        let files: Vec<_> = known.filter(|(path, _)| !is_no_input(path)).collect();
        if files.is_empty() && walked.unreadable.is_empty() {
            let shown = folder.display();
            self.unreadable.push(Words::new(
                format!("文件夹 {shown} 里没有可检查的文件（认得：{}）", endings()),
                format!("the folder {shown} holds nothing to check (known: {})", endings()),
            ));
        }
        let before = self.files.len();
        for (path, format) in files {
            self.file(path, role, format);
        }
        self.pass_over(before);
        self.unreadable.extend(walked.unreadable);
    }

    /// Names the files of a folder that would be checked if they were saved otherwise.
    fn tell_old(&mut self, files: &[PathBuf]) {
        let old: Vec<String> = files.iter().filter(|path| is_old(path)).map(|path| name(path)).collect();
        if !old.is_empty() {
            let shown = old.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(" ");
            let (more, count) = (if old.len() > SHOWN { " …" } else { "" }, old.len());
            self.notes.push(Words::new(
                format!("{count} 个文件是读不了的格式，没有检查（另存为 .xlsx 或 .docx）：{shown}{more}"),
                format!("{count} files are of a format that is not read and were not checked (save them as .xlsx or .docx): {shown}{more}"),
            ));
        }
    }

    /// Of the files of a folder, leaves out those that only have the ending of an input.
    fn pass_over(&mut self, first: usize) {
        let (kept, others) = self.files.drain(first..).partition::<Vec<_>, _>(|file| file.format.claims(&file.source));
        self.files.extend(kept);
        if !others.is_empty() {
            let shown = others.iter().take(SHOWN).map(|file| file.source.name()).collect::<Vec<_>>().join(" ");
            let (more, count) = (if others.len() > SHOWN { " …" } else { "" }, others.len());
            self.notes.push(Words::new(
                format!("{count} 个文件不像是要检查的内容，没有检查：{shown}{more}"),
                format!("{count} files are no input by their content and were not checked: {shown}{more}"),
            ));
        }
    }

    /// Leaves out the files that the settings say are not checked.
    pub(crate) fn leave_out(&mut self, paths: &Paths) {
        let before = self.files.len();
        self.files.retain(|file| file.role != Role::Plan || paths.is_checked(file.source.name()));
        let count = before - self.files.len();
        if count > 0 {
            self.notes.push(Words::new(
                format!("配置里写明不检查，跳过了 {count} 个文件"),
                format!("{count} files were not checked: the settings say so"),
            ));
        }
    }

    /// Says which files are read, and as what.
    pub(crate) fn say_what_is_read(&self, lang: Lang) {
        for file in &self.files {
            let (name, format) = (file.source.name(), file.format.name);
            let (zh, en) = match file.role {
                Role::Plan => ("检查", "checks"),
                Role::Accounts => ("账号登记表", "accounts"),
                Role::History => ("已发送", "history"),
            };
            say(lang, &Words::new(format!("{zh}：{name}（{format}）"), format!("{en}: {name} ({format})")));
        }
    }

    /// Reads a file, unless it was read already: the role it was first named in stands.
    fn file(&mut self, path: &Path, role: Role, format: &'static Format) {
        if !self.seen.insert(same(path)) {
            return;
        }
        if std::fs::metadata(path).is_ok_and(|found| u32::try_from(found.len()).is_err()) {
            return self.unreadable.push(cannot_read(path, "超过 4 GiB，请拆成几个文件", "more than 4 GiB; split it into several files"));
        }
        match File::open(path).and_then(|file| InputFile::open(name(path), file, format, role)) {
            Ok(file) => {
                if file.is_blank() {
                    let shown = path.display();
                    self.notes.push(Words::new(format!("{shown} 是空的"), format!("{shown} is empty")));
                }
                self.files.push(file);
            }
            Err(error) => self.unreadable.push(cannot_read(path, &error.to_string(), &error.to_string())),
        }
    }
}

/// The name that standard input would have, if it has none.
fn guessed(bytes: &[u8]) -> &'static str {
    let holds = |folder: &[u8]| bytes.windows(folder.len()).any(|window| window == folder);
    match bytes.trim_ascii_start() {
        [b'P', b'A', b'R', b'1', ..] => "stdin.parquet",
        [b'{', ..] => "stdin.jsonl",
        [b'P', b'K', 3, 4, ..] if holds(b"xl/workbook.xml") => "stdin.xlsx",
        [b'P', b'K', 3, 4, ..] if holds(b"word/document.xml") => "stdin.docx",
        _ => "stdin.txt",
    }
}

/// The text of a draft without any fields.
fn plain_draft(file: &InputFile) -> Option<&str> {
    if !matches!(file.format.name, "text" | "markdown") || file.role != Role::Plan {
        return None;
    }
    let text = file.source.text();
    (!text.starts_with("---") && !text.starts_with("+++")).then_some(text)
}

/// What lies in a folder.
#[derive(Default)]
pub(crate) struct Walked {
    /// Its files in order of name; ignored ones are left out.
    pub files: Vec<PathBuf>,
    /// What could not be looked into.
    pub unreadable: Vec<Words>,
}

/// Looks into a folder and the folders in it.
pub(crate) fn walk(folder: &Path) -> Walked {
    let mut walked = Walked::default();
    for entry in WalkBuilder::new(folder).sort_by_file_path(Path::cmp).require_git(false).build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => walked.files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => walked.unreadable.push(Words::new(format!("读不了：{error}"), format!("cannot read: {error}"))),
        }
    }
    walked
}

/// One file is one file, however its path is written.
pub(crate) fn same(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// Policies and settings that lie among the input are not input.
fn is_no_input(path: &Path) -> bool {
    let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    is_toml && (path.file_name().is_some_and(|name| name == "presend.toml" || name == "Cargo.toml") || is_policy(path))
}

/// The endings of files that can be read.
fn endings() -> String {
    let endings = FORMATS.iter().flat_map(|format| format.extensions);
    endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ")
}

/// A path as reports show it.
pub(crate) fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Whether a TOML file is a policy.
fn is_policy(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| Policy::is_policy(&text))
}

/// Whether an office program wrote it in a format that is not read.
fn is_old(path: &Path) -> bool {
    path.extension().is_some_and(|ending| OLD.iter().any(|old| ending.eq_ignore_ascii_case(old)))
}

fn unknown_format(path: &Path) -> Words {
    if is_old(path) {
        return cannot_read(path, "不读这种格式，请另存为 .xlsx 或 .docx", "this format is not read; save it as .xlsx or .docx");
    }
    let is_parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    if is_parquet {
        return cannot_read(
            path,
            "这个 presend 编译时去掉了 .parquet；不带 --no-default-features 重新安装（cargo install --path .），或导出成 .csv",
            "this presend was built without .parquet; install it without --no-default-features (cargo install --path .), or export a .csv",
        );
    }
    let known = endings();
    cannot_read(path, &format!("不认识这种文件（认得：{known}）"), &format!("unknown kind of file (known: {known})"))
}

/// Says that a path cannot be read, and why.
pub(crate) fn cannot_read(path: &Path, zh: &str, en: &str) -> Words {
    let shown = path.display();
    Words::new(format!("读不了 {shown}：{zh}"), format!("cannot read {shown}: {en}"))
}
