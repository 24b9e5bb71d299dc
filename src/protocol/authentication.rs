//! HTTP authentication (RFC 7235): a challenge, and the answer to it.

use std::fmt;

use http_auth::basic::encode_credentials;
use http_auth::{ChallengeParser, ChallengeRef, DigestClient, PasswordParams};
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
pub struct Challenge(Kind);

enum Kind {
    Basic { realm: String },
    Digest(Box<DigestClient>),
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
        let mut best = None;
        for field in headers.get_all(name).iter().take(MOST_FIELDS) {
            // The parser knows ASCII alone. A digest is made of the realm, Basic is not.
            let text = String::from_utf8_lossy(field.as_bytes());
            let ascii = text.replace(|character: char| !character.is_ascii(), "?");
            let may_be = |kind: &Kind| text.is_ascii() || matches!(kind, Kind::Basic { .. });
            // What follows a mistake can't be read.
            for challenge in ChallengeParser::new(&ascii).map_while(Result::ok) {
                match (&best, Kind::of(&challenge).filter(may_be)) {
                    (None, Some(kind))
                    | (Some(Kind::Basic { .. }), Some(kind @ Kind::Digest(_))) => {
                        best = Some(kind);
                    }
                    _ => {}
                }
            }
        }
        best.map(Self)
    }

    /// How it is answered.
    pub fn scheme(&self) -> Scheme {
        match self.0 {
            Kind::Digest(_) => Scheme::Digest,
            Kind::Basic { .. } => Scheme::Basic,
        }
    }

    /// What the credentials are for, or empty. Characters other than ASCII are
    /// question marks.
    pub fn realm(&self) -> &str {
        match &self.0 {
            Kind::Basic { realm } => realm,
            Kind::Digest(digest) => digest.realm(),
        }
    }

    /// The credentials that were sent are right, but their nonce was too old.
    pub fn is_stale(&self) -> bool {
        matches!(&self.0, Kind::Digest(digest) if digest.stale())
    }

    /// The field's value for a request; `None` if it can't be answered so. Each
    /// call counts as one use of a nonce.
    pub fn answer(
        &mut self,
        credentials: &Credentials,
        method: &str,
        target: &str,
    ) -> Option<HeaderValue> {
        let Credentials { user, password } = credentials;
        let answer = match &mut self.0 {
            // There it ends the user name (RFC 7617 section 2).
            Kind::Basic { .. } if user.contains(':') => return None,
            Kind::Basic { .. } => encode_credentials(user, password),
            Kind::Digest(digest) => {
                let (username, password, uri) = (user.as_str(), password.as_str(), target);
                let parameters = PasswordParams { username, password, uri, method, body: None };
                digest.respond(&parameters).ok()?
            }
        };
        let mut value = HeaderValue::from_str(&answer).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl Kind {
    fn of(challenge: &ChallengeRef<'_>) -> Option<Self> {
        if challenge.scheme.eq_ignore_ascii_case("Digest") {
            return DigestClient::try_from(challenge).ok().map(Box::new).map(Self::Digest);
        }
        if !challenge.scheme.eq_ignore_ascii_case("Basic") {
            return None;
        }
        // Some leave the realm out, though they must not.
        let realm = challenge.params.iter().find(|(name, _)| name.eq_ignore_ascii_case("realm"));
        Some(Self::Basic {
            realm: realm.map_or_else(String::new, |(_, realm)| realm.to_unescaped()),
        })
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
        for (fields, realm) in [
            (&["NTLM", BASIC][..], "b"),
            (&["basic realm=\"a \\\"b\\\"\", charset=\"UTF-8\""], "a \"b\""),
            (&["Basic realm=nest"], "nest"),
            (&["Basic"], ""),
        ] {
            let basic = find(fields).expect("a challenge");
            assert_eq!((basic.scheme(), basic.realm()), (Scheme::Basic, realm), "{fields:?}");
        }
        let mut headers = HeaderMap::new();
        for field in ["Digest realm=\"Bücher\", nonce=\"n\"", "Basic realm=\"Bücher\""] {
            let value = HeaderValue::from_bytes(field.as_bytes());
            headers.append(WWW_AUTHENTICATE, value.expect("a value"));
        }
        let found = Challenge::find(&headers, &WWW_AUTHENTICATE).expect("a challenge");
        assert_eq!((found.scheme(), found.realm()), (Scheme::Basic, "B?cher"));
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
        let colon = Credentials::new("a:b", "c").expect("no control characters");
        let mut basic = find(&["Basic realm=\"b\""]).expect("a challenge");
        assert!(basic.answer(&colon, "GET", "/").is_none(), "the server would read user a");
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
