//! Git: files as a revision has them, without checking it out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::files::shown;

/// Why a revision cannot be read: what is wrong, and what to do.
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) help: String,
}

impl Trouble {
    fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

/// A folder, as a revision has it.
pub(super) struct Revision {
    folder: PathBuf,
    /// The commit's id, and how people call it.
    commit: String,
    pub(super) called: String,
}

impl Revision {
    /// Finds a revision of the repository that a folder is in. The folder itself need not be there any more.
    pub(super) fn find(folder: &Path, revision: &str) -> Result<Self, Trouble> {
        let here = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let inside = git(here, &["rev-parse", "--is-inside-work-tree"])?;
        if !inside.status.success() {
            let what = format!("{} is not in a git repository: {}", shown(here), said(&inside));
            return Err(Trouble::new(what, "`--against templates` compares with the templates on the disk"));
        }
        // What begins with a dash would be an option.
        let found =
            git(here, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
        if !found.status.success() {
            let help = "name a branch, tag or commit; `git fetch` brings those of the remote. Of a shallow clone, only \
                        the last commits are there";
            return Err(Trouble::new(format!("there is no revision `{revision}` in this repository"), help));
        }
        let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
        let short: String = commit.chars().take(9).collect();
        let called = if commit.starts_with(revision) { short } else { format!("{revision} ({short})") };
        Ok(Self { folder: folder.to_owned(), commit, called })
    }

    /// The same revision of another folder of its repository.
    pub(super) fn of(&self, folder: PathBuf) -> Self {
        Self { folder, commit: self.commit.clone(), called: self.called.clone() }
    }

    /// Reads files below the folder, all in one go; none for what the revision does not have.
    pub(super) fn read(&self, files: &[String]) -> Result<Vec<Option<String>>, Trouble> {
        let here = self.folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let below = self.folder.strip_prefix(here).unwrap_or(Path::new(""));
        let mut child = Command::new("git")
            .current_dir(here)
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_run(&error))?;
        let broken =
            |what: &str| Trouble::new(format!("git stopped while it read {}: {what}", self.called), "run it again");
        let (Some(mut asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(broken("it gave no pipe"));
        };
        let mut answers = BufReader::new(answers);
        let mut found = Vec::with_capacity(files.len());
        for file in files {
            // Git wants `/` in paths wherever it runs.
            let path = below.join(file).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            let ask = format!("{}:./{path}\n", self.commit);
            asks.write_all(ask.as_bytes()).map_err(|error| broken(&error.to_string()))?;
            let mut head = String::new();
            answers.read_line(&mut head).map_err(|error| broken(&error.to_string()))?;
            let size = match head.trim_end().rsplit(' ').next() {
                Some("missing" | "ambiguous" | "submodule") => None,
                size => Some(size.and_then(|size| size.parse::<usize>().ok()).ok_or_else(|| broken(head.trim_end()))?),
            };
            let Some(size) = size else {
                found.push(None);
                continue;
            };
            let mut content = vec![0; size + 1];
            answers.read_exact(&mut content).map_err(|error| broken(&error.to_string()))?;
            content.pop();
            let is_file = head.contains(" blob ");
            found.push(is_file.then(|| String::from_utf8_lossy(&content).into_owned()));
        }
        drop(asks);
        child.wait().map_err(|error| broken(&error.to_string()))?;
        Ok(found)
    }
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Output, Trouble> {
    Command::new("git").current_dir(folder).args(arguments).output().map_err(|error| not_run(&error))
}

fn not_run(error: &std::io::Error) -> Trouble {
    Trouble::new(format!("git cannot be run: {error}"), "install git, or compare with `--against templates`")
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().next().unwrap_or("it does not say why").trim_start_matches("fatal: ").to_owned()
}
