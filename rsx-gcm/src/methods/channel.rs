//! Methods of the channel itself (class NV406E), reached through any subchannel; here through subchannel 0.

use super::method::methods;

methods! {
    D3;
    /// Sets the reference word of the control area: "fetched up to here".
    SET_REFERENCE = 0x050;
    /// Memory object that the semaphores of this channel live in, see [`super::fields::dma::SEMAPHORE`].
    SET_CONTEXT_DMA_SEMAPHORE = 0x060;
    /// Byte offset of a label within the semaphore area: 16 × index.
    SEMAPHORE_OFFSET = 0x064;
    /// Stops the fetching of commands until the label has this value.
    SEMAPHORE_ACQUIRE = 0x068;
    /// Writes this value to the label as soon as it is fetched.
    SEMAPHORE_RELEASE = 0x06c;
}
