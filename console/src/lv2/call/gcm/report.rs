//! Labels and reports: where they are, and what they hold.

use super::{FAILURE, LIBRARY, rsx, word};
use crate::lv2::call::{Answer, Caller, LibraryFunction, library_function};
use crate::lv2::errno::Errno;
use crate::lv2::graphics::{address_of, area};
use crate::lv2::machine::Machine;
use crate::rsx::memory::REPORTS;

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0xf801_96c1, "cellGcmGetLabelAddress", 1, label),
    library_function(LIBRARY, 0x99d3_97ac, "cellGcmGetReport", 2, value_of_kind),
    library_function(LIBRARY, 0x661f_e266, "_cellGcmFunc12", 0, first),
    library_function(
        LIBRARY,
        0x9a01_59af,
        "cellGcmGetReportDataAddress",
        1,
        local,
    ),
    library_function(
        LIBRARY,
        0x8572_bce2,
        "cellGcmGetReportDataAddressLocation",
        2,
        anywhere,
    ),
    library_function(
        LIBRARY,
        0xa6b1_80ac,
        "cellGcmGetReportDataLocation",
        2,
        value_anywhere,
    ),
    library_function(LIBRARY, 0x5a41_c10f, "cellGcmGetTimeStamp", 1, time),
    library_function(
        LIBRARY,
        0x2ad4_951b,
        "cellGcmGetTimeStampLocation",
        2,
        time_anywhere,
    ),
    library_function(
        LIBRARY,
        0x21ce_e035,
        "cellGcmGetNotifyDataAddress",
        1,
        notification,
    ),
];

/// Bytes of a label, and of a report.
const BYTES: u64 = 16;
/// Where the value is in a report; the time comes first.
const VALUE: u64 = 8;
/// `CELL_GCM_LOCATION_MAIN`.
const MAIN: u32 = 1;
/// Where reports and notifications in main memory begin.
const MAIN_REPORTS: u32 = 0x0e00_0000;
const MAIN_NOTIFICATIONS: u32 = 0x0f10_0000;
const NOTIFICATION_BYTES: u32 = 0x40;
/// Kinds of reports.
const KINDS: std::ops::RangeInclusive<u32> = 1..=5;

/// The address of a report.
fn place(machine: &mut Machine, index: u32, location: u32) -> Result<u64, Errno> {
    let io = &rsx(machine)?.layout.io;
    if location == MAIN {
        let offset = index
            .checked_mul(BYTES as u32)
            .and_then(|at| at.checked_add(MAIN_REPORTS));
        let address = offset.and_then(|offset| address_of(io, offset));
        return address.map(u64::from).ok_or(FAILURE);
    }
    if index >= REPORTS {
        return Err(FAILURE);
    }
    Ok(area::REPORTS_START + BYTES * u64::from(index))
}

fn value_at(machine: &Machine, address: u64) -> Result<Answer, Errno> {
    let value = machine.memory.word(address + VALUE)?;
    Ok(Answer::Return(value.into()))
}

fn time_at(machine: &Machine, address: u64) -> Result<Answer, Errno> {
    let [high, low] = [address, address + 4].map(|at| machine.memory.word(at));
    Ok(Answer::Return(u64::from(high?) << 32 | u64::from(low?)))
}

/// `cellGcmGetLabelAddress(index)`: of 256.
fn label(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    rsx(machine)?;
    let index = u64::from(word(caller, 0) as u8);
    Ok(Answer::Return(area::LABELS + BYTES * index))
}

/// `cellGcmGetReport(kind, index)`.
fn value_of_kind(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    if !KINDS.contains(&word(caller, 0)) {
        return Ok(Answer::Return(u64::MAX));
    }
    let address = place(machine, word(caller, 1), 0)?;
    value_at(machine, address)
}

/// `_cellGcmFunc12()`: the address of the first report.
fn first(machine: &mut Machine, _: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(place(machine, 0, 0)?))
}

/// `cellGcmGetReportDataAddress(index)`.
fn local(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    Ok(Answer::Return(place(machine, word(caller, 0), 0)?))
}

/// `cellGcmGetReportDataAddressLocation(index, location)`.
fn anywhere(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = place(machine, word(caller, 0), word(caller, 1))?;
    Ok(Answer::Return(address))
}

/// `cellGcmGetReportDataLocation(index, location)`.
fn value_anywhere(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = place(machine, word(caller, 0), word(caller, 1))?;
    value_at(machine, address)
}

/// `cellGcmGetTimeStamp(index)`.
fn time(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = place(machine, word(caller, 0), 0)?;
    time_at(machine, address)
}

/// `cellGcmGetTimeStampLocation(index, location)`.
fn time_anywhere(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let address = place(machine, word(caller, 0), word(caller, 1))?;
    time_at(machine, address)
}

/// `cellGcmGetNotifyDataAddress(index)`: in main memory; 0 where nothing is mapped there.
fn notification(machine: &mut Machine, caller: &mut Caller<'_>) -> Result<Answer, Errno> {
    let io = &rsx(machine)?.layout.io;
    let offset = word(caller, 0)
        .checked_mul(NOTIFICATION_BYTES)
        .and_then(|at| at.checked_add(MAIN_NOTIFICATIONS));
    let address = offset.and_then(|offset| address_of(io, offset));
    Ok(Answer::Return(address.unwrap_or(0).into()))
}
