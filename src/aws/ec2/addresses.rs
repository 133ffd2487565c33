//! Carving a VPC's block into subnets, as AWS CDK does: tiers with a size first, in order; the others share what is
//! left in equal parts.

use ipnet::Ipv4Net;

/// The sizes of subnets that AWS takes. Rule: the Amazon VPC user guide, "Subnet sizing for IPv4".
const LARGEST: u8 = 16;
const SMALLEST: u8 = 28;

/// The blocks of each tier's subnets: `tiers` has the prefix length of each, `None` for a share of the rest; each tier
/// has `zones` subnets. An error is a sentence and what to do.
pub(super) fn carve(block: Ipv4Net, tiers: &[Option<u8>], zones: usize) -> Result<Vec<Vec<Ipv4Net>>, (String, String)> {
    let mut next = u64::from(u32::from(block.network()));
    let end = next + size(block.prefix_len());
    let mut blocks: Vec<Vec<Ipv4Net>> = vec![Vec::new(); tiers.len()];
    for (tier, prefix) in tiers.iter().enumerate() {
        if let Some(prefix) = prefix {
            blocks[tier] = take(block, &mut next, end, *prefix, zones)?;
        }
    }
    let shared = tiers.iter().filter(|prefix| prefix.is_none()).count() * zones;
    if shared > 0 {
        let each = (end - next) / shared as u64;
        // The largest power of two that fits; what it is too large for, `take` says.
        let prefix = u8::try_from(32 - each.checked_ilog2().unwrap_or(0)).unwrap_or(32);
        for tier in (0..tiers.len()).filter(|tier| tiers[*tier].is_none()) {
            blocks[tier] = take(block, &mut next, end, prefix.max(LARGEST), zones)?;
        }
    }
    Ok(blocks)
}

fn size(prefix: u8) -> u64 {
    1 << (32 - u32::from(prefix))
}

fn take(block: Ipv4Net, next: &mut u64, end: u64, prefix: u8, count: usize) -> Result<Vec<Ipv4Net>, (String, String)> {
    if !(LARGEST..=SMALLEST).contains(&prefix) {
        let message = format!("a subnet of {block} would be a /{prefix}");
        let help =
            format!("AWS takes /{LARGEST} to /{SMALLEST}: give the VPC a larger block, or the tiers other sizes");
        return Err((message, help));
    }
    let mut blocks = Vec::with_capacity(count);
    for _ in 0..count {
        let start = next.next_multiple_of(size(prefix));
        if start + size(prefix) > end {
            let message = format!("the subnets do not fit into {block}");
            let help = format!("a /{prefix} is one too many: give the VPC a larger block, or the tiers smaller sizes");
            return Err((message, help));
        }
        *next = start + size(prefix);
        let address = u32::try_from(start).unwrap_or(u32::MAX).into();
        blocks.push(Ipv4Net::new_assert(address, prefix));
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::carve;

    fn carved(block: &str, tiers: &[Option<u8>], zones: usize) -> Vec<Vec<String>> {
        let blocks = carve(block.parse().unwrap(), tiers, zones).unwrap();
        blocks.iter().map(|tier| tier.iter().map(ToString::to_string).collect()).collect()
    }

    #[test]
    fn tiers_share_the_block_in_equal_parts() {
        assert_eq!(
            carved("10.0.0.0/16", &[None, None], 2),
            [["10.0.0.0/18", "10.0.64.0/18"], ["10.0.128.0/18", "10.0.192.0/18"]]
        );
    }

    #[test]
    fn sized_tiers_come_first_and_the_rest_is_aligned_behind_them() {
        assert_eq!(
            carved("10.0.0.0/16", &[Some(24), None, Some(26)], 2),
            [["10.0.0.0/24", "10.0.1.0/24"], ["10.0.64.0/18", "10.0.128.0/18"], ["10.0.2.0/26", "10.0.2.64/26"]]
        );
    }

    #[test]
    fn what_does_not_fit_is_said() {
        let error = |block: &str, tiers: &[Option<u8>]| carve(block.parse().unwrap(), tiers, 2).unwrap_err().0;
        assert_eq!(error("10.0.0.0/24", &[Some(24)]), "the subnets do not fit into 10.0.0.0/24");
        assert_eq!(error("10.0.0.0/28", &[None, None]), "a subnet of 10.0.0.0/28 would be a /30");
        assert_eq!(error("10.0.0.0/8", &[Some(12)]), "a subnet of 10.0.0.0/8 would be a /12");
        assert_eq!(error("10.0.0.0/24", &[Some(25), None]), "a subnet of 10.0.0.0/24 would be a /32");
    }
}
