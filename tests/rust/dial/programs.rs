//! Proxies as they come with the system, each a process of its own.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::{Duration, Instant};

use crate::engine::host::PATIENCE_MS;

/// A folder of a test's own; gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("wirebird-{}-{}", std::process::id(), NUMBER.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a new folder");
        // squid gives its rights away before it reads what is there.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        fs::set_permissions(&path, open).expect("set");
        Self(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).into_os_string().into_string().expect("UTF-8")
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.0.join(name), text).expect("written");
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running proxy; ended with the test.
pub struct Proxy {
    child: Child,
    pub port: u16,
    _folder: Folder,
}

impl Proxy {
    /// tinyproxy, with `bird:seed` if it wants to know who asks.
    pub fn tinyproxy(lines: &str) -> Self {
        Self::start(|port, folder| {
            let config = format!(
                "Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 20\nAllow 127.0.0.1\n{lines}\n"
            );
            let file = folder.write("tinyproxy.conf", &config);
            let mut command = Command::new("tinyproxy");
            command.args(["-d", "-c", &file]);
            command
        })
    }

    /// squid, with `bird:seed`; `scheme` is basic or digest.
    pub fn squid(scheme: &str) -> Self {
        Self::start(|port, folder| {
            let (helper, line) = match scheme {
                // The user's password as apr1.
                "basic" => ("basic_ncsa_auth", "bird:$apr1$wirebird$mUnQnpR8QubZTW7Svud4k0"),
                _ => ("digest_file_auth", "bird:seed"),
            };
            let users = folder.write("users", &format!("{line}\n"));
            let (pid, log) = (folder.path("squid.pid"), folder.path("cache.log"));
            let config = format!(
                "http_port 127.0.0.1:{port}\npid_filename {pid}\ncache_log {log}\n\
                 access_log none\ncache deny all\nnetdb_filename none\n\
                 shutdown_lifetime 0\nmemory_pools off\ncache_mem 8 MB\nvisible_hostname nest\n\
                 auth_param {scheme} program /usr/lib/squid/{helper} {users}\n\
                 auth_param {scheme} children 2\nauth_param {scheme} realm seeds and worms\n\
                 acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all\n"
            );
            let file = folder.write("squid.conf", &config);
            let mut command = Command::new("squid");
            command.args(["-N", "-f", &file, "-n", &format!("bird{port}")]);
            command
        })
    }

    /// microsocks with further arguments.
    pub fn microsocks(arguments: &[&str]) -> Self {
        Self::start(|port, _| {
            let mut command = Command::new("microsocks");
            command.args(["-i", "127.0.0.1", "-p", &port.to_string()]).args(arguments);
            command
        })
    }

    /// None of them can choose its port: another process may be quicker.
    fn start(command: impl Fn(u16, &Folder) -> Command) -> Self {
        let mut tries = 0;
        loop {
            let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
            let port = free.local_addr().expect("an address").port();
            drop(free);
            let folder = Folder::new();
            let mut command = command(port, &folder);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let child = command
                .spawn()
                .unwrap_or_else(|error| panic!("{command:?}: {error}: `make test` installs it"));
            let mut proxy = Self { child, port, _folder: folder };
            if proxy.listens() {
                return proxy;
            }
            tries += 1;
            assert!(tries < 5, "{command:?} does not start");
        }
    }

    /// Waits until it listens; false if it ended before.
    fn listens(&mut self) -> bool {
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if self.child.try_wait().expect("a child").is_some() {
                return false;
            }
            let patience = Duration::from_millis(u64::from(PATIENCE_MS));
            assert!(begin.elapsed() < patience, "the proxy does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        true
    }

    pub fn url(&self, scheme: &str, credentials: &str) -> String {
        format!("{scheme}://{credentials}127.0.0.1:{}", self.port)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
