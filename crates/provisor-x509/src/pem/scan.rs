//! The one pass over the lines of a text. Whatever speaks of a certificate or a list is read, noted as
//! passed over, or refuses the text: nothing is lost in silence.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use provisor_report::{Code, Form, Rejection, Subject};

use super::armour::{Piece, Pieces, damaged};
use super::base64::{Damage, Decoder};
use super::contents::{Block, Contents, PassedOver, ReadAs};
use super::label::{Class, Other, PKCS7, shown};
use super::unreadable::Unreadable;
use super::{stray, text};
use crate::glance::{Wanted, of_bytes};
use crate::limits;

/// Reads the blocks of a text.
///
/// # Errors
///
/// Codes 2017 and 2019 to 2024, with the line.
pub(crate) fn scan(text: &str, wanted: Wanted) -> Result<Contents, Unreadable> {
    if Form::of(text.as_bytes()) == Some(Form::Utf16) {
        // Blocks between zeros are no blocks, and would be lost.
        let refused = of_bytes(text.as_bytes(), wanted)
            .map(|answer| Unreadable::whole(answer.about_text(wanted)));
        if let Some(refused) = refused {
            return Err(refused);
        }
    }
    let mut contents = Contents::default();
    let prepared = text::prepare(text, &mut contents);
    let scan = Scan {
        wanted,
        contents,
        open: None,
        instead: None,
        stray: None,
    };
    scan.run(&prepared).map_err(|unreadable| {
        // What stands in a member of a document is told by the document.
        let answer = match (unreadable.rejection.code(), Form::of(text.as_bytes())) {
            (
                Code::X509Armour | Code::X509Pem,
                Some(Form::Json | Form::Html | Form::PercentEncoded),
            ) => of_bytes(text.as_bytes(), wanted),
            _ => None,
        };
        answer.map_or(unreadable, |answer| {
            Unreadable::whole(answer.about_text(wanted))
        })
    })
}

struct Scan<'t> {
    wanted: Wanted,
    contents: Contents,
    open: Option<Open<'t>>,
    /// The first block of another kind, for the case that there is none of the right one.
    instead: Option<Other>,
    /// The first line that begins as a certificate or a list and is in no block: a refusal, unless the
    /// whole file turns out to be of another form.
    stray: Option<Unreadable>,
}

/// A block whose END has not come yet.
struct Open<'t> {
    label: &'t str,
    class: Class,
    line: usize,
    data: Decoder,
    /// Some of its data was seen.
    begun: bool,
}

/// What was seen on the present line already.
#[derive(Default)]
struct Seen {
    begin: bool,
    end: bool,
    data: bool,
    /// Text outside of blocks.
    loose: Option<Loose>,
}

/// What stands on a line outside of blocks.
#[derive(Clone, Copy)]
enum Loose {
    /// Hyphens only.
    Hyphens,
    /// The marks that mail programs put before the lines of what is answered.
    Quoted,
    Text,
}

impl Loose {
    fn of(text: &str) -> Self {
        if text.bytes().all(|byte| byte == b'-') {
            Self::Hyphens
        } else if text.bytes().all(|byte| matches!(byte, b'>' | b'|' | b' ')) {
            Self::Quoted
        } else {
            Self::Text
        }
    }
}

impl<'t> Scan<'t> {
    fn run(mut self, text: &'t str) -> Result<Contents, Unreadable> {
        for (number, marked, line) in text::lines(text) {
            if marked {
                self.contents.note(ReadAs::ByteOrderMark);
            }
            self.line(number, line)?;
        }
        if let Some(open) = self.open.take().filter(|open| open.class.speaks()) {
            return Err(self
                .refuse(Code::X509Pem, open.line, "a BEGIN whose END does not come")
                .expected(format!("an END {} line", shown(open.label)))
                .remedy(CUT));
        }
        self.finish(text)
    }

    fn line(&mut self, number: usize, line: &'t str) -> Result<(), Unreadable> {
        if let Some(bare) = text::bare(line) {
            let armour = |piece| match piece {
                Piece::Begin(label) | Piece::End(label) => Class::of(label).speaks(),
                Piece::Text(text) => damaged(text).is_some(),
            };
            if Pieces::of(&bare).any(armour) {
                return Err(self.refuse(Code::X509Armour, number, HIDDEN));
            }
        }
        let mut seen = Seen::default();
        for piece in Pieces::of(line) {
            match piece {
                Piece::Text(text) => self.text(number, text::trimmed(text), &mut seen)?,
                Piece::Begin(label) => {
                    let class = Class::of(label);
                    self.alone(number, class, &seen, "BEGIN")?;
                    self.begin(number, label, class)?;
                    if seen.end {
                        self.contents.note(ReadAs::Joined { line: number });
                    }
                    seen.begin = true;
                }
                Piece::End(label) => {
                    let class = Class::of(label);
                    self.alone(number, class, &seen, "END")?;
                    self.end(number, label, class)?;
                    if seen.data {
                        self.contents.note(ReadAs::OneLine { line: number });
                    }
                    seen = Seen {
                        end: class.speaks(),
                        ..Seen::default()
                    };
                }
            }
        }
        Ok(())
    }

    /// The data of a block, or text around the blocks. What is passed over is decoded as well: a damage
    /// can hide the END of one block and the BEGIN of the next.
    fn text(&mut self, number: usize, text: &str, seen: &mut Seen) -> Result<(), Unreadable> {
        if text.is_empty() {
            return Ok(());
        }
        let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if !text.bytes().all(bare)
            && let Some(what) = damaged(text)
        {
            return Err(self.refuse(Code::X509Armour, number, what));
        }
        let hyphens = text.bytes().all(|byte| byte == b'-');
        match &mut self.open {
            Some(open) if seen.begin && hyphens && open.class.speaks() => {
                return Err(self.refuse(Code::X509Armour, number, MANY));
            }
            Some(open) if open.class.speaks() => {
                if let Err(damage) = open.data.push(text) {
                    return Err(self
                        .refuse(Code::X509Pem, number, damage.found())
                        .expected("base64 characters")
                        .remedy(match damage {
                            Damage::Url => URL,
                            _ => CUT,
                        }));
                }
                seen.data = true;
                if seen.begin {
                    self.contents.note(ReadAs::OneLine { line: number });
                }
            }
            // What a label does not say shows in the data. Of a key, the first line alone is looked at,
            // since the others are secret.
            Some(open) => {
                let looked_at = open.class == Class::Silent(None) || !open.begun;
                open.begun |= text.bytes().all(bare);
                if let Some(kind) = stray::in_base64(text).filter(|_| looked_at) {
                    let found = format!("{kind} under the label {}", shown(open.label));
                    let line = open.line;
                    return Err(self
                        .refuse(Code::X509Armour, line, found)
                        .remedy(MISLABELLED));
                }
            }
            None if seen.end => {
                let what = if hyphens {
                    MANY
                } else {
                    "text after the END on its line"
                };
                return Err(self.refuse(Code::X509Armour, number, what));
            }
            None => {
                seen.loose = Some(Loose::of(text));
                if self.stray.is_none()
                    && let Some((form, kind)) = stray::of(text)
                {
                    let found = format!("{form} outside of a block, which begins as {kind}");
                    let refusal = self.refuse(Code::X509Armour, number, found);
                    self.stray = Some(refusal.remedy(STRAY));
                }
            }
        }
        Ok(())
    }

    /// The line of a block that speaks of certificates has nothing before it.
    fn alone(
        &self,
        number: usize,
        class: Class,
        seen: &Seen,
        word: &str,
    ) -> Result<(), Unreadable> {
        match seen.loose {
            Some(Loose::Hyphens) if class.speaks() => {
                Err(self.refuse(Code::X509Armour, number, MANY))
            }
            Some(Loose::Quoted) if class.speaks() => Err(self
                .refuse(
                    Code::X509Armour,
                    number,
                    format!("the marks of a quoted mail before the {word} on its line"),
                )
                .remedy(QUOTED)),
            Some(Loose::Text) if class.speaks() => Err(self.refuse(
                Code::X509Armour,
                number,
                format!("text before the {word} on its line"),
            )),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, line: usize, label: &'t str, class: Class) -> Result<(), Unreadable> {
        if let Some(open) = self.open.as_ref().filter(|open| open.class.speaks()) {
            return Err(self
                .refuse(Code::X509Armour, line, format!("BEGIN {}", shown(label)))
                .expected(format!(
                    "the END {} of the block that begins at line {}",
                    shown(open.label),
                    open.line
                ))
                .remedy(CUT));
        }
        match class {
            Class::Trusted => {
                let found = "a TRUSTED CERTIFICATE block, OpenSSL's own form";
                let refusal = self.refuse(Code::X509TrustedCertificate, line, found);
                return Err(refusal.remedy(Code::X509TrustedCertificate.remedy()));
            }
            Class::Odd => {
                let found = format!("the label {}, which nobody knows", shown(label));
                return Err(self.refuse(Code::X509Armour, line, found).remedy(format!(
                    "label the block {} if it is a {}, else take it out of the file",
                    self.wanted.label(),
                    self.wanted.one()
                )));
            }
            Class::Wanted(kind) if kind == self.wanted => {
                if label != kind.label() {
                    self.contents.note(ReadAs::OldLabel { line });
                }
            }
            Class::Wanted(other) => self.pass_over(line, Other::from(other))?,
            Class::Beside(other) => self.pass_over(line, other)?,
            Class::Silent(other) => self.instead = self.instead.or(other),
        }
        self.open = Some(Open {
            label,
            class,
            line,
            data: Decoder::default(),
            begun: false,
        });
        Ok(())
    }

    fn pass_over(&mut self, line: usize, other: Other) -> Result<(), Unreadable> {
        if self.contents.passed_over.len() >= limits::PEM_PASSED_OVER {
            return Err(self
                .refuse(Code::X509TooLarge, line, "more blocks of other kinds")
                .expected(format!("at most {} of them", limits::PEM_PASSED_OVER))
                .remedy(Code::X509PassedOver.remedy()));
        }
        self.instead = self.instead.or(Some(other));
        let found = other.found;
        self.contents.passed_over.push(PassedOver { found, line });
        Ok(())
    }

    fn end(&mut self, number: usize, label: &str, class: Class) -> Result<(), Unreadable> {
        match self.open.take() {
            Some(open) if open.label == label => self.close(number, open),
            Some(open) if open.class.speaks() || class.speaks() => Err(self
                .refuse(Code::X509Armour, number, format!("END {}", shown(label)))
                .expected(format!(
                    "the END {} of the block that begins at line {}",
                    shown(open.label),
                    open.line
                ))
                .remedy(CUT)),
            None if class.speaks() => Err(self
                .refuse(
                    Code::X509Armour,
                    number,
                    format!("END {} without its BEGIN", shown(label)),
                )
                .remedy(CUT)),
            _ => Ok(()),
        }
    }

    fn close(&mut self, number: usize, open: Open<'_>) -> Result<(), Unreadable> {
        if !open.class.speaks() {
            return Ok(());
        }
        let damage = |found| self.refuse(Code::X509Pem, number, found).remedy(CUT);
        let der = open.data.finish().map_err(|d| damage(d.found()))?;
        if der.is_empty() {
            return Err(damage("an END right after its BEGIN"));
        }
        if open.class == Class::Wanted(self.wanted) {
            let line = Some(open.line);
            self.contents.blocks.push(Block { der, line });
        }
        Ok(())
    }

    fn finish(self, text: &str) -> Result<Contents, Unreadable> {
        if self.contents.blocks.is_empty() {
            return Err(Unreadable::whole(self.nothing(text)));
        }
        if let Some(refusal) = self.stray {
            return Err(refusal);
        }
        match self.contents.passed_over.first() {
            // A list that is lost undoes a revocation.
            Some(other) if self.wanted == Wanted::Lists => {
                let found = format!("{} beside the revocation lists", other.found);
                let refusal = self.refuse(Code::X509PassedOver, other.line, found);
                Err(refusal.remedy(Code::X509PassedOver.remedy()))
            }
            _ => Ok(self.contents),
        }
    }

    /// There is no block that was asked for: what is there instead.
    fn nothing(&self, text: &str) -> Rejection {
        let wanted = self.wanted;
        let none = Rejection::new(Code::X509Pem, Subject::field("PEM"))
            .expected(format!("a BEGIN {} line", wanted.label()))
            .remedy(match wanted {
                Wanted::Certificates => Code::X509Pem.remedy(),
                Wanted::Lists => {
                    "give a file with BEGIN X509 CRL and END X509 CRL lines, or the DER file"
                }
            });
        if let Some(other) = self.instead {
            let line = self.contents.passed_over.first().map(|other| other.line);
            let at = line.map_or_else(String::new, |line| format!(" (line {line})"));
            let none = none.found(format!("{}, no {}{at}", other.found, wanted.one()));
            return match wanted {
                Wanted::Certificates => none.remedy(other.remedy),
                Wanted::Lists if other.found == PKCS7 => {
                    none.remedy("take the lists out first (openssl pkcs7 -in FILE -print_certs)")
                }
                Wanted::Lists => none,
            };
        }
        match Form::of(text.as_bytes()) {
            Some(Form::Empty) => none.found("no text at all"),
            Some(Form::Text) if is_described(text) => none
                .found("a description in words, as of openssl with -text -noout")
                .remedy("write the block itself: the same command without -noout"),
            Some(Form::Text) if is_parsed(text) => none
                .found("a description of the structure, as of openssl asn1parse")
                .remedy("give the file that was described"),
            Some(Form::Text) => match text::lines(text)
                .find_map(|(n, _, l)| Some((n, stray::of(l)?)))
            {
                Some((line, (form, kind))) => none
                    .found(format!(
                        "text that has {form} in line {line}, which begins as {kind}"
                    ))
                    .remedy(match form {
                        stray::BASE64 => "take the base64 text out, and decode it (base64 -d)",
                        _ => "take the hexadecimal text out, and turn it into bytes (xxd -r -p)",
                    }),
                None => none.found("text without such a line"),
            },
            Some(Form::Pem) => none.found("PEM blocks of other kinds only"),
            _ => of_bytes(text.as_bytes(), wanted)
                .map_or_else(|| none.found("none"), |answer| answer.about_text(wanted)),
        }
    }

    fn refuse(&self, code: Code, line: usize, found: impl Into<Cow<'static, str>>) -> Unreadable {
        let of = match self.contents.read_as.contains(&ReadAs::Escaped) {
            true => r" (with \n read as line breaks)",
            false => "",
        };
        let refusal = Unreadable {
            rejection: Rejection::new(code, Subject::field("PEM"))
                .found(format!("line {line}{of}: {}", found.into())),
            block: Some(self.contents.blocks.len().saturating_add(1)),
            line: Some(line),
        };
        match (code, self.wanted) {
            (Code::X509Armour, Wanted::Certificates) => {
                refusal.expected("BEGIN and END lines exactly as -----BEGIN CERTIFICATE-----")
            }
            (Code::X509Armour, Wanted::Lists) => refusal
                .expected("BEGIN and END lines exactly as -----BEGIN X509 CRL-----")
                .remedy("write the line so, by itself and with five hyphens on each side"),
            _ => refusal,
        }
    }
}

const CUT: &str =
    "copy the block again, from its BEGIN line to its END line: it was damaged or cut";

const STRAY: &str =
    "put what stands there into a file of its own, as PEM or DER, or take it out of this one";

const QUOTED: &str = "take the marks of the mail off the lines (sed 's/^[>| ]*//' FILE > NEW), or have the file sent as an attachment";

const URL: &str =
    r"write + and / in place of - and _ between BEGIN and END (sed '/^-----/!y|-_|+/|' FILE > NEW)";

const MISLABELLED: &str = "label the block CERTIFICATE or X509 CRL, or take it out of the file";

/// What `openssl x509 -text` and `openssl crl -text` print above the block.
fn is_described(text: &str) -> bool {
    ["Certificate:", "Certificate Revocation List (CRL):"]
        .iter()
        .any(|title| text.trim_start().starts_with(title))
        && text.contains("Signature Algorithm:")
}

/// Offset, depth, length of header and contents, as `openssl asn1parse` prints them.
fn is_parsed(text: &str) -> bool {
    let line = text.trim_start().lines().next().unwrap_or_default();
    ["d=", "hl=", "l="].iter().all(|part| line.contains(part))
}

const HIDDEN: &str =
    "characters between the letters that do not belong there, such as the zeros of UTF-16";

const MANY: &str = "more than five hyphens on a side";
