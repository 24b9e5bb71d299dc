//! The file of a Unix domain socket that is listened on.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

/// Such a file, removed once nobody listens.
pub(super) struct SocketFile {
    path: PathBuf,
    /// Device and inode: another server may have put its own there.
    identity: (u64, u64),
}

impl SocketFile {
    /// A socket that is bound to `path`. What a server left behind is replaced.
    pub fn bind(path: &Path, mode: Option<u32>) -> io::Result<(Self, Socket)> {
        remove_stale(path)?;
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        let socket = match mode {
            None => socket,
            // Before the file is there, so that it never permits more.
            Some(mode) => restricted(socket, mode)?,
        };
        socket.bind(&SockAddr::unix(path)?)?;
        let file = Self { path: path.to_owned(), identity: identity(path)? };
        if let Some(mode) = mode {
            // What the umask took away.
            fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        Ok((file, socket))
    }

    /// Removes the file if it is still this one.
    pub fn remove(&self) {
        if identity(&self.path).is_ok_and(|identity| identity == self.identity)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "a socket's file was not removed");
        }
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Makes room if a server that is gone has left its socket's file there.
fn remove_stale(path: &Path) -> io::Result<()> {
    let in_use = |text| Err(io::Error::new(ErrorKind::AddrInUse, text));
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(found) if !found.file_type().is_socket() => {
            return in_use("there is a file of that name which is no socket; it was not touched");
        }
        Ok(_) => {}
    }
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Whoever listens may have a full queue, which must not be waited for.
    probe.set_nonblocking(true)?;
    match probe.connect(&SockAddr::unix(path)?) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(error),
        _ => in_use("a server listens there already"),
    }
}

/// The same socket with the permissions that its file shall have.
fn restricted(socket: Socket, mode: u32) -> io::Result<Socket> {
    let file = File::from(OwnedFd::from(socket));
    // Not every system lets a socket have some.
    let _ = file.set_permissions(Permissions::from_mode(mode));
    Ok(OwnedFd::from(file).into())
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let found = fs::symlink_metadata(path)?;
    Ok((found.dev(), found.ino()))
}
