//! Versions of database engines: those that do not exist, and those that are retired. Only literals are looked at.

use super::either;
use super::schema::Found;
use crate::core::{Entry, Expr, Problem, ResourceNode};
use crate::synth::nearest::{listed, nearest};

/// A line per engine, after two of the file's own: its name, and its versions from the oldest on, a `-` before those that
/// are retired.
static LIST: &str = include_str!("../../../spec/engine-versions.txt");

const GLOBAL: &str = "AWS::RDS::GlobalCluster";
const TYPES: [&str; 3] = ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster", GLOBAL];

/// Major versions that are there, out of standard support. Rule: the Amazon RDS and Aurora user guides, "Release
/// calendars" and "Extended Support".
const CHARGED: &[(&str, &[&str])] = &[
    ("aurora-mysql", &["5.7"]),
    ("aurora-postgresql", &["11", "12", "13"]),
    ("mysql", &["5.7", "8.0"]),
    ("postgres", &["11", "12", "13"]),
];

const NEWER: &str = "; if it is newer than formwork, allow `engine-version` here";

/// What is wrong with the engine of a database, or with its version.
pub(super) fn check(resource: &ResourceNode) -> Option<Found> {
    if !TYPES.contains(&&*resource.type_name) {
        return None;
    }
    let engine = resource.props.get("Engine")?;
    let name = literal(engine)?.to_lowercase();
    let Some(known) = engines().find(|engine| engine.name == name) else {
        // Which engines global clusters have, their schema says.
        return (resource.type_name != GLOBAL).then(|| found(engine, unknown_engine(&name)));
    };
    let version = resource.props.get("EngineVersion")?;
    let problem = known.judge(&literal(version)?)?;
    Some(found(version, problem))
}

fn found(entry: &Entry, problem: Problem) -> Found {
    Found { problem, property: Some(entry.key.to_string()), at: Some(entry.at) }
}

fn literal(entry: &Entry) -> Option<String> {
    match &entry.value {
        Expr::String(text) => Some(text.to_string()).filter(|text| !text.contains("{{resolve:")),
        Expr::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn engines() -> impl Iterator<Item = Engine> {
    LIST.lines().skip(2).map(|line| {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let versions = words.map(|word| word.strip_prefix('-').map_or((word, false), |word| (word, true)));
        Engine { name, versions: versions.collect() }
    })
}

fn unknown_engine(name: &str) -> Problem {
    let names: Vec<_> = engines().map(|engine| engine.name).collect();
    let help = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", listed(&names, names.len())),
    };
    Problem::error("engine-version", format!("there is no database engine `{name}`")).help(help)
}

/// An engine, and its versions: which, and whether retired.
struct Engine {
    name: &'static str,
    versions: Vec<(&'static str, bool)>,
}

impl Engine {
    /// The major version that a version belongs to: 16 of PostgreSQL's 16.4, 8.4 of MySQL's 8.4.8.
    fn major<'a>(&self, version: &'a str) -> &'a str {
        let one = self.name.contains("postgres") && !version.starts_with("9.");
        let end = version.match_indices('.').nth(usize::from(!one)).map_or(version.len(), |(index, _)| index);
        &version[..end]
    }

    /// The versions of a major one that are not retired, from the oldest on.
    fn current(&self, major: &str) -> Vec<&'static str> {
        let current = self.versions.iter().filter(|(version, retired)| !retired && self.major(version) == major);
        current.map(|(version, _)| *version).collect()
    }

    /// The major versions with standard support.
    fn majors(&self) -> Vec<&'static str> {
        let current = self.versions.iter().filter(|(_, retired)| !retired);
        let mut majors: Vec<_> = current.map(|(version, _)| self.major(version)).collect();
        majors.dedup();
        majors.retain(|major| !self.charged(major));
        majors
    }

    fn charged(&self, major: &str) -> bool {
        CHARGED.iter().any(|(name, majors)| *name == self.name && majors.contains(&major))
    }

    fn judge(&self, version: &str) -> Option<Problem> {
        let major = self.major(version);
        let known = self.versions.iter().find(|(known, _)| *known == version);
        // A major version alone leaves the minor one to RDS.
        let alone = version == major && self.versions.iter().any(|(known, _)| self.major(known) == major);
        match known {
            _ if self.versions.is_empty() => None,
            Some((_, true)) => Some(self.retired(version, major)),
            None if !alone => Some(self.unknown(version, major)),
            None if self.current(major).is_empty() => Some(self.retired(version, major)),
            _ if self.charged(major) => Some(self.out_of_support(major)),
            _ => None,
        }
    }

    fn unknown(&self, version: &str, major: &str) -> Problem {
        let current = self.current(major);
        // The latest are those that one means.
        let latest = &current[current.len().saturating_sub(9)..];
        let help = if latest.is_empty() {
            format!("there is {}", either(&self.majors(), 9))
        } else {
            format!("of {major} there is {}", either(latest, 9))
        };
        Problem::error("engine-version", format!("there is no {} {version}", self.name)).help(help + NEWER)
    }

    fn retired(&self, version: &str, major: &str) -> Problem {
        let help = match self.current(major).last() {
            Some(latest) => format!("use `{latest}`, the latest of {major}"),
            None => format!("use {}", either(&self.majors(), 9)),
        };
        let message = format!("{} {version} is retired: RDS makes no new databases of it", self.name);
        Problem::warning("engine-version", message).help(help)
    }

    fn out_of_support(&self, major: &str) -> Problem {
        let help = format!("AWS charges extra for it; use {}", either(&self.majors(), 9));
        Problem::warning("engine-version", format!("{} {major} is out of standard support", self.name)).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::{CHARGED, engines};

    #[test]
    fn each_major_version_out_of_support_is_one_that_is_there() {
        for (name, majors) in CHARGED {
            let engine = engines().find(|engine| engine.name == *name).unwrap();
            for major in *majors {
                assert!(!engine.current(major).is_empty(), "{name} {major}");
            }
        }
    }
}
