//! What the simulated SPUs give, beside the hardware's limits and what was published of it.
//!
//! `cargo bench -p console --bench spu_timing`. All numbers are simulated: they are the same
//! on every host.

#[path = "../tests/spu_micro/mod.rs"]
mod spu_micro;

use spu::kernels::dma::Command::{Get, Put};
use spu_micro::{Far, PAIRS, bandwidth, branch, dual_issue, latency, matrix, signal};

const BLOCK: u32 = 16384;

fn row(what: &str, unit: &str, limit: &str, published: &str, simulated: f64) {
    println!("{what:44} {unit:9} {limit:>8} {published:>14} {simulated:>10.2}");
}

fn main() {
    // `cargo test --benches` passes this; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    println!(
        "{:44} {:9} {:>8} {:>14} {:>10}",
        "SPU", "", "limit", "published", "simulated"
    );
    let memory = |_| Some(Far::Memory);
    let rate = "GB/s";
    for (command, name) in [(Get, "get"), (Put, "put")] {
        let found = bandwidth(1, &[command], BLOCK, memory);
        let what = format!("memory, one SPE, {name}");
        row(&what, rate, "25.6", "10 [J]", found);
    }
    for spus in [2, 3, 6] {
        let found = bandwidth(spus, &[Get], BLOCK, memory);
        let what = format!("memory, {spus} SPEs, get");
        row(
            &what,
            rate,
            "25.6",
            if spus == 6 { "24.6 [C]" } else { "" },
            found,
        );
    }
    let found = bandwidth(6, &[Get, Put], BLOCK, memory);
    row("memory, 6 SPEs, get and put", rate, "25.6", "21 [C]", found);
    for size in [128, 256, 512, 1024, 4096, BLOCK] {
        let found = bandwidth(2, &[Get], size, |spu| (spu == 0).then_some(Far::Spu(1)));
        let published = if size < 1024 { "" } else { "near 25.6 [J]" };
        let what = format!("SPE to SPE, commands of {size} bytes");
        row(&what, rate, "25.6", published, found);
    }
    let found = bandwidth(2, &[Get], BLOCK, |spu| Some(Far::Spu(1 - spu)));
    row("SPE to SPE, both ways", rate, "51.2", "", found);
    let cycles = "cycles";
    row(
        "DMA of 128 bytes, memory, with its wait",
        cycles,
        "",
        "200 ns = 640",
        latency(Get, Far::Memory),
    );
    row(
        "DMA of 128 bytes, SPE to SPE, with its wait",
        cycles,
        "",
        "290 [K]",
        latency(Get, Far::Spu(1)),
    );
    row("signal to another SPE", cycles, "", "", signal());
    row(
        "dense matrix product",
        "GFLOPS",
        "25.6",
        "98 % [C]",
        matrix(),
    );
    row(
        "branch without a hint, cycles lost",
        cycles,
        "",
        "18 to 19 [T]",
        branch(false) - f64::from(PAIRS),
    );
    row(
        "instructions a cycle, aligned pairs",
        "",
        "2",
        "2 [T]",
        dual_issue(),
    );
    println!(
        "[C] Chen et al. 2005, 2007  [J] Jimenez-Gonzalez et al. 2007  [K] Kistler et al. 2006  \
         [T] SDK Programming Tutorial"
    );
}
