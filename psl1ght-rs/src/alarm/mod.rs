//! The last thing that a program says to its user: why it ends.
//!
//! Neither the heap nor another thread is needed for it, so that it works when memory is used up:
//!
//! ```
//! psl1ght_rs::on_panic(psl1ght_rs::alarm::panicked);
//! ```

mod page;
mod text;

use core::fmt;
use core::panic::PanicInfo;
use core::time::Duration;

use crate::dialog::{Dialog, Question};
use crate::sys::sysutil::cellSysutilCheckCallback;
use crate::{rsx, sysutil, time};
use page::Page;
use text::Text;

/// How long the message stays, if the user does not leave before.
const TIME_TO_READ: Duration = Duration::from_secs(30);
/// How long the RSX has for what it was told before.
const LAST_FRAMES: Duration = Duration::from_millis(100);
/// How often the system is asked whether the user wants to leave.
const POLL: Duration = Duration::from_millis(50);

/// Shows a panic, for [`on_panic`](crate::on_panic).
pub fn panicked(info: &PanicInfo<'_>) {
    show(format_args!("{info}"));
}

/// Shows a message in place of the picture, or, where there is no picture, in a dialog of the system,
/// for half a minute or until the user leaves the program by the system's menu. The RSX gets no more
/// commands from then on: the thread that drives it stands still. Not tried yet.
pub fn show(message: fmt::Arguments<'_>) {
    let text = Text::of(message);
    rsx::stop();
    time::sleep(LAST_FRAMES);
    let shown = rsx::paint(|width, height, y| Page::new(text.as_str(), width, height).row(y));
    // Where there is no dialog either, nothing can be shown.
    let mut dialog = if shown {
        None
    } else {
        match Dialog::open(text.as_str(), Question::Message) {
            Ok(dialog) => Some(dialog),
            Err(_) => return,
        }
    };
    let begun = time::Instant::now();
    while begun.elapsed() < TIME_TO_READ && !sysutil::exit_was_requested() {
        let answered = match &mut dialog {
            Some(dialog) => !matches!(dialog.poll(), Ok(None)),
            // SAFETY: calls functions of this crate, which touch statics of theirs alone.
            None => unsafe { cellSysutilCheckCallback() }.is_err(),
        };
        if answered && dialog.is_some() {
            return;
        }
        time::sleep(POLL);
    }
}
