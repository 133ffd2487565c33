//! A person at a terminal: the program runs in one that Python opens, and reads what is typed into it.

use std::process::Command;

use crate::program::Run;

/// Runs a program in a pseudo terminal, types `typed` at once, and passes on what it prints and how it ends.
const TERMINAL: &str = "
import os, pty, sys
typed, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
os.write(terminal, typed)
while True:
    try:
        text = os.read(terminal, 65536)
    except OSError:
        break
    if not text:
        break
    sys.stdout.buffer.write(text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
";

/// What a command says and does when a person types this. In continuous integration a terminal has colours, dumb or not.
pub fn typed(command: &Command, typed: &str) -> Run {
    let mut python = Command::new("python3");
    python.arg("-c").arg(TERMINAL).arg(typed).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => python.env(name, value),
            None => python.env_remove(name),
        };
    }
    python.current_dir(command.get_current_dir().unwrap()).env("TERM", "dumb").env_remove("CI");
    python.output().unwrap().into()
}
