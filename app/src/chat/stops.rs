//! The end of the model's turn in its text.

use alloc::vec::Vec;

/// Finds the first of some texts in bytes that arrive in pieces, and holds back
/// what may be the beginning of one, so that none is ever shown.
///
/// Which pieces the bytes arrive in makes no difference: the text that is
/// complete first ends the turn, and of two that are complete at once the one
/// that began first.
#[derive(Clone, Debug)]
pub struct StopMatcher {
    stops: Vec<Vec<u8>>,
    held: Vec<u8>,
}

impl StopMatcher {
    /// A matcher for these texts; empty ones are left out.
    pub fn new<'s>(stops: impl IntoIterator<Item = &'s str>) -> StopMatcher {
        let stops = stops
            .into_iter()
            .filter(|stop| !stop.is_empty())
            .map(|s| s.into());
        StopMatcher {
            stops: stops.collect(),
            held: Vec::new(),
        }
    }

    /// Takes `bytes` and appends to `shown` what is sure to come before the end
    /// of the turn. Gives true at the end of the turn.
    pub fn push(&mut self, bytes: &[u8], shown: &mut Vec<u8>) -> bool {
        for &byte in bytes {
            self.held.push(byte);
            let complete = self.stops.iter().filter(|stop| self.held.ends_with(stop));
            if let Some(length) = complete.map(Vec::len).max() {
                self.held.truncate(self.held.len() - length);
                shown.append(&mut self.held);
                return true;
            }
            let free = self.held.len() - self.begun();
            shown.extend(self.held.drain(..free));
        }
        false
    }

    /// The end of the bytes without an end of the turn: what was held back is
    /// text after all.
    pub fn finish(&mut self, shown: &mut Vec<u8>) {
        shown.append(&mut self.held);
    }

    /// The length of the longest end of the held bytes that a stop begins with.
    fn begun(&self) -> usize {
        (0..=self.held.len())
            .rev()
            .find(|&length| {
                let end = &self.held[self.held.len() - length..];
                length == 0 || self.stops.iter().any(|stop| stop.starts_with(end))
            })
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use proptest::prelude::*;

    /// The text before the stop that is complete first, looked for in the whole.
    fn before_stop<'t>(text: &'t str, stops: &[String]) -> Option<&'t str> {
        (0..=text.len()).find_map(|end| {
            let ending = stops
                .iter()
                .filter(|s| !s.is_empty() && text[..end].ends_with(*s));
            ending
                .map(|stop| end - stop.len())
                .min()
                .map(|start| &text[..start])
        })
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            text in "[abc]{0,30}",
            stops in prop::collection::vec("[abc]{0,4}", 0..4),
            sizes in prop::collection::vec(1usize..5, 1..6),
        ) {
            let mut matcher = StopMatcher::new(stops.iter().map(String::as_str));
            let mut shown = Vec::new();
            let mut rest = text.as_bytes();
            let mut stopped = false;
            for &size in sizes.iter().cycle() {
                if rest.is_empty() || stopped {
                    break;
                }
                let (piece, after) = rest.split_at(size.min(rest.len()));
                stopped = matcher.push(piece, &mut shown);
                rest = after;
            }
            if !stopped {
                matcher.finish(&mut shown);
            }
            let expected = before_stop(&text, &stops);
            prop_assert_eq!(stopped, expected.is_some());
            prop_assert_eq!(shown, expected.unwrap_or(&text).as_bytes());
        }
    }

    #[test]
    fn text_is_held_back_no_longer_than_needed() {
        let mut matcher = StopMatcher::new(["\nUser:", "<end>"]);
        let mut shown = Vec::new();
        assert!(!matcher.push(b"Hello.\nUs", &mut shown));
        assert_eq!(shown, b"Hello.");
        assert!(!matcher.push(b"ually", &mut shown));
        assert_eq!(shown, b"Hello.\nUsually");
        assert!(matcher.push(b" so<end>x", &mut shown));
        assert_eq!(shown, b"Hello.\nUsually so");
    }
}
