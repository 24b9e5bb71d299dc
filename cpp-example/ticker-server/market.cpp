#include "market.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace {

double now()
{
    using Milliseconds = std::chrono::duration<double, std::milli>;
    const Milliseconds time = std::chrono::system_clock::now().time_since_epoch();
    return std::round(time.count() * 1000) / 1000;
}

} // namespace

Market::Market(quint32 seed, QObject *parent)
    : QObject(parent)
    , m_prices({ { QStringLiteral("ALBA"), 84.20 },
                 { QStringLiteral("FINCH"), 12.75 },
                 { QStringLiteral("HERON"), 203.10 },
                 { QStringLiteral("ROBIN"), 31.48 },
                 { QStringLiteral("SWIFT"), 147.95 },
                 { QStringLiteral("WREN"), 5.63 } })
    , m_random(seed)
    , m_time(now())
{
    m_symbols = m_prices.keys();
    m_symbols.sort();
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Market::move);
}

QJsonObject Market::prices(const QStringList &symbols) const
{
    QJsonObject prices;
    for (const QString &symbol : symbols)
        prices.insert(symbol, m_prices.value(symbol));
    return { { QStringLiteral("prices"), prices },
             { QStringLiteral("step"), double(m_step) },
             { QStringLiteral("time"), m_time } };
}

// One price moves, by up to one per cent. A step that leaves it as it was is none: clients hear
// of changes only.
void Market::move()
{
    const QString symbol = m_symbols.at(int(m_random.bounded(quint32(m_symbols.size()))));
    double &price = m_prices[symbol];
    double moved = price;
    while (moved == price) {
        const double change = (m_random.generateDouble() - 0.5) / 50;
        moved = std::max(0.01, std::round(price * (1 + change) * 100) / 100);
        if (price < 1) // where one per cent is less than a cent
            moved = std::max(0.01, std::round(price * 100 + (change < 0 ? -1 : 1)) / 100);
    }
    price = moved;
    m_time = now();
    ++m_step;
    emit changed(symbol);
}
