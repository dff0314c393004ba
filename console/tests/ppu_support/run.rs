//! Runs a program on the virtual PPU, and under `qemu-ppc64`.

use std::io::Write;
use std::process::{Command, Stdio};

use console::ppu::{Access, AddressSpace, Exit, GRANULE, Ppu};

use super::case::{Case, SIZE};
use super::elf::{CODE, DATA, executable};
use super::program::program;

/// Whether the emulator is there; says so aloud where it is not.
pub fn qemu_is_there(test: &str) -> bool {
    let there = Command::new("qemu-ppc64")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !there {
        // Not `eprintln`, which the test harness keeps for tests that fail.
        let line = format!("SKIPPED {test}: qemu-ppc64 (Debian package qemu-user) is not there");
        writeln!(std::io::stderr(), "{line}").expect("standard error can be written");
    }
    there
}

/// What the cases are like after their instructions, on the virtual PPU.
pub fn on_ppu(cases: &[Case]) -> Vec<Case> {
    let (code, data) = program(cases);
    let code: Vec<u8> = code.iter().flat_map(|word| word.to_be_bytes()).collect();
    let mut memory = AddressSpace::new();
    for (address, bytes, access) in [
        (CODE, &code, Access::READ_EXECUTE),
        (DATA, &data, Access::READ_WRITE),
    ] {
        let size = (bytes.len() as u64).next_multiple_of(GRANULE);
        memory.map(address, size, access).unwrap();
        memory.write(address, bytes).unwrap();
    }
    let mut ppu = Ppu::new(0);
    ppu.registers.pc = CODE;
    let mut output = Vec::new();
    loop {
        match ppu.run(&mut memory, u64::MAX) {
            Exit::SystemCall { level: 0 } if ppu.registers.gpr[0] == 4 => {
                output = vec![0; ppu.registers.gpr[5] as usize];
                memory.read(ppu.registers.gpr[4], &mut output).unwrap();
            }
            Exit::SystemCall { level: 0 } if ppu.registers.gpr[0] == 1 => break,
            Exit::Fault(report) => panic!("{report}"),
            other => panic!("{other:?} at {:#x}", ppu.registers.pc),
        }
    }
    results(cases, &output)
}

/// What the cases are like after their instructions, under qemu.
pub fn on_qemu(cases: &[Case], cpu: &str, name: &str) -> Vec<Case> {
    let (code, data) = program(cases);
    let path = std::env::temp_dir().join(format!("ppu-{name}-{}", std::process::id()));
    std::fs::write(&path, executable(&code, &data)).unwrap();
    make_executable(&path);
    let output = Command::new("qemu-ppc64")
        .args(["-cpu", cpu])
        .arg(&path)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{name}: {} {message}",
        output.status
    );
    std::fs::remove_file(&path).unwrap();
    results(cases, &output.stdout)
}

#[cfg(unix)]
fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &std::path::Path) {}

fn results(cases: &[Case], output: &[u8]) -> Vec<Case> {
    assert_eq!(
        output.len(),
        cases.len() * SIZE,
        "bytes that the program wrote"
    );
    let pieces = output.chunks_exact(SIZE);
    cases
        .iter()
        .zip(pieces)
        .map(|(case, piece)| case.left_as(piece))
        .collect()
}
