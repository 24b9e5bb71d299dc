// A QSslConfiguration as the engine's TLS takes it, and what the engine's can't do.
#include "tlsconfiguration.h"

#include "convert.h"

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

#ifndef QT_NO_SSL
#  include <QtNetwork/qsslcipher.h>
#  include <QtNetwork/qssldiffiehellmanparameters.h>
#  include <QtNetwork/qsslellipticcurve.h>
#  include <QtNetwork/qsslkey.h>

#  include <array>
#  include <vector>

namespace Wirebird {
namespace {

struct Versions
{
    quint32 least = 0; ///< 0 for what the engine has not.
    quint32 most = 0;
    bool isAll = true; ///< Otherwise Qt's TLS may have older ones, too.
};

Versions versionsOf(QSsl::SslProtocol protocol)
{
    switch (protocol) {
    case QSsl::SecureProtocols:
    case QSsl::TlsV1_2OrLater:
        return {WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3};
    case QSsl::TlsV1_2:
        return {WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_2};
    case QSsl::TlsV1_3:
    case QSsl::TlsV1_3OrLater:
        return {WIREBIRD_TLS_1_3, WIREBIRD_TLS_1_3};
    default:
        break;
    }
    switch (int(protocol)) { // names that newer versions of Qt warn about
    case QSsl::AnyProtocol:
    case QSsl::TlsV1_0OrLater:
    case QSsl::TlsV1_1OrLater:
        return {WIREBIRD_TLS_1_2, WIREBIRD_TLS_1_3, false};
    default:
        return {};
    }
}

/// Whether the system's roots are trusted besides caCertificates(). Qt has no getter
/// for that, but such configurations differ.
bool trustsSystem(const QSslConfiguration &configuration)
{
    QSslConfiguration other = configuration;
    other.setCaCertificates(configuration.caCertificates());
    return other != configuration;
}

/// Keeps the bytes that a wirebird_tls_options_t points to.
class Certificates
{
public:
    explicit Certificates(const QList<QSslCertificate> &certificates)
    {
        for (const QSslCertificate &certificate : certificates)
            m_bytes.push_back(certificate.toDer());
        addViews();
    }
    explicit Certificates(const QList<QByteArray> &encoded) : m_bytes(encoded.begin(), encoded.end())
    {
        addViews();
    }
    Q_DISABLE_COPY(Certificates)

    const wirebird_bytes_t *data() const { return m_views.data(); }
    size_t size() const { return m_views.size(); }

private:
    void addViews()
    {
        for (const QByteArray &bytes : m_bytes)
            m_views.push_back({reinterpret_cast<const uint8_t *>(bytes.constData()),
                               size_t(bytes.size())});
    }

    std::vector<QByteArray> m_bytes;
    std::vector<wirebird_bytes_t> m_views;
};

QList<QSslCertificate> furtherRoots(const QSslConfiguration &configuration, bool withSystem)
{
    QList<QSslCertificate> roots = configuration.caCertificates();
    if (!withSystem || roots.isEmpty())
        return roots;
    // Where Qt does not load the system's roots on demand they are all in the list.
    const QList<QSslCertificate> system = QSslConfiguration::systemCaCertificates();
    QList<QSslCertificate> further;
    for (const QSslCertificate &root : std::as_const(roots)) {
        if (!system.contains(root))
            further.append(root);
    }
    return further;
}

quint32 clientCertificates(const QSslConfiguration &configuration)
{
    switch (configuration.peerVerifyMode()) {
    case QSslSocket::QueryPeer:
        return WIREBIRD_TLS_CLIENT_REQUEST;
    case QSslSocket::VerifyPeer:
        return WIREBIRD_TLS_CLIENT_REQUIRE;
    case QSslSocket::AutoVerifyPeer: // nothing would come of asking
    default:
        return WIREBIRD_TLS_CLIENT_NONE;
    }
}

} // namespace

TlsWish tlsWishOf(const QObject *object)
{
    QByteArray wish = object->property("wirebirdTls").toByteArray();
    if (wish.isEmpty())
        wish = qgetenv("WIREBIRD_TLS");
    if (wish == "engine")
        return TlsWish::Engine;
    return wish == "qt" ? TlsWish::Qt : TlsWish::Any;
}

bool prefersQt(const QSslConfiguration &configuration)
{
    return !versionsOf(configuration.protocol()).isAll;
}

QString whatNeedsQt(const QSslConfiguration &c)
{
    const QSslConfiguration usual = QSslConfiguration::defaultConfiguration();
    if (!versionsOf(c.protocol()).least)
        return QStringLiteral("protocol() is older than TLS 1.2");
    if (!c.ciphers().isEmpty() && c.ciphers() != usual.ciphers())
        return QStringLiteral("ciphers() is not the default");
    if (!c.ellipticCurves().isEmpty() && c.ellipticCurves() != usual.ellipticCurves())
        return QStringLiteral("ellipticCurves() is not the default");
    if (c.diffieHellmanParameters() != QSslDiffieHellmanParameters::defaultParameters())
        return QStringLiteral("diffieHellmanParameters() is not the default");
    if (!c.backendConfiguration().isEmpty())
        return QStringLiteral("backendConfiguration() is set");
    if (!c.preSharedKeyIdentityHint().isEmpty())
        return QStringLiteral("preSharedKeyIdentityHint() is set");
    if (c.peerVerifyDepth() != 0)
        return QStringLiteral("peerVerifyDepth() is set");
    if (!c.sessionTicket().isEmpty()
        || !c.testSslOption(QSsl::SslOptionDisableSessionPersistence))
        return QStringLiteral("sessions are to be kept by the program");
    if (!c.testSslOption(QSsl::SslOptionDisableLegacyRenegotiation))
        return QStringLiteral("legacy renegotiation is allowed");
    if (c.ocspStaplingEnabled())
        return QStringLiteral("ocspStaplingEnabled() is set");
    if (!c.privateKey().isNull() && c.privateKey().toDer().isEmpty())
        return QStringLiteral("privateKey() can't be exported");
    return QString();
}

QString makeTls(Role role, const QSslConfiguration &configuration, const WebSocketTls &wanted,
                bool withDefaultAlpn, TlsHandle *made)
{
    wirebird_tls_options_t options;
    if (role == Role::Client)
        wirebird_tls_client_options_init(&options, sizeof options);
    else
        wirebird_tls_server_options_init(&options, sizeof options);

    const Versions versions = versionsOf(configuration.protocol());
    options.min_version = versions.least ? versions.least : WIREBIRD_TLS_1_2;
    options.max_version = versions.most ? versions.most : WIREBIRD_TLS_1_3;

    options.client_certificates = role == Role::Server ? clientCertificates(configuration)
                                                       : WIREBIRD_TLS_CLIENT_NONE;
    const bool trusts =
        role == Role::Client || options.client_certificates != WIREBIRD_TLS_CLIENT_NONE;
    const bool withSystem = trusts && trustsSystem(configuration);
    options.system_roots = withSystem;
    const Certificates roots(trusts ? furtherRoots(configuration, withSystem)
                                    : QList<QSslCertificate>());
    options.ca = roots.data();
    options.ca_count = roots.size();

    const Certificates own(configuration.localCertificateChain());
    options.certificates = own.data();
    options.certificate_count = own.size();
    QByteArray key = configuration.privateKey().toPem();
    options.key = {reinterpret_cast<const uint8_t *>(key.constData()), size_t(key.size())};

    const QList<QByteArray> protocols = configuration.allowedNextProtocols();
    std::vector<wirebird_text_t> alpn;
    for (const QByteArray &protocol : protocols)
        alpn.push_back(textView(protocol));
    static constexpr wirebird_text_t none{};
    if (!alpn.empty() || !withDefaultAlpn)
        options.alpn = alpn.empty() ? &none : alpn.data();
    options.alpn_count = alpn.size();

    if (configuration.testSslOption(QSsl::SslOptionDisableSessionTickets)
        || configuration.testSslOption(QSsl::SslOptionDisableSessionSharing))
        options.resumption = 0;
    if (configuration.testSslOption(QSsl::SslOptionDisableServerNameIndication))
        options.server_name_indication = 0;

    const QByteArray serverName = wanted.serverName().toUtf8();
    options.server_name = textView(serverName);
    QByteArray pins;
    const QList<QByteArray> hashes = wanted.pinnedKeys();
    for (const QByteArray &hash : hashes) {
        if (hash.size() != 32)
            return QStringLiteral("A pinned key's SHA-256 has 32 bytes, not %1.").arg(hash.size());
        pins += hash;
    }
    options.pins = reinterpret_cast<const uint8_t *>(pins.constData());
    options.pin_count = size_t(hashes.size());

    const Certificates lists(wanted.revocationLists());
    options.crls = lists.data();
    options.crl_count = lists.size();

    wirebird_tls_t tls{0};
    const wirebird_status_t status = role == Role::Client ? wirebird_tls_client_new(&options, &tls)
                                                          : wirebird_tls_server_new(&options, &tls);
    key.fill('\0');
    if (status != WIREBIRD_OK)
        return lastError();
    made->reset(tls);
    return QString();
}

bool enforcesTls(Role role, QSslSocket::PeerVerifyMode mode)
{
    return mode == QSslSocket::VerifyPeer
        || (mode == QSslSocket::AutoVerifyPeer && role == Role::Client);
}

} // namespace Wirebird
#endif
