//! Jars of cookies.

use std::ffi::c_char;
use std::sync::Arc;

use url::Url;

use super::arguments;
use super::guard::{Fault, guard};
use super::handles;
use super::status::*;
use super::types::*;
use crate::client::{CookieError, CookieJar};

/// Makes an empty jar, for `wirebird_client_options_t.cookies`. It keeps up to
/// 4,096 bytes of a cookie, 180 cookies of a domain that somebody can register and
/// 3,000 in all, in memory only: past that those that were used least recently
/// leave, Secure ones last.
///
/// The rules are those of RFC 6265 and of its successor (rfc6265bis): domain and
/// path have to match, and Secure cookies go to `wss` (and `https`) URLs only;
/// servers of `ws` and `http` URLs take no place of theirs. Names that begin with
/// `__Host-` or `__Secure-` hold what they promise. None is for a public suffix
/// such as `co.uk`, as the list was when this library was built.
///
/// # Safety
/// `jar` is valid for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_cookie_jar_new(
    jar: *mut wirebird_cookie_jar_t,
) -> wirebird_status_t {
    guard(|| {
        arguments::check_output(jar, "jar")?;
        let made = handles::add_cookie_jar(Arc::default());
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(jar, made, "jar") }?;
        Ok(WIREBIRD_OK)
    })
}

/// Releases the handle. Connections that use the jar keep it until their opening
/// handshake is over.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_cookie_jar_release(jar: wirebird_cookie_jar_t) -> wirebird_status_t {
    guard(|| handles::take_cookie_jar(jar).map(|_| WIREBIRD_OK))
}

/// Keeps a cookie as if `url` (`ws`, `wss`, `http` or `https`) had sent it in a
/// Set-Cookie field: `name=value; Path=/; Max-Age=60`.
///
/// Errors: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_ARGUMENT if it can't be read or is
/// for somebody else's domain, or in the place of a Secure one, WIREBIRD_ERROR_LIMIT if it is too long or the jar
/// is full.
///
/// # Safety
/// `url` and `set_cookie` are valid as their lengths say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_cookie_jar_set(
    jar: wirebird_cookie_jar_t,
    url: wirebird_text_t,
    set_cookie: wirebird_text_t,
) -> wirebird_status_t {
    guard(|| {
        let jar = handles::cookie_jar(jar)?;
        // SAFETY: the caller's promise, for both.
        let url = unsafe { parse(url) }?;
        let field = unsafe { arguments::text(set_cookie, "set_cookie") }?;
        if field.contains(|character: char| character.is_control() && character != '\t') {
            return Err(Fault::argument(
                "set_cookie has a control character (CR, LF, NUL or another)",
            ));
        }
        jar.set(field, &url)?;
        Ok(WIREBIRD_OK)
    })
}

/// Writes the value of the Cookie field for `url` into `buffer`, not terminated,
/// and its length into `length`: 0 if there are no cookies for it. With a buffer
/// of less than that nothing but the length is written, and WIREBIRD_ERROR_LIMIT
/// returned; `buffer` may be NULL if `size` is 0.
///
/// Errors: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_LIMIT.
///
/// # Safety
/// `url` is valid as its length says, `buffer` for writing `size` bytes,
/// `length` for writing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn wirebird_cookie_jar_get(
    jar: wirebird_cookie_jar_t,
    url: wirebird_text_t,
    buffer: *mut c_char,
    size: usize,
    length: *mut usize,
) -> wirebird_status_t {
    guard(|| {
        let jar = handles::cookie_jar(jar)?;
        arguments::check_output(length, "length")?;
        if buffer.is_null() && size > 0 {
            return Err(Fault::argument(format!("buffer is NULL but its size is {size}")));
        }
        // SAFETY: the caller's promise.
        let url = unsafe { parse(url) }?;
        let cookies = jar.cookies_for(&url).unwrap_or_default();
        // SAFETY: checked above; the rest is the caller's promise.
        unsafe { arguments::output(length, cookies.len(), "length") }?;
        if cookies.len() > size {
            let text = format!("the cookies have {} bytes, the buffer {size}", cookies.len());
            return Err(Fault::new(WIREBIRD_ERROR_LIMIT, text));
        }
        if !cookies.is_empty() {
            // SAFETY: the buffer is not NULL and as long as that; the rest is the
            // caller's promise.
            unsafe {
                std::ptr::copy_nonoverlapping(cookies.as_ptr(), buffer.cast(), cookies.len());
            }
        }
        Ok(WIREBIRD_OK)
    })
}

/// Forgets all cookies.
#[unsafe(no_mangle)]
pub extern "C" fn wirebird_cookie_jar_clear(jar: wirebird_cookie_jar_t) -> wirebird_status_t {
    guard(|| {
        handles::cookie_jar(jar)?.clear();
        Ok(WIREBIRD_OK)
    })
}

/// The jar that options name, if they do.
pub(super) fn of_options(handle: wirebird_cookie_jar_t) -> Result<Option<Arc<CookieJar>>, Fault> {
    match handle.id {
        0 => Ok(None),
        _ => handles::cookie_jar(handle).map(Some),
    }
}

/// # Safety
/// As for `arguments::text`.
unsafe fn parse(url: wirebird_text_t) -> Result<Url, Fault> {
    // SAFETY: the caller's promise.
    let url = unsafe { arguments::text(url, "url") }?;
    Url::parse(url)
        .map_err(|error| Fault::new(WIREBIRD_ERROR_URL, format!("url is not valid: {error}")))
}

impl From<CookieError> for Fault {
    fn from(error: CookieError) -> Self {
        let status = match error {
            CookieError::Url => WIREBIRD_ERROR_URL,
            CookieError::Size(_) | CookieError::Full => WIREBIRD_ERROR_LIMIT,
            CookieError::Syntax(_)
            | CookieError::Domain(_)
            | CookieError::Secure(_)
            | CookieError::Prefix(..) => WIREBIRD_ERROR_ARGUMENT,
        };
        Self::new(status, error.to_string())
    }
}
