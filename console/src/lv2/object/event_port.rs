//! Event ports: where a program sends events of its own.

/// What a port can be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lv2) enum PortKind {
    /// A queue by its number.
    Local,
    /// A queue by its key.
    Keyed,
}

/// An event port.
#[derive(Debug)]
pub(in crate::lv2) struct EventPort {
    pub kind: PortKind,
    /// The source of its events; 0 for one that is made from its number.
    pub name: u64,
    /// The queue's number, which may be gone.
    pub queue: Option<u32>,
}
