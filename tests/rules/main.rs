//! Each rule of the design by its name, at the exact boundary and one past it.

#[path = "../support/desk.rs"]
mod desk;

mod amounts;
mod families;
mod policies;
mod recording;
mod time;
