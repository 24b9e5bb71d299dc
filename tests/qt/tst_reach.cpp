// Every option of the C ABI, and the member of the Qt classes by which it is reached, or
// why there is none. An option that is added to the C header has to be added here.
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QMap>
#include <QtCore/QRegularExpression>
#include <QtTest/QtTest>

namespace {

/// By structure and field: the member, or the reason why there is none behind a dash.
const QMap<QString, QMap<QString, QString>> reached = {
    { "engine", { { "threads", "- one engine for the process: WIREBIRD_THREADS" } } },
    { "queue",
      { { "text", "- always UTF-16, as QString is" },
        { "wake", "- an event of the thread" },
        { "context", "- an event of the thread" },
        { "drop", "- an event of the thread" },
        { "storage", "- QString's and QByteArray's memory" },
        { "small_payload", "- chosen for QString" },
        { "max_waiting", "- the default" } } },
    { "connection",
      { { "want", "- follows from the signals that are connected" },
        { "user_data", "- the object" },
        { "max_message_size", "setMaxMessageSize" },
        { "max_frame_size", "setMaxFrameSize" },
        { "max_fragments", "setMaxFragments" },
        { "outgoing_frame_size", "setOutgoingFrameSize" },
        { "high_water", "setHighWater" },
        { "max_unsent", "setMaxUnsent" },
        { "close_timeout_ms", "setCloseTimeout" },
        { "ping_interval_ms", "setInterval" },
        { "pong_timeout_ms", "setTimeout" },
        { "compression", "setEnabled" },
        { "compression_level", "setLevel" },
        { "server_max_window_bits", "setServerMaxWindowBits" },
        { "client_max_window_bits", "setClientMaxWindowBits" },
        { "server_no_context_takeover", "setServerNoContextTakeover" },
        { "client_no_context_takeover", "setClientNoContextTakeover" },
        { "compression_threshold", "setThreshold" },
        { "overflow", "setOverflow" },
        { "frame_timeout_ms", "setFrameTimeout" } } },
    { "client",
      { { "handshake_timeout_ms", "setHandshakeTimeout" },
        { "url", "open" },
        { "origin", "WebSocket" },
        { "subprotocols", "setSubprotocols" },
        { "subprotocol_count", "setSubprotocols" },
        { "headers", "open" },
        { "header_count", "open" },
        { "connection", "- see connection" },
        { "max_header_size", "setMaxHeaderSize" },
        { "max_headers", "setMaxHeaders" },
        { "next_mask", "setMaskGenerator" },
        { "mask_context", "setMaskGenerator" },
        { "mask_drop", "setMaskGenerator" },
        { "connect_timeout_ms", "setConnectTimeout" },
        { "no_delay", "setNoDelay" },
        { "keep_alive_idle_s", "setKeepAliveIdle" },
        { "keep_alive_interval_s", "setKeepAliveInterval" },
        { "keep_alive_count", "setKeepAliveCount" },
        { "local", "setLocalAddress" },
        { "unix_path", "- a ws+unix URL" },
        { "max_redirects", "- QNetworkRequest::setMaximumRedirectsAllowed()" },
        { "proxy_mode", "setProxy" },
        { "proxy_url", "setProxy" },
        { "proxy_user", "setProxy" },
        { "proxy_password", "setProxy" },
        { "user", "authenticationRequired" },
        { "password", "authenticationRequired" },
        { "cookies", "setCookieJar" },
        { "tls", "setSslConfiguration" },
        { "redirect_policy", "setRedirectPolicy" },
        { "http_version", "setHttpVersion" } } },
    { "server",
      { { "port", "listen" },
        { "accept", "originAuthenticationRequired" },
        { "host", "listen" },
        { "descriptor", "setSocketDescriptor" },
        { "user_data", "- the object" },
        { "handshake_timeout_ms", "setHandshakeTimeout" },
        { "max_handshakes", "setMaxHandshakes" },
        { "max_connections", "setMaxConnections" },
        { "backlog", "setBacklog" },
        { "name", "setServerName" },
        { "subprotocols", "setSupportedSubprotocols" },
        { "subprotocol_count", "setSupportedSubprotocols" },
        { "origins", "setAllowedOrigins" },
        { "origin_count", "setAllowedOrigins" },
        { "connection", "- see connection" },
        { "max_handshakes_per_address", "setMaxHandshakesPerAddress" },
        { "max_header_size", "setMaxHeaderSize" },
        { "max_headers", "setMaxHeaders" },
        { "unix_mode", "listenLocal" },
        { "unix_path", "listenLocal" },
        { "http", "route" },
        { "http_max_connections", "setMaxHttpConnections" },
        { "http_max_body_size", "setMaxHttpBodySize" },
        { "http_body_timeout_ms", "setHttpBodyTimeout" },
        { "http_answer_timeout_ms", "setHttpAnswerTimeout" },
        { "http_keep_alive_timeout_ms", "setHttpKeepAliveTimeout" },
        { "health_path", "setHealthPath" },
        { "tls", "setSslConfiguration" },
        { "trusted_proxies", "setTrustedProxies" },
        { "trusted_proxy_count", "setTrustedProxies" },
        { "proxy_protocol", "setTrustedProxies" },
        { "forwarded", "setTrustedProxies" },
        { "hosts", "setAllowedHosts" },
        { "host_count", "setAllowedHosts" },
        { "require_origin", "setOriginRequired" },
        { "http2_max_streams", "setMaxHttp2Streams" },
        { "http2_prior_knowledge", "setHttp2Enabled" },
        { "http_max_connections_per_address", "setMaxHttpConnectionsPerAddress" } } },
    { "accept",
      { { "subprotocol", "setSupportedSubprotocols" },
        { "headers", "- none are added" },
        { "header_count", "- none are added" },
        { "connection", "- see connection" } } },
    { "stream",
      { { "buffer_size", "handleConnection" },
        { "handshake_timeout_ms", "handleConnection" },
        { "local", "handleConnection" },
        { "peer", "handleConnection" },
        { "wake", "handleConnection" },
        { "drop", "handleConnection" },
        { "context", "handleConnection" } } },
    { "response",
      { { "status", "HttpResponse" },
        { "files", "serveFiles" },
        { "reason", "- the standard one" },
        { "headers", "setHeader" },
        { "header_count", "setHeader" } } },
    { "tls",
      { { "system_roots", "setSslConfiguration" },
        { "ca", "setSslConfiguration" },
        { "ca_count", "setSslConfiguration" },
        { "ca_files", "setSslConfiguration" },
        { "ca_file_count", "setSslConfiguration" },
        { "certificates", "setSslConfiguration" },
        { "certificate_count", "setSslConfiguration" },
        { "certificate_file", "setSslConfiguration" },
        { "key", "setSslConfiguration" },
        { "key_file", "setSslConfiguration" },
        { "min_version", "setSslConfiguration" },
        { "max_version", "setSslConfiguration" },
        { "alpn", "setSslConfiguration" },
        { "alpn_count", "setSslConfiguration" },
        { "server_name", "setServerName" },
        { "server_name_indication", "setSslConfiguration" },
        { "resumption", "setSslConfiguration" },
        { "pins", "setPinnedKeys" },
        { "pin_count", "setPinnedKeys" },
        { "exceptions", "ignoreSslErrors" },
        { "exception_count", "ignoreSslErrors" },
        { "client_certificates", "setSslConfiguration" },
        { "crls", "setRevocationLists" },
        { "crl_count", "setRevocationLists" },
        { "crl_files", "setRevocationLists" },
        { "crl_file_count", "setRevocationLists" } } },
};

QString read(const QString &name)
{
    QFile file(QDir(QStringLiteral(HEADERS)).filePath(name));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s can't be read", qPrintable(file.fileName()));
    return QString::fromUtf8(file.readAll());
}

/// The fields of each wirebird_…_options_t.
QMap<QString, QStringList> fieldsOfC()
{
    QString header = read("wirebird.h");
    header.remove(
        QRegularExpression("/\\*.*?\\*/", QRegularExpression::DotMatchesEverythingOption));
    const QRegularExpression structure("typedef struct \\{([^{}]*)\\} wirebird_(\\w+)_options_t;");
    const QRegularExpression field("(?:\\(\\*(\\w+)\\)\\s*\\([^)]*\\)|(\\w+));");
    QMap<QString, QStringList> found;
    for (auto all = structure.globalMatch(header); all.hasNext();) {
        const QRegularExpressionMatch match = all.next();
        QStringList &fields = found[match.captured(2)];
        for (auto each = field.globalMatch(match.captured(1)); each.hasNext();) {
            const QRegularExpressionMatch one = each.next();
            const QString name = one.captured(1) + one.captured(2);
            if (name != "size")
                fields.append(name);
        }
    }
    return found;
}

} // namespace

class tst_Reach : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOptionOfCIsReached();
    void everyMemberIsThere();
};

void tst_Reach::everyOptionOfCIsReached()
{
    const QMap<QString, QStringList> all = fieldsOfC();
    QCOMPARE(all.keys(), reached.keys());
    for (auto structure = all.begin(); structure != all.end(); ++structure) {
        QStringList here = structure.value();
        here.sort();
        QStringList known = reached[structure.key()].keys();
        known.sort();
        QCOMPARE(known, here);
    }
}

void tst_Reach::everyMemberIsThere()
{
    QString headers;
    const QStringList names = QDir(QStringLiteral(HEADERS)).entryList({ "*.h" });
    for (const QString &name : names) {
        if (name != "wirebird.h")
            headers += read(name);
    }
    for (const auto &structure : reached) {
        for (const QString &member : structure) {
            if (member.startsWith('-'))
                continue;
            const QRegularExpression call("\\b" + member + "\\(");
            QVERIFY2(headers.contains(call), qPrintable(member));
        }
    }
}

QTEST_GUILESS_MAIN(tst_Reach)
#include "tst_reach.moc"
