//! What goes along, and what is told, when one server of `wss` leads to another.

use wirebird::ffi::*;

use super::certificates::{Authority, Certificate};
use super::fixture::*;
use crate::engine::host::*;

const NAME: &str = "first.example";

/// A server that leads to another one, and a client's side that shows it a
/// certificate and asks for it by a name of its own.
struct Way {
    host: Host,
    known: Authority,
    first: Listening,
    client: Tls,
}

impl Way {
    fn new() -> Self {
        let (host, known) = (Host::new(), Authority::new("Root"));
        let tls = server(&known.server(&[NAME]));
        let first = host.listen_with(|options, _| {
            (options.tls, options.accept) = (tls.0, WIREBIRD_ACCEPT_ASK);
        });
        let own = known.client("somebody");
        let (chain, key) = ([bytes(&own.der)], own.key_pem());
        let client = client_with(&known, |options| {
            (options.certificates, options.certificate_count) = (chain.as_ptr(), 1);
            options.key = bytes(key.as_bytes());
            options.server_name = text(NAME);
        });
        Self { host, known, first, client }
    }

    /// A client that the first server has led to `location`.
    fn led_to(&self, location: &str, want: u32) -> wirebird_connection_t {
        let connection =
            self.host.open_with(&url("localhost", self.first.port), |options, connection| {
                (options.tls, options.max_redirects) = (self.client.0, 5);
                connection.want = want;
            });
        let request = self.host.expect(WIREBIRD_EVENT_REQUEST).connection;
        let header = wirebird_header_t { name: text("Location"), value: text(location) };
        ok(unsafe { wirebird_connection_refuse(request, 307, &header, 1, text("")) });
        connection
    }
}

#[test]
fn the_next_server_is_neither_shown_a_certificate_nor_told_the_first_ones_name() {
    let way = Way::new();
    let (own, roots) = (way.known.server(&["localhost"]), [bytes(&way.known.der)]);
    let tls = server_with(&own, |options| {
        (options.ca, options.ca_count) = (roots.as_ptr(), 1);
        options.client_certificates = WIREBIRD_TLS_CLIENT_REQUEST;
    });
    let next = Host::new();
    let second = listen(&next, &tls);
    let connection = way.led_to(&url("localhost", second.port), 0);
    let accepted = next.expect(WIREBIRD_EVENT_ACCEPTED).connection;
    let seen = info(accepted);
    assert!(seen.certificates.is_empty(), "{seen:?}");
    assert_eq!(seen.server_name, "localhost");
    while way.host.next().kind != WIREBIRD_EVENT_OPENED {}
    let told = info(connection);
    assert_eq!(told.server_name, "localhost");
    assert_eq!(told.certificates, [own.der], "the last server's");
}

#[test]
fn the_host_is_asked_about_the_certificate_of_the_next_server() {
    let way = Way::new();
    let own = Certificate::self_signed(&["localhost"]);
    let next = Host::new();
    let second = listen(&next, &server(&own));
    let connection = way.led_to(&url("localhost", second.port), WIREBIRD_WANT_TLS_ERRORS);
    while way.host.next().kind != WIREBIRD_EVENT_TLS_ERRORS {}
    let told = info(connection);
    assert_eq!(told.errors, [(WIREBIRD_TLS_ERROR_SELF_SIGNED, 0)]);
    assert_eq!(told.certificates, [own.der]);
}

#[test]
fn nothing_is_told_of_a_server_that_was_left_for_one_that_fails() {
    let way = Way::new();
    // Nobody listens there any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = gone.local_addr().expect("an address").port();
    drop(gone);
    let connection = way.led_to(&url("localhost", port), 0);
    let closed = way.host.until(WIREBIRD_EVENT_CLOSED);
    assert_eq!(closed.connection, connection);
    let told = info(connection);
    assert_eq!((told.version, told.certificates.len()), (0, 0), "{told:?}");
}
