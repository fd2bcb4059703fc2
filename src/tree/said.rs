//! What the parser of TOML says, for people who write Chinese and sometimes full-width signs.

use crate::words::Words;

/// What the parser begins with, and the same in Chinese.
const SAID: [(&str, &str); 34] = [
    ("duplicate key", "这个键写了两次"),
    ("missing comma between", "两项之间缺逗号"),
    ("missing assignment", "键后面缺 `=`"),
    ("key with no value", "键后面缺 `=` 和值"),
    ("missing value", "`=` 后面缺值"),
    ("string values must be quoted", "字符串要加引号；一行只写一个键"),
    ("unquoted keys cannot be empty", "这里缺键名"),
    ("invalid unquoted key", "键名不加引号时只能用英文字母、数字、`-`、`_`"),
    ("keys cannot be multi-line", "键名不能跨行"),
    ("unexpected key or value", "这里多了东西，该换行了"),
    ("unexpected content", "这里多了东西"),
    ("unclosed array table", "`[[…]]` 没有写完"),
    ("unclosed table", "`[…]` 没有写完"),
    ("unclosed inline table", "`{ … }` 没有写完，缺 `}`"),
    ("unclosed array", "`[ … ]` 没有写完，缺 `]`"),
    ("missing opening quote", "缺开头的引号"),
    ("invalid multi-line basic string", "三引号的字符串没有写完"),
    ("invalid multi-line literal string", "三引号的字符串没有写完"),
    ("invalid basic string", "字符串没有写完，缺引号"),
    ("invalid literal string", "字符串没有写完，缺引号"),
    ("missing escaped value", "`\\` 后面的写法不对；要写 `\\` 本身，用单引号或写两个"),
    ("too few unicode value digits", "`\\u` 后面的数字不够"),
    ("extra comma", "多了一个逗号"),
    ("extra `=`", "多了一个 `=`"),
    ("extra assignment", "多了一个 `=`"),
    ("cannot recurse further", "一层套一层，太深了"),
    ("recursion limit", "一层套一层，太深了"),
    ("unexpected leading zero", "数字前面不能有 0"),
    ("`_` may only go between digits", "`_` 只能写在数字之间"),
    ("invalid boolean", "这里要写 true 或 false，全用小写"),
    ("invalid date", "没有这一天"),
    ("invalid time", "没有这个时刻"),
    ("carriage return must be followed", "换行符不完整"),
    ("dotted key", "这个键已经是一个值，不能再往下写"),
];

/// Full-width signs that Chinese keyboards write, and what TOML reads instead.
const WIDE: [(char, &str); 17] = [
    ('“', "\""),
    ('”', "\""),
    ('‘', "'"),
    ('’', "'"),
    ('＂', "\""),
    ('＝', "="),
    ('：', "="),
    ('，', ","),
    ('、', ","),
    ('【', "["),
    ('［', "["),
    ('】', "]"),
    ('］', "]"),
    ('｛', "{"),
    ('｝', "}"),
    ('＃', "#"),
    ('\u{3000}', "(blank)"),
];

/// What is wrong with some text; with what begins there when it is nothing.
pub(super) fn words(said: &str, (blamed, behind): (&str, &str)) -> Words {
    let known = SAID.iter().find(|(begins, _)| said.starts_with(begins)).map_or(said, |(_, zh)| zh);
    let wide = blamed.chars().chain(behind.chars().take(1)).find_map(|c| WIDE.iter().find(|(sign, _)| *sign == c));
    let (zh, en) = match wide {
        Some((sign, narrow)) => {
            (format!("（“{sign}”是全角符号，这里要用半角 `{narrow}`）"), format!(" (“{sign}” is a full-width sign; write `{narrow}`)"))
        }
        None => (String::new(), String::new()),
    };
    Words::new(format!("TOML 语法错误：{known}{zh}"), format!("broken TOML: {said}{en}"))
}

#[cfg(test)]
mod tests {
    use crate::tree::from_toml;

    /// Whatever people get wrong is said in Chinese; the parser may learn new words.
    #[test]
    fn common_slips_are_said_in_chinese() {
        for slip in [
            "a = “x”",
            "a ＝ 1",
            "标题 = 1",
            "a = x",
            "a = [1，2]",
            "a = [1 2]",
            "a = [1",
            "a = { b = 1",
            "[[a]",
            "[a",
            "a = \"x",
            "a = 'x",
            "a = \"\"\"x",
            "a = ",
            "a",
            "a = 1 b = 2",
            "= 1",
            "a = 2026-02-30",
            "a = 08",
            "a = 1,000",
            "a = \"\\p\"",
            "a: 1",
            "a = 1\na = 2",
            "[a]\n[a]",
            "a = True",
            "【a】",
            "a.b = 1\na = 2",
        ] {
            let (_, broken) = from_toml(slip);
            let words = &broken.first().unwrap_or_else(|| panic!("{slip} is right")).words;
            let said = words.zh.strip_prefix("TOML 语法错误：").expect("it begins so");
            assert!(said.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "{slip}: {said}");
            let is_wide = slip.chars().any(|c| super::WIDE.iter().any(|(sign, _)| *sign == c));
            assert_eq!(said.contains("全角"), is_wide, "{slip}: {said}");
            assert_eq!(words.en.contains("full-width"), is_wide, "{slip}");
        }
    }
}
