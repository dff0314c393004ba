//! Keys of a USB keyboard, after the platform's keyboard layout.

/// One key typed on a USB keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character, with shift and dead keys already applied.
    Char(char),
    /// Return or enter: done.
    Enter,
    /// Delete the character before the caret.
    Backspace,
    /// Delete the character after the caret.
    Delete,
    /// The caret, or the choice, to the left.
    Left,
    /// The caret, or the choice, to the right.
    Right,
    /// The choice up.
    Up,
    /// The choice down.
    Down,
    /// The caret to the beginning.
    Home,
    /// The caret to the end.
    End,
    /// Back, like the circle.
    Escape,
}
