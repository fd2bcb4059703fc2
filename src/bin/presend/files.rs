//! Files and folders on disk.

use ignore::WalkBuilder;
use presend::check::InputFile;
use presend::input::{FORMATS, Format, Role, format_of};
use presend::policy::Policy;
use presend::source::Source;
use presend::words::Words;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What was found on disk, and what could not be read.
#[derive(Default)]
pub(crate) struct Found {
    /// Files to check.
    pub files: Vec<InputFile>,
    /// Paths that could not be read.
    pub unreadable: Vec<Words>,
    /// Things worth a word.
    pub notes: Vec<Words>,
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

    fn stdin(&mut self, role: Role, stdin_name: Option<&str>) {
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            return self.unreadable.push(cannot_read(Path::new("-"), &error.to_string(), &error.to_string()));
        }
        let source = Source::decode(stdin_name.unwrap_or("<stdin>"), bytes);
        let looks_like_json = source.text().trim_start().starts_with('{');
        let name = stdin_name.unwrap_or(if looks_like_json { "stdin.jsonl" } else { "stdin.txt" });
        match format_of(name) {
            Some(format) => self.files.push(InputFile { source, format, role }),
            None => self.unreadable.push(unknown_format(Path::new(name))),
        }
    }

    fn folder(&mut self, folder: &Path, role: Role) {
        let before = self.files.len() + self.unreadable.len();
        for path in walk(folder) {
            if let Some(format) = format_of(&name(&path)) {
                self.file_of_folder(&path, role, format);
            }
        }
        if before == self.files.len() + self.unreadable.len() {
            let known =
                FORMATS.iter().flat_map(|format| format.extensions).map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ");
            let shown = folder.display();
            self.unreadable.push(Words::new(
                format!("文件夹 {shown} 里没有可检查的文件（认得：{known}）"),
                format!("the folder {shown} holds nothing to check (known: {known})"),
            ));
        }
    }

    /// Policies and settings that lie among the input are not input.
    fn file_of_folder(&mut self, path: &Path, role: Role, format: &'static Format) {
        let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        if is_toml && (path.file_name().is_some_and(|name| name == "presend.toml" || name == "Cargo.toml") || is_policy(path)) {
            return;
        }
        self.file(path, role, format);
    }

    fn file(&mut self, path: &Path, role: Role, format: &'static Format) {
        match std::fs::read(path) {
            Ok(bytes) if u32::try_from(bytes.len()).is_err() => {
                self.unreadable.push(cannot_read(path, "超过 4 GiB，请拆成几个文件", "more than 4 GiB; split it into several files"));
            }
            Ok(bytes) => {
                if bytes.iter().all(u8::is_ascii_whitespace) {
                    let shown = path.display();
                    self.notes.push(Words::new(format!("{shown} 是空的"), format!("{shown} is empty")));
                }
                self.files.push(InputFile { source: Source::decode(name(path), bytes), format, role });
            }
            Err(error) => self.unreadable.push(cannot_read(path, &error.to_string(), &error.to_string())),
        }
    }
}

/// The files of a folder in order of name; ignored ones are left out.
pub(crate) fn walk(folder: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(folder).sort_by_file_path(Path::cmp).require_git(false).build();
    walk.flatten().filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file())).map(ignore::DirEntry::into_path).collect()
}

/// A path as reports show it.
pub(crate) fn name(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// Whether a TOML file is a policy.
pub(crate) fn is_policy(path: &Path) -> bool {
    std::fs::read_to_string(path).is_ok_and(|text| Policy::is_policy(&text))
}

fn unknown_format(path: &Path) -> Words {
    let known = FORMATS.iter().flat_map(|format| format.extensions).map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ");
    cannot_read(path, &format!("不认识这种文件（认得：{known}）"), &format!("unknown kind of file (known: {known})"))
}

/// Says that a path cannot be read, and why.
pub(crate) fn cannot_read(path: &Path, zh: &str, en: &str) -> Words {
    let shown = path.display();
    Words::new(format!("读不了 {shown}：{zh}"), format!("cannot read {shown}: {en}"))
}
