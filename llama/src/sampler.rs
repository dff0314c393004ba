//! Picks the next token from the logits.

/// The index of the largest value, the first of them if several are equal; 0 if there is none.
pub fn argmax(values: &[f32]) -> u32 {
    let mut best = 0;
    for (i, &value) in values.iter().enumerate() {
        if value > values[best] {
            best = i;
        }
    }
    best as u32
}
