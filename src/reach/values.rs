//! Values: what functions of the template make of what definitions say.

use ipnet::IpNet;

use super::facts::Facts;
use crate::core::{Expr, Intrinsic, Props};
use crate::synth::check::spelled;
use crate::synth::sub::{Piece, pieces};

/// A value of a property, as far as definitions decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read<T> {
    /// It is not there.
    Absent,
    /// Only a deployment knows it.
    Unread,
    Is(T),
}

impl Read<String> {
    /// The same as a number, or as addresses.
    pub(super) fn parsed<T: std::str::FromStr>(self) -> Read<T> {
        match self {
            Self::Absent => Read::Absent,
            Self::Unread => Read::Unread,
            Self::Is(text) => text.parse().map_or(Read::Unread, Read::Is),
        }
    }
}

impl<T> Read<T> {
    /// The value, where it is there and can be read.
    pub(super) fn known(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            _ => None,
        }
    }
}

impl Facts<'_> {
    /// A property's text, as far as definitions decide it.
    pub(super) fn read(&self, props: &Props, key: &str) -> Read<String> {
        match self.property(props, key) {
            None => Read::Absent,
            Some(expr) => self.literal(expr).map_or(Read::Unread, Read::Is),
        }
    }

    /// An expression without the choices around it: the side that a condition chooses, the item that an index does.
    pub(super) fn plain<'e>(&self, mut expr: &'e Expr) -> &'e Expr {
        while let Expr::Intrinsic(intrinsic) = expr {
            expr = match &**intrinsic {
                Intrinsic::If(named, then, otherwise) => {
                    if self.holds(named) {
                        then
                    } else {
                        otherwise
                    }
                }
                Intrinsic::Select(index, list) => {
                    match (self.literal(index).and_then(|n| n.parse::<usize>().ok()), self.plain(list)) {
                        (Some(index), Expr::List(items)) if index < items.len() => &items[index],
                        _ => return expr,
                    }
                }
                _ => return expr,
            };
        }
        expr
    }

    /// The items of a list that are there; one that is no list is its only item.
    pub(super) fn items<'e>(&self, list: &'e Expr) -> Vec<&'e Expr> {
        let items = match self.plain(list) {
            Expr::List(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        items.iter().map(|item| self.plain(item)).filter(|item| !item.is_no_value()).collect()
    }

    /// The objects of a list that are there; none for what cannot be read.
    pub(super) fn objects<'e>(&self, list: Option<&'e Expr>) -> Vec<Option<&'e Props>> {
        let items = list.map(|list| self.items(list)).unwrap_or_default();
        let object = |item: &'e Expr| match item {
            Expr::Map(props) if spelled::function(props).is_none() => Some(props),
            _ => None,
        };
        items.into_iter().map(object).collect()
    }

    /// The text of an expression, where definitions decide it: a literal, a parameter's default, a VPC's block, and what
    /// functions make of these.
    pub(super) fn literal(&self, expr: &Expr) -> Option<String> {
        match self.plain(expr) {
            Expr::String(text) => Some(text.to_string()),
            Expr::Integer(number) => Some(number.to_string()),
            Expr::Bool(truth) => Some(truth.to_string()),
            Expr::Att(att) if att.name == "CidrBlock" => self.text(att.node, "CidrBlock"),
            Expr::Intrinsic(intrinsic) => self.made(intrinsic),
            _ => None,
        }
    }

    fn made(&self, intrinsic: &Intrinsic) -> Option<String> {
        match intrinsic {
            Intrinsic::Parameter(named) => self.literal(self.default_of(named)?),
            Intrinsic::Sub(text, vars) => {
                let named = |name: &str| self.literal(&vars.iter().find(|(var, _)| var == name)?.1);
                let piece = |piece| match piece {
                    Piece::Text(text) => Some(text.replace("${!", "${")),
                    Piece::Name(name) => named(name),
                };
                pieces(text).into_iter().map(piece).collect()
            }
            Intrinsic::Join(separator, list) => match self.plain(list) {
                Expr::List(_) => {
                    let parts: Option<Vec<String>> =
                        self.items(list).into_iter().map(|item| self.literal(item)).collect();
                    Some(parts?.join(separator))
                }
                _ => None,
            },
            Intrinsic::Select(index, list) => {
                let index: usize = self.literal(index)?.parse().ok()?;
                match self.plain(list) {
                    Expr::Intrinsic(list) => self.nth(list, index),
                    _ => None,
                }
            }
            Intrinsic::FindInMap(find) => {
                let (first, second) = (self.literal(&find.first)?, self.literal(&find.second)?);
                self.literal(self.mapped(&find.map, &first, &second).or(find.default.as_ref())?)
            }
            _ => None,
        }
    }

    /// An item of a list that a function makes.
    fn nth(&self, list: &Intrinsic, index: usize) -> Option<String> {
        match list {
            Intrinsic::Split(separator, text) => {
                Some(self.literal(text)?.split(separator.as_str()).nth(index)?.to_owned())
            }
            Intrinsic::Parameter(_) => Some(self.made(list)?.split(',').nth(index)?.trim().to_owned()),
            Intrinsic::Cidr(block, _, bits) => {
                let block: IpNet = self.literal(block)?.parse().ok()?;
                let bits: u8 = self.literal(bits.as_ref()?)?.parse().ok()?;
                let wide = block.max_prefix_len().checked_sub(bits)?;
                Some(block.subnets(wide).ok()?.nth(index)?.to_string())
            }
            _ => None,
        }
    }
}
