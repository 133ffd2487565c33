//! One stack: what there is to say of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::differences::differences;
use super::moves::{Alike, Move, Moves, ResourceLocation, Versions, moves, without_path};
use super::refused::refused;
use super::risk::{at_risk, in_use};
use super::secrets;
use super::told::{self, Told};
use super::values::{dotted, lines, place, with_names};
use super::{
    AccessReview, EntryReview, ExportReview, PropertyReview, ResourceReview, Risk, StackReview, Standing, Values, Verb,
};
use crate::core::line;
use crate::diff::changes::fate;
use crate::diff::pointer::join;
use crate::diff::{self, Changes, Fate, Kind, Refusal, Replacement, ResourceChange, canonical};
use crate::side_by_side::both;
use crate::synth::Origin;

/// The resources from which on a template is worth a thread.
const LARGE: usize = 100;

/// Two sides of a stack.
pub struct Compared<'c> {
    /// Its path.
    pub path: &'c str,
    /// The template that there is; none where the stack is new.
    pub before: Option<&'c Value>,
    /// The template that the definitions make; none where they do not have the stack any more.
    pub after: Option<&'c Value>,
    /// Settings of the stack beside its template, as far as they are known: tags, protection.
    pub settings: [Option<&'c Value>; 2],
    /// The construct that makes the resource of a logical id.
    pub origin: &'c (dyn Fn(&str) -> Option<Origin> + Sync),
    /// The stacks that import an export of this one, by the export's name: references in it as `${Name}`.
    pub importers: &'c (dyn Fn(&str) -> Vec<String> + Sync),
}

/// What a change does to a stack, by its templates.
#[must_use]
pub fn stack(compared: &Compared<'_>) -> StackReview {
    reviewed(compared, None)
}

/// What a change does to a stack, by what CloudFormation says in a change set, and by its templates.
#[must_use]
pub fn asked(compared: &Compared<'_>, told: &[Told]) -> StackReview {
    reviewed(compared, Some(told))
}

/// What a change does to a stack of whose templates nothing can be said, by what CloudFormation says in a change set, and by
/// its settings. Who may do or reach what is not compared.
#[must_use]
pub fn asked_alone(
    path: &str,
    told: &[Told],
    settings: [Option<&Value>; 2],
    origin: &(dyn Fn(&str) -> Option<Origin> + Sync),
) -> StackReview {
    let importers = |_: &str| Vec::new();
    let compared = Compared { path, before: None, after: None, settings, origin, importers: &importers };
    let entries = Sides { old: Value::Null, new: Value::Null, compared: &compared }.settings();
    let mut resources: Vec<ResourceReview> = told.iter().map(|one| told::alone(one, origin)).collect();
    resources.sort_by(|a, b| (a.verb, &a.construct).cmp(&(b.verb, &b.construct)));
    let mut risks: Vec<Risk> = resources.iter().filter_map(at_risk).collect();
    risks.sort();
    if resources.is_empty() && entries.is_empty() {
        let what =
            "its change set changes no resource; what else differs is not known, as its template cannot be compared";
        return StackReview::not_compared(path, what.to_owned(), "look at the template itself");
    }
    StackReview { risks, resources, entries, access_compared: false, ..StackReview::bare(path, Standing::Changed) }
}

fn reviewed(compared: &Compared<'_>, told: Option<&[Told]>) -> StackReview {
    if told.is_none() && compared.before.is_some() && compared.before == compared.after {
        return the_same(compared);
    }
    let nothing = json!({});
    let (old, new) = (compared.before.unwrap_or(&nothing), compared.after.unwrap_or(&nothing));
    let large = [old, new].iter().all(|side| side["Resources"].as_object().is_some_and(|all| all.len() >= LARGE));
    let (before, after) = both(large, || canonical(old), || canonical(new));
    let sides = Sides { new: diff::following(&before, after), old: before, compared };
    let (access, review) = both(large, || sides.access(), || sides.changed(told));
    StackReview { access, ..review }.with_another(&sides.old, &sides.new)
}

/// A stack whose template is the same: what it has beside that may differ.
fn the_same(compared: &Compared<'_>) -> StackReview {
    let entries = Sides { old: Value::Null, new: Value::Null, compared }.settings();
    let standing = if entries.is_empty() { Standing::Same } else { Standing::Changed };
    let review = StackReview { entries, ..StackReview::bare(compared.path, standing) };
    if review.another().is_empty() {
        return review;
    }
    let template = compared.after.map(canonical).unwrap_or_default();
    review.with_another(&template, &template)
}

struct Sides<'c> {
    old: Value,
    new: Value,
    compared: &'c Compared<'c>,
}

impl Sides<'_> {
    /// What becomes of the resource that there is, by the templates' policies, where it leaves so.
    fn fate(&self, id: &str, verb: Verb) -> Option<Fate> {
        let [old, new] = [&self.old, &self.new].map(|side| side["Resources"].get(id));
        match verb {
            Verb::Remove | Verb::MayRemove => old.map(fate::on_deletion),
            Verb::Replace | Verb::MayReplace => old.map(|old| fate::by_replacement(old, new)),
            _ => None,
        }
    }

    fn called(&self, id: &str) -> Option<String> {
        (self.compared.origin)(id).map(|origin| origin.construct)
    }

    /// What the old and the new template have, which `find` finds, without secrets.
    fn values(&self, find: impl Fn(&Value) -> Option<Value>) -> Values {
        let there = |side: &Value| find(side).filter(|value| !diff::is_no_value(value));
        let [before, after] = [&self.old, &self.new].map(there);
        Values { before, after }
    }

    /// Where two values differ, in lines.
    fn differences(&self, values: &Values) -> [Vec<String>; 2] {
        differences(values.before.as_ref(), values.after.as_ref(), &|id| self.called(id))
    }

    /// A value in lines.
    fn said(&self, value: Option<&Value>) -> Vec<String> {
        value.map(|value| lines(value, &|id| self.called(id))).unwrap_or_default()
    }

    /// All but who may do and reach what.
    fn changed(&self, told: Option<&[Told]>) -> StackReview {
        let compared = self.compared;
        let changes = diff::changes_between(&self.old, &self.new);
        let Moves { moved, alike } = moves(&[Versions { stack: compared.path, before: &self.old, after: &self.new }]);
        let mut resources = self.resources(&changes, moved);
        if let Some(told) = told {
            told::lay_over(&mut resources, told, compared.origin, &|id, verb| self.fate(id, verb));
        }
        resources.sort_by(|a, b| (a.verb, &a.construct).cmp(&(b.verb, &b.construct)));
        let mut entries: Vec<EntryReview> = changes.entries.iter().flat_map(|entry| self.entry(entry)).collect();
        entries.extend(self.settings());
        let exports: Vec<ExportReview> = changes.exports.iter().map(|export| self.export(export)).collect();
        let differs = !(resources.is_empty() && entries.is_empty() && exports.is_empty());
        let standing = match (compared.before, compared.after) {
            (None, _) => Standing::Added,
            (_, None) => Standing::Removed,
            _ if differs => Standing::Changed,
            _ => Standing::Same,
        };
        // Of a stack that is gone from the definitions nothing is deleted by a deployment.
        let deployed = resources.iter().filter(|_| compared.after.is_some());
        // What is refused is not done.
        let done = |resource: &&ResourceReview| {
            let refusal = changes.resource(&resource.id).and_then(|change| change.refusal.as_ref());
            !matches!(refusal, Some(Refusal::Taken(..)))
        };
        let mut risks: Vec<Risk> = deployed.filter(done).filter_map(at_risk).collect();
        risks.extend(exports.iter().filter(|_| compared.after.is_some()).filter_map(in_use));
        risks.extend(resources.iter().filter_map(|resource| refused(changes.resource(&resource.id)?, resource)));
        risks.sort_by(|a, b| (!a.refused, &a.what).cmp(&(!b.refused, &b.what)));
        let notes = alike.iter().filter(|_| compared.after.is_some()).map(|alike| self.unclear(alike)).collect();
        StackReview { notes, risks, resources, entries, exports, ..StackReview::bare(compared.path, standing) }
    }

    /// The resources that differ; one that has moved is one of them, and not one that leaves and one that is new.
    fn resources(&self, changes: &Changes, moved: Vec<Move>) -> Vec<ResourceReview> {
        let removed = |id: &str| changes.resource(id).filter(|change| change.kind == Kind::Removed);
        let moved: BTreeMap<String, &ResourceChange> =
            moved.into_iter().filter_map(|moved| Some((moved.to.id, removed(&moved.from.id)?))).collect();
        let left: BTreeSet<&str> = moved.values().map(|from| from.id.as_str()).collect();
        let stays = changes.resources.iter().filter(|change| !left.contains(change.id.as_str()));
        let came_from = |change: &ResourceChange| moved.get(&change.id).copied().filter(|_| change.kind == Kind::Added);
        stays.map(|change| self.resource(change, came_from(change))).collect()
    }

    /// A resource; of one that has moved, with what leaves under its old id.
    fn resource(&self, change: &ResourceChange, moved_from: Option<&ResourceChange>) -> ResourceReview {
        let (construct, at) = Origin::told((self.compared.origin)(&change.id), &change.id);
        let may_leave = change.condition_changed && self.new["Resources"][&change.id].get("Condition").is_some();
        let verb = match (change.kind, change.replacement, moved_from) {
            (Kind::Added, _, Some(_)) => Verb::Move,
            (Kind::Added, ..) => Verb::Add,
            (Kind::Removed, ..) => Verb::Remove,
            (_, Replacement::Always, _) => Verb::Replace,
            (_, Replacement::Conditional, _) => Verb::MayReplace,
            _ if may_leave => Verb::MayRemove,
            _ if change.condition_changed => Verb::MayAdd,
            _ => Verb::Change,
        };
        let whole = |side: &Value, kind: Kind| -> Vec<PropertyReview> {
            let resource = &side["Resources"][&change.id];
            let keys = |of: &'_ Value| of.as_object().into_iter().flat_map(Map::keys).cloned().collect::<Vec<_>>();
            let own = keys(resource).into_iter().filter(|key| !matches!(key.as_str(), "Type" | "Properties"));
            let properties = keys(&resource["Properties"]).into_iter().map(|key| join("/Properties", &key));
            let all = properties.chain(own.map(|key| join("", &key)));
            all.map(|pointer| self.whole(resource, pointer, kind)).collect()
        };
        let mut properties = match change.kind {
            Kind::Added => whole(&self.new, Kind::Added),
            Kind::Removed => whole(&self.old, Kind::Removed),
            Kind::Changed => change.paths.iter().map(|path| self.property(&change.id, path)).collect(),
        };
        let beside = moved_from.map(|from| self.beside_properties(&from.id, &change.id)).unwrap_or_default();
        properties.retain(|property| beside.iter().all(|other| other.pointer != property.pointer));
        properties.extend(beside);
        ResourceReview {
            verb,
            construct,
            id: change.id.clone(),
            type_name: change.type_name.clone(),
            at: at.map(line),
            was_at: None,
            moved_from: moved_from.map(|from| from.id.clone()),
            // What moved is removed under its old id: that one's fate is the data's.
            fate: moved_from.unwrap_or(change).fate,
            stateful: change.stateful,
            may_leave,
            disagrees: None,
            properties,
        }
    }

    /// What is not the same of a resource that has moved, beside its properties, which are: its deletion policy, say.
    fn beside_properties(&self, from: &str, to: &str) -> Vec<PropertyReview> {
        let sides = [&self.old["Resources"][from], &self.new["Resources"][to]];
        let keys: BTreeSet<&String> = sides.iter().filter_map(|side| side.as_object()).flat_map(Map::keys).collect();
        // What it waits for has perhaps moved with it.
        let own = |key: &&String| !matches!(key.as_str(), "Type" | "Properties" | "DependsOn");
        let review = |key: &String| {
            let [before, after] = sides.map(|side| match key.as_str() {
                "Metadata" => side.get(key).and_then(without_path),
                _ => side.get(key).cloned(),
            });
            if before == after {
                return None;
            }
            let [before, after] = [before, after].map(|value| value.as_ref().map(secrets::masked));
            let values = Values { before, after };
            let lines = self.differences(&values);
            Some(by_itself(join("", key), kind(&values), values, lines))
        };
        keys.into_iter().filter(own).filter_map(review).collect()
    }

    /// Of resources that are alike, which leave and which are new: perhaps they have moved.
    fn unclear(&self, alike: &Alike) -> String {
        let listed = |places: &[ResourceLocation]| {
            let name = |place: &ResourceLocation| self.called(&place.id).unwrap_or_else(|| place.id.clone());
            places.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let (gone, new) = (&alike.gone[..], &alike.new[..]);
        format!(
            "{} ({}) {} and {} {} new and alike: if one has become the other, `.moved_from(…)` with its old path keeps it",
            listed(gone),
            alike.type_name,
            if gone.len() == 1 { "leaves" } else { "leave" },
            listed(new),
            if new.len() == 1 { "is" } else { "are" },
        )
    }

    /// A property of a resource that only one side has, or what that says beside its properties.
    fn whole(&self, resource: &Value, pointer: String, kind: Kind) -> PropertyReview {
        let value = secrets::of_resource(resource, &pointer);
        let text = self.said(value.as_ref());
        let (before, after, values) = if kind == Kind::Added {
            (Vec::new(), text, Values { after: value, before: None })
        } else {
            (text, Vec::new(), Values { before: value, after: None })
        };
        by_itself(pointer, kind, values, [before, after])
    }

    fn property(&self, id: &str, change: &diff::PathChange) -> PropertyReview {
        let values = self.values(|side| secrets::of_resource(&side["Resources"][id], &change.path));
        let [before, after] = if change.because_of.is_none() {
            self.differences(&values)
        } else {
            [self.said(values.before.as_ref()), self.said(values.after.as_ref())]
        };
        PropertyReview {
            path: place(&change.path),
            kind: change.kind,
            replacement: change.replacement,
            interrupts: change.interrupts,
            because_of: change.because_of.as_ref().map(|id| self.called(id).unwrap_or_else(|| id.clone())),
            values,
            pointer: change.path.clone(),
            told: None,
            before,
            after,
        }
    }

    fn entry(&self, entry: &diff::EntryChange) -> Vec<EntryReview> {
        let here = match entry.name.as_str() {
            "" => join("", &entry.section),
            name => join(&join("", &entry.section), name),
        };
        let no_echo = entry.section == "Parameters"
            && [&self.old, &self.new].into_iter().any(|side| side.pointer(&here).is_some_and(secrets::is_no_echo));
        let one = |path: &str| {
            let values = self.values(|side| secrets::of_entry(side, &format!("{here}{path}"), no_echo));
            let [before, after] = self.differences(&values);
            let (section, name) = (entry.section.clone(), entry.name.clone());
            EntryReview {
                section,
                name,
                kind: entry.kind,
                path: dotted(path),
                pointer: path.to_owned(),
                values,
                before,
                after,
            }
        };
        if entry.paths.is_empty() { vec![one("")] } else { entry.paths.iter().map(|path| one(path)).collect() }
    }

    /// Settings of the stack itself: each key that differs.
    fn settings(&self) -> Vec<EntryReview> {
        let [Some(Value::Object(old)), Some(Value::Object(new))] = self.compared.settings else { return Vec::new() };
        let nothing = Map::new();
        let review = |(key, before, after): (&str, Option<&Value>, Option<&Value>)| match (before, after) {
            // Tags: each by itself.
            (Some(Value::Object(before)), Some(Value::Object(after))) => setting_by_setting(key, before, after),
            (None, Some(Value::Object(after))) if key == "tags" => setting_by_setting(key, &nothing, after),
            (Some(Value::Object(before)), None) if key == "tags" => setting_by_setting(key, before, &nothing),
            (before, after) => vec![setting(key, "", before, after)],
        };
        differing(old, new).flat_map(review).collect()
    }

    fn export(&self, export: &diff::ExportChange) -> ExportReview {
        let importers = match export.kind {
            Kind::Added => Vec::new(),
            _ => (self.compared.importers)(&export.name),
        };
        ExportReview {
            name: export.name.clone(),
            output: export.output.clone(),
            kind: export.kind,
            certain: export.certain,
            importers,
        }
    }

    /// Who may do and reach what that they could not before, and the reverse.
    fn access(&self) -> Vec<AccessReview> {
        let review = |change: &diff::AccessChange| {
            let text = change.to_string();
            let what = text.strip_prefix(&format!("{}: ", change.id)).unwrap_or(&text);
            AccessReview {
                widens: change.widens,
                construct: self.called(&change.id).unwrap_or_else(|| change.id.clone()),
                what: with_names(what, &|id| self.called(id)),
            }
        };
        diff::security_between(&self.old, &self.new).changes.iter().map(review).collect()
    }
}

/// A place of a resource that is told of for itself: nothing is replaced because of it.
fn by_itself(pointer: String, kind: Kind, values: Values, [before, after]: [Vec<String>; 2]) -> PropertyReview {
    PropertyReview {
        path: place(&pointer),
        kind,
        replacement: Replacement::Never,
        interrupts: false,
        because_of: None,
        pointer,
        values,
        told: None,
        before,
        after,
    }
}

/// What happened where these were and are.
const fn kind(values: &Values) -> Kind {
    match (&values.before, &values.after) {
        (None, _) => Kind::Added,
        (_, None) => Kind::Removed,
        _ => Kind::Changed,
    }
}

type Entry<'e> = (&'e str, Option<&'e Value>, Option<&'e Value>);

/// The keys in which two maps differ, with what each has there.
fn differing<'e>(old: &'e Map<String, Value>, new: &'e Map<String, Value>) -> impl Iterator<Item = Entry<'e>> {
    diff::keys(Some(old), Some(new)).into_iter().filter(|(_, before, after)| before != after)
}

/// What differs in a setting that has names and values.
fn setting_by_setting(name: &str, before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<EntryReview> {
    differing(before, after).map(|(key, before, after)| setting(name, key, before, after)).collect()
}

/// A setting of the stack, or a place in one.
fn setting(name: &str, key: &str, before: Option<&Value>, after: Option<&Value>) -> EntryReview {
    let shown = |value: &Value| secrets::masked(&json!({ key: value }))[key].clone();
    let [before, after] = [before, after].map(|value| value.map(shown));
    let text = |value: &Option<Value>| value.as_ref().map(|value| lines(value, &|_| None)).unwrap_or_default();
    let values = Values { before, after };
    EntryReview {
        section: "Stack".into(),
        name: name.to_owned(),
        kind: kind(&values),
        path: key.to_owned(),
        pointer: if key.is_empty() { String::new() } else { join("", key) },
        before: text(&values.before),
        after: text(&values.after),
        values,
    }
}
