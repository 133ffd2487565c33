//! How values of secrets are made.

use crate::cfn::secretsmanager as sm;
use crate::core::{Problem, Stack};

/// How Secrets Manager makes a secret's value. A change makes a new value.
#[derive(Clone, Debug, Default)]
pub struct SecretStringGenerator {
    /// How many characters, 1 to 4,096. Default: 32, from AWS.
    pub password_length: Option<u32>,
    /// Characters that are not used. Default: none.
    pub exclude_characters: Option<String>,
    /// Whether punctuation is not used. Default: false.
    pub exclude_punctuation: bool,
    /// Whether upper case is not used. Default: false.
    pub exclude_uppercase: bool,
    /// Whether lower case is not used. Default: false.
    pub exclude_lowercase: bool,
    /// Whether digits are not used. Default: false.
    pub exclude_numbers: bool,
    /// Whether the space is used. Default: false.
    pub include_space: bool,
    /// A JSON object that the password is put into, such as `{"username":"app"}`. Default: the password alone.
    pub secret_string_template: Option<String>,
    /// The key of the template that gets the password. Default: none.
    pub generate_string_key: Option<String>,
}

impl SecretStringGenerator {
    /// A JSON object with a generated password under a key.
    #[must_use]
    pub fn json_key(template: impl Into<String>, key: impl Into<String>) -> Self {
        Self { secret_string_template: Some(template.into()), generate_string_key: Some(key.into()), ..Self::default() }
    }

    pub(super) fn check(&self, stack: &mut Stack) {
        if self.password_length.is_some_and(|length| !(1..=4096).contains(&length)) {
            let problem =
                Problem::error("range", "a password has 1 to 4,096 characters").help("change `password_length`");
            stack.report_at(None, problem);
        }
        if self.exclude_lowercase && self.exclude_uppercase && self.exclude_numbers && self.exclude_punctuation {
            let problem = Problem::error("exclusive-properties", "a password of no kind of characters")
                .help("leave one of the `exclude_` options out");
            stack.report_at(None, problem);
        }
        if self.secret_string_template.is_some() != self.generate_string_key.is_some() {
            let message = "`secret_string_template` and `generate_string_key` are only good together";
            let problem = Problem::error("dependent-properties", message).help("set both, or neither");
            stack.report_at(None, problem);
        }
        let Some(template) = &self.secret_string_template else { return };
        if !serde_json::from_str::<serde_json::Value>(template).is_ok_and(|json| json.is_object()) {
            let problem = Problem::error("format", "`secret_string_template` is not a JSON object")
                .help("write one, such as `{\"username\":\"app\"}`");
            stack.report_at(None, problem);
        }
    }

    pub(super) fn build(self) -> sm::secret::GenerateSecretString {
        let mut out = sm::secret::GenerateSecretString::new();
        if let Some(characters) = self.exclude_characters {
            out = out.exclude_characters(characters);
        }
        if self.exclude_lowercase {
            out = out.exclude_lowercase(true);
        }
        if self.exclude_numbers {
            out = out.exclude_numbers(true);
        }
        if self.exclude_punctuation {
            out = out.exclude_punctuation(true);
        }
        if self.exclude_uppercase {
            out = out.exclude_uppercase(true);
        }
        if let Some(key) = self.generate_string_key {
            out = out.generate_string_key(key);
        }
        if self.include_space {
            out = out.include_space(true);
        }
        if let Some(length) = self.password_length {
            out = out.password_length(length);
        }
        if let Some(template) = self.secret_string_template {
            out = out.secret_string_template(template);
        }
        out
    }
}
