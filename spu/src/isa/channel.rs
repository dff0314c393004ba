//! The channels of an SPU, by name.
//!
//! Source: "Cell Broadband Engine Architecture", version 1.02, section 9 (SPE channels)
//! and its table of channel assignments.

/// A channel of the SPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Channel(u8);

macro_rules! channels {
    ($($name:ident = $number:literal, $label:literal, $summary:literal;)*) => {
        impl Channel {
            $(#[doc = $summary] pub const $name: Self = Self($number);)*

            /// The name that the documents give the channel, where it has one.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($label),)*
                    _ => None,
                }
            }
        }
    };
}

channels! {
    RD_EVENT_STAT = 0, "SPU_RdEventStat", "Events that happened and are in the mask; read waits.";
    WR_EVENT_MASK = 1, "SPU_WrEventMask", "Which events `RD_EVENT_STAT` shows.";
    WR_EVENT_ACK = 2, "SPU_WrEventAck", "Takes back events.";
    RD_SIG_NOTIFY_1 = 3, "SPU_RdSigNotify1", "Signal register 1; read waits and clears.";
    RD_SIG_NOTIFY_2 = 4, "SPU_RdSigNotify2", "Signal register 2; read waits and clears.";
    WR_DEC = 7, "SPU_WrDec", "Sets the decrementer.";
    RD_DEC = 8, "SPU_RdDec", "The decrementer.";
    WR_MS_SYNC_REQ = 9, "MFC_WrMSSyncReq", "Multisource synchronisation request.";
    RD_EVENT_MASK = 11, "SPU_RdEventMask", "The event mask.";
    RD_TAG_MASK = 12, "MFC_RdTagMask", "The tag mask.";
    RD_MACH_STAT = 13, "SPU_RdMachStat", "Whether interrupts are enabled.";
    WR_SRR0 = 14, "SPU_WrSRR0", "Return address of the interrupt handler.";
    RD_SRR0 = 15, "SPU_RdSRR0", "Return address of the interrupt handler.";
    LSA = 16, "MFC_LSA", "Address in local store of the next DMA command.";
    EAH = 17, "MFC_EAH", "Upper word of the effective address.";
    EAL = 18, "MFC_EAL", "Lower word of the effective address, or a list's address in local store.";
    SIZE = 19, "MFC_Size", "Bytes to transfer, or bytes of the list.";
    TAG_ID = 20, "MFC_TagID", "Tag of the command, 0 to 31.";
    CMD = 21, "MFC_Cmd", "Opcode of the command: enqueues it.";
    WR_TAG_MASK = 22, "MFC_WrTagMask", "The tag groups that a tag status speaks of.";
    WR_TAG_UPDATE = 23, "MFC_WrTagUpdate", "Asks for a tag status: 0 at once, 1 any done, 2 all done.";
    RD_TAG_STAT = 24, "MFC_RdTagStat", "The tag status asked for; read waits.";
    RD_LIST_STALL_STAT = 25, "MFC_RdListStallStat", "Tags whose list stalled; read waits.";
    WR_LIST_STALL_ACK = 26, "MFC_WrListStallAck", "Lets a stalled list go on.";
    RD_ATOMIC_STAT = 27, "MFC_RdAtomicStat", "Status of the last atomic command; read waits.";
    WR_OUT_MBOX = 28, "SPU_WrOutMbox", "Outbound mailbox, one word; write waits.";
    RD_IN_MBOX = 29, "SPU_RdInMbox", "Inbound mailbox, four words; read waits.";
    WR_OUT_INTR_MBOX = 30, "SPU_WrOutIntrMbox", "Outbound interrupt mailbox, one word; write waits.";
}

impl Channel {
    /// The channel of that number, 0 to 127.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < 128 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number of the channel, 0 to 127.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}
