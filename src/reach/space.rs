//! Parts: what is left of a question while rules are read, one after the other.

use ipnet::IpNet;

use super::ports::Ports;

/// Ports of the protocol that is asked about, with addresses of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) first: u16,
    pub(super) last: u16,
    pub(super) net: IpNet,
}

impl Part {
    pub(super) const fn of(ports: Ports, net: IpNet) -> Self {
        Self { first: ports.first, last: ports.last, net }
    }

    /// What it has in common with ports and addresses, and the rest of it.
    pub(super) fn cut(self, (first, last): (u16, u16), net: IpNet) -> (Option<Self>, Vec<Self>) {
        let (from, to) = (first.max(self.first), last.min(self.last));
        let Some(inner) = common(self.net, net).filter(|_| from <= to) else { return (None, vec![self]) };
        let mut rest: Vec<Self> = without(self.net, inner).into_iter().map(|net| Self { net, ..self }).collect();
        if self.first < from {
            rest.push(Self { last: from - 1, net: inner, ..self });
        }
        if to < self.last {
            rest.push(Self { first: to + 1, net: inner, ..self });
        }
        (Some(Self { first: from, last: to, net: inner }), rest)
    }
}

/// The addresses that are in both blocks: one of the two, or none.
pub(super) fn common(one: IpNet, other: IpNet) -> Option<IpNet> {
    if one.contains(&other) { Some(other) } else { other.contains(&one).then_some(one) }
}

/// A block without a part of it.
pub(super) fn without(net: IpNet, part: IpNet) -> Vec<IpNet> {
    let mut rest = Vec::new();
    let mut inner = part;
    while inner.prefix_len() > net.prefix_len() {
        let Some(outer) = inner.supernet() else { break };
        let halves = outer.subnets(inner.prefix_len()).into_iter().flatten();
        rest.extend(halves.filter(|half| *half != inner));
        inner = outer;
    }
    rest
}

/// Routes that packets to some addresses take.
pub(super) struct Taken<'r, R> {
    /// The one for all of the addresses: that with the longest prefix.
    pub(super) base: Option<&'r R>,
    /// Those for a part of the addresses.
    pub(super) parts: Vec<(IpNet, &'r R)>,
    /// Those that may be for any: their destination cannot be read.
    pub(super) unread: Vec<&'r R>,
}

/// The routes that packets to `to` take, by their destinations: the longest prefix decides, and the first of equal ones.
pub(super) fn taken<R>(routes: &[R], to: IpNet, destination: impl Fn(&R) -> Option<IpNet>) -> Taken<'_, R> {
    let mut taken = Taken { base: None, parts: Vec::new(), unread: Vec::new() };
    let mut longest = None;
    for route in routes {
        match destination(route) {
            None => taken.unread.push(route),
            Some(net) if net.contains(&to) => {
                if longest.is_none_or(|longest| net.prefix_len() > longest) {
                    (taken.base, longest) = (Some(route), Some(net.prefix_len()));
                }
            }
            Some(net) if to.contains(&net) => taken.parts.push((net, route)),
            Some(_) => {}
        }
    }
    taken
}

impl<R> Taken<'_, R> {
    /// Whether there is a route for all of the addresses, if not one then several.
    pub(super) fn whole(&self, to: IpNet) -> bool {
        let parts: Vec<IpNet> = self.parts.iter().map(|(net, _)| *net).collect();
        self.base.is_some() || IpNet::aggregate(&parts).contains(&to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    #[test]
    fn a_block_without_a_part_is_its_other_halves() {
        let rest = without(net("10.0.0.0/8"), net("10.64.0.0/10"));
        assert_eq!(rest, [net("10.0.0.0/10"), net("10.128.0.0/9")]);
        assert_eq!(without(net("10.0.0.0/8"), net("10.0.0.0/8")), []);
    }

    #[test]
    fn a_cut_leaves_each_port_and_address_in_one_part() {
        let whole = Part { first: 0, last: 99, net: net("10.0.0.0/30") };
        let (inner, rest) = whole.cut((10, 19), net("10.0.0.1/32"));
        assert_eq!(inner, Some(Part { first: 10, last: 19, net: net("10.0.0.1/32") }));
        let size = |part: &Part| u32::from(part.last - part.first + 1) << (32 - part.net.prefix_len());
        assert_eq!(rest.iter().map(size).sum::<u32>() + 10, 400);
        assert_eq!(whole.cut((100, 200), net("10.0.0.0/8")), (None, vec![whole]));
        assert_eq!(whole.cut((0, 200), net("192.0.2.0/24")), (None, vec![whole]));
        assert_eq!(whole.cut((0, 200), net("10.0.0.0/8")), (Some(whole), vec![]));
    }
}
