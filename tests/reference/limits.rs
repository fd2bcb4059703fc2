//! Which records a rule looks at and where its line is, in words.

use crate::say::{Say, code, plain, tables, text};
use toml::{Table, Value};

/// The fields a rule on words reads, and the records it is about.
pub(crate) fn looks_at(rule: &Table, say: Say) -> String {
    let mut told = Vec::new();
    for kind in ["lexicon", "regex", "combine", "contact", "similarity"] {
        if let Some(kind) = rule.get(kind).and_then(Value::as_table) {
            told.push(code(&kind.get("field").map_or("text".to_owned(), plain)));
        }
    }
    told.extend(rule.get("match").and_then(Value::as_table).map(|select| code(&conditions(select))));
    say.list(&told)
}

/// Conditions as one line: `action = call / sms; not (promo = false)`.
fn conditions(select: &Table) -> String {
    let one = |(key, value): (&String, &Value)| match value {
        Value::Table(inner) if key == "not" => format!("not ({})", conditions(inner)),
        Value::Table(inner) => {
            let parts = inner.iter().map(|(how, value)| match how.as_str() {
                "exists" if value.as_bool() == Some(true) => format!("{key} is there"),
                "exists" => format!("{key} is not there"),
                "gt" => format!("{key} > {}", plain(value)),
                "gte" => format!("{key} >= {}", plain(value)),
                "lt" => format!("{key} < {}", plain(value)),
                "lte" => format!("{key} <= {}", plain(value)),
                how => format!("{key} {how} {}", plain(value)),
            });
            parts.collect::<Vec<String>>().join("; ")
        }
        value => format!("{key} = {}", plain(value)),
    };
    select.iter().map(one).collect::<Vec<String>>().join("; ")
}

/// What is allowed, or what makes a word count.
pub(crate) fn limit(rule: &Table, say: Say) -> String {
    let table = |kind: &str| rule.get(kind).and_then(Value::as_table);
    if let Some(rate) = table("rate") {
        return format!("{}{}", most(rate, say, text(rate, "timespan")), by(rate, say));
    }
    if let Some(quota) = table("quota") {
        return format!("{}{}", most(quota, say, period(&text(quota, "period"), say)), by(quota, say));
    }
    if let Some(interval) = table("interval") {
        return format!("{} {}{}", say.pick("两次至少相隔", "at least so long between two:"), text(interval, "min"), by(interval, say));
    }
    if let Some(distinct) = table("distinct") {
        return of_distinct(distinct, say);
    }
    if let Some(capacity) = table("capacity") {
        let (max, initial) = (text(capacity, "max"), code(&text(capacity, "initial")));
        let told =
            say.pick("最多 {max}，从 {initial} 起随计划增减", "at most {max}, counted on from {initial} as the plan adds and removes");
        return told.replace("{max}", &max).replace("{initial}", &initial) + &by(capacity, say);
    }
    if let Some(ratio) = table("ratio") {
        return of_ratio(ratio, say);
    }
    if let Some(sequence) = table("sequence") {
        let steps: Vec<String> = tables(sequence, "steps").into_iter().map(|step| code(&conditions(step))).collect();
        let told = say.pick("{time} 之内不应依次出现", "not one after the other within {time}:");
        return format!("{} {}{}", told.replace("{time}", &text(sequence, "timespan")), steps.join(" → "), by(sequence, say));
    }
    if let Some(similarity) = table("similarity") {
        return of_similarity(similarity, say);
    }
    if let Some(hours) = table("time_window") {
        let windows = tables(hours, "allow").into_iter().map(|window| window.values().map(plain).collect::<Vec<String>>().join(" "));
        return format!("{} {}", say.pick("只在", "only at"), windows.collect::<Vec<String>>().join(say.pick("、", ", ")));
    }
    let fields: Vec<&Table> = match rule.get("constraint").or(rule.get("fact")) {
        Some(Value::Table(field)) => vec![field],
        Some(Value::Array(fields)) => fields.iter().filter_map(Value::as_table).collect(),
        _ => return words(rule, say),
    };
    fields.into_iter().map(|field| allowed(field, say)).collect::<Vec<String>>().join(say.pick("；", "; "))
}

/// `at most 20 in 24h`, with dated values one after the other.
fn most(limit: &Table, say: Say, time: String) -> String {
    let what = limit.get("sum").map_or(String::new(), |field| format!("{} ", code(&plain(field))));
    let told = say.pick("{time} 内{what}最多 {max}", "{what}at most {max} in {time}");
    let say_it = |max: &str| told.replace("{time}", &time).replace("{what}", &what).replace("{max}", max);
    if limit.contains_key("max") {
        return say_it(&text(limit, "max"));
    }
    let dated = tables(limit, "values").into_iter().map(|value| {
        say.pick("{from} 起{it}", "from {from} {it}").replace("{from}", &text(value, "from")).replace("{it}", &say_it(&text(value, "max")))
    });
    dated.collect::<Vec<String>>().join(say.pick("；", "; "))
}

fn period(name: &str, say: Say) -> String {
    match name {
        "day" => say.pick("一个自然日", "a day of the calendar"),
        "week" => say.pick("一个自然周", "a week of the calendar"),
        _ => say.pick("一个自然月", "a month of the calendar"),
    }
    .to_owned()
}

/// The fields records are grouped by.
fn by(counted: &Table, say: Say) -> String {
    let fields: Vec<String> =
        counted.get("group_by").and_then(Value::as_array).into_iter().flatten().map(|field| code(&plain(field))).collect();
    if fields.is_empty() {
        return String::new();
    }
    say.pick("，按 {by} 分别计", ", counted for each {by}").replace("{by}", &say.list(&fields))
}

fn of_distinct(distinct: &Table, say: Say) -> String {
    let time = match text(distinct, "timespan") {
        time if time.is_empty() => say.pick("全部记录里", "in all records").to_owned(),
        time => say.pick("{} 内", "in {}").replace("{}", &time),
    };
    let told = say.pick("{time}最多 {max} 个不同的 {field}", "at most {max} different {field} {time}");
    let field = code(&text(distinct, "field"));
    told.replace("{time}", &time).replace("{max}", &text(distinct, "max")).replace("{field}", &field) + &by(distinct, say)
}

fn of_ratio(ratio: &Table, say: Say) -> String {
    let select = |key: &str| ratio.get(key).and_then(Value::as_table).map(|select| code(&conditions(select)));
    let of = select("denominator").unwrap_or_else(|| say.pick("全部", "all").to_owned());
    let time = match text(ratio, "period") {
        name if name.is_empty() => text(ratio, "timespan"),
        name => period(&name, say),
    };
    let unit = if text(ratio, "unit") == "days" { say.pick("天数", "days") } else { say.pick("条数", "records") };
    let told = say.pick(
        "{time} 内，{part} 占 {of} 的{unit}最多 {max}，至少 {least} 条才算",
        "in {time}, {part} at most {max} of the {unit} of {of}, from {least} records on",
    );
    told.replace("{time}", &time)
        .replace("{part}", &select("numerator").unwrap_or_default())
        .replace("{of}", &of)
        .replace("{unit}", unit)
        .replace("{max}", &text(ratio, "max"))
        .replace("{least}", &text(ratio, "min_samples"))
        + &by(ratio, say)
}

fn of_similarity(similarity: &Table, say: Say) -> String {
    let told = say.pick(
        "{time} 内，相似度 {threshold} 以上的内容最多涉及 {max} 个不同的 {field}",
        "in {time}, texts alike to {threshold} or more at most for {max} different {field}",
    );
    told.replace("{time}", &text(similarity, "timespan"))
        .replace("{threshold}", &text(similarity, "threshold"))
        .replace("{max}", &text(similarity, "max"))
        .replace("{field}", &code(&text(similarity, "distinct")))
        + &by(similarity, say)
}

/// What one field may hold.
fn allowed(field: &Table, say: Say) -> String {
    let mut told = Vec::new();
    for (key, value) in field {
        let value = plain(value);
        let said = match key.as_str() {
            "required" => say.pick("必须填写", "must be there").to_owned(),
            "equals" => say.pick("须为 {}", "must be {}").replace("{}", &code(&value)),
            "enum" => say.pick("只能是 {}", "one of {}").replace("{}", &code(&value)),
            "forbid" => say.pick("不能是 {}", "none of {}").replace("{}", &code(&value)),
            "minimum" => say.pick("至少 {}", "at least {}").replace("{}", &value),
            "maximum" => say.pick("最多 {}", "at most {}").replace("{}", &value),
            "min_length" => say.pick("至少 {} 字", "at least {} characters").replace("{}", &value),
            "max_length" => say.pick("最多 {} 字", "at most {} characters").replace("{}", &value),
            "pattern" => say.pick("须符合 {}", "must match {}").replace("{}", &code(&value)),
            _ => continue,
        };
        told.push(said);
    }
    format!("{} {}", code(&text(field, "field")), say.list(&told))
}

/// What must stand beside a word, and what keeps it quiet.
fn words(rule: &Table, say: Say) -> String {
    let Some(kind) = ["lexicon", "regex", "combine", "contact"].iter().find_map(|kind| rule.get(*kind).and_then(Value::as_table)) else {
        return String::new();
    };
    let mut told = Vec::new();
    if let Some(kinds) = kind.get("kinds") {
        told.push(code(&plain(kinds)));
    }
    if text(kind, "variants") == "all" {
        told.push(say.pick("变形写法也算", "ways of writing around a word count too").to_owned());
    }
    if kind.contains_key("any_of") {
        told.push(say.pick("几类信号要同时出现", "several sorts of signs must come together").to_owned());
    }
    let near = |key: &str| kind.get(key).and_then(Value::as_table).map(|cues| text(cues, "within"));
    if let Some(within) = near("near") {
        told.push(beside(&within, say, ("{}附近要有售卖、联系一类的字眼", "only with cue words {}")));
    }
    if let Some(within) = near("not_near") {
        told.push(beside(&within, say, ("{}附近有提醒、报道一类的字眼就不报", "quiet beside words of warning or report {}")));
    }
    told.join(say.pick("；", "; "))
}

fn beside(within: &str, say: Say, (zh, en): (&str, &str)) -> String {
    let far = match within {
        "" => say.pick("全文", "anywhere in the text").to_owned(),
        within => say.pick("{} 字内", "within {} characters").replace("{}", within),
    };
    say.pick(zh, en).replace("{}", &far)
}
