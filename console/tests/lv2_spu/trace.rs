//! What SPUs do with their channels is told to who wants to know.

use console::lv2::{Observer, Outcome, Record};
use console::spu::ChannelAccess;

use crate::lv2_support::*;
use crate::scene::*;

#[derive(Default)]
struct Heard {
    wanted: bool,
    accesses: Vec<ChannelAccess>,
}

impl Observer for Heard {
    fn tty(&mut self, _: u32, _: &[u8]) {}

    fn unknown(&mut self, call: &Record) {
        panic!("{call}");
    }

    fn traces_spus(&self) -> bool {
        self.wanted
    }

    fn spu(&mut self, access: &ChannelAccess) {
        self.accesses.push(access.clone());
    }
}

fn play(wanted: bool) -> (Vec<ChannelAccess>, u64) {
    let mut scene = Scene::default();
    let program = scene.program(|a| {
        let value = argument(a);
        let address = a.word(SHARED);
        dma(a, 0x40, 0x1000, address, 128);
        spu::kernels::dma::wait_tag(a, 0);
        let list = a.word(0x1080);
        dma(a, 0x24, 0x1000, list, 8);
        dma(a, 0xd0, 0x1000, address, 128);
        exit(a, value);
    });
    scene
        .group(0, &[program, program])
        .call(173, &[group(0)])
        .call(178, &[group(0), Arg::Is(OUT), Arg::Is(OUT + 4)]);
    let mut machine = scene.start(&[]);
    let mut heard = Heard {
        wanted,
        ..Heard::default()
    };
    let outcome = machine.run(1_000_000, &mut heard);
    assert_eq!(outcome, Outcome::Exited(0), "{}", machine.report(&outcome));
    (heard.accesses, machine.cycles())
}

#[test]
fn channels_are_told_with_names_and_commands_with_parameters() {
    let (accesses, cycles) = play(true);
    for spu in 0..2 {
        let own: Vec<_> = accesses.iter().filter(|it| it.spu == spu).collect();
        assert!(own.is_sorted_by_key(|access| access.cycle));
        let lines: Vec<String> = own.iter().map(ToString::to_string).collect();
        let ends = [
            "wrch MFC_LSA 0x00001000",
            "wrch MFC_EAL 0x00021000",
            "wrch MFC_Cmd 0x00000040: get local store 0x01000, main storage 0x00021000, \
             0x80 bytes, tag 0",
            "rdch MFC_RdTagStat 0x00000001",
            "wrch MFC_Cmd 0x00000024: putl local store 0x01000, list of 0x8 bytes at 0x01080, \
             tag 0",
            "wrch MFC_Cmd 0x000000d0: getllar local store 0x01000, main storage 0x00021000",
            &format!("wrch SPU_WrOutMbox {:#010x}", 100 * spu),
        ];
        let mut lines = lines.iter();
        for end in ends {
            let start = format!(": SPU {spu}: ");
            let found = lines.any(|line| line.contains(&start) && line.ends_with(end));
            assert!(found, "{end}: {own:#?}");
        }
    }
    // Nobody who does not want to know is told, and nothing else changes.
    assert_eq!(play(false), (Vec::new(), cycles));
}
