//! Gates: security groups and network ACLs, which let packets pass or do not.

use super::View;
use super::acls::{self, Said};
use super::answer::{Hop, Stop};
use super::groups::{Direction, Group, Peer, Rule};
use super::interfaces::Place;
use super::peers::{Other, share, words};
use super::ports::{About, Ports};
use super::space::{Part, common};
use super::walk::Via;

/// What rules admit of a question.
struct Admitted<'r> {
    /// What none admits for sure.
    left: Vec<Part>,
    /// The rules that admit something, with the first that admits all alone.
    by: Vec<(&'r Group, &'r Rule)>,
    alone: Option<(&'r Group, &'r Rule)>,
    /// Whether one may admit more than can be told.
    unsure: bool,
}

impl View<'_> {
    /// Whether the network ACL of a place's subnet lets packets pass.
    pub(super) fn acl(
        &self,
        place: &Place,
        out: bool,
        ports: Ports,
        other: &Other<'_>,
        hops: &mut Vec<Hop>,
    ) -> Result<(), Stop> {
        let Some(acl) = place.subnet.and_then(|subnet| acls::of_subnet(&self.facts, subnet)) else { return Ok(()) };
        let called = format!("network ACL {}", self.facts.path(acl));
        let what = format!("{ports} {} {}", if out { "out to" } else { "in from" }, words(other.net));
        let Said { passes, denied, unread } = acls::said(&self.facts, acl, out, ports, other.net);
        // What has one of several addresses may have one of those that pass, unless no port of it does.
        let depends = other.one_of && !passes.is_empty() && denied.iter().all(|(part, _)| part.net != other.net);
        match denied.first() {
            Some((_, number)) if !depends => Err(not_by_acl(called, &what, *number)),
            None if unread.is_empty() => {
                hops.push(Hop { place: called, why: format!("lets {what}"), at: self.facts.at(acl) });
                Ok(())
            }
            Some(_) if unread.is_empty() => {
                let why =
                    format!("lets {what} in part, and the definitions do not say which address {} has", other.called);
                Err(Stop::unknown(called, why, "let its entries be about whole subnets"))
            }
            _ => {
                let why = format!("the definitions do not say whether it lets {what}");
                Err(Stop::unknown(called, why, "write its entries down, without parameters that have no default"))
            }
        }
    }

    /// Whether the network ACL of a place's subnet lets the answers pass: to whichever port the sender has chosen.
    pub(super) fn acl_answers(&self, place: &Place, out: bool, ports: Ports, other: &Other<'_>) -> Result<(), Stop> {
        let answers = ports.answers();
        let Some(acl) = place.subnet.and_then(|subnet| acls::of_subnet(&self.facts, subnet)) else { return Ok(()) };
        let Said { passes, denied, unread } = acls::said(&self.facts, acl, out, answers, other.net);
        let passes = |part: &Part| passes.iter().chain(&unread).any(|other| common(other.net, part.net).is_some());
        if denied.is_empty() || denied.iter().any(|(part, _)| !passes(part)) {
            return self.acl(place, out, answers, other, &mut Vec::new());
        }
        let way = if out { "out to" } else { "in from" };
        let why =
            format!("lets answers {way} {} on a part of {answers} only: who asks chooses the port", words(other.net));
        let help = format!("admit {answers} for the answers");
        Err(Stop::unknown(format!("network ACL {}", self.facts.path(acl)), why, help))
    }

    /// Whether the security groups of a place let packets pass.
    pub(super) fn admits(
        &self,
        place: &Place,
        direction: Direction,
        ports: Ports,
        other: &Other<'_>,
        via: Via,
        hops: &mut Vec<Hop>,
    ) -> Result<(), Stop> {
        if place.groups.is_empty() {
            return Ok(());
        }
        let mut rules: Vec<(&Group, &Rule)> = Vec::new();
        for group in &place.groups {
            let Some(own) = self.groups.rules(group, direction) else {
                hops.push(Hop { place: self.called(group), why: "lets everything out".into(), at: None });
                return Ok(());
            };
            rules.extend(own.iter().map(|rule| (group, rule)));
        }
        let (word, side) = if direction == Direction::In { ("in", "from") } else { ("out", "to") };
        let admitted = read(&rules, ports, other, via);
        if let Some((group, rule)) = admitted.alone {
            let why = format!("lets {} {word} {side} {}", rule.ports, self.peer(&rule.peer));
            hops.push(Hop { place: self.called(group), why, at: rule.at });
            return Ok(());
        }
        // Several rules may admit together what none admits alone.
        if let (true, Some((group, _))) = (admitted.left.is_empty(), admitted.by.first()) {
            let each: Vec<String> = admitted.by.iter().map(|(_, rule)| self.rule(rule, ports)).collect();
            let why = format!("lets {ports} {word} {side} {}", each.join(", "));
            hops.push(Hop { place: self.called(group), why, at: None });
            return Ok(());
        }
        Err(self.shut(place, &rules, &admitted, direction, ports, other))
    }

    /// Why groups do not let packets pass, or why that cannot be told.
    fn shut(
        &self,
        place: &Place,
        rules: &[(&Group, &Rule)],
        admitted: &Admitted<'_>,
        direction: Direction,
        ports: Ports,
        other: &Other<'_>,
    ) -> Stop {
        let (word, side) = if direction == Direction::In { ("in", "from") } else { ("out", "to") };
        let called: Vec<String> = place.groups.iter().map(|group| self.called(group)).collect();
        let called = called.join(", ");
        if admitted.unsure || place.groups.iter().any(|group| matches!(group, Group::Elsewhere(_))) {
            let why = format!("the definitions do not say all of whom it lets {word} on {ports}");
            let help = "write its addresses and ports down, or define the group in this app";
            return Stop::unknown(called, why, help);
        }
        let about = rules.iter().filter(|(_, rule)| touches(rule, ports));
        let mut only: Vec<String> = about.map(|(_, rule)| self.rule(rule, ports)).collect();
        only.dedup();
        // What has one of several addresses may have one of those that pass, unless some port is shut to all of them.
        if other.one_of && !admitted.by.is_empty() && admitted.left.iter().all(|part| part.net != other.net) {
            let why = format!(
                "lets {ports} {word} {side} a part of {} only, and the definitions do not say which address {} has",
                words(other.net),
                other.called
            );
            return Stop { only, ..Stop::unknown(called, why, "let its group in, or the whole of its subnet") };
        }
        let why = if only.is_empty() {
            format!("lets nothing {word} on {ports}")
        } else {
            format!("does not let {ports} {word} {side} {}, only {side}", other.called)
        };
        let help = if direction == Direction::In {
            "`allow_from` lets somebody in, if that is meant"
        } else {
            "`allow_to` lets it out, if that is meant"
        };
        Stop { only, ..Stop::no(called, why, help) }
    }

    /// Whom a rule is about, and which ports, where these are not all that are asked about.
    fn rule(&self, rule: &Rule, ports: Ports) -> String {
        let peer = self.peer(&rule.peer);
        match rule.ports.about(ports.protocol) {
            About::Range(first, last) if first <= ports.first && ports.last <= last => peer,
            _ => format!("{peer} on {}", rule.ports),
        }
    }

    fn peer(&self, peer: &Peer) -> String {
        match peer {
            Peer::Net(block) => words(*block),
            Peer::Group(group) => self.called(group),
            Peer::Prefixes(list, _) => format!("prefix list {}", self.facts.path(*list)),
            Peer::Unknown => "what only a deployment knows".into(),
        }
    }

    fn called(&self, group: &Group) -> String {
        match group {
            Group::Own(group) => format!("security group {}", self.facts.path(*group)),
            Group::DefaultOf(vpc) => format!("default security group of {}", self.facts.path(*vpc)),
            Group::Elsewhere(_) => "a security group that is not in the definitions".into(),
        }
    }
}

fn not_by_acl(called: String, what: &str, number: Option<i64>) -> Stop {
    let by = number.map_or("no entry does".to_owned(), |number| format!("entry {number} says so"));
    let help = "network ACLs keep no state: requests and answers need an entry each";
    Stop::no(called, format!("does not let {what}: {by}"), help)
}

fn touches(rule: &Rule, ports: Ports) -> bool {
    match rule.ports.about(ports.protocol) {
        About::No => false,
        About::Unread => true,
        About::Range(first, last) => first <= ports.last && ports.first <= last,
    }
}

/// Reads rules one after the other, until nothing is left of the question.
fn read<'r>(rules: &[(&'r Group, &'r Rule)], ports: Ports, other: &Other<'_>, via: Via) -> Admitted<'r> {
    let mut admitted = Admitted { left: vec![Part::of(ports, other.net)], by: Vec::new(), alone: None, unsure: false };
    for (group, rule) in rules.iter().filter(|(_, rule)| touches(rule, ports)) {
        let share = share(&rule.peer, other, via);
        let meets = |left: &[Part]| {
            share.whole || share.nets.iter().any(|net| left.iter().any(|part| common(*net, part.net).is_some()))
        };
        let About::Range(first, last) = rule.ports.about(ports.protocol) else {
            admitted.unsure |= share.unsure || meets(&admitted.left);
            continue;
        };
        admitted.unsure |= share.unsure;
        let nets = if share.whole { vec![other.net] } else { share.nets };
        let whole = (first <= ports.first && ports.last <= last) && nets.iter().any(|net| net.contains(&other.net));
        if whole {
            admitted.alone = Some((group, rule));
            return admitted;
        }
        let before = admitted.left.clone();
        for net in nets {
            admitted.left = admitted.left.into_iter().flat_map(|part| part.cut((first, last), net).1).collect();
        }
        if admitted.left != before {
            admitted.by.push((group, rule));
        }
    }
    admitted
}
