//! `json!`: free-form JSON, with references and functions in it.

/// JSON for policies and free-form settings. Any expression can be a value: literals, references, functions.
///
/// `null` is `AWS::NoValue`: CloudFormation has no null, and leaves such a property out.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::{json, cfn::{iam, sqs}};
///
/// let queue = s.add("Jobs", sqs::Queue::new());
/// let policy = json!({
///     "Version": "2012-10-17",
///     "Statement": [{ "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": queue.arn() }],
/// });
/// s.add("Send", iam::ManagedPolicy::new(policy));
/// # });
/// # app.synth().unwrap();
/// ```
#[macro_export]
macro_rules! json {
    ($($value:tt)+) => {
        $crate::Value::<$crate::Json>::from_expr($crate::__json_value!($($value)+))
    };
}

/// One value.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_value {
    (null) => {
        $crate::core::Expr::from($crate::core::Intrinsic::Pseudo($crate::core::Pseudo::NoValue))
    };
    ([ $($items:tt)* ]) => {{
        #[allow(unused_mut)]
        let mut list = ::std::vec::Vec::<$crate::core::Expr>::new();
        $crate::__json_items!(list; $($items)*);
        $crate::core::Expr::List(list)
    }};
    ({ $($entries:tt)* }) => {{
        #[allow(unused_mut)]
        let mut object = $crate::core::Props::new();
        $crate::__json_entries!(object; $($entries)*);
        $crate::core::Expr::Map(object)
    }};
    ($value:expr) => {
        $crate::core::IntoExpr::into_expr($value)
    };
}

/// Items of a list, one after the other: what is in brackets or braces is JSON, the rest is Rust.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_items {
    ($list:ident; $(,)?) => {};
    ($list:ident; null $(, $($rest:tt)*)?) => {
        $list.push($crate::__json_value!(null));
        $crate::__json_items!($list; $($($rest)*)?);
    };
    ($list:ident; [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {
        $list.push($crate::__json_value!([ $($inner)* ]));
        $crate::__json_items!($list; $($($rest)*)?);
    };
    ($list:ident; { $($inner:tt)* } $(, $($rest:tt)*)?) => {
        $list.push($crate::__json_value!({ $($inner)* }));
        $crate::__json_items!($list; $($($rest)*)?);
    };
    ($list:ident; $value:expr $(, $($rest:tt)*)?) => {
        $list.push($crate::__json_value!($value));
        $crate::__json_items!($list; $($($rest)*)?);
    };
}

/// Entries of an object, one after the other.
#[doc(hidden)]
#[macro_export]
macro_rules! __json_entries {
    ($object:ident; $(,)?) => {};
    ($object:ident; $key:tt : null $(, $($rest:tt)*)?) => {
        $object.put($key, $crate::__json_value!(null));
        $crate::__json_entries!($object; $($($rest)*)?);
    };
    ($object:ident; $key:tt : [ $($inner:tt)* ] $(, $($rest:tt)*)?) => {
        $object.put($key, $crate::__json_value!([ $($inner)* ]));
        $crate::__json_entries!($object; $($($rest)*)?);
    };
    ($object:ident; $key:tt : { $($inner:tt)* } $(, $($rest:tt)*)?) => {
        $object.put($key, $crate::__json_value!({ $($inner)* }));
        $crate::__json_entries!($object; $($($rest)*)?);
    };
    ($object:ident; $key:tt : $value:expr $(, $($rest:tt)*)?) => {
        $object.put($key, $crate::__json_value!($value));
        $crate::__json_entries!($object; $($($rest)*)?);
    };
}
