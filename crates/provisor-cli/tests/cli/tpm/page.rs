//! The commands of docs/tpm.md do what the page says.

use super::super::page::{run, script};
use super::folder;

#[test]
fn the_commands_of_the_page_run_as_they_stand() {
    let page = script(include_str!("../../../../../docs/tpm.md"));
    let (out, err) = run(&page, &folder("tpm-page"));
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
