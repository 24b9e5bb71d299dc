// Whom the rows of handshakes talk to, and what they are told to do.
#pragma once

#include "certificates.h"

#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslPreSharedKeyAuthenticator>
#include <QtNetwork/QSslSocket>
#include <QtNetwork/QTcpServer>

#include <QtCore/QUrl>

namespace Teardown {

inline void tellPreSharedKey(QSslPreSharedKeyAuthenticator *authenticator)
{
    authenticator->setIdentity("bird");
    authenticator->setPreSharedKey("a secret that both know");
}

inline QSslConfiguration preSharedKeys()
{
    QSslConfiguration configuration = Certificates::configuration();
    configuration.setProtocol(QSsl::TlsV1_2);
    configuration.setCiphers({QSslCipher(QStringLiteral("PSK-AES256-CBC-SHA"))});
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    return configuration;
}

/// Of a server that wants to know its clients.
inline QSslConfiguration asking(QSsl::SslProtocol protocol = QSsl::SecureProtocols)
{
    QSslConfiguration configuration = Certificates::configuration("ec");
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    configuration.setProtocol(protocol);
    return configuration;
}

inline QSslConfiguration interrupting(QSslConfiguration configuration)
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 0, 0)
    configuration.setHandshakeMustInterruptOnError(true);
#endif
    return configuration;
}

/// Answers requests without credentials by `answer`, a status with fields, and others by 403.
class HttpServer : public QTcpServer
{
public:
    HttpServer(const QByteArray &answer, bool isEncrypted)
        : m_answer(answer), m_isEncrypted(isEncrypted)
    {
        listen(QHostAddress::LocalHost);
    }
    QUrl url() const
    {
        return QUrl(QString("%1://127.0.0.1:%2/").arg(m_isEncrypted ? "wss" : "ws")
                        .arg(serverPort()));
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        if (m_isEncrypted) {
            socket->setSslConfiguration(Certificates::configuration("ec"));
            socket->startServerEncryption();
        }
        QObject::connect(socket, &QSslSocket::readyRead, this, [this, socket] {
            const QByteArray request = socket->peek(8192).toLower();
            if (!request.contains("\r\n\r\n"))
                return;
            socket->readAll();
            const bool isKnown = request.contains("authorization:");
            socket->write("HTTP/1.1 " + (isKnown ? "403 No\r\n" : m_answer)
                          + "Content-Length: 0\r\n\r\n");
        });
    }

private:
    const QByteArray m_answer;
    const bool m_isEncrypted;
};

} // namespace Teardown
