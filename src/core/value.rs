//! Values of properties: a literal or an intrinsic function, with the type of what it becomes.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use super::{
    Allowed, Att, Computed, Enumerated, Expr, Fraction, Json, Kind, Map, PropertyType, Props, Ref, Takes, Text, Truth,
    Typed, Whole,
};

/// A value of type `T` in a template: a literal, or an intrinsic function that becomes one when the stack is deployed.
///
/// Literals convert into it (`"10.0.0.0/16"`, `true`, `443`, `["a", "b"]`), and so do references to resources of the
/// fitting kind; intrinsic functions are in [`intrinsics`](crate::intrinsics).
pub struct Value<T> {
    expr: Expr,
    of: PhantomData<fn() -> T>,
}

impl<T> Value<T> {
    /// A value of whatever type the place it is put in wants.
    #[must_use]
    pub const fn from_expr(expr: Expr) -> Self {
        Self { expr, of: PhantomData }
    }

    /// What it is made of.
    #[must_use]
    pub const fn expr(&self) -> &Expr {
        &self.expr
    }

    /// Takes out what it is made of.
    #[must_use]
    pub fn into_expr(self) -> Expr {
        self.expr
    }

    /// The text it is, where it is a literal one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.expr {
            Expr::String(text) => Some(text),
            _ => None,
        }
    }

    /// The same value where another type is wanted: for what you know and the specification does not.
    #[must_use]
    pub fn cast<U>(self) -> Value<U> {
        Value::from_expr(self.expr)
    }
}

impl<T> Clone for Value<T> {
    fn clone(&self) -> Self {
        Self::from_expr(self.expr.clone())
    }
}

impl<T> fmt::Debug for Value<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}

impl<T> PartialEq for Value<T> {
    fn eq(&self, other: &Self) -> bool {
        self.expr == other.expr
    }
}

impl<T> From<&Self> for Value<T> {
    fn from(value: &Self) -> Self {
        value.clone()
    }
}

impl<T: Text> From<&str> for Value<T> {
    fn from(text: &str) -> Self {
        Self::from_expr(text.into())
    }
}

impl<T: Text> From<String> for Value<T> {
    fn from(text: String) -> Self {
        Self::from_expr(text.into())
    }
}

impl<T: Text> From<&String> for Value<T> {
    fn from(text: &String) -> Self {
        Self::from_expr(text.as_str().into())
    }
}

impl<K: Kind> From<Value<K>> for Value<String> {
    fn from(value: Value<K>) -> Self {
        value.cast()
    }
}

impl<K: Kind> From<&Value<K>> for Value<String> {
    fn from(value: &Value<K>) -> Self {
        value.clone().cast()
    }
}

impl<K: Kind> From<Value<K>> for Value<Json> {
    fn from(value: Value<K>) -> Self {
        value.cast()
    }
}

impl<T: Typed> From<Value<Computed>> for Value<T> {
    fn from(value: Value<Computed>) -> Self {
        value.cast()
    }
}

impl<T: Typed> From<&Value<Computed>> for Value<T> {
    fn from(value: &Value<Computed>) -> Self {
        value.clone().cast()
    }
}

impl<K: Kind> From<Value<Vec<K>>> for Value<Vec<String>> {
    fn from(value: Value<Vec<K>>) -> Self {
        value.cast()
    }
}

impl<E: Enumerated, T: Takes<E>> From<Allowed<E>> for Value<T> {
    fn from(value: Allowed<E>) -> Self {
        Self::from_expr(value.as_str().into())
    }
}

impl<E: Enumerated> From<Value<String>> for Value<E> {
    fn from(value: Value<String>) -> Self {
        value.cast()
    }
}

macro_rules! whole_numbers {
    ($($number:ty)*) => {$(
        impl<T: Whole> From<$number> for Value<T> {
            fn from(number: $number) -> Self {
                Self::from_expr(Expr::Integer(number.into()))
            }
        }
    )*};
}
whole_numbers!(i8 i16 i32 i64 u8 u16 u32);

// One impl for all property types, not one for each: coherence compares every pair of impls of one type.
impl<P: PropertyType> From<P> for Value<P> {
    fn from(property: P) -> Self {
        Self::from_expr(Expr::Map(property.into_props()))
    }
}

impl<P: PropertyType> From<P> for Value<Json> {
    fn from(property: P) -> Self {
        Self::from_expr(Expr::Map(property.into_props()))
    }
}

impl<T: Fraction> From<f64> for Value<T> {
    fn from(number: f64) -> Self {
        Self::from_expr(Expr::number(number))
    }
}

impl From<Value<i64>> for Value<f64> {
    fn from(value: Value<i64>) -> Self {
        value.cast()
    }
}

impl<T: Truth> From<bool> for Value<T> {
    fn from(truth: bool) -> Self {
        Self::from_expr(Expr::Bool(truth))
    }
}

fn list<T, U: Into<Value<T>>>(items: impl IntoIterator<Item = U>) -> Value<Vec<T>> {
    Value::from_expr(Expr::List(items.into_iter().map(|item| item.into().into_expr()).collect()))
}

impl<T, U: Into<Value<T>>> From<Vec<U>> for Value<Vec<T>> {
    fn from(items: Vec<U>) -> Self {
        list(items)
    }
}

impl<T, U: Into<Value<T>>, const N: usize> From<[U; N]> for Value<Vec<T>> {
    fn from(items: [U; N]) -> Self {
        list(items)
    }
}

impl<T, U: Into<Value<T>> + Clone> From<&[U]> for Value<Vec<T>> {
    fn from(items: &[U]) -> Self {
        list(items.iter().cloned())
    }
}

impl<T, U: Into<Value<T>> + Clone> From<&Vec<U>> for Value<Vec<T>> {
    fn from(items: &Vec<U>) -> Self {
        list(items.iter().cloned())
    }
}

#[track_caller]
fn map<T, K: Into<String>, U: Into<Value<T>>>(pairs: impl IntoIterator<Item = (K, U)>) -> Value<Map<T>> {
    let at = Location::caller();
    let mut props = Props::new();
    for (key, value) in pairs {
        props.set_at(key.into(), value.into().into_expr(), at);
    }
    Value::from_expr(Expr::Map(props))
}

impl<T, K: Into<String>, U: Into<Value<T>>, const N: usize> From<[(K, U); N]> for Value<Map<T>> {
    #[track_caller]
    fn from(pairs: [(K, U); N]) -> Self {
        map(pairs)
    }
}

impl<T, K: Into<String>, U: Into<Value<T>>> From<Vec<(K, U)>> for Value<Map<T>> {
    #[track_caller]
    fn from(pairs: Vec<(K, U)>) -> Self {
        map(pairs)
    }
}

impl From<serde_json::Value> for Value<Json> {
    #[track_caller]
    fn from(json: serde_json::Value) -> Self {
        Self::from_expr(Expr::from_json(json, Location::caller()))
    }
}

macro_rules! any_json {
    ($($inner:ty)*) => {$(
        impl From<Value<$inner>> for Value<Json> {
            fn from(value: Value<$inner>) -> Self {
                value.cast()
            }
        }
    )*};
}
any_json!(String i64 f64 bool);

impl<T> From<Value<Vec<T>>> for Value<Json> {
    fn from(value: Value<Vec<T>>) -> Self {
        value.cast()
    }
}

impl<T> From<Value<Map<T>>> for Value<Json> {
    fn from(value: Value<Map<T>>) -> Self {
        value.cast()
    }
}

/// Anything that can stand in a template where its type does not matter: items of a `Join`, outputs, metadata.
pub trait IntoExpr {
    /// What it is made of.
    fn into_expr(self) -> Expr;
}

impl IntoExpr for Expr {
    fn into_expr(self) -> Expr {
        self
    }
}

impl<T> IntoExpr for Value<T> {
    fn into_expr(self) -> Expr {
        self.expr
    }
}

impl<T> IntoExpr for &Value<T> {
    fn into_expr(self) -> Expr {
        self.expr.clone()
    }
}

impl<R> IntoExpr for Ref<R> {
    fn into_expr(self) -> Expr {
        Expr::Ref(self.node())
    }
}

impl<R> IntoExpr for &Ref<R> {
    fn into_expr(self) -> Expr {
        Expr::Ref(self.node())
    }
}

impl<E> IntoExpr for Allowed<E> {
    fn into_expr(self) -> Expr {
        self.as_str().into()
    }
}

impl IntoExpr for Att {
    fn into_expr(self) -> Expr {
        Expr::Att(Box::new(self))
    }
}

impl IntoExpr for serde_json::Value {
    #[track_caller]
    fn into_expr(self) -> Expr {
        Expr::from_json(self, Location::caller())
    }
}

impl<T: IntoExpr> IntoExpr for Vec<T> {
    fn into_expr(self) -> Expr {
        Expr::List(self.into_iter().map(IntoExpr::into_expr).collect())
    }
}

impl<T: IntoExpr, const N: usize> IntoExpr for [T; N] {
    fn into_expr(self) -> Expr {
        Expr::List(self.into_iter().map(IntoExpr::into_expr).collect())
    }
}

impl<P: PropertyType> IntoExpr for P {
    fn into_expr(self) -> Expr {
        Expr::Map(self.into_props())
    }
}

macro_rules! literals {
    ($($literal:ty => $kind:ty)*) => {$(
        impl IntoExpr for $literal {
            fn into_expr(self) -> Expr {
                Value::<$kind>::from(self).expr
            }
        }
    )*};
}
literals!(&str => String String => String &String => String bool => bool i32 => i64 i64 => i64 u8 => i64 u16 => i64 u32 => i64 f64 => f64);
