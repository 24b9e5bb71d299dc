// What a TLS handshake told and what was wrong with it, in Qt's terms.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#ifndef QT_NO_SSL
#  include <QtNetwork/qsslcertificate.h>
#  include <QtNetwork/qsslconfiguration.h>
#  include <QtNetwork/qsslerror.h>

namespace Wirebird {

/// What a TLS handshake told.
struct TlsFacts
{
    QSsl::SslProtocol protocol = QSsl::UnknownProtocol;
    QString cipher;
    QByteArray applicationProtocol;
    bool isResumed = false;
    QList<QByteArray> chain; ///< In DER, the peer's own first.

    /// Of the engine's TLS; nothing for a connection without.
    static TlsFacts of(wirebird_connection_t connection);
    /// Of Qt's.
    static TlsFacts of(const QSslConfiguration &configuration);

    QList<QSslCertificate> certificates() const;
};

/// The errors of the peer's certificates.
QList<QSslError> tlsErrorsOf(wirebird_connection_t connection);

/// Why a certificate was not accepted, and which.
QString certificateErrorText(const QSslError &error);

/// The number of QSsl::AlertLevel::Fatal, which is all that the engine tells of.
constexpr int fatalAlert = 1;

/// An alert of RFC 8446 section 6, as events carry it.
struct TlsAlert
{
    enum Direction { None, Sent, Received };

    Direction direction = None;
    int type = 0;

    static TlsAlert of(quint64 value);
    QString description() const;
};

} // namespace Wirebird
#endif
