//! Crates of a few lines each: which of them go round.

use super::*;

/// The breaches of the crate with these files, `lib.rs` being its root.
fn breaches(files: &[(&str, &str)]) -> Vec<String> {
    let paths: Vec<(String, &str)> = files
        .iter()
        .map(|(path, text)| (format!("src/{path}"), *text))
        .collect();
    let files = paths
        .iter()
        .map(|(path, text)| (path.as_str(), *text))
        .collect();
    in_crate("src/lib.rs", &files)
}

/// One circle, which begins so.
fn assert_circle(files: &[(&str, &str)], begins: &str) {
    let found = breaches(files);
    assert_eq!(found.len(), 1, "{found:?}");
    let wanted = format!("files import each other in a circle: {begins}");
    assert!(found[0].starts_with(&wanted), "{}", found[0]);
}

#[test]
fn one_direction_is_good() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A; pub use b::B;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B;"),
    ];
    assert!(breaches(&files).is_empty());
}

#[test]
fn two_and_three_in_a_circle() {
    let two = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "use crate::a::A; pub struct B; fn f(_: A) {}"),
    ];
    assert_circle(
        &two,
        "src/a.rs takes B from src/b.rs takes A from src/a.rs: move",
    );
    let three = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use super::b::B; pub struct A(B);"),
        ("b.rs", "use super::c::C; pub struct B(C);"),
        ("c.rs", "use super::a; pub struct C; fn f(_: a::A) {}"),
    ];
    assert_circle(
        &three,
        "src/a.rs takes B from src/b.rs takes C from src/c.rs takes A, a from src/a.rs: move",
    );
}

#[test]
fn the_shortest_way_stands_for_all_that_hang_together() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "use crate::c::C; pub struct B(C);"),
        (
            "c.rs",
            "use crate::{a::A, b::B}; pub struct C; fn f(_: A, _: B) {}",
        ),
    ];
    assert_circle(
        &files,
        "src/b.rs takes C from src/c.rs takes B from src/b.rs (3 files hang together so): move",
    );
}

#[test]
fn a_re_export_leads_to_where_the_thing_is() {
    let files = [
        ("lib.rs", "mod a; mod room;"),
        ("a.rs", "use crate::room::B; pub struct A(B);"),
        ("room.rs", "mod b; pub(crate) use b::B;"),
        ("room/b.rs", "use crate::a::A; pub struct B; fn f(_: A) {}"),
    ];
    assert_circle(
        &files,
        "src/a.rs takes B from src/room/b.rs takes A from src/a.rs",
    );
}

#[test]
fn a_star_leads_there_too() {
    let files = [
        ("lib.rs", "mod a; mod room;"),
        ("a.rs", "use crate::room::B; pub struct A(B);"),
        ("room.rs", "mod b; pub(crate) use b::*;"),
        ("room/b.rs", "use crate::a::*; pub struct B; fn f(_: A) {}"),
    ];
    assert_circle(
        &files,
        "src/a.rs takes B from src/room/b.rs takes * from src/a.rs",
    );
}

#[test]
fn nested_groups_and_other_names_are_read() {
    let files = [
        ("lib.rs", "mod a; mod room;"),
        (
            "a.rs",
            "use crate::{room::{b::{self as c, D}}}; fn f(_: c::B, _: D) {} pub struct A;",
        ),
        ("room.rs", "pub mod b;"),
        (
            "room/b.rs",
            "use crate::{self as top}; pub struct B(top::a::A); pub struct D;",
        ),
    ];
    assert_circle(
        &files,
        "src/a.rs takes B, D, b from src/room/b.rs takes A from src/a.rs",
    );
}

#[test]
fn a_path_in_the_code_is_an_import() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub fn f() { crate::b::g::<u8>() }"),
        ("b.rs", "pub fn g<T>() { if false { super::a::f() } }"),
    ];
    assert_circle(
        &files,
        "src/a.rs takes g from src/b.rs takes f from src/a.rs",
    );
}

#[test]
fn a_parent_that_calls_its_child_has_nothing_that_the_child_takes() {
    let lib = ("lib.rs", "mod a;");
    let child = ("a/b.rs", "use super::A; pub(super) fn b(_: A) {}");
    let parent = ("a.rs", "mod b; pub struct A; fn f(a: A) { b::b(a) }");
    assert_circle(
        &[lib, parent, child],
        "src/a.rs takes b from src/a/b.rs takes A from src/a.rs",
    );
    // Handing the child's things out is a way of taking them.
    let parent = ("a.rs", "mod b; pub use b::b; pub struct A;");
    assert_circle(
        &[lib, parent, child],
        "src/a.rs takes b from src/a/b.rs takes A from src/a.rs",
    );
    // A declaration takes nothing.
    let parent = ("a.rs", "mod b; pub struct A;");
    assert!(breaches(&[lib, parent, child]).is_empty());
    // A parent that only hands out is no place where things are.
    let parent = (
        "a.rs",
        "//! Both.\nmod b; mod c; pub use b::b; pub use c::A;",
    );
    let sibling = ("a/c.rs", "pub struct A;");
    assert!(breaches(&[lib, parent, child, sibling]).is_empty());
}

#[test]
fn through_a_parent_that_has_code_is_from_that_parent() {
    let files = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; mod c; use c::A; fn f() { b::b(A) }"),
        ("a/b.rs", "use super::A; pub(super) fn b(_: A) {}"),
        ("a/c.rs", "pub struct A;"),
    ];
    assert_circle(
        &files,
        "src/a.rs takes b from src/a/b.rs takes A from src/a.rs",
    );
}

#[test]
fn modules_written_out_are_parts_of_their_file() {
    let files = [
        ("lib.rs", "mod a;"),
        (
            "a.rs",
            "mod b; struct A; fn f() { b::b() } mod json { use super::A; fn g(_: A) {} }",
        ),
        ("a/b.rs", "pub(in crate::a) fn b() {}"),
    ];
    assert!(breaches(&files).is_empty());
}

#[test]
fn tests_and_words_about_code_may_look_anywhere() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "//! See [`crate::b`].\nuse crate::b::B; pub struct A(B);",
        ),
        (
            "b.rs",
            "pub struct B; const C: &str = \"crate::a::A\"; #[cfg(test)] mod tests;\n\
             #[cfg(test)] mod more { use crate::a::A; }",
        ),
        ("b/tests.rs", "use super::*; use crate::a::A;"),
    ];
    assert!(breaches(&files).is_empty());
    // A feature is no test.
    let kit = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        (
            "b.rs",
            "pub struct B; #[cfg(any(test, feature = \"kit\"))] mod kit { use crate::a::A; }",
        ),
    ];
    assert_circle(&kit, "src/a.rs takes B from src/b.rs");
}

#[test]
fn names_in_a_circle_end() {
    let files = [
        ("lib.rs", "mod a; mod b; fn f() { a::X::new() }"),
        ("a.rs", "pub use crate::b::X;"),
        ("b.rs", "pub use crate::a::X;"),
    ];
    assert!(breaches(&files).is_empty());
}
