//! `provisor store`.

use std::path::Path;

use super::{Run, folder, provisor_in};

fn config(folder: &Path, name: &str, scope: &str) -> String {
    let file = format!("{name}.toml");
    let text = format!(
        "[service]\nid_scope = \"{scope}\"\n[[tls]]\ncertificate_file = \"none\"\nkey_file = \"none\"\n[store]\nfolder = \"{name}\"\ndata_key_file = \"data.key\"\n"
    );
    std::fs::write(folder.join(&file), text).unwrap();
    file
}

fn refused(run: &Run, code: &str) {
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains(code), "{}", run.out);
}

#[test]
fn a_store_is_imported_backed_up_restored_and_exported() {
    let folder = folder("storage");
    let key = folder.join("data.key");
    std::fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    // The settings' paths are relative to their file; this runs beside them.
    let [here, there] = ["here", "there"].map(|name| config(&folder, name, "0ne0A1B2C3D"));
    let store = |command: &str, config: &str, file: &str| {
        provisor_in(&folder, ["store", command, "--config", config, file])
    };
    let text = concat!(
        "{\"provisorExport\":1,\"scope\":\"0ne0a1b2c3d\"}\n",
        "{\"table\":\"count\",\"day\":1790000640,\"instruction\":\"registration\",\"number\":7}\n",
        "{\"table\":\"end\",\"rows\":1}\n",
    );
    std::fs::write(folder.join("in.jsonl"), text).unwrap();
    refused(&store("backup", &here, "copy"), "STORE_MISSING");
    let run = store("import", &here, "in.jsonl");
    assert_eq!((run.status, &*run.out), (0, "1 rows\n"), "{}", run.err);
    refused(&store("import", &here, "in.jsonl"), "STORE_NOT_EMPTY");
    let run = store("backup", &here, "copy");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    refused(&store("backup", &here, "copy"), "STORE_NOT_EMPTY");
    refused(&store("restore", &there, "in.jsonl"), "STORE_FILE");
    let run = store("restore", &there, "copy");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let run = store("export", &there, "out.jsonl");
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert_eq!(
        std::fs::read_to_string(folder.join("out.jsonl")).unwrap(),
        text
    );
    // Nothing is written over.
    assert_eq!(store("export", &there, "out.jsonl").status, 2);
    let other = config(&folder, "other", "0ne0A1B2C3E");
    refused(&store("import", &other, "out.jsonl"), "STORE_SCOPE");
    let run = provisor_in(&folder, ["store", "upgrade", "--config", &here]);
    assert!(
        run.status == 0 && run.out.contains("nothing to do"),
        "{}",
        run.out
    );
}
