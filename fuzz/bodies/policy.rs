//! Any bytes as a policy.

use super::{checked, report};
use presend::source::Source;
use presend::time::Zone;
use presend::{Policy, trial};

const PLAN: &str = "time,account,action,target,text,amount\n\
    2026-11-20 09:00,a,add_friend,u1,加微信,3\n2026-11-20 09:00,a,send_message,u1,加 V 信 办证 13800138000,\n,b,transfer,,,1e9\n";

/// Mistakes are reported at their place; a policy without any checks a plan, and its own tests run.
pub(crate) fn run(data: &[u8]) {
    let source = Source::decode("policy.toml", data.to_vec());
    Policy::is_policy(source.text());
    let mut policy = Policy::new();
    policy.add(source, &|name| (name != "none.txt").then(|| "加微信\n办证 # 注\n".into()));
    match policy.compile(&Zone::default()) {
        Err(mistakes) => report::holds(&mistakes),
        Ok(checker) => {
            trial::run(&checker);
            report::holds(&checked(&checker, "plan.csv", PLAN.as_bytes()));
            report::holds(&checked(&checker, "draft.txt", PLAN.as_bytes()));
        }
    }
}
