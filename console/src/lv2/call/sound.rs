//! Sound: the library `cellAudio`.

use super::process::PROCESS;
use super::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::clock::CYCLES_PER_SECOND;
use crate::lv2::errno::Errno;
use crate::lv2::machine::Machine;
use crate::lv2::object::{Creation, EventQueue, Protocol, QueueKind, Sharing};
use crate::lv2::sound::{
    Listener, MOST_QUEUES, PORTS, Port, SAMPLE_RATE, SAMPLES, Shape, Status, blocks_address,
    index_address,
};

const LIBRARY: &str = "cellAudio";

pub(super) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x0b16_8f92, "cellAudioInit", 0, start),
    library_function(LIBRARY, 0xca5a_c370, "cellAudioQuit", 0, stop),
    library_function(LIBRARY, 0xcd7b_c431, "cellAudioPortOpen", 2, open),
    library_function(LIBRARY, 0x89be_28f2, "cellAudioPortStart", 1, play),
    library_function(LIBRARY, 0x5b1e_2c73, "cellAudioPortStop", 1, pause),
    library_function(LIBRARY, 0x4129_fe2d, "cellAudioPortClose", 1, close),
    library_function(LIBRARY, 0x74a6_6af0, "cellAudioGetPortConfig", 2, shape),
    library_function(LIBRARY, 0x56df_e179, "cellAudioSetPortLevel", 1, set_level),
    library_function(LIBRARY, 0x4109_d08c, "cellAudioGetPortTimestamp", 3, time),
    library_function(LIBRARY, 0xe404_6afe, "cellAudioGetPortBlockTag", 3, tag),
    library_function(LIBRARY, 0xdab0_29aa, "cellAudioAddData", 3, add_all),
    library_function(LIBRARY, 0x9e4b_1db8, "cellAudioAdd2chData", 3, add_stereo),
    library_function(
        LIBRARY,
        0x04af_134e,
        "cellAudioCreateNotifyEventQueue",
        2,
        create_queue,
    ),
    library_function(
        LIBRARY,
        0x377e_0cd9,
        "cellAudioSetNotifyEventQueue",
        1,
        listen,
    ),
    library_function(
        LIBRARY,
        0xff36_26fd,
        "cellAudioRemoveNotifyEventQueue",
        1,
        forget,
    ),
];

/// `CELL_AUDIO_ERROR_ALREADY_INIT`.
const ALREADY: Errno = Errno(0x8031_0701);
/// `CELL_AUDIO_ERROR_NOT_INIT`.
const NOT_STARTED: Errno = Errno(0x8031_0703);
/// `CELL_AUDIO_ERROR_PARAM`.
const PARAMETER: Errno = Errno(0x8031_0704);
/// `CELL_AUDIO_ERROR_PORT_FULL`.
const FULL: Errno = Errno(0x8031_0705);
/// `CELL_AUDIO_ERROR_PORT_ALREADY_RUN`.
const PLAYS: Errno = Errno(0x8031_0706);
/// `CELL_AUDIO_ERROR_PORT_NOT_OPEN`.
const NOT_OPEN: Errno = Errno(0x8031_0707);
/// `CELL_AUDIO_ERROR_PORT_NOT_RUN`.
const PLAYS_NOT: Errno = Errno(0x8031_0708);
/// `CELL_AUDIO_ERROR_TRANS_EVENT`.
const LISTENS: Errno = Errno(0x8031_0709);
/// `CELL_AUDIO_ERROR_EVENT_QUEUE`.
const NO_QUEUE: Errno = Errno(0x8031_070d);
/// `CELL_AUDIO_ERROR_TAG_NOT_FOUND`.
const NO_TAG: Errno = Errno(0x8031_070f);

/// `CELL_AUDIO_PORTATTR_INITLEVEL`: the parameters have a volume.
const HAS_LEVEL: u64 = 0x1000;
/// The key of the first queue that the library makes.
const FIRST_KEY: u64 = 0x8000_4d49_4f32_3221;
/// Events that such a queue holds.
const QUEUE_SIZE: usize = 8;
/// The first number of the event ports that events are said to come from.
const EVENT_PORTS: u64 = 0x0e00_0000;
/// Microseconds of a block, in thirds: 256/48000 of a second are 5333⅓ of them.
const BLOCK_THIRDS: u64 = 3_000_000 * SAMPLES as u64 / SAMPLE_RATE as u64;

fn start(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if machine.mixer.is_on() {
        return Err(ALREADY);
    }
    machine.start_sound(caller.now);
    Ok(Answer::Return(0))
}

fn is_on(machine: &Machine) -> Result<(), Errno> {
    machine.mixer.is_on().then_some(()).ok_or(NOT_STARTED)
}

fn stop(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    is_on(machine)?;
    machine.mixer.stop();
    Ok(Answer::Return(0))
}

/// A double-word of a structure.
fn double(machine: &Machine, address: u64) -> Result<u64, Errno> {
    let high = machine.memory.word(address)?;
    let low = machine.memory.word(address.wrapping_add(4))?;
    Ok(u64::from(high) << 32 | u64::from(low))
}

/// `cellAudioPortOpen(*parameters, *port)`: the number of channels, that of blocks, attributes,
/// a volume.
fn open(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    is_on(machine)?;
    let [parameters, result, ..] = caller.arguments;
    if parameters == 0 || result == 0 {
        return Err(PARAMETER);
    }
    let shape = Shape {
        channels: double(machine, parameters)?,
        blocks: double(machine, parameters.wrapping_add(8))?,
    };
    let attributes = double(machine, parameters.wrapping_add(16))?;
    if !matches!(shape.channels, 2 | 8) || !matches!(shape.blocks, 2 | 4 | 8 | 16 | 32) {
        return Err(PARAMETER);
    }
    let level = if attributes & HAS_LEVEL != 0 {
        f32::from_bits(machine.memory.word(parameters.wrapping_add(24))?)
    } else {
        1.0
    };
    let ports = &machine.mixer.ports;
    let free = ports.iter().position(|port| port.status == Status::Closed);
    let number = free.ok_or(FULL)?;
    machine.memory.put(result, &(number as u32).to_be_bytes())?;
    machine.mixer.ports[number] = Port::open(shape, level, machine.mixer.played);
    machine.memory.put(index_address(number), &[0; 8])?;
    Ok(Answer::Return(0))
}

/// The port that a call is about.
fn number(machine: &Machine, caller: &Caller<'_>) -> Result<usize, Errno> {
    is_on(machine)?;
    let number = caller.arguments[0] as u32 as usize;
    (number < PORTS).then_some(number).ok_or(PARAMETER)
}

fn port<'a>(machine: &'a mut Machine, caller: &Caller<'_>) -> Result<&'a mut Port, Errno> {
    let number = number(machine, caller)?;
    Ok(&mut machine.mixer.ports[number])
}

/// A port that is open.
fn opened<'a>(machine: &'a mut Machine, caller: &Caller<'_>) -> Result<&'a mut Port, Errno> {
    let port = port(machine, caller)?;
    match port.status {
        Status::Closed => Err(NOT_OPEN),
        Status::Ready | Status::Plays => Ok(port),
    }
}

fn play(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let port = opened(machine, caller)?;
    if port.status == Status::Plays {
        return Err(PLAYS);
    }
    port.status = Status::Plays;
    Ok(Answer::Return(0))
}

fn pause(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let port = port(machine, caller)?;
    if port.status != Status::Plays {
        return Err(PLAYS_NOT);
    }
    port.status = Status::Ready;
    Ok(Answer::Return(0))
}

fn close(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let port = opened(machine, caller)?;
    *port = port.closed();
    Ok(Answer::Return(0))
}

/// `cellAudioGetPortConfig(port, *configuration)`: the address of the number of the block that
/// is played, the status, the numbers of channels and blocks, bytes and address of the blocks.
fn shape(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let number = number(machine, caller)?;
    let Port { status, shape, .. } = machine.mixer.ports[number];
    let address = caller.arguments[1];
    if address == 0 {
        return Err(PARAMETER);
    }
    // The areas are below 4 GB, and a port has at most 256 KB.
    let mut bytes = (index_address(number) as u32).to_be_bytes().to_vec();
    bytes.extend((status as u32).to_be_bytes());
    bytes.extend(shape.channels.to_be_bytes());
    bytes.extend(shape.blocks.to_be_bytes());
    bytes.extend(((shape.block_bytes() * shape.blocks) as u32).to_be_bytes());
    bytes.extend((blocks_address(number) as u32).to_be_bytes());
    machine.memory.put(address, &bytes)?;
    Ok(Answer::Return(0))
}

/// The number in f1.
fn float(machine: &Machine, caller: &Caller<'_>) -> f32 {
    let thread = machine.threads.all.get(&caller.thread);
    let bits = thread.map_or(0, |thread| thread.ppu.registers.fpr[1]);
    f64::from_bits(bits) as f32
}

/// `cellAudioSetPortLevel(port, level)`.
fn set_level(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let level = float(machine, caller);
    let port = opened(machine, caller)?;
    if level < 0.0 || !level.is_finite() {
        return Err(PARAMETER);
    }
    port.fade(level);
    Ok(Answer::Return(0))
}

/// `cellAudioGetPortBlockTag(port, block, *tag)`: the number that a block of the ring has among
/// all that are played.
fn tag(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, block, result, ..] = caller.arguments;
    let port = *opened(machine, caller)?;
    if block >= port.shape.blocks {
        return Err(PARAMETER);
    }
    let tag = (port.played + block).wrapping_sub(port.block);
    machine.memory.put(result, &tag.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// `cellAudioGetPortTimestamp(port, tag, *microseconds)`: when a block was played.
fn time(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [_, tag, result, ..] = caller.arguments;
    let port = *opened(machine, caller)?;
    let ago = port.played.checked_sub(tag).ok_or(NO_TAG)?;
    let since = machine.mixer.played - port.played + ago;
    let last = machine.mixer.last_block();
    let microseconds = u128::from(last) * 1_000_000 / u128::from(CYCLES_PER_SECOND);
    let before = u128::from(since) * u128::from(BLOCK_THIRDS) / 3;
    let stamp = microseconds.saturating_sub(before) as u64;
    machine.memory.put(result, &stamp.to_be_bytes())?;
    Ok(Answer::Return(0))
}

/// Adds a block of the program to the one that is played next, `channels` of each sample.
fn add(
    machine: &mut Machine,
    caller: &Caller<'_>,
    channels: impl Fn(&Port) -> u64,
) -> Result<Answer, Errno> {
    let [_, from, count, ..] = caller.arguments;
    let number = number(machine, caller)?;
    let port = machine.mixer.ports[number];
    if from == 0 || !from.is_multiple_of(4) || count as u32 as usize != SAMPLES {
        return Err(PARAMETER);
    }
    let volume = float(machine, caller);
    let volume = if volume.is_finite() {
        volume.clamp(-16.0, 16.0)
    } else {
        0.0
    };
    let (given, all) = (channels(&port), port.shape.channels);
    let to = blocks_address(number) + port.shape.block_bytes() * port.block;
    for sample in 0..SAMPLES as u64 {
        for channel in 0..given {
            let from = from.wrapping_add(4 * (sample * given + channel));
            let to = to + 4 * (sample * all + channel);
            let value = f32::from_bits(machine.memory.word(from)?) * volume;
            let sum = f32::from_bits(machine.memory.word(to)?) + value;
            machine.memory.put(to, &sum.to_be_bytes())?;
        }
    }
    Ok(Answer::Return(0))
}

/// `cellAudioAddData(port, *samples, count, volume)`: as many channels as the port has.
fn add_all(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    add(machine, caller, |port| port.shape.channels)
}

/// `cellAudioAdd2chData(port, *samples, count, volume)`: left and right.
fn add_stereo(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    add(machine, caller, |port| port.shape.channels.min(2))
}

/// `cellAudioCreateNotifyEventQueue(*queue, *key)`.
fn create_queue(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let [result, key, ..] = caller.arguments;
    let mut keys = FIRST_KEY..FIRST_KEY + MOST_QUEUES as u64;
    let free = keys.find(|key| machine.objects.with_key::<EventQueue>(*key).is_none());
    let free = free.ok_or(NO_QUEUE)?;
    machine.memory.put(key, &free.to_be_bytes())?;
    let queue = EventQueue::new(Protocol::Fifo, QueueKind::Ppu, QUEUE_SIZE);
    machine.make(result, Sharing::Key(free, Creation::New), queue)
}

/// `cellAudioSetNotifyEventQueue(key)`: an event for each block.
fn listen(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    is_on(machine)?;
    let key = caller.arguments[0];
    let there = machine.objects.with_key::<EventQueue>(key).is_some();
    // Those whose queue is gone do not count.
    let objects = &machine.objects;
    let mixer = &mut machine.mixer;
    let alive = |listener: &Listener| objects.with_key::<EventQueue>(listener.key).is_some();
    mixer.listeners.retain(alive);
    let listens = mixer.listeners.iter().any(|listener| listener.key == key);
    if !there || listens || mixer.listeners.len() == MOST_QUEUES {
        return Err(LISTENS);
    }
    let port = EVENT_PORTS + (mixer.heard << 8);
    mixer.heard += 1;
    mixer.listeners.push(Listener {
        key,
        source: PROCESS << 32 | port,
    });
    Ok(Answer::Return(0))
}

fn forget(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    is_on(machine)?;
    let key = caller.arguments[0];
    let listeners = &mut machine.mixer.listeners;
    let at = listeners.iter().position(|listener| listener.key == key);
    listeners.remove(at.ok_or(LISTENS)?);
    Ok(Answer::Return(0))
}
