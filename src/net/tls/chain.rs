//! Checks a chain of certificates, and goes on after the first error: the
//! dates, the trust and the name are looked at separately.

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, ServerName, SignatureVerificationAlgorithm, UnixTime};
use webpki::{EndEntityCert, KeyUsage};

use super::flaw::{Flaw, Problem};

/// How a date is told.
fn day(time: UnixTime) -> String {
    let time = std::time::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(time.as_secs()));
    time.map_or_else(String::new, httpdate::fmt_http_date)
}

/// What a chain has to stand.
pub(super) struct Rules<'a> {
    pub roots: &'a RootCertStore,
    /// Certificates that are trusted as they are, not only as issuers.
    pub trusted: &'a [CertificateDer<'static>],
    pub algorithms: &'a [&'static dyn SignatureVerificationAlgorithm],
    pub usage: KeyUsage,
    /// Whose the certificate has to be; a client has no name.
    pub name: Option<&'a ServerName<'a>>,
}

impl Rules<'_> {
    /// Everything that is wrong with the chain; the peer's own certificate is
    /// its first.
    pub fn problems(&self, chain: &[CertificateDer<'_>], now: UnixTime) -> Vec<Problem> {
        let Some((own, issuers)) = chain.split_first() else {
            return vec![Problem::new(Flaw::NoCertificate, 0)];
        };
        let certificate = match EndEntityCert::try_from(own) {
            Ok(certificate) => certificate,
            Err(error) => {
                let detail = error.to_string();
                return vec![Problem { flaw: Flaw::BadEncoding, index: 0, detail }];
            }
        };
        let mut problems = self.trust(&certificate, own, issuers, now);
        if let Some(name) = self.name
            && let Err(error) = certificate.verify_is_valid_for_subject_name(name)
        {
            let flaw = match Flaw::of(&error) {
                Flaw::BadEncoding => Flaw::BadEncoding,
                _ => Flaw::HostName,
            };
            let names: Vec<_> = certificate.valid_dns_names().take(5).collect();
            let own = if names.is_empty() { String::new() } else { names.join(", ") };
            let detail = format!("connected to {}, it is for: {own}", name.to_str());
            problems.push(Problem { flaw, index: 0, detail });
        }
        problems
    }

    fn trust(
        &self,
        certificate: &EndEntityCert<'_>,
        own: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Vec<Problem> {
        let Err(error) = self.verify(certificate, issuers, now) else { return Vec::new() };
        let dates = self.dates(own, issuers, now);
        let mut problems: Vec<_> = dates.iter().map(Date::problem).collect();
        if self.trusted.contains(own) {
            return problems;
        }
        let error = match Date::of_validity(&dates) {
            None => Some(error),
            Some(then) => match self.verify(certificate, issuers, then) {
                // No time would do for all: what else is wrong can't be seen.
                Err(webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }) => {
                    None
                }
                other => other.err(),
            },
        };
        if let Some(error) = error {
            problems.push(untrusted(&error, certificate, issuers));
        }
        problems
    }

    fn verify(
        &self,
        certificate: &EndEntityCert<'_>,
        issuers: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), webpki::Error> {
        let (algorithms, roots) = (self.algorithms, &self.roots.roots);
        certificate
            .verify_for_usage(algorithms, roots, issuers, now, self.usage, None, None)
            .map(drop)
    }

    /// Which certificates are not valid now.
    fn dates(
        &self,
        own: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Vec<Date> {
        let chain = std::iter::once(own).chain(issuers).enumerate();
        let dates = chain.filter_map(|(index, certificate)| {
            let certificate = EndEntityCert::try_from(certificate).ok()?;
            // Without roots nothing is found valid, but the dates are looked at first.
            let (algorithms, usage) = (self.algorithms, self.usage);
            let error = certificate.verify_for_usage(algorithms, &[], &[], now, usage, None, None);
            match error.err()? {
                webpki::Error::CertExpired { not_after, .. } => {
                    Some((Bound::End(not_after), index))
                }
                webpki::Error::CertNotValidYet { not_before, .. } => {
                    Some((Bound::Begin(not_before), index))
                }
                _ => None,
            }
        });
        dates.map(|(bound, index)| Date { bound, index }).collect()
    }
}

/// Why a certificate is not valid now.
struct Date {
    bound: Bound,
    index: usize,
}

enum Bound {
    Begin(UnixTime),
    End(UnixTime),
}

impl Date {
    fn problem(&self) -> Problem {
        let (flaw, detail) = match self.bound {
            Bound::Begin(begin) => (Flaw::NotYetValid, format!("until {}", day(begin))),
            Bound::End(end) => (Flaw::Expired, format!("on {}", day(end))),
        };
        Problem { flaw, index: self.index, detail }
    }

    /// A time at which they were or will be valid; `None` if they are now.
    fn of_validity(dates: &[Self]) -> Option<UnixTime> {
        let begin = |date: &Self| match date.bound {
            Bound::Begin(begin) => Some(begin),
            Bound::End(_) => None,
        };
        let end = |date: &Self| match date.bound {
            Bound::End(end) => Some(end),
            Bound::Begin(_) => None,
        };
        let first_end = dates.iter().filter_map(end).min_by_key(UnixTime::as_secs);
        first_end.or_else(|| dates.iter().filter_map(begin).max_by_key(UnixTime::as_secs))
    }
}

/// Which certificate it is that nobody trusted vouches for, or what else is
/// wrong.
fn untrusted(
    error: &webpki::Error,
    certificate: &EndEntityCert<'_>,
    issuers: &[CertificateDer<'_>],
) -> Problem {
    let is_own_issuer = certificate.issuer() == certificate.subject();
    let flaw = match error {
        // A root that a server shows as its own.
        webpki::Error::CaUsedAsEndEntity if is_own_issuer => Flaw::SelfSigned,
        error => Flaw::of(error),
    };
    let detail = match flaw {
        Flaw::SelfSigned => String::new(),
        Flaw::UnknownIssuer if is_own_issuer => return Problem::new(Flaw::SelfSigned, 0),
        Flaw::UnknownIssuer => return last_of_path(certificate, issuers),
        _ => error.to_string(),
    };
    Problem { flaw, index: 0, detail }
}

/// The last certificate of the path from the peer's own to a root.
fn last_of_path(certificate: &EndEntityCert<'_>, issuers: &[CertificateDer<'_>]) -> Problem {
    let parsed: Vec<_> = issuers.iter().map(|der| EndEntityCert::try_from(der).ok()).collect();
    let (mut wanted, mut index) = (certificate.issuer(), 0usize);
    // Each certificate at most once: names may go round in a circle.
    for _ in 0..issuers.len() {
        let found = parsed
            .iter()
            .position(|issuer| issuer.as_ref().is_some_and(|issuer| issuer.subject() == wanted));
        let Some((place, issuer)) =
            found.and_then(|place| Some((place, parsed.get(place)?.as_ref()?)))
        else {
            break;
        };
        index = place.saturating_add(1);
        if issuer.issuer() == wanted {
            return Problem::new(Flaw::SelfSignedInChain, index);
        }
        wanted = issuer.issuer();
    }
    Problem::new(Flaw::UnknownIssuer, index)
}
