//! The elements of a policy document: which there are, which there must be, and what they hold. Rules: the AWS IAM user
//! guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".

use std::ops::Range;

use super::PolicyFile;
use super::json::{Json, Member, Node};
use crate::aws::iam::{PolicyUse, actions};
use crate::core::Problem;
use crate::synth::nearest::{listed, nearest};

const DOCUMENT: &[&str] = &["Version", "Id", "Statement"];
const STATEMENT: &[&str] =
    &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Looks through a document: for what is wrong in any policy, or for what is wrong in one of this use.
pub(super) fn check(file: &PolicyFile, root: &Node, purpose: Option<PolicyUse>, problems: &mut Vec<Problem>) {
    let mut check = Check { file, purpose, problems };
    let Json::Object(members) = &root.value else {
        if purpose.is_none() && !matches!(root.value, Json::Unread) {
            let message = format!("a policy document is an object, and this is {}", kind(root));
            check.error(
                message,
                "write `{ \"Version\": \"2012-10-17\", \"Statement\": [ … ] }`",
                file.first(&root.span),
                "this",
            );
        }
        return;
    };
    if purpose.is_none() {
        check.names(members, DOCUMENT, "a policy document");
        check.version(root, members);
    }
    match member(members, "Statement") {
        Some(statement) => check.statements(statement),
        None if is_misspelt(members, DOCUMENT, "Statement") => {}
        None => check.missing(root, "this document has no `Statement`", "add the list of what it allows and denies"),
    }
}

pub(super) struct Check<'a> {
    pub(super) file: &'a PolicyFile,
    purpose: Option<PolicyUse>,
    problems: &'a mut Vec<Problem>,
}

impl Check<'_> {
    fn push(&mut self, problem: Problem, span: Range<usize>, what: &'static str) {
        self.problems.push(problem.in_text(self.file.place(vec![(span, what)])));
    }

    pub(super) fn error(
        &mut self,
        message: impl Into<String>,
        help: impl Into<String>,
        span: Range<usize>,
        what: &'static str,
    ) {
        self.push(Problem::error("policy-document", message).help(help), span, what);
    }

    /// Something that is not there. What could not be read may hold it.
    fn missing(&mut self, node: &Node, message: &str, help: &str) {
        if self.file.whole && self.purpose.is_none() {
            self.error(message, help, self.file.first(&node.span), "here");
        }
    }

    /// Elements that do not exist.
    fn names(&mut self, members: &[Member], known: &[&str], of: &str) {
        for member in members.iter().filter(|member| !known.contains(&member.name.as_str())) {
            let help = nearest(&member.name, known.iter().copied()).map_or_else(
                || format!("there are {}", listed(known, known.len())),
                |near| format!("did you mean `{near}`?"),
            );
            self.error(format!("{of} has no element `{}`", member.name), help, member.span.clone(), "this element");
        }
    }

    fn version(&mut self, root: &Node, members: &[Member]) {
        let version = member(members, "Version");
        let (message, span) = match version.map(|version| (&version.value.value, version.value.span.clone())) {
            Some((Json::Text(text), _)) if text == "2012-10-17" => return,
            Some((Json::Text(text), span)) if text == "2008-10-17" => {
                ("this document has the old version".to_owned(), span)
            }
            None if self.file.whole => {
                ("this document has no `Version`: it counts as of 2008-10-17".to_owned(), self.file.first(&root.span))
            }
            None | Some((Json::Unread, _)) => return,
            Some((_, span)) => {
                let help = "write `\"2012-10-17\"`: it is the version of the language, not of the document";
                return self.error("this is no version of the policy language", help, span, "this version");
            }
        };
        let variable = self.file.source.find("${").map(|start| {
            let rest = &self.file.source[start..];
            rest.find('}').map_or(rest, |end| &rest[..=end]).to_owned()
        });
        let effect = variable.map_or_else(String::new, |v| format!(", where `{v}` is text and no variable"));
        let help = "write `\"Version\": \"2012-10-17\"`";
        self.push(Problem::warning("policy-document", message + &effect).help(help), span, "here");
    }

    fn statements(&mut self, statement: &Member) {
        match &statement.value.value {
            Json::List(items) if items.is_empty() => {
                let (message, help) = ("this document has no statement", "write what it allows or denies");
                self.missing(&statement.value, message, help);
            }
            Json::List(items) => {
                let mut sids: Vec<(&str, Range<usize>)> = Vec::new();
                for item in items {
                    self.statement(item, &mut sids);
                }
            }
            _ => self.statement(&statement.value, &mut Vec::new()),
        }
    }

    fn statement<'a>(&mut self, node: &'a Node, sids: &mut Vec<(&'a str, Range<usize>)>) {
        let members = match &node.value {
            Json::Object(members) => members,
            Json::Unread => return,
            _ => {
                let message = format!("a statement is an object, and this is {}", kind(node));
                return self.any(|check| {
                    check.error(message, "write it in `{` and `}`", check.file.first(&node.span), "this");
                });
            }
        };
        match self.purpose {
            None => self.in_any_policy(node, members),
            Some(purpose) => self.in_policy_for(purpose, node, members, sids),
        }
    }

    /// Only while looking for what is wrong in any policy.
    fn any(&mut self, f: impl FnOnce(&mut Self)) {
        if self.purpose.is_none() {
            f(self);
        }
    }

    fn in_any_policy(&mut self, node: &Node, members: &[Member]) {
        self.names(members, STATEMENT, "a statement");
        self.effect(node, members);
        self.one_of(node, members, "Action", "NotAction");
        self.not_both(members, "Resource", "NotResource");
        self.not_both(members, "Principal", "NotPrincipal");
        for name in ["Action", "NotAction"] {
            for (action, span) in self.texts(members, name) {
                if let Some(doubt) = actions::doubt(&action) {
                    self.push(doubt, span, "this action");
                }
            }
        }
        for name in ["Resource", "NotResource"] {
            self.texts(members, name);
        }
        if let Some(condition) = member(members, "Condition") {
            self.condition(&condition.value);
        }
        self.everything(members);
    }

    fn effect(&mut self, node: &Node, members: &[Member]) {
        let Some(effect) = member(members, "Effect") else {
            if !is_misspelt(members, STATEMENT, "Effect") {
                let help = "add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`";
                self.missing(node, "this statement has no `Effect`", help);
            }
            return;
        };
        let Json::Text(text) = &effect.value.value else {
            return self.error(
                "an effect is text",
                "write `\"Allow\"` or `\"Deny\"`",
                effect.value.span.clone(),
                "this effect",
            );
        };
        if !matches!(text.as_str(), "Allow" | "Deny") {
            let near =
                nearest(text, ["Allow", "Deny"]).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            let message = format!("there is no effect `{text}`");
            self.error(
                message,
                format!("{near}it is `Allow` or `Deny`, in these capitals"),
                effect.value.span.clone(),
                "this effect",
            );
        }
    }

    fn one_of(&mut self, node: &Node, members: &[Member], name: &str, other: &str) {
        if is_without(members, name, other) {
            let message = format!("this statement has no `{name}`");
            self.missing(node, &message, &format!("add `{name}`, or `{other}` for all but what it lists"));
        }
        self.not_both(members, name, other);
    }

    fn not_both(&mut self, members: &[Member], name: &str, other: &str) {
        if let (Some(_), Some(second)) = (member(members, name), member(members, other)) {
            let message = format!("this statement has both `{name}` and `{other}`");
            self.error(message, "write two statements", second.span.clone(), "and this");
        }
    }

    /// The texts of an element that holds one or a list of them.
    fn texts(&mut self, members: &[Member], name: &str) -> Vec<(String, Range<usize>)> {
        let Some(member) = member(members, name) else { return Vec::new() };
        let items = match &member.value.value {
            Json::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&member.value),
        };
        if items.is_empty() {
            let message = format!("`{name}` lists nothing");
            self.any(|check| {
                check.error(message, "list something, or delete the statement", member.value.span.clone(), "this list");
            });
        }
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Json::Text(text) => texts.push((text.clone(), item.span.clone())),
                Json::Unread => {}
                _ => {
                    let message = format!("`{name}` holds text, and this is {}", kind(item));
                    self.any(|check| check.error(message, "write it in `\"`", item.span.clone(), "this"));
                }
            }
        }
        texts
    }

    fn everything(&mut self, members: &[Member]) {
        let text = |name: &str| member(members, name).map(|member| &member.value);
        let allows = matches!(text("Effect").map(|node| &node.value), Some(Json::Text(effect)) if effect == "Allow");
        let all = |name: &str, is_all: fn(&str) -> bool| match text(name).map(|node| (node, &node.value)) {
            Some((node, Json::Text(text))) => is_all(text).then(|| node.span.clone()),
            Some((_, Json::List(items))) => {
                let found = items.iter().find(|item| matches!(&item.value, Json::Text(text) if is_all(text)));
                found.map(|item| item.span.clone())
            }
            _ => None,
        };
        let (Some(action), Some(resource)) =
            (all("Action", actions::is_everything), all("Resource", |text| text == "*"))
        else {
            return;
        };
        if allows && text("Condition").is_none() {
            let marks = vec![(action, "every action"), (resource, "on everything")];
            self.problems.push(allows_everything().in_text(self.file.place(marks)));
        }
    }

    fn in_policy_for<'a>(
        &mut self,
        purpose: PolicyUse,
        node: &Node,
        members: &'a [Member],
        sids: &mut Vec<(&'a str, Range<usize>)>,
    ) {
        let of = purpose.name();
        for name in ["Principal", "NotPrincipal"] {
            if let Some(member) = member(members, name) {
                let help = "delete it: the statement is about whoever the policy is attached to; `aws:PrincipalArn` in a `Condition` narrows that";
                self.error(format!("{of} names no principal"), help, member.span.clone(), "this element");
            }
        }
        if self.file.whole && is_without(members, "Resource", "NotResource") {
            let help = "add `\"Resource\": \"*\"`, or the ARNs it is about";
            self.error("this statement has no `Resource`", help, self.file.first(&node.span), "here");
        }
        for name in ["Resource", "NotResource"] {
            for (resource, span) in self.texts(members, name) {
                if !(resource == "*" || resource.starts_with("arn:") || resource.starts_with(['*', '$'])) {
                    let message = format!("`{resource}` is no resource: it is an ARN, or `*`");
                    self.error(message, "write it like `arn:aws:s3:::reports/*`", span, "this resource");
                }
            }
        }
        let Some(member) = member(members, "Sid") else { return };
        let (Json::Text(sid), span) = (&member.value.value, &member.value.span) else { return };
        if !sid.chars().all(|c| c.is_ascii_alphanumeric()) {
            let kept: String = sid.chars().filter(char::is_ascii_alphanumeric).collect();
            let message = format!("the id `{sid}` has characters beside letters and digits");
            self.error(message, format!("write `{kept}`"), span.clone(), "this id");
        }
        if let Some((_, first)) = sids.iter().find(|(known, _)| known == sid) {
            let marks = vec![(span.clone(), "again here"), (first.clone(), "first here")];
            let problem = Problem::error("policy-document", format!("two statements have the id `{sid}`"));
            self.problems.push(problem.help("give one of them another").in_text(self.file.place(marks)));
        }
        sids.push((sid, span.clone()));
    }
}

/// A statement that allows everything.
pub(in crate::aws::iam) fn allows_everything() -> Problem {
    Problem::warning("allows-everything", "this allows every action on everything, always").help(
        "list the actions and resources that are needed, or add a condition; \
         if it is meant, allow `allows-everything` here, with the reason",
    )
}

/// Whether a statement has neither of two elements, nor something that was probably meant to be one.
fn is_without(members: &[Member], name: &str, other: &str) -> bool {
    [name, other].iter().all(|name| member(members, name).is_none() && !is_misspelt(members, STATEMENT, name))
}

/// Whether an element that does not exist, and is told of, was probably meant to be this one.
fn is_misspelt(members: &[Member], known: &[&str], name: &str) -> bool {
    let unknown = members.iter().filter(|member| !known.contains(&member.name.as_str()));
    unknown.filter_map(|member| nearest(&member.name, known.iter().copied())).any(|near| near == name)
}

fn member<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.name == name)
}

pub(super) fn kind(node: &Node) -> &'static str {
    match node.value {
        Json::Null => "null",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::Text(_) => "text",
        Json::List(_) => "a list",
        Json::Object(_) => "an object",
        Json::Unread => "unreadable",
    }
}
