//! Files below a folder, named by a part of a request's path: never one that
//! lies elsewhere.

use std::io;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use thiserror::Error;

/// What is served for a folder.
const INDEX: &str = "index.html";

/// Whether names that begin with a dot are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DotFiles {
    /// No.
    Hidden,
    /// Yes.
    Served,
}

/// A folder whose files are served.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The folder.
    pub root: PathBuf,
    /// Whether names that begin with a dot are served.
    pub dot_files: DotFiles,
}

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A file.
    File(PathBuf),
    /// A folder, asked for without the slash at its end.
    Folder,
}

/// Why a path names nothing that is served. The client is not told which.
#[derive(Debug, Error)]
pub(super) enum NotServed {
    #[error("the path has a segment that is not served")]
    Segment,
    #[error("the file lies outside of the folder")]
    Outside,
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Directory {
    /// What `path` names, percent-encoded as in a URL. Symbolic links are
    /// followed if they stay below the root. Blocks for the file system.
    pub(super) fn find(&self, path: &str) -> Result<Found, NotServed> {
        let decoded = percent_decode_str(path).decode_utf8().map_err(|_| NotServed::Segment)?;
        let mut named = PathBuf::new();
        for segment in decoded.split('/').filter(|segment| !segment.is_empty()) {
            if !self.serves(segment) {
                return Err(NotServed::Segment);
            }
            named.push(segment);
        }
        let root = self.root.canonicalize()?;
        let found = below(&root, &root.join(&named))?;
        if !found.is_dir() {
            return Ok(Found::File(found));
        }
        if !decoded.is_empty() && !decoded.ends_with('/') {
            return Ok(Found::Folder);
        }
        Ok(Found::File(below(&root, &found.join(INDEX))?))
    }

    fn serves(&self, segment: &str) -> bool {
        let is_hidden = segment.starts_with('.') && self.dot_files == DotFiles::Hidden;
        // What means something else on one system or another.
        let is_plain = !segment.contains(['\\', ':', '\0']);
        is_plain && !is_hidden && segment != "." && segment != ".."
    }
}

/// Where a path leads to, which has to be below `root`.
fn below(root: &Path, path: &Path) -> Result<PathBuf, NotServed> {
    let found = path.canonicalize()?;
    if found.starts_with(root) { Ok(found) } else { Err(NotServed::Outside) }
}
