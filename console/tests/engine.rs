//! The whole engine on simulated SPUs, against the reference engine on models of all shapes and
//! against llama2.c's own output.

use std::io::Write;
use std::path::PathBuf;

use console::spu::ThreadGroup;
use llama::checkpoint::{Format, write};
use llama::generation::{Generation, Step};
use llama::reference::Reference;
use llama::sampler::{Draw, Sampler, argmax};
use llama::{Checkpoint, Config, Engine, Tokenizer, synthetic};
use spu::driver::{Event, SpuEngine, SpuSystem, SystemError};
use spu::engine::parameters::{Block, CommandWord, TOKENS, TokenWord};
use spu::kernels::block::BlockFormat;

const FORMATS: [Format; 3] = [Format::Fp32, Format::Q8, Format::Q4];

/// How far logits may be off, relative to the largest. In fp32 that is truncation instead of
/// rounding, in some ten thousand operations in a row. In the others such a difference makes some
/// activation the next integer now and then: one of 127 to its group's largest in Q8_0, one of 2048
/// in Q4.
fn tolerance(format: Format) -> f32 {
    match format {
        Format::Fp32 => 1e-4,
        Format::Q8 { .. } => 4e-2,
        Format::Q4 => 5e-3,
    }
}

/// A model with seeded weights.
struct Model {
    config: Config,
    format: Format,
    shared: bool,
    tensors: Vec<u8>,
}

impl Model {
    fn new((config, shared): (Config, bool), seed: u64, format: Format) -> Self {
        let bytes = synthetic::checkpoint(&config, shared, seed).expect("a synthetic model");
        let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
        Self::converted(&checkpoint, format)
    }

    fn converted(checkpoint: &Checkpoint, format: Format) -> Self {
        Self {
            config: *checkpoint.config(),
            format,
            shared: checkpoint.shares_classifier(),
            tensors: write::tensors(checkpoint, format).expect("every shape can be converted"),
        }
    }

    fn checkpoint(&self) -> Checkpoint<'_> {
        Checkpoint::from_tensors(self.config, self.format, self.shared, &self.tensors)
            .expect("a valid model")
    }
}

fn load(checkpoint: &Checkpoint, spus: usize) -> SpuEngine<ThreadGroup> {
    SpuEngine::load(ThreadGroup::new(spus), checkpoint, spus, &mut |_, _| {})
        .unwrap_or_else(|error| panic!("{:?} on {spus} SPUs: {error}", checkpoint.config()))
}

/// The largest difference of two vectors of logits, relative to the largest logit.
fn difference(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0f32, |scale, x| scale.max(x.abs()));
    let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, f32::max) / scale
}

/// Shapes that exercise every rounding up and every split.
fn shapes() -> Vec<(Config, bool)> {
    let shape = |numbers: [usize; 7], shared| (Config::from(numbers), shared);
    vec![
        // stories260K's own shape.
        shape([64, 172, 5, 8, 4, 512, 48], true),
        // A separate classifier, and a vocabulary that is no multiple of anything.
        shape([64, 172, 2, 8, 4, 97, 24], false),
        // Heads of 2, 6 and 12: rounded up.
        shape([16, 24, 2, 8, 8, 40, 16], true),
        shape([18, 10, 1, 3, 3, 33, 16], true),
        shape([24, 50, 2, 2, 1, 64, 16], false),
        // One head for six SPUs, one layer, one row of everything.
        shape([2, 1, 1, 1, 1, 1, 4], true),
        shape([48, 100, 1, 1, 1, 259, 40], true),
        // All query heads on one key and value head.
        shape([96, 256, 2, 12, 1, 300, 20], true),
    ]
}

#[test]
fn logits_are_the_references() {
    for format in FORMATS {
        for (seed, shape) in (1..).zip(shapes()) {
            let model = Model::new(shape, seed, format);
            let (checkpoint, config) = (model.checkpoint(), model.config);
            for spus in [1, 2, 3, 6] {
                let mut reference = Reference::new(&checkpoint);
                let mut engine = load(&checkpoint, spus);
                if engine.layout().shape.format == BlockFormat::Fp32 && format != Format::Fp32 {
                    // Its heads tear groups apart: it is computed in fp32, as other tests show.
                    continue;
                }
                let mut random = llama::sampler::Xorshift::new(seed);
                for position in 0..config.seq_len {
                    let token = random.next_u32() % config.vocab_size as u32;
                    let expected = reference.forward(token, position).expect("reference");
                    let found = engine.forward(token, position).expect("engine");
                    let off = difference(found, expected);
                    assert!(
                        off < tolerance(format),
                        "{format}, {config:?} on {spus} SPUs, position {position}: off by {off:e}"
                    );
                }
            }
        }
    }
}

/// Groups that the kernels do not know: the weights are those of the file, products are in fp32.
#[test]
fn other_groups_are_computed_in_fp32() {
    let model = Model::new(shapes()[0], 5, Format::Q8 { group_size: 4 });
    let wide = Model::converted(&model.checkpoint(), Format::Fp32);
    let mut engine = load(&model.checkpoint(), 2);
    let mut expected = load(&wide.checkpoint(), 2);
    assert_eq!(engine.layout().shape.format, BlockFormat::Fp32);
    for (position, token) in [1, 400, 7].into_iter().enumerate() {
        let logits = expected.forward(token, position).expect("engine").to_vec();
        assert_eq!(engine.forward(token, position).expect("engine"), logits);
    }
    // Groups of 64 are twice two groups of 32.
    let shape = (
        Config {
            hidden_dim: 192,
            ..shapes()[0].0
        },
        true,
    );
    let model = Model::new(shape, 6, Format::Q8 { group_size: 64 });
    let mut engine = load(&model.checkpoint(), 2);
    assert_eq!(engine.layout().shape.format, BlockFormat::Q8);
    let checkpoint = model.checkpoint();
    let mut reference = Reference::new(&checkpoint);
    let expected = reference.forward(3, 0).expect("reference");
    let off = difference(engine.forward(3, 0).expect("engine"), expected);
    // Its activations are in groups of 32 and so a little finer.
    assert!(off < 2.0 * tolerance(model.format), "off by {off:e}");
}

#[test]
fn any_number_of_spus_gives_the_same_bits() {
    for format in FORMATS {
        let model = Model::new(shapes()[0], 7, format);
        let checkpoint = model.checkpoint();
        let mut engines: Vec<_> = (1..=6).map(|spus| load(&checkpoint, spus)).collect();
        for (position, token) in [1u32, 500, 20, 20, 333].into_iter().enumerate() {
            let logits: Vec<Vec<u32>> = engines
                .iter_mut()
                .map(|engine| {
                    let logits = engine.forward(token, position).expect("engine");
                    logits.iter().map(|x| x.to_bits()).collect()
                })
                .collect();
            for (spus, others) in (2..).zip(&logits[1..]) {
                assert!(
                    *others == logits[0],
                    "{format}, {spus} SPUs, position {position}"
                );
            }
        }
    }
}

#[test]
fn prompt_tokens_and_greedy_tokens_need_no_logits_in_memory() {
    for format in FORMATS {
        let model = Model::new(shapes()[1], 3, format);
        let checkpoint = model.checkpoint();
        for spus in [1, 4, 6] {
            let mut with_logits = load(&checkpoint, spus);
            let mut without = load(&checkpoint, spus);
            let prompt = [1, 60, 96, 0, 33];
            for (position, token) in prompt.into_iter().enumerate() {
                with_logits.forward(token, position).expect("engine");
                without.prefill(token, position).expect("engine");
            }
            let mut token = 5;
            for position in prompt.len()..model.config.seq_len {
                let logits = with_logits.forward(token, position).expect("engine");
                let best = argmax(logits);
                let found = without.forward_greedy(token, position).expect("engine");
                assert_eq!(found, best, "{format}, {spus} SPUs, position {position}");
                token = best;
            }
        }
    }
}

/// A prompt in batches leaves the same bits behind as one token at a time.
#[test]
fn prompts_in_batches_are_prompts_token_by_token() {
    for format in FORMATS {
        for shape in [shapes()[0], shapes()[6], shapes()[7]] {
            let model = Model::new(shape, 8, format);
            let checkpoint = model.checkpoint();
            for spus in [1, 3, 6] {
                let mut one = load(&checkpoint, spus);
                let mut several = load(&checkpoint, spus);
                assert!(several.layout().map.batch > 1);
                let vocabulary = model.config.vocab_size as u32;
                let prompt: Vec<u32> = (0..11).map(|i| i * 37 % vocabulary).collect();
                for (position, &token) in prompt.iter().enumerate() {
                    one.prefill(token, position).expect("engine");
                }
                several.prefill_all(&prompt, 0).expect("engine");
                for position in prompt.len()..prompt.len() + 3 {
                    let expected = one.forward(9, position).expect("engine").to_vec();
                    let found = several.forward(9, position).expect("engine");
                    assert_eq!(
                        found, expected,
                        "{format}, {spus} SPUs, position {position}"
                    );
                }
            }
        }
    }
}

#[test]
fn going_back_computes_anew() {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 9).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let mut engine = load(&checkpoint, 6);
    let mut fresh = load(&checkpoint, 6);
    for (position, token) in [1, 2, 3, 4, 5].into_iter().enumerate() {
        engine.forward(token, position).expect("engine");
    }
    for (position, token) in [1, 2].into_iter().enumerate() {
        fresh.forward(token, position).expect("engine");
    }
    let again = engine.forward(77, 2).expect("engine").to_vec();
    assert_eq!(fresh.forward(77, 2).expect("engine"), again);
}

#[test]
fn bad_tokens_and_positions_are_refused_and_do_no_harm() {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 9).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let mut engine = load(&checkpoint, 2);
    assert!(engine.forward(config.vocab_size as u32, 0).is_err());
    assert!(engine.forward(0, 1).is_err());
    assert!(engine.forward(0, config.seq_len).is_err());
    assert!(engine.forward(0, 0).is_ok());
    assert!(engine.shut_down().is_ok());
}

#[test]
fn a_model_that_does_not_fit_is_refused() {
    let config = Config {
        dim: 4096,
        hidden_dim: 11008,
        n_layers: 1,
        n_heads: 32,
        n_kv_heads: 32,
        vocab_size: 8,
        seq_len: 4,
    };
    let bytes = synthetic::checkpoint(&config, true, 1).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let loaded = SpuEngine::load(ThreadGroup::new(1), &checkpoint, 1, &mut |_, _| {});
    let Err(error) = loaded else {
        panic!("it was laid out");
    };
    assert!(error.to_string().contains("local store"), "{error}");
    let loaded = SpuEngine::load(ThreadGroup::new(6), &checkpoint, 7, &mut |_, _| {});
    assert!(loaded.is_err_and(|error| error.to_string().contains("1 to 6")));
}

/// A machine on which something goes wrong with every command.
struct Sabotaged {
    group: ThreadGroup,
    /// What is done to the command block.
    spoil: fn(&mut Vec<u8>),
    /// Whether the word that announces it is lost.
    loses_mail: bool,
}

impl SpuSystem for Sabotaged {
    fn available(&self) -> usize {
        self.group.available()
    }

    fn allocate(&mut self, size: usize, align: usize) -> Result<u32, SystemError> {
        self.group.allocate(size, align)
    }

    fn write(&mut self, address: u32, bytes: &[u8]) -> Result<(), SystemError> {
        let mut bytes = bytes.to_vec();
        if bytes.len() == Block::command().bytes().len() {
            (self.spoil)(&mut bytes);
        }
        self.group.write(address, &bytes)
    }

    fn read(&mut self, address: u32, out: &mut [u8]) -> Result<(), SystemError> {
        self.group.read(address, out)
    }

    fn start(&mut self, image: &[u8], arguments: &[[u64; 4]]) -> Result<(), SystemError> {
        self.group.start(image, arguments)
    }

    fn write_mailbox(&mut self, spu: usize, value: u32) -> Result<(), SystemError> {
        if self.loses_mail {
            return Ok(());
        }
        self.group.write_mailbox(spu, value)
    }

    fn wait_event(&mut self) -> Result<Event, SystemError> {
        self.group.wait_event()
    }

    fn join(&mut self) -> Result<(), SystemError> {
        self.group.join()
    }

    fn time_ns(&mut self) -> u64 {
        self.group.time_ns()
    }
}

/// What the engine says of two tokens on a machine that is spoilt like this.
fn sabotage(spoil: fn(&mut Vec<u8>), loses_mail: bool) -> [String; 2] {
    let (config, shared) = shapes()[0];
    let bytes = synthetic::checkpoint(&config, shared, 9).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    let group = ThreadGroup::new(6);
    let system = Sabotaged {
        group,
        spoil,
        loses_mail,
    };
    let mut engine =
        SpuEngine::load(system, &checkpoint, 6, &mut |_, _| {}).expect("loading goes well");
    [0, 0].map(|position| {
        let token = engine.forward(1, position).map(<[f32]>::to_vec);
        token.expect_err("the token cannot be computed").to_string()
    })
}

/// Adds to the word at an offset of a command block.
fn add(bytes: &mut [u8], offset: usize, distance: u32) {
    for bytes in bytes[offset..][..16].as_chunks_mut::<4>().0 {
        *bytes = (u32::from_be_bytes(*bytes).wrapping_add(distance)).to_be_bytes();
    }
}

#[test]
fn a_fault_of_an_spu_becomes_an_error_that_stays() {
    let unaligned = sabotage(
        |bytes| add(bytes, CommandWord::Turns as usize * 16, 4),
        false,
    );
    assert!(unaligned[0].contains("SPU"), "{}", unaligned[0]);
    assert!(unaligned[0].contains("MFC_Cmd"), "{}", unaligned[0]);
    assert_eq!(unaligned[0], unaligned[1]);
    let nowhere = sabotage(
        |bytes| {
            let embedding = TOKENS + TokenWord::Embedding as usize * 16;
            add(bytes, embedding, 0x8000_0000);
        },
        false,
    );
    assert!(nowhere[0].contains("SPU"), "{}", nowhere[0]);
}

#[test]
fn spus_that_nobody_wakes_become_an_error() {
    let report = sabotage(|_| {}, true);
    assert!(report[0].contains("SPU_RdInMbox"), "{}", report[0]);
}

/// A file of llama2.c's, or `None` and a word about it where there is none.
fn shared_file(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        // Not by `eprintln`, which the test runner would swallow.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: stories260K on SPUs, for want of {}",
            path.display()
        );
    }
    bytes
}

/// A line of the golden file.
struct Golden {
    prompt: String,
    temperature: f32,
    top_p: f32,
    seed: u64,
    steps: usize,
    tokens: Vec<u32>,
}

fn golden() -> Option<(Vec<u8>, Vec<Golden>)> {
    let model = shared_file("models/stories260K.bin")?;
    let golden = shared_file("golden/stories260K.generate.jsonl")?;
    let golden = String::from_utf8(golden).expect("UTF-8");
    let lines = golden.lines().map(|line| {
        let case: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let number = |name: &str| case[name].as_f64().expect("a number");
        let tokens = case["tokens"].as_array().expect("tokens").iter();
        Golden {
            prompt: case["prompt"].as_str().expect("a prompt").into(),
            temperature: number("temperature") as f32,
            top_p: number("top_p") as f32,
            seed: number("seed") as u64,
            steps: number("steps") as usize,
            tokens: tokens
                .map(|token| token.as_u64().expect("a number") as u32)
                .collect(),
        }
    });
    Some((model, lines.collect()))
}

/// All texts of llama2.c, prompt, greedy and sampled tokens alike.
#[test]
fn texts_are_llama2c_s_on_any_number_of_spus() {
    let Some((model, golden)) = golden() else {
        return;
    };
    let Some(tokenizer) = shared_file("models/tok512.bin") else {
        return;
    };
    let checkpoint = Checkpoint::parse(&model).expect("stories260K");
    let tokenizer = Tokenizer::parse(&tokenizer).expect("tok512");
    assert!(golden.iter().any(|case| case.temperature == 0.0));
    assert!(golden.iter().any(|case| case.temperature > 0.0));
    for spus in [1, 3, 6] {
        let mut engine = load(&checkpoint, spus);
        assert!(engine.layout().map.samples);
        for case in &golden {
            let mut sampler = Sampler::new(case.temperature, case.top_p, case.seed);
            let config = *checkpoint.config();
            let mut text = Generation::new(&tokenizer, &config, &case.prompt, case.steps);
            while let Step::Token { .. } = text
                .step(&mut engine, &mut sampler, &tokenizer)
                .expect("engine")
            {}
            let same = text.tokens().iter().zip(&case.tokens);
            let same = same.take_while(|(a, b)| a == b).count();
            assert!(
                text.tokens() == case.tokens,
                "{spus} SPUs, {:?} at temperature {}: another token at {same}",
                case.prompt,
                case.temperature
            );
        }
    }
}

/// Where a token's share of what is drawn from begins and ends, from 0 to 1: what the sampler does
/// with rounded sums, in double precision. `None` where it is not drawn from.
fn share(logits: &[f32], draw: &Draw, token: u32) -> Option<[f64; 2]> {
    let largest = logits.iter().copied().fold(f32::MIN, f32::max);
    let powers = logits
        .iter()
        .map(|logit| (f64::from(logit - largest) / f64::from(draw.temperature)).exp());
    let mut powers: Vec<(usize, f64)> = powers.enumerate().collect();
    let total: f64 = powers.iter().map(|(_, power)| power).sum();
    if let Some(top_p) = draw.top_p {
        let cutoff = f64::from(draw.cutoff(logits.len())) * total;
        powers.retain(|&(_, power)| power >= cutoff);
        powers.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let (mut sum, mut count) = (0.0, 0);
        while count < powers.len() && sum <= f64::from(top_p) * total {
            sum += powers[count].1;
            count += 1;
        }
        powers.truncate(count);
    }
    let all: f64 = powers.iter().map(|(_, power)| power).sum();
    let at = powers
        .iter()
        .position(|&(index, _)| index == token as usize)?;
    let before: f64 = powers[..at].iter().map(|(_, power)| power).sum();
    Some([before / all, (before + powers[at].1) / all])
}

/// Many draws, each against the sampler of llama2.c on the same logits. Only a coin that lies at
/// the border of two tokens, up to rounding, may give the other one.
#[test]
fn drawn_tokens_are_the_samplers() {
    /// Sums of up to 512 powers, each of which cuts off less than a unit in the last place, divided
    /// by another one.
    const ROUNDING: f64 = 512.0 * 2.0 / (1 << 23) as f64;
    let (config, shared) = shapes()[0];
    let settings = [
        (1.0, 0.9),
        (0.7, 0.5),
        (2.0, 0.99),
        (1.0, 1.0),
        (0.3, 0.0),
        (1.5, 0.001),
        (1.0, 0.999_99),
    ];
    let (mut draws, mut others) = (0, 0);
    for format in FORMATS {
        let model = Model::new((config, shared), 4, format);
        let checkpoint = model.checkpoint();
        for spus in [1, 6] {
            let mut with_logits = load(&checkpoint, spus);
            let mut drawing = load(&checkpoint, spus);
            for (seed, (temperature, top_p)) in (1..).zip(settings) {
                let mut expected = Sampler::new(temperature, top_p, seed);
                let mut found = expected.clone();
                for position in 0..config.seq_len {
                    let token = (position * 37 + 11) as u32 % config.vocab_size as u32;
                    let draw = expected.clone().draw();
                    let logits = with_logits.forward(token, position).expect("engine");
                    let expected = expected.sample(logits);
                    let found = drawing.sample(token, position, &mut found).expect("engine");
                    draws += 1;
                    if found == expected {
                        continue;
                    }
                    others += 1;
                    let [begin, end] = share(logits, &draw, found).unwrap_or([2.0, 3.0]);
                    let coin = f64::from(draw.coin);
                    assert!(
                        begin - ROUNDING <= coin && coin <= end + ROUNDING,
                        "{format}, {spus} SPUs, temperature {temperature}, top-p {top_p}, \
                         position {position}: {found} at {begin} to {end}, expected {expected} \
                         at {coin}"
                    );
                }
            }
        }
    }
    assert!(
        others * 100 < draws,
        "{others} of {draws} tokens are others"
    );
}

/// Logits that are all the same: the order of equal ones is that of the tokens.
#[test]
fn equal_tokens_are_drawn_in_their_order() {
    let (config, _) = shapes()[1];
    let bytes = synthetic::checkpoint(&config, false, 4).expect("a synthetic model");
    let checkpoint = Checkpoint::parse(&bytes).expect("a valid model");
    // A classifier of zeros.
    let mut bytes = write::tensors(&checkpoint, Format::Fp32).expect("fp32");
    let classifier = config.vocab_size * config.dim * 4;
    let start = bytes.len() - classifier;
    bytes[start..].fill(0);
    let checkpoint = Checkpoint::from_tensors(config, Format::Fp32, false, &bytes);
    let checkpoint = checkpoint.expect("a valid model");
    for spus in [1, 2, 6] {
        let mut engine = load(&checkpoint, spus);
        for (seed, top_p) in (1..).zip([0.5, 0.9, 1.0, 0.02, 0.005]) {
            let mut expected = Sampler::new(1.0, top_p, seed);
            let mut found = expected.clone();
            let logits = vec![0.0; config.vocab_size];
            for position in 0..config.seq_len {
                let token = engine.sample(3, position, &mut found).expect("engine");
                let expected = expected.sample(&logits);
                // Sums of 97 equal numbers round at each of them.
                let near = token.abs_diff(expected) <= 1;
                assert!(
                    near,
                    "{spus} SPUs, top-p {top_p}: {token}, expected {expected}"
                );
            }
        }
    }
}

/// Where the SPUs take another token than the reference, both are as likely as far as the
/// tolerance goes.
#[test]
fn greedy_text_in_few_bits_is_the_references() {
    let Some(file) = shared_file("models/stories260K.bin") else {
        return;
    };
    let file = Checkpoint::parse(&file).expect("stories260K");
    for (format, spus) in [(Format::Q8, 6), (Format::Q4, 6), (Format::Q4, 5)] {
        let model = Model::converted(&file, format);
        let checkpoint = model.checkpoint();
        let mut reference = Reference::new(&checkpoint);
        let mut engine = load(&checkpoint, spus);
        assert_ne!(engine.layout().shape.format, BlockFormat::Fp32);
        let (mut token, mut others) = (1, 0);
        for position in 0..200 {
            let logits = reference.forward(token, position).expect("reference");
            let best = argmax(logits);
            let found = engine.forward_greedy(token, position).expect("engine");
            if found != best {
                others += 1;
                let scale = logits.iter().fold(0f32, |scale, x| scale.max(x.abs()));
                let off = (logits[best as usize] - logits[found as usize]) / scale;
                assert!(
                    off < tolerance(format),
                    "{format}, position {position}: off by {off:e}"
                );
            }
            token = best;
        }
        assert!(others <= 4, "{format}: {others} of 200 tokens are others");
    }
}
