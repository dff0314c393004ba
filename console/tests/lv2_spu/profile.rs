//! What SPUs issue and what they wait for is told of each instruction.

use console::lv2::Outcome;
use console::spu::{Listing, Stall};
use spu::isa::channel::Channel;
use spu::kernels::dma::wait_tag;

use crate::lv2_support::*;
use crate::scene::*;

#[test]
fn what_spus_wait_for_is_known_of_each_instruction() {
    let mut scene = Scene::default();
    // One waits for a line from memory, the other for ever.
    let gets = scene.program(|a| {
        let effective = a.word(SHARED);
        dma(a, 0x40, 0x2000, effective, 128);
        wait_tag(a, 0);
        let status = a.il(1);
        a.wrch(Channel::WR_OUT_MBOX, status);
        a.stop(0x101);
    });
    let waits = scene.program(|a| wait(a, Channel::RD_IN_MBOX));
    scene
        .group(0, &[gets, waits])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let mut machine = scene.start(&[]);
    machine.watch_spus();
    let outcome = machine.run(1_000_000, &mut Seen::default());
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    let profiles = machine.take_spu_profiles();
    assert_eq!(profiles.len(), 2);
    for spu in &profiles {
        assert!(spu.name.contains("story"), "{}", spu.name);
    }
    let total = profiles[0].profile.total();
    let waited = |stall: Stall| total.stalls[stall as usize];
    // A line from memory takes hundreds of cycles.
    assert!(waited(Stall::Transfer) > 400, "{total:?}");
    assert_eq!(waited(Stall::Message), 0);
    let listing = Listing::new(&profiles[0].profile, &profiles[0].store).to_string();
    assert!(listing.contains("rdch"), "{listing}");
    // What is not over is not lost yet.
    assert_eq!(profiles[1].profile.total().lost(), 0);
    assert!(machine.take_spu_profiles().is_empty());
}
