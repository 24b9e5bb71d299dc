// A QNetworkRequest as the engine takes it.
#pragma once

#include "manner.h"

#include <wirebird/handshakeoptions.h>
#include <wirebird/wirebird.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qabstractsocket.h>
#include <QtNetwork/qnetworkproxy.h>
#include <QtNetwork/qnetworkrequest.h>

#include <optional>
#include <utility>
#include <vector>

namespace Wirebird {

/// Why open() fails before anything is sent.
struct OpenError
{
    QAbstractSocket::SocketError error;
    QString text;
};

/// What is wrong with a URL or an origin in itself.
std::optional<OpenError> findOpenError(const QUrl &url, const QString &origin, Manner manner);

#ifndef QT_NO_NETWORKPROXY
/// That a proxy can't be used.
std::optional<OpenError> findProxyError(const QNetworkProxy &proxy);
#endif

/// The error for a refusal of the engine.
OpenError toOpenError(wirebird_status_t status, const QUrl &url);

/// The encoded path and query of a request.
QString resourceNameOf(const QUrl &url);

/// Keeps the bytes that a wirebird_client_options_t points to.
class OpenRequest
{
public:
    OpenRequest(const QNetworkRequest &request, const WebSocketHandshakeOptions &options,
                const QString &origin);
    Q_DISABLE_COPY(OpenRequest)

    /// Sets everything but the connection's options.
    void fill(wirebird_client_options_t *options) const;

private:
    void addProtocols(const QList<QByteArray> &names);

    QByteArray m_url;
    QByteArray m_origin;
    QList<QByteArray> m_protocols;
    QList<std::pair<QByteArray, QByteArray>> m_headers;
    std::vector<wirebird_text_t> m_protocolViews;
    std::vector<wirebird_header_t> m_headerViews;
};

} // namespace Wirebird
