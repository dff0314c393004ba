//! MFC commands and the rules for their parameters.

use super::Parameters;
use crate::spu::fault::{FaultKind, Refusal};
use crate::spu::local_store::LOCAL_STORE_SIZE;
use crate::spu::timing::Ticket;

/// The most bytes of a transfer, and of a list.
pub(crate) const MAX_SIZE: u32 = 0x4000;
/// Bytes of a line of main storage: the unit of atomic commands.
pub(crate) const LINE: u32 = 128;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Put,
    Get,
    PutList,
    GetList,
    /// Writes a word to a signal register.
    Signal,
    /// Gets a line and reserves it.
    GetReserve,
    /// Puts a line if its reservation still holds.
    PutConditional,
    /// Puts a line, at once.
    PutUnconditional,
    /// Puts a line, in the queue.
    PutQueued,
    /// Waits for all commands ahead of it.
    Barrier,
    /// Orders the commands of its tag: `mfceieio`, `mfcsync`.
    Synchronise,
    /// Hints for a cache that the SPU cannot see.
    Touch,
    /// Zeroes lines.
    Zero,
}

impl Kind {
    /// Whether the command is executed at once and has a status instead of a tag.
    pub(crate) fn is_atomic(self) -> bool {
        matches!(
            self,
            Self::GetReserve | Self::PutConditional | Self::PutUnconditional
        )
    }
}

/// What a command waits for, among those of its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Nothing.
    Free,
    /// Those ahead of it.
    Fence,
    /// Those ahead of it, and those behind wait for it.
    Barrier,
}

/// Opcodes with names, from the architecture's table of MFC commands.
const OPCODES: &[(u32, &str, Kind, Order)] = &[
    (0x20, "put", Kind::Put, Order::Free),
    (0x21, "putb", Kind::Put, Order::Barrier),
    (0x22, "putf", Kind::Put, Order::Fence),
    (0x24, "putl", Kind::PutList, Order::Free),
    (0x25, "putlb", Kind::PutList, Order::Barrier),
    (0x26, "putlf", Kind::PutList, Order::Fence),
    (0x30, "putr", Kind::Put, Order::Free),
    (0x31, "putrb", Kind::Put, Order::Barrier),
    (0x32, "putrf", Kind::Put, Order::Fence),
    (0x34, "putrl", Kind::PutList, Order::Free),
    (0x35, "putrlb", Kind::PutList, Order::Barrier),
    (0x36, "putrlf", Kind::PutList, Order::Fence),
    (0x40, "get", Kind::Get, Order::Free),
    (0x41, "getb", Kind::Get, Order::Barrier),
    (0x42, "getf", Kind::Get, Order::Fence),
    (0x44, "getl", Kind::GetList, Order::Free),
    (0x45, "getlb", Kind::GetList, Order::Barrier),
    (0x46, "getlf", Kind::GetList, Order::Fence),
    (0x80, "sdcrt", Kind::Touch, Order::Free),
    (0x81, "sdcrtst", Kind::Touch, Order::Free),
    (0x89, "sdcrz", Kind::Zero, Order::Free),
    (0x8d, "sdcrst", Kind::Touch, Order::Free),
    (0x8f, "sdcrf", Kind::Touch, Order::Free),
    (0xa0, "sndsig", Kind::Signal, Order::Free),
    (0xa1, "sndsigb", Kind::Signal, Order::Barrier),
    (0xa2, "sndsigf", Kind::Signal, Order::Fence),
    (0xb0, "putlluc", Kind::PutUnconditional, Order::Free),
    (0xb4, "putllc", Kind::PutConditional, Order::Free),
    (0xb8, "putqlluc", Kind::PutQueued, Order::Fence),
    (0xc0, "barrier", Kind::Barrier, Order::Barrier),
    (0xc8, "mfceieio", Kind::Synchronise, Order::Barrier),
    (0xcc, "mfcsync", Kind::Synchronise, Order::Barrier),
    (0xd0, "getllar", Kind::GetReserve, Order::Free),
];

/// A command in the queue.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) kind: Kind,
    pub(crate) order: Order,
    pub(crate) opcode: u32,
    pub(crate) name: &'static str,
    /// Address in local store.
    pub(crate) lsa: u32,
    /// Effective address; of a list, the upper half of its elements' addresses and the
    /// list's address in local store.
    pub(crate) ea: u64,
    pub(crate) size: u32,
    pub(crate) tag: u32,
    /// The cycle at which it was written, or its stall acknowledged.
    pub(crate) issued: u64,
    /// The instruction that wrote it.
    pub(crate) pc: u32,
    /// A list: bytes of it that are done.
    pub(crate) list_done: u32,
    /// A list: bytes of local store that are done.
    pub(crate) store_done: u32,
    /// A list: it waits for an acknowledgement.
    pub(crate) stalled: bool,
    /// Where it has been begun: what the bus knows it by.
    pub(crate) ticket: Option<Ticket>,
    /// What is left to do when it is complete.
    pub(crate) effects: Vec<Effect>,
}

/// What a command does when it is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// A value comes to a signal register, 0 or 1, of an SPU.
    Signal {
        spu: usize,
        register: usize,
        value: u32,
    },
    /// The status of an atomic command is there.
    AtomicStatus(u32),
    /// A list waits for an acknowledgement.
    Stall,
}

impl Command {
    /// The command that a value of the command channel starts.
    ///
    /// # Errors
    /// What is wrong with the opcode or the parameters.
    pub(crate) fn new(
        value: u32,
        parameters: &Parameters,
        issued: u64,
        pc: u32,
    ) -> Result<Self, Refusal> {
        let opcode = value & 0xffff;
        let Some(&(_, name, kind, order)) = OPCODES.iter().find(|entry| entry.0 == opcode) else {
            return Err(FaultKind::DmaCommand.because(format!("{opcode:#x} is no MFC command")));
        };
        let mut command = Self {
            kind,
            order,
            opcode,
            name,
            lsa: parameters.lsa,
            ea: u64::from(parameters.eah) << 32 | u64::from(parameters.eal),
            size: parameters.size,
            tag: parameters.tag,
            issued,
            pc,
            list_done: 0,
            store_done: 0,
            stalled: false,
            ticket: None,
            effects: Vec::new(),
        };
        let within = |refusal: Refusal| refusal.within(format!("command {name} ({opcode:#x})"));
        if command.tag > 31 && !kind.is_atomic() {
            let reason = format!("{:#x} is no tag: 0 to 31", command.tag);
            return Err(within(FaultKind::DmaCommand.because(reason)));
        }
        command
            .check()
            .map_err(|reason| within(FaultKind::DmaAlignment.because(reason)))?;
        Ok(command)
    }

    fn check(&mut self) -> Result<(), String> {
        match self.kind {
            Kind::Put | Kind::Get => check_transfer(self.lsa, self.ea, self.size),
            Kind::Signal => {
                if self.size != 4 {
                    return Err(format!("a signal has 4 bytes, not {}", self.size));
                }
                check_transfer(self.lsa, self.ea, self.size)
            }
            Kind::PutList | Kind::GetList => {
                if !self.size.is_multiple_of(8) || self.size > MAX_SIZE {
                    return Err(format!(
                        "a list has a multiple of 8 bytes, at most {MAX_SIZE:#x}, not {:#x}",
                        self.size
                    ));
                }
                let list = self.ea as u32;
                if !list.is_multiple_of(8) {
                    return Err(format!("the list at {list:#x} is not aligned to 8 bytes"));
                }
                check_store(list, self.size)?;
                // Elements follow one another at multiples of 16.
                self.lsa &= !15;
                Ok(())
            }
            Kind::GetReserve | Kind::PutConditional | Kind::PutUnconditional | Kind::PutQueued => {
                if !self.lsa.is_multiple_of(LINE) || !self.ea.is_multiple_of(u64::from(LINE)) {
                    return Err(format!(
                        "local store {:#x} and effective address {:#x} of a line must be \
                         multiples of 128",
                        self.lsa, self.ea
                    ));
                }
                check_store(self.lsa, LINE)
            }
            Kind::Zero | Kind::Touch if self.size > MAX_SIZE => {
                Err(format!("size {:#x} is above {MAX_SIZE:#x}", self.size))
            }
            Kind::Zero | Kind::Touch | Kind::Barrier | Kind::Synchronise => Ok(()),
        }
    }

    /// Whether the command may not be carried out before an earlier one.
    pub(crate) fn waits_for(&self, earlier: &Self) -> bool {
        if self.kind.is_atomic() || earlier.kind.is_atomic() {
            return false;
        }
        if self.kind == Kind::Barrier || earlier.kind == Kind::Barrier {
            return true;
        }
        self.tag == earlier.tag && (self.order != Order::Free || earlier.order == Order::Barrier)
    }
}

/// The rules for size and alignment of one transfer.
///
/// # Errors
/// Which rule is broken.
pub(crate) fn check_transfer(lsa: u32, ea: u64, size: u32) -> Result<(), String> {
    let unit = match size {
        0 => return Ok(()),
        1 | 2 | 4 | 8 => size,
        _ if size.is_multiple_of(16) && size <= MAX_SIZE => 16,
        _ => {
            return Err(format!(
                "size {size:#x} is not 0, 1, 2, 4, 8 or a multiple of 16 up to {MAX_SIZE:#x}"
            ));
        }
    };
    if lsa & 15 != ea as u32 & 15 {
        return Err(format!(
            "local store {lsa:#x} and effective address {ea:#x} differ in their low 4 bits"
        ));
    }
    if !lsa.is_multiple_of(unit) {
        return Err(format!(
            "local store {lsa:#x} and effective address {ea:#x} are not aligned to {unit} bytes"
        ));
    }
    check_store(lsa, size)
}

/// Whether bytes lie within local store. Transfers do not wrap around here: whatever the
/// hardware does beyond the end, a program that gets there has a fault.
fn check_store(address: u32, size: u32) -> Result<(), String> {
    if u64::from(address) + u64::from(size) > LOCAL_STORE_SIZE as u64 {
        return Err(format!(
            "{size:#x} bytes at {address:#x} go beyond the end of local store"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfer_rules() {
        let ea = 0x3000_0000;
        for size in [0, 1, 2, 4, 8, 16, 32, 0x4000] {
            assert_eq!(check_transfer(0x100, ea, size), Ok(()), "{size}");
        }
        for size in [3, 5, 12, 17, 0x4010, u32::MAX] {
            assert!(check_transfer(0x100, ea, size).is_err(), "{size}");
        }
        assert!(check_transfer(0x10c, ea + 0xc, 4).is_ok());
        assert!(check_transfer(0x108, ea + 0xc, 4).is_err()); // low bits differ
        assert!(check_transfer(0x102, ea + 2, 4).is_err()); // not natural
        assert!(check_transfer(0x108, ea + 8, 16).is_err());
        assert!(check_transfer(0x3_fff0, ea, 16).is_ok());
        assert!(check_transfer(0x3_fff0, ea, 32).is_err());
    }

    #[test]
    fn commands_are_checked_when_written() {
        let parameters = Parameters {
            lsa: 0x80,
            eah: 0,
            eal: 0x2080,
            size: 128,
            tag: 31,
        };
        for &(opcode, name, ..) in OPCODES {
            let size = if name.starts_with("sndsig") { 4 } else { 128 };
            let parameters = Parameters { size, ..parameters };
            let command = Command::new(opcode | 0x0102_0000, &parameters, 0, 0).unwrap();
            assert_eq!(command.name, name);
        }
        for opcode in [0, 0x28, 0x23, 0x47, 0xffff] {
            let error = Command::new(opcode, &parameters, 0, 0).unwrap_err();
            assert_eq!(error.kind, FaultKind::DmaCommand);
            assert!(error.reason.contains("no MFC command"), "{error:?}");
        }
        let bad = |change: fn(&mut Parameters), opcode| {
            let mut parameters = parameters;
            change(&mut parameters);
            Command::new(opcode, &parameters, 0, 0).unwrap_err().reason
        };
        assert!(bad(|p| p.tag = 32, 0x40).contains("tag"));
        assert!(bad(|p| p.lsa = 0x90, 0xd0).contains("128"));
        assert!(bad(|p| p.eal += 4, 0x44).contains("aligned to 8"));
        assert!(bad(|p| p.size = 12, 0x44).contains("multiple of 8"));
        assert!(bad(|p| p.size = 8, 0xa0).contains("4 bytes"));
        assert!(bad(|p| p.eal = 0x4_0000, 0x44).contains("end of local store"));
    }
}
