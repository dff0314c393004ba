//! The process's memory as main storage of the SPUs: their memory flow controllers use the
//! same page table, with the rights of a program.

use crate::ppu::{AccessCause, AccessFault, AccessKind, AddressSpace};
use crate::spu::{Storage, StorageFault};

impl Storage for AddressSpace {
    fn read(&self, address: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.check(address, into.len() as u64, AccessKind::Load)
            .and_then(|()| AddressSpace::read(self, address, into))
            .map_err(fault)
    }

    fn write(&mut self, address: u64, from: &[u8]) -> Result<(), StorageFault> {
        self.check(address, from.len() as u64, AccessKind::Store)
            .and_then(|()| self.write_by_watcher(address, from))
            .map_err(fault)
    }

    fn reserved(&mut self, lines: &[u64]) {
        self.watch(lines);
    }
}

fn fault(fault: AccessFault) -> StorageFault {
    match fault.cause {
        AccessCause::Protected => StorageFault::Protected,
        AccessCause::Unmapped | AccessCause::Misaligned => StorageFault::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ppu::{Access, GRANULE};

    #[test]
    fn rights_are_those_of_programs() {
        let mut memory = AddressSpace::new();
        memory.map(0x1_0000, GRANULE, Access::READ).unwrap();
        memory.map(0x2_0000, GRANULE, Access::READ_WRITE).unwrap();
        let storage: &mut dyn Storage = &mut memory;
        assert_eq!(storage.write(0x2_0000, &[1, 2]), Ok(()));
        let protected = storage.write(0x1_ffff, &[1, 2]);
        assert_eq!(protected, Err(StorageFault::Protected));
        let mut bytes = [0; 2];
        assert_eq!(storage.read(0x1_ffff, &mut bytes), Ok(()));
        assert_eq!(bytes, [0, 1]);
        let nothing = storage.read(0x2_ffff, &mut bytes);
        assert_eq!(nothing, Err(StorageFault::Nothing));
        assert_eq!(storage.write(u64::MAX, &[1, 2]), Err(StorageFault::Nothing));
    }
}
