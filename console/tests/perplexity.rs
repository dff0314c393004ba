//! How surprised the SPU engine is by a text: as the reference engine is.

use console::spu::ThreadGroup;
use llama::checkpoint::{Format, write};
use llama::reference::Reference;
use llama::{Checkpoint, Tokenizer};
use models::perplexity::Texts;
use spu::driver::SpuEngine;

/// What the two may differ by on so short a text, relative to the reference's: the rounding of
/// floats in fp32 (found: 2·10⁻⁷); with few bits, activations that become the next integer where
/// they lie near a half (found: 4·10⁻³ with their 8 bits in Q8_0, 3·10⁻⁴ with 12 in Q4).
fn tolerance(format: Format) -> f64 {
    match format {
        Format::Fp32 => 1e-5,
        Format::Q8 { .. } => 1e-2,
        Format::Q4 => 2e-3,
    }
}

#[test]
fn perplexities_are_the_references() {
    let source = Checkpoint::parse(models::CHECKPOINT).expect("the default model");
    let tokenizer = Tokenizer::parse(models::TOKENIZER).expect("its tokenizer");
    let texts = Texts::held_out(&tokenizer, 2).expect("texts").cut(40);
    for format in [Format::Fp32, Format::Q8, Format::Q4] {
        let tensors = write::tensors(&source, format).expect("it is converted");
        let shared = source.shares_classifier();
        let checkpoint = Checkpoint::from_tensors(*source.config(), format, shared, &tensors)
            .expect("what was just written");
        let mut reference = Reference::new(&checkpoint);
        let expected = texts.perplexity(&mut reference).expect("reference");
        let mut engine =
            SpuEngine::load(ThreadGroup::new(6), &checkpoint, 6, &mut |_, _| {}).expect("engine");
        let found = texts.perplexity(&mut engine).expect("engine");
        let off = (found / expected - 1.0).abs();
        println!("{format}: {found}, the reference's {expected}, off by {off:e}");
        assert!(off <= tolerance(format), "{format}: off by {off:e}");
        assert!(expected > 1.05 && expected < 4.0, "{format}: {expected}");
    }
}
