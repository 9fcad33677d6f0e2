//! A place in a text, and the grammar of RFC 8259 from there on.

use crate::limits;

/// The text is no JSON from the cursor's position on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault;

#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// What is open around a value: one bit for each, set for an object.
struct Open {
    objects: u32,
    depth: u32,
}

// One bit for each is what `Open` has.
const _: () = assert!(limits::JSON_DEPTH <= u32::BITS);

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) const fn position(&self) -> usize {
        self.at
    }

    /// Nothing follows but white space.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.space();
        self.peek().is_none()
    }

    /// Steps over the bracket, if it is the next.
    pub(super) fn opens(&mut self, bracket: u8) -> bool {
        self.space();
        self.eat(bracket)
    }

    /// The closing bracket is the next.
    pub(super) fn closes(&mut self, bracket: u8) -> bool {
        self.space();
        self.peek() == Some(bracket)
    }

    /// Steps over a comma, if it is the next.
    pub(super) fn goes_on(&mut self) -> bool {
        self.space();
        self.eat(b',')
    }

    /// A member's name, between its quotation marks, and the colon behind it.
    pub(super) fn name(&mut self) -> Result<&'a str, Fault> {
        self.space();
        let start = self.at + 1;
        self.string()?;
        let name = self.text.get(start..self.at - 1).ok_or(Fault)?;
        self.space();
        self.expect(b':')?;
        Ok(name)
    }

    /// Steps over a value, and over the white space before it. No recursion: what is open is counted.
    pub(super) fn value(&mut self) -> Result<&'a str, Fault> {
        self.space();
        let start = self.at;
        let mut open = Open {
            objects: 0,
            depth: 0,
        };
        loop {
            if self.opening(&mut open)? {
                continue;
            }
            // A value has ended: so may what it stands in.
            loop {
                let Some(object) = open.innermost() else {
                    return self.text.get(start..self.at).ok_or(Fault);
                };
                self.space();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        if object {
                            self.name()?;
                        }
                        break;
                    }
                    Some(b'}') if object => open.pop(),
                    Some(b']') if !object => open.pop(),
                    _ => return Err(Fault),
                }
                self.at += 1;
            }
        }
    }

    /// Steps over a whole scalar or an empty container; or into one that is not empty, and says so.
    fn opening(&mut self, open: &mut Open) -> Result<bool, Fault> {
        self.space();
        match self.peek() {
            Some(bracket @ (b'{' | b'[')) => {
                let object = bracket == b'{';
                open.push(object)?;
                self.at += 1;
                self.space();
                if self.eat(if object { b'}' } else { b']' }) {
                    open.pop();
                    return Ok(false);
                }
                if object {
                    self.name()?;
                }
                Ok(true)
            }
            Some(b'"') => self.string().map(|()| false),
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| false),
            Some(b't') => self.literal("true").map(|()| false),
            Some(b'f') => self.literal("false").map(|()| false),
            Some(b'n') => self.literal("null").map(|()| false),
            _ => Err(Fault),
        }
    }

    /// Section 7.
    fn string(&mut self) -> Result<(), Fault> {
        self.expect(b'"')?;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                Some(0x20..) => self.at += 1,
                _ => return Err(Fault),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    match self.peek() {
                        Some(digit) if digit.is_ascii_hexdigit() => self.at += 1,
                        _ => return Err(Fault),
                    }
                }
            }
            _ => return Err(Fault),
        }
        Ok(())
    }

    /// Section 6.
    fn number(&mut self) -> Result<(), Fault> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Ok(())
    }

    /// One digit at least.
    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(Fault) } else { Ok(()) }
    }

    fn literal(&mut self, word: &str) -> Result<(), Fault> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Fault);
        }
        self.at += word.len();
        Ok(())
    }

    /// Section 2.
    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Fault> {
        if self.eat(byte) { Ok(()) } else { Err(Fault) }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.at += 1;
        }
        is_next
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}

impl Open {
    fn push(&mut self, object: bool) -> Result<(), Fault> {
        if self.depth == limits::JSON_DEPTH {
            return Err(Fault);
        }
        self.objects = self.objects << 1 | u32::from(object);
        self.depth += 1;
        Ok(())
    }

    const fn pop(&mut self) {
        self.objects >>= 1;
        self.depth = self.depth.saturating_sub(1);
    }

    /// What the next value stands in, if in anything: an object or an array.
    const fn innermost(&self) -> Option<bool> {
        match self.depth {
            0 => None,
            _ => Some(self.objects & 1 == 1),
        }
    }
}
