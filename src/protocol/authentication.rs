//! HTTP authentication (RFC 7235): a challenge, and the answer to it.

use std::fmt;

use http_auth::{ChallengeParser, PasswordClient, PasswordParams};
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use thiserror::Error;

/// Challenges of one response that are looked at.
const MOST_FIELDS: usize = 16;

/// A user name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: String,
}

/// Why these can't be credentials.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CredentialsError {
    /// CR, LF, NUL and their like.
    #[error("has a control character (CR, LF, NUL or another)")]
    Control,
}

/// How a hop wants to be told who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RFC 7617: the password in plain.
    Basic,
    /// RFC 7616: a digest of it.
    Digest,
    /// RFC 1929: the password in plain, to a SOCKS proxy.
    Socks,
}

/// What a server or a proxy wants to know.
pub struct Challenge {
    client: PasswordClient,
}

impl Credentials {
    /// Credentials that can be sent.
    ///
    /// # Errors
    ///
    /// A control character in either.
    pub fn new(user: &str, password: &str) -> Result<Self, CredentialsError> {
        if [user, password].iter().any(|text| text.contains(|c: char| c.is_control())) {
            return Err(CredentialsError::Control);
        }
        Ok(Self { user: user.to_owned(), password: password.to_owned() })
    }

    /// The user name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password.
    pub fn password(&self) -> &str {
        &self.password
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

impl Challenge {
    /// The best challenge among the fields called `name` that can be answered:
    /// Digest before Basic (RFC 7235 section 2.1).
    pub fn find(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let fields = headers.get_all(name).iter().take(MOST_FIELDS);
        let mut best = None;
        for field in fields.filter_map(|field| field.to_str().ok()) {
            // What follows a mistake can't be read.
            for challenge in ChallengeParser::new(field).map_while(Result::ok) {
                let Ok(client) = PasswordClient::try_from(&challenge) else { continue };
                match (&best, &client) {
                    (None, _) | (Some(PasswordClient::Basic(_)), PasswordClient::Digest(_)) => {
                        best = Some(client);
                    }
                    _ => {}
                }
            }
        }
        best.map(|client| Self { client })
    }

    /// How it is answered.
    pub fn scheme(&self) -> Scheme {
        match self.client {
            PasswordClient::Digest(_) => Scheme::Digest,
            _ => Scheme::Basic,
        }
    }

    /// What the credentials are for.
    pub fn realm(&self) -> &str {
        match &self.client {
            PasswordClient::Basic(basic) => basic.realm(),
            PasswordClient::Digest(digest) => digest.realm(),
            _ => "",
        }
    }

    /// The credentials that were sent are right, but their nonce was too old.
    pub fn is_stale(&self) -> bool {
        matches!(&self.client, PasswordClient::Digest(digest) if digest.stale())
    }

    /// The field's value for a request; `None` if it can't be answered so. Each
    /// call counts as one use of a nonce.
    pub fn answer(
        &mut self,
        credentials: &Credentials,
        method: &str,
        target: &str,
    ) -> Option<HeaderValue> {
        // There it ends the user name (RFC 7617 section 2).
        if self.scheme() == Scheme::Basic && credentials.user.contains(':') {
            return None;
        }
        let parameters = PasswordParams {
            username: &credentials.user,
            password: &credentials.password,
            uri: target,
            method,
            body: None,
        };
        let answer = self.client.respond(&parameters).ok()?;
        let mut value = HeaderValue::from_str(&answer).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::{HeaderValue, WWW_AUTHENTICATE};

    use super::{Challenge, Credentials, Scheme};

    fn find(fields: &[&'static str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(field));
        }
        Challenge::find(&headers, &WWW_AUTHENTICATE)
    }

    fn answer(field: &'static str) -> Option<HeaderValue> {
        let bird = Credentials::new("bird", "seed").expect("no control characters");
        find(&[field])?.answer(&bird, "GET", "/")
    }

    #[test]
    fn digest_is_preferred_wherever_it_is_offered() {
        const DIGEST: &str = "Digest realm=\"d\", nonce=\"n\", qop=\"auth\"";
        const BASIC: &str = "Basic realm=\"b\"";
        for fields in [&[BASIC, DIGEST][..], &[DIGEST, BASIC], &["Negotiate", BASIC, DIGEST]] {
            let found = find(fields).expect("a challenge");
            assert_eq!((found.scheme(), found.realm()), (Scheme::Digest, "d"), "{fields:?}");
        }
        let basic = find(&["NTLM", BASIC]).expect("a challenge");
        assert_eq!((basic.scheme(), basic.realm()), (Scheme::Basic, "b"));
    }

    #[test]
    fn what_cannot_be_answered_is_no_challenge() {
        for field in ["", "Negotiate", "Digest realm=\"no nonce\"", "Basic realm=\"open", "\u{7f}"]
        {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(field) {
                headers.append(WWW_AUTHENTICATE, value);
            }
            assert!(Challenge::find(&headers, &WWW_AUTHENTICATE).is_none(), "{field}");
        }
        let unknown = "Digest realm=\"d\", nonce=\"n\", qop=\"auth\", algorithm=SHA-3";
        assert!(answer(unknown).is_none());
        assert!(answer("Digest realm=\"d\", nonce=\"n\", qop=\"auth-int\"").is_none());
    }

    #[test]
    fn an_answer_is_hidden_from_logs_and_has_no_password_in_a_digest() {
        let basic = answer("Basic realm=\"b\"").expect("an answer");
        assert!(basic.is_sensitive());
        assert_eq!(basic, "Basic YmlyZDpzZWVk");
        for algorithm in ["MD5", "SHA-256"] {
            let field: &'static str = match algorithm {
                "MD5" => "Digest realm=\"d\", nonce=\"n\", qop=\"auth\", algorithm=MD5",
                _ => "Digest realm=\"d\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256",
            };
            let digest = answer(field).expect("an answer");
            let digest = digest.to_str().expect("ASCII");
            assert!(digest.contains(&format!("algorithm={algorithm}")), "{digest}");
            assert!(digest.contains("nc=00000001") && !digest.contains("seed"), "{digest}");
        }
    }

    #[test]
    fn credentials_have_no_control_characters() {
        for (user, password) in [("a\r", ""), ("a", "\n"), ("\0", "b"), ("a", "b\u{7f}")] {
            assert!(Credentials::new(user, password).is_err(), "{user:?} {password:?}");
        }
        assert!(Credentials::new("ä", "s p a c e").is_ok());
        let shown = format!("{:?}", Credentials::new("bird", "seed"));
        assert!(!shown.contains("bird") && !shown.contains("seed"), "{shown}");
    }
}
