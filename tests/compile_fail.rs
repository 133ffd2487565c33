//! What must not compile, with the compiler's words kept beside each case. `TRYBUILD=overwrite` accepts new words.

// The compiler lists what would have fitted, and with other features enabled other things would.
#[cfg(not(feature = "all-services"))]
#[test]
fn what_must_not_compile_does_not_and_the_compiler_says_why() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
