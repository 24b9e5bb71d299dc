//! Header blocks as hyper hands them over.

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Version};

/// Fields of a block, as many as a server takes by default.
pub const FIELDS: usize = 100;

pub fn version(minor: u8) -> Version {
    if minor == 0 { Version::HTTP_10 } else { Version::HTTP_11 }
}

/// `None` for what hyper refuses.
pub fn fields(parsed: &[httparse::Header<'_>]) -> Option<HeaderMap> {
    let mut fields = HeaderMap::new();
    for field in parsed {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        fields.append(name, HeaderValue::from_bytes(field.value).ok()?);
    }
    Some(fields)
}
