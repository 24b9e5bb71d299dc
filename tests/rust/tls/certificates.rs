//! Certificates made for a test.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    RevokedCertParams, SignatureAlgorithm, date_time_ymd,
};

/// An authority that issues certificates.
pub struct Authority {
    pub pem: String,
    pub der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its chain and its key.
pub struct Certificate {
    /// Its own, then those that lead to the root.
    pub pem: String,
    pub der: Vec<u8>,
    pub key: KeyPair,
}

/// What a certificate is for.
#[derive(Clone, Copy)]
pub enum Purpose {
    Server,
    Client,
}

impl Authority {
    /// A root.
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let params = authority(name);
        let certificate = params.self_signed(&key).expect("a root");
        let (pem, der) = (certificate.pem(), certificate.der().to_vec());
        Self { pem, der, issuer: Issuer::new(params, key) }
    }

    /// An authority below this one.
    pub fn below(&self, name: &str) -> Self {
        self.sign(authority(name))
    }

    fn sign(&self, params: CertificateParams) -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("an issuer");
        let (pem, der) = (certificate.pem(), certificate.der().to_vec());
        Self { pem, der, issuer: Issuer::new(params, key) }
    }

    /// A server that issues certificates, though it is no authority.
    pub fn server_that_issues(&self, names: &[&str]) -> Self {
        self.sign(leaf(names, Purpose::Server))
    }

    /// A server's certificate for these names and addresses.
    pub fn server(&self, names: &[&str]) -> Certificate {
        self.issue(names, |_| {})
    }

    /// A server's certificate with something changed.
    pub fn issue(
        &self,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        self.issue_with(&rcgen::PKCS_ECDSA_P256_SHA256, names, change)
    }

    /// A server's certificate with a key of another kind.
    pub fn issue_with(
        &self,
        algorithm: &'static SignatureAlgorithm,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let key = KeyPair::generate_for(algorithm).expect("a key");
        self.certify(key, names, change)
    }

    /// A server's certificate for a key that is there.
    pub fn certify(
        &self,
        key: KeyPair,
        names: &[&str],
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let mut params = leaf(names, Purpose::Server);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Certificate { pem: certificate.pem(), der: certificate.der().to_vec(), key }
    }

    /// A list of what it has revoked, in PEM and DER; out of date in that year.
    pub fn revoke(&self, serials: &[u64], until: i32) -> (String, Vec<u8>) {
        let revoked = |serial: &u64| RevokedCertParams {
            serial_number: (*serial).into(),
            revocation_time: date_time_ymd(2020, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2020, 1, 1),
            next_update: date_time_ymd(until, 1, 1),
            crl_number: 1.into(),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = params.signed_by(&self.issuer).expect("a list");
        (list.pem().expect("PEM"), list.der().to_vec())
    }

    /// An authority below this one with that serial number.
    pub fn below_with(&self, name: &str, serial: u64) -> Self {
        let mut params = authority(name);
        params.serial_number = Some(serial.into());
        self.sign(params)
    }

    /// A client's certificate.
    pub fn client(&self, name: &str) -> Certificate {
        self.client_with(name, |_| {})
    }

    /// A client's certificate with something changed.
    pub fn client_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Certificate {
        let key = KeyPair::generate().expect("a key");
        let mut params = leaf(&[name], Purpose::Client);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer);
        let certificate = certificate.expect("a certificate");
        Certificate { pem: certificate.pem(), der: certificate.der().to_vec(), key }
    }
}

impl Certificate {
    /// One that nobody else has issued.
    pub fn self_signed(names: &[&str]) -> Self {
        let key = KeyPair::generate().expect("a key");
        let certificate = leaf(names, Purpose::Server).self_signed(&key).expect("a certificate");
        Self { pem: certificate.pem(), der: certificate.der().to_vec(), key }
    }

    /// With the issuer that it was made by in its chain.
    pub fn behind(mut self, issuer: &Authority) -> Self {
        self.pem.push_str(&issuer.pem);
        self
    }

    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf(names: &[&str], purpose: Purpose) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let common = names.first().cloned().unwrap_or_default();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name.push(DnType::CommonName, format!("{common} (test)"));
    params.extended_key_usages = vec![match purpose {
        Purpose::Server => ExtendedKeyUsagePurpose::ServerAuth,
        Purpose::Client => ExtendedKeyUsagePurpose::ClientAuth,
    }];
    params
}
