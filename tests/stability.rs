//! The same definitions give the same bytes: twice, from another folder, in another time zone and language.

use std::path::Path;
use std::process::Command;

fn synth(configure: impl FnOnce(&mut Command)) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stacks"));
    command.args(["synth", "--stdout"]);
    configure(&mut command);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn a_second_run_gives_the_same_bytes() {
    assert_eq!(synth(|_| ()), synth(|_| ()));
}

#[test]
fn another_folder_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        synth(|_| ()),
        synth(|command| {
            command.current_dir(folder.path());
        })
    );
}

#[test]
fn another_time_zone_language_and_environment_give_the_same_bytes() {
    let elsewhere = synth(|command| {
        command.env_clear().env("TZ", "Pacific/Kiritimati").env("LC_ALL", "tr_TR.UTF-8").env("HOME", "/nonexistent");
    });
    assert_eq!(synth(|_| ()), elsewhere);
}

#[test]
fn what_is_committed_is_what_is_made() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output =
        Command::new(env!("CARGO_BIN_EXE_stacks")).args(["synth", "--check"]).current_dir(root).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
