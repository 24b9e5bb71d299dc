// The certificates that certificates.sh has made, for QSslConfiguration.
#pragma once

#include <QtCore/QFile>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

#if QT_VERSION < QT_VERSION_CHECK(6, 0, 0)
Q_DECLARE_METATYPE(QSsl::SslProtocol)
Q_DECLARE_METATYPE(QSslSocket::PeerVerifyMode)
#endif

namespace Certificates {

inline QString file(const QString &name)
{
    return QStringLiteral(CERTIFICATES) + QLatin1Char('/') + name;
}

inline QSslCertificate certificate(const QString &name)
{
    return QSslCertificate::fromPath(file(name + QStringLiteral(".pem"))).value(0);
}

inline QSslKey key(const QString &name)
{
    QFile file(Certificates::file(name + QStringLiteral(".key")));
    if (!file.open(QIODevice::ReadOnly))
        return QSslKey();
    const QByteArray pem = file.readAll();
    const QSslKey rsa(pem, QSsl::Rsa);
    return rsa.isNull() ? QSslKey(pem, QSsl::Ec) : rsa;
}

/// Shows certificate `name`, if there is one, and trusts our root alone.
inline QSslConfiguration configuration(const QString &name = QString())
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setCaCertificates({certificate(QStringLiteral("root"))});
    if (!name.isEmpty()) {
        configuration.setLocalCertificate(certificate(name));
        configuration.setPrivateKey(key(name));
    }
    return configuration;
}

} // namespace Certificates
