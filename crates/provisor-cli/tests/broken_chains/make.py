#!/usr/bin/env python3
"""Makes certificate chains with one fault each, and good ones, with the openssl command line.

    make.py FOLDER

Every case becomes a folder FOLDER/<id> with certificates and a file `arguments`: what
`provisor explain` is to be called with from inside it, one argument a line. What each must be told
stands in expected.txt, beside this script. To see one:

    cd FOLDER/leaf-expired && xargs -d '\\n' -a arguments provisor explain

Needs openssl 3 and nothing else. What openssl refuses to make is made by changing bytes of what it
made; such certificates have a wrong signature too, but the encoding is judged first.
"""

import base64
import os
import subprocess
import sys

# Everything is valid from START to END unless a case says otherwise, and judged at NOW.
START, NOW, END = "20260101000000Z", "2026-07-01T00:00:00Z", "20351231235959Z"

ROOT = {
    "basicConstraints": "critical, CA:TRUE",
    "keyUsage": "critical, keyCertSign, cRLSign",
    "subjectKeyIdentifier": "hash",
}
CA = {**ROOT, "authorityKeyIdentifier": "keyid"}
DEVICE = {
    "basicConstraints": "critical, CA:FALSE",
    "keyUsage": "critical, digitalSignature",
    "extendedKeyUsage": "clientAuth",
    "subjectKeyIdentifier": "hash",
    "authorityKeyIdentifier": "keyid",
}
NO_KEY_IDS = {"subjectKeyIdentifier": "none", "authorityKeyIdentifier": "none"}

CONFIG = """
[req]
distinguished_name = empty
string_mask = utf8only
[empty]
[ca]
database = database
new_certs_dir = .
unique_subject = no
default_md = sha256
policy = any
preserve = yes
rand_serial = yes
[any]
commonName = optional
organizationName = optional
"""


# --- tools ------------------------------------------------------------------------------------


def openssl(*arguments):
    run = subprocess.run(["openssl", *arguments], capture_output=True)
    if run.returncode != 0:
        sys.exit(f"openssl {' '.join(arguments)}\n{run.stderr.decode(errors='replace')}")
    return run.stdout


def make_key(name, kind):
    """`name`.key; the kinds are named as people name them."""
    rsa = lambda bits: ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}"]
    curve = lambda name, *more: ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{name}", *more]
    kinds = {
        "P-192": curve("prime192v1"),
        "P-256": curve("P-256"),
        "P-384": curve("P-384"),
        "P-521": curve("P-521"),
        "P-521 compressed": curve("P-521"),
        "secp256k1": curve("secp256k1"),
        "P-256 written out": curve("P-256", "-pkeyopt", "ec_param_enc:explicit"),
        "Ed25519": ["-algorithm", "ED25519"],
        "Ed448": ["-algorithm", "ED448"],
        "RSA-1024": rsa(1024),
        "RSA-2048": rsa(2048),
    }
    if kind == "DSA":
        openssl("dsaparam", "-out", "dsa.params", "1024")
        openssl("gendsa", "-out", f"{name}.key", "dsa.params")
    else:
        openssl("genpkey", *kinds[kind], "-out", f"{name}.key")
    if kind.endswith("compressed"):
        openssl("ec", "-in", f"{name}.key", "-conv_form", "compressed", "-out", f"{name}.key")


def certify(name, subject, issuer, extensions, changes, sections="", key="P-256", digest="sha256",
            start=START, end=END, options=()):
    """`name`.pem for that subject, signed by `issuer` (None: by itself).

    `changes` to the usual extensions: a value of None takes one out. `extensions` None: version 1.
    `key`: its kind, or the name of a certificate whose key is used again.
    """
    if os.path.exists(f"{key}.key"):
        with open(f"{key}.key", "rb") as old, open(f"{name}.key", "wb") as new:
            new.write(old.read())
    else:
        make_key(name, key)
    config = CONFIG + sections
    more = list(options)
    if extensions is not None:
        wanted = {**extensions, **changes}
        lines = [f"{field} = {value}\n" for field, value in wanted.items() if value is not None]
        config += "[extensions]\n" + "".join(lines)
        more += ["-extensions", "extensions"]
    with open("openssl.cnf", "w") as file:
        file.write(config)
    open("database", "w").close()
    request = ["req", "-new", "-config", "openssl.cnf", "-utf8", "-key", f"{name}.key"]
    openssl(*request, "-out", f"{name}.csr", "-subj", subject)
    signer = ["-selfsign", "-keyfile", f"{name}.key"]
    if issuer is not None:
        signer = ["-cert", f"{issuer}.pem", "-keyfile", f"{issuer}.key"]
    openssl("ca", "-batch", "-notext", "-config", "openssl.cnf", "-name", "ca", *signer,
            "-in", f"{name}.csr", "-out", f"{name}.pem", "-md", digest,
            "-startdate", start, "-enddate", end, *more)


def root(name, subject, changes={}, **more):
    certify(name, subject, None, ROOT, changes, **more)


def ca(name, subject, issuer="root", changes={}, **more):
    certify(name, subject, issuer, CA, changes, **more)


def device(name, issuer="ca", changes={}, subject="/O=Acme/CN=line-7", **more):
    certify(name, subject, issuer, DEVICE, changes, **more)


def der(name):
    """The DER of `name`.pem."""
    with open(f"{name}.pem") as file:
        text = file.read()
    body = text.split("-----BEGIN CERTIFICATE-----")[1].split("-----END CERTIFICATE-----")[0]
    return base64.b64decode(body)


def pem(content):
    lines = base64.encodebytes(content).decode().replace("\n", "")
    lines = [lines[at:at + 64] for at in range(0, len(lines), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def changed(name, new_name, old, new):
    """`new_name`.pem: the certificate `name`, the bytes `old` replaced where they stand first."""
    content = der(name)
    at = content.index(old)
    with open(f"{new_name}.pem", "w") as file:
        file.write(pem(content[:at] + new + content[at + len(old):]))


def flipped(name, new_name):
    """`new_name`.pem: the certificate `name` with one bit of its signature changed."""
    content = der(name)
    # Twenty bytes from the end lies in the number s of an ECDSA signature, far from its header.
    content = content[:-20] + bytes([content[-20] ^ 1]) + content[-19:]
    with open(f"{new_name}.pem", "w") as file:
        file.write(pem(content))


def case(name, leaf="device", sent="ca", anchors="root", more=()):
    """The folder of one case. `sent` and `anchors` name certificates, in the order of the file;
    `leaf` a certificate, or bytes that stand in its place."""
    folder = os.path.join("..", name)
    os.makedirs(folder)
    arguments = ["--leaf", "leaf.pem", "--anchors", "anchors.pem"]
    if isinstance(leaf, str):
        with open(f"{leaf}.pem", "rb") as file:
            leaf = file.read()
    with open(os.path.join(folder, "leaf.pem"), "wb") as file:
        file.write(leaf)
    bundles = [("anchors.pem", anchors)]
    if sent:
        bundles.append(("chain.pem", sent))
        arguments += ["--chain", "chain.pem"]
    for bundle, members in bundles:
        with open(os.path.join(folder, bundle), "wb") as out:
            for member in members.split():
                with open(f"{member}.pem", "rb") as file:
                    out.write(file.read())
    if "--at" not in more:
        arguments += ["--at", NOW]
    with open(os.path.join(folder, "arguments"), "w") as file:
        file.write("".join(argument + "\n" for argument in [*arguments, *more]))


# --- the cases --------------------------------------------------------------------------------


def good():
    """What must be accepted: the twin of a fault, with the fault taken away."""
    case("good-two-tiers", leaf="device", sent="", anchors="ca")
    case("good-chain")
    case("good-root-sent-too", sent="root ca")
    case("good-issuing-ca-as-anchor", sent="", anchors="ca")
    case("good-common-name", more=["--id", "line-7"])
    case("good-common-name-other-case", more=["--id", "LINE-7"])
    with open("device.pem", "rb") as leaf, open("ca.pem", "rb") as issuer:
        both = leaf.read() + issuer.read()
    case("good-one-file", leaf=both, sent="")
    ca("upper", "/O=Acme/CN=Acme Upper CA")
    ca("lower", "/O=Acme/CN=Acme Lower CA", "upper")
    device("deep", "lower")
    case("good-three-tiers", "deep", "upper lower")
    case("good-three-tiers-other-order", "deep", "lower upper")
    device("forever", end="99991231235959Z")
    case("good-no-expiry", "forever")
    digests = {"Ed25519": "null", "P-521": "sha512", "P-521 compressed": "sha256"}
    for kind in ["RSA-2048", "P-384", "Ed25519", "P-521", "P-521 compressed"]:
        slug = kind.lower().replace(" ", "-")
        ca(f"ca-{slug}", "/O=Acme/CN=Acme Issuing CA", key=kind)
        digest = digests.get(kind, "sha384")
        device(f"by-{slug}", f"ca-{slug}", digest=digest, key=kind)
        case(f"good-{slug}", f"by-{slug}", f"ca-{slug}")
    device("by-pss", "ca-rsa-2048", options=pss(32))
    case("good-rsa-pss", "by-pss", "ca-rsa-2048")
    root("old-root", "/O=Acme/CN=Acme Old Root", end="20260201000000Z")
    ca("below-old-root", "/O=Acme/CN=Acme Issuing CA", "old-root")
    device("of-old-root", "below-old-root")
    # RFC 5280 section 6.1.1 (d) leaves an anchor's dates open; the engine keeps to them, and so does explain.
    case("root-expired", "of-old-root", "below-old-root", "old-root")


def pss(salt, digest="sha256"):
    return ["-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{salt}",
            "-sigopt", f"rsa_mgf1_md:{digest}"]


def validity():
    device("expired", end="20260201000000Z")
    case("leaf-expired", "expired")
    device("future", start="20270101000000Z")
    case("leaf-not-yet-valid", "future")
    case("clock-never-set", more=["--at", "1970-01-01T00:00:17Z"])
    ca("expired-ca", "/O=Acme/CN=Acme Issuing CA", key="ca", end="20260201000000Z")
    case("intermediate-expired", sent="expired-ca")
    case("good-expired-intermediate-with-valid-twin", sent="expired-ca ca")
    ca("future-ca", "/O=Acme/CN=Acme Issuing CA", key="ca", start="20270101000000Z")
    case("intermediate-not-yet-valid", sent="future-ca")
    root("unknown-root", "/O=Elsewhere/CN=Unknown Root")
    ca("untrusted-twin", "/O=Acme/CN=Acme Issuing CA", "unknown-root", key="ca")
    case("intermediate-expired-twin-untrusted", sent="expired-ca untrusted-twin")
    ca("upper-expired", "/O=Acme/CN=Acme Upper CA", key="upper", end="20260201000000Z")
    case("upper-intermediate-expired", "deep", "lower upper-expired")
    # The root that is sent has expired, and its successor is not what is trusted either.
    case("root-expired-and-untrusted", "of-old-root", "below-old-root old-root")


def issuers():
    case("intermediate-missing", sent="")
    case("root-in-place-of-intermediate", sent="root")
    case("upper-intermediate-missing", "deep", "lower")
    case("lower-intermediate-missing", "deep", "upper")
    case("leaf-sent-twice", sent="device")
    ca("other-ca", "/O=Acme/CN=Acme Second Issuing CA")
    case("another-line-s-intermediate", sent="other-ca")
    case("leaf-and-ca-swapped", leaf="ca", sent="device")
    case("ca-alone-in-place-of-leaf", leaf="ca", sent="")
    root("foreign-root", "/O=Elsewhere/CN=Foreign Root")
    case("root-untrusted", sent="ca root", anchors="foreign-root")
    case("root-untrusted-not-sent", sent="ca", anchors="foreign-root")
    device("alone", None)
    case("leaf-self-signed", "alone", sent="")
    # Other CAs under the same names.
    ca("twin-ca", "/O=Acme/CN=Acme Issuing CA")
    case("same-named-ca", sent="twin-ca")
    device("no-ids", "ca", NO_KEY_IDS)
    case("same-named-ca-without-key-ids", "no-ids", "twin-ca")
    case("good-same-named-ca-beside-the-right-one", "no-ids", "twin-ca ca")
    root("twin-root", "/O=Acme/CN=Acme Root CA")
    case("same-named-root", anchors="twin-root")
    ca("ca-no-ids", "/O=Acme/CN=Acme Issuing CA", changes=NO_KEY_IDS)
    device("below-no-ids", "ca-no-ids", NO_KEY_IDS)
    case("same-named-root-without-key-ids", "below-no-ids", "ca-no-ids", "twin-root")
    # A group that trusts its issuing CA, but one of the same name.
    case("same-named-ca-trusted", sent="", anchors="twin-ca")
    one_id = {"subjectKeyIdentifier": "0102030405060708090a0b0c0d0e0f1011121314"}
    for name in ["honest", "claims"]:
        ca(f"{name}-ca", "/O=Acme/CN=Acme Issuing CA", changes=one_id)
    device("of-honest", "honest-ca")
    case("signature-of-another-key-same-key-id", "of-honest", "claims-ca")
    flipped("device", "device-flipped")
    case("leaf-signature-bit-flipped", "device-flipped")
    flipped("ca", "ca-flipped")
    case("intermediate-signature-bit-flipped", sent="ca-flipped")
    changed("device", "device-renamed", b"line-7", b"line-8")
    case("leaf-name-changed-after-signing", "device-renamed")
    root("a-by-itself", "/O=Acme/CN=A")
    ca("b-by-a", "/O=Acme/CN=B", "a-by-itself")
    ca("a-by-b", "/O=Acme/CN=A", "b-by-a", key="a-by-itself")
    device("of-a", "a-by-itself")
    case("cross-certified-in-a-circle", "of-a", "a-by-b b-by-a")
    above, sent = "root", []
    for number in range(12):
        ca(f"deep-{number}", f"/O=Acme/CN=Acme CA {number}", above)
        above, sent = f"deep-{number}", [f"deep-{number}", *sent]
    device("too-deep", above)
    case("too-many-intermediates", "too-deep", " ".join(sent))
    case("anchors-hold-no-ca", anchors="device")


def ca_rules():
    def bad_ca(name, changes, **more):
        ca(f"{name}-ca", "/O=Acme/CN=Acme Issuing CA", changes=changes, **more)
        device(f"{name}-leaf", f"{name}-ca")
        case(name, f"{name}-leaf", f"{name}-ca")

    bad_ca("ca-without-basic-constraints", {"basicConstraints": None})
    bad_ca("ca-false", {"basicConstraints": "critical, CA:FALSE"})
    bad_ca("ca-without-key-cert-sign", {"keyUsage": "critical, digitalSignature, cRLSign"})
    bad_ca("ca-for-servers-only", {"extendedKeyUsage": "serverAuth"})
    bad_ca("ca-unknown-critical-extension", {"1.3.6.1.4.1.55555.1": "critical, DER:0500"})
    certify("v1-ca", "/O=Acme/CN=Acme Issuing CA", "root", None, {})
    device("of-v1-ca", "v1-ca", {"authorityKeyIdentifier": "none"})
    case("ca-version-1", "of-v1-ca", "v1-ca")
    device("of-device", "device")
    case("issued-by-a-device", "of-device", "device ca")
    ca("narrow", "/O=Acme/CN=Acme Narrow CA",
       changes={"basicConstraints": "critical, CA:TRUE, pathlen:0"})
    ca("below-narrow", "/O=Acme/CN=Acme Lower CA", "narrow")
    device("of-below-narrow", "below-narrow")
    case("path-length-of-intermediate", "of-below-narrow", "below-narrow narrow")
    root("narrow-root", "/O=Acme/CN=Acme Narrow Root",
         {"basicConstraints": "critical, CA:TRUE, pathlen:0"})
    ca("below-narrow-root", "/O=Acme/CN=Acme Issuing CA", "narrow-root")
    device("of-narrow-root", "below-narrow-root")
    case("path-length-of-root", "of-narrow-root", "below-narrow-root", "narrow-root")
    root("server-root", "/O=Acme/CN=Acme Server Root", {"extendedKeyUsage": "serverAuth"})
    ca("below-server-root", "/O=Acme/CN=Acme Issuing CA", "server-root")
    device("of-server-root", "below-server-root")
    case("root-for-servers-only", "of-server-root", "below-server-root", "server-root")


def leaf_rules():
    def bad_leaf(name, changes, **more):
        device(name, changes=changes, **more)
        case(name, name)

    bad_leaf("leaf-key-usage", {"keyUsage": "critical, keyEncipherment"})
    bad_leaf("leaf-key-usage-of-a-ca", {"keyUsage": "critical, keyCertSign"})
    bad_leaf("leaf-for-servers-only", {"extendedKeyUsage": "serverAuth"})
    bad_leaf("leaf-for-code-signing", {"extendedKeyUsage": "codeSigning, emailProtection"})
    bad_leaf("leaf-purposes-empty", {"extendedKeyUsage": "DER:3000"})
    bad_leaf("leaf-unknown-critical-extension", {"1.3.6.1.4.1.55555.1": "critical, DER:0500"})
    bad_leaf("good-leaf-unknown-extension", {"1.3.6.1.4.1.55555.1": "DER:0500"})
    bad_leaf("leaf-is-a-ca", {"basicConstraints": "critical, CA:TRUE"})


def name_constraints():
    def constrained(name, constraint, alt_name=None, sections="", subject="/O=Acme/CN=line-7"):
        ca(f"{name}-ca", "/O=Acme/CN=Acme Issuing CA", sections=sections,
           changes={"nameConstraints": f"critical, {constraint}"})
        device(f"{name}-leaf", f"{name}-ca", {"subjectAltName": alt_name}, subject=subject)
        case(name, f"{name}-leaf", f"{name}-ca")

    inside, outside = "[names]\nO = Acme\n", "[names]\nO = Elsewhere\n"
    for kind, base, good_name, bad_name in [
        ("dns", "DNS:acme.example", "DNS:d7.acme.example", "DNS:d7.acme.test"),
        ("ip", "IP:10.7.0.0/255.255.0.0", "IP:10.7.0.9", "IP:10.8.0.9"),
        ("email", "email:acme.example", "email:d7@acme.example", "email:d7@acme.test"),
        ("uri", "URI:acme.example", "URI:https://acme.example/d7", "URI:https://acme.test/d7"),
    ]:
        constrained(f"names-{kind}-not-permitted", f"permitted;{base}", bad_name)
        constrained(f"names-{kind}-excluded", f"excluded;{base}", good_name)
        constrained(f"good-names-{kind}", f"permitted;{base}", good_name)
    constrained("names-dn-not-permitted", "permitted;dirName:names", sections=outside)
    constrained("names-dn-excluded", "excluded;dirName:names", sections=inside)
    constrained("good-names-dn", "permitted;dirName:names", sections=inside)
    constrained("names-kind-unknown", "permitted;otherName:1.3.6.1.4.1.55555.2;UTF8:x",
                "otherName:1.3.6.1.4.1.55555.2;UTF8:x")
    ca("names-empty-ca", "/O=Acme/CN=Acme Issuing CA", changes={"nameConstraints": "critical, DER:3000"})
    device("names-empty-leaf", "names-empty-ca")
    case("names-constraints-empty", "names-empty-leaf", "names-empty-ca")


def policies():
    def policed(name, ca_changes, leaf_changes):
        ca(f"{name}-ca", "/O=Acme/CN=Acme Issuing CA", changes=ca_changes)
        device(f"{name}-leaf", f"{name}-ca", leaf_changes)
        case(name, f"{name}-leaf", f"{name}-ca")

    required = {"policyConstraints": "critical, requireExplicitPolicy:0"}
    ours, theirs = {"certificatePolicies": "1.3.6.1.4.1.55555.10"}, {
        "certificatePolicies": "1.3.6.1.4.1.55555.11"}
    anything = {"certificatePolicies": "2.5.29.32.0"}
    policed("good-policy", {**required, **ours}, ours)
    policed("good-no-policy-required", {}, ours)
    policed("policy-required-none-stated", {**required, **ours}, {})
    policed("policy-required-another-stated", {**required, **ours}, theirs)
    policed("policy-required-ca-has-none", required, ours)
    policed("policy-any-inhibited", {**required, **ours, "inhibitAnyPolicy": "critical, 0"}, anything)
    policed("policy-mapped-from-any",
            {**ours, "policyMappings": "critical, 2.5.29.32.0:1.3.6.1.4.1.55555.10"}, ours)


def algorithms():
    device("sha1", digest="sha1")
    case("leaf-signed-with-sha1", "sha1")
    ca("ca-sha1", "/O=Acme/CN=Acme Issuing CA", digest="sha1")
    device("below-sha1", "ca-sha1")
    case("intermediate-signed-with-sha1", "below-sha1", "ca-sha1")
    device("sha1-rsa", "ca-rsa-2048", digest="sha1")
    case("leaf-signed-with-sha1-and-rsa", "sha1-rsa", "ca-rsa-2048")
    device("md5", "ca-rsa-2048", digest="md5")
    case("leaf-signed-with-md5", "md5", "ca-rsa-2048")
    device("sha224", digest="sha224")
    case("leaf-signed-with-sha224", "sha224")
    device("pss-short-salt", "ca-rsa-2048", options=pss(8))
    case("leaf-pss-short-salt", "pss-short-salt", "ca-rsa-2048")
    device("pss-mixed", "ca-rsa-2048", options=pss(32, "sha1"))
    case("leaf-pss-two-hashes", "pss-mixed", "ca-rsa-2048")
    for name, kind, digest in [
        ("rsa-1024", "RSA-1024", "sha256"),
        ("p-192", "P-192", "sha256"),
        ("secp256k1", "secp256k1", "sha256"),
        ("dsa", "DSA", "sha256"),
        ("explicit-curve", "P-256 written out", "sha256"),
        ("ed448", "Ed448", "null"),
    ]:
        if kind != "Ed448":
            device(f"key-{name}", key=kind)
            case(f"leaf-key-{name}", f"key-{name}")
        ca(f"ca-{name}", "/O=Acme/CN=Acme Issuing CA", key=kind)
        device(f"signed-{name}", f"ca-{name}", digest=digest)
        case(f"intermediate-key-{name}", f"signed-{name}", f"ca-{name}")


def encoding():
    content = der("device")
    case("leaf-truncated", content[:-9])
    case("leaf-padded-with-zeros", content + bytes(40))
    case("leaf-followed-by-ca", content + der("ca"))
    with open("device.pem") as file:
        text = file.read()
    case("pem-line-damaged", (text[:200] + "*" + text[201:]).encode())
    case("pem-without-end", text.rsplit("-----END", 1)[0].encode())
    case("pem-character-lost", (text[:200] + text[201:]).encode())
    case("empty-file", b"")
    with open("device.csr", "rb") as file:
        request = file.read()
    case("request-in-place-of-leaf", request)
    case("request-der-in-place-of-leaf", openssl("req", "-in", "device.csr", "-outform", "DER"))
    with open("device.key", "rb") as file:
        case("private-key-in-place-of-leaf", file.read())
    case("private-key-der-in-place-of-leaf", openssl("pkey", "-in", "device.key", "-outform", "DER"))
    case("public-key-in-place-of-leaf", openssl("pkey", "-in", "device.key", "-pubout"))
    bundle = openssl("crl2pkcs7", "-nocrl", "-certfile", "device.pem")
    case("pkcs7-in-place-of-leaf", bundle)
    case("pkcs12-in-place-of-leaf", openssl(
        "pkcs12", "-export", "-in", "device.pem", "-inkey", "device.key", "-passout", "pass:"))
    with open("broken.pem", "w") as file:
        file.write(pem(der("ca")[:-9]))
    case("intermediate-truncated", sent="broken")
    device("two-extensions", changes={"1.3.6.1.4.1.55555.1": "DER:0500", "1.3.6.1.4.1.55555.2": "DER:0500"})
    oid = bytes.fromhex("06092b0601040183b203")
    changed("two-extensions", "duplicate", oid + b"\x02", oid + b"\x01")
    case("extension-twice", "duplicate")
    device("two-names", changes={"subjectAltName": "DNS:a.example", "issuerAltName": "DNS:b.example"})
    changed("two-names", "names-twice", bytes.fromhex("0603551d12"), bytes.fromhex("0603551d11"))
    case("extension-alt-name-twice", "names-twice")
    # ecdsa-with-SHA256 inside, ecdsa-with-SHA384 outside: the first place is the inner one.
    ecdsa = bytes.fromhex("06082a8648ce3d0403")
    changed("device", "two-algorithms", ecdsa + b"\x02", ecdsa + b"\x03")
    case("algorithm-inside-differs", "two-algorithms")
    version = bytes.fromhex("a0030201")
    changed("device", "version-4", version + b"\x02", version + b"\x03")
    case("version-4", "version-4")
    changed("device", "version-2", version + b"\x02", version + b"\x01")
    case("extensions-in-version-2", "version-2")
    changed("device", "thirteenth-month", b"260101000000Z", b"261301000000Z")
    case("month-13", "thirteenth-month")
    changed("device", "untrue", bytes.fromhex("0101ff"), bytes.fromhex("010101"))
    case("boolean-not-canonical", "untrue")


def common_names():
    def named(name, subject, registration, *more, **options):
        device(name, subject=subject, **options)
        case(name, name, more=["--id", registration, *more])

    named("common-name-other", "/O=Acme/CN=line-8", "line-7")
    named("common-name-case-2017", "/O=Acme/CN=Line-7", "line-7", "--rules", "2017")
    named("common-names-two", "/O=Acme/CN=line-7/CN=line-8", "line-7")
    named("common-names-two-alike", "/CN=line-7/CN=line-7", "line-7")
    named("common-name-missing", "/O=Acme/OU=line-7", "line-7")
    named("common-name-with-space", "/O=Acme/CN=line 7", "line-7")
    named("common-name-not-ascii", "/O=Acme/CN=l\u00edne-7", "line-7")
    named("common-name-ends-with-a-dot", "/O=Acme/CN=line-7.", "line-7")
    case("id-with-space", more=["--id", "line 7"])
    case("id-of-the-current-rules-under-2017", more=["--id", "line_7", "--rules", "2017"])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    work = os.path.join(sys.argv[1], "work")
    os.makedirs(work)
    os.chdir(work)
    root("root", "/O=Acme/CN=Acme Root CA")
    ca("ca", "/O=Acme/CN=Acme Issuing CA")
    device("device")
    for group in [good, validity, issuers, ca_rules, leaf_rules, name_constraints, policies,
                  algorithms, encoding, common_names]:
        group()


main()
