//! The time that the host takes to answer a question is not the peer's: no
//! timeout counts it.

use wirebird::ffi::*;

use super::scripted::{Answer, Scripted, answer};
use crate::engine::carrying;
use crate::engine::host::*;

pub const TIMEOUT_MS: u32 = 300;

/// Lets more time pass than a handshake may take: one that begins now fails.
pub fn let_a_handshake_time_out() {
    let silent = Scripted::start(vec![vec![Answer::Silence]]);
    let host = Host::new();
    host.open_with(&format!("ws://127.0.0.1:{}/", silent.port), |options, _| {
        options.handshake_timeout_ms = TIMEOUT_MS;
    });
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_TIMEOUT);
}

fn unauthorized() -> Answer {
    answer("401 Who", &["WWW-Authenticate: Basic realm=\"r\""], "")
}

fn proxy_unauthorized() -> Answer {
    answer("407 Who", &["Proxy-Authenticate: Basic realm=\"r\""], "")
}

fn connected() -> Answer {
    Answer::Text("HTTP/1.1 200 Go on\r\n\r\n".to_owned())
}

/// Opens a connection to a server, or through a proxy, that asks who is there;
/// tells it after a long time, `questions` times.
fn told_late(answers: Vec<Answer>, is_proxy: bool, questions: u32) -> (Host, Happened, Scripted) {
    let peer = Scripted::start(vec![answers]);
    let host = Host::new();
    let place = format!("127.0.0.1:{}", peer.port);
    let (server, proxy) = match is_proxy {
        true => ("ws://server.example/".to_owned(), format!("http://{place}")),
        false => (format!("ws://{place}/"), String::new()),
    };
    let connection = host.open_with(&server, |options, connection| {
        options.handshake_timeout_ms = TIMEOUT_MS;
        connection.want = WIREBIRD_WANT_AUTHENTICATION;
        if is_proxy {
            (options.proxy_mode, options.proxy_url) = (WIREBIRD_PROXY_URL, text(&proxy));
        }
    });
    for _ in 0..questions {
        host.expect(WIREBIRD_EVENT_AUTHENTICATE);
        let_a_handshake_time_out();
        let told = unsafe { wirebird_connection_authenticate(connection, text("a"), text("b")) };
        ok(told);
    }
    let event = host.next();
    ok(wirebird_connection_release(connection));
    (host, event, peer)
}

#[test]
fn whoever_looks_up_a_password_does_not_run_into_the_timeout() {
    for (answers, is_proxy, questions) in [
        (vec![unauthorized(), Answer::Upgrade], false, 1),
        (vec![proxy_unauthorized(), connected(), Answer::Upgrade], true, 1),
        (vec![proxy_unauthorized(), connected(), unauthorized(), Answer::Upgrade], true, 2),
    ] {
        let shown = format!("{answers:?}");
        let (_host, event, peer) = told_late(answers, is_proxy, questions);
        assert_eq!(event.kind, WIREBIRD_EVENT_OPENED, "{shown}: {event:?}");
        peer.asked();
    }
}

#[test]
fn what_the_peer_takes_after_the_answer_counts() {
    for (answers, is_proxy, status) in [
        (vec![unauthorized(), Answer::Silence], false, WIREBIRD_ERROR_TIMEOUT),
        (vec![proxy_unauthorized(), Answer::Silence], true, WIREBIRD_ERROR_PROXY_TIMEOUT),
    ] {
        let (_host, event, peer) = told_late(answers, is_proxy, 1);
        assert_eq!((event.kind, event.status), (WIREBIRD_EVENT_CLOSED, status), "{event:?}");
        assert!(event.message.contains("handshake_timeout (300 ms)"), "{}", event.message);
        peer.asked();
    }
}

#[test]
fn a_host_that_carries_the_stream_says_itself_which_time_does_not_count() {
    let peer = Scripted::start(vec![vec![Answer::Silence]]);
    let host = Host::new();
    let url = format!("ws://127.0.0.1:{}/", peer.port);
    let connection = carrying::open_with(&host, &url, |options, _| {
        options.handshake_timeout_ms = TIMEOUT_MS;
    });
    for _ in 0..2 {
        ok(wirebird_connection_pause_handshake(connection));
    }
    let_a_handshake_time_out();
    assert!(host.take().is_none(), "nothing has ended it");
    ok(wirebird_connection_resume_handshake(connection));
    assert_eq!(host.expect(WIREBIRD_EVENT_CLOSED).status, WIREBIRD_ERROR_TIMEOUT);
}
