//! An engine's row.

use std::error::Error;

use console::spu::{CYCLES_PER_SECOND, ThreadGroup};
use llama::{Checkpoint, Engine};
use spu::driver::SpuEngine;
use spu::kernels::matvec::BATCH;

use crate::memory::{BANDWIDTH, bytes_per_token};
use crate::profile::Shares;
use crate::report::Row;
use crate::shapes::Model;

/// Position of the first token that is measured.
const POSITION: usize = 128;

/// Measures a model on so many SPUs.
pub fn row(
    model: &Model,
    format: &'static str,
    checkpoint: &Checkpoint,
    spus: usize,
) -> Result<Row, Box<dyn Error>> {
    let mut engine = SpuEngine::load(ThreadGroup::new(spus), checkpoint, spus, &mut |_, _| {})?;
    let block_format = engine.layout().shape.format;
    let resident = engine.layout().map.resident;
    let seconds =
        |engine: &SpuEngine<ThreadGroup>| engine.device_time().unwrap_or_default().as_secs_f64();
    // The program starts with the first token.
    engine.prefill(1, 0)?;
    // How long a token takes does not depend on what the cache holds.
    engine.assume_computed(POSITION - BATCH);
    engine.prefill_all(&[1; BATCH], POSITION - BATCH)?;
    let prefill = seconds(&engine) / BATCH as f64;
    let before = Shares::of(&engine);
    let (mut token, mut total, mut bytes) = (1, 0.0, 0);
    for position in (POSITION..).take(model.tokens) {
        token = engine.forward_greedy(token, position)?;
        total += seconds(&engine);
        bytes += bytes_per_token(&model.config, block_format, position, resident);
    }
    let shares = Shares::of(&engine).since(&before);
    let tokens = model.tokens as f64;
    let limit = bytes as f64 / BANDWIDTH * CYCLES_PER_SECOND as f64;
    Ok(Row {
        model: model.name,
        format,
        engine: "spu",
        spus,
        cycles_per_token: total / tokens * CYCLES_PER_SECOND as f64,
        tokens_per_second: tokens / total,
        bytes_per_token: bytes as f64 / tokens,
        limit_tokens_per_second: BANDWIDTH * tokens / bytes as f64,
        prefill_tokens_per_second: 1.0 / prefill,
        barrier_share: shares.barriers(),
        stall_share: shares.stalls(limit),
    })
}
