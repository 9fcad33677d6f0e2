//! The commands of docs/tpm.md do what the page says.

use std::path::Path;
use std::process::Command;

use super::folder;

/// Every block of shell commands below the mark, as one script.
fn script() -> String {
    let page = include_str!("../../../../../docs/tpm.md");
    let blocks: Vec<&str> = page
        .split("<!-- run by a test -->\n```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 3, "{} blocks", blocks.len());
    blocks.concat()
}

#[test]
fn the_commands_of_the_page_run_as_they_stand() {
    let tool = Path::new(env!("CARGO_BIN_EXE_provisor"));
    let output = Command::new("sh")
        // A command that fails stops the script, unless the page says that it is refused.
        .args(["-eu", "-c", &script()])
        .current_dir(folder("tpm-page"))
        .env("PATH", path_with(tool.parent().unwrap()))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    for said in [
        "CHALLENGED  line-7: activation blob of 390 bytes, by epoch 1",
        "ACCEPTED  line-7: answered by the TPM with the endorsement key 000b",
        "no more: registration 1 is recorded",
        "REJECTED  ATTEST_CHALLENGE_USED (4017)",
        "epoch 2  coming",
    ] {
        assert!(out.contains(said), "{said}\n{out}{err}");
    }
}

fn path_with(folder: &Path) -> std::ffi::OsString {
    let before = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&before));
    std::env::join_paths(folders).unwrap()
}
