//! What the pipelines have to know of an instruction, found once for each word.

use super::super::instructions::{Form, Instruction, instruction};
use super::super::word::Word;
use super::table::{
    COMPARE, DIVIDE_DOUBLE, DIVIDE_WORD, FIXED, FLOAT, FLOAT_COMPARE, FLOAT_DIVIDE, FLOAT_LOAD,
    FLOAT_ROOT, LOAD, MICROCODE, MOVE_FROM_CR, MULTIPLY_DOUBLE, MULTIPLY_IMMEDIATE, MULTIPLY_WORD,
    SYNCHRONISE, TO_COUNT, VECTOR_COMPLEX, VECTOR_ESTIMATE, VECTOR_FLOAT, VECTOR_PERMUTE,
    VECTOR_SIMPLE,
};

/// The fixed-point unit.
pub(super) const FXU: u8 = 1;
/// The load and store unit.
pub(super) const LSU: u8 = 2;
/// The branch unit.
pub(super) const BRU: u8 = 4;
/// The arithmetic of the vector and scalar unit.
pub(super) const VSU1: u8 = 8;
/// Permutes of the vector and scalar unit, and its side of loads and stores.
pub(super) const VSU2: u8 = 16;

/// The number of a register in the table of what is ready when.
pub(super) type Place = u8;
pub(super) const GPR: Place = 0;
pub(super) const FPR: Place = 32;
pub(super) const VR: Place = 64;
pub(super) const CR: Place = 96;
pub(super) const LR: Place = 104;
pub(super) const CTR: Place = 105;
pub(super) const XER: Place = 106;
/// All status registers of floating point and vectors.
pub(super) const STATUS: Place = 107;
/// Where no register is meant: always ready, never read.
pub(super) const NONE: Place = 108;
pub(super) const PLACES: usize = 109;

/// What an instruction does with memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Load,
    Store,
    /// `dcbt` and `dcbtst`.
    Touch,
    /// `dcbz`: a line without reading it.
    Zero,
}

/// What kind of branch an instruction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Branch {
    /// Conditional, to an address in the instruction, with the hint that it may have.
    Condition(Option<bool>),
    /// To an address in the instruction, always.
    Always,
    /// To the link register.
    Return,
    /// To the count register.
    Count,
}

/// What the pipelines have to know of an instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) word: u32,
    pub(super) units: u8,
    /// Cycles until its results can be used.
    pub(super) latency: u32,
    /// Cycles for which nothing else can issue: it is not pipelined, or microcoded.
    pub(super) holds: u32,
    /// It issues alone.
    pub(super) alone: bool,
    pub(super) access: Option<Access>,
    pub(super) branch: Option<Branch>,
    /// Whether it sets the link register.
    pub(super) links: bool,
    /// Registers that an address is made of.
    pub(super) address: [Place; 2],
    pub(super) displacement: u64,
    /// Registers that are read beside.
    pub(super) reads: [Place; 4],
    /// Registers that are written after `latency`.
    pub(super) writes: [Place; 2],
    /// The base register that is updated, after [`FIXED`].
    pub(super) updates: Place,
}

/// Adds to the first free place.
fn add(places: &mut [Place], place: Place) {
    if let Some(free) = places.iter_mut().find(|free| **free == NONE) {
        *free = place;
    }
}

impl Plan {
    pub(super) fn new(word: u32) -> Self {
        let mut plan = Self {
            word,
            units: FXU,
            latency: 1,
            holds: 0,
            alone: false,
            access: None,
            branch: None,
            links: false,
            address: [NONE; 2],
            displacement: 0,
            reads: [NONE; 4],
            writes: [NONE; 2],
            updates: NONE,
        };
        // What is no instruction ends the program.
        let Some(row) = instruction(word) else {
            return plan;
        };
        plan.find_access(row);
        plan.find_registers(row, Word(word));
        plan.find_times(row, Word(word));
        plan
    }

    fn find_access(&mut self, row: &Instruction) {
        let name = row.name;
        let moves = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        self.access = match name {
            "dcbt" | "dcbtst" => Some(Access::Touch),
            "dcbz" => Some(Access::Zero),
            "lvsl" | "lvsr" => None,
            _ if moves(&["lb", "lh", "lw", "ld", "lf", "lv", "lm", "ls"]) => Some(Access::Load),
            _ if moves(&["stb", "sth", "stw", "std", "stf", "stv", "stm", "sts"]) => {
                Some(Access::Store)
            }
            _ => None,
        };
    }

    fn find_registers(&mut self, row: &Instruction, word: Word) {
        let (t, a, b, c) = (
            word.t() as u8,
            word.a() as u8,
            word.b() as u8,
            word.c() as u8,
        );
        // The target of logic and rotates is RA, which their operands begin with.
        let to_a = row.operands.starts_with("ra,rs");
        let indexed = self.access.is_some() && row.operands.ends_with("rb");
        for operand in row.operands.split(',') {
            match operand {
                "rt" => add(&mut self.writes, GPR + t),
                "frt" => add(&mut self.writes, FPR + t),
                "vd" => add(&mut self.writes, VR + t),
                "rs" => add(&mut self.reads, GPR + t),
                "frs" => add(&mut self.reads, FPR + t),
                "vs" => add(&mut self.reads, VR + t),
                "ra" if to_a => add(&mut self.writes, GPR + a),
                "d(ra)" | "ds(ra)" | "ra0" | "ra" if self.access.is_some() => {
                    if a != 0 {
                        add(&mut self.address, GPR + a);
                    }
                    self.displacement = match operand {
                        "d(ra)" => word.signed(),
                        "ds(ra)" => word.ds(),
                        _ => 0,
                    };
                }
                "ra0" if a == 0 => {}
                "ra" | "ra0" => add(&mut self.reads, GPR + a),
                "rb" if indexed => add(&mut self.address, GPR + b),
                "rb" => add(&mut self.reads, GPR + b),
                "fra" => add(&mut self.reads, FPR + a),
                "frb" => add(&mut self.reads, FPR + b),
                "frc" => add(&mut self.reads, FPR + c),
                "va" => add(&mut self.reads, VR + a),
                "vb" => add(&mut self.reads, VR + b),
                "vc" => add(&mut self.reads, VR + c),
                "bf" => add(&mut self.writes, CR + word.bf() as u8),
                "bfa" => add(&mut self.reads, CR + word.bfa() as u8),
                "bt" => add(&mut self.writes, CR + t / 4),
                "ba" => add(&mut self.reads, CR + a / 4),
                "bb" => add(&mut self.reads, CR + b / 4),
                _ => {}
            }
        }
        match row.name {
            // Parts of the target stay.
            "rlwimi" | "rldimi" => add(&mut self.reads, GPR + a),
            "adde" | "subfe" | "addme" | "subfme" | "addze" | "subfze" => {
                add(&mut self.reads, XER);
                add(&mut self.writes, XER);
            }
            "addic" | "subfic" | "addc" | "subfc" | "sraw" | "srad" | "srawi" | "sradi" => {
                add(&mut self.writes, XER);
            }
            "mfspr" => add(&mut self.reads, special(word.spr())),
            "mtspr" => add(&mut self.writes, special(word.spr())),
            "mffs" | "mfvscr" => add(&mut self.reads, STATUS),
            "mtfsf" | "mtfsfi" | "mtvscr" => add(&mut self.writes, STATUS),
            _ => {}
        }
        let updates = row.name.ends_with('u') || row.name.ends_with("ux");
        if self.access.is_some() && updates {
            self.updates = GPR + a;
        }
        // The store that a reservation allows says whether it was.
        if row.name.ends_with('.') {
            add(&mut self.writes, CR);
        }
        let record = match row.form {
            Form::Record | Form::OverflowRecord if word.rc() => {
                let float = self.writes[0] >= FPR && self.writes[0] < VR;
                Some(CR + u8::from(float))
            }
            Form::VectorRecord if word.vector_rc() => Some(CR + 6),
            _ => None,
        };
        if let Some(record) = record {
            add(&mut self.writes, record);
        }
    }

    /// Pipelined, on this unit.
    fn runs(&mut self, units: u8, latency: u32) {
        (self.units, self.latency) = (units, latency);
    }

    /// Not pipelined.
    fn blocks(&mut self, units: u8, latency: u32) {
        self.runs(units, latency);
        self.holds = latency - 1;
        self.alone = true;
    }

    fn microcoded(&mut self) {
        self.holds = self.holds.max(MICROCODE);
        self.alone = true;
    }

    fn find_times(&mut self, row: &Instruction, word: Word) {
        match row.name {
            "b" | "bc" | "bclr" | "bcctr" => self.find_branch(row, word),
            _ if self.access.is_some() => self.find_load_or_store(row),
            "sc" | "sync" | "eieio" | "isync" => self.blocks(LSU, SYNCHRONISE),
            "dcbst" | "dcbf" | "icbi" | "dst" | "dstst" | "dss" => self.runs(LSU, COMPARE),
            "lvsl" | "lvsr" => self.runs(LSU | VSU2, LOAD),
            "mulli" => self.blocks(FXU, MULTIPLY_IMMEDIATE),
            "mullw" | "mulhw" | "mulhwu" => self.blocks(FXU, MULTIPLY_WORD),
            "mulld" | "mulhd" | "mulhdu" => self.blocks(FXU, MULTIPLY_DOUBLE),
            "divw" | "divwu" => self.blocks(FXU, DIVIDE_WORD),
            "divd" | "divdu" => self.blocks(FXU, DIVIDE_DOUBLE),
            "cmp" | "cmpi" | "cmpl" | "cmpli" | "td" | "tdi" | "tw" | "twi" => {
                self.runs(FXU, COMPARE);
            }
            "mfcr" => self.blocks(FXU, MOVE_FROM_CR),
            "mtcrf" => {
                self.runs(FXU, COMPARE);
                if word.fxm().count_ones() > 1 {
                    self.microcoded();
                }
            }
            "mtspr" if self.writes[0] == CTR => self.runs(BRU, TO_COUNT),
            "mtspr" | "mfspr" | "mftb" => self.runs(BRU, COMPARE),
            "mcrf" | "mcrxr" => self.runs(BRU, COMPARE),
            name if name.starts_with("cr") => self.runs(BRU, COMPARE),
            "fcmpu" | "fcmpo" => self.runs(VSU1, FLOAT_COMPARE),
            "fdiv" | "fdivs" => self.blocks(VSU1, FLOAT_DIVIDE),
            "fsqrt" | "fsqrts" => self.blocks(VSU1, FLOAT_ROOT),
            name if name.starts_with('f') || name.starts_with("mtfs") => self.runs(VSU1, FLOAT),
            "mffs" | "mcrfs" => self.runs(VSU1, FLOAT),
            "mfvscr" | "mtvscr" => self.blocks(VSU1, VECTOR_SIMPLE),
            name if name.starts_with('v') => self.find_vector(row),
            "slw" | "srw" | "sraw" | "sld" | "srd" | "srad" | "rlwnm" | "rldcl" | "rldcr" => {
                // Shifts by a register are microcoded (GCC, the attribute `cell_micro`).
                self.runs(FXU, FIXED);
                self.microcoded();
            }
            _ => {
                self.runs(FXU, FIXED);
                let shifts = row.name.starts_with('r')
                    || row.name.starts_with("sra")
                    || row.name.starts_with("exts");
                // So are shifts and extensions that write the condition register.
                if shifts && row.form != Form::Plain && word.rc() {
                    self.microcoded();
                }
            }
        }
        // And multiplies that do.
        if row.name.starts_with("mul") && row.form != Form::Plain && word.rc() {
            self.microcoded();
        }
    }

    fn find_branch(&mut self, row: &Instruction, word: Word) {
        self.runs(BRU, COMPARE);
        self.links = word.rc();
        let options = word.t() as u8;
        let always = row.name == "b" || options & 0b10100 == 0b10100;
        if !always {
            if options & 0b10000 == 0 {
                add(&mut self.reads, CR + word.a() as u8 / 4);
            }
            if options & 0b00100 == 0 {
                add(&mut self.reads, CTR);
                add(&mut self.writes, CTR);
            }
        }
        self.branch = Some(match row.name {
            "bclr" => {
                add(&mut self.reads, LR);
                Branch::Return
            }
            "bcctr" => {
                add(&mut self.reads, CTR);
                Branch::Count
            }
            _ if always => Branch::Always,
            _ => Branch::Condition(hint(options)),
        });
        if self.links {
            add(&mut self.writes, LR);
        }
    }

    fn find_load_or_store(&mut self, row: &Instruction) {
        let name = row.name;
        let float = name.starts_with("lf") || name.starts_with("stf");
        let vector = name.starts_with("lv") || name.starts_with("stv");
        let units = if float || vector { LSU | VSU2 } else { LSU };
        let latency = if float || vector { FLOAT_LOAD } else { LOAD };
        self.runs(units, latency);
        if self.updates != NONE {
            self.units |= FXU;
        }
        match name {
            "lwarx" | "ldarx" | "stwcx." | "stdcx." => self.blocks(LSU, SYNCHRONISE),
            // Loads that extend the sign, and those of several registers.
            "lha" | "lhax" | "lhau" | "lhaux" | "lwa" | "lwax" | "lwaux" | "lmw" | "stmw"
            | "lswi" | "lswx" | "stswi" | "stswx" => self.microcoded(),
            _ => {}
        }
    }

    fn find_vector(&mut self, row: &Instruction) {
        let name = row.name;
        let complex = ["vmul", "vsum", "vmh", "vmlad", "vmsum"];
        let permute = ["vperm", "vmrg", "vspl", "vsld", "vpk", "vupk"];
        let begins = |with: &[&str]| with.iter().any(|prefix| name.starts_with(prefix));
        match name {
            "vrefp" | "vrsqrtefp" | "vexptefp" | "vlogefp" => self.runs(VSU1, VECTOR_ESTIMATE),
            // Shifts of whole registers go through the permute unit.
            "vsl" | "vsr" | "vslo" | "vsro" => self.runs(VSU2, VECTOR_PERMUTE),
            // Compares, maxima and minima of floats are simple ones.
            "vaddfp" | "vsubfp" | "vmaddfp" | "vnmsubfp" | "vrfin" | "vrfiz" | "vrfip"
            | "vrfim" | "vcfux" | "vcfsx" | "vctuxs" | "vctsxs" => self.runs(VSU1, VECTOR_FLOAT),
            _ if begins(&complex) => self.runs(VSU1, VECTOR_COMPLEX),
            _ if begins(&permute) => self.runs(VSU2, VECTOR_PERMUTE),
            _ => self.runs(VSU1, VECTOR_SIMPLE),
        }
    }
}

/// The place of a special purpose register.
fn special(number: u32) -> Place {
    match number {
        1 => XER,
        8 => LR,
        9 => CTR,
        _ => NONE,
    }
}

/// The hint in the BO field (book I, section 2.4.1): "a" says that there is one, "t" which.
fn hint(options: u8) -> Option<bool> {
    let (given, taken) = if options & 0b10000 == 0 {
        // 0z1at; others have none.
        (options & 0b00110 == 0b00110, options & 1 != 0)
    } else {
        // 1a0zt
        (options & 0b01000 != 0, options & 1 != 0)
    };
    given.then_some(taken)
}
