#include "oven.h"

#include <algorithm>

Oven::Oven(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(50);
    connect(&m_timer, &QTimer::timeout, this, &Oven::heat);
}

void Oven::setTarget(int target)
{
    target = std::clamp(target, coldest, hottest);
    if (target == m_target)
        return;
    m_target = target;
    emit targetChanged(target);
    m_timer.start();
}

int Oven::minutesFor(const QString &bread) const
{
    if (m_temperature < 150)
        return 0;
    return (bread == QLatin1String("baguette") ? 6000 : 10000) / m_temperature;
}

void Oven::heat()
{
    m_temperature += std::clamp(m_target - m_temperature, -10, 10);
    emit temperatureChanged(m_temperature);
    if (m_temperature == m_target) {
        m_timer.stop();
        emit ready(QStringLiteral("%1 degrees").arg(m_temperature));
    }
}
