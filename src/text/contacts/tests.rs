//! What is a contact, and what only looks like one.

use super::chars::steps;
use super::*;
use crate::text::fold::Folded;
use proptest::prelude::*;

/// The contacts of a text: kind, as written, as read.
fn found(text: &str) -> Vec<(&'static str, String, String)> {
    let folded = Folded::of(text);
    let written = |contact: &Contact| text[folded.source_range(text, contact.start as usize, contact.end as usize)].to_owned();
    Contacts::of(&folded).all.iter().map(|contact| (contact.kind.name(), written(contact), contact.value.clone())).collect()
}

/// `text ⟦written⟧ text` holds one contact, which reads so.
#[track_caller]
fn holds(kind: &str, cases: &[(&str, &str)]) {
    for (marked, value) in cases {
        let (before, rest) = marked.split_once('⟦').unwrap();
        let (written, after) = rest.split_once('⟧').unwrap();
        let found = found(&format!("{before}{written}{after}"));
        let found: Vec<(&str, &str, &str)> = found.iter().map(|(kind, written, value)| (*kind, &written[..], &value[..])).collect();
        assert_eq!(found, [(kind, written, *value)], "{marked}");
    }
}

#[track_caller]
fn holds_none(texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn wechat_ids_follow_a_cue() {
    holds(
        "wechat",
        &[
            ("想看资料的⟦加V❤：hello_2026⟧ 领", "hello_2026"),
            ("⟦微信号 shop-8899⟧，早九晚六", "shop-8899"),
            ("详情⟦加薇亻言tulip09⟧哦", "tulip09"),
            ("⟦vx：ab12345678⟧", "ab12345678"),
            ("要的⟦+薇xiaomei520⟧", "xiaomei520"),
            ("⟦徽信：lanlan123⟧", "lanlan123"),
            ("⟦加 卫星 star8866⟧", "star8866"),
            ("⟦绿泡泡：mm_778899⟧", "mm_778899"),
            ("⟦加/微/信：abc778899⟧", "abc778899"),
            ("【⟦微】【信】abc778899⟧", "abc778899"),
            ("⟦薇 信 号：abc778899⟧", "abc778899"),
            ("⟦加我微信报名：abc778899⟧", "abc778899"),
            ("⟦WeChat id: tom_hanks88⟧", "tom_hanks88"),
            ("⟦ⓥⓧ：ａｂｃ_１２３４⟧", "abc_1234"),
            ("⟦vx: a b c 1 2 3 4 5⟧", "abc12345"),
            ("⟦jia v tulip2026⟧", "tulip2026"),
            ("⟦wxid_a1b2c3d4e5f6⟧", "wxid_a1b2c3d4e5f6"),
            ("有意⟦➕rose558200⟧一起", "rose558200"),
        ],
    );
}

#[test]
fn a_number_after_a_cue_of_wechat_is_one_too() {
    holds(
        "wechat",
        &[
            ("⟦v信13800138000⟧", "13800138000"),
            ("⟦加微138[表情]0013[表情]8000⟧", "13800138000"),
            ("⟦加微：一三八零零一三八零零零⟧", "13800138000"),
            ("⟦微信：88776655⟧", "88776655"),
        ],
    );
}

#[test]
fn wechat_as_a_program_or_a_word_is_no_contact() {
    holds_none(&[
        "微信支付 abc123456",
        "微信8.0.50版本",
        "微信iphone15适配",
        "微信/facebook 分享",
        "微信官方WeChat Official",
        "VXLAN 4789端口配置",
        "加微量元素1234567",
        "卫星GPS3000x定位",
        "威信很高，深得人心",
        "加vip888888会员",
        "微信2026年新规",
        "微信群100000人",
        "微信公众号",
        "TV: abc123456",
        "参加abc12345项目",
        "微信：20261101",
    ]);
}

#[test]
fn mobile_numbers_are_found_in_every_style() {
    holds(
        "phone",
        &[
            ("电话⟦13800138000⟧", "13800138000"),
            ("⟦138-0013-8000⟧", "13800138000"),
            ("⟦+86 138 0013 8000⟧", "13800138000"),
            ("⟦8613800138000⟧", "13800138000"),
            ("⟦013800138000⟧", "13800138000"),
            ("⟦(138)00138000⟧", "13800138000"),
            ("⟦１３８００１３８０００⟧", "13800138000"),
            ("⟦1️⃣3️⃣8️⃣0️⃣0️⃣1️⃣3️⃣8️⃣0️⃣0️⃣0️⃣⟧", "13800138000"),
            ("⟦①③⑧⓪⓪138000⟧", "13800138000"),
            ("⟦𝟏𝟑𝟖𝟎𝟎138000⟧", "13800138000"),
            ("⟦一三八零零一三八零零零⟧", "13800138000"),
            ("⟦幺叁捌 零零一三 八零零零⟧", "13800138000"),
            ("⟦1三8零零1三8零零零⟧", "13800138000"),
            ("⟦l38oo138ooo⟧", "13800138000"),
            ("⟦1 3 8 0 0 1 3 8 0 0 0⟧", "13800138000"),
            ("⟦13❤80❤01❤38❤000⟧", "13800138000"),
            ("⟦138\u{200b}0013\u{200b}8000⟧", "13800138000"),
            ("手机：⟦1380 0138 000⟧", "13800138000"),
            ("找我⟦13800138000⟧一对一", "13800138000"),
            ("⟦13800138000⟧张先生", "13800138000"),
            ("⟦tel13800138000⟧", "13800138000"),
            ("tel-⟦13800138000⟧", "13800138000"),
            ("⟦13800138000⟧vx同号", "13800138000"),
        ],
    );
    assert_eq!(found("13800138000/13900139000").len(), 2);
    assert_eq!(found("2026-11-01 13800138000")[0].1, "13800138000");
}

#[test]
fn other_numbers_are_no_mobile_numbers() {
    holds_none(&[
        "订单20261101",
        "订单号13800138000",
        "流水号：13912345678",
        "价格1388元",
        "13800138000元",
        "1388/2999/688",
        "1350*1200*750",
        "138001380001",
        "0.13800138000",
        "13800138000.5",
        "日期2026-11-01 12:30-15:30",
        "3.14159265358",
        "sku13800138000",
        "ABC-13800138000-1",
        "id=a13800138000b2",
        "9.9元 12.5折 房号 1302",
        "11800138000",
        "一二三四五六七八九十一",
        "身份证110101199003078515",
        "1380013800 l型",
    ]);
}

#[test]
fn offices_and_services_are_a_class_of_their_own() {
    holds(
        "hotline",
        &[
            ("⟦400-812-3456⟧", "4008123456"),
            ("⟦4008123456⟧", "4008123456"),
            ("⟦0571-88886666⟧", "057188886666"),
            ("⟦(010)62345678⟧", "01062345678"),
            ("客服热线⟦95588⟧", "95588"),
            ("咨询电话：⟦8888 6666⟧", "88886666"),
            ("请拨打⟦10086⟧", "10086"),
        ],
    );
    holds_none(&["价格95588元", "编码95588", "共10000人", "拨打95588元", "0371块", "20261101", "第400812页", "时间 0930-1130"]);
}

#[test]
fn qq_numbers_and_groups_follow_a_cue() {
    holds(
        "qq",
        &[
            ("⟦QQ：123456789⟧", "123456789"),
            ("⟦扣扣 9876543⟧", "9876543"),
            ("⟦加Q 1 2 3 4 5 6 7 8⟧", "12345678"),
            ("⟦企鹅群：87654321⟧", "87654321"),
            ("⟦🐧 12345678⟧", "12345678"),
            ("⟦加Ǭ㪊有礼：1031785009⟧", "1031785009"),
            ("⟦进群：12345678⟧", "12345678"),
            ("⟦q群⑧⑦⑥543210⟧", "876543210"),
            ("⟦扣87654321⟧", "87654321"),
            ("⟦加老师 87654321⟧", "87654321"),
        ],
    );
    holds_none(&[
        "QQ音乐2026",
        "QQ2012版",
        "QQ群人数10000人",
        "Q345车型",
        "企鹅三只",
        "qq空间",
        "Q3 2026财报",
        "扣5元",
        "入群10000人",
        "增加12345678",
        "加10000000",
    ]);
}

#[test]
fn addresses_with_a_protocol_are_links() {
    holds(
        "link",
        &[
            ("见⟦https://example.com/a?b=1⟧，点击", "https://example.com/a?b=1"),
            ("⟦HTTP://Example.com⟧。", "http://example.com"),
            ("⟦http://v68点vip/abc⟧", "http://v68.vip/abc"),
            ("⟦weixin://dl/business/?t=abc⟧", "weixin://dl/business/?t=abc"),
            ("⟦https：//1.2.3.4:8080/x⟧", "https://1.2.3.4:8080/x"),
        ],
    );
    holds_none(&["http://localhost:3000/", "http://127.0.0.1/a", "file:///tmp/a.txt", "https://", "比例1://2", "http:"]);
}

#[test]
fn short_links_and_articles_are_told_from_links() {
    holds(
        "short_link",
        &[
            ("⟦http://t.cn/AbC123⟧点击领取", "http://t.cn/abc123"),
            ("⟦https://m.tb.cn/h.abc⟧ ", "https://m.tb.cn/h.abc"),
            ("⟦t.cn/AbC123⟧", "t.cn/abc123"),
            ("⟦dwz点cn/abc1⟧", "dwz.cn/abc1"),
            ("⟦bit.ly/3abcd⟧", "bit.ly/3abcd"),
        ],
    );
    holds(
        "article",
        &[
            ("⟦https://mp.weixin.qq.com/s?__biz=abc⟧", "https://mp.weixin.qq.com/s?__biz=abc"),
            ("⟦mp.weixin.qq.com/s/abcd⟧", "mp.weixin.qq.com/s/abcd"),
            ("⟦http://mp.weixin.qq.com/⟧", "http://mp.weixin.qq.com/"),
        ],
    );
    holds_none(&["at.cnn队", "suo.in", "t.c", "b23号", "d.w.z"]);
}

#[test]
fn domains_are_found_however_their_dots_are_written() {
    holds(
        "domain",
        &[
            ("⟦qs36s.top⟧", "qs36s.top"),
            ("⟦𝕧𝟞𝟠點𝕧𝕚𝕡⟧，老台子", "v68.vip"),
            ("🔗⟦bet1️⃣2️⃣2️⃣点co⟧", "bet122.co"),
            ("⟦🅅68點🅅🄸🄿⟧", "v68.vip"),
            ("⟦qs36s 。 top⟧", "qs36s.top"),
            ("⟦qs36s. top⟧ 上", "qs36s.top"),
            ("⟦www 点 abc 点 com⟧", "www.abc.com"),
            ("⟦q s 3 6 s . t o p⟧", "qs36s.top"),
            ("⟦abc123[.]com⟧", "abc123.com"),
            ("⟦8899典top⟧", "8899.top"),
            ("登录⟦www.shop88.com/a⟧看看", "www.shop88.com/a"),
            ("⟦163.com⟧", "163.com"),
            ("⟦shop.example.com.cn⟧", "shop.example.com.cn"),
            ("⟦a.b8.me⟧", "a.b8.me"),
        ],
    );
}

#[test]
fn what_only_has_a_dot_is_no_domain() {
    holds_none(&[
        "node.js ok.thanks file.txt",
        "iOS 17.5 和 3.5 版",
        "main.cc readme2.md asp.net v2.0.1",
        "今晚8点vip专场",
        "满2000点vip升级",
        "com.example.app.net",
        "src/lib.cn",
        "I like it. Top 10 is here.",
        "in 2019. Net profit rose",
        "ok.me too",
        "see you.love you",
        "会议12点30分",
        "有点top",
        "foo.me()",
        "12.5折 9.9包邮",
        "U.S. Ph.D. e.g. No.1",
        "打开app点me",
        "在3.in和4.in之间",
    ]);
}

#[test]
fn mail_is_told_from_domains() {
    holds(
        "email",
        &[
            ("联系 ⟦abc.def@qq.com⟧ 我", "abc.def@qq.com"),
            ("⟦13800138000@163.com⟧", "13800138000@163.com"),
            ("⟦123456@qq点com⟧", "123456@qq.com"),
            ("⟦QQ12345678@qq.com⟧", "qq12345678@qq.com"),
        ],
    );
    holds_none(&["@abc.com", "a@b", "@小明 你好", "5@10元", "abc@def.txt"]);
}

#[test]
fn pass_phrases_are_found() {
    holds(
        "code",
        &[
            ("⟦￥AbCd1234efG￥⟧", "¥abcd1234efg¥"),
            ("⟦₤xYz98abCDe₤⟧ 好物", "₤xyz98abcde₤"),
            ("⟦复制这段⟧话，打开淘宝", "复制这段"),
            ("私信发你⟦淘口令⟧", "淘口令"),
        ],
    );
    holds_none(&["淘口令是什么", "价格￥1388￥", "复制这段代码", "我复制这段话凑字数", "$100$", "￥99到￥199", "口令红包"]);
}

#[test]
fn what_is_written_around_a_filter_is_said_to_be_so() {
    let disguised = |text: &str| Contacts::of(&Folded::of(text)).all[0].disguised;
    for text in ["薇❤：abc12345", "徽信 abc12345", "一三八零零一三八零零零", "138*0013*8000", "v68点vip", "扣扣：1234567"]
    {
        assert!(disguised(text), "{text}");
    }
    for text in ["微信：abc12345", "加v：abc12345", "138-0013-8000", "400 812 3456", "v68.vip", "QQ：1234567", "http://t.cn/a"] {
        assert!(!disguised(text), "{text}");
    }
}

#[test]
fn an_address_has_a_host() {
    let host = |text: &str| Contacts::of(&Folded::of(text)).all[0].host().map(str::to_owned);
    assert_eq!(host("https://me@Shop.Example.com:8080/a?b").as_deref(), Some("shop.example.com"));
    assert_eq!(host("shop88点com/abc").as_deref(), Some("shop88.com"));
    assert_eq!(host("a.b@example.com").as_deref(), Some("example.com"));
    assert_eq!(host("13800138000"), None);
}

#[test]
fn contacts_touch_what_is_near_them() {
    let contacts = Contacts::of(&Folded::of("。。13800138000。。QQ：1234567。。"));
    let phone = ContactKinds::named(["phone"].into_iter());
    let touches = |kinds: ContactKinds, around: Range<u32>| contacts.touch(kinds, &around);
    assert!(touches(phone, 0..2) && touches(phone, 13..14) && touches(phone, 5..6));
    assert!(!touches(phone, 0..1) && !touches(phone, 14..99));
    assert!(touches(ContactKinds::USUAL, 25..99) && !touches(ContactKinds::named(["hotline"].into_iter()), 0..99));
}

/// Texts that keep every look ahead busy.
fn hostile() -> [String; 9] {
    ["1 ", "a.", "加v", "加微信加我", "一", "q s ", "http://", "1o", "+(0"].map(|piece| piece.repeat(500))
}

#[test]
fn twice_the_text_takes_twice_the_steps() {
    for text in hostile() {
        let count = |text: &str| {
            let folded = Folded::of(text);
            steps::of(|| drop(Contacts::of(&folded)))
        };
        let (once, twice) = (count(&text), count(&text.repeat(2)));
        assert!(twice <= once * 21 / 10, "{once} {twice} {}", &text[..9]);
        assert!(once <= text.chars().count() * 400, "{once} {}", &text[..9]);
    }
}

fn odd_text() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> =
        "加 微 信 v x wx qq 群 扣 ❤ ： : . 。 点 / @ http:// www t.cn com top vip 1 3 8 00 138 13800138000 0571 400 一三八 零 o l i \
        [表情] ( ) + - ￥ abc1234 _ 🐧 ⑫ 1️⃣ \u{200b} 复制这段 打开 元 \n 号 e\u{301} 🆓 …"
            .split_inclusive(' ')
            .collect();
    let one = prop_oneof![8 => prop::sample::select(pieces).prop_map(|piece| piece.trim().to_owned()), 1 => any::<char>().prop_map(String::from), 1 => Just(" ".to_owned())];
    prop::collection::vec(one, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn contacts_lie_in_the_text_one_after_the_other(text in odd_text()) {
        let folded = Folded::of(&text);
        let mut last = 0;
        for contact in &Contacts::of(&folded).all {
            prop_assert!(last <= contact.start && contact.start < contact.end);
            prop_assert!(contact.end as usize <= folded.chars().len());
            let range = folded.source_range(&text, contact.start as usize, contact.end as usize);
            prop_assert!(text.get(range).is_some_and(|written| !written.is_empty()));
            prop_assert!(!contact.value.is_empty());
            last = contact.end;
        }
    }

    #[test]
    fn a_text_is_left_in_time(text in odd_text()) {
        let folded = Folded::of(&text.repeat(8));
        let count = steps::of(|| drop(Contacts::of(&folded)));
        prop_assert!(count <= 64 + folded.chars().len() * 400);
    }
}
