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
            ("reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
        ],
    },
    Bundled {
        id: "goods",
        default: true,
        policy: include_str!("../../rules/goods/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("../wechat-account-safety/sale-cues.txt", include_str!("../../rules/wechat-account-safety/sale-cues.txt")),
            ("../anti-fraud/reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
        ],
    },
    Bundled {
        id: "finance",
        default: true,
        policy: include_str!("../../rules/finance/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("../anti-fraud/reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
        ],
    },
    Bundled {
        id: "brushing",
        default: true,
        policy: include_str!("../../rules/brushing/policy.toml"),
        files: &[
            ("../wechat-account-safety/warning-words.txt", include_str!("../../rules/wechat-account-safety/warning-words.txt")),
            ("../anti-fraud/reach-cues.txt", include_str!("../../rules/anti-fraud/reach-cues.txt")),
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
];

/// The bundled pack of this id.
pub fn bundled(id: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|pack| pack.id == id)
}
