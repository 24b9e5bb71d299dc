// The group of properties tls { … } of WebSocket and WebSocketServer.
#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qsslconfiguration.h>
#include <QtQml/qqml.h>

namespace Wirebird {

/// Files of certificates and keys, in PEM.
class QmlTls : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QList<QUrl> caCertificates READ caCertificates WRITE setCaCertificates
                   NOTIFY changed)
    Q_PROPERTY(QUrl certificate READ certificate WRITE setCertificate NOTIFY changed)
    Q_PROPERTY(QUrl privateKey READ privateKey WRITE setPrivateKey NOTIFY changed)
    Q_PROPERTY(QString passphrase READ passphrase WRITE setPassphrase NOTIFY changed)
    Q_PROPERTY(bool ignoresErrors READ ignoresErrors WRITE setIgnoresErrors NOTIFY changed)
    QML_ANONYMOUS

public:
    explicit QmlTls(QObject *parent) : QObject(parent) { }

    QList<QUrl> caCertificates() const { return m_caCertificates; }
    void setCaCertificates(const QList<QUrl> &files);
    QUrl certificate() const { return m_certificate; }
    void setCertificate(const QUrl &file);
    QUrl privateKey() const { return m_privateKey; }
    void setPrivateKey(const QUrl &file);
    QString passphrase() const { return m_passphrase; }
    void setPassphrase(const QString &passphrase);
    bool ignoresErrors() const { return m_ignoresErrors; }
    void setIgnoresErrors(bool ignores);

#ifndef QT_NO_SSL
    /// Qt's default with what is set; a file that can't be read is warned of on `owner`.
    QSslConfiguration configuration(const QObject *owner) const;
#endif

Q_SIGNALS:
    void changed();

private:
    QList<QUrl> m_caCertificates;
    QUrl m_certificate;
    QUrl m_privateKey;
    QString m_passphrase;
    bool m_ignoresErrors = false;
};

} // namespace Wirebird
