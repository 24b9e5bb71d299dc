//! Ways that lead nowhere leave nothing behind.

use wirebird::ffi::*;

use super::http_peer::HttpPeer;
use super::programs::{Folder, Proxy};
use crate::engine::host::*;
use crate::threats::alone::{alone, descriptors, rests};

const ROUNDS: usize = 50;

#[test]
fn ways_that_lead_nowhere_leave_no_descriptors() {
    alone(ways_that_lead_nowhere_leave_no_descriptors, || {
        let (proxy, mut peer) = (Proxy::tinyproxy("BasicAuth bird seed"), HttpPeer::start());
        let socks = Proxy::microsocks(&["-u", "bird", "-P", "seed"]);
        let (folder, host) = (Folder::new(), Host::new());
        let url = peer.url.clone();
        let redirect = format!("{url}/redirect/302/9/end");
        let digest = format!("{url}/digest/MD5").replacen("ws://", "ws://bird:worm@", 1);
        let unix = format!("ws+unix://{}", folder.path("nobody"));
        let (http, socks5) = (proxy.url("http", "bird:worm@"), socks.url("socks5", "bird:worm@"));
        let ways = [
            (redirect.as_str(), ""),
            (&digest, ""),
            (&unix, ""),
            (&url, &http),
            (&url, &socks5),
            ("ws://nowhere.invalid/", ""),
        ];
        let mut fail_all = || {
            for (url, proxy) in ways {
                let connection = host.open_with(url, |options, _| {
                    options.max_redirects = 2;
                    if !proxy.is_empty() {
                        (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(proxy));
                    }
                });
                let closed = host.expect(WIREBIRD_EVENT_CLOSED);
                assert_ne!(closed.status, WIREBIRD_OK, "{closed:?}");
                ok(wirebird_connection_release(connection));
            }
            // Three requests of redirects and two of the digest; all were read.
            (0..5).for_each(|_| drop(peer.asked()));
        };
        fail_all();
        rests();
        let before = descriptors();
        (0..ROUNDS).for_each(|_| fail_all());
        rests();
        assert!(descriptors() <= before, "{before} descriptors became {}", descriptors());
    });
}
