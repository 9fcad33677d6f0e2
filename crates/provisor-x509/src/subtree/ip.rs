//! iPAddress constraints: a network in address and mask.

use super::compared::Compared;

/// 4 bytes and 4 of mask, or 16 and 16, the mask being ones and then zeros (RFC 4632 section 3.1).
pub(super) fn is_base(base: &[u8]) -> bool {
    let (8 | 32) = base.len() else {
        return false;
    };
    let Some((_, mask)) = base.split_at_checked(base.len() / 2) else {
        return false;
    };
    let ones: u32 = mask
        .iter()
        .take_while(|byte| **byte == 0xff)
        .map(|_| 8)
        .sum();
    let mut rest = mask.iter().skip_while(|byte| **byte == 0xff);
    let partial = rest.next().copied().unwrap_or(0);
    ones <= 128
        && partial.leading_ones() + partial.trailing_zeros().min(8) == 8
        && rest.all(|byte| *byte == 0)
}

/// An address of the other family is outside.
pub(super) fn compare(name: &[u8], base: &[u8]) -> Compared {
    let (4 | 16) = name.len() else {
        return Compared::Impossible;
    };
    if !is_base(base) {
        return Compared::Impossible;
    }
    let Some((network, mask)) = base.split_at_checked(base.len() / 2) else {
        return Compared::Impossible;
    };
    let within = network.len() == name.len()
        && name
            .iter()
            .zip(network)
            .zip(mask)
            .all(|((name, network), mask)| name & mask == network & mask);
    if within {
        Compared::Within
    } else {
        Compared::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NET: &[u8] = &[192, 0, 2, 0, 255, 255, 255, 128];

    #[test]
    fn the_mask_decides() {
        assert_eq!(compare(&[192, 0, 2, 127], NET), Compared::Within);
        assert_eq!(compare(&[192, 0, 2, 128], NET), Compared::Outside);
        assert_eq!(compare(&[0; 16], NET), Compared::Outside);
        assert_eq!(compare(&[1; 16], &[0; 32]), Compared::Within);
        assert_eq!(
            compare(&[192, 0, 2, 0, 255, 255, 255, 0], NET),
            Compared::Impossible
        );
    }

    #[test]
    fn a_base_is_a_network() {
        assert!(is_base(NET) && is_base(&[0; 8]) && is_base(&[0xff; 32]));
        for wrong in [
            &[192, 0, 2, 0][..],
            &[0; 16],
            &[1, 1, 1, 1, 255, 0, 255, 0],
            &[1, 1, 1, 1, 0xfd, 0, 0, 0],
            &[],
        ] {
            assert!(!is_base(wrong), "{wrong:?}");
        }
    }
}
