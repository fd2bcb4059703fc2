//! `presend init`: what it writes works as it stands.

use crate::stage::Stage;

#[test]
fn what_it_writes_is_tested_linted_and_in_force() {
    let stage = Stage::new();
    let ran = stage.run(&["init", "--lang", "en"]);
    assert!(ran.exits(0).err.contains("wrote ./presend.toml") && ran.err.contains("wrote ./house.toml"), "{}", ran.err);
    assert_eq!(stage.run(&["test", "house.toml", "--strict"]).exits(0).out, "5 passed, 0 failed\n");
    assert_eq!(stage.run(&["policy", "lint", "house.toml", "--fail-on", "info", "--format", "concise"]).exits(0).out, "");
    stage.write("draft.txt", "礼盒半价，手慢无！");
    let ran = stage.run(&["check", "draft.txt", "--format", "concise"]);
    assert!(ran.exits(0).out.contains("house-no-hurry"), "{}", ran.out);
}

#[test]
fn nothing_is_overwritten() {
    let stage = Stage::with("house.toml", "mine");
    let ran = stage.run(&["init", "--lang", "zh"]);
    assert!(ran.exits(2).err.contains("已经有了"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(stage.path("house.toml")).expect("there"), "mine");
    assert!(stage.path("presend.toml").exists());
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    assert!(Stage::new().run(&["init", "nowhere", "--lang", "en"]).exits(2).err.contains("cannot write nowhere/presend.toml"));
}
