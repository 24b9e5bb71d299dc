//! Where a chunked body ends (RFC 9112 section 7.1). hyper decodes it; here
//! nothing but its last byte is looked for, and every line has to end in CR LF.

/// A chunked body while it arrives.
#[derive(Default)]
pub(super) struct Chunks {
    place: Place,
    /// Of the chunk, as far as it was read.
    size: u64,
    has_digit: bool,
    is_last: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the beginning of a line behind the last chunk.
    Trailer,
    TrailerLine,
    TrailerLf,
    EndLf,
    Complete,
    /// It breaks the grammar: whoever goes on reading finds another end than
    /// others do.
    Broken,
}

impl Chunks {
    /// Reads bytes up to the body's end; says how many are of it.
    pub fn scan(&mut self, bytes: &[u8]) -> usize {
        let mut count = 0usize;
        while let Some(rest) = bytes.get(count..).filter(|rest| !rest.is_empty()) {
            match self.place {
                Place::Complete | Place::Broken => break,
                Place::Data => {
                    let taken = usize::try_from(self.size).unwrap_or(usize::MAX).min(rest.len());
                    self.size = self.size.saturating_sub(taken as u64);
                    if self.size == 0 {
                        self.place = Place::DataCr;
                    }
                    count = count.saturating_add(taken);
                }
                _ => {
                    let byte = rest.first().copied().unwrap_or_default();
                    self.place = self.next(byte);
                    count = count.saturating_add(1);
                }
            }
        }
        count
    }

    /// Whether the end was there.
    pub fn is_complete(&self) -> bool {
        self.place == Place::Complete
    }

    /// Whether it breaks the grammar.
    pub fn is_broken(&self) -> bool {
        self.place == Place::Broken
    }

    fn next(&mut self, byte: u8) -> Place {
        match (self.place, byte) {
            (Place::Size, b'\r') if self.has_digit => Place::SizeLf,
            (Place::Size, b';' | b' ' | b'\t') if self.has_digit => Place::Extension,
            (Place::Size, digit) => {
                let digit = char::from(digit).to_digit(16).map(u64::from);
                let size = self.size.checked_mul(16).zip(digit);
                let Some(size) = size.and_then(|(size, digit)| size.checked_add(digit)) else {
                    return Place::Broken;
                };
                (self.size, self.has_digit) = (size, true);
                Place::Size
            }
            (Place::Extension, b'\r') => Place::SizeLf,
            (Place::Extension, b'\n') => Place::Broken,
            (Place::Extension, _) => Place::Extension,
            (Place::SizeLf, b'\n') => {
                self.is_last = self.size == 0;
                self.has_digit = false;
                if self.is_last { Place::Trailer } else { Place::Data }
            }
            (Place::DataCr, b'\r') => Place::DataLf,
            (Place::DataLf, b'\n') => Place::Size,
            (Place::Trailer, b'\r') => Place::EndLf,
            (Place::Trailer | Place::TrailerLine, b'\n') => Place::Broken,
            (Place::TrailerLine, b'\r') => Place::TrailerLf,
            (Place::Trailer | Place::TrailerLine, _) => Place::TrailerLine,
            (Place::TrailerLf, b'\n') => Place::Trailer,
            (Place::EndLf, b'\n') => Place::Complete,
            _ => Place::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Chunks;

    /// How many bytes are of the body, in one piece and byte by byte, if it has
    /// an end.
    fn end(bytes: &str) -> Option<usize> {
        let mut whole = Chunks::default();
        let count = whole.scan(bytes.as_bytes());
        let mut chunks = Chunks::default();
        let single: usize = bytes.bytes().map(|byte| chunks.scan(&[byte])).sum();
        assert_eq!((single, chunks.place), (count, whole.place), "{bytes:?}");
        whole.is_complete().then_some(count)
    }

    #[test]
    fn a_body_ends_with_its_last_chunk_and_trailers() {
        for body in [
            "0\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
            "5;a=b\r\nhello\r\n00A \r\n0123456789\r\n0\r\n\r\n",
            "1\r\n\n\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n",
        ] {
            assert_eq!(end(&format!("{body}GET / HTTP/1.1\r\n\r\n")), Some(body.len()), "{body:?}");
            for cut in 0..body.len() {
                assert_eq!(end(&body[..cut]), None, "{:?}", &body[..cut]);
            }
        }
    }

    #[test]
    fn whatever_breaks_the_grammar_has_no_end() {
        for body in [
            "\r\n\r\n",
            "5\nhello\r\n0\r\n\r\n",
            "5\r\nhello\n0\r\n\r\n",
            "5\r\nhello!\r\n0\r\n\r\n",
            "5;x\nhello\r\n0\r\n\r\n",
            "x\r\n\r\n",
            "10000000000000000\r\n\r\n",
            "0\r\nTrailer: x\n\r\n",
            "0\r\n\n",
            "-1\r\n\r\n",
        ] {
            assert_eq!(end(&format!("{body}0\r\n\r\n")), None, "{body:?}");
            let mut chunks = Chunks::default();
            assert!(chunks.scan(body.as_bytes()) <= body.len() && chunks.is_broken(), "{body:?}");
        }
    }
}
