// From open(), or from a server's accept, to an open connection.
#include "websocket_p.h"

#include "convert.h"
#include "log.h"
#include "openrequest.h"
#include "pump.h"
#include "qtreasons.h"

namespace Wirebird {

void WebSocketPrivate::open(const QNetworkRequest &newRequest,
                            const WebSocketHandshakeOptions &options)
{
    // A slot of disconnected() that connects anew, called by the destructor.
    if (m_isBeingDestroyed)
        return;
    now([this, newRequest, options] {
        if (!connection)
            reconnecting.stop();
        if (doOpen(newRequest, options))
            reconnecting.arm();
    });
}

/// Whether a connection is being opened.
bool WebSocketPrivate::doOpen(const QNetworkRequest &newRequest,
                              const WebSocketHandshakeOptions &options)
{
    const QUrl url = newRequest.url();
    std::optional<OpenError> failure = findOpenError(url, origin, manner);
    bool isLookedUp = !failure && needsLookup(url);
    // What is wrong with the settings is told at once, as without a look-up.
    if (isLookedUp) {
        failure = findTlsError(url);
        isLookedUp = !failure;
    }
    if (isLookedUp) {
        releaseConnection();
#ifndef QT_NO_SSL
        forgetTls();
#endif
    } else if (!failure) {
        failure = connectTo(newRequest, options);
    }
    if (failure) {
        if (!connection)
            request = QNetworkRequest();
        insertError(failure->error, failure->text);
        return false;
    }
    request = newRequest;
    handshakeOptions = options;
    resourceName = resourceNameOf(url);
    peerName = url.host();
    subprotocol.clear();
    extensions.clear();
    error = QAbstractSocket::UnknownSocketError;
    errorString.clear();
    closeCode = WebSocketProtocol::CloseCodeNormal;
    closeReason.clear();
    responseStatus = 0;
    responseHeaders.clear();
    responseBody.clear();
    responseUrl = url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveFragment);
    knowCredentials();
    m_closedBy = ClosedBy::Nobody;
    m_saidAboutToClose = false;
    m_isHeld = false;
    steps.insert({changeState(QAbstractSocket::ConnectingState)});
#ifndef QT_NO_NETWORKPROXY
    if (isLookedUp)
        m_lookup.begin(proxyQuery(url));
#endif
    return true;
}

/// What is wrong with the settings of TLS.
std::optional<OpenError> WebSocketPrivate::findTlsError(const QUrl &url)
{
#ifndef QT_NO_SSL
    if (url.scheme() != QLatin1String("wss"))
        return std::nullopt;
    wirebird_client_options_t unused;
    wirebird_client_options_init(&unused, sizeof unused);
    auto by = TlsBy::Engine;
    if (const auto failure = prepareTls(&unused, &by))
        return failure;
    if (by == TlsBy::Qt && httpVersion == WIREBIRD_HTTP_2)
        return OpenError{QAbstractSocket::UnsupportedSocketOperationError,
                         QStringLiteral("setHttpVersion(Http2) needs the engine's TLS; here Qt's "
                                        "is used.")};
#else
    Q_UNUSED(url);
#endif
    return std::nullopt;
}

/// Begins a connection in place of the one before; says why it can't.
std::optional<OpenError> WebSocketPrivate::connectTo(const QNetworkRequest &to,
                                                     const WebSocketHandshakeOptions &options)
{
    Dialing dialing(to.url());
#ifndef QT_NO_NETWORKPROXY
    dialing.setProxy(proxyInUse);
#endif
    if (manner == Manner::Wirebird)
        dialing.setRedirects(to, redirectPolicy);
    Pump &pump = Pump::current();
    if (!pump.queue().id)
        return OpenError{QAbstractSocket::SocketResourceError, pump.errorString()};
    if (manner == Manner::QtWebSockets)
        compression.setEnabled(wantsCompression(q));
    const wirebird_connection_options_t forConnection = connectionOptions(Role::Client);
    const OpenRequest asked(to, options, origin);
    wirebird_client_options_t forClient;
    wirebird_client_options_init(&forClient, sizeof forClient);
    asked.fill(&forClient);
    dialing.fill(&forClient);
    WebSocketTcpOptionsPrivate::of(tcpOptions).fill(&forClient);
    CookieJarHandle jar;
    cookies.lend(to, &jar);
    forClient.cookies = jar.get();
    forClient.connection = &forConnection;
    forClient.handshake_timeout_ms = quint32(limits.handshakeTimeout().count());
    forClient.max_header_size = limits.maxHeaderSize();
    forClient.max_headers = limits.maxHeaders();
    forClient.http_version = httpVersion;
#ifndef QT_NO_SSL
    auto by = TlsBy::Engine;
    if (const auto failure = findTlsError(to.url()))
        return failure;
    if (to.url().scheme() == QLatin1String("wss"))
        prepareTls(&forClient, &by);
    const bool isByEngine = by == TlsBy::Engine;
    // A redirect may lead to wss, by the same settings or not at all: Qt's TLS follows none.
    if (forClient.max_redirects > 0 && to.url().scheme() != QLatin1String("wss")) {
        auto next = TlsBy::Engine;
        if (prepareTls(&forClient, &next) || next == TlsBy::Qt) {
            forClient.tls = wirebird_tls_t{0};
            if (forClient.redirect_policy == WIREBIRD_REDIRECT_ANYWHERE)
                forClient.redirect_policy = WIREBIRD_REDIRECT_SAME_SCHEME;
        }
    }
#else
    constexpr bool isByEngine = true;
#endif
#ifndef QT_NO_NETWORKPROXY
    if (isByEngine) { // else QSslSocket says it
        if (const auto failure = findProxyError(proxyInUse))
            return failure;
    }
#endif
    applyLoggingRules();
    masks.fill(&forClient);
    wirebird_connection_t opened{0};
#ifndef QT_NO_SSL
    const wirebird_status_t status = isByEngine
        ? wirebird_client_open(pump.queue(), &forClient, &opened)
        : openByQt(pump.queue(), to.url(), forClient, &opened);
#else
    const wirebird_status_t status = wirebird_client_open(pump.queue(), &forClient, &opened);
#endif
    if (status != WIREBIRD_OK) {
        Masks::discard(forClient);
        return toOpenError(status, to.url());
    }
#ifndef QT_NO_SSL
    if (isByEngine)
        leaveTls();
    forgetTls();
#endif
    connection.reset(opened);
    m_told.bytesWritten = 0;
    if (forConnection.want != m_wants) // another thread connected a signal meanwhile
        set(WIREBIRD_OPTION_WANT, m_wants);
    return std::nullopt;
}

void WebSocketPrivate::opened()
{
    m_told.bytesWritten = 0; // before it was the handshake
#ifndef QT_NO_SSL
    if (!tls.qt && !tls.negotiated)
        tls.facts = TlsFacts::of(connection.get());
#endif
    readExtensions();
    if (state != QAbstractSocket::ConnectingState) {
        insertChanged(); // an accepted one, open for the application already
        return;
    }
    wirebird_text_t agreed{};
    if (wirebird_connection_subprotocol(connection.get(), &agreed) == WIREBIRD_OK)
        subprotocol = toString(agreed);
    responseStatus = httpVersion == WIREBIRD_HTTP_2 ? 200 : 101;
    responseHeaders = readHeaders();
    reconnecting.opened();
    steps.insert({changeState(QAbstractSocket::ConnectedState),
                  emitSignal<&WebSocketEmitter::connected>()});
    readResponses(nullptr);
}

void WebSocketPrivate::readExtensions()
{
    wirebird_text_t agreed{};
    if (wirebird_connection_extensions(connection.get(), &agreed) == WIREBIRD_OK)
        extensions = toString(agreed);
}

QList<QPair<QByteArray, QByteArray>> WebSocketPrivate::readHeaders() const
{
    QList<QPair<QByteArray, QByteArray>> headers;
    wirebird_header_t header{};
    for (size_t i = 0; wirebird_connection_header(connection.get(), i, &header) == WIREBIRD_OK; ++i)
        headers.append({toBytes(header.name), toBytes(header.value)});
    return headers;
}

/// What the server answered, while the engine still has it.
void WebSocketPrivate::readRefusal(const End &end)
{
    responseHeaders = readHeaders();
    switch (end.status) {
    case WIREBIRD_ERROR_HTTP_STATUS:
    case WIREBIRD_ERROR_REDIRECT:
    case WIREBIRD_ERROR_PROXY_AUTHENTICATION:
    case WIREBIRD_ERROR_PROXY_REFUSED:
        responseStatus = end.value >= 100 ? int(end.value) : 0; // else of SOCKS
        break;
    default:
        responseStatus = responseHeaders.isEmpty() ? 0 : 101;
        return;
    }
    wirebird_text_t body{};
    if (wirebird_connection_response_body(connection.get(), &body) == WIREBIRD_OK)
        responseBody = toBytes(body);
}

void WebSocketPrivate::failedToOpen(const End &end)
{
    if (manner == Manner::Wirebird)
        closeCode = WebSocketProtocol::CloseCodeAbnormalDisconnection;
    auto kind = QAbstractSocket::ConnectionRefusedError;
    QString text = end.message;
    // The network's errors come after the change of state, as QTcpSocket does it.
    bool isOfNetwork = true;
    switch (end.status) {
    case WIREBIRD_ERROR_HOST_NOT_FOUND:
        kind = QAbstractSocket::HostNotFoundError;
        text = QStringLiteral("Host not found");
        break;
    case WIREBIRD_ERROR_CONNECTION_REFUSED:
        text = QStringLiteral("Connection refused");
        break;
    case WIREBIRD_ERROR_TIMEOUT:
        kind = QAbstractSocket::SocketTimeoutError;
        break;
    case WIREBIRD_ERROR_NETWORK:
        kind = QAbstractSocket::NetworkError;
        break;
    case WIREBIRD_ERROR_CONNECTION_LOST:
        kind = QAbstractSocket::RemoteHostClosedError;
        error = kind;
        isOfNetwork = false;
        break;
#ifndef QT_NO_SSL
    case WIREBIRD_ERROR_TLS:
    case WIREBIRD_ERROR_CERTIFICATE: {
        const TlsAlert alert = TlsAlert::of(end.value);
        error = QAbstractSocket::SslHandshakeFailedError;
        if (manner == Manner::QtWebSockets) // TCP was open
            steps.insert({emitSignal<&WebSocketEmitter::readChannelFinished>()});
        refused(error, tlsFailureText(text));
        insertAlert(alert, fatalAlert, alert.description());
        return;
    }
#endif
    case WIREBIRD_ERROR_ACCEPT_KEY:
        if (manner == Manner::QtWebSockets)
            text = qtAcceptKeyError(text);
        isOfNetwork = false;
        break;
    case WIREBIRD_ERROR_HTTP_STATUS:
        isOfNetwork = false;
        if (manner == Manner::QtWebSockets && end.value == 401 && isChallenged()) {
            text = QStringLiteral("QWebSocket::processHandshake: Host requires authentication");
            break;
        }
        text = QStringLiteral("%1Unhandled http status code: %2 (%3).")
                   .arg(manner == Manner::QtWebSockets
                            ? QStringLiteral("QWebSocketPrivate::processHandshake: ")
                            : QString())
                   .arg(end.value)
                   .arg(end.reason);
#ifndef QT_NO_SSL
        if (tls.qt && end.value / 100 == 3 && manner == Manner::Wirebird
            && redirectPolicy != QNetworkRequest::ManualRedirectPolicy)
            text += QStringLiteral(" Redirects are not followed with Qt's TLS, which this "
                                   "configuration needs.");
#endif
        break;
    default:
        if (const auto ofDialing = errorOfDialing(end.status, end.value))
            kind = *ofDialing;
        else
            isOfNetwork = false;
    }
    if (!isOfNetwork) {
        refused(kind, text);
        return;
    }
    error = kind;
    steps.insert({changeState(QAbstractSocket::UnconnectedState),
                  emitSignal<&WebSocketEmitter::disconnected>(),
                  [this, kind, text] { insertError(kind, text); }});
    errorString = text;
}

/// The error first, as of a handshake.
void WebSocketPrivate::refused(QAbstractSocket::SocketError kind, const QString &text)
{
    steps.insert({changeState(QAbstractSocket::UnconnectedState),
                  emitSignal<&WebSocketEmitter::disconnected>()});
    insertError(kind, text);
}

bool WebSocketPrivate::accept(ConnectionHandle &handle, wirebird_accept_options_t *options)
{
    const wirebird_connection_options_t forConnection = connectionOptions(Role::Server);
    options->connection = &forConnection;
    wirebird_connection_set_user_data(handle.get(), forConnection.user_data);
    if (wirebird_connection_accept(handle.get(), options) != WIREBIRD_OK)
        return false;
    connection.reset(handle.take());
#ifndef QT_NO_SSL
    if (!tls.negotiated)
        tls.facts = TlsFacts::of(connection.get());
#endif
    state = QAbstractSocket::ConnectedState;
    // Known before anybody could follow it.
    m_told.requestUrl = request.url();
    m_told.subprotocol = subprotocol;
    m_told.errorString = shownErrorString();
    return true;
}

/// Until the application knows the socket its events wait in the engine.
void WebSocketPrivate::hold()
{
    m_isHeld = true;
    wirebird_connection_set_queue(connection.get(), wirebird_queue_t{0});
}

void WebSocketPrivate::unhold()
{
    m_isHeld = false;
    wirebird_connection_set_queue(connection.get(), Pump::current().queue());
}

} // namespace Wirebird
