//! Simulated time is what was published of the hardware. Simulated cycles are exact and
//! repeatable, so the ranges are narrow; where a source says more, they are its.

mod spu_micro;

use spu::kernels::dma::Command::{Get, Put};
use spu_micro::{Far, PAIRS, bandwidth, branch, dual_issue, latency, matrix, signal};

const BLOCK: u32 = 16384;

#[test]
fn memory_for_one_and_for_six() {
    // D. Jimenez-Gonzalez et al., ISPASS 2007: about 10 GB/s for one SPE, either way.
    for command in [Get, Put] {
        let one = bandwidth(1, &[command], BLOCK, |_| Some(Far::Memory));
        assert!((9.9..10.4).contains(&one), "{command:?}: {one}");
    }
    // T. Chen et al.: 25.6 GB/s less 1 GB/s; 21 GB/s where reads and writes are mixed.
    let six = bandwidth(6, &[Get], BLOCK, |_| Some(Far::Memory));
    assert!((24.2..24.6).contains(&six), "{six}");
    let copy = bandwidth(6, &[Get, Put], BLOCK, |_| Some(Far::Memory));
    assert!((20.6..21.0).contains(&copy), "{copy}");
}

#[test]
fn one_spe_to_another() {
    // D. Jimenez-Gonzalez et al.: near the peak of 25.6 GB/s from 1 KB on.
    let far = |spu| (spu == 0).then_some(Far::Spu(1));
    for size in [1024, 4096, BLOCK] {
        let found = bandwidth(2, &[Get], size, far);
        assert!((24.5..25.6).contains(&found), "{size}: {found}");
    }
    let small = bandwidth(2, &[Get], 128, far);
    assert!((3.0..7.0).contains(&small), "{small}");
    // Both ways at once.
    let both = bandwidth(2, &[Get], BLOCK, |spu| Some(Far::Spu(1 - spu)));
    assert!((50.0..51.2).contains(&both), "{both}");
}

#[test]
fn latencies() {
    // M. Kistler et al., IEEE Micro 2006: 290 cycles for SPE to SPE, under 100 ns.
    let spu = latency(Get, Far::Spu(1));
    assert!((280.0..330.0).contains(&spu), "{spu}");
    // 200 ns, and what it takes to give the command and to read the status.
    let memory = latency(Get, Far::Memory);
    assert!((680.0..740.0).contains(&memory), "{memory}");
    let signal = signal();
    assert!((280.0..340.0).contains(&signal), "{signal}");
}

#[test]
fn a_dense_kernel_is_near_the_peak() {
    // T. Chen et al.: 98 % of 25.6 gigaflops and more for an optimised matrix product.
    let found = matrix();
    assert!((24.5..25.6).contains(&found), "{found}");
}

#[test]
fn branches_and_pairs() {
    // Tutorial: 18 to 19 cycles.
    let lost = branch(false) - f64::from(PAIRS);
    assert!((lost - 19.0).abs() < 1e-9, "{lost}");
    let pairs = dual_issue();
    assert!((1.95..=2.0).contains(&pairs), "{pairs}");
}
