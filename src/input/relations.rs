//! Which files of an archive belong to which.

use super::archive::{Archive, Step, Trouble};

/// What another part of the archive is to the one that names it.
pub(super) struct Relation {
    /// What the part calls it.
    pub id: String,
    /// The last word of its kind: `worksheet`, `footnotes`.
    pub kind: String,
    /// Its name in the archive.
    pub target: String,
}

/// The name of the main part.
pub(super) fn main(archive: &mut Archive, usual: &str) -> Result<String, Trouble> {
    let main = relations(archive, "_rels/.rels", "")?.into_iter().find(|relation| relation.kind == "officeDocument");
    Ok(main.map_or_else(|| usual.to_owned(), |relation| relation.target))
}

/// What belongs to a part.
pub(super) fn of_part(archive: &mut Archive, path: &str) -> Result<Vec<Relation>, Trouble> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let slash = if folder.is_empty() { "" } else { "/" };
    relations(archive, &format!("{folder}{slash}_rels/{file}.rels"), folder)
}

/// The first of a kind.
pub(super) fn target<'r>(relations: &'r [Relation], kind: &str) -> Option<&'r str> {
    relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.as_str())
}

/// The relations of a part in `folder`. What lies outside of the archive is none of them.
fn relations(archive: &mut Archive, path: &str, folder: &str) -> Result<Vec<Relation>, Trouble> {
    let mut relations = Vec::new();
    let Some(mut xml) = archive.xml(path)? else { return Ok(relations) };
    loop {
        match xml.next()? {
            Step::Start(tag) if tag.name() == b"Relationship" && tag.attr("TargetMode").as_deref() != Some("External") => {
                let kind = tag.attr("Type").unwrap_or_default();
                relations.push(Relation {
                    id: tag.attr("Id").unwrap_or_default(),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: inside(folder, &tag.attr("Target").unwrap_or_default()),
                });
            }
            Step::Done => return Ok(relations),
            _ => {}
        }
    }
}

/// A target as a name in the archive.
fn inside(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            ".." => drop(steps.pop()),
            "." | "" => {}
            step => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_name_in_the_archive() {
        assert_eq!(inside("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(inside("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(inside("xl/a", "../../../etc/passwd"), "etc/passwd");
    }
}
