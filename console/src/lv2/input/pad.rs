//! Pads: DualShock 3, as `cellPad` reports them (layouts: PS3 developer wiki, "cellPad", and
//! PSL1GHT's `io/pad.h`).

use super::PORTS;
use crate::script::Button;

/// How a pad is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PadState {
    /// Buttons: the first byte of a report in the low byte, the second in the high byte.
    buttons: u16,
    /// The left stick, x and y: 0 left or up, 0x80 the centre, 0xff right or down.
    pub left: [u8; 2],
    /// The right stick.
    pub right: [u8; 2],
}

impl Default for PadState {
    /// Nothing is pressed, the sticks are in their centres.
    fn default() -> Self {
        Self {
            buttons: 0,
            left: [CENTRE; 2],
            right: [CENTRE; 2],
        }
    }
}

const CENTRE: u8 = 0x80;

impl PadState {
    /// The same with one more button held.
    #[must_use]
    pub fn with(mut self, button: Button) -> Self {
        self.buttons |= 1 << bit(button);
        self
    }

    /// The buttons of both, and of each stick the position that is further out.
    #[must_use]
    pub fn merged(self, other: &Self) -> Self {
        let far = |stick: [u8; 2]| stick.map(|x| x.abs_diff(CENTRE)).into_iter().max();
        let further = |a, b| if far(b) > far(a) { b } else { a };
        Self {
            buttons: self.buttons | other.buttons,
            left: further(self.left, other.left),
            right: further(self.right, other.right),
        }
    }

    /// Whether a button is held.
    #[must_use]
    pub fn holds(&self, button: Button) -> bool {
        self.buttons >> bit(button) & 1 != 0
    }

    /// What is held here and was not held before.
    pub(in crate::lv2) fn pressed_since(&self, before: &Self) -> Self {
        Self {
            buttons: self.buttons & !before.buttons,
            ..Self::default()
        }
    }
}

/// A button's bit: of the first byte 0 to 7, of the second 8 to 15.
const fn bit(button: Button) -> u32 {
    match button {
        Button::Select => 0,
        Button::L3 => 1,
        Button::R3 => 2,
        Button::Start => 3,
        Button::Up => 4,
        Button::Right => 5,
        Button::Down => 6,
        Button::Left => 7,
        Button::L2 => 8,
        Button::R2 => 9,
        Button::L1 => 10,
        Button::R1 => 11,
        Button::Triangle => 12,
        Button::Circle => 13,
        Button::Cross => 14,
        Button::Square => 15,
    }
}

/// Buttons that say how hard they are pressed, in the order of a report.
const WITH_PRESSURE: [Button; 12] = [
    Button::Right,
    Button::Left,
    Button::Up,
    Button::Down,
    Button::Triangle,
    Button::Circle,
    Button::Cross,
    Button::Square,
    Button::L1,
    Button::R1,
    Button::L2,
    Button::R2,
];

/// The motion sensors of a pad that lies still: x, y with gravity, z, turning.
const AT_REST: [u16; 4] = [512, 399, 512, 512];

/// What a program has the motors of a pad do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Motors {
    /// The small motor: on or off.
    pub small: bool,
    /// The large motor: 0 off, 255 as fast as it can.
    pub large: u8,
}

/// Something that a program can have a pad report in addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Setting {
    /// How hard buttons are pressed.
    Pressure = 2,
    /// The motion sensors.
    Sensors = 4,
}

/// A port.
#[derive(Clone, Copy, Default)]
struct Port {
    /// How the pad in it is held.
    pad: Option<PadState>,
    /// Buttons that do not count before they are up: they were pressed for the system.
    hidden: u16,
    /// What the program read last; none where it has to get a report whatever changed.
    told: Option<PadState>,
    /// Cycle of the last report, for the sensors'.
    told_at: u64,
    /// Whether a pad has come or gone since the program asked.
    changed: bool,
    motors: Motors,
}

/// Cycles after which a pad that is looked at for the first time counts as connected: chosen,
/// as a program has to expect that it takes a while (1 ms at 3.192 GHz).
const SEARCH: u64 = 3_192_000;
/// A pad with sensors on reports so often, in cycles (10 ms).
const SENSOR_PERIOD: u64 = 31_920_000;

/// All pads, and what the program wants of them.
#[derive(Default)]
pub struct Pads {
    ports: [Port; PORTS],
    /// Settings of the ports.
    settings: [u32; PORTS],
    /// Most pads that the program wants, and when it said so.
    wanted: Option<(u32, u64)>,
}

impl Pads {
    /// Changes how a pad is held.
    pub fn hold(&mut self, port: usize, pad: Option<PadState>) {
        let Some(port) = self.ports.get_mut(port) else {
            return;
        };
        if port.pad.is_some() != pad.is_some() {
            *port = Port {
                changed: true,
                ..Port::default()
            };
        }
        port.pad = pad;
        port.hidden &= pad.map_or(0, |pad| pad.buttons);
    }

    /// How a pad is held, whoever reads it.
    pub fn held(&self, port: usize) -> Option<PadState> {
        self.ports.get(port)?.pad
    }

    /// What is pressed now does not count for the program before it is up.
    pub fn hide_pressed(&mut self) {
        for port in &mut self.ports {
            port.hidden = port.pad.map_or(0, |pad| pad.buttons);
        }
    }

    /// What the motors do.
    pub fn motors(&self, port: usize) -> Motors {
        self.ports
            .get(port)
            .map_or(Motors::default(), |port| port.motors)
    }

    /// The program begins to use pads. Whether it did not already.
    pub fn start(&mut self, most: u32, now: u64) -> bool {
        if self.wanted.is_some() {
            return false;
        }
        self.wanted = Some((most, now));
        self.settings = [0; PORTS];
        for port in &mut self.ports {
            port.changed = port.pad.is_some();
            port.told = None;
        }
        true
    }

    /// It ends that. Whether it had begun.
    pub fn end(&mut self) -> bool {
        for port in &mut self.ports {
            port.motors = Motors::default();
        }
        self.wanted.take().is_some()
    }

    /// Most pads that the program wants, if it uses pads at all.
    pub fn wanted(&self) -> Option<u32> {
        self.wanted.map(|(most, _)| most)
    }

    /// Whether the program sees a pad at a port.
    pub fn is_connected(&self, port: usize, now: u64) -> bool {
        let found = self
            .wanted
            .is_some_and(|(most, since)| port < most as usize && now >= since + SEARCH);
        found && self.ports.get(port).is_some_and(|port| port.pad.is_some())
    }

    /// A port's status: bit 0 a pad is connected, bit 1 this has changed since the last time.
    pub fn take_status(&mut self, port: usize, now: u64) -> u32 {
        let connected = self.is_connected(port, now);
        let found = self.wanted.is_some_and(|(_, since)| now >= since + SEARCH);
        let Some(port) = self.ports.get_mut(port).filter(|_| found) else {
            return 0;
        };
        let changed = std::mem::take(&mut port.changed);
        u32::from(connected) | u32::from(changed) << 1
    }

    /// A port's settings.
    pub fn settings(&self, port: usize) -> u32 {
        self.settings.get(port).copied().unwrap_or(0)
    }

    /// Turns a setting on or off.
    pub fn set(&mut self, port: usize, setting: Setting, on: bool) {
        if let Some(settings) = self.settings.get_mut(port) {
            let bit = setting as u32;
            *settings = *settings & !bit | if on { bit } else { 0 };
        }
    }

    /// Sets a pad's motors.
    pub fn drive(&mut self, port: usize, motors: Motors) {
        if let Some(port) = self.ports.get_mut(port) {
            port.motors = motors;
        }
    }

    /// The next report comes whatever changed.
    pub fn clear(&mut self, port: usize) {
        if let Some(port) = self.ports.get_mut(port) {
            port.told = None;
        }
    }

    /// A report: its words, beginning with the first; empty where nothing has changed.
    pub fn report(&mut self, port: usize, now: u64) -> Vec<u16> {
        let settings = self.settings(port);
        let on = |setting: Setting| settings & setting as u32 != 0;
        let (pressure, sensors) = (on(Setting::Pressure), on(Setting::Sensors));
        let Some(port) = self.ports.get_mut(port) else {
            return Vec::new();
        };
        let Some(mut pad) = port.pad else {
            return Vec::new();
        };
        pad.buttons &= !port.hidden;
        let again = sensors && now >= port.told_at + SENSOR_PERIOD;
        if port.told == Some(pad) && !again {
            return Vec::new();
        }
        port.told = Some(pad);
        port.told_at = now;
        let mut words = vec![
            0,
            0,
            pad.buttons & 0xff,
            pad.buttons >> 8,
            pad.right[0].into(),
            pad.right[1].into(),
            pad.left[0].into(),
            pad.left[1].into(),
        ];
        if pressure || sensors {
            let hard = |button| if pad.holds(button) { 255 } else { 0 };
            words.extend(WITH_PRESSURE.map(|button| if pressure { hard(button) } else { 0 }));
        }
        if sensors {
            words.extend(AT_REST);
        }
        let length = words.len() as u16 / 2;
        words[1] = 0x70 | length;
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cross() -> PadState {
        PadState::default().with(Button::Cross)
    }

    fn pads() -> Pads {
        let mut pads = Pads::default();
        pads.hold(0, Some(PadState::default()));
        assert!(pads.start(7, 0));
        pads
    }

    #[test]
    fn a_report_comes_when_something_has_changed() {
        let mut pads = pads();
        let rest = [0, 0x74, 0, 0, 0x80, 0x80, 0x80, 0x80];
        assert_eq!(pads.report(0, 0), rest);
        assert!(pads.report(0, 1).is_empty());
        pads.hold(0, Some(cross()));
        assert_eq!(pads.report(0, 2)[3], 0x40);
        pads.clear(0);
        assert_eq!(pads.report(0, 3)[3], 0x40);
        assert!(pads.report(1, 4).is_empty());
    }

    #[test]
    fn pressure_and_sensors_are_told_where_they_are_wanted() {
        let mut pads = pads();
        pads.set(0, Setting::Pressure, true);
        pads.hold(0, Some(cross().with(Button::L1)));
        let words = pads.report(0, 0);
        assert_eq!((words.len(), words[1]), (20, 0x7a));
        assert_eq!(words[8..], [0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0]);
        pads.set(0, Setting::Pressure, false);
        pads.set(0, Setting::Sensors, true);
        let words = pads.report(0, SENSOR_PERIOD);
        assert_eq!((words.len(), words[14], words[20]), (24, 0, 512));
        assert!(pads.report(0, 2 * SENSOR_PERIOD - 1).is_empty());
        assert_eq!(pads.report(0, 2 * SENSOR_PERIOD).len(), 24);
    }

    #[test]
    fn two_pads_count_as_one() {
        let mut other = PadState::default().with(Button::Up);
        other.left = [0x70, 0x90];
        other.right = [0, 0x80];
        let mut one = cross();
        one.left = [0x80, 0xff];
        let both = one.merged(&other);
        assert!(both.holds(Button::Cross) && both.holds(Button::Up));
        assert_eq!((both.left, both.right), ([0x80, 0xff], [0, 0x80]));
    }

    #[test]
    fn pads_come_and_go() {
        let mut pads = pads();
        assert_eq!(pads.take_status(0, SEARCH - 1), 0);
        assert_eq!(pads.take_status(0, SEARCH), 3);
        assert_eq!(pads.take_status(0, SEARCH), 1);
        pads.drive(
            0,
            Motors {
                small: true,
                large: 9,
            },
        );
        pads.hold(0, None);
        assert_eq!(pads.motors(0), Motors::default());
        assert_eq!(pads.take_status(0, SEARCH), 2);
        assert_eq!(pads.take_status(0, SEARCH), 0);
        assert!(!pads.is_connected(0, SEARCH));
        assert!(pads.end() && !pads.end());
        assert!(!pads.is_connected(9, SEARCH));
    }

    #[test]
    fn what_was_pressed_for_the_system_counts_once_it_was_up() {
        let mut pads = pads();
        pads.hold(0, Some(cross()));
        pads.hide_pressed();
        pads.hold(0, Some(cross().with(Button::Up)));
        let words = pads.report(0, 0);
        assert_eq!(words[2..4], [0x10, 0]);
        pads.hold(0, Some(PadState::default()));
        pads.hold(0, Some(cross()));
        assert_eq!(pads.report(0, 1)[3], 0x40);
    }
}
