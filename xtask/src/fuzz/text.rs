//! Python text under construction: lines, each at its indentation.

/// Lines of a program.
#[derive(Default)]
pub struct Text {
    lines: String,
    indent: usize,
}

impl Text {
    /// Adds one line at the current indentation.
    pub fn line(&mut self, text: impl AsRef<str>) {
        for _ in 0..self.indent {
            self.lines.push_str("    ");
        }
        self.lines.push_str(text.as_ref());
        self.lines.push('\n');
    }

    /// Adds lines that are already complete.
    pub fn raw(&mut self, text: &str) {
        for line in text.lines() {
            self.line(line);
        }
    }

    /// Goes one level in; every call is matched by [`Text::dedent`].
    pub fn indent(&mut self) {
        self.indent += 1;
    }

    /// Goes one level out.
    pub fn dedent(&mut self) {
        self.indent -= 1;
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.lines
    }
}
