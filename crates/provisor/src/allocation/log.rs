//! Binary logarithms in integers, the same on every platform.
//!
//! Weighted rendezvous hashing needs `-ln(u) / weight` for a uniform `u` in (0, 1); the base does
//! not matter for a comparison. [`cost`] gives `-log2(draw / 2^64)` in units of 2^-57.
//!
//! **Method.** The draw is shifted up to `m` in [2^63, 2^64). What is missing to 2^64 is made up by
//! factors `1 + 2^-k`, k = 1 to 32, each used at most once (a shift and an addition); the table
//! holds their logarithms. What then still misses is below 2^-32 of the whole and taken linearly.
//!
//! **Error.** In units of 2^-63: 32 shifts truncate, together at most 47; 32 rounded table entries,
//! at most 16; the linear end, at most 1. So the sum is within 64, which is one unit of the result;
//! its own truncation is another. [`cost`] is within two units (2^-56) of the true logarithm. The
//! best draw among 4096 hubs of the largest weights costs about 2^-12, so shares are off by less
//! than one device in 2^40.

/// The number of result units in one doubling.
const UNITS_LOG2: u32 = 57;

/// `log2(1 + 2^-k)` in units of 2^-63, rounded to nearest, for k = 1 to 32.
const LOG2_OF_FACTOR: [u64; 32] = [
    0x4AE0_0D1C_FDEB_43D0,
    0x2934_F097_9A37_15FD,
    0x15C0_1A39_FBD6_87A0,
    0x0B31_FB7D_6489_8B3E,
    0x05AE_B4DD_63BF_61CC,
    0x02DC_F2D0_B85A_4531,
    0x016F_E50B_6EF0_8518,
    0x00B8_4E23_6BD5_63BA,
    0x005C_3E0F_FC29_D593,
    0x002E_24CA_6E87_E8A8,
    0x0017_13D6_2F79_57C3,
    0x000B_8A47_6150_DFE4,
    0x0005_C53A_C47E_94D9,
    0x0002_E2A3_2762_FA6C,
    0x0001_7153_0500_2E4B,
    0x0000_B8A9_DED4_7C11,
    0x0000_5C55_067F_6E59,
    0x0000_2E2A_8905_0623,
    0x0000_1715_45F3_D72B,
    0x0000_0B8A_A356_40A8,
    0x0000_05C5_51C2_359A,
    0x0000_02E2_A8E6_E01F,
    0x0000_0171_5474_E164,
    0x0000_00B8_AA3A_CD07,
    0x0000_005C_551D_7D99,
    0x0000_002E_2A8E_C492,
    0x0000_0017_1547_63BA,
    0x0000_000B_8AA3_B239,
    0x0000_0005_C551_D934,
    0x0000_0002_E2A8_ECA0,
    0x0000_0001_7154_7651,
    0x0000_0000_B8AA_3B29,
];

/// `1 / ln 2` in units of 2^-63, rounded down.
const ONE_BY_LN2: u64 = 0xB8AA_3B29_5C17_F0BB;

/// `-log2(draw / 2^64)` in units of 2^-57: 0 to 2^63. A draw of 0 counts as 1.
pub(super) const fn cost(draw: u64) -> u64 {
    let draw = if draw == 0 { 1 } else { draw };
    let shift = draw.leading_zeros();
    let mut reached = draw << shift;
    let mut missing: u64 = 0;
    let mut k: u32 = 1;
    let mut table = LOG2_OF_FACTOR.as_slice();
    while let Some((log, rest)) = table.split_first() {
        if let Some(sum) = reached.checked_add(reached >> k) {
            reached = sum;
            missing += *log;
        }
        table = rest;
        k += 1;
    }
    missing += linear(reached.wrapping_neg());
    // `missing` is at most 2^63 and a little: the sum needs the width of u128.
    let total = ((shift as u128) << 63) + missing as u128;
    narrow(total >> (63 - UNITS_LOG2))
}

/// Something that [`cost`] is never below, for one multiplication: -ln(u) >= 1 - u.
pub(super) const fn cost_is_at_least(draw: u64) -> u64 {
    (linear(draw.wrapping_neg()) >> (63 - UNITS_LOG2)).saturating_sub(2)
}

/// `x / 2^64 / ln 2` in units of 2^-63.
const fn linear(x: u64) -> u64 {
    narrow((x as u128 * ONE_BY_LN2 as u128) >> 64)
}

/// To 64 bits; what does not fit is held at the top.
const fn narrow(x: u128) -> u64 {
    if x > u64::MAX as u128 {
        u64::MAX
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "compared just above")]
        let narrow = x as u64;
        narrow
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_computed_to_eighty_digits_elsewhere() {
        for (draw, exact) in [
            (0x0000_0000_0000_0001, 9_223_372_036_854_775_808),
            (0x0000_0000_0000_0003, 8_994_954_867_970_167_536),
            (0x0000_0000_ffff_ffff, 4_611_686_018_475_796_716),
            (0x8000_0000_0000_0001, 144_115_188_075_855_871),
            (0x7fff_ffff_ffff_ffff, 144_115_188_075_855_872),
            (0xffff_ffff_ffff_ffff, 0),
            (0x0123_4567_89ab_cdef, 1_126_084_545_955_828_433),
            (0xfedc_ba98_7654_3211, 926_122_988_537_751),
            (0xffff_ffff_0000_0001, 48_408_812),
            (0xc000_0000_0000_0001, 59_813_207_267_103_472_u64),
        ] {
            assert!(
                cost(draw).abs_diff(exact) <= 2,
                "{draw:#x}: {} {exact}",
                cost(draw)
            );
        }
    }

    #[test]
    fn the_ends_of_the_range() {
        assert_eq!(cost(0), cost(1));
        assert!(cost(1).abs_diff(64 << UNITS_LOG2) <= 2);
        assert_eq!(cost_is_at_least(u64::MAX), 0);
    }

    proptest! {
        #[test]
        fn close_to_floating_point(draw in 1_u64..) {
            let float = 64.0 - (draw as f64).log2();
            let ours = cost(draw) as f64 / (1_u64 << UNITS_LOG2) as f64;
            // The yardstick itself has only 53 bits.
            prop_assert!((float - ours).abs() < 1e-13, "{float} {ours}");
        }

        #[test]
        fn never_below_its_bound(draw: u64, near_the_top in 0_u64..1 << 40) {
            for draw in [draw | 1, !near_the_top | 1] {
                prop_assert!(cost_is_at_least(draw) <= cost(draw));
            }
        }

        #[test]
        fn a_greater_draw_costs_no_more(draw in 0_u64..u64::MAX - 64, step in 1_u64..64) {
            prop_assert!(cost(draw + step) <= cost(draw).saturating_add(4));
        }
    }
}
