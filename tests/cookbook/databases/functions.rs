//! The functions' code, run by Python against doubles of what it calls: `functions.py` beside this.

use std::process::Command;

#[test]
fn the_functions_do_what_their_recipes_say() {
    let package = env!("CARGO_MANIFEST_DIR");
    let mut python = Command::new("python3");
    python.args(["-B", "-m", "unittest", "tests/cookbook/databases/functions.py"]).current_dir(package);
    let run = python.output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("OK"), "{said}");
}
