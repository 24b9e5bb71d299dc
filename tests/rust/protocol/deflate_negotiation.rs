//! RFC 7692 section 7.1: which parameters hold.

use wirebird::protocol::{Deflate, ExtensionError, accept_deflate, confirm_deflate, offer_deflate};

const WIDE: Deflate = Deflate {
    server_no_context_takeover: false,
    client_no_context_takeover: false,
    server_max_window_bits: 15,
    client_max_window_bits: 15,
};

#[test]
fn the_offer_names_what_is_not_the_default() {
    assert_eq!(offer_deflate(&WIDE), "permessage-deflate; client_max_window_bits");
    let narrow = Deflate {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        server_max_window_bits: 9,
        client_max_window_bits: 10,
    };
    assert_eq!(
        offer_deflate(&narrow),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
         server_max_window_bits=9; client_max_window_bits=10"
    );
}

#[test]
fn the_server_accepts_what_it_can_and_no_more_than_it_wants() {
    let cases = [
        ("permessage-deflate", WIDE, "permessage-deflate", WIDE),
        ("Permessage-Deflate", WIDE, "permessage-deflate", WIDE),
        (
            "permessage-deflate; server_max_window_bits=15",
            WIDE,
            "permessage-deflate; server_max_window_bits=15",
            WIDE,
        ),
        (
            "permessage-deflate; server_max_window_bits=8; server_no_context_takeover",
            WIDE,
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=8",
            Deflate { server_max_window_bits: 8, server_no_context_takeover: true, ..WIDE },
        ),
        (
            "permessage-deflate; client_max_window_bits",
            Deflate { client_max_window_bits: 9, ..WIDE },
            "permessage-deflate; client_max_window_bits=9",
            Deflate { client_max_window_bits: 9, ..WIDE },
        ),
        (
            "permessage-deflate; client_max_window_bits=\"10\" ;client_no_context_takeover",
            WIDE,
            "permessage-deflate; client_no_context_takeover; client_max_window_bits=10",
            Deflate { client_max_window_bits: 10, client_no_context_takeover: true, ..WIDE },
        ),
        // A client that can't be limited is not.
        (
            "permessage-deflate",
            Deflate { client_max_window_bits: 9, server_max_window_bits: 9, ..WIDE },
            "permessage-deflate; server_max_window_bits=9",
            Deflate { server_max_window_bits: 9, ..WIDE },
        ),
        // The first offer that can be met.
        (
            "x-other, permessage-deflate; unknown, permessage-deflate; server_max_window_bits=12",
            WIDE,
            "permessage-deflate; server_max_window_bits=12",
            Deflate { server_max_window_bits: 12, ..WIDE },
        ),
    ];
    for (offers, wanted, answer, agreed) in cases {
        assert_eq!(accept_deflate(offers, &wanted), Some((agreed, answer.to_owned())), "{offers}");
    }
}

#[test]
fn offers_that_break_a_rule_are_declined() {
    let parameters = [
        "server_max_window_bits",
        "server_max_window_bits=0",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=99",
        "server_max_window_bits=08",
        "server_max_window_bits=+9",
        "server_max_window_bits=1e1",
        "server_max_window_bits=9; server_max_window_bits=9",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits; client_max_window_bits=9",
        "server_no_context_takeover=1",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover=true",
        "unknown",
        "unknown=1",
    ];
    for parameter in parameters {
        let offer = format!("permessage-deflate; {parameter}");
        assert_eq!(accept_deflate(&offer, &WIDE), None, "{offer}");
        let answer = confirm_deflate(&offer, Some(&WIDE));
        assert!(matches!(answer, Err(ExtensionError::Parameter(_))), "{offer}: {answer:?}");
    }
    for offers in ["", ",", "x-webkit-deflate-frame", "permessage-bzip2; level=9"] {
        assert_eq!(accept_deflate(offers, &WIDE), None, "{offers}");
    }
}

#[test]
fn the_client_takes_no_more_than_it_asked_for() {
    let narrow = Deflate {
        server_no_context_takeover: true,
        client_no_context_takeover: true,
        server_max_window_bits: 10,
        client_max_window_bits: 12,
    };
    let good = "permessage-deflate; server_no_context_takeover; server_max_window_bits=9";
    let agreed = Deflate { server_max_window_bits: 9, ..narrow };
    assert_eq!(confirm_deflate(good, Some(&narrow)), Ok(Some(agreed)));
    let lower = "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; \
                 client_max_window_bits=8";
    let agreed = Deflate { client_max_window_bits: 8, ..narrow };
    assert_eq!(confirm_deflate(lower, Some(&narrow)), Ok(Some(agreed)));
    for bad in [
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=11",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=10; \
         client_max_window_bits",
    ] {
        let answer = confirm_deflate(bad, Some(&narrow));
        assert!(matches!(answer, Err(ExtensionError::Parameter(_))), "{bad}: {answer:?}");
    }
    // What was not offered, but a server may say.
    let answer = "permessage-deflate; server_no_context_takeover; server_max_window_bits=11";
    let agreed = Deflate { server_no_context_takeover: true, server_max_window_bits: 11, ..WIDE };
    assert_eq!(confirm_deflate(answer, Some(&WIDE)), Ok(Some(agreed)));
    assert_eq!(confirm_deflate("", Some(&WIDE)), Ok(None), "declined");
}

#[test]
fn extensions_that_were_not_offered_are_errors() {
    let name = |name: &str| Err(ExtensionError::Name(name.to_owned()));
    assert_eq!(confirm_deflate("permessage-deflate", None), name("permessage-deflate"));
    assert_eq!(confirm_deflate("x-other; a=b", Some(&WIDE)), name("x-other"));
    let twice = "permessage-deflate, permessage-deflate";
    assert_eq!(confirm_deflate(twice, Some(&WIDE)), name("permessage-deflate"));
}

#[test]
fn the_grammar_is_kept() {
    let bad = [
        "permessage-deflate;",
        "permessage-deflate; =1",
        "permessage-deflate; a=",
        "permessage-deflate; a=\"",
        "permessage-deflate; a=\"b",
        "permessage-deflate; a=\"\"",
        "permessage-deflate; a=\"b c\"",
        "permessage-deflate a",
        "; a",
        "permessage-deflate; a=b=c",
        "pérmessage",
        "a@b",
    ];
    for value in bad {
        assert_eq!(confirm_deflate(value, Some(&WIDE)), Err(ExtensionError::Grammar), "{value}");
        assert_eq!(accept_deflate(value, &WIDE), None, "{value}");
    }
    let escaped = "permessage-deflate ; server_max_window_bits=\"\\1\\0\" ,, ";
    let agreed = Deflate { server_max_window_bits: 10, ..WIDE };
    assert_eq!(confirm_deflate(escaped, Some(&WIDE)), Ok(Some(agreed)));
    let long = vec!["a"; 10_000].join(",");
    assert_eq!(confirm_deflate(&long, Some(&WIDE)), Err(ExtensionError::Grammar));
}
