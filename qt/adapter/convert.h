// Between the C ABI's plain types and Qt's.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtNetwork/qhostaddress.h>

namespace Wirebird {

/// Valid as long as `bytes` is.
inline wirebird_text_t textView(const QByteArray &bytes)
{
    return {bytes.constData(), size_t(bytes.size())};
}

inline QByteArray toBytes(wirebird_text_t text)
{
    return QByteArray(text.data, int(text.length));
}

inline QString toString(wirebird_text_t text)
{
    return QString::fromUtf8(text.data, int(text.length));
}

/// What the last failed call on this thread says.
inline QString lastError()
{
    return QString::fromUtf8(wirebird_last_error());
}

/// Null if there is no address yet.
QHostAddress toHostAddress(const wirebird_address_t &address);

/// Family 0 for a null address.
wirebird_address_t toAddress(const QHostAddress &address, quint16 port);

/// The entries of a comma separated header, trimmed, without empty ones.
QList<QByteArray> splitHeader(const QByteArray &value);

/// Whether `name` is a token of RFC 9110, as a subprotocol has to be.
bool isToken(const QByteArray &name);

/// Cuts a close reason to the 123 bytes that fit, between characters.
QByteArray cutReason(const QString &reason);

} // namespace Wirebird
