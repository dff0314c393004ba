use super::*;
use crate::synthetic;
use alloc::vec;

const CONFIG: Config = Config {
    dim: 2,
    hidden_dim: 2,
    n_layers: 1,
    n_heads: 1,
    n_kv_heads: 1,
    vocab_size: 400,
    seq_len: 20,
};

/// Puts out a script: after the token at position `n` comes the token `script[n]`. Notes what it
/// was asked for.
struct Scripted {
    script: Vec<u32>,
    logits: Vec<f32>,
    calls: Vec<(u32, usize)>,
    prefilled: usize,
    fails: bool,
}

impl Scripted {
    fn new(script: &[u32]) -> Self {
        Scripted {
            script: script.to_vec(),
            logits: vec![0.0; CONFIG.vocab_size],
            calls: Vec::new(),
            prefilled: 0,
            fails: false,
        }
    }
}

impl Engine for Scripted {
    fn config(&self) -> &Config {
        &CONFIG
    }

    fn forward(&mut self, token: u32, position: usize) -> Result<&[f32], EngineError> {
        EngineError::check(&CONFIG, token, position, position)?;
        if self.fails {
            return Err(EngineError::Device("it stopped".into()));
        }
        self.calls.push((token, position));
        self.logits.fill(0.0);
        self.logits[self.script[position] as usize] = 50.0;
        Ok(&self.logits)
    }

    fn prefill(&mut self, token: u32, position: usize) -> Result<(), EngineError> {
        self.prefilled += 1;
        self.forward(token, position).map(drop)
    }
}

fn tokenizer() -> Tokenizer {
    Tokenizer::parse(&synthetic::tokenizer(CONFIG.vocab_size)).unwrap()
}

/// The tokens of the single characters of a text.
fn spelled(text: &str) -> Vec<u32> {
    text.bytes().map(|b| 259 + u32::from(b - b' ')).collect()
}

/// Steps until the end: what was said by whom, and why it ended.
fn run(
    generation: &mut Generation,
    engine: &mut Scripted,
    sampler: &mut Sampler,
) -> (Vec<u8>, Vec<u8>, End) {
    let tokenizer = tokenizer();
    let (mut given, mut made) = (Vec::new(), Vec::new());
    loop {
        match generation.step(engine, sampler, &tokenizer).unwrap() {
            Step::Token { piece, source, .. } => match source {
                Source::Prompt => given.extend_from_slice(piece),
                Source::Model => made.extend_from_slice(piece),
            },
            Step::End(end) => return (given, made, end),
        }
    }
}

#[test]
fn repeats_the_prompt_then_asks_the_model_until_bos() {
    let mut script = vec![0; 4];
    script.extend(spelled(" yz"));
    script.push(BOS);
    // Greedy and sampled, through their own ways of asking.
    for temperature in [0.0, 1.0] {
        let mut engine = Scripted::new(&script);
        let mut sampler = Sampler::new(temperature, 0.9, 1);
        let mut generation =
            Generation::from_tokens(&CONFIG, [&[BOS][..], &spelled(" vwx")].concat(), 0);
        let (given, made, end) = run(&mut generation, &mut engine, &mut sampler);
        assert_eq!((&given[..], &made[..]), (&b"vwx"[..], &b" yz"[..]));
        assert_eq!(end, End::Bos);
        assert_eq!(engine.prefilled, 4);
        assert_eq!(generation.position(), 8);
        assert_eq!(
            generation.tokens(),
            [&[BOS][..], &spelled(" vwx yz")].concat()
        );
        let asked: Vec<u32> = engine.calls.iter().map(|call| call.0).collect();
        assert_eq!(asked, generation.tokens());
    }
}

#[test]
fn steps_count_the_prompt_and_end_at_the_models_length() {
    let script = spelled(&"a".repeat(20));
    for (steps, expected) in [
        (1, 1),
        (3, 3),
        (20, 20),
        (0, 20),
        (21, 20),
        (usize::MAX, 20),
    ] {
        let mut engine = Scripted::new(&script);
        let mut sampler = Sampler::new(0.0, 0.9, 1);
        let mut generation = Generation::new(&tokenizer(), &CONFIG, "zz", steps);
        let (given, made, end) = run(&mut generation, &mut engine, &mut sampler);
        assert_eq!(end, End::Length);
        assert_eq!(engine.calls.len(), expected);
        assert_eq!(
            generation.tokens().len(),
            expected.max(3) + usize::from(expected >= 3)
        );
        // Prompt: BOS, a z with the space that goes, a z. Every token is a character.
        assert_eq!(given.len() + made.len(), expected);
    }
}

#[test]
fn a_dialogue_is_one_running_text() {
    let (a, b) = (spelled("a"), spelled("b"));
    let script = [0, a[0], EOS, 0, 0, b[0], EOS];
    let mut engine = Scripted::new(&script);
    let mut sampler = Sampler::new(0.0, 0.9, 1);
    let question = spelled("?");
    let mut generation = Generation::from_tokens(&CONFIG, [&[BOS][..], &question].concat(), 0);
    generation.set_stops_at_eos(true);
    let (_, made, end) = run(&mut generation, &mut engine, &mut sampler);
    assert_eq!((&made[..], end), (&b"a"[..], End::Eos));
    // It stays so until something is pushed.
    generation.push(&[]);
    assert_eq!(run(&mut generation, &mut engine, &mut sampler).2, End::Eos);

    generation.push(&[&[EOS, BOS][..], &question].concat());
    let (given, made, end) = run(&mut generation, &mut engine, &mut sampler);
    // What follows the last computed token is EOS, which is not reported as it was not waited for.
    assert_eq!((&made[..], end), (&b"b"[..], End::Eos));
    assert_eq!(given, b"\n<s>\n?");
    let all = [&[BOS][..], &question, &a, &[EOS, BOS], &question, &b].concat();
    assert_eq!(generation.tokens(), all);
    let positions: Vec<usize> = engine.calls.iter().map(|call| call.1).collect();
    assert_eq!(positions, Vec::from_iter(0..7));
}

#[test]
fn eos_ends_a_text_only_where_it_is_to() {
    let mut script = spelled("ab");
    script.insert(1, EOS);
    script.push(BOS);
    let mut generation = Generation::from_tokens(&CONFIG, Vec::new(), 0);
    let mut sampler = Sampler::new(0.0, 0.9, 1);
    let (_, made, end) = run(&mut generation, &mut Scripted::new(&script), &mut sampler);
    assert_eq!((&made[..], end), (&b"a\n</s>\nb"[..], End::Bos));
}

#[test]
fn a_failed_step_can_be_taken_again() {
    let mut engine = Scripted::new(&spelled("ab"));
    let mut sampler = Sampler::new(0.0, 0.9, 1);
    let tokenizer = tokenizer();
    let mut generation = Generation::from_tokens(&CONFIG, Vec::new(), 2);
    engine.fails = true;
    let error = generation.step(&mut engine, &mut sampler, &tokenizer);
    assert_eq!(error, Err(EngineError::Device("it stopped".into())));
    engine.fails = false;
    let (_, made, _) = run(&mut generation, &mut engine, &mut sampler);
    assert_eq!(made, b"ab");
}

#[test]
fn resuming_computes_only_what_the_engine_does_not_hold() {
    let prompt = [&[BOS][..], &spelled("abc")].concat();
    let script = [&[0; 3][..], &spelled("d"), &[BOS]].concat();
    for (held, first) in [(0, 0), (2, 2), (3, 3), (4, 3), (99, 3)] {
        let mut engine = Scripted::new(&script);
        let mut generation = Generation::from_tokens(&CONFIG, prompt.clone(), 0);
        generation.resume_at(held);
        let mut sampler = Sampler::new(0.0, 0.9, 1);
        let (_, made, end) = run(&mut generation, &mut engine, &mut sampler);
        assert_eq!((&made[..], end), (&b"d"[..], End::Bos));
        assert_eq!(engine.calls[0], (prompt[first], first));
    }
}

/// One step computes many tokens of a prompt, the next ones only report them.
#[test]
fn a_prompt_is_computed_ahead() {
    let prompt: Vec<u32> = (0..19).map(|i| 260 + i).collect();
    let mut engine = Scripted::new(&spelled(&"a".repeat(20)));
    let mut sampler = Sampler::new(0.0, 0.9, 1);
    let tokenizer = tokenizer();
    let mut generation = Generation::from_tokens(&CONFIG, prompt.clone(), 0);
    let mut worked = Vec::new();
    for position in 1..=19 {
        let step = generation.step(&mut engine, &mut sampler, &tokenizer);
        let Ok(Step::Token { token, source, .. }) = step else {
            panic!("{step:?}");
        };
        assert_eq!(source == Source::Prompt, position < 19);
        assert_eq!(token, *prompt.get(position).unwrap_or(&spelled("a")[0]));
        assert_eq!(generation.position(), position);
        if generation.has_computed() {
            worked.push(position);
        }
    }
    // 18 tokens have a successor: 16 in the first step, two in the 17th.
    assert_eq!(worked, [1, 17, 19]);
    assert_eq!(engine.calls.len(), 19);
    // Going back, nothing is taken for computed that is not.
    generation.resume_at(5);
    generation
        .step(&mut engine, &mut sampler, &tokenizer)
        .unwrap();
    assert!(generation.has_computed());
    assert_eq!(engine.calls[19], (prompt[5], 5));
}
