//! Inputs: what a target is given.

use crate::cfn::events::rule::{InputTransformer, Target};

/// What a target is given.
#[derive(Clone, Debug)]
pub enum RuleTargetInput {
    /// A text, or JSON as text.
    Constant(String),
    /// JSON.
    Json(serde_json::Value),
    /// A part of the event, by its path: `$.detail`.
    Path(String),
    /// A text with parts of the event in it.
    Transformer {
        /// Names, and the paths of the parts they stand for: `("key", "$.detail.object.key")`.
        paths: Vec<(String, String)>,
        /// The text: `<key>` stands for the part. Where it is to be JSON, it is without quotes around.
        template: String,
    },
}

impl RuleTargetInput {
    /// A text with parts of the event in it.
    #[must_use]
    pub fn transformer<N: Into<String>, P: Into<String>>(
        paths: impl IntoIterator<Item = (N, P)>,
        template: impl Into<String>,
    ) -> Self {
        let paths = paths.into_iter().map(|(name, path)| (name.into(), path.into())).collect();
        Self::Transformer { paths, template: template.into() }
    }

    pub(super) fn put_on(self, target: Target) -> Target {
        match self {
            Self::Constant(text) => target.input(text),
            Self::Json(json) => target.input(json.to_string()),
            Self::Path(path) => target.input_path(path),
            Self::Transformer { paths, template } => {
                let mut transformer = InputTransformer::new(template);
                if !paths.is_empty() {
                    transformer = transformer.input_paths_map(paths);
                }
                target.input_transformer(transformer)
            }
        }
    }

    /// The names in a template that no path stands for.
    pub(super) fn unknown_names(&self) -> Vec<&str> {
        let Self::Transformer { paths, template } = self else { return Vec::new() };
        let names = template.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(name, _)| name);
        // What AWS knows itself begins with `aws.`.
        names.filter(|name| !name.starts_with("aws.") && !paths.iter().any(|(known, _)| known == name)).collect()
    }
}
