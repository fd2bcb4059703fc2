//! Which names of hosts mean something: what a domain may end with, and who shortens links.

/// How far the last part of a name says that it is a domain.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ending {
    /// Everybody knows it: `com`.
    Common,
    /// Hardly anything but a domain ends so: `top`.
    Strange,
    /// It is also an English word, a country's abbreviation or the name of a program: `me`, `app`, `cc`.
    Word,
    /// Two letters, so perhaps a country: `ee`.
    Country,
}

/// Endings of the Internet's first years and of China.
const COMMON: [&str; 6] = ["cn", "com", "edu", "gov", "net", "org"];

/// Endings that are sold cheaply and stand in spam far more often than in speech (the abuse reports of Spamhaus and
/// Interisle name most of them year after year).
const STRANGE: [&str; 24] = [
    "asia", "bet", "bid", "biz", "casino", "click", "club", "cyou", "icu", "ink", "ltd", "mobi", "online", "ren", "shop", "sbs", "site",
    "tech", "top", "vip", "wang", "website", "xin", "xyz",
];

/// Endings that need something more beside them.
const WORDS: [&str; 51] = [
    "ai", "app", "art", "at", "beauty", "best", "buzz", "cc", "cf", "cloud", "co", "cool", "date", "fit", "fun", "ga", "gg", "gl", "gq",
    "group", "hk", "host", "im", "in", "info", "io", "is", "la", "life", "link", "live", "love", "ly", "me", "ml", "mk", "pub", "pw",
    "red", "run", "so", "space", "store", "team", "tk", "today", "tv", "tw", "win", "work", "world",
];

/// Two letters that name files, units and times far more often than countries.
const FILES: [&str; 32] = [
    "ad", "bz", "cs", "ct", "db", "el", "go", "gz", "hs", "js", "kb", "kg", "km", "kt", "ma", "mb", "md", "mm", "mp", "ms", "no", "pl",
    "pm", "ps", "py", "rb", "rs", "sh", "ts", "vb", "vs", "xz",
];

/// What a name may end with, if it is a domain.
pub(super) fn ending(label: &str) -> Option<Ending> {
    let is = |table: &[&str]| table.contains(&label);
    if is(&COMMON) {
        Some(Ending::Common)
    } else if is(&STRANGE) {
        Some(Ending::Strange)
    } else if is(&WORDS) {
        Some(Ending::Word)
    } else {
        let country = label.len() == 2 && label.bytes().all(|b| b.is_ascii_alphabetic()) && !is(&FILES);
        country.then_some(Ending::Country)
    }
}

/// Hosts whose links hide where they lead, and who runs them. As of 2026-11; those of the platforms open their own
/// programs, the others any page.
const SHORTENERS: &[(&str, &str)] = &[
    ("t.cn", "新浪微博"),
    ("sinaurl.cn", "新浪微博"),
    ("url.cn", "腾讯"),
    ("w.url.cn", "腾讯微信"),
    ("dwz.cn", "百度"),
    ("tb.cn", "淘宝"),
    ("m.tb.cn", "淘宝"),
    ("c.tb.cn", "淘宝"),
    ("e.tb.cn", "淘宝"),
    ("s.tb.cn", "淘宝"),
    ("3.cn", "京东"),
    ("u.jd.com", "京东"),
    ("p.pinduoduo.com", "拼多多"),
    ("v.douyin.com", "抖音"),
    ("v.kuaishou.com", "快手"),
    ("xhslink.com", "小红书"),
    ("b23.tv", "哔哩哔哩"),
    ("dpurl.cn", "大众点评、美团"),
    ("163.fm", "网易"),
    ("suo.im", "缩我"),
    ("suo.nz", "缩我"),
    ("suo.yt", "缩我"),
    ("mrw.so", "缩链"),
    ("sourl.cn", "搜链"),
    ("u6v.cn", "缩链"),
    ("985.so", "985.so"),
    ("0x9.me", "0x9.me"),
    ("dwz1.cc", "dwz1.cc"),
    ("dwz.mk", "dwz.mk"),
    ("dwz.win", "dwz.win"),
    ("ft12.com", "ft12"),
    ("c7.gg", "c7.gg"),
    ("t.co", "X"),
    ("goo.gl", "Google"),
    ("bit.ly", "Bitly"),
    ("j.mp", "Bitly"),
    ("tinyurl.com", "TinyURL"),
    ("is.gd", "is.gd"),
    ("v.gd", "is.gd"),
    ("ow.ly", "Hootsuite"),
    ("rb.gy", "Rebrandly"),
    ("cutt.ly", "Cuttly"),
    ("shorturl.at", "ShortURL"),
    ("s.id", "s.id"),
    ("t.me", "Telegram"),
];

/// Whether a host only leads on to another.
pub(super) fn is_shortener(host: &str) -> bool {
    SHORTENERS.iter().any(|(known, _)| *known == host)
}

/// Where public articles of WeChat stand.
pub(super) const ARTICLES: &str = "mp.weixin.qq.com";

/// Names of programming that look like a domain.
pub(super) const PROGRAMS: [&str; 4] = ["asp.net", "ado.net", "vb.net", "ml.net"];

/// What the name of a program's package begins with, where a domain ends with it.
pub(super) const PACKAGES: [&str; 6] = ["com", "org", "net", "cn", "io", "java"];
