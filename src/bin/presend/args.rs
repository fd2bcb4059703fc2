//! What may be typed.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args as Group, CommandFactory, Parser, Subcommand, ValueEnum};
use presend::output::OUTPUTS;
use std::ffi::OsString;
use std::path::PathBuf;

/// Checks what an account is about to send, before it sends it.
///
/// 发送之前，先检查：把要发的操作和文案对照政策，报告每一处有封号、限流、罚款风险的地方。
#[derive(Parser)]
#[command(version, about, long_about, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub verb: Verb,
}

const EXIT_CODES: &str = "\
Exit codes 退出码:
  0  nothing at or above --fail-on 没有达到 --fail-on 的问题
  1  findings 有问题
  2  usage, configuration or policy error 用法、配置或政策有错
  3  no input, or input that cannot be read 没有输入，或读不了";

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Check drafts, plans and accounts (the default verb) 检查文案、计划和账号
    Check(Check),
    /// Findings that are known and do not fail a run 已知的问题，不算不通过
    #[command(subcommand)]
    Baseline(BaselineVerb),
    /// Run the tests that rules carry 运行规则自带的测试
    Test(Test),
    /// List the rules in force 列出生效的规则
    Rules(Rules),
    /// Say what a rule asks, or why a finding is there 解释一条规则，或一个问题从何而来
    Explain(Explain),
    /// Write a presend.toml and a first rule of your own 写一份 presend.toml 和第一条自己的规则
    Init(Init),
    /// Look at policies themselves 检查、比较、描述政策本身
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Look at the settings 查看配置
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Look at the waivers 查看豁免
    #[command(subcommand)]
    Waiver(WaiverVerb),
    /// Print completions for a shell 输出命令行补全脚本
    Completions(Shells),
    /// Print a page of the manual 输出手册页
    Man(Manual),
}

#[derive(Group)]
pub(crate) struct Shells {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[derive(Group)]
pub(crate) struct Manual {
    /// The page of this verb, instead of that of the program 哪个子命令的手册页
    #[arg(value_name = "VERB")]
    pub verb: Option<String>,
}

/// What to do about what is waived.
#[derive(Group)]
pub(crate) struct Waived {
    /// Show what is waived, and why 也显示被豁免的问题和理由
    #[arg(long)]
    pub show_waived: bool,
    /// Heed no waiver, for those who review them 不理会任何豁免，供复核
    #[arg(long, conflicts_with = "show_waived")]
    pub no_waivers: bool,
}

/// How much is told.
#[derive(Group)]
pub(crate) struct Telling {
    /// Cover what drafts say in every report: only the words of a rule's own list stay readable 报告里遮住文案，只留规则词表里的词
    #[arg(long)]
    pub redact: bool,
    /// Say which settings, policies and files are used 说明用了哪个配置、哪些政策、哪些文件
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Subcommand)]
pub(crate) enum WaiverVerb {
    /// List the waivers of the policies, of the settings, and of these files 列出政策、配置和这些文件里的豁免
    List(Waivers),
}

#[derive(Subcommand)]
pub(crate) enum ConfigVerb {
    /// Show the settings in force, and where each comes from 列出生效的配置，以及各由哪里设定
    Show(ShowConfig),
}

#[derive(Group)]
pub(crate) struct ShowConfig {
    #[command(flatten)]
    pub force: Force,
    /// Format of the list 输出格式
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

#[derive(Group)]
pub(crate) struct Waivers {
    /// Files and folders whose own waivers are listed, too 也列出这些文件和文件夹里的豁免
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    /// The day to look at, instead of today 按哪一天看
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Format of the list 输出格式
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

/// What decides which rules are in force.
#[derive(Group)]
pub(crate) struct Force {
    /// Policies in force: a file, a folder, a bundled pack's name, or `default` (repeatable) 生效的政策
    #[arg(long, value_name = "PATH|NAME")]
    pub policy: Vec<String>,
    /// Profile of the packs in force, such as conservative (repeatable) 选用包里的哪一档数值
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// Settings file instead of the nearest presend.toml 配置文件
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Ignore settings files and PRESEND_… variables 不看配置文件和环境变量
    #[arg(long)]
    pub isolated: bool,
    /// Time zone of local times, such as Asia/Shanghai 本地时间所在时区
    #[arg(long, value_name = "TZ")]
    pub timezone: Option<String>,
    /// Language of reports 输出语言
    #[arg(long, value_enum)]
    pub lang: Option<LangName>,
    /// When to use colours 何时用颜色
    #[arg(long, value_enum, default_value_t = When::Auto)]
    pub color: When,
}

/// What is read beside what is checked.
#[derive(Group)]
pub(crate) struct Beside {
    /// Registry of accounts (repeatable) 账号登记表
    #[arg(long, value_name = "FILE")]
    pub accounts: Vec<PathBuf>,
    /// What was already sent: fills windows, is never reported (repeatable) 已发送的记录，只计数不报告
    #[arg(long, value_name = "FILE")]
    pub history: Vec<PathBuf>,
}

#[derive(Group)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Check {
    /// Files and folders to check, or `-` for standard input 要检查的文件或文件夹
    #[arg(value_name = "PATH|-")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    #[command(flatten)]
    pub beside: Beside,
    /// The day for records without a time, instead of today 没有时间的记录按哪一天算
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// The severity that fails a run 从哪一级起算不通过
    #[arg(long, value_enum)]
    pub fail_on: Option<Level>,
    /// The least severity that is shown 从哪一级起显示
    #[arg(long, value_enum)]
    pub min_severity: Option<Level>,
    /// Format of the report 输出格式
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<String>,
    /// Also write the report to a file, as FORMAT=FILE (repeatable) 另存一份报告
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<String>,
    /// Name of what comes on standard input; its ending tells the format 标准输入的文件名
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<String>,
    /// Check a log on standard input as it comes, in order of time, in bounded memory; writes jsonl 边读边查标准输入里的日志
    #[arg(long)]
    pub stream: bool,
    /// How much later than a later record a record may come in a stream, such as 10m; implies --stream 流里的记录最多迟到多久
    #[arg(long, value_name = "DURATION")]
    pub lateness: Option<String>,
    /// Known findings, which are counted and neither shown nor fail a run 已知问题的基线文件
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Threads; the result does not depend on it 线程数
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    #[command(flatten)]
    pub waived: Waived,
    #[command(flatten)]
    pub telling: Telling,
    /// Print nothing but what cannot be read 不输出报告，只看退出码
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Group)]
pub(crate) struct Explain {
    /// The finding to explain, by its fingerprint; the paths and flags are those of the check 要解释的问题的指纹
    #[arg(long, value_name = "FINGERPRINT")]
    pub finding: Option<String>,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Group)]
pub(crate) struct Test {
    /// Policies to test: files, folders, names of bundled packs; the default packs without any 要测试的政策
    #[arg(value_name = "POLICY")]
    pub policies: Vec<String>,
    #[command(flatten)]
    pub force: Force,
    /// Fail on rules without both a case they must flag and one they must not 规则缺少正例或反例也算不通过
    #[arg(long)]
    pub strict: bool,
    /// Format of the result 输出格式
    #[arg(long, value_enum, default_value_t = TestFormat::Human)]
    pub format: TestFormat,
}

#[derive(Group)]
pub(crate) struct Rules {
    #[command(flatten)]
    pub force: Force,
    /// Format of the list 输出格式
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
    /// Show for each value which file set it, and why 显示每个值由哪个文件设定
    #[arg(long)]
    pub origin: bool,
}

#[derive(Group)]
pub(crate) struct Init {
    /// The folder to write to 写到哪个文件夹
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub folder: PathBuf,
    /// Language of what is said 输出语言
    #[arg(long, value_enum)]
    pub lang: Option<LangName>,
}

#[derive(Subcommand)]
pub(crate) enum PolicyVerb {
    /// Find rules that do nothing, rules that would never be quiet, and what is lacking 找出不起作用、太吵、缺内容的规则
    Lint(Lint),
    /// Show what a change of policies changes, and in the findings of a real plan 比较两份政策：改了什么，真实计划会多报、少报什么
    Diff(Diff),
    /// Print the JSON Schema of policy files, for editors 输出政策文件的 JSON Schema，供编辑器使用
    Schema,
}

#[derive(Group)]
pub(crate) struct Lint {
    /// Policies to look at: files, folders, names of bundled packs; the default packs without any 要检查的政策
    #[arg(value_name = "POLICY")]
    pub policies: Vec<String>,
    #[command(flatten)]
    pub force: Force,
    /// The severity that fails a run (default: warning) 从哪一级起算不通过
    #[arg(long, value_enum)]
    pub fail_on: Option<Level>,
    /// Format of the report 输出格式
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
}

#[derive(Group)]
#[command(after_help = DIFF_CODES)]
pub(crate) struct Diff {
    /// The policy as it was: a file, a folder, a bundled pack's name, or `default` 旧的政策
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The policy as it is to be 新的政策
    #[arg(value_name = "NEW")]
    pub new: String,
    /// Files and folders to hold against both: which findings appear and disappear (repeatable) 拿这些文件分别检查，看多报、少报了什么
    #[arg(long, value_name = "PATH")]
    pub corpus: Vec<PathBuf>,
    #[command(flatten)]
    pub force: Force,
    #[command(flatten)]
    pub beside: Beside,
    /// The day for records without a time, instead of today 没有时间的记录按哪一天算
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Format of the result 输出格式
    #[arg(long, value_enum, default_value_t = ListFormat::Human)]
    pub format: ListFormat,
}

const DIFF_CODES: &str = "\
Policies of --policy are in force on both sides. --policy 给出的政策两边都生效。

Exit codes 退出码:
  0  nothing differs; with --corpus: the same findings 没有差别；有 --corpus 时：报告的问题一样
  1  something differs; with --corpus: a finding does 有差别；有 --corpus 时：报告的问题有变化
  2  usage, configuration or policy error 用法、配置或政策有错
  3  no input, or input that cannot be read 没有输入，或读不了";

#[derive(Subcommand)]
pub(crate) enum BaselineVerb {
    /// Take everything that is found now as known 把现在的问题都记为已知
    Write {
        #[command(flatten)]
        check: Check,
        /// Replace a baseline that is there already 覆盖已有的基线
        #[arg(long)]
        force: bool,
    },
    /// Take out what is found no more; never adds 去掉已经没有的问题，从不添加
    Prune {
        #[command(flatten)]
        check: Check,
    },
    /// Show what is new (+) and what is gone (-) 列出新增（+）和消失（-）的问题
    Diff {
        #[command(flatten)]
        check: Check,
    },
}

/// The names of all formats of reports.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(OUTPUTS.iter().map(|output| PossibleValue::new(output.name)))
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LangName {
    Zh,
    En,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    Warning,
    Info,
    Never,
}

impl Level {
    /// As it is written everywhere.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
            Level::Never => "never",
        }
    }

    /// The level of this name.
    pub(crate) fn named(name: &str) -> Option<Level> {
        Level::value_variants().iter().copied().find(|level| level.name() == name)
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum TestFormat {
    Human,
    Junit,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ListFormat {
    Human,
    Json,
}

/// Puts `check` in front when no verb is given.
pub(crate) fn with_default_verb(mut args: Vec<OsString>) -> Vec<OsString> {
    let first = args.get(1).and_then(|arg| arg.to_str());
    let command = Args::command();
    let is_verb = first.is_some_and(|arg| {
        matches!(arg, "help" | "-h" | "--help" | "-V" | "--version") || command.get_subcommands().any(|verb| verb.get_name() == arg)
    });
    if first.is_some() && !is_verb {
        args.insert(1, "check".into());
    }
    args
}
