//! Which parameters of permessage-deflate hold (RFC 7692 section 7.1).

use std::fmt::Write;

use thiserror::Error;

use super::extension::{self, Extension};

const NAME: &str = "permessage-deflate";

/// The smallest and the largest LZ77 window, as powers of two.
const WINDOW_BITS: std::ops::RangeInclusive<u8> = 8..=15;

/// Parameters that both sides agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deflate {
    /// The server's compressor forgets each message.
    pub server_no_context_takeover: bool,
    /// The client's compressor forgets each message.
    pub client_no_context_takeover: bool,
    /// LZ77 window of the server's compressor, 8 to 15.
    pub server_max_window_bits: u8,
    /// LZ77 window of the client's compressor, 8 to 15.
    pub client_max_window_bits: u8,
}

/// What a side wants at most; it gets that or less.
pub type DeflatePreferences = Deflate;

/// What is wrong with a server's answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ExtensionError {
    /// It breaks the grammar of RFC 6455 section 9.1.
    #[error("Sec-WebSocket-Extensions breaks the grammar of RFC 6455")]
    Grammar,
    /// Not offered, or accepted twice.
    #[error("the server uses the extension {0:?}, which was not offered: disable it there")]
    Name(String),
    /// RFC 7692 section 7.1.
    #[error("the server's permessage-deflate has a parameter that must not be: {0}")]
    Parameter(String),
}

impl Default for Deflate {
    /// The widest windows, both contexts taken over.
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: *WINDOW_BITS.end(),
            client_max_window_bits: *WINDOW_BITS.end(),
        }
    }
}

/// Whether a field keeps to the grammar of RFC 6455 section 9.1.
pub fn is_extension_list(value: &str) -> bool {
    extension::parse(value).is_some()
}

/// A client's offer. It always says that its own window may be limited.
pub fn offer_deflate(wanted: &DeflatePreferences) -> String {
    let mut offer = wanted.without_client_window();
    offer.push_str("; client_max_window_bits");
    if wanted.client_max_window_bits < *WINDOW_BITS.end() {
        // Writing into memory does not fail.
        let _ = write!(offer, "={}", wanted.client_max_window_bits);
    }
    offer
}

/// A server's choice among the offers: the first one that can be met, and the
/// answer to it. `None` if none can.
pub fn accept_deflate(offers: &str, wanted: &DeflatePreferences) -> Option<(Deflate, String)> {
    let offers = extension::parse(offers)?;
    let mut offers = offers.iter().filter(|offer| offer.name.eq_ignore_ascii_case(NAME));
    let offer = offers.find_map(|offer| Parameters::read(offer).ok())?;
    Some(accept(&offer, wanted))
}

fn accept(offer: &Parameters, wanted: &DeflatePreferences) -> (Deflate, String) {
    let most = |offered: Option<u8>, wanted: u8| offered.unwrap_or(wanted).min(wanted);
    let client_window = offer.client_max_window_bits;
    let agreed = Deflate {
        server_no_context_takeover: offer.server_no_context_takeover
            || wanted.server_no_context_takeover,
        client_no_context_takeover: offer.client_no_context_takeover
            || wanted.client_no_context_takeover,
        server_max_window_bits: most(offer.server_max_window_bits, wanted.server_max_window_bits),
        client_max_window_bits: match client_window {
            Some(offered) => most(offered, wanted.client_max_window_bits),
            // The client can't be limited.
            None => *WINDOW_BITS.end(),
        },
    };
    let mut answer = agreed.without_client_window();
    if offer.server_max_window_bits == Some(*WINDOW_BITS.end())
        && agreed.server_max_window_bits == *WINDOW_BITS.end()
    {
        answer.push_str("; server_max_window_bits=15");
    }
    if agreed.client_max_window_bits < *WINDOW_BITS.end() {
        let _ = write!(answer, "; client_max_window_bits={}", agreed.client_max_window_bits);
    }
    (agreed, answer)
}

/// A client's check of the answer to its offer `wanted`; `None` if the server
/// declined.
///
/// # Errors
///
/// The answer is none to this offer: the connection has to be failed.
pub fn confirm_deflate(
    answer: &str,
    wanted: Option<&DeflatePreferences>,
) -> Result<Option<Deflate>, ExtensionError> {
    let extensions = extension::parse(answer).ok_or(ExtensionError::Grammar)?;
    let mut agreed = None;
    for extension in &extensions {
        let offered = wanted.filter(|_| extension.name.eq_ignore_ascii_case(NAME));
        let Some(wanted) = offered.filter(|_| agreed.is_none()) else {
            return Err(ExtensionError::Name(extension.name.clone()));
        };
        agreed = Some(confirm(extension, wanted)?);
    }
    Ok(agreed)
}

fn confirm(answer: &Extension, wanted: &DeflatePreferences) -> Result<Deflate, ExtensionError> {
    let wrong = |text: &str| ExtensionError::Parameter(text.to_owned());
    let answer = Parameters::read(answer).map_err(|text| wrong(&text))?;
    if wanted.server_no_context_takeover && !answer.server_no_context_takeover {
        return Err(wrong("server_no_context_takeover was asked for and is missing"));
    }
    let server_max_window_bits = answer.server_max_window_bits.unwrap_or(*WINDOW_BITS.end());
    if server_max_window_bits > wanted.server_max_window_bits {
        return Err(wrong("server_max_window_bits is larger than asked for, or missing"));
    }
    let client_max_window_bits = match answer.client_max_window_bits {
        None => wanted.client_max_window_bits,
        Some(Some(bits)) => bits.min(wanted.client_max_window_bits),
        Some(None) => return Err(wrong("client_max_window_bits has no value")),
    };
    Ok(Deflate {
        server_no_context_takeover: answer.server_no_context_takeover,
        client_no_context_takeover: answer.client_no_context_takeover
            || wanted.client_no_context_takeover,
        server_max_window_bits,
        client_max_window_bits,
    })
}

impl Deflate {
    /// The extension with all parameters that are not the defaults, but for the
    /// client's window.
    fn without_client_window(&self) -> String {
        let mut text = NAME.to_owned();
        if self.server_no_context_takeover {
            text.push_str("; server_no_context_takeover");
        }
        if self.client_no_context_takeover {
            text.push_str("; client_no_context_takeover");
        }
        if self.server_max_window_bits < *WINDOW_BITS.end() {
            let _ = write!(text, "; server_max_window_bits={}", self.server_max_window_bits);
        }
        text
    }
}

/// Parameters as they were sent.
#[derive(Default)]
struct Parameters {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<u8>,
    /// There, with or without a value.
    client_max_window_bits: Option<Option<u8>>,
}

impl Parameters {
    /// The error is the parameter that is unknown, repeated, or has a value
    /// that it must not have.
    fn read(extension: &Extension) -> Result<Self, String> {
        let mut parameters = Self::default();
        for (name, value) in &extension.parameters {
            let bits = value.as_deref().map(window_bits);
            let fresh = match (name.to_ascii_lowercase().as_str(), bits) {
                ("server_no_context_takeover", None) => {
                    !std::mem::replace(&mut parameters.server_no_context_takeover, true)
                }
                ("client_no_context_takeover", None) => {
                    !std::mem::replace(&mut parameters.client_no_context_takeover, true)
                }
                ("server_max_window_bits", Some(Some(bits))) => {
                    parameters.server_max_window_bits.replace(bits).is_none()
                }
                ("client_max_window_bits", None) => {
                    parameters.client_max_window_bits.replace(None).is_none()
                }
                ("client_max_window_bits", Some(Some(bits))) => {
                    parameters.client_max_window_bits.replace(Some(bits)).is_none()
                }
                _ => false,
            };
            if !fresh {
                return Err(match value {
                    Some(value) => format!("{name}={value}"),
                    None => name.clone(),
                });
            }
        }
        Ok(parameters)
    }
}

/// RFC 7692 section 7.1.2.1: a decimal without leading zeros.
fn window_bits(value: &str) -> Option<u8> {
    let bits = value.parse().ok().filter(|bits| WINDOW_BITS.contains(bits))?;
    (bits.to_string() == value).then_some(bits)
}
