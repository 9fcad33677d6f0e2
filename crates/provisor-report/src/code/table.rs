//! Every stable code, one row each: number, name, sentence, remedy, specification.
//!
//! Rust documentation, `include/provisor.h`, the Python enum and `docs/codes.md` are generated from
//! here. Keep the rows in the order of their numbers; never change what a number means; when a code
//! is retired, leave its number behind as a comment.

super::codes! {
    // --- 1000: identifiers -------------------------------------------------------------------
    IdEmpty = 1001 "ID_EMPTY" {
        meaning: "the identifier is empty",
        remedy: "give at least one character",
        spec: "DPS registration ID rules",
    }
    IdTooLong = 1002 "ID_TOO_LONG" {
        meaning: "the identifier is longer than its kind allows",
        remedy: "shorten it to the number of characters named as expected",
        spec: "DPS registration ID rules",
    }
    IdCharacter = 1003 "ID_CHARACTER" {
        meaning: "the identifier holds a character that its rule set does not allow",
        remedy: "replace the character at the position named; the 2017 rules know lowercase only",
        spec: "DPS registration ID rules",
    }
    IdLastCharacter = 1004 "ID_LAST_CHARACTER" {
        meaning: "the identifier ends with a character that may only stand inside",
        remedy: "end it with a letter, a digit or a hyphen",
        spec: "DPS registration ID rules",
    }

    // --- 2000: X.509, the encoding -----------------------------------------------------------
    X509Der = 2001 "X509_DER" {
        meaning: "the bytes are not canonical DER where the structure needs it",
        remedy: "issue the certificate again with an encoder that follows DER, or send the original bytes",
        spec: "RFC 5280 section 4.1, X.690 section 10",
    }
    X509Expired = 2103 "X509_EXPIRED" {
        meaning: "the certificate has expired",
        remedy: "renew the certificate, or set the clock if the time of the verdict is wrong",
        spec: "RFC 5280 section 6.1.3 (a)(2)",
    }
}
