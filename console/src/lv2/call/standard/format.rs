//! Formatted text, as C's `printf` has it.

use super::{
    Answer, Caller, Errno, LIBRARY, LibraryFunction, Machine, library_function, pointer, write,
};

pub(in crate::lv2::call) const LIBRARY_FUNCTIONS: &[LibraryFunction] = &[
    library_function(LIBRARY, 0x9f04_f7af, "_sys_printf", 8, |machine, caller| {
        let mut values = Values::of_call(machine, caller, 1);
        let text = format(machine, pointer(caller, 0), &mut values)?;
        Ok(print(caller, &text))
    }),
    library_function(
        LIBRARY,
        0xfa7f_693d,
        "_sys_vprintf",
        2,
        |machine, caller| {
            let mut values = Values::of_list(pointer(caller, 1));
            let text = format(machine, pointer(caller, 0), &mut values)?;
            Ok(print(caller, &text))
        },
    ),
    library_function(
        LIBRARY,
        0xa1f9_eafe,
        "_sys_sprintf",
        8,
        |machine, caller| {
            let mut values = Values::of_call(machine, caller, 2);
            let text = format(machine, pointer(caller, 1), &mut values)?;
            store(machine, pointer(caller, 0), u64::MAX, &text)
        },
    ),
    library_function(
        LIBRARY,
        0x791b_9219,
        "_sys_vsprintf",
        3,
        |machine, caller| {
            let mut values = Values::of_list(pointer(caller, 2));
            let text = format(machine, pointer(caller, 1), &mut values)?;
            store(machine, pointer(caller, 0), u64::MAX, &text)
        },
    ),
    library_function(
        LIBRARY,
        0x0657_4237,
        "_sys_snprintf",
        8,
        |machine, caller| {
            let mut values = Values::of_call(machine, caller, 3);
            let text = format(machine, pointer(caller, 2), &mut values)?;
            store(machine, pointer(caller, 0), caller.arguments[1], &text)
        },
    ),
    library_function(
        LIBRARY,
        0x0618_936b,
        "_sys_vsnprintf",
        4,
        |machine, caller| {
            let mut values = Values::of_list(pointer(caller, 3));
            let text = format(machine, pointer(caller, 2), &mut values)?;
            store(machine, pointer(caller, 0), caller.arguments[1], &text)
        },
    ),
];

/// Most bytes of a text; a width of more is cut.
const MOST: usize = 1 << 20;

fn print(caller: &mut Caller<'_>, text: &[u8]) -> Answer {
    caller.observer.tty(0, text);
    Answer::Return(text.len() as u64)
}

/// Stores at most `size` bytes with the zero at the end; the length of all of it.
fn store(machine: &mut Machine, to: u64, size: u64, text: &[u8]) -> Result<Answer, Errno> {
    if let Some(room) = size.checked_sub(1) {
        let kept = text.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        write(machine, to, &[&text[..kept], &[0]].concat())?;
    }
    Ok(Answer::Return(text.len() as u64))
}

/// The values that a text is formatted with: doublewords each.
struct Values {
    registers: Vec<u64>,
    /// Where those after them are.
    rest: u64,
}

impl Values {
    /// The arguments of a call from this one on: in registers up to the eighth, then in the
    /// caller's frame (64-bit PowerPC ELF ABI, "Parameter Passing": the parameter save area
    /// is at 48 of it).
    fn of_call(machine: &Machine, caller: &Caller<'_>, first: usize) -> Self {
        const SAVE_AREA: u64 = 48;
        let thread = machine.threads.all.get(&caller.thread);
        let frame = thread.map_or(0, |thread| thread.ppu.registers.gpr[1]);
        let most = caller.arguments.len();
        Self {
            registers: caller.arguments[first..].to_vec(),
            rest: (frame & 0xffff_ffff) + SAVE_AREA + 8 * most as u64,
        }
    }

    /// A `va_list`: the address of the first.
    fn of_list(list: u64) -> Self {
        Self {
            registers: Vec::new(),
            rest: list,
        }
    }

    fn next(&mut self, machine: &Machine) -> Result<u64, Errno> {
        if !self.registers.is_empty() {
            return Ok(self.registers.remove(0));
        }
        let value = machine.memory.double(self.rest)?;
        self.rest += 8;
        Ok(value)
    }
}

/// A conversion between `%` and its letter.
#[derive(Default)]
struct Conversion {
    left: bool,
    sign: bool,
    space: bool,
    other_form: bool,
    zeros: bool,
    width: usize,
    precision: Option<usize>,
    /// Bytes of an integer.
    size: u32,
}

/// Formats a text.
fn format(machine: &Machine, address: u64, values: &mut Values) -> Result<Vec<u8>, Errno> {
    let template = machine.memory.text(address, MOST)?;
    let mut text = Vec::new();
    let mut letters = template.iter().copied().peekable();
    while let Some(letter) = letters.next() {
        if letter != b'%' {
            text.push(letter);
            continue;
        }
        let mut conversion = Conversion {
            size: 4,
            ..Conversion::default()
        };
        while let Some(flag) = letters.next_if(|letter| b"-+ #0".contains(letter)) {
            match flag {
                b'-' => conversion.left = true,
                b'+' => conversion.sign = true,
                b' ' => conversion.space = true,
                b'#' => conversion.other_form = true,
                _ => conversion.zeros = true,
            }
        }
        let mut number = |values: &mut Values| -> Result<Option<i32>, Errno> {
            if letters.next_if_eq(&b'*').is_some() {
                return Ok(Some(values.next(machine)? as i32));
            }
            let mut number = None;
            while let Some(digit) = letters.next_if(u8::is_ascii_digit) {
                let so_far = number.unwrap_or(0_i32).saturating_mul(10);
                number = Some(so_far.saturating_add(i32::from(digit - b'0')));
            }
            Ok(number)
        };
        if let Some(width) = number(values)? {
            conversion.left |= width < 0;
            conversion.width = (width.unsigned_abs() as usize).min(MOST);
        }
        if letters.next_if_eq(&b'.').is_some() {
            let mut number = |values: &mut Values| -> Result<i32, Errno> {
                if letters.next_if_eq(&b'*').is_some() {
                    return Ok(values.next(machine)? as i32);
                }
                let mut number = 0_i32;
                while let Some(digit) = letters.next_if(u8::is_ascii_digit) {
                    number = number
                        .saturating_mul(10)
                        .saturating_add(i32::from(digit - b'0'));
                }
                Ok(number)
            };
            // A negative precision is none.
            let precision = number(values)?;
            conversion.precision = usize::try_from(precision).ok().map(|p| p.min(MOST));
        }
        while let Some(length) = letters.next_if(|letter| b"hlzjtqL".contains(letter)) {
            conversion.size = match length {
                b'h' => conversion.size / 2,
                // Long integers have 64 bits.
                _ => 8,
            };
        }
        match letters.next() {
            None => break,
            Some(b'%') => text.push(b'%'),
            Some(letter) => match one(machine, &conversion, letter, values)? {
                Some(piece) => text.extend(piece),
                // Nothing that the library knows stays as it is.
                None => text.extend([b'%', letter]),
            },
        }
        if text.len() > MOST {
            break;
        }
    }
    Ok(text)
}

fn one(
    machine: &Machine,
    conversion: &Conversion,
    letter: u8,
    values: &mut Values,
) -> Result<Option<Vec<u8>>, Errno> {
    let bits = 8 * conversion.size.max(1);
    Ok(Some(match letter {
        b'd' | b'i' => {
            let value = values.next(machine)? as i64;
            let value = value << (64 - bits) >> (64 - bits);
            conversion.integer(value < 0, &value.unsigned_abs().to_string(), "")
        }
        b'u' | b'x' | b'X' | b'o' => {
            let value = values.next(machine)? << (64 - bits) >> (64 - bits);
            let (digits, prefix) = match letter {
                b'u' => (value.to_string(), ""),
                b'x' => (format!("{value:x}"), "0x"),
                b'X' => (format!("{value:X}"), "0X"),
                _ => (format!("{value:o}"), "0"),
            };
            let prefix = if conversion.other_form && value != 0 {
                prefix
            } else {
                ""
            };
            let unsigned = Conversion {
                sign: false,
                space: false,
                ..*conversion
            };
            unsigned.integer(false, &digits, prefix)
        }
        b'p' => {
            let value = values.next(machine)? & 0xffff_ffff;
            conversion.padded(format!("0x{value:x}").into_bytes())
        }
        b'c' => {
            let letter = values.next(machine)? as u8;
            conversion.padded(vec![letter])
        }
        b's' => {
            let address = values.next(machine)? & 0xffff_ffff;
            let mut string = match (address, conversion.precision) {
                (0, _) => b"(null)".to_vec(),
                (address, None) => machine.memory.text(address, MOST)?,
                // No more has to be there.
                (address, Some(most)) => some_text(machine, address, most)?,
            };
            string.truncate(conversion.precision.unwrap_or(MOST));
            conversion.padded(string)
        }
        b'f' | b'F' | b'e' | b'E' | b'g' | b'G' => {
            let value = f64::from_bits(values.next(machine)?);
            conversion.float(value, letter)
        }
        _ => return Ok(None),
    }))
}

fn some_text(machine: &Machine, address: u64, most: usize) -> Result<Vec<u8>, Errno> {
    let mut text = Vec::new();
    while text.len() < most {
        match super::byte(machine, address + text.len() as u64)? {
            0 => break,
            byte => text.push(byte),
        }
    }
    Ok(text)
}

impl Conversion {
    fn padded(&self, text: Vec<u8>) -> Vec<u8> {
        let space = vec![b' '; self.width.saturating_sub(text.len())];
        if self.left {
            [text, space].concat()
        } else {
            [space, text].concat()
        }
    }

    /// A number with sign, prefix and zeros in front.
    fn number(&self, negative: bool, prefix: &str, digits: &str, zeros: bool) -> Vec<u8> {
        let sign = match (negative, self.sign, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let taken = sign.len() + prefix.len() + digits.len();
        let count = match zeros && self.zeros && !self.left {
            true => self.width.saturating_sub(taken),
            false => 0,
        };
        self.padded(format!("{sign}{prefix}{}{digits}", "0".repeat(count)).into_bytes())
    }

    fn integer(&self, negative: bool, digits: &str, prefix: &str) -> Vec<u8> {
        let digits = match self.precision {
            Some(0) if digits == "0" => String::new(),
            Some(least) => format!("{digits:0>least$}"),
            None => digits.to_owned(),
        };
        // With a precision the flag for zeros does not count.
        self.number(negative, prefix, &digits, self.precision.is_none())
    }

    fn float(&self, value: f64, letter: u8) -> Vec<u8> {
        let capital = letter.is_ascii_uppercase();
        let magnitude = value.abs();
        let finite = value.is_finite();
        let precision = self.precision.unwrap_or(6);
        let digits = match letter.to_ascii_lowercase() {
            _ if value.is_nan() => "nan".to_owned(),
            _ if !finite => "inf".to_owned(),
            b'f' => fixed(magnitude, precision),
            b'e' => scientific(magnitude, precision),
            _ => {
                let precision = precision.max(1);
                let exponent = exponent(magnitude, precision - 1);
                let text = if exponent < -4 || exponent >= precision as i32 {
                    scientific(magnitude, precision - 1)
                } else {
                    let after = precision as i32 - 1 - exponent;
                    fixed(magnitude, after.max(0) as usize)
                };
                if self.other_form {
                    text
                } else {
                    without_zeros(&text)
                }
            }
        };
        let digits = if capital {
            digits.to_ascii_uppercase()
        } else {
            digits
        };
        let negative = value.is_sign_negative() && !value.is_nan();
        self.number(negative, "", &digits, finite)
    }
}

fn fixed(value: f64, precision: usize) -> String {
    format!("{value:.precision$}")
}

/// The exponent that `value` has with so many digits after the point.
fn exponent(value: f64, precision: usize) -> i32 {
    let text = format!("{value:.precision$e}");
    let exponent = text.split_once('e').map(|(_, exponent)| exponent);
    exponent.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// With an exponent of a sign and two digits at least, as C writes it.
fn scientific(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let mantissa = text
        .split_once('e')
        .map_or(text.as_str(), |(mantissa, _)| mantissa);
    let exponent = exponent(value, precision);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Without the zeros at the end of the digits after the point.
fn without_zeros(text: &str) -> String {
    let (digits, exponent) = match text.find('e') {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    if !digits.contains('.') {
        return text.to_owned();
    }
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{digits}{exponent}")
}
