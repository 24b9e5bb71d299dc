//! Files as answers: whole or in part, or not at all if the client has them.

use std::error::Error;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::Stream;
use http_serve::{ChunkedReadFile, Entity};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, X_CONTENT_TYPE_OPTIONS};
use hyper::{HeaderMap, Request, Response, StatusCode};
use thiserror::Error as ThisError;

use super::directory::{Directory, Found, NotServed};
use super::{ReplyBody, ReplyHead, RequestFacts};

type FileError = Box<dyn Error + Send + Sync>;
type FileStream = Pin<Box<dyn Stream<Item = Result<Bytes, FileError>> + Send + Sync>>;

/// A file that is served. Its date has whole seconds, as HTTP's dates have: it
/// would be newer than itself otherwise.
struct OpenFile(ChunkedReadFile<Bytes, FileError>);

impl Entity for OpenFile {
    type Data = Bytes;
    type Error = FileError;

    fn len(&self) -> u64 {
        self.0.len()
    }

    fn get_range(&self, range: Range<u64>) -> FileStream {
        self.0.get_range(range)
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        self.0.add_headers(headers);
    }

    fn etag(&self) -> Option<HeaderValue> {
        self.0.etag()
    }

    fn last_modified(&self) -> Option<SystemTime> {
        let since = self.0.last_modified()?.duration_since(UNIX_EPOCH).ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(since.as_secs()))
    }
}

/// Why there is no file to serve.
#[derive(Debug, ThisError)]
enum Failed {
    #[error(transparent)]
    NotServed(#[from] NotServed),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the engine ended")]
    ShutDown,
}

/// Serves a file that the host named.
pub(super) async fn serve(
    request: &RequestFacts,
    head: ReplyHead,
    path: PathBuf,
) -> Response<ReplyBody> {
    let opened = blocking(move || open(&path)).await;
    with_file(request, head, opened)
}

/// Serves what a part of the request's path names below a folder.
pub(super) async fn serve_below(
    request: &RequestFacts,
    head: ReplyHead,
    directory: Directory,
    path: String,
) -> Response<ReplyBody> {
    let opened = blocking(move || match directory.find(&path)? {
        Found::File(path) => open(&path).map(Some),
        Found::Folder => Ok(None),
    })
    .await;
    match opened {
        Ok(Some(file)) => with_file(request, head, Ok(file)),
        Ok(None) => to_folder(request, head),
        Err(error) => with_file(request, head, Err(error)),
    }
}

/// A response with the host's status and header fields.
pub(super) fn with_head(body: ReplyBody, head: ReplyHead) -> Response<ReplyBody> {
    let mut response = Response::new(body);
    *response.status_mut() = head.status;
    *response.headers_mut() = head.headers;
    if let Some(reason) = head.reason {
        response.extensions_mut().insert(reason);
    }
    response
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failed> + Send + 'static,
) -> Result<T, Failed> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failed::ShutDown)?
}

/// A file, with the type that its name says.
fn open(path: &Path) -> Result<OpenFile, Failed> {
    let mut headers = HeaderMap::new();
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let charset = if kind.type_() == "text" && kind.get_param("charset").is_none() {
        "; charset=utf-8"
    } else {
        ""
    };
    if let Ok(kind) = HeaderValue::from_str(&format!("{kind}{charset}")) {
        headers.insert(CONTENT_TYPE, kind);
    }
    // What a name says is not to be guessed differently.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let file = open_regular(path)?;
    if file.metadata()?.modified()? < UNIX_EPOCH {
        return Err(io::Error::other("the file is older than 1970").into());
    }
    Ok(OpenFile(ChunkedReadFile::new(file, headers)?))
}

/// A regular file: to open something else may wait for ever, as a pipe does for
/// its other end, or do something, as with a device.
fn open_regular(path: &Path) -> io::Result<File> {
    let checked = |is_file: bool| match is_file {
        true => Ok(()),
        false => Err(io::Error::new(io::ErrorKind::NotFound, "it is no regular file")),
    };
    checked(std::fs::metadata(path)?.is_file())?;
    // It may have been replaced meanwhile.
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    let file = options.open(path)?;
    checked(file.metadata()?.is_file())?;
    Ok(file)
}

fn with_file(
    request: &RequestFacts,
    head: ReplyHead,
    file: Result<OpenFile, Failed>,
) -> Response<ReplyBody> {
    let file = match file {
        Ok(file) => file,
        Err(error) => {
            let path = request.target.split('?').next();
            tracing::info!(path, %error, "a file is not served");
            let status = match error {
                Failed::ShutDown => StatusCode::INTERNAL_SERVER_ERROR,
                Failed::NotServed(_) | Failed::Io(_) => StatusCode::NOT_FOUND,
            };
            let phrase = status.canonical_reason().unwrap_or_default();
            return plain(status, format!("{phrase}\n"));
        }
    };
    let mut asked = Request::new(());
    *asked.method_mut() = request.method.clone();
    *asked.headers_mut() = request.headers.clone();
    let mut response = http_serve::serve(file, &asked).map(ReplyBody::other);
    // The host's own fields come first, its status if it is an error page.
    let ReplyHead { status, reason, headers } = head;
    replace(response.headers_mut(), headers);
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
        if let Some(reason) = reason {
            response.extensions_mut().insert(reason);
        }
    }
    response
}

/// The same path with a slash behind it.
fn to_folder(request: &RequestFacts, head: ReplyHead) -> Response<ReplyBody> {
    // Relative to the folder above, so that it holds behind a proxy, too.
    let name = request.path().rsplit('/').next().unwrap_or_default();
    let query = request.query();
    let question = if query.is_empty() { "" } else { "?" };
    let Ok(location) = HeaderValue::from_str(&format!("./{name}/{question}{query}")) else {
        return plain(StatusCode::NOT_FOUND, "Not Found\n".to_owned());
    };
    let mut response = plain(StatusCode::MOVED_PERMANENTLY, String::new());
    replace(response.headers_mut(), head.headers);
    response.headers_mut().insert(LOCATION, location);
    response
}

fn plain(status: StatusCode, text: String) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::whole(text.into()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// Fields of `others` instead of those of the same name.
fn replace(headers: &mut HeaderMap, others: HeaderMap) {
    let mut last: Option<HeaderName> = None;
    for (name, value) in others {
        if let Some(name) = name {
            headers.remove(&name);
            last = Some(name);
        }
        if let Some(name) = &last {
            headers.append(name.clone(), value);
        }
    }
}
