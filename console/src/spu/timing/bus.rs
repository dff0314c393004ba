//! Transfers: a latency and a rate, from three public figures of the Cell: a single SPE has
//! at most 16 lines of 128 bytes under way to memory with a latency near 200 ns, the memory
//! gives 25.6 GB/s to all together, and an SPE's bus port 25.6 GB/s each way.

/// Cycles until a command has an effect elsewhere: 200 ns.
pub(crate) const LATENCY: u64 = 640;
/// Cycles in which an SPE's bus port moves 128 bytes: 8 bytes a cycle.
const PORT_CYCLES_PER_LINE: u64 = 16;
/// Cycles in which one SPE gets 128 bytes from memory: 16 lines in a latency.
const SINGLE_CYCLES_PER_LINE: u64 = LATENCY / 16;
/// Cycles in which memory gives 128 bytes.
const MEMORY_CYCLES_PER_LINE: u64 = 16;

/// The memory's share of the time model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct MemoryBus {
    free_at: u64,
}

/// An SPE's share of the time model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Port {
    free_at: u64,
}

impl Port {
    /// When a transfer of `size` bytes, issued at a cycle, is done.
    pub(crate) fn transfer(
        &mut self,
        issued: u64,
        size: u64,
        memory: Option<&mut MemoryBus>,
    ) -> u64 {
        let lines = size.div_ceil(128);
        let start = issued.max(self.free_at);
        match memory {
            Some(memory) => {
                self.free_at = start + lines * SINGLE_CYCLES_PER_LINE;
                memory.free_at = start.max(memory.free_at) + lines * MEMORY_CYCLES_PER_LINE;
                self.free_at = self.free_at.max(memory.free_at);
            }
            None => self.free_at = start + lines * PORT_CYCLES_PER_LINE,
        }
        self.free_at + LATENCY
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CYCLES_PER_SECOND, nanoseconds};
    use super::*;

    #[test]
    fn rates_are_those_of_the_public_figures() {
        // One SPE alone: 128 bytes in 40 cycles.
        let (mut port, mut memory) = (Port::default(), MemoryBus::default());
        assert_eq!(
            port.transfer(0, 16384, Some(&mut memory)),
            128 * 40 + LATENCY
        );
        // Six of them: the memory's rate, 128 bytes in 16 cycles.
        let mut ports = [Port::default(); 6];
        let mut memory = MemoryBus::default();
        let mut last = 0;
        for _ in 0..100 {
            for port in &mut ports {
                last = port.transfer(0, 16384, Some(&mut memory));
            }
        }
        assert_eq!(last, 600 * 128 * 16 + LATENCY);
        assert_eq!(nanoseconds(CYCLES_PER_SECOND * 1000), 1_000_000_000_000);
    }
}
