//! The symbols that are drawn as shapes.

/// A picture made of shapes: crisp at every size, and no font needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Symbol {
    /// A pen: a new story.
    Pen,
    /// A speech bubble: the chat.
    Chat,
    /// A gear wheel: settings.
    Gear,
    /// An i in a circle: about.
    Info,
    /// An open book: a story.
    Book,
    /// A keyboard.
    Keyboard,
    /// The space bar's bracket.
    Space,
    /// An arrow to the left with a cross in it: delete the character before.
    Backspace,
    /// An upward arrow: shift.
    Shift,
    /// A bent arrow: done, enter.
    Enter,
    /// A triangle to the left.
    ArrowLeft,
    /// A triangle to the right.
    ArrowRight,
    /// A triangle upwards.
    ArrowUp,
    /// A triangle downwards.
    ArrowDown,
    /// The cross button.
    Cross,
    /// The circle button.
    Circle,
    /// The square button.
    Square,
    /// The triangle button.
    Triangle,
    /// The left shoulder button.
    L1,
    /// The right shoulder button.
    R1,
    /// The lower left shoulder button.
    L2,
    /// The lower right shoulder button.
    R2,
    /// The directional buttons.
    DPad,
    /// The start button.
    Start,
    /// The select button.
    Select,
}

impl Symbol {
    /// Every symbol, in the order of the declaration.
    pub const ALL: [Symbol; 25] = [
        Symbol::Pen,
        Symbol::Chat,
        Symbol::Gear,
        Symbol::Info,
        Symbol::Book,
        Symbol::Keyboard,
        Symbol::Space,
        Symbol::Backspace,
        Symbol::Shift,
        Symbol::Enter,
        Symbol::ArrowLeft,
        Symbol::ArrowRight,
        Symbol::ArrowUp,
        Symbol::ArrowDown,
        Symbol::Cross,
        Symbol::Circle,
        Symbol::Square,
        Symbol::Triangle,
        Symbol::L1,
        Symbol::R1,
        Symbol::L2,
        Symbol::R2,
        Symbol::DPad,
        Symbol::Start,
        Symbol::Select,
    ];

    /// Its width when it is drawn `size` high.
    pub fn width(self, size: f32) -> f32 {
        match self {
            Symbol::L1 | Symbol::R1 | Symbol::L2 | Symbol::R2 => size * 1.45,
            Symbol::Start | Symbol::Select => size * 1.45,
            Symbol::Space | Symbol::Backspace => size * 1.3,
            _ => size,
        }
    }
}
