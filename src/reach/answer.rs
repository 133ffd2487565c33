//! Answers: yes or no, and why.

use std::fmt::{self, Write as _};

use super::ends::Side;
use super::ports::Ports;
use super::{View, check::Outcome};
use crate::core::{At, line};

/// Whether something is reachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Reachable,
    /// It is not.
    Unreachable,
    /// It depends on what the definitions do not say.
    Unknown,
}

impl Verdict {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Unreachable => "not reachable",
            Self::Unknown => "cannot be told",
        }
    }
}

/// A step of a path: what lets packets pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What it is: `security group shop/web/Web`.
    pub place: String,
    /// Why it lets them pass.
    pub why: String,
    /// The line that says so, where one does.
    pub at: Option<At>,
}

/// What stops packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What it is.
    pub place: String,
    /// Why it does not let them pass.
    pub why: String,
    /// Whom it lets pass, where it does anybody.
    pub only: Vec<String>,
    /// What to do.
    pub help: String,
    /// Whether this is what cannot be told, rather than a no.
    pub unknown: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who was to reach.
    pub from: String,
    /// What was to be reached.
    pub to: String,
    /// Whether it can be.
    pub verdict: Verdict,
    /// The ports it can be reached on; those that were asked for, where it cannot.
    pub ports: Vec<Ports>,
    /// The way, step by step, where it can be reached: the first that was found.
    pub path: Vec<Hop>,
    /// What stops each way, where it cannot.
    pub stops: Vec<Stop>,
}

impl Stop {
    pub(super) fn no(place: impl Into<String>, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place: place.into(), why: why.into(), only: Vec::new(), help: help.into(), unknown: false }
    }

    pub(super) fn unknown(place: impl Into<String>, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { unknown: true, ..Self::no(place, why, help) }
    }
}

impl Answer {
    /// Whether it can be reached for sure.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.verdict == Verdict::Reachable
    }
}

impl View<'_> {
    pub(super) fn answer(
        &self,
        from: &str,
        to: &str,
        sources: &[Side],
        targets: &[Side],
        ports: Option<Ports>,
    ) -> Answer {
        let (mut reached, mut asked, mut path, mut stops) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for source in sources {
            for target in targets {
                let wanted = ports.map_or_else(|| self.wanted(target), |ports| vec![ports]);
                if let (true, Side::Place(place)) = (wanted.is_empty(), target) {
                    let help = "add a listener, or ask for a port";
                    stops.push(Stop::no(
                        self.facts.path(place.node),
                        "takes requests on no port: it has no listener",
                        help,
                    ));
                }
                for ports in wanted {
                    let Outcome { hops, stop } = self.check(source, target, ports);
                    if !asked.contains(&ports) {
                        asked.push(ports);
                    }
                    match stop {
                        None => {
                            if path.is_empty() {
                                path = hops;
                            }
                            if !reached.contains(&ports) {
                                reached.push(ports);
                            }
                        }
                        Some(stop) if !stops.contains(&stop) => stops.push(stop),
                        Some(_) => {}
                    }
                }
            }
        }
        let verdict = if !reached.is_empty() {
            Verdict::Reachable
        } else if stops.iter().any(|stop| stop.unknown) {
            Verdict::Unknown
        } else {
            Verdict::Unreachable
        };
        if verdict == Verdict::Reachable {
            stops.clear();
        }
        let mut ports = if reached.is_empty() { asked } else { reached };
        ports.sort_unstable();
        Answer { from: from.to_owned(), to: to.to_owned(), verdict, ports, path, stops }
    }
}

/// The answer as it is printed: at most 80 columns, but for names that are longer.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ports: Vec<String> = self.ports.iter().map(ToString::to_string).collect();
        let verdict = self.verdict.as_str();
        let ports = if ports.is_empty() { "any port".to_owned() } else { ports.join(", ") };
        let headline = format!("{verdict}: {} → {} on {ports}", self.from, self.to);
        if headline.chars().count() <= 80 {
            writeln!(f, "{headline}")?;
        } else {
            writeln!(f, "{verdict} on {ports}:\n  {}\n  → {}", self.from, self.to)?;
        }
        for hop in &self.path {
            writeln!(f, "\n  {}", hop.place)?;
            let at = hop.at.map(|at| format!(" ({})", line(at))).unwrap_or_default();
            f.write_str(&indented(&format!("{}{at}", hop.why), 4))?;
        }
        for stop in &self.stops {
            writeln!(f, "\n  {}", stop.place)?;
            f.write_str(&indented(&stop.why, 4))?;
            for one in &stop.only {
                writeln!(f, "      {one}")?;
            }
            f.write_str(&indented(&format!("help: {}", stop.help), 4))?;
        }
        Ok(())
    }
}

/// Text in lines of at most 80 columns, indented.
fn indented(text: &str, indent: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split(' ') {
        if column > 0 && column + 1 + word.chars().count() > 80 {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            let _ = write!(out, "{:indent$}", "");
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += word.chars().count();
    }
    out.push('\n');
    out
}
