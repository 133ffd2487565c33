//! That the doubles do as they say: the SDK's own client speaks to them.

mod emulator;
mod scripted;
