//! A stack that is another one afterwards: its account, region or name is what tells stacks apart. CloudFormation moves none.

use serde_json::Value;

use super::{EntryReview, Risk, StackReview, Standing, Values};
use crate::diff::{name, readable};

/// What tells stacks apart.
const WHERE: [&str; 3] = ["account", "region", "name"];

impl StackReview {
    /// What of its account, region and name is another; nothing where it is the same stack.
    pub(super) fn another(&self) -> Vec<&EntryReview> {
        let of = |part: &&str| {
            self.entries.iter().find(|entry| {
                let Values { before, after } = &entry.values;
                // What one side does not say is not known.
                entry.section == "Stack" && entry.name == *part && before.is_some() && after.is_some()
            })
        };
        if self.standing == Standing::Changed { WHERE.iter().filter_map(of).collect() } else { Vec::new() }
    }

    /// Says of one that is another afterwards that a second one is made. What is at risk in the one that there is is not.
    pub(super) fn with_another(mut self, before: &Value, after: &Value) -> Self {
        let parts = self.another();
        if parts.is_empty() {
            return self;
        }
        let move_of =
            |entry: &&EntryReview| format!("{} {} → {}", entry.name, entry.before.join(" "), entry.after.join(" "));
        let what = format!(
            "it is another stack afterwards ({}): a second one is made, with all its resources, and the one that there is stays, \
             with its data",
            parts.iter().map(move_of).collect::<Vec<_>>().join(", ")
        );
        let help = "leave its account, region and name as they are; or move what it holds, and `destroy` the old one from a \
                    revision that defines it";
        let same_place = parts.iter().all(|entry| entry.name == "name");
        let taken = if same_place { taken(before, after) } else { None };
        self.risks = taken.into_iter().chain([Risk { refused: false, what, help: help.to_owned() }]).collect();
        self
    }
}

/// What a second stack in the same account and region cannot have, while the first one has it.
fn taken(before: &Value, after: &Value) -> Option<Risk> {
    let mut names: Vec<String> = Vec::new();
    let exports = |template: &Value| -> Vec<String> {
        let outputs = template["Outputs"].as_object().into_iter().flatten();
        let own = outputs.filter_map(|(_, output)| output.get("Export")?.get("Name")?.as_str().map(str::to_owned));
        own.collect()
    };
    let old = exports(before);
    names.extend(exports(after).into_iter().filter(|name| old.contains(name)).map(|name| format!("the export {name}")));
    for (id, resource) in after["Resources"].as_object().into_iter().flatten() {
        let type_of = |resource: &Value| resource["Type"].as_str().unwrap_or_default().to_owned();
        let there = &before["Resources"][id];
        let type_name = type_of(resource);
        let Some(properties) = name(&type_name, resource).filter(|_| type_of(there) == type_name) else { continue };
        let value = |resource: &Value, property: &String| resource["Properties"][property].clone();
        // A name that is made of the stack's own is another, too.
        if properties.iter().all(|of| value(there, of) == value(resource, of) && value(resource, of).is_string()) {
            let names_of: Vec<String> = properties.iter().map(|of| readable(&value(resource, of))).collect();
            names.push(format!("{type_name} {}", names_of.join(" ")));
        }
    }
    names.sort();
    names.dedup();
    (!names.is_empty()).then(|| Risk {
        refused: true,
        what: format!("the stack that there is has these, and a second one cannot: {}", names.join(", ")),
        help: "leave the stack's name as it is, or give them other names".to_owned(),
    })
}
