//! What comes back over HTTP/1.1, for firmware that has a TLS connection and no client.

use super::retry_after::retry_after;
use crate::limits;
use crate::reason::{Error, Reason};

/// The head of an answer (RFC 9112).
///
/// Read it from the beginning of what came so far, whenever more came, until it is all there; then the body.
///
/// ```
/// use provisor_device::message::http::Response;
///
/// let mut received = *b"HTTP/1.1 202 Accepted\r\nretry-after: 3\r\nContent-Length: 2\r\n\r\n{}";
/// assert_eq!(Response::read(&received[..40])?, None);                      // more is to come
/// let response = Response::read(&received)?.ok_or(provisor_device::Reason::NoAnswer)?;
/// assert_eq!((response.status, response.retry_after), (202, Some(3)));
/// assert_eq!(response.body(&mut received, false)?, Some(&b"{}"[..]));
/// # Ok::<(), provisor_device::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status. From 100 to 199 it is no answer yet: the next one comes behind [`head_len`](Self::head_len).
    pub status: u16,
    /// The seconds that the service asks to wait.
    pub retry_after: Option<u32>,
    /// The bytes of the head, with its empty line.
    pub head_len: usize,
    length: Length,
}

/// How the body ends (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Known(usize),
    Chunked,
    UntilClosed,
}

impl Response {
    /// Reads a head, if it is all there.
    ///
    /// # Errors
    /// [`Reason::AnswerMalformed`] with the position of the line that is wrong: no HTTP/1, a line that is no field,
    /// two lengths, a coding other than `chunked`. [`Reason::AnswerTooLong`] when there is no end of it within
    /// [`limits::HEAD_BYTES`], or the body will be longer than [`limits::ANSWER_BYTES`].
    pub fn read(received: &[u8]) -> Result<Option<Self>, Error> {
        let mut at = 0;
        let mut response: Option<Self> = None;
        let mut fields = Fields::default();
        while let Some(line) = line(received, at)? {
            let next = at + line.len() + 2;
            if next > limits::HEAD_BYTES {
                return Err(Reason::AnswerTooLong.with(next));
            }
            match &mut response {
                None => response = Some(Self::status_line(line)?),
                Some(response) if line.is_empty() => {
                    response.head_len = next;
                    response.length = fields.length(response.status)?;
                    response.retry_after = fields.retry_after;
                    return Ok(Some(*response));
                }
                Some(_) => fields
                    .read(line)
                    .ok_or_else(|| Reason::AnswerMalformed.with(at))?,
            }
            at = next;
        }
        Ok(None)
    }

    /// The body, if it is all there; `received` begins with the head. A chunked one is put together where it lies. `closed`
    /// says that nothing more will come.
    ///
    /// # Errors
    /// [`Reason::AnswerMalformed`], [`Reason::AnswerTooLong`]; [`Reason::AnswerIncomplete`] when nothing more will come
    /// and something is missing.
    pub fn body<'b>(
        &self,
        received: &'b mut [u8],
        closed: bool,
    ) -> Result<Option<&'b [u8]>, Error> {
        let body = received.get_mut(self.head_len..).unwrap_or_default();
        let end = match self.length {
            Length::Known(length) if length <= body.len() => Some(length),
            Length::UntilClosed if body.len() > limits::ANSWER_BYTES => {
                return Err(Reason::AnswerTooLong.with(body.len()));
            }
            Length::UntilClosed if closed => Some(body.len()),
            Length::Known(_) | Length::UntilClosed => None,
            Length::Chunked => put_together(body)?,
        };
        match end {
            Some(end) => Ok(body.get(..end)),
            None if closed => Err(Reason::AnswerIncomplete.into()),
            None => Ok(None),
        }
    }

    /// Section 4.
    fn status_line(line: &[u8]) -> Result<Self, Error> {
        let malformed = || Error::from(Reason::AnswerMalformed);
        let rest = line.strip_prefix(b"HTTP/1.").ok_or_else(malformed)?;
        let [b'0'..=b'9', b' ', status @ ..] = rest else {
            return Err(malformed());
        };
        let (digits, rest) = status.split_at_checked(3).ok_or_else(malformed)?;
        let status = number(digits).ok_or_else(malformed)?;
        // The space before the reason phrase is left out by some.
        if !matches!(rest.first(), None | Some(b' ')) {
            return Err(malformed());
        }
        Ok(Self {
            status: u16::try_from(status).map_err(|_| malformed())?,
            retry_after: None,
            head_len: 0,
            length: Length::UntilClosed,
        })
    }
}

/// The fields that count here.
#[derive(Default)]
struct Fields {
    retry_after: Option<u32>,
    length: Option<usize>,
    chunked: bool,
}

impl Fields {
    /// Section 5: a name, a colon directly behind it, a value. Nothing when it is no field.
    fn read(&mut self, line: &[u8]) -> Option<()> {
        let colon = line.iter().position(|&byte| byte == b':')?;
        let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?.trim_ascii());
        let is_token =
            |byte: &u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(byte);
        if name.is_empty() || !name.iter().all(is_token) {
            return None;
        }
        if name.eq_ignore_ascii_case(b"retry-after") {
            self.retry_after = self.retry_after.or_else(|| retry_after(value));
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = number(value)?;
            if self.length.is_some_and(|other| other != length) {
                return None;
            }
            self.length = Some(length);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return None;
            }
            self.chunked = true;
        }
        Some(())
    }

    /// Section 6.3. Both lengths at once are refused: two readers might not read the same.
    fn length(&self, status: u16) -> Result<Length, Error> {
        if matches!(status, 100..=199 | 204 | 304) {
            return Ok(Length::Known(0));
        }
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(Reason::AnswerMalformed.into()),
            (true, None) => Ok(Length::Chunked),
            (false, Some(length)) if length > limits::ANSWER_BYTES => {
                Err(Reason::AnswerTooLong.with(length))
            }
            (false, Some(length)) => Ok(Length::Known(length)),
            (false, None) => Ok(Length::UntilClosed),
        }
    }
}

/// A chunk (section 7.1): where its data are, and where the next one begins.
struct Chunk {
    start: usize,
    len: usize,
    next: usize,
}

/// The chunk at a position, if it is all there.
fn chunk(body: &[u8], at: usize) -> Result<Option<Chunk>, Error> {
    let Some(line) = line(body, at)? else {
        return Ok(None);
    };
    let digits = line.split(|&byte| byte == b';').next().unwrap_or_default();
    let start = at + line.len() + 2;
    let len =
        hexadecimal(digits.trim_ascii_end()).ok_or_else(|| Reason::AnswerMalformed.with(at))?;
    if len > limits::ANSWER_BYTES {
        return Err(Reason::AnswerTooLong.with(len));
    }
    if len == 0 {
        return Ok(Some(Chunk {
            start,
            len,
            next: start,
        }));
    }
    let end = start + len;
    match body.get(end..end + 2) {
        Some(b"\r\n") => Ok(Some(Chunk {
            start,
            len,
            next: end + 2,
        })),
        Some(_) => Err(Reason::AnswerMalformed.with(end)),
        None => Ok(None),
    }
}

/// The end of a chunked body, when all chunks are there and have been moved together.
fn put_together(body: &mut [u8]) -> Result<Option<usize>, Error> {
    // First whether all is there: until then nothing moves.
    let (mut at, mut total) = (0, 0);
    loop {
        let Some(found) = chunk(body, at)? else {
            return Ok(None);
        };
        total += found.len;
        if total > limits::ANSWER_BYTES {
            return Err(Reason::AnswerTooLong.with(total));
        }
        at = found.next;
        if found.len == 0 {
            break;
        }
    }
    // Trailers, to the empty line. They say nothing that counts here.
    loop {
        match line(body, at)? {
            None => return Ok(None),
            Some([]) => break,
            Some(trailer) => at += trailer.len() + 2,
        }
    }
    let (mut at, mut written) = (0, 0);
    while let Some(found) = chunk(body, at)? {
        if found.len == 0 {
            break;
        }
        for place in found.start..found.start + found.len {
            let byte = body.get(place).copied();
            if let (Some(byte), Some(to)) = (byte, body.get_mut(written)) {
                *to = byte;
            }
            written += 1;
        }
        at = found.next;
    }
    Ok(Some(written))
}

/// The line at a position, without its end, if that is there. A line is no longer than a head may be.
fn line(bytes: &[u8], at: usize) -> Result<Option<&[u8]>, Error> {
    let rest = bytes.get(at..).unwrap_or_default();
    let window = rest.get(..limits::HEAD_BYTES).unwrap_or(rest);
    match window.iter().position(|&byte| byte == b'\n') {
        None if window.len() == limits::HEAD_BYTES => Err(Reason::AnswerTooLong.with(bytes.len())),
        None => Ok(None),
        Some(end) => match window.get(..end).and_then(|line| line.strip_suffix(b"\r")) {
            Some(line) if !line.contains(&b'\r') => Ok(Some(line)),
            _ => Err(Reason::AnswerMalformed.with(at)),
        },
    }
}

fn number(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_usize, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|&digit| digit < 10)?;
        number.checked_mul(10)?.checked_add(usize::from(digit))
    })
}

fn hexadecimal(digits: &[u8]) -> Option<usize> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_usize, |number, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        number
            .checked_mul(16)?
            .checked_add(usize::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests;
