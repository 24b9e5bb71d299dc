#include "tickerserver.h"

#include "page.h"
#include "settings.h"
#include "subscriber.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslKey>

using namespace Wirebird;

TickerServer::TickerServer(const Settings &settings, const Users &users, QObject *parent)
    : QObject(parent)
    , m_market(settings.seed)
    , m_login(users, settings.sessionLifetime)
    , m_olderWays(&m_market, &m_login)
    , m_server(QStringLiteral("ticker"), settings.certificate.isEmpty()
                                             ? WebSocketServer::NonSecureMode
                                             : WebSocketServer::SecureMode)
{
    m_server.setHealthPath(QStringLiteral("/healthz"));
    servePage(&m_server);
    m_login.serve(&m_server);
    m_olderWays.serve(&m_server);

    // Who asks for a WebSocket has logged in. Pages of other sites are refused already: their
    // Origin is foreign (403), and SameSite keeps the cookie from them.
    m_server.setRequestGuard([this](const HttpRequest &request) -> std::optional<HttpResponse> {
        if (request.path() != QStringLiteral("/") && request.path() != QStringLiteral("/ws"))
            return HttpResponse("Prices are at /ws.\n", 404);
        if (m_login.user(request).isEmpty())
            return HttpResponse("Log in first: POST uname and password to /login.\n", 401);
        return std::nullopt;
    });
    WebSocketCompression compression;
    compression.setEnabled(true);
    // A change is shorter than what is usually worth it, but like the one before.
    compression.setThreshold(16);
    m_server.setCompression(compression);
    connect(&m_server, &WebSocketServer::newConnection, this, &TickerServer::welcome);

    // Whoever logs out, or whose session is over, hears of no further price.
    connect(&m_login, &Login::ended, this, [this](const QByteArray &session) {
        for (Subscriber *subscriber : findChildren<Subscriber *>()) {
            if (subscriber->session() == session)
                subscriber->socket()->close(WebSocketProtocol::CloseCodePolicyViolated,
                                            QStringLiteral("The session has ended."));
        }
    });
    m_market.start(settings.intervalMs);
}

bool TickerServer::listen(const Settings &settings)
{
    if (!settings.certificate.isEmpty())
        secure(settings);
    m_server.setAllowedHosts(settings.allowedHosts);
    m_server.setTrustedProxies(settings.trustedProxies);
    return m_server.listen(settings.host, settings.port);
}

void TickerServer::secure(const Settings &settings)
{
    QFile file(settings.key);
    const QByteArray pem = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    QSslKey key(pem, QSsl::Ec);
    if (key.isNull())
        key = QSslKey(pem, QSsl::Rsa);
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setLocalCertificateChain(QSslCertificate::fromPath(settings.certificate));
    configuration.setPrivateKey(key);
    m_server.setSslConfiguration(configuration);
}

void TickerServer::welcome()
{
    while (WebSocket *socket = m_server.nextPendingConnection()) {
        // The request came with a cookie, or the guard had refused it.
        const QNetworkRequest request = socket->request();
        const QByteArray session = Login::sessionOf(request.rawHeader("Cookie"));
        auto *const subscriber = new Subscriber(socket, session, &m_market, this);
        connect(subscriber, &QObject::destroyed, this, &TickerServer::leaveIfEmpty,
                Qt::QueuedConnection);
    }
}

void TickerServer::shutDown()
{
    if (m_isShuttingDown)
        return QCoreApplication::exit(1); // asked twice: somebody is impatient
    m_isShuttingDown = true;
    m_olderWays.stop();
    welcome();
    m_server.close();
    for (Subscriber *subscriber : findChildren<Subscriber *>())
        subscriber->socket()->close(WebSocketProtocol::CloseCodeGoingAway,
                                    QStringLiteral("The server is going down."));
    leaveIfEmpty();
}

// Clients have five seconds to answer; the engine sees to that.
void TickerServer::leaveIfEmpty()
{
    if (m_isShuttingDown && findChildren<Subscriber *>().isEmpty())
        QCoreApplication::quit();
}
