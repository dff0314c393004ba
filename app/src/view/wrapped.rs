//! Wrapped text that is kept from frame to frame.

use alloc::sync::Arc;

use render::text::{Family, Layout, Style};

/// The lines of a text, broken anew only when the text, its style or the width
/// has changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wrapped {
    made: Option<(f32, Arc<Layout>)>,
}

impl Wrapped {
    /// The lines of `text` in this style, at most `width` wide.
    pub fn lines(&mut self, family: &Family, text: &str, style: Style, width: f32) -> Arc<Layout> {
        if let Some((made_for, layout)) = &self.made
            && *made_for == width
            && layout.style() == style
            && layout.text() == text
        {
            return layout.clone();
        }
        let layout = Arc::new(Layout::new(family, text, style, width));
        self.made = Some((width, layout.clone()));
        layout
    }
}
