//! Prohibited goods and services on offer are told, and the same words in news, warnings, shops and everyday talk are not.

use presend::check::{Checker, Input, InputFile};
use presend::finding::Severity;
use presend::input::Role;
use presend::policy::Policy;
use presend::source::Source;
use presend::time::Zone;

/// Three offers of a word, as such adverts are written.
fn offers(way: &str, word: &str) -> [String; 3] {
    let ways = match way {
        "goods" => {
            ["{}现货出售，价格优惠，加微信 abc12345", "出{}，一手货源，量大从优，电话 13800138000", "需要{}的私聊，顺丰发货，微信同号"]
        }
        "service" => {
            ["专业{}，诚信长期合作，联系电话 13800138000", "{}，价格好说，需要的加微信 abc12345", "有需要{}的私聊，当天搞定，微信同号"]
        }
        "play" => ["{}群，每天在线，想玩的加微信 abc12345", "{}平台，秒到账，注册联系 13800138000", "喜欢{}的私聊，带你回本，微信同号"],
        "money" => {
            ["{}项目，收益稳定，名额有限，加微信 abc12345", "{}，老师免费带，进群联系 13800138000", "想了解{}的私聊，新人有奖，微信同号"]
        }
        "private" => ["{}，新到一批，加微信 abc12345", "{}，同城可约，电话 13800138000", "想看{}的私聊，进群下载，微信同号"],
        other => panic!("no way of offering is called {other}"),
    };
    ways.map(|way| way.replace("{}", word))
}

fn checker() -> Checker {
    Policy::default_packs().compile(&Zone::default()).unwrap_or_else(|report| panic!("{} mistakes in the packs", report.findings.len()))
}

/// The rules that warn of a draft, or say more.
fn told(checker: &Checker, draft: &str) -> Vec<String> {
    let mut input = Input::new();
    input.add(InputFile::of(Source::new("draft.txt", draft), Role::Plan).expect("a format"));
    let report = checker.check(input);
    let grave = report.findings.iter().filter(|finding| matches!(finding.about.severity, Some(Severity::Error | Severity::Warning)));
    grave.map(|finding| finding.about.id.clone()).collect()
}

/// A word may miss one way of offering that does not suit it.
#[test]
fn a_prohibited_word_on_offer_is_told() {
    let checker = checker();
    let mut silent = Vec::new();
    for line in include_str!("offers.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split(' ').skip(1);
        let way = parts.next().expect("a category has a way of offering");
        for word in parts {
            let quiet: Vec<String> = offers(way, word).into_iter().filter(|offer| told(&checker, offer).is_empty()).collect();
            if quiet.len() > 1 {
                silent.extend(quiet);
            }
        }
    }
    assert!(silent.is_empty(), "nothing is said of\n{}", silent.join("\n"));
}

/// Words of the same list that mean something else most of the time: told where the offer leaves no doubt.
const UNDOUBTED: &[&str] = &[
    "炮甲片出售，加微信 abc12345",
    "鹤顶红雕件出手，喜欢的私聊",
    "无色无味，喝下去就睡着，加微信 abc12345",
    "神仙水，夜场助嗨，同城闪送，懂的加",
    "溜冰的来，货纯，老地方，私聊",
    "气枪快排套件现货，加微信 abc12345",
    "微信站街软件，一天加三百人，需要的加我",
    "超A手表，现货，加微信 abc12345",
    "莆田鞋，一件代发，加微信 abc12345",
    "一比一大牌包包，现货，加微信 abc12345",
    "同城美女可约，加微信 abc12345",
    "收到货 5星返 5 元，加客服微信",
    "高价收四件套，当天现结，加微信 abc12345",
    "长期收八件套，一套三千，联系我",
    "支付账户出租，一天三百，加微信 abc12345",
    "收对公账户，一户六千，联系我",
    "发展下线，拉人头有直推奖，进群联系",
    "内部消息，快转给家人，看完就删",
];

#[test]
fn an_ambiguous_word_is_told_where_the_offer_leaves_no_doubt() {
    let checker = checker();
    for offer in UNDOUBTED {
        assert_ne!(told(&checker, offer), [""; 0], "{offer}");
    }
}

/// The same words where nobody offers anything, or where they mean something lawful.
const NEAR_MISSES: &[&str] = &[
    // news
    "海关查获走私象牙制品三十件",
    "比特币一周下跌一成，USDT 交易量回落",
    "多家矿机厂商股价走低",
    "股东套现离场，公司股价承压",
    "市场监管部门查处一个复刻名表的窝点",
    "国足客场战平，外围赛形势依旧",
    // warnings and education
    "民警提醒：出租四件套就是帮信罪，切勿因小失大",
    "反诈中心：跑分、接码都是犯罪，发现请举报",
    "家长注意：上头电子烟里可能有依托咪酯",
    "别再信“矿机日赚三百”，多为资金盘",
    "禁毒科普：神仙水、开心水都是毒品",
    "学校通知：高考替考入刑，请诚信应考",
    // the ordinary sense, on sale
    "纯棉四件套特价，需要的联系店长，电话 13800138000",
    "美甲甲片批发，款式齐全，加微信 abc12345",
    "莆田枇杷新鲜到货，包邮，微信下单",
    "溜冰场周末半价，团购电话 13800138000",
    "SK-II 神仙水专柜现货，联系客服",
    "净水机快排阀现货，联系客服",
    "汽车后视镜一比一模型现货，加微信 abc12345",
    "网店代理招募，无需囤货，可开发票，电话 13800138000",
    "对公账户开户请携带营业执照到网点办理，客服电话 95588",
    "手机跑分排行榜更新，新机到店体验，联系店长",
    "家传秘方卤肉，门店直营，联系店长",
    "卖大麻花的老店搬到人民路了，联系电话 13800138000",
    "体育场外围道路施工，请绕行，咨询 12345",
    "产品质量问题请致电 13800138000，七天包退",
    "果园防鸟网批发，电话 13800138000",
    "进福利群领优惠券，每天一份",
    "爆珠奶茶买一送一，到店自提",
    "如遇盗刷请致电银行客服核实身份",
    "毕业证遗失补办请联系学院办公室，电话 0571-88001234",
    "可提供质检报告和授权书，联系电话 13800138000",
    "海洋馆看海龟，门票 80 元",
    "手办盲盒开盒直播，一盒 59 元",
    "出国前记得换日元，现金带一点",
    "代办营业执照、食品经营许可证，正规代理，费用公示，13800138026",
    "招服装厂缝纫工，计件，多劳多得，月入七千左右，电话 13800138029",
    "银行装修贷，年化 3.6% 起，额度五十万，凭房产证，客户经理 13800138017",
    // everyday talk
    "昨晚和爸妈打麻将，输了二十块",
    "病假条明天补给您，今天先请个假",
    "联系伟哥就行，他有车",
    "爸住院了，押金交了五千",
    "今晚一起玩狼人杀，缺两人，私我",
    "公众号涨粉了，感谢支持",
    "定位找人走失老人，请帮忙扩散，电话 13800138000",
    "我收了个快递，好像是你的银行卡",
];

#[test]
fn near_misses_stay_quiet() {
    let checker = checker();
    for draft in NEAR_MISSES {
        assert_eq!(told(&checker, draft), [""; 0], "{draft}");
    }
}
