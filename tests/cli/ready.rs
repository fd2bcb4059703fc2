//! What is ready to use: the action, the hooks and the job of GitLab run as they are written; completions; the manual.

use crate::POLICY;
use crate::stage::Stage;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn yaml(name: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file of the project");
    serde_saphyr::from_str(&text).expect("YAML")
}

fn stage() -> Stage {
    let settings = "policy = \"p.toml\"\nlang = \"en\"\nfail_on = \"warning\"\n";
    Stage::with("p.toml", POLICY).file("presend.toml", settings).file("drafts/a b.txt", "请加微信\n").file("ok.txt", "您好\n")
}

/// Runs a script in the stage, the built program first on the path.
fn bash(stage: &Stage, script: &str, variables: &[(String, String)]) -> Output {
    let built = Path::new(env!("CARGO_BIN_EXE_presend")).parent().expect("a folder");
    let script = format!("export PATH='{}':\"$PATH\"\n{script}", built.display());
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(stage.path("")).env("RUNNER_TEMP", stage.path("temp"));
    command.envs(variables.iter().map(|(name, value)| (name, value))).output().expect("bash runs")
}

/// Runs the steps of the action with these inputs, the others as they are by default.
fn act(stage: &Stage, given: &[(&str, &str)]) -> Output {
    let action = yaml("action.yml");
    let mut inputs: BTreeMap<String, String> = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().expect("inputs") {
        inputs.insert(name.clone(), input["default"].as_str().unwrap_or_default().to_owned());
    }
    inputs.extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let filled = |text: &str| {
        let text = text.replace("${{ github.action_path }}", env!("CARGO_MANIFEST_DIR"));
        inputs.iter().fold(text, |text, (name, value)| text.replace(&format!("${{{{ inputs.{name} }}}}"), value))
    };
    let mut last = None;
    for step in action["runs"]["steps"].as_array().expect("steps") {
        let script = step["run"].as_str().expect("a script");
        assert!(!script.contains("${{"), "inputs go through the environment, never into a script");
        let variables = step["env"].as_object().expect("variables").iter();
        let variables: Vec<_> = variables.map(|(name, value)| (name.clone(), filled(value.as_str().expect("a text")))).collect();
        last = Some(bash(stage, script, &variables));
    }
    last.expect("a step")
}

#[test]
fn the_action_annotates_and_writes_sarif() {
    let stage = stage();
    let binary = env!("CARGO_BIN_EXE_presend");
    let ran = act(&stage, &[("binary", binary), ("paths", "drafts\nok.txt"), ("args", "--min-severity\nwarning")]);
    let out = String::from_utf8_lossy(&ran.stdout);
    assert_eq!(ran.status.code(), Some(1), "{out}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(out.starts_with("::warning file=drafts/a b.txt,line=1,"), "{out}");
    assert!(stage.read("presend.sarif").contains("shop/contact-word"));
    let evil = act(&stage, &[("binary", binary), ("paths", "ok.txt; touch evil")]);
    assert_eq!((evil.status.code(), stage.path("evil").exists()), (Some(3), false), "a path is a path");
}

#[test]
fn the_hooks_check_what_changed_and_everything() {
    let stage = stage();
    for hook in yaml(".pre-commit-hooks.yaml").as_array().expect("hooks") {
        let entry = hook["entry"].as_str().expect("an entry");
        let args = hook["args"].as_array().map(|args| args.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
        let files = if hook["pass_filenames"] == false { "" } else { "'drafts/a b.txt' ok.txt" };
        let ran = bash(&stage, &format!("{entry} {} {files}", args.unwrap_or_default()), &[]);
        assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
        assert!(String::from_utf8_lossy(&ran.stdout).contains("contact-word"));
        assert_eq!(hook["language"], "rust");
    }
}

#[test]
fn the_job_of_gitlab_writes_the_reports_it_names() {
    let stage = stage();
    let job = &yaml("ci/gitlab.yml")["presend"];
    let lines = [&job["before_script"], &job["script"]].map(|part| part.as_array().expect("lines").clone()).concat();
    let script = lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n");
    let paths = job["variables"]["PRESEND_PATHS"].as_str().expect("a default").to_owned();
    let ran = bash(&stage, &script, &[("PRESEND_PATHS".to_owned(), paths)]);
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
    for report in job["artifacts"]["reports"].as_object().expect("reports").values() {
        assert!(stage.read(report.as_str().expect("a file")).contains("contact-word"), "{report}");
    }
}

#[test]
fn completions_and_the_manual_know_every_verb() {
    let stage = Stage::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stage.run(&["completions", shell]).exits(0).out.clone();
        for word in ["baseline", "completions", "min-severity"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert!(bash(&stage, "source <(presend completions bash) && complete -p presend", &[]).status.success());
    assert!(stage.run(&["man"]).exits(0).out.starts_with(".ie") && stage.run(&["man"]).out.contains("presend"));
    assert!(stage.run(&["man", "check"]).exits(0).out.contains("presend\\-check"));
    stage.run(&["man", "nothing"]).exits(2);
    stage.run(&["completions", "nothing"]).exits(2);
}
