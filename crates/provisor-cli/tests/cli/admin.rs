//! `provisor admin` against a server of its own.

mod commands;
mod import;
mod server;

use server::Server;

use crate::{folder, provisor_in, write};

#[test]
fn without_a_service_nothing_is_asked() {
    let folder = folder("admin-usage");
    write(&folder, "no-ca.pem", "no PEM");
    let good = "HostName=localhost:1;SharedAccessKeyName=owner;SharedAccessKey=c2l4dGVlbiBieXRlcyBhdCBsZWFzdA==";
    for (arguments, words) in [
        (&["quotas"][..], "PROVISOR_CONNECTION"),
        (
            &["quotas", "--connection", "HostName=a"],
            "SharedAccessKeyName",
        ),
        (
            &[
                "quotas",
                "--connection",
                "HostName=a;SharedAccessKeyName=b;SharedAccessKey=hunter2",
            ],
            "base64",
        ),
        (&["quotas", "--connection-file", "absent"], "absent"),
        (
            &["quotas", "--connection", good, "--ca", "no-ca.pem"],
            "CAs",
        ),
        (&["import"], "--from"),
        (&["hub", "add"], "NAME"),
        (&["policy", "add", "line"], "--right"),
    ] {
        let run = provisor_in(&folder, ["admin"].iter().chain(arguments));
        assert_eq!(run.status, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
        assert!(
            !run.err.contains("hunter2") && !run.err.contains("c2l4dGVlb"),
            "{}",
            run.err
        );
    }
}

#[test]
fn who_may_not_is_told_why() {
    let server = Server::start("admin-rights");
    let policy = server.admin(&["policy", "add", "reader", "--right", "EnrollmentRead"]);
    assert_eq!(policy.status, 0, "{}{}", policy.out, policy.err);
    let keys = server.admin(&["policy", "keys", "reader"]).json();
    let text = format!(
        "HostName={};SharedAccessKeyName=reader;SharedAccessKey={}",
        server.host(),
        keys["primaryKey"].as_str().unwrap()
    );
    assert_eq!(server.admin_as(&text, &["enrollment", "list"]).status, 0);
    let refused = server.admin_as(&text, &["hub", "list"]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.out.contains("SERVICE_RIGHT") && refused.out.contains("tracking ID"),
        "{}",
        refused.out
    );
    assert_eq!(
        server
            .admin(&["policy", "rotate", "reader", "primary"])
            .status,
        0
    );
    assert_eq!(server.admin_as(&text, &["enrollment", "list"]).status, 1);
    assert_eq!(server.admin(&["policy", "delete", "reader"]).status, 0);
    // The certificate of the server is looked at.
    let stranger = provisor_in(
        server.folder(),
        ["admin", "--connection", server.connection(), "hub", "list"],
    );
    assert_eq!(stranger.status, 2, "{}", stranger.out);
    assert!(stranger.err.contains("certificate"), "{}", stranger.err);
}
