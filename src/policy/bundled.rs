//! The packs that come with the program.

/// A pack inside the program.
pub struct Bundled {
    /// Its id, and its folder under `rules/`.
    pub id: &'static str,
    /// Whether it is in force when nothing else is said.
    pub default: bool,
    /// Its `policy.toml`.
    pub policy: &'static str,
    /// The word lists beside it.
    pub files: &'static [(&'static str, &'static str)],
}

/// Every pack, one line each.
pub const BUNDLED: &[Bundled] = &[
    Bundled {
        id: "wechat-account-safety",
        default: true,
        policy: include_str!("../../rules/wechat-account-safety/policy.toml"),
        files: &[
            ("account-trade.txt", include_str!("../../rules/wechat-account-safety/account-trade.txt")),
            ("aphrodisiac.txt", include_str!("../../rules/wechat-account-safety/aphrodisiac.txt")),
            ("brushing.txt", include_str!("../../rules/wechat-account-safety/brushing.txt")),
            ("contact-cues.txt", include_str!("../../rules/wechat-account-safety/contact-cues.txt")),
            ("drugs.txt", include_str!("../../rules/wechat-account-safety/drugs.txt")),
            ("fake-cert.txt", include_str!("../../rules/wechat-account-safety/fake-cert.txt")),
            ("illegal-health.txt", include_str!("../../rules/wechat-account-safety/illegal-health.txt")),
            ("join-cues.txt", include_str!("../../rules/wechat-account-safety/join-cues.txt")),
            ("obscene.txt", include_str!("../../rules/wechat-account-safety/obscene.txt")),
            ("plugin-tools.txt", include_str!("../../rules/wechat-account-safety/plugin-tools.txt")),
            ("plugins.txt", include_str!("../../rules/wechat-account-safety/plugins.txt")),
            ("privacy.txt", include_str!("../../rules/wechat-account-safety/privacy.txt")),
            ("sale-cues.txt", include_str!("../../rules/wechat-account-safety/sale-cues.txt")),
            ("stock.txt", include_str!("../../rules/wechat-account-safety/stock.txt")),
            ("warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("wildlife.txt", include_str!("../../rules/wechat-account-safety/wildlife.txt")),
        ],
    },
    Bundled {
        id: "anti-fraud",
        default: true,
        policy: include_str!("../../rules/anti-fraud/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("everyday.txt", include_str!("../../rules/anti-fraud/everyday.txt")),
            ("reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
            ("chat-cues.txt", include_str!("../../rules/anti-fraud/chat-cues.txt")),
            ("earning.txt", include_str!("../../rules/anti-fraud/earning.txt")),
            ("quick-pay.txt", include_str!("../../rules/anti-fraud/quick-pay.txt")),
            ("little-effort.txt", include_str!("../../rules/anti-fraud/little-effort.txt")),
            ("reassuring.txt", include_str!("../../rules/anti-fraud/reassuring.txt")),
            ("no-cost.txt", include_str!("../../rules/anti-fraud/no-cost.txt")),
            ("bait-jobs.txt", include_str!("../../rules/anti-fraud/bait-jobs.txt")),
            ("mule-words.txt", include_str!("../../rules/anti-fraud/mule-words.txt")),
        ],
    },
    Bundled {
        id: "goods",
        default: true,
        policy: include_str!("../../rules/goods/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("../wechat-account-safety/sale-cues.txt", include_str!("../../rules/wechat-account-safety/sale-cues.txt")),
            ("../anti-fraud/everyday.txt", include_str!("../../rules/anti-fraud/everyday.txt")),
            ("../anti-fraud/reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
            ("../anti-fraud/chat-cues.txt", include_str!("../../rules/anti-fraud/chat-cues.txt")),
            ("gambling-words.txt", include_str!("../../rules/goods/gambling-words.txt")),
            ("gambling-houses.txt", include_str!("../../rules/goods/gambling-houses.txt")),
            ("gambling-money.txt", include_str!("../../rules/goods/gambling-money.txt")),
            ("gambling-luck.txt", include_str!("../../rules/goods/gambling-luck.txt")),
            ("gambling-calls.txt", include_str!("../../rules/goods/gambling-calls.txt")),
            ("gambling-sites.txt", include_str!("../../rules/goods/gambling-sites.txt")),
        ],
    },
    Bundled {
        id: "finance",
        default: true,
        policy: include_str!("../../rules/finance/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("../anti-fraud/everyday.txt", include_str!("../../rules/anti-fraud/everyday.txt")),
            ("../anti-fraud/reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
            ("../anti-fraud/chat-cues.txt", include_str!("../../rules/anti-fraud/chat-cues.txt")),
            ("no-check.txt", include_str!("../../rules/finance/no-check.txt")),
        ],
    },
    Bundled {
        id: "brushing",
        default: true,
        policy: include_str!("../../rules/brushing/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("../anti-fraud/everyday.txt", include_str!("../../rules/anti-fraud/everyday.txt")),
            ("../anti-fraud/reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
            ("../anti-fraud/chat-cues.txt", include_str!("../../rules/anti-fraud/chat-cues.txt")),
            ("trade-words.txt", include_str!("../../rules/brushing/trade-words.txt")),
        ],
    },
    Bundled {
        id: "bait",
        default: true,
        policy: include_str!("../../rules/bait/policy.toml"),
        files: &[("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt"))],
    },
    Bundled {
        id: "evasion",
        default: true,
        policy: include_str!("../../rules/evasion/policy.toml"),
        files: &[("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt"))],
    },
    Bundled { id: "wechat-moments", default: true, policy: include_str!("../../rules/wechat-moments/policy.toml"), files: &[] },
    Bundled { id: "wechat-groups", default: true, policy: include_str!("../../rules/wechat-groups/policy.toml"), files: &[] },
    Bundled { id: "official-accounts", default: true, policy: include_str!("../../rules/official-accounts/policy.toml"), files: &[] },
    Bundled { id: "wecom", default: true, policy: include_str!("../../rules/wecom/policy.toml"), files: &[] },
    Bundled { id: "channels", default: true, policy: include_str!("../../rules/channels/policy.toml"), files: &[] },
    Bundled {
        id: "absolute-terms",
        default: true,
        policy: include_str!("../../rules/absolute-terms/policy.toml"),
        files: &[
            ("hard.txt", include_str!("../../rules/absolute-terms/hard.txt")),
            ("strict.txt", include_str!("../../rules/absolute-terms/strict.txt")),
            ("rank.txt", include_str!("../../rules/absolute-terms/rank.txt")),
            ("soft.txt", include_str!("../../rules/absolute-terms/soft.txt")),
            ("allowed.txt", include_str!("../../rules/absolute-terms/allowed.txt")),
            ("goods.txt", include_str!("../../rules/absolute-terms/goods.txt")),
            ("sales.txt", include_str!("../../rules/absolute-terms/sales.txt")),
            ("not-ads.txt", include_str!("../../rules/absolute-terms/not-ads.txt")),
            ("evidence.txt", include_str!("../../rules/absolute-terms/evidence.txt")),
        ],
    },
    Bundled {
        id: "ad-law",
        default: true,
        policy: include_str!("../../rules/ad-law/policy.toml"),
        files: &[
            ("warnings.txt", include_str!("../../rules/ad-law/warnings.txt")),
            ("sales.txt", include_str!("../../rules/ad-law/sales.txt")),
        ],
    },
    Bundled { id: "internet-ads", default: true, policy: include_str!("../../rules/internet-ads/policy.toml"), files: &[] },
    Bundled { id: "consent", default: true, policy: include_str!("../../rules/consent/policy.toml"), files: &[] },
    Bundled { id: "account-hygiene", default: true, policy: include_str!("../../rules/account-hygiene/policy.toml"), files: &[] },
    Bundled {
        id: "industry-medical",
        default: false,
        policy: include_str!("../../rules/industry-medical/policy.toml"),
        files: &[("sale.txt", include_str!("../../rules/industry-medical/sale.txt"))],
    },
    Bundled {
        id: "industry-cosmetics",
        default: false,
        policy: include_str!("../../rules/industry-cosmetics/policy.toml"),
        files: &[("sale.txt", include_str!("../../rules/industry-cosmetics/sale.txt"))],
    },
    Bundled {
        id: "industry-health-food",
        default: false,
        policy: include_str!("../../rules/industry-health-food/policy.toml"),
        files: &[("sale.txt", include_str!("../../rules/industry-health-food/sale.txt"))],
    },
    Bundled {
        id: "industry-education",
        default: false,
        policy: include_str!("../../rules/industry-education/policy.toml"),
        files: &[("sale.txt", include_str!("../../rules/industry-education/sale.txt"))],
    },
    Bundled {
        id: "industry-real-estate",
        default: false,
        policy: include_str!("../../rules/industry-real-estate/policy.toml"),
        files: &[("estate.txt", include_str!("../../rules/industry-real-estate/estate.txt"))],
    },
    Bundled { id: "live-commerce", default: false, policy: include_str!("../../rules/live-commerce/policy.toml"), files: &[] },
    Bundled {
        id: "ai-label",
        default: false,
        policy: include_str!("../../rules/ai-label/policy.toml"),
        files: &[("warnings.txt", include_str!("../../rules/ai-label/warnings.txt"))],
    },
    Bundled { id: "other-platforms", default: false, policy: include_str!("../../rules/other-platforms/policy.toml"), files: &[] },
];

/// The bundled pack of this id.
pub fn bundled(id: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|pack| pack.id == id)
}
