//! Reports for readers: a format is one file here and one line in `OUTPUTS`.

mod concise;
mod drawn;
mod escape;
mod excerpt;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod jsonl;
mod junit;
mod object;
mod placed;
mod remarks;
mod sarif;
mod shown;
mod stats;
mod waived;

#[cfg(test)]
mod sample;

pub use shown::clipped;

use crate::finding::Evidence;
use crate::report::Report;
use crate::words::{Lang, Words};
use std::io;

/// How a report is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The language of every message.
    pub lang: Lang,
    /// Whether colours may be used.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Threads to use.
    pub jobs: usize,
}

/// A format of reports.
pub struct Output {
    /// What `--format` calls it.
    pub name: &'static str,
    /// What it is for.
    pub about: Words,
    /// How many of the records that fill a window it shows.
    pub evidence: Evidence,
    /// Writes a report.
    pub write: fn(&Report, Style, &mut dyn io::Write) -> io::Result<()>,
}

/// Every format there is.
pub const OUTPUTS: &[Output] = &[
    Output {
        name: "human",
        about: Words::fixed("给人看：划出原文，说明原因、依据和改法", "for people: the words underlined, why, who says so, what to do"),
        evidence: Evidence::Few,
        write: human::write,
    },
    Output {
        name: "concise",
        about: Words::fixed("每个问题一行", "a line for each finding"),
        evidence: Evidence::Few,
        write: concise::write,
    },
    Output {
        name: "json",
        about: Words::fixed("给程序看：整份报告一个对象", "for programs: the report as one object"),
        evidence: Evidence::Few,
        write: json::write,
    },
    Output {
        name: "jsonl",
        about: Words::fixed("给程序看：每行一个问题", "for programs: an object a line, one for each finding"),
        evidence: Evidence::Few,
        write: jsonl::write,
    },
    Output {
        name: "sarif",
        about: Words::fixed("SARIF 2.1.0：代码扫描平台", "SARIF 2.1.0, for code scanning"),
        evidence: Evidence::Every,
        write: sarif::write,
    },
    Output {
        name: "github",
        about: Words::fixed("GitHub Actions 的行内批注", "annotations of GitHub Actions"),
        evidence: Evidence::Few,
        write: github::write,
    },
    Output {
        name: "gitlab",
        about: Words::fixed("GitLab 代码质量报告", "a code quality report of GitLab"),
        evidence: Evidence::Few,
        write: gitlab::write,
    },
    Output {
        name: "junit",
        about: Words::fixed("JUnit XML：测试结果页", "JUnit XML, for pages of test results"),
        evidence: Evidence::Few,
        write: junit::write,
    },
    Output {
        name: "html",
        about: Words::fixed("一个网页：划出原文、账号时间线、可筛选、可打印", "a page: words underlined, timelines, filters, fit to print"),
        evidence: Evidence::Every,
        write: html::write,
    },
    Output {
        name: "stats",
        about: Words::fixed("每个规则包、每条规则涉及多少条记录", "how many records each pack and each rule speaks of"),
        evidence: Evidence::Few,
        write: stats::write,
    },
];
