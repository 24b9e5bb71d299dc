// What the page sees: a property with its signal, a method, and a signal of its own.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QTimer>

class Oven : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int temperature READ temperature NOTIFY temperatureChanged)
    Q_PROPERTY(int target READ target WRITE setTarget NOTIFY targetChanged)

public:
    static constexpr int coldest = 20, hottest = 250;

    explicit Oven(QObject *parent = nullptr);

    int temperature() const { return m_temperature; }
    int target() const { return m_target; }
    void setTarget(int target);

    // Minutes that the bread needs now; 0 if the oven is too cold for bread.
    Q_INVOKABLE int minutesFor(const QString &bread) const;

Q_SIGNALS:
    void temperatureChanged(int temperature);
    void targetChanged(int target);
    void ready(const QString &message);

private:
    void heat();

    int m_temperature = coldest;
    int m_target = coldest;
    QTimer m_timer;
};
