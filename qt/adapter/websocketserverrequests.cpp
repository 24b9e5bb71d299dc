// A server's events: requests, their acceptance or refusal, failures; and its
// moves between threads.
#include "websocketserver_p.h"

#include "convert.h"
#include "pump.h"
#include "storage.h"
#include "websocket_p.h"

#include <QtCore/qmetaobject.h>

namespace Wirebird {
namespace {

/// The header of a request, fields of one name joined (RFC 9110 section 5.3).
QNetworkRequest requestOf(wirebird_connection_t connection)
{
    QNetworkRequest request;
    wirebird_header_t header{};
    for (size_t i = 0; wirebird_connection_header(connection, i, &header) == WIREBIRD_OK; ++i) {
        const QByteArray name = toBytes(header.name);
        QByteArray value = toBytes(header.value);
        if (request.hasRawHeader(name))
            value = request.rawHeader(name) + ", " + value;
        request.setRawHeader(name, value);
    }
    wirebird_text_t target{};
    wirebird_connection_target(connection, &target);
    const QByteArray host = request.rawHeader("Host");
    request.setUrl(QUrl::fromEncoded("ws://" + host + toBytes(target)));
    return request;
}

/// The first of the client's wishes that the server speaks.
QString choose(const QNetworkRequest &request, const QStringList &spoken)
{
    const QList<QByteArray> wishes = splitHeader(request.rawHeader("Sec-WebSocket-Protocol"));
    for (const QByteArray &wish : wishes) {
        const QString name = QString::fromUtf8(wish);
        if (spoken.contains(name))
            return name;
    }
    return QString();
}

} // namespace

void WebSocketServerPrivate::handle(const wirebird_event_t &event)
{
    switch (event.kind) {
    case WIREBIRD_EVENT_REQUEST:
        decide(event.connection);
        break;
    case WIREBIRD_EVENT_HANDSHAKE_FAILED:
        handshakeFailed(event);
        break;
    case WIREBIRD_EVENT_ACCEPT_FAILED:
        steps.add([this] { Q_EMIT q->acceptError(QAbstractSocket::SocketResourceError); });
        steps.run();
        break;
    default:
        discardPayload(event);
    }
}

void WebSocketServerPrivate::decide(wirebird_connection_t connection)
{
    // Released, it is answered with 503.
    ConnectionHandle request(connection);
    if (pending.size() >= maxPending) {
        wirebird_connection_abort(connection);
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection,
                 QStringLiteral("Too many pending connections."));
        return;
    }
    const QNetworkRequest header = requestOf(connection);
    WebSocketCorsAuthenticator authenticator(QString::fromUtf8(header.rawHeader("Origin")));
    const Steps::Watch watch(steps);
    Q_EMIT q->originAuthenticationRequired(&authenticator);
    if (watch.isOver() || !server)
        return;
    if (authenticator.allowed()) {
        accept(request, header);
        return;
    }
    wirebird_connection_refuse(request.take(), 403, nullptr, 0, wirebird_text_t{});
    setError(WebSocketProtocol::CloseCodePolicyViolated, QStringLiteral("Access forbidden."));
}

/// The socket is open for the application from now on; what it sends leaves
/// behind the response.
void WebSocketServerPrivate::accept(ConnectionHandle &connection, const QNetworkRequest &request)
{
    const QString origin = QString::fromUtf8(request.rawHeader("Origin"));
    const QString subprotocol = choose(request, subprotocols);
    const QByteArray subprotocolBytes = subprotocol.toUtf8();
    wirebird_accept_options_t options;
    wirebird_accept_options_init(&options, sizeof options);
    options.subprotocol = textView(subprotocolBytes);
    auto socket = std::make_unique<WebSocket>(origin, WebSocketProtocol::Version13, q);
    WebSocketPrivate *const of = WebSocketPrivate::of(socket.get());
    of->request = request;
    of->resourceName = request.url().toString();
    of->subprotocol = subprotocol;
    if (!of->accept(connection, &options))
        return; // the client is gone
    of->hold();
    pending.enqueue(socket.release());
    steps.add([this] { Q_EMIT q->newConnection(); });
    steps.run();
}

void WebSocketServerPrivate::handshakeFailed(const wirebird_event_t &event)
{
    if (event.status == WIREBIRD_ERROR_VERSION)
        setError(WebSocketProtocol::CloseCodeProtocolError,
                 QStringLiteral("Unsupported version requested."));
    else if (event.value == 431)
        setError(WebSocketProtocol::CloseCodeTooMuchData, QStringLiteral("Header is too large."));
}

/// Called in the old thread, before the move; the sockets, children, have their
/// own.
void WebSocketServerPrivate::leaveThread()
{
    steps.leave();
    if (server)
        wirebird_server_set_queue(server.get(), wirebird_queue_t{0});
    if (server || !steps.isEmpty())
        QMetaObject::invokeMethod(q, [this] { arrive(); }, Qt::QueuedConnection);
}

void WebSocketServerPrivate::arrive()
{
    const Steps::Watch watch(steps);
    steps.run();
    if (!watch.isOver() && server)
        wirebird_server_set_queue(server.get(), Pump::current().queue());
}

} // namespace Wirebird
