//! Keeps the inference thread in step with the frames, on the simulated clock.
//!
//! The frames' thread and the inference thread take turns. While a frame is drawn, the inference
//! thread computes the tokens that the SPUs finish before the next frame begins; between two
//! frames it stands still, and what it has said by then is what the app sees. So a token appears
//! in the frame that its time on the SPUs' own clock falls into, however fast the host is.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use llama::{Config, Engine, EngineError, Sampler};

/// Both threads' view of whose turn it is.
#[derive(Debug, Default)]
struct Turn {
    /// When the present frame began.
    begun: Duration,
    /// When the next frame begins: how far the inference thread may go.
    until: Duration,
    /// Whether it is the inference thread's turn.
    inference: bool,
    /// Whether there are no frames to keep in step with any more.
    open: bool,
    /// Whether the inference thread has ended.
    ended: bool,
}

#[derive(Debug, Default)]
struct Shared {
    turn: Mutex<Turn>,
    changed: Condvar,
}

impl Shared {
    fn turn(&self) -> MutexGuard<'_, Turn> {
        // A thread that panics leaves a turn that is as good as any.
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while `condition` holds.
    fn wait_while(&self, condition: impl Fn(&Turn) -> bool) {
        let turn = self.turn();
        let waited = self.changed.wait_while(turn, |turn| condition(turn));
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn change(&self, change: impl FnOnce(&mut Turn)) {
        change(&mut self.turn());
        self.changed.notify_all();
    }
}

/// Makes the two sides. The first turn is the inference thread's: it ends when that has come to
/// rest, and no frame is granted before, however late the thread starts.
pub fn pace() -> (Frames, Pacer) {
    let shared = Arc::new(Shared::default());
    shared.turn().inference = true;
    (Frames(shared.clone()), Pacer(shared))
}

/// The frames' side. Dropped, it lets the inference thread run on freely.
#[derive(Debug)]
pub struct Frames(Arc<Shared>);

impl Frames {
    /// Lets the inference thread compute what is done from `begun` until `until`, the beginning
    /// of the next frame. Does not wait for it, but for the end of the turn before.
    pub fn grant(&self, begun: Duration, until: Duration) {
        self.wait();
        self.0.change(|turn| {
            turn.begun = begun;
            turn.until = until;
            turn.inference = true;
        });
    }

    /// Waits until it has.
    pub fn wait(&self) {
        self.0.wait_while(|turn| turn.inference && !turn.ended);
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.0.change(|turn| turn.open = true);
    }
}

/// The inference thread's side. To be dropped when that ends, even by a panic.
#[derive(Debug)]
pub struct Pacer(Arc<Shared>);

impl Pacer {
    /// There is nothing to do until the next frame.
    pub fn rest(&self) {
        self.0.change(|turn| turn.inference = false);
        self.0.wait_while(|turn| !turn.inference && !turn.open);
    }

    /// Puts an engine on the frames' clock.
    pub fn engine<E: Engine>(&self, engine: E) -> Paced<E> {
        Paced {
            engine,
            shared: self.0.clone(),
            now: Duration::ZERO,
            logits: Vec::new(),
        }
    }
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.0.change(|turn| turn.ended = true);
    }
}

/// An engine that is done with a token when the frames' clock shows the time that its own clock
/// says.
#[derive(Debug)]
pub struct Paced<E> {
    engine: E,
    shared: Arc<Shared>,
    /// When the last token was done.
    now: Duration,
    logits: Vec<f32>,
}

impl<E: Engine> Paced<E> {
    /// Lets the time of the token pass that was computed.
    fn pass(&mut self) {
        // An engine that rested begins with the frame that gave it work.
        let begun = self.now.max(self.shared.turn().begun);
        self.now = begun + self.engine.device_time().unwrap_or_default();
        let now = self.now;
        while {
            let turn = self.shared.turn();
            now > turn.until && !turn.open
        } {
            self.shared.change(|turn| turn.inference = false);
            self.shared.wait_while(|turn| !turn.inference && !turn.open);
        }
    }
}

impl<E: Engine> Engine for Paced<E> {
    fn config(&self) -> &Config {
        self.engine.config()
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        // A copy: the engine is asked for its time while the logits are still needed.
        let logits = self.engine.forward(token, position)?;
        self.logits.clear();
        self.logits.extend_from_slice(logits);
        self.pass();
        Ok(&self.logits)
    }

    fn forward_greedy(&mut self, token: u32, position: usize) -> Result<u32, EngineError> {
        let best = self.engine.forward_greedy(token, position)?;
        self.pass();
        Ok(best)
    }

    fn sample(
        &mut self,
        token: u32,
        position: usize,
        sampler: &mut Sampler,
    ) -> Result<u32, EngineError> {
        let picked = self.engine.sample(token, position, sampler)?;
        self.pass();
        Ok(picked)
    }

    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        self.engine.prefill(token, position)?;
        self.pass();
        Ok(())
    }

    fn prefill_all(&mut self, tokens: &[u32], position: usize) -> Result<(), EngineError> {
        self.engine.prefill_all(tokens, position)?;
        self.pass();
        Ok(())
    }

    fn device_time(&self) -> Option<Duration> {
        self.engine.device_time()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    /// Seven milliseconds a token.
    struct Ticking(Config);

    impl Engine for Ticking {
        fn config(&self) -> &Config {
            &self.0
        }

        fn forward(&mut self, _: u32, _: usize) -> Result<&[f32], EngineError> {
            Ok(&[1.0, 2.0])
        }

        fn device_time(&self) -> Option<Duration> {
            Some(Duration::from_millis(7))
        }
    }

    fn engine(pacer: &Pacer) -> Paced<Ticking> {
        pacer.engine(Ticking(Config {
            dim: 2,
            hidden_dim: 2,
            n_layers: 1,
            n_heads: 1,
            n_kv_heads: 1,
            vocab_size: 2,
            seq_len: 8,
        }))
    }

    #[test]
    fn tokens_appear_in_the_frame_of_their_time() {
        let (frames, pacer) = pace();
        let (said, heard) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut engine = engine(&pacer);
            // However late it comes, the first frame is not over without it.
            thread::sleep(Duration::from_millis(20));
            pacer.rest();
            for token in 0..6 {
                assert_eq!(engine.forward_greedy(token, 0), Ok(1));
                said.send(token).unwrap();
            }
            pacer.rest();
            assert_eq!(engine.forward(6, 0), Ok(&[1.0, 2.0][..]));
            said.send(6).unwrap();
        });
        let mut seen = Vec::new();
        for frame in 0..8 {
            let at = |frame| Duration::from_millis(16) * frame;
            frames.grant(at(frame), at(frame + 1));
            frames.wait();
            seen.push(heard.try_iter().collect::<Vec<_>>());
        }
        // Ends at 7, 14 | 21, 28 | 35, 42 | rest | and, begun at 48, 55.
        let expected: [&[u32]; 8] = [&[0, 1], &[2, 3], &[4, 5], &[6], &[], &[], &[], &[]];
        assert_eq!(seen, expected);
        thread.join().unwrap();
    }

    #[test]
    fn a_thread_that_dies_holds_nobody_up() {
        let (frames, pacer) = pace();
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            pacer.rest();
            panic!("as the test wants");
        });
        frames.grant(Duration::ZERO, Duration::from_secs(1));
        frames.wait();
        assert!(thread.join().is_err());
        frames.grant(Duration::ZERO, Duration::from_secs(1));
        frames.wait();
    }

    #[test]
    fn without_frames_the_engine_runs_freely() {
        let (frames, pacer) = pace();
        drop(frames);
        let mut engine = engine(&pacer);
        for position in 0..8 {
            engine.prefill(0, position).unwrap();
        }
    }
}
