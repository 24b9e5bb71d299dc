#include "log.h"

#include <wirebird/wirebird.h>

#include <QtCore/QDebug>
#include <QtCore/QLoggingCategory>
#include <QtCore/QMutex>

#include <algorithm>

namespace Wirebird {

namespace {

// Silent without a rule: all that concerns a program comes to it by a signal.
Q_LOGGING_CATEGORY(clientLog, "wirebird.client", QtCriticalMsg)
Q_LOGGING_CATEGORY(connectionLog, "wirebird.connection", QtCriticalMsg)
Q_LOGGING_CATEGORY(frameLog, "wirebird.frame", QtCriticalMsg)
Q_LOGGING_CATEGORY(netLog, "wirebird.net", QtCriticalMsg)
Q_LOGGING_CATEGORY(serverLog, "wirebird.server", QtCriticalMsg)

const QLoggingCategory &categoryOf(const wirebird_text_t &name)
{
    const QByteArray wanted = "wirebird." + QByteArray(name.data, int(name.length));
    for (const auto category : { clientLog, connectionLog, frameLog, serverLog }) {
        if (wanted == category().categoryName())
            return category();
    }
    return netLog();
}

// From any thread.
void print(void *, const wirebird_log_record_t *record)
{
    const QLoggingCategory &category = categoryOf(record->category);
    const QMessageLogger logger(nullptr, 0, nullptr, category.categoryName());
    const auto write = [record](QDebug debug) {
        debug.noquote().nospace();
        if (record->connection)
            debug << '#' << record->connection << ' ';
        debug << QString::fromUtf8(record->text.data, int(record->text.length));
    };
    switch (record->level) {
    case WIREBIRD_LOG_ERROR:
        if (category.isCriticalEnabled())
            write(logger.critical());
        break;
    case WIREBIRD_LOG_WARNING:
        if (category.isWarningEnabled())
            write(logger.warning());
        break;
    case WIREBIRD_LOG_INFO:
        if (category.isInfoEnabled())
            write(logger.info());
        break;
    default:
        if (category.isDebugEnabled())
            write(logger.debug());
    }
}

quint32 wantedLevel()
{
    if (frameLog().isDebugEnabled())
        return WIREBIRD_LOG_TRACE;
    quint32 level = WIREBIRD_LOG_OFF;
    for (const auto log : { clientLog, connectionLog, netLog, serverLog }) {
        const QLoggingCategory &category = log();
        level = std::max<quint32>(level, category.isDebugEnabled() ? WIREBIRD_LOG_DEBUG
                                      : category.isInfoEnabled()   ? WIREBIRD_LOG_INFO
                                      : category.isWarningEnabled() ? WIREBIRD_LOG_WARNING
                                                                    : WIREBIRD_LOG_OFF);
    }
    return level;
}

// Ends the log before the categories end, which were made before.
class Listener
{
public:
    Listener() = default;
    ~Listener() { listen(WIREBIRD_LOG_OFF); }
    Q_DISABLE_COPY(Listener)

    void listen(quint32 level)
    {
        const QMutexLocker locker(&m_mutex);
        if (level == m_level)
            return;
        m_level = level;
        if (wirebird_log(print, nullptr, level) != WIREBIRD_OK)
            qCWarning(netLog, "the engine's log can't be shown: %s", wirebird_last_error());
    }

private:
    QMutex m_mutex;
    quint32 m_level = WIREBIRD_LOG_OFF;
};

} // namespace

void applyLoggingRules()
{
    const quint32 level = wantedLevel();
    static Listener listener;
    listener.listen(level);
}

} // namespace Wirebird
