// The group of properties tls { … } of WebSocket and WebSocketServer.
#include "qmltls.h"

#include <QtCore/qfile.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>
#include <QtQml/qqmlfile.h>
#include <QtQml/qqmlinfo.h>

namespace Wirebird {
namespace {

#ifndef QT_NO_SSL
/// Nothing, with a warning, of a file that can't be read.
QByteArray read(const QUrl &url, const QObject *owner)
{
    QFile file(QQmlFile::urlToLocalFileOrQrc(url));
    if (file.open(QIODevice::ReadOnly))
        return file.readAll();
    qmlWarning(owner) << "tls: " << url.toString() << ": " << file.errorString();
    return QByteArray();
}

QList<QSslCertificate> readCertificates(const QUrl &url, const QObject *owner)
{
    const QByteArray pem = read(url, owner);
    const QList<QSslCertificate> certificates = QSslCertificate::fromData(pem, QSsl::Pem);
    if (certificates.isEmpty() && !pem.isEmpty())
        qmlWarning(owner) << "tls: " << url.toString() << ": there is no certificate in it";
    return certificates;
}

QSslKey readKey(const QUrl &url, const QByteArray &passphrase, const QObject *owner)
{
    const QByteArray pem = read(url, owner);
    for (const auto algorithm : {QSsl::Rsa, QSsl::Ec}) {
        const QSslKey key(pem, algorithm, QSsl::Pem, QSsl::PrivateKey, passphrase);
        if (!key.isNull())
            return key;
    }
    if (!pem.isEmpty())
        qmlWarning(owner) << "tls: " << url.toString()
                          << ": there is no RSA or EC key in it, or the passphrase is another";
    return QSslKey();
}
#endif

} // namespace

void QmlTls::setCaCertificates(const QList<QUrl> &files)
{
    if (files == m_caCertificates)
        return;
    m_caCertificates = files;
    Q_EMIT changed();
}

void QmlTls::setCertificate(const QUrl &file)
{
    if (file == m_certificate)
        return;
    m_certificate = file;
    Q_EMIT changed();
}

void QmlTls::setPrivateKey(const QUrl &file)
{
    if (file == m_privateKey)
        return;
    m_privateKey = file;
    Q_EMIT changed();
}

void QmlTls::setPassphrase(const QString &passphrase)
{
    if (passphrase == m_passphrase)
        return;
    m_passphrase = passphrase;
    Q_EMIT changed();
}

void QmlTls::setIgnoresErrors(bool ignores)
{
    if (ignores == m_ignoresErrors)
        return;
    m_ignoresErrors = ignores;
    Q_EMIT changed();
}

#ifndef QT_NO_SSL
QSslConfiguration QmlTls::configuration(const QObject *owner) const
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    if (!m_caCertificates.isEmpty()) {
        QList<QSslCertificate> authorities;
        for (const QUrl &file : m_caCertificates)
            authorities += readCertificates(file, owner);
        configuration.setCaCertificates(authorities);
    }
    if (!m_certificate.isEmpty())
        configuration.setLocalCertificateChain(readCertificates(m_certificate, owner));
    if (!m_privateKey.isEmpty())
        configuration.setPrivateKey(readKey(m_privateKey, m_passphrase.toUtf8(), owner));
    return configuration;
}
#endif

} // namespace Wirebird
