//! Aliases: names of keys.

use super::Key;
use crate::cfn::kms;
use crate::core::{Construct, Problem, Ref, Stack};

/// Another name of a key. The key can be exchanged behind it.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::kms::{AliasSpec, KeySpec};
///
/// let key = s.add("Key", KeySpec::new());
/// s.add("Reports", AliasSpec::new("shop/reports", &key));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct AliasSpec {
    /// Its name; `alias/` is put in front where it is missing. Names below `alias/aws/` are AWS's own. A change replaces
    /// the alias.
    pub alias_name: String,
    /// The key it stands for.
    pub key: Key,
}

impl AliasSpec {
    /// This name for this key.
    #[must_use]
    pub fn new(alias_name: impl Into<String>, key: &Key) -> Self {
        Self { alias_name: alias_name.into(), key: *key }
    }
}

impl Construct for AliasSpec {
    type Out = Ref<kms::Alias>;

    fn build(self, stack: &mut Stack) -> Ref<kms::Alias> {
        let name = match self.alias_name.strip_prefix("alias/") {
            Some(_) => self.alias_name,
            None => format!("alias/{}", self.alias_name),
        };
        if name.starts_with("alias/aws/") {
            let problem = Problem::error("name", format!("`{name}` is a name of AWS's own keys"))
                .help("leave out `aws/` at the beginning");
            stack.report_at(None, problem);
        }
        stack.add("Resource", kms::Alias::new(name, self.key.arn()))
    }
}
