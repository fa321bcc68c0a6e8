//! What a sample allows to be said.
//!
//! A sample can prove a gap; at most it yields "met (sampled)", and the report says how sure that is.
//! The bound is exact (Clopper and Pearson): the largest share of deviations in the population that
//! would still show so few in a random sample with at least the remaining probability.

/// The one-sided upper bound, at this confidence (0.95 for 95 %), of the share of deviations in a
/// population of which a random sample of `size` items showed `deviations`. 1.0 where there is no sample
/// or all deviate.
#[must_use]
pub fn upper_bound(size: u32, deviations: u32, confidence: f64) -> f64 {
    if size == 0 || deviations >= size {
        return 1.0;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // The chance to see so few falls as the share grows; halve until it stands.
    for _ in 0..60 {
        let share = f64::midpoint(low, high);
        if at_most(size, deviations, share) > 1.0 - confidence { low = share } else { high = share }
    }
    high
}

/// The chance of at most `k` deviations among `n` items when each deviates with chance `share`.
fn at_most(n: u32, k: u32, share: f64) -> f64 {
    let (n, ln_p, ln_q) = (f64::from(n), share.ln(), (1.0 - share).ln());
    let mut ln_choose = 0.0;
    let mut sum = 0.0;
    for i in 0..=k {
        let i = f64::from(i);
        if i > 0.0 {
            ln_choose += (n - i + 1.0).ln() - i.ln();
        }
        sum += (ln_choose + i * ln_p + (n - i) * ln_q).exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::upper_bound;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-4
    }

    #[test]
    fn bounds_agree_with_the_closed_form_for_no_deviations() {
        // With none found the bound is 1 - 0.05^(1/n).
        for n in [1u32, 10, 59, 60, 300] {
            assert!(near(upper_bound(n, 0, 0.95), 1.0 - 0.05f64.powf(1.0 / f64::from(n))), "{n}");
        }
    }

    #[test]
    fn a_bound_grows_with_deviations_and_never_exceeds_one() {
        assert!(upper_bound(60, 1, 0.95) > upper_bound(60, 0, 0.95));
        assert!(near(upper_bound(10, 10, 0.95), 1.0));
        assert!(near(upper_bound(0, 0, 0.95), 1.0));
        // n - 1 of n deviate: the bound is 0.95^(1/n).
        assert!(near(upper_bound(10, 9, 0.95), 0.95f64.powf(0.1)));
    }
}
