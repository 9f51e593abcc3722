//! The short lists: contact types, languages, and when a session ends. All are whole in
//! the published document, and stand here in its order.

/// What a user can be asked about.
pub const CONTACT_TYPES: &[&str] =
    &["Billing", "Technical Decision Maker", "Business Decision Maker", "Security"];

/// The languages a user can be spoken to in.
#[rustfmt::skip]
pub const LANGUAGES: &[&str] = &[
    "Deutsch", "English", "Español", "Español (España)", "Français", "Italiano", "Português",
    "中文 (简体)", "中文 (繁體)", "日本語", "한국어",
];

/// After how many seconds without a request a session can end, and what that is called.
pub const TIMEOUTS: &[(&str, u32)] = &[
    ("after15Minutes", 900),
    ("after30Minutes", 1_800),
    ("after45Minutes", 2_700),
    ("after1Hour", 3_600),
    ("after2Hours", 7_200),
    ("after4Hours", 14_400),
    ("after18Hours", 64_800),
];
