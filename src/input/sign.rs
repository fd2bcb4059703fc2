//! The fields whose presence tells drafts, operations and accounts apart.

/// A field whose presence tells what a record is.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    None = 0,
    Action = 1,
    Text = 2,
    Id = 4,
    Kind = 8,
}

impl Sign {
    /// What a field of this name tells.
    pub(super) fn of(name: &str) -> Sign {
        match name {
            "action" => Sign::Action,
            "text" | "title" => Sign::Text,
            "id" => Sign::Id,
            "kind" => Sign::Kind,
            _ => Sign::None,
        }
    }
}

/// The signs a record has.
#[derive(Clone, Copy, Default)]
pub(super) struct Signs(pub u8);

impl Signs {
    /// Whether a sign is among them.
    pub(super) fn has(self, sign: Sign) -> bool {
        self.0 & sign as u8 != 0
    }
}
