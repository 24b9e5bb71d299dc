// A server at a Unix domain socket.
#include "websocketserver_p.h"

#include "convert.h"

#include <QtCore/qfile.h>

namespace Wirebird {
namespace {

/// As chmod() takes it.
quint32 toMode(QFileDevice::Permissions permissions)
{
    const quint32 bits = quint32(permissions);
    const quint32 owner = (bits >> 12 | bits >> 8) & 07; // the owner's, also as the user's
    return owner << 6 | (bits >> 4 & 07) << 3 | (bits & 07);
}

} // namespace

bool WebSocketServerPrivate::listenLocal(const QString &path, QFileDevice::Permissions permissions)
{
    if (refuseToListen())
        return false;
    m_localPath = QFile::encodeName(path);
    m_localMode = toMode(permissions);
    const wirebird_status_t status = path.isEmpty() ? WIREBIRD_ERROR_ADDRESS_UNAVAILABLE
                                                    : start(QByteArray(), 0, -1, &server);
    if (status == WIREBIRD_OK) {
        address.clear();
        return true;
    }
    m_localPath.clear();
    setError(WebSocketProtocol::CloseCodeAbnormalDisconnection, listenError(status));
    return false;
}

QUrl WebSocketServerPrivate::localUrl() const
{
    return QUrl::fromEncoded("ws+unix://" + m_localPath.toPercentEncoding("/") + ":/");
}

} // namespace Wirebird
