//! A port: a ring of blocks that a program writes and the mixer plays.

use super::SAMPLES;

/// What a port is doing, by the numbers that programs get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Status {
    /// It is open and does not play.
    Ready = 1,
    /// It plays.
    Plays = 2,
    /// There is nothing.
    #[default]
    Closed = 0x1010,
}

/// The shape of a port's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// 2 or 8.
    pub channels: u64,
    /// 2, 4, 8, 16 or 32.
    pub blocks: u64,
}

impl Shape {
    /// Bytes of a block.
    pub fn block_bytes(self) -> u64 {
        self.channels * SAMPLES as u64 * 4
    }
}

/// Samples over which a change of the volume is spread: 13 ms.
const FADE: f32 = 624.0;

/// A port.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    pub status: Status,
    pub shape: Shape,
    /// The block that is played next.
    pub block: u64,
    /// The number of blocks that the mixer had played with this port's last one.
    pub played: u64,
    level: f32,
    /// The volume that it goes to, and by how much with each sample.
    target: f32,
    step: f32,
}

impl Default for Port {
    fn default() -> Self {
        Self::open(Shape::default(), 1.0, 0).closed()
    }
}

impl Port {
    /// A port that does not play yet.
    pub fn open(shape: Shape, level: f32, played: u64) -> Self {
        Self {
            status: Status::Ready,
            shape,
            block: 0,
            played,
            level,
            target: level,
            step: 0.0,
        }
    }

    /// The same, closed.
    pub fn closed(self) -> Self {
        Self {
            status: Status::Closed,
            ..self
        }
    }

    /// Goes to another volume.
    pub fn fade(&mut self, level: f32) {
        self.target = level;
        self.step = (level - self.level) / FADE;
    }

    /// The volume of the next sample.
    pub fn next_level(&mut self) -> f32 {
        if self.step != 0.0 {
            self.level += self.step;
            let over = (self.target - self.level) * self.step <= 0.0;
            if over {
                self.level = self.target;
                self.step = 0.0;
            }
        }
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_volume_changes_smoothly() {
        let mut port = Port::open(Shape::default(), 1.0, 0);
        assert_eq!(port.next_level(), 1.0);
        port.fade(0.5);
        let levels: Vec<f32> = (0..700).map(|_| port.next_level()).collect();
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0]));
        assert!(levels[300] > 0.7 && levels[300] < 0.8);
        assert_eq!(levels[699], 0.5);
    }
}
