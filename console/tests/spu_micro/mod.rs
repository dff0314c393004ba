//! Micro-benchmarks: small SPU programs and the simulated time that they take. A test holds
//! the numbers to what was published for the hardware, a bench prints them beside it.

use console::spu::{CYCLES_PER_SECOND, Cluster, GROUP_WINDOW, GROUP_WINDOW_STRIDE, ThreadGroup};
use spu::asm::{Assembler, Options, Reg};
use spu::driver::SpuSystem;
use spu::isa::channel::Channel;
use spu::kernels::dma::{self, Command, Transfer};

/// Bytes of memory for each SPU.
const REGION: u32 = 1 << 20;
/// Bytes of a local store that others read and write.
const SHARED: u32 = 1 << 16;
/// Signal register 1 in an SPU's window.
const SIGNAL: u32 = 0x5_400c;

/// The far end of transfers.
#[derive(Clone, Copy)]
pub enum Far {
    /// Memory.
    Memory,
    /// The local store of an SPU.
    Spu(usize),
}

/// Records an end that the system knows.
fn exit(a: &mut Assembler) {
    let status = a.il(0);
    a.wrch(Channel::WR_OUT_MBOX, status);
    a.stop(0x102);
}

/// Runs a program on some SPUs and gives the cycles until all have ended. `arguments` gets
/// the group and the number of an SPU.
fn run(
    program: &[u8],
    spus: usize,
    mut arguments: impl FnMut(&mut ThreadGroup, usize) -> [u64; 4],
) -> u64 {
    let mut group = ThreadGroup::on(Cluster::new(spus));
    let arguments: Vec<_> = (0..spus).map(|spu| arguments(&mut group, spu)).collect();
    group.start(program, &arguments).expect("it starts");
    if std::env::var_os("LISTING").is_some() {
        group.cluster_mut().watch(0, 0);
    }
    group.join().expect("it ends");
    if let Some(profile) = group.cluster_mut().profile(0) {
        let store = group.cluster().local_store(0);
        println!("{}", console::spu::Listing::new(&profile, store));
    }
    let cycles = (0..spus).map(|spu| group.statistics(spu).cycles);
    cycles.max().expect("there are SPUs")
}

/// Cycles of one more round, when there have been many: `cycles` says what so many take.
fn a_round(rounds: u64, cycles: impl Fn(u64) -> u64) -> f64 {
    (cycles(2 * rounds) - cycles(rounds)) as f64 / rounds as f64
}

fn gigabytes_a_second(bytes: f64, cycles: f64) -> f64 {
    bytes / cycles * CYCLES_PER_SECOND as f64 / 1e9
}

/// A program that gives the commands again and again, without waiting but for the queue.
/// Arguments: effective address, bytes from there (a power of two), rounds, bytes of a
/// command.
fn stream(commands: &[Command]) -> Vec<u8> {
    let mut a = Assembler::new();
    let shared = a.bss(SHARED, 128);
    let [base, range, rounds, size] = a.arguments().map(|argument| a.rotqbyi(argument, 4));
    let mask = a.ai(range, -1);
    let offset = a.reg();
    a.set(offset).il(0);
    let tag = a.il(0);
    a.repeat(rounds, |a| {
        for &command in commands {
            let local = a.address(shared);
            let effective = a.a(base, offset);
            let transfer = Transfer {
                local,
                effective,
                size,
                tag,
            };
            dma::enqueue(a, command, transfer);
        }
        let next = a.a(offset, size);
        a.set(offset).and(next, mask);
    });
    dma::wait_tag(&mut a, 0);
    exit(&mut a);
    a.finish().expect("it assembles").to_elf()
}

/// Gigabytes a second of all SPUs together, each giving the same commands of `size` bytes.
/// `far` says with whom an SPU exchanges, `None` that it does nothing.
pub fn bandwidth(
    spus: usize,
    commands: &[Command],
    size: u32,
    far: impl Fn(usize) -> Option<Far>,
) -> f64 {
    let program = stream(commands);
    let working = (0..spus).filter(|&spu| far(spu).is_some()).count();
    let bytes = f64::from(size) * (commands.len() * working) as f64;
    let rounds = (1 << 20) / u64::from(size);
    let cycles = a_round(rounds, |rounds| {
        run(&program, spus, |group, spu| {
            let (address, range, rounds) = match far(spu) {
                Some(Far::Memory) => {
                    let address = group.allocate(REGION as usize, 128);
                    (address.expect("memory"), REGION, rounds)
                }
                // The upper part of the local store: the program lies below.
                Some(Far::Spu(other)) => (window(other) + 0x2_0000, SHARED, rounds),
                None => (window(spu) + 0x2_0000, SHARED, 1),
            };
            [address.into(), range.into(), rounds, size.into()]
        })
    });
    gigabytes_a_second(bytes, cycles)
}

fn window(spu: usize) -> u32 {
    GROUP_WINDOW + GROUP_WINDOW_STRIDE * spu as u32
}

/// Cycles of a command of 128 bytes, from the write of its parameters to the read of the
/// tag status.
pub fn latency(command: Command, far: Far) -> f64 {
    let mut a = Assembler::new();
    let local = a.bss(128, 128);
    let [effective, rounds, ..] = a.arguments().map(|argument| a.rotqbyi(argument, 4));
    a.repeat(rounds, |a| {
        let transfer = Transfer {
            local: a.address(local),
            effective,
            size: a.il(128),
            tag: a.il(0),
        };
        dma::enqueue(a, command, transfer);
        dma::wait_tag(a, 0);
    });
    exit(&mut a);
    let program = a.finish().expect("it assembles").to_elf();
    a_round(100, |rounds| {
        run(&program, 2, |group, spu| {
            let address = match far {
                Far::Memory => group.allocate(128, 128).expect("memory"),
                Far::Spu(_) => window(1 - spu) + 0x2_0000,
            };
            let rounds = if spu == 0 { rounds } else { 1 };
            [address.into(), rounds, 0, 0]
        })
    })
}

/// Cycles from one SPU's signal to its neighbour's answer, halved.
pub fn signal() -> f64 {
    let mut a = Assembler::new();
    let words = a.bss(16, 16);
    let [effective, rounds, first, _] = a.arguments().map(|argument| a.rotqbyi(argument, 4));
    let send = |a: &mut Assembler| {
        let transfer = Transfer {
            local: a.address(words.offset(12)),
            effective,
            size: a.il(4),
            tag: a.il(0),
        };
        dma::enqueue(a, Command::SendSignal, transfer);
    };
    a.if_nonzero(first, send);
    a.repeat(rounds, |a| {
        a.rdch(Channel::RD_SIG_NOTIFY_1);
        send(a);
    });
    // The first one's last signal comes to nobody.
    exit(&mut a);
    let program = a.finish().expect("it assembles").to_elf();
    let there_and_back = a_round(100, |rounds| {
        run(&program, 2, |_, spu| {
            let first = u64::from(spu == 0);
            [(window(1 - spu) + SIGNAL).into(), rounds, first, 0]
        })
    });
    there_and_back / 2.0
}

/// Rows and quadwords of columns of a tile of the product, and its depth.
const TILE: (i32, i32, i32) = (4, 4, 512);
/// Depth of a round of the inner loop.
const ROUND: i32 = 16;

/// Gigaflops of a dense matrix product in local store: tiles of 4 by 16, held in
/// registers, of single precision. What a round needs first, the one before it has loaded.
pub fn matrix() -> f64 {
    let (rows, columns, depth) = TILE;
    let mut a = Assembler::new();
    // The last round loads something from behind the end.
    let left = a.bss((rows * depth * 4 + 64) as u32, 128);
    let right = a.bss((columns * depth * 16 + 64) as u32, 128);
    let product = a.bss((rows * columns * 16) as u32, 128);
    let [tiles, ..] = a.arguments().map(|argument| a.rotqbyi(argument, 4));
    let input = a.alias_class();
    let output = a.alias_class();
    let splats: [Reg; 4] =
        std::array::from_fn(|word| a.quad(std::array::from_fn(|byte| (word * 4 + byte % 4) as u8)));
    let rounds = a.il(depth / ROUND);
    let stride = a.il(ROUND * columns * 16);
    let zero = a.float(0.0);
    a.repeat(tiles, |a| {
        let (l, r) = (a.address(left), a.address(right));
        let sums: Vec<Reg> = (0..rows * columns).map(|_| a.copy(zero)).collect();
        // Four values of each row; the first one of each in all words; a row of the right.
        let values: Vec<Reg> = (0..rows).map(|_| a.reg()).collect();
        let firsts: Vec<Reg> = (0..rows).map(|_| a.reg()).collect();
        let b: Vec<Reg> = (0..columns).map(|_| a.reg()).collect();
        let load = |a: &mut Assembler, l, r| {
            for (row, (&value, &first)) in (0..).zip(values.iter().zip(&firsts)) {
                a.on(input).set(value).lqd(l, row * depth * 4);
                a.set(first).shufb(value, value, splats[0]);
            }
            for (column, &b) in (0..).zip(&b) {
                a.on(input).set(b).lqd(r, column * 16);
            }
        };
        load(a, l, r);
        a.repeat(rounds, |a| {
            let mut quads = values.clone();
            for at in 0..ROUND {
                let (xs, b) = if at == 0 {
                    (firsts.clone(), b.clone())
                } else {
                    if at % 4 == 0 {
                        let quad = |row| a.on(input).lqd(l, row * depth * 4 + at * 4);
                        quads = (0..rows).map(quad).collect();
                    }
                    let splat = splats[at as usize % 4];
                    let x = |&quad: &Reg| a.shufb(quad, quad, splat);
                    let xs = quads.iter().map(x).collect();
                    let b = |column| a.on(input).lqd(r, (at * columns + column) * 16);
                    (xs, (0..columns).map(b).collect())
                };
                let pairs = xs.iter().flat_map(|&x| b.iter().map(move |&b| (x, b)));
                for (&sum, (x, b)) in sums.iter().zip(pairs) {
                    a.set(sum).fma(x, b, sum);
                }
            }
            a.set(l).ai(l, ROUND * 4);
            a.set(r).a(r, stride);
            load(a, l, r);
        });
        let to = a.address(product);
        for (at, &sum) in (0..).zip(&sums) {
            a.on(output).stqd(sum, to, at * 16);
        }
    });
    exit(&mut a);
    let program = a.finish().expect("it assembles").to_elf();
    let cycles = a_round(20, |tiles| run(&program, 1, |_, _| [tiles, 0, 0, 0]));
    let operations = f64::from(2 * 4 * rows * columns * depth);
    operations / cycles * CYCLES_PER_SECOND as f64 / 1e9
}

/// Pairs of the loop of [`branch`].
pub const PAIRS: u32 = 20;

/// Cycles of a round of a loop of [`PAIRS`] pairs, with another for the hint of its branch,
/// or without one.
pub fn branch(hints: bool) -> f64 {
    let options = Options {
        hints,
        ..Options::default()
    };
    let mut a = Assembler::with_options(options);
    let [rounds, ..] = a.arguments().map(|argument| a.rotqbyi(argument, 4));
    let value = a.il(0);
    let sums: [Reg; PAIRS as usize - 1] = std::array::from_fn(|_| a.il(0));
    a.repeat(rounds, |a| {
        for &sum in &sums {
            a.set(sum).ai(sum, 1);
            a.rotqbyi(value, 4);
        }
    });
    exit(&mut a);
    let program = a.finish().expect("it assembles").to_elf();
    a_round(100, |rounds| run(&program, 1, |_, _| [rounds, 0, 0, 0]))
}

/// Instructions a cycle of that loop, hinted.
pub fn dual_issue() -> f64 {
    f64::from(2 * PAIRS + 2) / branch(true)
}
