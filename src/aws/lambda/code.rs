//! Code: what functions run.

use crate::cfn::lambda::{function, layer_version};
use crate::core::{Asset, Stack, Value};

/// What a function runs.
#[derive(Clone, Debug)]
pub struct Code(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Inline(String),
    Asset(Asset),
    Bucket(Value<String>, Value<String>),
}

impl Code {
    /// A text in the template, of at most 4 MiB, for Node.js and Python: the file `index`.
    #[must_use]
    pub fn inline(text: impl Into<String>) -> Self {
        Self(Kind::Inline(text.into()))
    }

    /// A folder, which deploying zips, or a zip file: uploaded when its content changes.
    #[must_use]
    pub const fn asset(asset: Asset) -> Self {
        Self(Kind::Asset(asset))
    }

    /// A zip file that is in a bucket of the region already.
    #[must_use]
    pub fn bucket(bucket: impl Into<Value<String>>, key: impl Into<Value<String>>) -> Self {
        Self(Kind::Bucket(bucket.into(), key.into()))
    }

    /// The text, where it is in the template.
    pub(super) const fn is_inline(&self) -> bool {
        matches!(self.0, Kind::Inline(_))
    }

    #[track_caller]
    pub(super) fn of_function(self, stack: &mut Stack) -> function::Code {
        let (bucket, key) = match self.0 {
            Kind::Inline(text) => return function::Code::new().zip_file(text),
            Kind::Asset(asset) => placed(stack, asset),
            Kind::Bucket(bucket, key) => (bucket, key),
        };
        function::Code::new().s3_bucket(bucket.cast::<crate::core::Computed>()).s3_key(key)
    }

    #[track_caller]
    pub(super) fn of_layer(self, stack: &mut Stack) -> layer_version::Content {
        let (bucket, key) = match self.0 {
            // A layer has no text in the template: its own check says so.
            Kind::Inline(_) => (String::new().into(), String::new().into()),
            Kind::Asset(asset) => placed(stack, asset),
            Kind::Bucket(bucket, key) => (bucket, key),
        };
        layer_version::Content::new(bucket.cast::<crate::core::Computed>(), key)
    }
}

/// The bucket and key that an asset gets.
#[track_caller]
fn placed(stack: &mut Stack, asset: Asset) -> (Value<String>, Value<String>) {
    let asset = stack.asset("Code", asset);
    (asset.bucket().into(), asset.key())
}
