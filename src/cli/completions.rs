//! `completions`: what a shell needs to complete this program's commands.

use clap_complete::Shell;

use super::{Exit, output};

/// Print a script that completes this program's commands in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Bash: source <(stacks completions bash)
Zsh:  stacks completions zsh > \"${fpath[1]}/_stacks\"
Fish: stacks completions fish > ~/.config/fish/completions/stacks.fish")]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, command: &mut clap::Command) -> Exit {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, name, &mut script);
    output::out(&String::from_utf8_lossy(&script)).map_or_else(|exit| exit, |()| Exit::Done)
}
