// Between the C ABI's plain types and Qt's.
#include "convert.h"

#include <QtCore/qendian.h>
#include <QtNetwork/qnetworkinterface.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace Wirebird {

QHostAddress toHostAddress(const wirebird_address_t &address)
{
    if (address.family == 4)
        return QHostAddress(qFromBigEndian<quint32>(address.bytes));
    if (address.family != 6)
        return QHostAddress();
    QHostAddress result(address.bytes);
    if (address.scope_id)
        result.setScopeId(QString::number(address.scope_id));
    return result;
}

wirebird_address_t toAddress(const QHostAddress &address, quint16 port)
{
    wirebird_address_t result{};
    result.port = port;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        result.family = 4;
        qToBigEndian(address.toIPv4Address(), result.bytes);
    } else if (address.protocol() == QAbstractSocket::IPv6Protocol) {
        result.family = 6;
        const Q_IPV6ADDR bytes = address.toIPv6Address();
        std::copy(std::begin(bytes.c), std::end(bytes.c), result.bytes);
        const QString scope = address.scopeId();
        result.scope_id = quint32(QNetworkInterface::interfaceIndexFromName(scope));
        if (!result.scope_id)
            result.scope_id = scope.toUInt();
    }
    return result;
}

QList<QByteArray> splitHeader(const QByteArray &value)
{
    QList<QByteArray> entries;
    const QList<QByteArray> parts = value.split(',');
    for (const QByteArray &part : parts) {
        const QByteArray entry = part.trimmed();
        if (!entry.isEmpty())
            entries.append(entry);
    }
    return entries;
}

bool isToken(const QByteArray &name)
{
    const auto isTokenByte = [](char c) {
        const bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return alphanumeric || (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c));
    };
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), isTokenByte);
}

QByteArray cutReason(const QString &reason)
{
    constexpr int most = 123; // 125 (RFC 6455 section 5.5) less the code
    QByteArray utf8 = reason.toUtf8();
    if (utf8.size() <= most)
        return utf8;
    int end = most;
    while (end > 0 && (uchar(utf8.at(end)) & 0xC0) == 0x80)
        --end;
    utf8.truncate(end);
    return utf8;
}

} // namespace Wirebird
