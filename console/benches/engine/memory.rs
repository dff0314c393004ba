//! What a token takes out of memory at the least.

use llama::Config;
use spu::kernels::block::BlockFormat;

/// Bytes a second that memory gives: section 3 of the design.
pub const BANDWIDTH: f64 = 25.6e9;

/// Bytes that have to come from memory for a token at `position`: weights with their scales, unless
/// they are `resident` in local store, and the keys and values of the positions before. The model's
/// own sizes count, not what they are rounded up to.
pub fn bytes_per_token(
    config: &Config,
    format: BlockFormat,
    position: usize,
    resident: bool,
) -> u64 {
    let kv_dim = config.kv_dim();
    let layer = config.dim * (2 * config.dim + 2 * kv_dim) + 3 * config.dim * config.hidden_dim;
    let weights = config.n_layers * layer + config.vocab_size * config.dim;
    let norms = (2 * config.n_layers + 1) * config.dim * 4;
    // A group of 32 has a float or a bf16 number as its scale.
    let weight_bytes = match format {
        BlockFormat::Fp32 => weights * 4,
        BlockFormat::Q8 => weights + weights / 32 * 4,
        BlockFormat::Q4 => weights / 2 + weights / 32 * 2,
    };
    let (value, scale) = match format {
        BlockFormat::Fp32 => (4, 0),
        BlockFormat::Q8 | BlockFormat::Q4 => (2, 4),
    };
    let row = kv_dim * value + config.n_kv_heads * scale;
    let cache = config.n_layers * 2 * position * row;
    let weights = if resident { 0 } else { weight_bytes + norms };
    (weights + cache) as u64
}
