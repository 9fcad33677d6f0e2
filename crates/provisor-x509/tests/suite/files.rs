//! Files as people have them: read, read and said so, or refused by name; nothing is lost in silence.

mod armour;
mod blocks;
mod forms;
mod sample;
