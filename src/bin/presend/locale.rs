//! The language people here read.

use crate::args::LangName;
use presend::words::{Lang, Words};

/// The language: as asked for, else of the settings, else of the locale, else Chinese.
pub(crate) fn lang(asked: Option<LangName>, set: Option<&str>) -> Lang {
    match asked {
        Some(LangName::Zh) => Lang::Zh,
        Some(LangName::En) => Lang::En,
        None => set.and_then(Lang::named).or_else(of_locale).unwrap_or_default(),
    }
}

fn of_locale() -> Option<Lang> {
    let named =
        ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty())?;
    if named == "C" || named.starts_with("C.") || named == "POSIX" {
        return None;
    }
    Some(Lang::named(&named).unwrap_or(Lang::En))
}

/// Says something beside the report.
pub(crate) fn say(lang: Lang, words: &Words) {
    anstream::eprintln!("presend: {}", words.say(lang));
}
