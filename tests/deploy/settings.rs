//! `formwork.toml`: what it may say, and what it is told when it says something else.

use formwork::deploy::Settings;

fn refused(text: &str) -> String {
    let trouble = Settings::parse(text, "formwork.toml").unwrap_err();
    format!("{}\nhelp: {}", trouble.what, trouble.help)
}

#[test]
fn an_account_has_a_profile_or_a_role() {
    let settings = Settings::parse(
        "[accounts.111111111111]\nprofile = \"dev\"\n\n\
         [accounts.222222222222]\nrole = \"arn:aws:iam::222222222222:role/Deploy\"\nexternal-id = \"x\"\n",
        "formwork.toml",
    );
    let settings = settings.unwrap();
    assert_eq!(settings.accounts["111111111111"].profile.as_deref(), Some("dev"));
    assert_eq!(settings.accounts["222222222222"].role.as_deref(), Some("arn:aws:iam::222222222222:role/Deploy"));
    assert!(Settings::parse("", "formwork.toml").unwrap().accounts.is_empty());
}

#[test]
fn what_it_does_not_know_is_refused_with_line_and_column() {
    crate::program::snapshot(
        "settings_refused",
        &[
            "[accounts.111111111111]\nprofil = \"dev\"\n",
            "[accounts.shop]\nprofile = \"dev\"\n",
            "[accounts.111111111111]\n",
            "[accounts.111111111111]\nexternal-id = \"x\"\nprofile = \"dev\"\n",
            "[accounts.111111111111\n",
        ]
        .map(refused)
        .join("\n\n"),
    );
}
