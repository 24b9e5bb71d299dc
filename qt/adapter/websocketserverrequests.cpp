// A server's events: requests, their acceptance or refusal, failures; and its
// moves between threads.
#include "websocketserver_p.h"

#include "convert.h"
#include "pump.h"
#include "storage.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qlocale.h>
#include <QtCore/qmetaobject.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace Wirebird {
namespace {

/// The header of a request, fields of one name joined (RFC 9110 section 5.3).
QNetworkRequest requestOf(wirebird_connection_t connection, const QByteArray &scheme)
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
    uint64_t isSecure = 0; // as a proxy says
    wirebird_connection_get(connection, WIREBIRD_OPTION_SECURE, &isSecure);
    const QByteArray used = isSecure ? QByteArrayLiteral("wss") : scheme;
    request.setUrl(QUrl::fromEncoded(used + "://" + host + toBytes(target)));
    return request;
}

QStringList requestedSubprotocols(const QNetworkRequest &request)
{
    QStringList names;
    const QList<QByteArray> entries = splitHeader(request.rawHeader("Sec-WebSocket-Protocol"));
    for (const QByteArray &entry : entries)
        names.append(QString::fromUtf8(entry));
    return names;
}

/// The first of the client's wishes that the server speaks.
QString choose(const QStringList &wishes, const QStringList &spoken)
{
    const auto found = std::find_if(wishes.begin(), wishes.end(),
                                    [&](const QString &name) { return spoken.contains(name); });
    return found == wishes.end() ? QString() : *found;
}

using Field = std::pair<QByteArray, QByteArray>;

/// What Qt WebSockets adds to its 101. Browsers do not look for it: WebSockets are
/// not subject to CORS.
std::vector<Field> qtFields(const QString &origin)
{
    const QString now = QLocale::c().toString(QDateTime::currentDateTimeUtc(),
                                              QStringLiteral("ddd, dd MMM yyyy hh:mm:ss"));
    return {{"Access-Control-Allow-Credentials", "false"},
            {"Access-Control-Allow-Methods", "GET"},
            {"Access-Control-Allow-Headers", "content-type"},
            {"Access-Control-Allow-Origin", origin.isEmpty() ? QByteArray("*") : origin.toUtf8()},
            {"Date", now.toLatin1() + " GMT"}};
}

} // namespace

struct WebSocketServerPrivate::Asked
{
    Asked(WebSocketServerPrivate *d, const wirebird_event_t &event)
        : request(event.connection), source(event.server.id), server(d)
    {
    }

    ConnectionHandle request; ///< Released, it is answered with 503.
    QNetworkRequest header;
    const quint64 source;
    bool isAllowed = false;
    std::optional<HttpResponse> refusal; ///< What the check has answered.
    std::mutex mutex; ///< Guards `server` against its destructor in another thread.
    WebSocketServerPrivate *server; ///< Null once destroyed.
};

/// Nobody answers what slots still decide about.
void WebSocketServerPrivate::forgetAsked()
{
    for (const std::shared_ptr<Asked> &asked : m_asked) {
        const std::lock_guard lock(asked->mutex);
        asked->server = nullptr;
    }
    m_asked.clear();
}

void WebSocketServerPrivate::handle(const wirebird_event_t &event)
{
    switch (event.kind) {
    case WIREBIRD_EVENT_REQUEST:
#ifndef QT_NO_SSL
        takeUnasked(event.connection);
#endif
        decide(event);
        break;
    case WIREBIRD_EVENT_HTTP_REQUEST:
        serveHttp(event);
        break;
#ifndef QT_NO_SSL
    case WIREBIRD_EVENT_TLS_ERRORS:
        tlsErrorsFound(event.connection);
        break;
    case WIREBIRD_EVENT_CLOSED: // before its request
        discardPayload(event);
        if (!takeUnasked(event.connection))
            break;
        wirebird_connection_release(event.connection);
        if (event.status == WIREBIRD_ERROR_TLS || event.status == WIREBIRD_ERROR_CERTIFICATE)
            handshakeOfTlsFailed(TlsAlert::of(event.value), toString(event.message));
        break;
#endif
    case WIREBIRD_EVENT_HANDSHAKE_FAILED:
        handshakeFailed(event);
        break;
    case WIREBIRD_EVENT_ACCEPT_FAILED:
        steps.add([this] { m_emitter->acceptError(QAbstractSocket::SocketResourceError); });
        steps.run();
        break;
    default:
        discardPayload(event);
    }
}

void WebSocketServerPrivate::decide(const wirebird_event_t &event)
{
    const wirebird_connection_t connection = event.connection;
    const auto asked = std::make_shared<Asked>(this, event);
    if (m_pending.size() >= maxPending) {
        wirebird_connection_abort(connection);
        setError(WebSocketProtocol::CloseCodeAbnormalDisconnection,
                 QStringLiteral("Too many pending connections."));
        return;
    }
    asked->header = requestOf(connection, transport == Transport::Tls ? "wss" : "ws");
    const QString origin = QString::fromUtf8(asked->header.rawHeader("Origin"));
    m_asked.push_back(asked);
    const Steps::Watch watch(steps);
    uint64_t isForeign = 0;
    wirebird_connection_get(connection, WIREBIRD_OPTION_FOREIGN_ORIGIN, &isForeign);
    if (access.allowedOrigins.contains(origin, Qt::CaseInsensitive))
        isForeign = 0;
    asked->refusal = refusal(connection);
    if (!watch.isOver())
        asked->isAllowed = !asked->refusal
            && m_emitter->originAuthenticationRequired(origin,
                                                       manner == Manner::QtWebSockets || !isForeign);
    if (!watch.isOver()) {
        settle(*asked);
        return;
    }
    // A slot has moved the server, to whose thread the answer follows, or deleted it.
    wirebird_connection_set_queue(connection, wirebird_queue_t{0});
    const std::lock_guard lock(asked->mutex);
    if (WebSocketServerPrivate *const d = asked->server)
        QMetaObject::invokeMethod(d->q, [d, asked] { d->settle(*asked); }, Qt::QueuedConnection);
}

void WebSocketServerPrivate::forget(const Asked *asked)
{
    const auto isIt = [asked](const std::shared_ptr<Asked> &other) { return other.get() == asked; };
    m_asked.erase(std::remove_if(m_asked.begin(), m_asked.end(), isIt), m_asked.end());
}

/// The slots have decided.
void WebSocketServerPrivate::settle(Asked &asked)
{
    forget(&asked);
    // A slot may have closed the server.
    if (asked.source != server.get().id && asked.source != m_attached.get().id)
        return;
    if (asked.isAllowed) {
        accept(asked.request, asked.header);
        return;
    }
    HttpResponse answer = asked.refusal.value_or(HttpResponse(403));
    if (manner == Manner::QtWebSockets)
        answer.setReasonPhrase("Access Forbidden");
    refuse(asked.request.take(), answer);
    setError(WebSocketProtocol::CloseCodePolicyViolated, QStringLiteral("Access forbidden."));
}

/// The socket is open for the application from now on; what it sends leaves
/// behind the response.
void WebSocketServerPrivate::accept(ConnectionHandle &connection, const QNetworkRequest &request)
{
    const QString origin = QString::fromUtf8(request.rawHeader("Origin"));
    const QStringList wishes = requestedSubprotocols(request);
    const QString subprotocol = choose(wishes, subprotocols);
    const QByteArray subprotocolBytes = subprotocol.toUtf8();
    wirebird_accept_options_t options;
    wirebird_accept_options_init(&options, sizeof options);
    options.subprotocol = textView(subprotocolBytes);
    std::vector<Field> fields;
    if (manner == Manner::QtWebSockets)
        fields = qtFields(origin);
    std::vector<wirebird_header_t> headers;
    headers.reserve(fields.size());
    for (const auto &[name, value] : fields)
        headers.push_back({textView(name), textView(value)});
    options.headers = headers.data();
    options.header_count = headers.size();
    WebSocketPrivate *const d = m_emitter->makeSocket(origin);
    std::unique_ptr<QObject> socket(d->q);
    d->request = request;
    d->resourceName = request.url().toString();
    d->subprotocol = subprotocol;
    d->handshakeOptions.setSubprotocols(wishes);
    d->limits = limits;
    d->compression = compression;
#ifndef QT_NO_SSL
    tellNegotiated(connection.get(), d);
#endif
    if (manner == Manner::QtWebSockets)
        d->compression.setEnabled(wantsCompression(q));
    d->heartbeat = heartbeat;
    if (!d->accept(connection, &options))
        return; // the client is gone
    d->hold();
    socket->setParent(q); // until it is fetched
    m_pending.enqueue({socket.release(), d});
    steps.add([this] { m_emitter->newConnection(); });
    steps.run();
}

bool WebSocketServerPrivate::hasPendingConnections() const
{
    return std::any_of(m_pending.begin(), m_pending.end(),
                       [](const Accepted &socket) { return !socket.object.isNull(); });
}

QObject *WebSocketServerPrivate::nextPendingConnection()
{
    while (!m_pending.isEmpty()) {
        const Accepted socket = m_pending.dequeue();
        if (!socket.object)
            continue;
        socket.object->setParent(nullptr);
        if (manner == Manner::QtWebSockets)
            remember(socket);
        socket.d->unhold();
        return socket.object;
    }
    return nullptr;
}

/// Forgets those that are gone when their number may have doubled.
void WebSocketServerPrivate::remember(const Accepted &socket)
{
    if (m_fetched.size() > 2 * m_fetchedAlive) {
        const auto isGone = [](const Accepted &fetched) { return fetched.object.isNull(); };
        m_fetched.erase(std::remove_if(m_fetched.begin(), m_fetched.end(), isGone),
                        m_fetched.end());
        m_fetchedAlive = m_fetched.size();
    }
    m_fetched.push_back(socket);
}

void WebSocketServerPrivate::handshakeFailed(const wirebird_event_t &event)
{
#ifndef QT_NO_SSL
    if (event.status == WIREBIRD_ERROR_TLS || event.status == WIREBIRD_ERROR_CERTIFICATE) {
        handshakeOfTlsFailed(TlsAlert::of(event.value), toString(event.message));
        return;
    }
#endif
    if (event.status == WIREBIRD_ERROR_VERSION)
        setError(WebSocketProtocol::CloseCodeProtocolError,
                 QStringLiteral("Unsupported version requested."));
    else if (event.value == 431)
        setError(WebSocketProtocol::CloseCodeTooMuchData, QStringLiteral("Header is too large."));
    else if (event.status == WIREBIRD_ERROR_HANDSHAKE)
        setError(WebSocketProtocol::CloseCodeProtocolError, toString(event.message));
}

/// Called in the old thread, before the move; the sockets, children, have their
/// own.
void WebSocketServerPrivate::leaveThread()
{
    steps.leave();
    for (const ServerHandle *handle : {&server, &m_attached}) {
        if (*handle)
            wirebird_server_set_queue(handle->get(), wirebird_queue_t{0});
    }
#ifndef QT_NO_SSL
    for (const wirebird_connection_t connection : m_unasked)
        wirebird_connection_set_queue(connection, wirebird_queue_t{0});
    for (QtTls *const tls : m_handshakes)
        tls->ownerMoves();
    if (!m_unasked.empty())
        QMetaObject::invokeMethod(q, [this] { arrive(); }, Qt::QueuedConnection);
    else
#endif
    if (server || m_attached || !steps.isEmpty())
        QMetaObject::invokeMethod(q, [this] { arrive(); }, Qt::QueuedConnection);
}

void WebSocketServerPrivate::arrive()
{
    const Steps::Watch watch(steps);
    steps.run();
    if (watch.isOver())
        return;
    for (const ServerHandle *handle : {&server, &m_attached}) {
        if (*handle)
            wirebird_server_set_queue(handle->get(), Pump::current().queue());
    }
#ifndef QT_NO_SSL
    for (const wirebird_connection_t connection : m_unasked)
        wirebird_connection_set_queue(connection, Pump::current().queue());
#endif
}

} // namespace Wirebird
