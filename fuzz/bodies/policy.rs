//! Any bytes as a policy.

use super::{checked, report};
use presend::source::Source;
use presend::time::Zone;
use presend::{Policy, trial};

const PLAN: &str = "time,account,action,target,text,amount\n\
    2026-11-20 09:00,a,add_friend,u1,加微信,3\n2026-11-20 09:00,a,send_message,u1,加 V 信 办证 13800138000,\n,b,transfer,,,1e9\n";

/// What stands beside the policy: one that can be extended, the policy itself, word lists.
fn beside(name: &str, data: &[u8]) -> Option<Vec<u8>> {
    match name {
        "none.txt" | "none.toml" => None,
        "every.toml" => Some(include_bytes!("every_kind.toml").to_vec()),
        name if name.ends_with(".toml") => Some(data.to_vec()),
        _ => Some("加微信\n办证 # 注\n".into()),
    }
}

/// A policy says nothing otherwise than itself; held against another, what differs has a name and two sides.
fn unlike(data: &[u8]) {
    let policy = |name: &str, data: &[u8]| {
        let mut policy = Policy::new();
        policy.add(Source::decode(name, data.to_vec()), &|name| beside(name, data));
        policy
    };
    let told = policy("policy.toml", data).differences(&mut policy("renamed.toml", data));
    assert!(told.is_empty(), "{told:?}");
    let every = include_bytes!("every_kind.toml");
    let (there, back) = (
        policy("a.toml", data).differences(&mut policy("b.toml", every)),
        policy("b.toml", every).differences(&mut policy("a.toml", data)),
    );
    assert_eq!(there.len(), back.len(), "{there:?} {back:?}");
}

/// Mistakes are reported at their place; a policy without any checks a plan, and its own tests run. Each value has its origin, each
/// profile can be chosen.
pub(crate) fn run(data: &[u8]) {
    let source = Source::decode("policy.toml", data.to_vec());
    Policy::is_policy(source.text());
    let mut policy = Policy::new();
    policy.add(source, &|name| beside(name, data));
    let profiles: Vec<String> = policy.profiles().into_iter().map(str::to_owned).collect();
    for profile in profiles {
        assert!(policy.choose(&profile));
    }
    for origin in policy.origins().into_values().flatten() {
        assert!(origin.position.line > 0 && !origin.file.is_empty());
    }
    unlike(data);
    match policy.compile(&Zone::default()) {
        Err(mistakes) => report::holds(&mistakes),
        Ok(checker) => {
            trial::run(&checker);
            report::holds(&checked(&checker, "plan.csv", PLAN.as_bytes()));
            report::holds(&checked(&checker, "draft.txt", PLAN.as_bytes()));
        }
    }
}
