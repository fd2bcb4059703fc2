//! The house as ARCHITECTURE.md draws it: imports go down, every file says what it is for, none is long.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines a file may have.
const LONGEST: usize = 500;

/// A file of `src/`.
struct Room {
    path: String,
    /// The room it belongs to.
    name: String,
    /// How many modules lie between it and the root of the crate, itself included.
    depth: usize,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The lines of a fenced block of ARCHITECTURE.md, each cut at its bar.
fn block(name: &str) -> Vec<(String, String)> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let fence = format!("```{name}\n");
    let start = page.find(&fence).expect("the page has this block") + fence.len();
    let length = page[start..].find("```").expect("the block ends");
    let lines = page[start..start + length].lines();
    lines.map(|line| line.split_once('|').expect("each line has a bar")).map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned())).collect()
}

/// The floor of each room; the ground is 0.
fn floors() -> BTreeMap<String, usize> {
    let lines = block("floors").into_iter().rev().enumerate();
    lines.flat_map(|(floor, (rooms, _))| rooms.split(' ').map(|room| (room.to_owned(), floor)).collect::<Vec<_>>()).collect()
}

/// Every Rust file of `src/`.
fn rooms() -> Vec<Room> {
    let src = root().join("src");
    let mut folders = vec![src.clone()];
    let mut rooms = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of src") {
            let path = entry.expect("an entry of src").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                rooms.push(room(&src, &path));
            }
        }
    }
    rooms.sort_by(|a, b| a.path.cmp(&b.path));
    rooms
}

fn room(src: &Path, path: &PathBuf) -> Room {
    let inside = path.strip_prefix(src).expect("a file of src").with_extension("");
    let steps: Vec<String> = inside.iter().map(|step| step.to_string_lossy().into_owned()).collect();
    let own = usize::from(steps.last().is_some_and(|step| step == "mod"));
    Room {
        path: format!("src/{}.rs", steps.join("/")),
        name: steps[0].clone(),
        depth: steps.len() - own,
        text: fs::read_to_string(path).expect("a readable file"),
    }
}

/// The rooms a text names by `crate::…`, or by as many `super::` as lead to the root; each with its line.
fn imports(text: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut inside = depth;
    let code: Vec<String> = text.lines().map(|line| format!("{}\n", line.split("//").next().unwrap_or_default())).collect();
    for (number, line) in code.iter().enumerate() {
        // Modules inside a file are its tests, and they end with it.
        inside += usize::from(line.starts_with("mod ") && line.trim_end().ends_with('{'));
        let up = "super::".repeat(inside);
        for way in ["crate::", up.as_str()] {
            for (at, _) in line.match_indices(way) {
                let from_root = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == ':');
                if from_root {
                    let rest = line[at + way.len()..].to_owned() + &code[number + 1..].concat();
                    found.extend(first_steps(&rest).into_iter().map(|name| (number + 1, name)));
                }
            }
        }
    }
    found
}

/// The first step of each path behind a root: `a::b` gives a; `{a::b, c}` gives a and c.
fn first_steps(rest: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*')).collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                names.extend(Some(name(&group[start..at])).filter(|name| !name.is_empty()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    names
}

/// What is wrong with one import of a file.
fn breach(floors: &BTreeMap<String, usize>, from: &Room, to: &str) -> Option<String> {
    if from.name == to || from.name == "bin" {
        return None;
    }
    let own = floors.get(&from.name)?;
    match floors.get(to) {
        Some(floor) if floor < own => None,
        Some(floor) if floor == own => Some(format!("{} meets {to}, which is on its own floor", from.name)),
        Some(_) => Some(format!("{} imports {to} from above", from.name)),
        None => Some(format!("`{to}` is no room")),
    }
}

fn no_complaints(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn imports_go_down() {
    let floors = floors();
    let mut complaints = Vec::new();
    for room in rooms() {
        for (line, to) in imports(&room.text, room.depth) {
            complaints.extend(breach(&floors, &room, &to).map(|what| format!("{}:{line}: {what}", room.path)));
        }
    }
    no_complaints(&complaints);
}

#[test]
fn every_room_is_on_the_plan_and_the_plan_has_no_other() {
    let (mut floors, rooms) = (floors(), rooms());
    let mut complaints: Vec<String> = Vec::new();
    for room in &rooms {
        if !floors.contains_key(&room.name) {
            complaints.push(format!("{}: ARCHITECTURE.md has no room `{}`", room.path, room.name));
        }
    }
    floors.retain(|name, _| rooms.iter().all(|room| room.name != *name));
    complaints.extend(floors.keys().map(|name| format!("ARCHITECTURE.md has a room `{name}`, src has none")));
    no_complaints(&complaints);
}

#[test]
fn every_file_says_what_it_is_for_and_none_is_long() {
    let mut complaints = Vec::new();
    for room in rooms() {
        if !room.text.lines().next().is_some_and(|line| line.len() > 4 && line.starts_with("//! ")) {
            complaints.push(format!("{}: the first line must be `//! …`, one sentence on what it is for", room.path));
        }
        let lines = room.text.lines().count();
        if lines > LONGEST {
            complaints.push(format!("{}: {lines} lines; more than {LONGEST} are two subjects", room.path));
        }
    }
    no_complaints(&complaints);
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut complaints = Vec::new();
    for (name, known) in block("crates") {
        for room in rooms().iter().filter(|room| !known.split(' ').any(|known| known == room.name)) {
            let mut lines = room.text.lines().enumerate().filter(|(_, line)| names_crate(line, &name));
            complaints.extend(lines.next().map(|(line, _)| format!("{}:{}: `{name}` belongs to {known}", room.path, line + 1)));
        }
    }
    no_complaints(&complaints);
}

/// Whether a line of code names an outside crate.
fn names_crate(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn an_import_is_seen_however_it_is_written() {
    let named = |text: &str, depth| imports(text, depth).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(named("use crate::a::B;\nlet x = crate::c::d();", 1), ["a", "c"]);
    assert_eq!(named("use crate::{a::{B, C}, d,\n    e::F};", 1), ["a", "d", "e"]);
    assert_eq!(named("use super::a::B;\nuse super::super::c::D;", 2), ["c"]);
    assert_eq!(named("use super::a::B;\nmod tests {\n    use super::super::c::D;\n}", 1), ["a", "c"]);
    assert_eq!(named("// use crate::a::B;\nuse other::crate_::x;", 1), Vec::<String>::new());
    assert_eq!(named("use crate::*;", 1), ["*"]);
}

#[test]
fn an_upward_import_is_a_breach() {
    let floors = floors();
    let from = |name: &str| Room { path: String::new(), name: name.to_owned(), depth: 1, text: String::new() };
    assert_eq!(breach(&floors, &from("check"), "words"), None);
    assert_eq!(breach(&floors, &from("words"), "words"), None);
    assert!(breach(&floors, &from("words"), "check").is_some_and(|what| what.contains("from above")));
    assert!(breach(&floors, &from("words"), "span").is_some_and(|what| what.contains("own floor")));
    assert!(breach(&floors, &from("check"), "Report").is_some_and(|what| what.contains("no room")));
}
