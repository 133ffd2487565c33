//! The AWS Query protocol: requests are forms, answers are XML.

use std::fmt::Write as _;

use super::http::Answer;

/// The parameters of a request.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn parse(body: &str) -> Self {
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    /// A parameter's value, unless it is empty or missing.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether a request has a parameter, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The strings of a list.
    pub fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|index| self.get(&format!("{name}.member.{index}")).map(str::to_owned)).collect()
    }

    /// Two fields of each member of a list.
    pub fn pairs(&self, name: &str, first: &str, second: &str) -> Vec<(String, Option<String>)> {
        let field = |index, field| self.get(&format!("{name}.member.{index}.{field}")).map(str::to_owned);
        (1..).map_while(|index| Some((field(index, first)?, field(index, second)))).collect()
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// Elements, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Xml(String);

impl Xml {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn text(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let value = value.as_ref().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        write!(self.0, "<{name}>{value}</{name}>").unwrap();
        self
    }

    /// Other elements behind these.
    pub fn then(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }

    /// An element, where there is a value.
    pub fn maybe(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub fn inside(mut self, name: &str, inner: &Self) -> Self {
        write!(self.0, "<{name}>{}</{name}>", inner.0).unwrap();
        self
    }

    pub fn members(self, name: &str, members: impl IntoIterator<Item = Self>) -> Self {
        let members = members.into_iter().fold(Self::new(), |all, member| all.inside("member", &member));
        self.inside(name, &members)
    }

    pub fn texts(mut self, name: &str, members: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let members = members.into_iter().fold(Self::new(), |all, member| all.text("member", member));
        self = self.inside(name, &members);
        self
    }
}

/// An error as the service tells it.
#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: u16,
    pub code: String,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationError", message)
    }
}

const REQUEST: &str = "5c217ed0-0000-4000-8000-000000000000";

/// The answer to an action.
pub fn answer(action: &str, result: Result<Xml, Refusal>) -> Answer {
    match result {
        Ok(xml) => {
            let meta = Xml::new().text("RequestId", REQUEST);
            let body = Xml::new().inside(&format!("{action}Result"), &xml).inside("ResponseMetadata", &meta);
            Answer::Whole(200, Xml::new().inside(&format!("{action}Response"), &body).0)
        }
        Err(Refusal { status, code, message }) => {
            let kind = if status < 500 { "Sender" } else { "Receiver" };
            let error = Xml::new().text("Type", kind).text("Code", code).text("Message", message);
            let body = Xml::new().inside("Error", &error).text("RequestId", REQUEST);
            Answer::Whole(status, Xml::new().inside("ErrorResponse", &body).0)
        }
    }
}
