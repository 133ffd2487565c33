//! Properties: what L1 setters write, in the order they were set, each with the line that set it.

use std::borrow::Cow;
use std::panic::Location;

use super::{At, Expr, Value};

/// The properties of a resource or of a nested object, in definition order.
#[derive(Clone, Debug, Default)]
pub struct Props(Vec<Entry>);

/// One property.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name, as CloudFormation spells it.
    pub key: Cow<'static, str>,
    /// Its value.
    pub value: Expr,
    /// The line that set it.
    pub at: At,
}

/// The same names and values in the same order; which lines set them makes no difference.
impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Entry, &Entry)| a.key == b.key && a.value == b.value;
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

impl Props {
    /// No properties.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a property; one that was set before keeps its place and takes the new value.
    #[track_caller]
    pub fn set<T>(&mut self, key: &'static str, value: Value<T>) {
        self.set_at(key, value.into_expr(), Location::caller());
    }

    /// Sets a property on behalf of the line `at`.
    pub fn set_at(&mut self, key: impl Into<Cow<'static, str>>, value: Expr, at: At) {
        let key = key.into();
        match self.0.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => (entry.value, entry.at) = (value, at),
            None => self.0.push(Entry { key, value, at }),
        }
    }

    /// Sets a key of free-form JSON.
    #[track_caller]
    pub fn put(&mut self, key: impl Into<Cow<'static, str>>, value: Expr) {
        self.set_at(key, value, Location::caller());
    }

    /// The property called `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key == key)
    }

    /// The property called `key`, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Entry> {
        self.0.iter_mut().find(|entry| entry.key == key)
    }

    /// Every property, in definition order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Changes the items of a list, which is empty where it is not there.
    pub fn edit_list(&mut self, key: &'static str, at: At, edit: impl FnOnce(&mut Vec<Expr>)) {
        let before = self.get_mut(key).map(|entry| std::mem::replace(&mut entry.value, Expr::Bool(false)));
        let mut list = match before {
            Some(Expr::List(list)) => list,
            _ => Vec::new(),
        };
        edit(&mut list);
        self.set_at(key, Expr::List(list), at);
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a Props {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// A nested property type of an L1: an object inside a resource's properties.
pub trait PropertyType: Sized {
    /// Takes the properties out.
    fn into_props(self) -> Props;

    /// Puts properties in.
    fn from_props(props: Props) -> Self;

    /// Sets a property by its CloudFormation name, for what the specification does not know yet. It is checked at
    /// synth like any other.
    #[must_use]
    #[track_caller]
    fn raw<T>(self, name: impl Into<String>, value: impl Into<Value<T>>) -> Self {
        let mut props = self.into_props();
        props.set_at(name.into(), value.into().into_expr(), Location::caller());
        Self::from_props(props)
    }
}
