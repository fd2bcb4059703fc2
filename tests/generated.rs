//! Pages that the program makes: compared with what is in docs/; `UPDATE=1 cargo test --test generated` rewrites them.

#![expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to write")]

use presend::policy::reference;
use presend::words::Lang;

/// Compares a page with its file, or writes it.
fn hold(path: &str, page: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, page).expect("the page can be written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == page, "{path} is not what the program says: run UPDATE=1 cargo test --test generated, and look at the difference");
}

#[test]
fn the_reference_of_the_policy_language_is_up_to_date() {
    hold("docs/policy.md", &reference(Lang::En));
    hold("docs/policy.zh-CN.md", &reference(Lang::Zh));
}
