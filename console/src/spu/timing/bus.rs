//! Transfers: memory flow controllers, the bus and memory, line by line.
//!
//! Every command is carried out in requests of one line of 128 bytes (or the part of a
//! line that it touches). A memory flow controller has 16 requests under way at a time and
//! makes them for its commands in turn: one for a command that gets, one for a command that
//! puts, each time for the oldest one ("DMAC issue mechanism via streaming ID method",
//! patent EP 1 704 487, by the makers of the MFC). The bus passes a request in each of its
//! cycles; ports move 16 bytes in each; memory serves requests in the order in which they
//! come, whoever made them, so that all SPEs have the same share when all want more than
//! there is.
//!
//! Requests are made in the order of time. When one is made it is known when it will be
//! complete; so who asks for requests up to a cycle must have handed in all commands whose
//! requests can be earlier.
//!
//! Left out: that the four rings of the bus cannot carry any pattern of transfers at once,
//! the banks of the memory, and address translation that misses.

use std::collections::VecDeque;

use super::table::{
    BUS_CYCLE, COHERENCE, COMMAND_INTERVAL, LINE, LIST_ELEMENT, MEMORY_FRACTION, MEMORY_LATENCY,
    MEMORY_LINE, MEMORY_MIX, MEMORY_TURN, OUTSTANDING, PORT_BYTES, STORE_TRANSFER,
};

/// Where the far end of a transfer is, and which way the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// From memory.
    FromMemory,
    /// To memory.
    ToMemory,
    /// From an SPU's local store.
    FromStore(usize),
    /// To an SPU's local store or signal register.
    ToStore(usize),
}

/// Bytes that follow one another at effective addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) route: Route,
    pub(crate) address: u64,
    pub(crate) size: u32,
}

/// Which commands a command takes turns with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    Get,
    Put,
    /// Carried out at once, beside the queue.
    Atomic,
}

/// A command that has been handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticket(u64);

/// A command that is complete at a known cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    pub(crate) spu: usize,
    pub(crate) ticket: Ticket,
    pub(crate) done: u64,
}

/// A command and what is left of it.
#[derive(Clone, Debug)]
struct Job {
    ticket: Ticket,
    /// The first cycle for its next request.
    start: u64,
    pieces: VecDeque<Piece>,
    begun: bool,
    done: u64,
}

/// No request.
const NEVER: u64 = u64::MAX;

/// The part of a memory flow controller that makes requests.
#[derive(Clone, Debug)]
struct Engine {
    lanes: [VecDeque<Job>; 3],
    /// When the requests under way are complete, in order.
    under_way: VecDeque<u64>,
    /// The first cycle in which another command can begin.
    front: u64,
    /// The lane of the last request.
    last: usize,
    /// The cycle of the next request, and its lane and the job's place in it.
    next: (u64, usize, usize),
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            lanes: Default::default(),
            under_way: VecDeque::from([0; OUTSTANDING]),
            front: 0,
            last: Lane::Put as usize,
            next: (NEVER, 0, 0),
        }
    }
}

impl Engine {
    /// The earliest cycle in which a lane could have a request, and of which job: the
    /// first one of those that could at that cycle.
    fn candidate(&self, lane: usize, free: u64) -> (u64, usize) {
        let mut best = (NEVER, 0);
        for (place, job) in self.lanes[lane].iter().enumerate() {
            let begins = if job.begun { 0 } else { self.front };
            let at = job.start.max(begins).max(free);
            if at < best.0 {
                best = (at, place);
            }
            if at == free {
                break;
            }
        }
        best
    }

    /// Works out the next request.
    fn plan(&mut self) {
        let free = self.under_way.front().copied().unwrap_or(0);
        let other = 1 - self.last;
        let mut next = (NEVER, 0, 0);
        // In the order of preference among those of one cycle.
        for (lane, free) in [(Lane::Atomic as usize, 0), (other, free), (self.last, free)] {
            let (at, place) = self.candidate(lane, free);
            if at < next.0 {
                next = (at, lane, place);
            }
        }
        self.next = next;
    }
}

/// Memory and its controller.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// When it is free, in fractions of cycles.
    free: u64,
    /// Requests served.
    served: u64,
    /// Of these, the number of the last one that read, and that wrote.
    last: [Option<u64>; 2],
}

impl Memory {
    /// Serves a line that comes at a cycle: the cycle when it is through.
    fn serve(&mut self, arrival: u64, write: bool) -> u64 {
        let mut cost = MEMORY_LINE;
        let other = self.last[usize::from(!write)];
        if other.is_some_and(|other| self.served - other <= MEMORY_MIX) {
            cost += MEMORY_TURN;
        }
        self.last[usize::from(write)] = Some(self.served);
        self.served += 1;
        self.free = self.free.max(arrival * MEMORY_FRACTION) + cost;
        self.free.div_ceil(MEMORY_FRACTION)
    }
}

/// The ports of an SPE on the bus: when they are free.
#[derive(Clone, Copy, Debug, Default)]
struct Port {
    inward: u64,
    outward: u64,
}

/// Bus, memory, and the request engines of all memory flow controllers.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    engines: Vec<Engine>,
    fabric: Fabric,
    tickets: u64,
}

/// What requests go through.
#[derive(Clone, Debug)]
struct Fabric {
    ports: Vec<Port>,
    memory: Memory,
    /// When the bus passes the next request.
    free: u64,
    /// When lines came to local stores or left them: of which SPU.
    moved: Vec<(usize, u64)>,
}

impl Bus {
    /// The bus of so many SPEs.
    pub(crate) fn new(spus: usize) -> Self {
        Self {
            engines: vec![Engine::default(); spus],
            fabric: Fabric {
                ports: vec![Port::default(); spus],
                memory: Memory::default(),
                free: 0,
                moved: Vec::new(),
            },
            tickets: 0,
        }
    }

    /// Hands in a command with at least one byte to move, whose first request can be made
    /// at a cycle.
    pub(crate) fn submit(
        &mut self,
        spu: usize,
        lane: Lane,
        start: u64,
        pieces: VecDeque<Piece>,
    ) -> Ticket {
        debug_assert!(pieces.iter().all(|piece| piece.size != 0) && !pieces.is_empty());
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let engine = &mut self.engines[spu];
        engine.lanes[lane as usize].push_back(Job {
            ticket,
            start,
            pieces,
            begun: false,
            done: start,
        });
        engine.plan();
        ticket
    }

    /// The cycles in which DMA had the port of a local store, since this was asked last: of
    /// which SPU.
    pub(crate) fn take_moved(&mut self) -> impl Iterator<Item = (usize, u64)> {
        self.fabric.moved.drain(..)
    }

    /// Forgets the commands of an SPU.
    pub(crate) fn cancel(&mut self, spu: usize) {
        let engine = &mut self.engines[spu];
        engine.lanes = Default::default();
        engine.plan();
    }

    /// The cycle of the next request.
    pub(crate) fn next(&self) -> Option<u64> {
        let next = self.engines.iter().map(|engine| engine.next.0).min();
        next.filter(|&cycle| cycle != NEVER)
    }

    /// Makes requests before a cycle, until a command's last one has been made.
    pub(crate) fn advance(&mut self, limit: u64) -> Option<Completion> {
        loop {
            let engines = self.engines.iter().enumerate();
            let (spu, engine) = engines.min_by_key(|(_, engine)| engine.next.0)?;
            let (at, lane, place) = engine.next;
            if at >= limit {
                return None;
            }
            if let Some(completion) = self.request(spu, at, lane, place) {
                return Some(completion);
            }
        }
    }

    /// Makes a request.
    fn request(&mut self, spu: usize, at: u64, lane: usize, place: usize) -> Option<Completion> {
        let engine = &mut self.engines[spu];
        let job = &mut engine.lanes[lane][place];
        let piece = job.pieces.front_mut()?;
        let room = LINE - (piece.address % u64::from(LINE)) as u32;
        let size = piece.size.min(room);
        let route = piece.route;
        piece.address += u64::from(size);
        piece.size -= size;
        job.start = at + 1;
        if piece.size == 0 {
            job.pieces.pop_front();
            job.start = at + LIST_ELEMENT;
        }
        if !job.begun {
            job.begun = true;
            engine.front = at + COMMAND_INTERVAL;
        }
        let done = self.fabric.transfer(spu, route, size, at);
        job.done = job.done.max(done);
        let completion = job.pieces.is_empty().then_some(Completion {
            spu,
            ticket: job.ticket,
            done: job.done,
        });
        if completion.is_some() {
            engine.lanes[lane].remove(place);
        }
        if lane != Lane::Atomic as usize {
            engine.last = lane;
            // Most are complete in the order in which they were made.
            engine.under_way.pop_front();
            let mut place = engine.under_way.len();
            while place > 0 && engine.under_way[place - 1] > done {
                place -= 1;
            }
            engine.under_way.insert(place, done);
        }
        engine.plan();
        completion
    }
}

impl Fabric {
    /// Moves part of a line for a request made at a cycle: when it is complete.
    fn transfer(&mut self, spu: usize, route: Route, size: u32, at: u64) -> u64 {
        let passed = at.max(self.free);
        self.free = passed + BUS_CYCLE;
        let granted = passed + COHERENCE;
        let beats = u64::from(size.div_ceil(PORT_BYTES)) * BUS_CYCLE;
        // The full line's share of the latencies.
        let line = u64::from(LINE.div_ceil(PORT_BYTES)) * BUS_CYCLE;
        match route {
            Route::FromMemory => {
                let through = self.memory.serve(granted, false);
                let idle = granted + MEMORY_LINE.div_ceil(MEMORY_FRACTION);
                let arrives = through + (passed + MEMORY_LATENCY - line).saturating_sub(idle);
                let port = &mut self.ports[spu].inward;
                *port = (*port).max(arrives) + beats;
                self.moved.push((spu, *port));
                *port
            }
            Route::ToMemory => {
                let port = &mut self.ports[spu].outward;
                let begins = (*port).max(granted);
                *port = begins + beats;
                self.moved.push((spu, begins));
                let sent = *port;
                let through = self.memory.serve(granted, true);
                (passed + MEMORY_LATENCY).max(sent).max(through)
            }
            Route::FromStore(other) | Route::ToStore(other) => {
                let (source, target) = match route {
                    Route::FromStore(_) => (other, spu),
                    _ => (spu, other),
                };
                let [outward, inward] = [self.ports[source].outward, self.ports[target].inward];
                let start = granted.max(outward).max(inward);
                let done = start + STORE_TRANSFER;
                self.ports[source].outward = start + beats;
                self.ports[target].inward = start + beats;
                self.moved.extend([(source, start), (target, done)]);
                done
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spu::timing::table::{COMMAND_LATENCY, CYCLES_PER_SECOND};

    const BLOCK: u32 = 16384;

    fn gigabytes_a_second(bytes: u64, cycles: u64) -> f64 {
        bytes as f64 / cycles as f64 * CYCLES_PER_SECOND as f64 / 1e9
    }

    fn piece(route: Route, address: u64, size: u32) -> VecDeque<Piece> {
        VecDeque::from([Piece {
            route,
            address,
            size,
        }])
    }

    fn lane(route: Route) -> Lane {
        match route {
            Route::FromMemory | Route::FromStore(_) => Lane::Get,
            Route::ToMemory | Route::ToStore(_) => Lane::Put,
        }
    }

    /// Hands in commands of `size` bytes each, all at once, and runs them all: when each
    /// SPE has its last one.
    fn run(bus: &mut Bus, commands: &[(usize, Route)], size: u32, count: usize) -> Vec<u64> {
        for at in 0..count {
            for &(spu, route) in commands {
                let address = (at as u32 * size).into();
                bus.submit(spu, lane(route), 0, piece(route, address, size));
            }
        }
        let mut last = vec![0; bus.engines.len()];
        while let Some(completion) = bus.advance(NEVER) {
            let last = &mut last[completion.spu];
            *last = (*last).max(completion.done);
        }
        last
    }

    /// The bandwidth of all commands together, from the first byte to the last one.
    fn bandwidth(commands: &[(usize, Route)], size: u32, count: usize) -> f64 {
        let mut bus = Bus::new(6);
        let last = run(&mut bus, commands, size, count);
        let bytes = u64::from(size) * (count * commands.len()) as u64;
        let cycles = last.into_iter().fold(0, u64::max);
        gigabytes_a_second(bytes, cycles)
    }

    #[test]
    fn one_spe_gets_ten_gigabytes_a_second_from_memory() {
        let found = bandwidth(&[(0, Route::FromMemory)], BLOCK, 64);
        assert!((10.0..10.3).contains(&found), "{found}");
        let found = bandwidth(&[(0, Route::ToMemory)], BLOCK, 64);
        assert!((10.0..10.3).contains(&found), "{found}");
    }

    #[test]
    fn six_spes_get_what_memory_gives_and_share_it() {
        let commands: Vec<_> = (0..6).map(|spu| (spu, Route::FromMemory)).collect();
        let mut bus = Bus::new(6);
        let last = run(&mut bus, &commands, BLOCK, 16);
        let slowest = last.iter().copied().fold(0, u64::max);
        let found = gigabytes_a_second(6 * 16 * u64::from(BLOCK), slowest);
        assert!((24.3..24.6).contains(&found), "{found}");
        // They end within a hundredth of one another.
        let fastest = last.iter().copied().fold(slowest, u64::min);
        assert!((slowest - fastest) * 100 < slowest, "{last:?}");
        let three = bandwidth(&commands[..3], BLOCK, 16);
        assert!((24.0..24.6).contains(&three), "{three}");
        let two = bandwidth(&commands[..2], BLOCK, 16);
        assert!((20.0..20.6).contains(&two), "{two}");
    }

    #[test]
    fn reads_and_writes_together_leave_21_gigabytes_a_second() {
        let commands: Vec<_> = (0..6)
            .flat_map(|spu| [(spu, Route::FromMemory), (spu, Route::ToMemory)])
            .collect();
        let found = bandwidth(&commands, BLOCK, 8);
        assert!((20.7..21.0).contains(&found), "{found}");
    }

    #[test]
    fn spe_to_spe_is_near_the_peak_from_1_kb_on() {
        for route in [Route::FromStore(1), Route::ToStore(1)] {
            let rate = |size| bandwidth(&[(0, route)], size, (1 << 20) / size as usize);
            let rates = [128, 256, 512, 1024, 2048, 16384].map(rate);
            assert!(rates.is_sorted(), "{rates:?}");
            assert!((4.0..4.4).contains(&rates[0]), "{rates:?}");
            assert!((16.5..17.5).contains(&rates[2]), "{rates:?}");
            assert!(
                rates[3..].iter().all(|rate| (25.0..25.6).contains(rate)),
                "{rates:?}"
            );
        }
        // Three pairs do not see one another, two SPEs at one port do.
        let pairs: Vec<_> = (0..3).map(|at| (at, Route::FromStore(at + 3))).collect();
        let found = bandwidth(&pairs, BLOCK, 64);
        assert!((75.0..76.8).contains(&found), "{found}");
        let both = bandwidth(
            &[(0, Route::FromStore(2)), (1, Route::FromStore(2))],
            BLOCK,
            64,
        );
        assert!((25.0..25.6).contains(&both), "{both}");
    }

    #[test]
    fn a_line_alone_takes_the_sum_of_its_latencies() {
        let alone = |route| run(&mut Bus::new(2), &[(0, route)], 128, 1)[0];
        assert_eq!(alone(Route::FromMemory), MEMORY_LATENCY);
        assert_eq!(alone(Route::ToMemory), MEMORY_LATENCY);
        assert_eq!(alone(Route::FromStore(1)), COHERENCE + STORE_TRANSFER);
        // Kistler: 290 cycles with a list element's.
        assert_eq!(
            COMMAND_LATENCY + LIST_ELEMENT + alone(Route::ToStore(1)),
            290
        );
    }

    #[test]
    fn pieces_are_cut_at_lines() {
        // 16 bytes before and after a boundary are two requests, 32 bytes within a line one.
        let mut bus = Bus::new(1);
        for address in [112, 256] {
            bus.submit(0, Lane::Get, 0, piece(Route::FromMemory, address, 32));
            bus.advance(NEVER);
        }
        assert_eq!(bus.fabric.memory.served, 3);
        // Elements of a list follow one another.
        let element = |address| Piece {
            route: Route::FromStore(0),
            address,
            size: 16,
        };
        let mut bus = Bus::new(1);
        bus.submit(0, Lane::Get, 1000, [0, 4096, 8192].map(element).into());
        let done = bus.advance(NEVER).map(|completion| completion.done);
        let alone = 1000 + COHERENCE + STORE_TRANSFER;
        assert_eq!(done, Some(alone + 2 * LIST_ELEMENT));
    }

    #[test]
    fn commands_that_put_take_turns_with_those_that_get() {
        let mut bus = Bus::new(2);
        for at in 0..4 {
            let address = at * u64::from(BLOCK);
            bus.submit(0, Lane::Get, 0, piece(Route::FromMemory, address, BLOCK));
        }
        assert_eq!(bus.advance(3000), None);
        let signal = bus.submit(0, Lane::Put, 3000, piece(Route::ToStore(1), 12, 4));
        let first = bus.advance(NEVER).expect("there is more");
        assert_eq!(first.ticket, signal);
        assert!(first.done < 3000 + MEMORY_LATENCY, "{first:?}");
        // A command that gets waits for those before it.
        let get = bus.submit(0, Lane::Get, 3000, piece(Route::FromStore(1), 0, 128));
        let mut order = Vec::new();
        while let Some(completion) = bus.advance(NEVER) {
            order.push(completion.ticket);
        }
        assert_eq!(order.last(), Some(&get));
    }

    #[test]
    fn atomic_commands_pass_the_queue() {
        let mut bus = Bus::new(1);
        for at in 0..4 {
            let address = at * u64::from(BLOCK);
            bus.submit(0, Lane::Get, 0, piece(Route::FromMemory, address, BLOCK));
        }
        assert_eq!(bus.advance(3000), None);
        let atomic = bus.submit(0, Lane::Atomic, 3000, piece(Route::FromMemory, 0, 128));
        let first = bus.advance(NEVER).expect("there is more");
        assert_eq!(first.ticket, atomic);
        assert!(first.done < 3000 + MEMORY_LATENCY + 200, "{first:?}");
    }

    #[test]
    fn nothing_is_requested_before_its_time_or_after_it_is_cancelled() {
        let mut bus = Bus::new(2);
        bus.submit(1, Lane::Get, 500, piece(Route::FromMemory, 0, 256));
        assert_eq!(bus.next(), Some(500));
        assert_eq!(bus.advance(500), None);
        assert_eq!(bus.advance(501), None);
        assert_eq!(bus.next(), Some(501));
        bus.cancel(1);
        assert_eq!(bus.next(), None);
        assert_eq!(bus.advance(NEVER), None);
    }
}
