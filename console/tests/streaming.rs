//! Models that are larger than the memory that they may have: what of the weights has no place there
//! is read anew for each token, and the engine computes the same bits.

use std::cell::RefCell;
use std::rc::Rc;

use console::spu::ThreadGroup;
use llama::bundle::{self, BundleError, Contents, Opened};
use llama::checkpoint::{Checkpoint, Format, Weights};
use llama::sampler::Sampler;
use llama::stored::{Storage, StorageError};
use llama::{Config, Engine, EngineError, synthetic};
use spu::driver::SpuEngine;

/// Weights that fill more than one local store, and several windows.
const CONFIG: Config = Config {
    dim: 160,
    hidden_dim: 416,
    n_layers: 3,
    n_heads: 5,
    n_kv_heads: 5,
    vocab_size: 4_001,
    seq_len: 24,
};
const PROMPT: [u32; 7] = [1, 300, 17, 4_000, 5, 5, 2_999];

/// The file of a model, as the program finds it on a disk.
fn file(format: Format, shared: bool) -> Vec<u8> {
    let model = synthetic::checkpoint(&CONFIG, shared, 3).expect("a synthetic model");
    let contents = Contents {
        name: "",
        checkpoint: Checkpoint::parse(&model).expect("a valid model"),
        format,
        tokenizer: &synthetic::tokenizer(CONFIG.vocab_size),
    };
    let mut out = Vec::new();
    bundle::write(&contents, &mut |part| {
        out.extend(part);
        Ok::<(), BundleError>(())
    })
    .expect("a valid model");
    out
}

/// What is read of a file, and what was said to be read soon.
#[derive(Default)]
struct Log {
    reads: Vec<(u64, usize)>,
    announced: Vec<(u64, usize)>,
    /// How many reads go well from now on.
    patience: Option<usize>,
}

/// A file that keeps a log, and breaks where it is told to.
#[derive(Clone)]
struct Logged {
    file: Rc<Vec<u8>>,
    log: Rc<RefCell<Log>>,
}

impl Logged {
    fn new(file: Vec<u8>) -> Self {
        Self {
            file: Rc::new(file),
            log: Rc::default(),
        }
    }

    /// Its weights, the rest of it compared with its checksums.
    fn weights(&self) -> Box<dyn Weights> {
        let opened = Opened::open(self.clone());
        let (_, weights) = opened.expect("a valid model").into_parts();
        Box::new(weights)
    }
}

impl Storage for Logged {
    fn size(&self) -> u64 {
        self.file.len() as u64
    }

    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<(), StorageError> {
        let mut log = self.log.borrow_mut();
        log.reads.push((offset, out.len()));
        match &mut log.patience {
            Some(0) => return Err(StorageError("model.bin: the device is gone".into())),
            Some(left) => *left -= 1,
            None => {}
        }
        out.copy_from_slice(&self.file[offset as usize..][..out.len()]);
        Ok(())
    }

    fn will_read(&mut self, offset: u64, size: usize) {
        self.log.borrow_mut().announced.push((offset, size));
    }
}

fn open(
    file: &Logged,
    spus: usize,
    budget: usize,
) -> Result<SpuEngine<ThreadGroup>, spu::driver::LoadError> {
    let weights = file.weights();
    SpuEngine::open(
        ThreadGroup::new(spus),
        weights,
        spus,
        budget,
        &mut |_, _| {},
    )
}

/// Logits after a prompt, the tokens that are drawn then, and logits again.
fn story(engine: &mut impl Engine) -> Result<(Vec<u32>, Vec<u32>), EngineError> {
    let bits = |logits: &[f32]| logits.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    let mut sampler = Sampler::new(0.9, 0.9, 7);
    engine.prefill_all(&PROMPT, 0)?;
    let mut tokens = vec![9];
    for position in PROMPT.len()..PROMPT.len() + 3 {
        let token = engine.sample(tokens[tokens.len() - 1], position, &mut sampler)?;
        tokens.push(token);
    }
    let logits = bits(engine.forward(3, PROMPT.len() + 3)?);
    Ok((tokens, logits))
}

#[test]
fn a_streamed_model_computes_the_same_bits() {
    for (format, shared, spus) in [
        (Format::Fp32, true, 6),
        (Format::Fp32, false, 1),
        (Format::Q8, true, 2),
        (Format::Q4, true, 1),
        (Format::Q4, false, 1),
    ] {
        let file = Logged::new(file(format, shared));
        let mut whole = open(&file, spus, usize::MAX).expect("it fits");
        assert!(!whole.layout().is_streamed());
        let expected = story(&mut whole).expect("computes");
        let all = whole.layout().memory_bytes();
        let least = match open(&file, spus, 0).map(|_| ()) {
            Err(spu::driver::LoadError::Layout(error)) => match error {
                spu::engine::layout::LayoutError::Budget { needed, .. } => needed,
                other => panic!("{other}"),
            },
            other => panic!("no memory is enough: {other:?}"),
        };
        for budget in [least, (least + all) / 2, all - 1] {
            let mut engine = open(&file, spus, budget).expect("it fits in part");
            let layout = engine.layout();
            assert!(layout.is_streamed() && layout.memory_bytes() <= budget);
            let found = story(&mut engine).expect("computes");
            assert!(found == expected, "{format}, {spus} SPUs, {budget} bytes");
            // And again from the beginning, as another story would.
            assert!(story(&mut engine).expect("computes") == expected);
            engine.shut_down().expect("ends");
        }
    }
}

#[test]
fn what_is_read_for_a_token_was_announced_before() {
    let file = Logged::new(file(Format::Q8, true));
    let mut engine = open(&file, 2, 1_500_000).expect("it fits in part");
    assert!(engine.layout().is_streamed());
    engine.forward(1, 0).expect("computes");
    *file.log.borrow_mut() = Log::default();
    engine.forward(2, 1).expect("computes");
    engine.forward(3, 2).expect("computes");
    let log = file.log.borrow();
    // The token's embedding cannot be known before.
    let (embedding, streamed): (Vec<_>, Vec<_>) =
        log.reads.iter().partition(|read| read.1 <= 8 * CONFIG.dim);
    assert!(!embedding.is_empty() && !streamed.is_empty());
    // The first ones were announced ahead of the log.
    let known = |read: &&(u64, usize)| log.announced.contains(read);
    let unknown = streamed.iter().filter(|read| !known(read)).count();
    assert_eq!(unknown, 0, "{:?}", log.reads);
}

#[test]
fn a_file_that_is_gone_fails_the_token_and_no_more() {
    let file = Logged::new(file(Format::Fp32, true));
    let mut engine = open(&file, 3, 2_500_000).expect("it fits in part");
    assert!(engine.layout().is_streamed());
    let expected = engine.forward(5, 0).expect("computes").to_vec();
    // Before anything has begun, and in the midst of a token.
    for patience in [0, 3] {
        file.log.borrow_mut().patience = Some(patience);
        let failed = engine
            .forward(5, 0)
            .map(|_| ())
            .expect_err("it cannot be read");
        assert_eq!(failed.to_string(), "model.bin: the device is gone");
        file.log.borrow_mut().patience = None;
        assert_eq!(engine.forward(5, 0).expect("it is back"), expected);
    }
}

#[test]
fn a_token_can_be_watched_and_given_up() {
    let file = Logged::new(file(Format::Fp32, true));
    let mut engine = open(&file, 2, 2_500_000).expect("it fits in part");
    let expected = engine.forward(5, 0).expect("computes").to_vec();

    let heard = Rc::new(RefCell::new(Vec::new()));
    let ear = heard.clone();
    engine.set_watch(Box::new(move |part| {
        ear.borrow_mut().push(part);
        true
    }));
    engine.forward(5, 0).expect("computes");
    let parts = heard.take();
    assert!(parts.is_sorted() && parts.len() > 2, "{parts:?}");
    assert_eq!(parts.last(), Some(&1.0));
    engine.prefill(5, 0).expect("computes");
    assert_eq!(heard.take().last(), Some(&1.0));

    let reads = || file.log.borrow().reads.len();
    let before = reads();
    engine.set_watch(Box::new(|_| false));
    assert_eq!(engine.forward(6, 1).err(), Some(EngineError::Interrupted));
    // An embedding and one window, of two parts at the most each.
    assert!(reads() - before <= 6);
    // What was given up was not computed.
    assert!(matches!(
        engine.forward(6, 2),
        Err(EngineError::Skipped { computed: 1, .. })
    ));
    engine.set_watch(Box::new(|_| true));
    assert_eq!(engine.forward(5, 0).expect("computes"), expected);
}

#[test]
fn weights_that_were_changed_are_found_while_they_are_loaded() {
    let mut bytes = file(Format::Q4, true);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    for budget in [usize::MAX, 700_000] {
        let file = Logged::new(bytes.clone());
        let error = open(&file, 1, budget)
            .map(|_| ())
            .expect_err("it is broken");
        assert_eq!(
            error.to_string(),
            "model: the checksum of TENS does not fit"
        );
    }
}

#[test]
fn too_little_memory_is_refused_with_its_sizes() {
    let file = Logged::new(file(Format::Fp32, true));
    let error = open(&file, 2, 100_000).map(|_| ()).expect_err("no room");
    let text = error.to_string();
    assert!(
        text.starts_with("the model takes at least 1 MB of memory"),
        "{text}"
    );
}
