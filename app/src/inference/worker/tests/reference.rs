//! A real engine.

use super::*;

/// A real engine that borrows its weights.
struct Borrowed<'a> {
    checkpoint: llama::Checkpoint<'a>,
    tokenizer: llama::Tokenizer,
}

impl<'a> EngineFactory<'a> for Borrowed<'a> {
    fn models(&mut self) -> Vec<crate::inference::ModelChoice> {
        Vec::new()
    }

    fn load(
        &mut self,
        _: Option<&str>,
        _: &mut dyn FnMut(crate::inference::Loading),
    ) -> Result<LoadedModel<'a>, Failure> {
        let config = *self.checkpoint.config();
        Ok(LoadedModel {
            engine: Box::new(llama::reference::Reference::new(&self.checkpoint)),
            tokenizer: self.tokenizer.clone(),
            chat: crate::chat::ChatFormat::plain(),
            facts: crate::inference::ModelFacts {
                name: "Noise".into(),
                source: "a seed".into(),
                config,
                parameters: 0,
                format: "fp32".into(),
                engine: "the reference".into(),
                streamed: 0,
                chat: false,
                prompts: Vec::new(),
            },
        })
    }
}

/// The same prompt, sampling and length give the text of llama's own loop, also
/// where the engine holds its beginning from before.
#[test]
fn stories_are_those_of_the_generation_loop() {
    use llama::generation::{Generation, Source, Step};
    let config = llama::Config {
        dim: 24,
        hidden_dim: 40,
        n_layers: 2,
        n_heads: 4,
        n_kv_heads: 2,
        vocab_size: 400,
        seq_len: 64,
    };
    let bytes = llama::synthetic::checkpoint(&config, true, 7).unwrap();
    let checkpoint = llama::Checkpoint::parse(&bytes).unwrap();
    let tokenizer = llama::Tokenizer::parse(&llama::synthetic::tokenizer(400)).unwrap();

    let expected = |prompt: &str, choice: SamplingChoice, steps: usize| -> Vec<u8> {
        let mut engine = llama::reference::Reference::new(&checkpoint);
        let mut sampler = llama::Sampler::new(choice.temperature, choice.top_p, choice.seed);
        let mut generation = Generation::new(&tokenizer, &config, prompt, steps);
        let mut text = Vec::new();
        while let Step::Token { piece, source, .. } = generation
            .step(&mut engine, &mut sampler, &tokenizer)
            .unwrap()
        {
            if source == Source::Model {
                text.extend_from_slice(piece);
            }
        }
        text
    };

    let (mut link, port) = channel();
    link.send(Command::Load(None));
    let factory = Borrowed {
        checkpoint,
        tokenizer: tokenizer.clone(),
    };
    let mut worker = Worker::new(port, factory, || Duration::ZERO);
    let sampled = SamplingChoice {
        temperature: 0.9,
        top_p: 0.9,
        seed: 42,
    };
    let other = SamplingChoice {
        seed: 43,
        ..sampled
    };
    let stories = [
        ("once upon", sampled, 40),
        ("once upon", sampled, 0),
        ("once more", other, 50),
        ("", GREEDY, 30),
        ("once upon", sampled, 40),
    ];
    let mut bytes_told = 0;
    for (id, (prompt, sampling, steps)) in (1u32..).zip(stories) {
        let length = steps as u32;
        link.send(Command::Story(StoryRequest {
            id,
            prompt: prompt.into(),
            sampling,
            length,
        }));
        let mut text = Vec::new();
        while worker.step() == Activity::Working {}
        while let Some(event) = link.receive() {
            if let Event::Piece(piece) = event {
                text.extend_from_slice(piece.bytes.as_bytes());
            }
        }
        assert_eq!(text, expected(prompt, sampling, steps), "story {id}");
        bytes_told += text.len();
    }
    // Noise may begin with the mark of the end, but not each time.
    assert!(bytes_told > 50, "{bytes_told}");
}
