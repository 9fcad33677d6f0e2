//! What compilers warn of.

/// Warnings that are errors, in C and in C++.
pub(super) const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
