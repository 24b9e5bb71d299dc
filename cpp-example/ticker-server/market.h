// A made-up stock exchange whose prices walk at random: the same seed, the same walk.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QJsonObject>
#include <QtCore/QObject>
#include <QtCore/QRandomGenerator>
#include <QtCore/QStringList>
#include <QtCore/QTimer>

class Market : public QObject
{
    Q_OBJECT

public:
    explicit Market(quint32 seed, QObject *parent = nullptr);

    void start(int intervalMs) { m_timer.start(intervalMs); }

    const QStringList &symbols() const { return m_symbols; }
    // {"prices":{"ALBA":84.2,…},"step":17,"time":…} of these symbols. The time, of the newest
    // step, is in milliseconds since 1970.
    QJsonObject prices(const QStringList &symbols) const;
    quint64 step() const { return m_step; }

Q_SIGNALS:
    void changed(const QString &symbol);

private:
    void move();

    QStringList m_symbols;
    QHash<QString, double> m_prices;
    QRandomGenerator m_random;
    QTimer m_timer;
    quint64 m_step = 0;
    double m_time;
};
