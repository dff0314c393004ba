//! What the registers say about depth and stencil.

use rsx_gcm::methods::fields::{
    ClearMask, ShaderControl, SurfaceDepth, SurfaceFormat, ZMinMaxControl,
};

use super::{place, surface};
use crate::rsx::compare::Comparison;
use crate::rsx::depth::{Clear, DepthTest, Format, Operation, Stencil, Target, Tests};
use crate::rsx::memory::Memory;
use crate::rsx::registers::{Registers, at};
use crate::rsx::report::Problem;
use crate::rsx::samples::Pass;
use crate::rsx::shade::{DepthShading, PolygonOffset};

/// The registers of the stencil test of one kind of faces.
struct StencilRegisters {
    mask: u16,
    comparison: u16,
    reference: u16,
    compared: u16,
    fail: u16,
    depth_fail: u16,
    pass: u16,
}

const FRONT: StencilRegisters = StencilRegisters {
    mask: at::SET_STENCIL_MASK,
    comparison: at::SET_STENCIL_FUNC,
    reference: at::SET_STENCIL_FUNC_REF,
    compared: at::SET_STENCIL_FUNC_MASK,
    fail: at::SET_STENCIL_OP_FAIL,
    depth_fail: at::SET_STENCIL_OP_ZFAIL,
    pass: at::SET_STENCIL_OP_ZPASS,
};

const BACK: StencilRegisters = StencilRegisters {
    mask: at::SET_BACK_STENCIL_MASK,
    comparison: at::SET_BACK_STENCIL_FUNC,
    reference: at::SET_BACK_STENCIL_FUNC_REF,
    compared: at::SET_BACK_STENCIL_FUNC_MASK,
    fail: at::SET_BACK_STENCIL_OP_FAIL,
    depth_fail: at::SET_BACK_STENCIL_OP_ZFAIL,
    pass: at::SET_BACK_STENCIL_OP_ZPASS,
};

/// The depth target.
///
/// # Errors
/// There is none that can be used.
pub fn depth_target(registers: &Registers, memory: &Memory) -> Result<Target, Problem> {
    /// In `SET_CONTROL0`: depth is floating point (RPCS3 `rsx_decode.h`).
    const FLOAT: u32 = 1 << 12;
    let float = registers.get(at::SET_CONTROL0) & FLOAT != 0;
    let format = SurfaceFormat(registers.get(at::SET_SURFACE_FORMAT));
    let format = match (format.depth()?, float) {
        (SurfaceDepth::Z16, false) => Format::Z16,
        (SurfaceDepth::Z24S8, false) => Format::Z24S8,
        (SurfaceDepth::Z24S8, true) => Format::Z24S8Float,
        (SurfaceDepth::Z16, true) => Format::Z16Float,
    };
    let surface = surface(
        registers,
        at::SET_CONTEXT_DMA_ZETA,
        at::SET_SURFACE_ZETA_OFFSET,
        at::SET_SURFACE_PITCH_Z,
        format.bytes(),
    )?;
    place(&surface, memory, "depth target")?;
    Ok(Target { surface, format })
}

/// What a clear of depth or stencil sets; the stencil's mask counts, that of depth does not.
#[must_use]
pub fn depth_clear(registers: &Registers, what: ClearMask, format: Format) -> Clear {
    let value = registers.get(at::SET_ZSTENCIL_CLEAR_VALUE);
    let mask = registers.get(at::SET_STENCIL_MASK) as u8;
    Clear {
        depth: what.depth().then(|| format.clear_bits(value)),
        stencil: (what.stencil() && format.has_stencil()).then_some((value as u8, mask)),
    }
}

fn comparison(registers: &Registers, register: u16) -> Result<Comparison, Problem> {
    Comparison::from_bits(registers.get(register)).ok_or(Problem::Invalid("no such comparison"))
}

fn stencil(registers: &Registers, of: &StencilRegisters) -> Result<Stencil, Problem> {
    let operation = |register| {
        Operation::from_bits(registers.get(register))
            .ok_or(Problem::Invalid("no such stencil operation"))
    };
    Ok(Stencil {
        comparison: comparison(registers, of.comparison)?,
        reference: registers.get(of.reference) as u8,
        compared: registers.get(of.compared) as u8,
        written: registers.get(of.mask) as u8,
        fail: operation(of.fail)?,
        depth_fail: operation(of.depth_fail)?,
        pass: operation(of.pass)?,
    })
}

/// The tests of fragments against the depth target, where any is on.
///
/// # Errors
/// Values that mean nothing, and a depth target that cannot be used.
pub fn depth(
    registers: &Registers,
    memory: &Memory,
    pass: &Pass,
) -> Result<Option<DepthShading>, Problem> {
    let is_on = |register| registers.get(register) != 0;
    let depth_test = is_on(at::SET_DEPTH_TEST_ENABLE);
    let stencil_test = is_on(at::SET_STENCIL_TEST_ENABLE);
    let bounds_test = is_on(at::SET_DEPTH_BOUNDS_TEST_ENABLE);
    if !depth_test && !stencil_test && !bounds_test {
        return Ok(None);
    }
    let target = depth_target(registers, memory)?;
    let format = target.format;
    let stencil = if stencil_test && format.has_stencil() {
        let front = stencil(registers, &FRONT)?;
        let back = if is_on(at::SET_TWO_SIDED_STENCIL_TEST_ENABLE) {
            self::stencil(registers, &BACK)?
        } else {
            front
        };
        Some([front, back])
    } else {
        None
    };
    let depth = if depth_test {
        Some(DepthTest {
            comparison: comparison(registers, at::SET_DEPTH_FUNC)?,
            write: is_on(at::SET_DEPTH_MASK),
        })
    } else {
        None
    };
    let bounds = bounds_test.then(|| {
        [at::SET_DEPTH_BOUNDS_MIN, at::SET_DEPTH_BOUNDS_MAX]
            .map(|register| format.bits(registers.float(register)))
    });
    let offset = if is_on(at::SET_POLY_OFFSET_FILL_ENABLE) {
        let resolution = format.resolution().ok_or(Problem::Unsupported(
            "polygon offsets with depth targets of floats",
        ))?;
        Some(PolygonOffset {
            slope: registers.float(at::SET_POLYGON_OFFSET_SCALE_FACTOR).into(),
            constant: f64::from(registers.float(at::SET_POLYGON_OFFSET_BIAS)) * resolution,
        })
    } else {
        None
    };
    let control = ZMinMaxControl(registers.get(at::SET_ZMIN_MAX_CONTROL));
    let range = control
        .clamp()
        .then(|| [at::SET_CLIP_MIN, at::SET_CLIP_MAX].map(|register| registers.float(register)));
    Ok(Some(DepthShading {
        place: place(&target.surface, memory, "depth target")?,
        addresses: target.surface.samples(pass),
        format,
        tests: Tests {
            bounds,
            stencil,
            depth,
        },
        offset,
        range,
    }))
}

/// The fragment program sets the depth.
///
/// # Errors
/// Only some of the bits that say so are set.
pub fn exports_depth(registers: &Registers) -> Result<bool, Problem> {
    match ShaderControl(registers.get(at::SET_SHADER_CONTROL)).depth_export() {
        0 => Ok(false),
        7 => Ok(true),
        _ => Err(Problem::Invalid(
            "depth of a fragment program is set by halves",
        )),
    }
}
