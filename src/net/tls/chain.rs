//! Checks a chain of certificates, and goes on after the first error: the
//! dates, the trust and the name are looked at separately.

use rustls::RootCertStore;
use rustls::pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, ExtendedKeyUsageValidator,
    KeyPurposeIdIter, KeyUsage, RevocationCheckDepth, RevocationOptionsBuilder,
    UnknownStatusPolicy, VerifiedPath,
};

use super::flaw::{Flaw, Problem};

/// How a date is told.
fn day(time: UnixTime) -> String {
    let time = std::time::UNIX_EPOCH.checked_add(std::time::Duration::from_secs(time.as_secs()));
    time.map_or_else(String::new, httpdate::fmt_http_date)
}

/// Times at which a chain is looked at that is not valid now.
const MOST_TIMES: usize = 8;

type IsPinned<'a> = dyn Fn(&[u8]) -> bool + 'a;
type PathRule<'a> = dyn Fn(&VerifiedPath<'_>) -> Result<(), webpki::Error> + 'a;

/// What a chain has to stand.
pub(super) struct Rules<'a> {
    pub roots: &'a RootCertStore,
    /// Certificates that are trusted as they are, not only as issuers.
    pub trusted: &'a [CertificateDer<'static>],
    pub algorithms: &'a [&'static dyn SignatureVerificationAlgorithm],
    pub usage: KeyUsage,
    /// Whose the certificate has to be; a client has no name.
    pub name: Option<&'a ServerName<'a>>,
    /// Whether a public key (its SubjectPublicKeyInfo) is pinned; without, none
    /// has to be.
    pub pinned: Option<&'a IsPinned<'a>>,
    /// What issuers have revoked, as far as they are known.
    pub revoked: &'a [&'a CertRevocationList<'a>],
}

/// A peer's chain.
struct Chain<'a> {
    certificate: EndEntityCert<'a>,
    own: &'a CertificateDer<'a>,
    issuers: &'a [CertificateDer<'a>],
}

/// Under what a chain was verified, signatures and all.
struct Grounds<'a> {
    anchors: &'a [TrustAnchor<'a>],
    time: UnixTime,
    demands: Demands,
}

/// What else it was looked at for.
#[derive(Clone, Copy)]
struct Demands {
    usage: Usage,
    revocation: Revocation,
}

/// Whether the lists of revoked certificates count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Revocation {
    Looked,
    Ignored,
}

/// What the certificate has to be for.
#[derive(Clone, Copy)]
enum Usage {
    This(KeyUsage),
    Any,
}

impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        match self {
            Self::This(usage) => usage.validate(purposes),
            Self::Any => Ok(()),
        }
    }
}

impl Rules<'_> {
    /// Everything that is wrong with the chain; the peer's own certificate is
    /// its first. Whoever accepts each of these accepts nothing else: what could
    /// not be checked is a problem, too.
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
        let chain = Chain { certificate, own, issuers };
        let mut problems = Vec::new();
        let is_pinned = self.trust(&chain, now, &mut problems);
        let certificate = &chain.certificate;
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
        if !is_pinned {
            problems.push(Problem::new(Flaw::Pin, 0));
        }
        problems
    }

    /// Adds what is wrong but for the name. Whether a key is pinned that vouches
    /// for the peer: its own, or one on a path that was verified. What else a
    /// peer shows proves nothing.
    fn trust(&self, chain: &Chain<'_>, now: UnixTime, problems: &mut Vec<Problem>) -> bool {
        let mut demands =
            Demands { usage: Usage::This(self.usage), revocation: Revocation::Looked };
        let anchors = &self.roots.roots;
        let grounds = Grounds { anchors, time: now, demands };
        let Err(error) = self.verify(chain, &grounds) else {
            return self.is_pinned(chain, Some(&grounds));
        };
        let dates = self.dates(chain, now);
        problems.extend(dates.iter().map(Date::problem));
        if self.trusted.contains(chain.own) {
            return self.is_pinned(chain, None);
        }
        let times: Vec<_> = match dates.is_empty() {
            true => vec![now],
            false => dates.iter().map(Date::of_validity).take(MOST_TIMES).collect(),
        };
        let mut found = match dates.is_empty() {
            true => Err(error),
            false => self.verify_once(chain, anchors, &times, demands),
        };
        if let Err(error) = &found
            && is_about_revocation(error)
        {
            problems.push(self.revoked(error, chain, &times));
            demands.revocation = Revocation::Ignored;
            found = self.verify_once(chain, anchors, &times, demands);
        }
        if matches!(found, Err(webpki::Error::RequiredEkuNotFoundContext(_))) {
            problems.extend(found.err().map(|error| untrusted(&error, chain)));
            demands.usage = Usage::Any;
            found = self.verify_once(chain, anchors, &times, demands);
        }
        let error = match found {
            Ok(grounds) => return self.is_pinned(chain, Some(&grounds)),
            Err(error) => error,
        };
        let problem = untrusted(&error, chain);
        let issuer = problem.index.checked_sub(1).and_then(|index| chain.issuers.get(index));
        problems.push(problem);
        // Whoever accepts that issuer accepts what it has issued, and nobody else has.
        let Some(issuer) = issuer else { return self.is_pinned(chain, None) };
        if !self.may_issue(issuer, now) {
            let detail = "a certificate that may not issue others is its issuer's".to_owned();
            problems.push(Problem { flaw: Flaw::InvalidIssuer, index: 0, detail });
        }
        let anchor = webpki::anchor_from_trusted_cert(issuer).ok();
        let anchors = anchor.as_slice();
        demands.usage = Usage::Any;
        let verified = self.verify_once(chain, anchors, &times, demands);
        problems.extend(verified.as_ref().err().map(|error| Problem {
            flaw: Flaw::of(error),
            index: 0,
            detail: error.to_string(),
        }));
        self.is_pinned(chain, verified.ok().as_ref())
    }

    fn verify(&self, chain: &Chain<'_>, grounds: &Grounds<'_>) -> Result<(), webpki::Error> {
        self.verify_path(chain, grounds, None)
    }

    fn verify_path(
        &self,
        Chain { certificate, issuers, .. }: &Chain<'_>,
        Grounds { anchors, time, demands }: &Grounds<'_>,
        path: Option<&PathRule<'_>>,
    ) -> Result<(), webpki::Error> {
        let (algorithms, usage) = (self.algorithms, demands.usage);
        let lists = match demands.revocation {
            Revocation::Looked => self.lists(RevocationCheckDepth::Chain),
            Revocation::Ignored => None,
        };
        let lists = lists.map(RevocationOptionsBuilder::build);
        certificate
            .verify_for_usage(algorithms, anchors, issuers, *time, usage, lists, path)
            .map(drop)
    }

    /// The lists of revoked certificates, if there are any. What an issuer without
    /// a list has issued is not revoked; a list that is out of date is a problem.
    fn lists(&self, depth: RevocationCheckDepth) -> Option<RevocationOptionsBuilder<'_>> {
        let lists = RevocationOptionsBuilder::new(self.revoked).ok()?;
        let lists = lists.with_depth(depth).with_status_policy(UnknownStatusPolicy::Allow);
        Some(lists.with_expiration_policy(ExpirationPolicy::Enforce))
    }

    /// What the lists say of a chain.
    fn revoked(&self, error: &webpki::Error, chain: &Chain<'_>, times: &[UnixTime]) -> Problem {
        let (own, usage) = (RevocationCheckDepth::EndEntity, Usage::Any);
        let (algorithms, anchors) = (self.algorithms, &self.roots.roots);
        let is_own = times.iter().any(|&time| {
            let lists = self.lists(own).map(RevocationOptionsBuilder::build);
            let certificate = &chain.certificate;
            let found = certificate.verify_for_usage(
                algorithms,
                anchors,
                chain.issuers,
                time,
                usage,
                lists,
                None,
            );
            matches!(found, Err(webpki::Error::CertRevoked))
        });
        let detail = match error {
            webpki::Error::CertRevoked if is_own => String::new(),
            webpki::Error::CertRevoked => "one that vouches for it".to_owned(),
            error => error.to_string(),
        };
        Problem { flaw: Flaw::of(error), index: 0, detail }
    }

    /// Verifies the chain as it was, or will be, at one of these times.
    fn verify_once<'a>(
        &self,
        chain: &Chain<'_>,
        anchors: &'a [TrustAnchor<'a>],
        times: &[UnixTime],
        demands: Demands,
    ) -> Result<Grounds<'a>, webpki::Error> {
        let mut error = None;
        for &time in times {
            let grounds = Grounds { anchors, time, demands };
            match self.verify(chain, &grounds) {
                Ok(()) => return Ok(grounds),
                // Nothing can be said of a time at which something else is not valid.
                Err(webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. }) => {}
                Err(found) => error = error.or(Some(found)),
            }
        }
        Err(error.unwrap_or(webpki::Error::UnknownIssuer))
    }

    fn is_pinned(&self, chain: &Chain<'_>, verified: Option<&Grounds<'_>>) -> bool {
        let Some(pinned) = self.pinned else { return true };
        if pinned(&chain.certificate.subject_public_key_info()) {
            return true;
        }
        let on_path = |path: &VerifiedPath<'_>| {
            let mut issuers = path.intermediate_certificates();
            let is_pinned = pinned(&webpki::spki_for_anchor(path.anchor()))
                || issuers.any(|issuer| pinned(&issuer.subject_public_key_info()));
            // Another path may have one.
            is_pinned.then_some(()).ok_or(webpki::Error::UnknownIssuer)
        };
        verified.is_some_and(|grounds| self.verify_path(chain, grounds, Some(&on_path)).is_ok())
    }

    /// Whether a certificate is an authority's.
    fn may_issue(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
        let Ok(authority) = EndEntityCert::try_from(certificate) else { return false };
        let time = match self.as_own(&authority, now) {
            Some(webpki::Error::CertExpired { not_after, .. }) => not_after,
            Some(webpki::Error::CertNotValidYet { not_before, .. }) => not_before,
            _ => now,
        };
        matches!(self.as_own(&authority, time), Some(webpki::Error::CaUsedAsEndEntity))
    }

    /// What is wrong with a certificate as a peer's own. Without roots there is
    /// always something, but its dates are looked at first, then what it is.
    fn as_own(&self, certificate: &EndEntityCert<'_>, time: UnixTime) -> Option<webpki::Error> {
        let (algorithms, usage) = (self.algorithms, Usage::Any);
        certificate.verify_for_usage(algorithms, &[], &[], time, usage, None, None).err()
    }

    /// Which certificates are not valid now.
    fn dates(&self, chain: &Chain<'_>, now: UnixTime) -> Vec<Date> {
        let all = std::iter::once(chain.own).chain(chain.issuers).enumerate();
        let dates = all.filter_map(|(index, certificate)| {
            let bound = match self.as_own(&EndEntityCert::try_from(certificate).ok()?, now)? {
                webpki::Error::CertExpired { not_after, .. } => Bound::End(not_after),
                webpki::Error::CertNotValidYet { not_before, .. } => Bound::Begin(not_before),
                _ => return None,
            };
            Some(Date { bound, index })
        });
        dates.collect()
    }
}

/// Whether a chain is not valid for what the lists of revoked certificates say, or
/// don't.
fn is_about_revocation(error: &webpki::Error) -> bool {
    matches!(
        error,
        webpki::Error::CertRevoked
            | webpki::Error::CrlExpired { .. }
            | webpki::Error::InvalidCrlSignatureForPublicKey
            | webpki::Error::IssuerNotCrlSigner
            | webpki::Error::UnsupportedCrlSignatureAlgorithmContext(_)
            | webpki::Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_)
    )
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

    /// When it was valid last, or will be first.
    fn of_validity(&self) -> UnixTime {
        match self.bound {
            Bound::Begin(time) | Bound::End(time) => time,
        }
    }
}

/// Which certificate it is that nobody trusted vouches for, or what else is
/// wrong.
fn untrusted(error: &webpki::Error, Chain { certificate, issuers, .. }: &Chain<'_>) -> Problem {
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
