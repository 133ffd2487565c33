//! A stack inside a stack.

use formwork::{App, Env};

fn main() {
    let mut app = App::new();
    app.stack("outer", Env::any(), |_| {
        app.stack("inner", Env::any(), |_| ());
    });
}
