//! What bytes are that should be a binary structure, and are a text or a package of it.

mod decode;
mod magic;
#[cfg(test)]
mod tests;
mod text;

use alloc::string::String;
use alloc::vec::Vec;

use crate::limits;

/// A form in which people hand in a certificate, a key or a TPM structure, other than its bytes.
///
/// For messages: it says what was found and which command gives the bytes. Nothing is trusted for it,
/// and nothing of the input is shown. Both leaf crates and the tools ask it once they have refused.
///
/// ```
/// use provisor_report::Form;
///
/// let form = Form::of(b"3082 02a6 3082 024c a003 0201 0202 1040").unwrap();
/// assert_eq!(form, Form::Hexadecimal);
/// assert_eq!(form.found(), "hexadecimal text");
/// assert!(form.remedy().contains("xxd -r -p"));
/// assert_eq!(Form::of(&[0x30, 0x82, 0x02, 0xa6, 0x30, 0x82]), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// No bytes, or white space only.
    Empty,
    /// Zeros only, or 0xFF only: memory that was never written.
    Unwritten,
    /// Text of two bytes a character, with or without its mark.
    Utf16,
    /// PEM blocks (RFC 7468).
    Pem,
    /// PEM whose lines end in the two characters `\n`.
    Escaped,
    /// PEM in the percent-encoding of URLs and HTTP headers.
    PercentEncoded,
    /// Text in quotation marks.
    Quoted,
    /// A JSON object or array.
    Json,
    /// A web page.
    Html,
    /// XML of any kind.
    Xml,
    /// A public key in the form of SSH.
    Ssh,
    /// A key file of PuTTY.
    Putty,
    /// Offsets, bytes in hexadecimal, characters: `xxd`, `hexdump`, `od`, `certutil`.
    Hexdump,
    /// Words of two bytes, the low byte first: `hexdump` and `od -x` without other options.
    WordDump,
    /// Offsets, bytes in octal or binary: `od`, `hexdump -b`, `xxd -b`.
    DigitDump,
    /// The source text of an array of bytes.
    ByteArray,
    /// Decimal numbers, one for each byte.
    NumberArray,
    /// The text that Python prints for bytes.
    PythonBytes,
    /// Hexadecimal digits, whatever stands between them.
    Hexadecimal,
    /// Base64 (RFC 4648 section 4) without PEM lines.
    Base64,
    /// Base64 of the alphabet for URLs (RFC 4648 section 5).
    Base64Url,
    /// Packed by `gzip`.
    Gzip,
    /// Packed by `bzip2`.
    Bzip2,
    /// Packed by `xz`.
    Xz,
    /// A ZIP archive.
    Zip,
    /// Any other text.
    Text,
}

impl Form {
    /// What these bytes are; `None` for bytes that are no text and no package known here, as a DER
    /// structure or a TPM's.
    ///
    /// ```
    /// use provisor_report::Form;
    ///
    /// assert_eq!(Form::of(b""), Some(Form::Empty));
    /// assert_eq!(Form::of(b"{\"certificate\": \"MIIC\"}"), Some(Form::Json));
    /// assert_eq!(Form::of(b"\xff\xfe-\0-\0-\0-\0-\0B\0"), Some(Form::Utf16));
    /// ```
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let start = bytes.get(..limits::FORM_BYTES).unwrap_or(bytes);
        if start.iter().all(u8::is_ascii_whitespace) {
            return Some(Self::Empty);
        }
        if [0, 0xff]
            .iter()
            .any(|one| start.iter().all(|byte| byte == one))
        {
            return Some(Self::Unwritten);
        }
        if let Some(magic) = magic::of(start) {
            return Some(match magic {
                magic::Magic::Gzip => Self::Gzip,
                magic::Magic::Bzip2 => Self::Bzip2,
                magic::Magic::Xz => Self::Xz,
                magic::Magic::Zip => Self::Zip,
            });
        }
        if decode::utf16(start).is_some() {
            return Some(Self::Utf16);
        }
        match text::plain(start) {
            Some(text) => Some(Self::of_text(text)),
            // The text around the blocks can be of any encoding.
            None => text::has_begin(start).then_some(Self::Pem),
        }
    }

    fn of_text(start: &str) -> Self {
        if text::is_number_array(start) {
            Self::NumberArray
        } else if text::is_json(start) {
            Self::Json
        } else if text::is_python_bytes(start) {
            Self::PythonBytes
        } else if text::is_quoted(start) {
            Self::Quoted
        } else if text::is_percent_encoded_pem(start) {
            Self::PercentEncoded
        } else if text::is_html(start) {
            Self::Html
        } else if text::is_xml(start) {
            Self::Xml
        } else if text::is_pem(start) {
            match text::has_escapes(start) {
                true => Self::Escaped,
                false => Self::Pem,
            }
        } else if text::is_ssh(start) {
            Self::Ssh
        } else if start.starts_with("PuTTY-User-Key-File") {
            Self::Putty
        } else if text::is_digit_dump(start) {
            Self::DigitDump
        } else if text::is_hexdump(start) {
            match text::is_word_dump(start) {
                true => Self::WordDump,
                false => Self::Hexdump,
            }
        } else if text::is_hexadecimal(start) {
            Self::Hexadecimal
        } else if text::is_byte_array(start) {
            Self::ByteArray
        } else if text::is_base64(start) {
            Self::Base64
        } else if text::is_base64url(start) {
            Self::Base64Url
        } else {
            Self::Text
        }
    }

    /// What was found, as a message says it after "found".
    #[must_use]
    pub const fn found(self) -> &'static str {
        match self {
            Self::Empty => "nothing, or white space only",
            Self::Unwritten => "zeros only or 0xFF only, as memory is that was never written",
            Self::Utf16 => "text in UTF-16",
            Self::Pem => "PEM text",
            Self::Escaped => r"PEM text with the two characters \n in place of its line breaks",
            Self::PercentEncoded => "PEM text in percent-encoding, as in a URL or an HTTP header",
            Self::Quoted => "text in quotation marks",
            Self::Json => "a JSON document",
            Self::Html => "a web page (HTML)",
            Self::Xml => "an XML document",
            Self::Ssh => "a key in the form of SSH",
            Self::Putty => "a key file of PuTTY",
            Self::Hexdump => "a hexdump",
            Self::WordDump => "a hexdump in words of two bytes, the low byte first",
            Self::DigitDump => "a dump in octal or binary digits",
            Self::NumberArray => "an array of decimal numbers",
            Self::PythonBytes => "the text that Python prints for bytes",
            Self::ByteArray => "the source text of an array of hexadecimal numbers",
            Self::Hexadecimal => "hexadecimal text",
            Self::Base64 => "base64 text without BEGIN and END lines",
            Self::Base64Url => "base64url text",
            Self::Gzip => "a file packed by gzip",
            Self::Bzip2 => "a file packed by bzip2",
            Self::Xz => "a file packed by xz",
            Self::Zip => "a ZIP archive",
            Self::Text => "other text",
        }
    }

    /// What gives the bytes, without a full stop: one command where there is one.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Empty => "make or copy the file again: nothing is in it",
            Self::Unwritten => "read it from the right place: nothing was ever stored there",
            Self::Utf16 => {
                "save it as ASCII or UTF-8 (iconv -f UTF-16 -t UTF-8 FILE > NEW; PowerShell: -Encoding ascii)"
            }
            Self::Pem => "decode it to its bytes (openssl x509 or openssl pkey, with -outform DER)",
            Self::Escaped => {
                r"put line breaks in their place (sed 's/\\r//g; s/\\n/\n/g' FILE > NEW)"
            }
            Self::PercentEncoded => {
                "decode it (python3 -c 'import sys, urllib.parse as u; t = sys.stdin.read(); print((u.unquote_plus if \"BEGIN+\" in t else u.unquote)(t))' < FILE > NEW)"
            }
            Self::Quoted => {
                "take the text out of its quotation marks (jq -r . FILE > NEW; of single ones: tr -d \"'\" < FILE > NEW)"
            }
            Self::Json => {
                "take the member that holds it, and decode that (jq -r .MEMBER FILE | sed 's/%3D/=/g' | tr -- -_ +/ | base64 -d > NEW)"
            }
            Self::Html => "download the file itself: this is a page about it, or an error page",
            Self::Xml => "take the base64 text out of its element, and decode it (base64 -d)",
            Self::Ssh | Self::Putty => {
                "take the file that is asked for: an SSH key holds no such structure"
            }
            Self::Hexdump => {
                "turn it back into bytes (xxd -r FILE NEW; of hexdump -C and od -t x1: sed 's/^[0-9a-f]*//; s/[|>].*//' FILE | xxd -r -p > NEW)"
            }
            Self::WordDump => {
                "turn it back into bytes (sed 's/^[0-9a-f]*//' FILE | xxd -r -p | dd conv=swab of=NEW)"
            }
            Self::DigitDump => {
                "make the dump again in hexadecimal (xxd), or take the file that was dumped"
            }
            Self::NumberArray => {
                r#"turn it into bytes (python3 -c 'import re, sys; sys.stdout.buffer.write(bytes(int(n) & 255 for n in re.findall(r"-?\d+", sys.stdin.read())))' < FILE > NEW)"#
            }
            Self::PythonBytes => {
                "turn it into bytes (python3 -c 'import ast, sys; sys.stdout.buffer.write(ast.literal_eval(sys.stdin.read().strip()))' < FILE > NEW), or write the file in binary mode"
            }
            Self::ByteArray => {
                "turn it into bytes (grep -oi '0x[0-9a-f]*' FILE | cut -c3- | sed 's/^.$/0&/' | xxd -r -p > NEW)"
            }
            Self::Hexadecimal => {
                "turn it into bytes (sed 's/0x//g' FILE | tr -cd 0-9a-fA-F | xxd -r -p > NEW)"
            }
            Self::Base64 => "decode it (base64 -d FILE > NEW)",
            Self::Base64Url => "decode it (tr -- -_ +/ < FILE | base64 -d > NEW)",
            Self::Gzip => "unpack it (gzip -dc FILE > NEW)",
            Self::Bzip2 => "unpack it (bzip2 -dc FILE > NEW)",
            Self::Xz => "unpack it (xz -dc FILE > NEW)",
            Self::Zip => "unpack it (unzip FILE)",
            Self::Text => "take the file that is asked for",
        }
    }

    /// Whether the bytes are text, of whatever kind; the others are packages and memory without content.
    #[must_use]
    pub const fn is_text(self) -> bool {
        !matches!(
            self,
            Self::Unwritten | Self::Gzip | Self::Bzip2 | Self::Xz | Self::Zip
        )
    }

    /// The whole text of bytes in UTF-16, without its mark; `None` when they are not [`Self::Utf16`].
    ///
    /// ```
    /// use provisor_report::Form;
    ///
    /// assert_eq!(Form::utf16_text(b"\xff\xfeM\0I\0I\0").unwrap(), "MII");
    /// assert_eq!(Form::utf16_text(b"MII"), None);
    /// ```
    #[must_use]
    pub fn utf16_text(bytes: &[u8]) -> Option<String> {
        decode::utf16(bytes)
    }

    /// What the text stands for, as far as it can be read, up to a limit of its own: enough to say
    /// of what it is the text. `None` where that takes more than a line.
    ///
    /// ```
    /// use provisor_report::Form;
    ///
    /// assert_eq!(Form::Hexadecimal.content(b"30:82:02").unwrap(), [0x30, 0x82, 0x02]);
    /// assert_eq!(Form::Json.content(b"{}"), None);
    /// ```
    #[must_use]
    pub fn content(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let start = bytes.get(..limits::FORM_BYTES).unwrap_or(bytes);
        if self == Self::Utf16 {
            return decode::utf16(start).map(|text| text.into_bytes());
        }
        let start = text::plain(start)?;
        let content = match self {
            Self::Escaped => decode::escapes(start),
            Self::Quoted => decode::escapes(text::inside_quotes(start)),
            Self::PercentEncoded => decode::percent(start),
            Self::Hexdump => decode::hexdump(start),
            Self::WordDump => decode::word_dump(start),
            Self::NumberArray => decode::number_array(start),
            Self::PythonBytes => decode::python_bytes(start),
            Self::ByteArray => decode::byte_array(start),
            Self::Hexadecimal => decode::hexadecimal(start),
            Self::Base64 | Self::Base64Url => decode::base64(start),
            _ => return None,
        };
        Some(content)
    }
}
