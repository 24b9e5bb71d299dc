#include "tickerclient.h"

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QTimer>
#include <QtCore/QUrlQuery>
#include <QtNetwork/QNetworkReply>

using Wirebird::WebSocket;
using Wirebird::WebSocketReconnect;

TickerClient::TickerClient(const QUrl &url, const QString &user, const QString &password,
                           const QStringList &symbols, QObject *parent)
    : QObject(parent)
    , m_url(url)
    , m_user(user)
    , m_password(password)
    , m_symbols(symbols)
    , m_out(stdout)
{
    // The cookie that the login sets is sent by the WebSocket, too.
    m_socket.setCookieJar(m_http.cookieJar());
    WebSocketReconnect reconnect;
    reconnect.setEnabled(true);
    reconnect.setMaximumDelay(std::chrono::seconds(10));
    m_socket.setReconnect(reconnect);

    connect(&m_socket, &WebSocket::connected, this, [this] {
        m_wasThere = true;
        m_out << "Connected to " << m_url.toString() << Qt::endl;
    });
    connect(&m_socket, &WebSocket::textMessageReceived, this, &TickerClient::read);
    connect(&m_socket, &WebSocket::disconnected, this, [this] {
        // Reconnecting has stopped where the server wants a login first: its sessions do not
        // outlive it. A session that was ended there wants one, too (1008).
        if (m_socket.responseStatus() == 401
            || m_socket.closeCode() == Wirebird::WebSocketProtocol::CloseCodePolicyViolated)
            return logIn();
        if (!m_wasThere)
            emit failed(m_socket.errorString());
    });
    connect(&m_socket, &WebSocket::reconnectScheduled, this, [this](int attempt, qint64 delay) {
        const QString reason = m_socket.closeReason();
        m_out << (reason.isEmpty() ? m_socket.errorString() : reason) << " Attempt " << attempt
              << " in " << delay << " ms" << Qt::endl;
    });
}

void TickerClient::start()
{
    logIn();
}

void TickerClient::logIn()
{
    QUrl url = m_url.resolved(QUrl(QStringLiteral("/login")));
    url.setScheme(m_url.scheme() == QLatin1String("wss") ? QStringLiteral("https")
                                                         : QStringLiteral("http"));
    QNetworkRequest request(url);
    request.setHeader(QNetworkRequest::ContentTypeHeader,
                      QStringLiteral("application/x-www-form-urlencoded"));
    // QUrlQuery leaves a plus as it is, which means a space in a form.
    const auto encoded = [](const QString &text) { return QUrl::toPercentEncoding(text); };
    QNetworkReply *const reply = m_http.post(
        request, "uname=" + encoded(m_user) + "&password=" + encoded(m_password));
    connect(reply, &QNetworkReply::finished, this, [this, reply] { loggedIn(reply); });
}

void TickerClient::loggedIn(QNetworkReply *reply)
{
    reply->deleteLater();
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (reply->error() == QNetworkReply::NoError) {
        m_socket.open(m_url.resolved(QUrl(QStringLiteral("/ws"))));
    } else if (m_wasThere && (status == 0 || status == 429 || status == 503)) {
        QTimer::singleShot(std::chrono::seconds(1), this, &TickerClient::logIn);
    } else {
        const QString said = QString::fromUtf8(reply->readAll()).trimmed();
        emit failed(QStringLiteral("No login at %1: %2").arg(reply->url().toString(),
            status == 0 || said.isEmpty() ? reply->errorString() : said));
    }
}

void TickerClient::read(const QString &message)
{
    const QJsonObject object = QJsonDocument::fromJson(message.toUtf8()).object();
    if (object.contains(QStringLiteral("symbols"))) {
        // The server tells at first what there is.
        const QJsonArray all = object.value(QStringLiteral("symbols")).toArray();
        const QJsonObject wish{ { QStringLiteral("subscribe"),
                                  m_symbols.isEmpty() ? all
                                                      : QJsonArray::fromStringList(m_symbols) } };
        m_socket.sendTextMessage(
            QString::fromUtf8(QJsonDocument(wish).toJson(QJsonDocument::Compact)));
    } else if (object.contains(QStringLiteral("error"))) {
        emit failed(object.value(QStringLiteral("error")).toString());
    } else if (object.contains(QStringLiteral("prices"))) {
        const QJsonObject prices = object.value(QStringLiteral("prices")).toObject();
        for (auto it = prices.begin(); it != prices.end(); ++it)
            print(it.key(), it.value().toDouble());
    } else {
        emit failed(QStringLiteral("These are no prices: ") + message.left(80));
    }
}

void TickerClient::print(const QString &symbol, double price)
{
    const double change = price - m_prices.value(symbol, price);
    m_prices.insert(symbol, price);
    ++m_count;
    m_out << symbol.leftJustified(8) << QString::number(price, 'f', 2).rightJustified(8) << "  "
          << (change > 0 ? '+' : change < 0 ? '-' : ' ') << Qt::endl;
}
