//! The last calls of a program, without endless repetition.

use std::fmt::Write;

use crate::lv2::call::Record;

/// Calls that are looked at together: a program that waits makes a few again and again.
const PERIODS: usize = 4;

/// Lines about calls, oldest first; a sequence that comes again and again is shown once.
pub(super) fn lines<'a>(calls: impl Iterator<Item = &'a Record>) -> String {
    let calls: Vec<_> = calls.collect();
    let mut text = String::new();
    let mut at = 0;
    while at < calls.len() {
        let (period, times) = repetition(&calls[at..]);
        at += period * times;
        for call in &calls[at - period..at] {
            // Writing to a string does not fail.
            let _ = writeln!(text, "  {call}");
        }
        if times > 1 {
            let what = match period {
                1 => "this call".into(),
                _ => format!("these {period} calls"),
            };
            let _ = writeln!(text, "    ({what} {times} times)");
        }
    }
    text
}

/// How many calls there are in the sequence at the beginning, and how often it comes.
fn repetition(calls: &[&Record]) -> (usize, usize) {
    let same = |a: &Record, b: &Record| {
        a.thread == b.thread && a.callee == b.callee && a.arguments == b.arguments
    };
    let found = (1..=PERIODS.min(calls.len())).find_map(|period| {
        let first = &calls[..period];
        let blocks = calls.chunks_exact(period);
        let equal = blocks.take_while(|block| {
            let mut pairs = block.iter().zip(first);
            pairs.all(|(a, b)| same(a, b))
        });
        let times = equal.count();
        (times > 2).then_some((period, times))
    });
    found.unwrap_or((1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lv2::call::{Answer, Callee};

    fn record(number: u64, argument: u64) -> Record {
        Record {
            thread: 1,
            callee: Callee::SystemCall(number),
            arguments: vec![argument],
            result: Ok(Answer::Return(0)),
        }
    }

    #[test]
    fn what_comes_again_and_again_is_shown_once() {
        let mut calls = vec![record(9001, 0)];
        for _ in 0..9 {
            calls.push(record(9002, 0));
            calls.push(record(9003, 1));
        }
        calls.push(record(9002, 0));
        calls.extend([record(9004, 0), record(9004, 1)]);
        calls.extend([0; 3].map(|_| record(9005, 5)));
        let text = lines(calls.iter());
        let shown: Vec<&str> = text.lines().collect();
        let numbers = ["9001", "9002", "9003", "(these 2 calls 9 times)", "9002"];
        let rest = ["9004", "9004", "9005", "(this call 3 times)"];
        let expected: Vec<&str> = numbers.into_iter().chain(rest).collect();
        assert_eq!(shown.len(), expected.len(), "{text}");
        for (line, part) in shown.iter().zip(expected) {
            assert!(line.contains(part), "{part}: {text}");
        }
        assert_eq!(lines([].into_iter()), "");
    }
}
