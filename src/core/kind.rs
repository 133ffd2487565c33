//! What a value is a value of: plain strings, identifiers of one kind of resource, enumerated strings, JSON.

use std::marker::PhantomData;

/// Types whose literals are written as strings.
#[diagnostic::on_unimplemented(
    message = "text cannot stand where a `{Self}` is wanted",
    note = "lists are written `[…]`, numbers and truths without quotes; `.cast()` on a `Value` says that you know better"
)]
pub trait Text {}

/// Strings with a meaning: the identifiers of one kind of resource (`VpcId`), and enumerated strings.
///
/// A [`Value`](crate::Value) of a kind is usable wherever a plain string is; the reverse needs
/// [`Value::cast`](crate::Value::cast).
pub trait Kind: Text {}

/// `Self` is a place that takes identifiers, or enumerated strings, of kind `K`.
///
/// Every kind takes itself; a property that several kinds of resource fit has a kind of its own that takes each.
#[diagnostic::on_unimplemented(
    message = "a `{K}` cannot stand where a `{Self}` is wanted",
    label = "this is of another kind",
    note = "an attribute of a resource may be what the property takes (`role.arn()` rather than `role`); \
            `.cast()` on a `Value` says that you know better"
)]
pub trait Takes<K> {}

impl Text for String {}
impl<K: Kind> Takes<K> for String {}

/// Enumerated strings: the constants are the values that the specification lists. A plain string is accepted too, so
/// that a value newer than the specification can be written; it is checked at synth.
pub trait Enumerated: Kind {}

/// One value of an enumerated string, as the specification lists it.
#[derive(Debug)]
pub struct Allowed<E> {
    text: &'static str,
    of: PhantomData<fn() -> E>,
}

impl<E> Allowed<E> {
    /// The value spelled `text`.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self { text, of: PhantomData }
    }

    /// How CloudFormation spells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.text
    }
}

impl<E> Clone for Allowed<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Allowed<E> {}

impl<E> PartialEq for Allowed<E> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What CloudFormation computes and nothing here knows the type of: the result of most functions. It fits any place.
#[derive(Debug)]
pub enum Computed {}

/// Types that a [`Computed`] value can stand for: all others.
pub trait Typed {}
impl<T: Text> Typed for T {}
impl Typed for i64 {}
impl Typed for f64 {}
impl Typed for bool {}
impl<T> Typed for Vec<T> {}
impl<T> Typed for Map<T> {}

/// Any JSON value: policy documents, free-form settings.
#[derive(Debug)]
pub enum Json {}

impl Text for Json {}
impl<K> Takes<K> for Json {}

/// A map from names to values of one type: tags of some services, environment variables.
#[derive(Debug)]
pub struct Map<T>(PhantomData<fn() -> T>);

/// Types whose literals are whole numbers.
#[diagnostic::on_unimplemented(message = "a number cannot stand where a `{Self}` is wanted")]
pub trait Whole {}
impl Whole for i64 {}
impl Whole for f64 {}
impl Whole for Json {}

/// Types whose literals are numbers with a fraction.
pub trait Fraction {}
impl Fraction for f64 {}
impl Fraction for Json {}

/// Types whose literals are `true` and `false`.
#[diagnostic::on_unimplemented(message = "`true` or `false` cannot stand where a `{Self}` is wanted")]
pub trait Truth {}
impl Truth for bool {}
impl Truth for Json {}
