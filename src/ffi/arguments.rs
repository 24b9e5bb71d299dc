//! Reading what C hands over: views, arrays, option structs.

use std::slice;

use hyper::HeaderMap;

use super::guard::Fault;
use super::types::*;
use crate::protocol::caller_header;

/// Header fields of one message: as many as `max_headers` may be.
const MOST_HEADERS: usize = 10_000;

/// A slice of `length` items; NULL with length 0 is the empty slice.
///
/// # Safety
/// Unless `data` is NULL it points to `length` valid items that nobody changes
/// during `'a`.
pub(super) unsafe fn slice<'a, T>(
    data: *const T,
    length: usize,
    name: &str,
) -> Result<&'a [T], Fault> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Fault::argument(format!("{name} is NULL but its length is {length}")));
    }
    if !data.is_aligned() || length > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Fault::argument(format!("{name} is not aligned or too long")));
    }
    // SAFETY: not NULL, aligned, and of a possible length; the rest is the
    // caller's promise.
    Ok(unsafe { slice::from_raw_parts(data, length) })
}

/// UTF-8 text.
///
/// # Safety
/// As for `slice`.
pub(super) unsafe fn text<'a>(text: wirebird_text_t, name: &str) -> Result<&'a str, Fault> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { slice(text.data.cast::<u8>(), text.length, name) }?;
    simdutf8::basic::from_utf8(bytes).map_err(|_| Fault::argument(format!("{name} is not UTF-8")))
}

/// Bytes.
///
/// # Safety
/// As for `slice`.
pub(super) unsafe fn bytes<'a>(bytes: wirebird_bytes_t, name: &str) -> Result<&'a [u8], Fault> {
    // SAFETY: the caller's promise.
    unsafe { slice(bytes.data, bytes.length, name) }
}

/// A list of texts.
///
/// # Safety
/// As for `slice`, for the list and each text in it.
pub(super) unsafe fn texts<'a>(
    data: *const wirebird_text_t,
    count: usize,
    name: &str,
) -> Result<Vec<&'a str>, Fault> {
    // SAFETY: the caller's promise.
    let list = unsafe { slice(data, count, name) }?;
    // SAFETY: the caller's promise.
    list.iter().map(|&item| unsafe { text(item, name) }).collect()
}

/// Header fields as name and value.
///
/// # Safety
/// As for `slice`, for the list and each name and value in it.
pub(super) unsafe fn fields<'a>(
    data: *const wirebird_header_t,
    count: usize,
) -> Result<Vec<(&'a str, &'a [u8])>, Fault> {
    // SAFETY: the caller's promise.
    let list = unsafe { slice(data, count, "headers") }?;
    if count > MOST_HEADERS {
        return Err(Fault::argument(format!(
            "{count} headers are too many: {MOST_HEADERS} may be"
        )));
    }
    list.iter()
        .map(|field| {
            // SAFETY: the caller's promise.
            let name = unsafe { text(field.name, "a header's name") }?;
            let (data, length) = (field.value.data.cast::<u8>(), field.value.length);
            // SAFETY: the caller's promise.
            let value = unsafe { slice(data, length, "a header's value") }?;
            Ok((name, value))
        })
        .collect()
}

/// Header fields of a response; those of the handshake itself are refused.
///
/// # Safety
/// As for `fields`.
pub(super) unsafe fn headers(
    data: *const wirebird_header_t,
    count: usize,
) -> Result<HeaderMap, Fault> {
    let mut headers = HeaderMap::new();
    // SAFETY: the caller's promise.
    for (name, value) in unsafe { fields(data, count) }? {
        let (key, value) = caller_header(name, value)?;
        headers.try_append(key, value).map_err(|_| Fault::argument("headers are too many"))?;
    }
    Ok(headers)
}

/// Copies an option struct over the defaults: as much of it as its `size`
/// says. NULL leaves the defaults.
///
/// # Safety
/// Unless NULL, `options` points to a struct that begins with its `u32` size
/// and is as long as that says; `T` is a `repr(C)` struct that begins with its
/// `u32` size and is valid with any bytes that C writes into its fields.
pub(super) unsafe fn options<T: Copy>(
    options: *const T,
    defaults: T,
    name: &str,
) -> Result<T, Fault> {
    if options.is_null() {
        return Ok(defaults);
    }
    if !options.is_aligned() {
        return Err(Fault::argument(format!("{name} is not aligned")));
    }
    // SAFETY: the struct begins with its size.
    let size = unsafe { options.cast::<u32>().read() } as usize;
    if size < size_of::<u32>() {
        return Err(Fault::argument(format!("{name}->size is {size}: initialise it with …_init")));
    }
    if size > size_of::<T>() {
        let known = size_of::<T>();
        return Err(Fault::argument(format!(
            "{name}->size is {size}, but this library knows {known} bytes: it is older than the \
             header that the program was built with"
        )));
    }
    let mut read = defaults;
    // SAFETY: `size` bytes are there on both sides, which don't overlap.
    unsafe {
        std::ptr::copy_nonoverlapping(options.cast::<u8>(), (&raw mut read).cast::<u8>(), size);
    }
    Ok(read)
}

/// Writes an output of the call.
///
/// # Safety
/// Unless NULL, `place` is valid for writing a `T`.
pub(super) unsafe fn output<T>(place: *mut T, value: T, name: &str) -> Result<(), Fault> {
    if place.is_null() || !place.is_aligned() {
        return Err(Fault::argument(format!("{name} is NULL or not aligned")));
    }
    // SAFETY: not NULL, aligned; the rest is the caller's promise.
    unsafe { place.write(value) };
    Ok(())
}

/// Checks that an output can be written, before anything is done.
pub(super) fn check_output<T>(place: *mut T, name: &str) -> Result<(), Fault> {
    if place.is_null() || !place.is_aligned() {
        return Err(Fault::argument(format!("{name} is NULL or not aligned")));
    }
    Ok(())
}

/// A view of text that lives elsewhere.
pub(super) fn view(text: &[u8]) -> wirebird_text_t {
    wirebird_text_t { data: text.as_ptr().cast(), length: text.len() }
}
