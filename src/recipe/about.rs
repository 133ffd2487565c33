//! What the documentation of a module says.

/// What the `//!` lines at the beginning of a file say: a title, and what stands below it.
///
/// ```
/// use formwork::recipe::About;
///
/// let about = About::of("//! A queue of your own.\n//!\n//! **Costs.** What is sent:\n//! $0.40 a million.\n\nuse std::fmt;\n");
/// assert_eq!(about.title, "A queue of your own");
/// assert_eq!(about.part("Costs"), Some("What is sent: $0.40 a million.".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The first paragraph, on one line, without its full stop.
    pub title: String,
    /// What follows: Markdown.
    pub text: String,
}

impl About {
    /// What a file of Rust says at its beginning.
    #[must_use]
    pub fn of(source: &str) -> Self {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let text: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let text = text.join("\n");
        let (title, text) = text.split_once("\n\n").unwrap_or((&text, ""));
        let title = title.trim().replace('\n', " ");
        Self { title: title.strip_suffix('.').unwrap_or(&title).to_owned(), text: text.trim().to_owned() }
    }

    /// The paragraph that begins with `**name.**`, on one line, without that.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<String> {
        let mark = format!("**{name}.**");
        let text = self.text.split("\n\n").find_map(|paragraph| paragraph.strip_prefix(&mark))?;
        Some(text.trim().replace('\n', " "))
    }
}
