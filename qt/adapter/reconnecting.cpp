// When a connection is opened again: what is worth it, and the delay.
#include "reconnecting.h"

#include <wirebird/websocketprotocol.h>

#include <QtCore/qdatetime.h>
#include <QtCore/qlocale.h>
#include <QtCore/qrandom.h>
#if QT_VERSION >= QT_VERSION_CHECK(6, 1, 0)
#  include <QtNetwork/qnetworkinformation.h>
#endif

#include <algorithm>
#include <cmath>
#include <limits>

namespace Wirebird {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds longestRetryAfter = std::chrono::hours(1);
/// So often a waiting socket looks at the clock, which goes on while the machine
/// sleeps; timers don't.
constexpr milliseconds lookEvery = std::chrono::seconds(2);
/// Clocks are also set, by less.
constexpr milliseconds shortestSleep = std::chrono::seconds(5);

} // namespace

bool isWorthReopening(int closeCode)
{
    switch (closeCode) {
    case WebSocketProtocol::CloseCodeNormal:
    case WebSocketProtocol::CloseCodeProtocolError:
    case WebSocketProtocol::CloseCodeDatatypeNotSupported:
    case WebSocketProtocol::CloseCodeWrongDatatype:
    case WebSocketProtocol::CloseCodePolicyViolated:
    case WebSocketProtocol::CloseCodeTooMuchData:
    case WebSocketProtocol::CloseCodeMissingExtension:
    case WebSocketProtocol::CloseCodeTlsHandshakeFailed:
        return false;
    default:
        return true;
    }
}

bool isWorthAskingAgain(int httpStatus)
{
    switch (httpStatus) {
    case 408: // Request Timeout
    case 425: // Too Early
    case 429: // Too Many Requests
        return true;
    case 501: // Not Implemented
    case 505: // HTTP Version Not Supported
        return false;
    default:
        return httpStatus >= 500 && httpStatus <= 599;
    }
}

bool isWorthAskingProxyAgain(quint64 reply)
{
    switch (reply) {
    case 1: // general failure
    case 3: // network unreachable
    case 4: // host unreachable
    case 5: // connection refused
    case 6: // TTL expired
        return true;
    default:
        return reply >= 100 && reply <= 599 && isWorthAskingAgain(int(reply));
    }
}

milliseconds retryAfter(const QList<QPair<QByteArray, QByteArray>> &headers, const QDateTime &now)
{
    for (const auto &[name, value] : headers) {
        if (name.toLower() != "retry-after")
            continue;
        const QByteArray text = value.trimmed();
        qint64 wait = -1;
        const bool isNumber = !text.isEmpty()
            && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (isNumber) {
            // What has more digits than fit is longer than the longest, too.
            bool fits = false;
            const qint64 seconds = text.toLongLong(&fits);
            const qint64 most = longestRetryAfter.count() / 1000;
            wait = (fits ? std::min(seconds, most) : most) * 1000;
        } else {
            QDateTime date = QLocale::c().toDateTime(
                QString::fromLatin1(text), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
            date.setTimeSpec(Qt::UTC);
            if (date.isValid())
                wait = now.msecsTo(date);
        }
        return std::clamp(milliseconds(wait), milliseconds(0), longestRetryAfter);
    }
    return milliseconds(0);
}

void Reconnecting::setOptions(const WebSocketReconnect &options)
{
    m_options = options;
    if (isWaiting() && !options.isEnabled())
        stop();
}

void Reconnecting::arm()
{
    stop();
    m_isArmed = true;
}

void Reconnecting::stop()
{
    m_isArmed = false;
    m_isTrying = false;
    m_attempts = 0;
    m_lasting.invalidate();
    if (m_timer)
        m_timer->stop();
    QObject::disconnect(m_network);
}

void Reconnecting::opened()
{
    m_isTrying = false;
    m_lasting.start();
}

bool Reconnecting::lost()
{
    if (m_lasting.isValid() && m_lasting.elapsed() >= m_options.resetAfter().count())
        m_attempts = 0;
    m_lasting.invalidate();
    const int most = m_options.maximumAttempts();
    if (m_isArmed && m_options.isEnabled() && (most == 0 || m_attempts < most)) {
        m_isTrying = true;
        return true;
    }
    stop();
    return false;
}

Reconnecting::Attempt Reconnecting::await(milliseconds atLeast)
{
    m_attempts = std::min(m_attempts, std::numeric_limits<int>::max() - 1) + 1;
    m_delay = std::max(nextDelay(), atLeast);
    if (!m_timer) {
        m_timer = std::make_unique<QTimer>(m_owner);
        m_timer->setSingleShot(true);
        QObject::connect(m_timer.get(), &QTimer::timeout, m_timer.get(), [this] { look(); });
    }
    m_waited.start();
    m_clock = QDateTime::currentMSecsSinceEpoch();
    m_timer->start(std::min(m_delay, lookEvery));
    watchNetwork();
    return {m_attempts, m_delay};
}

milliseconds Reconnecting::nextDelay() const
{
    const double most = double(m_options.maximumDelay().count());
    const double grown = double(m_options.initialDelay().count())
        * std::pow(m_options.factor(), std::min(m_attempts - 1, 1000));
    const double chance = QRandomGenerator::global()->generateDouble();
    return milliseconds(qint64(std::min(grown, most) * (1 - m_options.jitter() * chance)));
}

/// Whether the delay is over, or the machine has slept meanwhile.
void Reconnecting::look()
{
    const milliseconds waited(m_waited.elapsed());
    const milliseconds clock(QDateTime::currentMSecsSinceEpoch() - m_clock);
    if (waited >= m_delay || clock - waited >= shortestSleep)
        hurry();
    else
        m_timer->start(std::min(m_delay - waited, lookEvery));
}

void Reconnecting::hurry()
{
    if (!m_isTrying)
        return;
    m_timer->stop();
    QObject::disconnect(m_network);
    m_open();
}

/// Where the application has loaded QNetworkInformation.
void Reconnecting::watchNetwork()
{
#if QT_VERSION >= QT_VERSION_CHECK(6, 1, 0)
    QObject::disconnect(m_network);
    auto *const network = QNetworkInformation::instance();
    if (!network)
        return;
    m_network = QObject::connect(network, &QNetworkInformation::reachabilityChanged, m_timer.get(),
                                 [this](QNetworkInformation::Reachability reachability) {
                                     if (isWaiting()
                                         && reachability
                                             == QNetworkInformation::Reachability::Online)
                                         hurry();
                                 });
#endif
}

} // namespace Wirebird
