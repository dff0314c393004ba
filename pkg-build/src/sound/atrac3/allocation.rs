//! How finely each group of coefficients is quantised.

use super::codes::{Codes, GREATEST, GROUPS, QUANTISERS, SCALES, scale, steps};

/// Bits that a group takes that is not left out, besides its values: the scale factor.
const SCALE_BITS: usize = 6;
/// Scale factors beyond the least one that are tried: each makes the steps coarser by a quarter.
const COARSER: usize = 3;
/// Halvings of the range in which the price of a bit is looked for.
const HALVINGS: usize = 40;

/// How a group is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub quantiser: usize,
    pub scale: usize,
    pub values: Vec<i32>,
    /// Bits of scale factor and values.
    pub bits: usize,
    /// The sum of the squares of what is wrong with it.
    pub error: f64,
}

/// The groups of a spectrum that take at most `budget` bits with the least error.
///
/// For a price of a bit, the best way to write a group is found without regard to the others; the
/// lowest price at which all fit is the one to take.
pub(super) fn allocate(spectrum: &[f64], codes: &Codes, budget: usize) -> Vec<Group> {
    let ways: Vec<Vec<Group>> = GROUPS
        .windows(2)
        .map(|ends| ways(&spectrum[ends[0]..ends[1]], codes))
        .collect();
    let at = |price: f64| -> Vec<&Group> {
        let cost = |group: &Group| group.error + price * group.bits as f64;
        ways.iter()
            .map(|ways| {
                let best = ways.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
                best.expect("a group can always be left out")
            })
            .collect()
    };
    let fits = |groups: &[&Group]| groups.iter().map(|it| it.bits).sum::<usize>() <= budget;
    let owned = |groups: Vec<&Group>| groups.into_iter().cloned().collect();
    let free = at(0.0);
    if fits(&free) {
        return owned(free);
    }
    // At the price of all there is, everything is left out.
    let (mut low, mut high) = (0.0, 1.0 + spectrum.iter().map(|x| x * x).sum::<f64>());
    for _ in 0..HALVINGS {
        let middle = libm::sqrt((low + 1e-9) * high);
        match fits(&at(middle)) {
            true => high = middle,
            false => low = middle,
        }
    }
    owned(at(high))
}

/// The ways to write a group: leaving it out, and each quantiser with the scale factors that suit.
fn ways(coefficients: &[f64], codes: &Codes) -> Vec<Group> {
    let energy = coefficients.iter().map(|x| x * x).sum();
    let mut ways = vec![Group {
        quantiser: 0,
        scale: 0,
        values: vec![0; coefficients.len()],
        bits: 0,
        error: energy,
    }];
    let peak = coefficients
        .iter()
        .fold(0.0, |peak: f64, x| peak.max(x.abs()));
    if peak < scale(0) / steps(QUANTISERS - 1) / 2.0 {
        return ways;
    }
    for quantiser in 1..QUANTISERS {
        // The least scale factor at which the peak is rounded to a value that there is.
        let least = (0..SCALES)
            .find(|&index| peak <= scale(index))
            .unwrap_or(SCALES - 1);
        for index in least..(least + COARSER).min(SCALES) {
            ways.push(quantised(coefficients, quantiser, index, codes));
        }
    }
    ways
}

fn quantised(coefficients: &[f64], quantiser: usize, index: usize, codes: &Codes) -> Group {
    let step = scale(index) / steps(quantiser);
    let greatest = GREATEST[quantiser];
    let value = |x: &f64| (libm::rint(x / step) as i32).clamp(-greatest, greatest);
    let values: Vec<i32> = coefficients.iter().map(value).collect();
    let pairs = coefficients.iter().zip(&values);
    let error = pairs
        .map(|(x, value)| {
            let wrong = x - f64::from(*value) * step;
            wrong * wrong
        })
        .sum();
    let length: usize = codes
        .of(quantiser, &values)
        .map(|code| usize::from(code.length))
        .sum();
    Group {
        quantiser,
        scale: index,
        bits: SCALE_BITS + length,
        values,
        error,
    }
}
