//! Commands of the pages, as one script each.

use std::path::Path;
use std::process::Command;

/// Every block of shell commands below the mark, as one script.
pub(crate) fn script(page: &str) -> String {
    let blocks: Vec<&str> = page
        .split("<!-- run by a test -->\n```sh\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 3, "{} blocks", blocks.len());
    blocks.concat()
}

/// What the script prints, on both streams.
pub(crate) fn run(script: &str, folder: &Path) -> (String, String) {
    let tool = Path::new(env!("CARGO_BIN_EXE_provisor"));
    let output = Command::new("sh")
        // A command that fails stops the script, unless the page says that it is refused.
        .args(["-eu", "-c", script])
        .current_dir(folder)
        .env("PATH", path_with(tool.parent().unwrap()))
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    (out, err)
}

fn path_with(folder: &Path) -> std::ffi::OsString {
    let before = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&before));
    std::env::join_paths(folders).unwrap()
}

#[test]
fn the_commands_of_the_page_on_the_command_line_run_as_they_stand() {
    let folder = super::folder("cli-page");
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tpm2-tools");
    for entry in std::fs::read_dir(files).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    let (out, err) = run(&script(include_str!("../../../../docs/cli.md")), &folder);
    for said in [
        "ACCEPTED  0ne0A1B2C3D/registrations/line-7: signed with the key (device.key)",
        "REJECTED  SAS_GROUP_KEY (3522)",
        "ACCEPTED  line-7: would be assigned to hub-",
        "ACCEPTED  ecc.quote.msg: a quote over sha1:0,1+sha256:0,16",
        "ACCEPTED  ecc.certify.att: a certification of 000be51a",
    ] {
        assert!(out.contains(said), "{said}\n{out}{err}");
    }
}
