//! `completions`: what a shell needs to complete this program's commands.

use clap_complete::Shell;

use super::{Exit, output, program_name};

/// Print a script that completes this program's commands in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = how())]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

/// How to put the script to use, with the name that this program has.
fn how() -> String {
    let name = program_name();
    format!(
        "\
bash  source <({name} completions bash)
zsh   {name} completions zsh > \"${{fpath[1]}}/_{name}\"
fish  {name} completions fish > ~/.config/fish/completions/{name}.fish"
    )
}

pub(super) fn run(args: &Args, command: &mut clap::Command) -> Exit {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, name, &mut script);
    output::out(&String::from_utf8_lossy(&script)).map_or_else(|exit| exit, |()| Exit::Done)
}
