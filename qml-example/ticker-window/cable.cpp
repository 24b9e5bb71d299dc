#include "cable.h"

#include "relay.h"

Cable::Cable(const QUrl &target, QObject *parent)
    : QObject(parent), m_target(target), m_url(target), m_relay(new Relay(target))
{
    m_relay->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_relay, &QObject::deleteLater);
    connect(m_relay, &Relay::reached, this, [this](const QString &problem) {
        m_problem = problem;
        emit problemChanged();
    });
    m_thread.start();
    if (target.scheme() != QLatin1String("ws"))
        return;
    quint16 port = 0;
    QMetaObject::invokeMethod(m_relay, [&] { port = m_relay->listen(); },
                              Qt::BlockingQueuedConnection);
    if (port > 0) {
        m_url.setHost(QStringLiteral("127.0.0.1"));
        m_url.setPort(port);
    }
}

Cable::~Cable()
{
    m_thread.quit();
    m_thread.wait();
}

void Cable::setPlugged(bool plugged)
{
    if (plugged == m_isPlugged || !canBePulled())
        return;
    m_isPlugged = plugged;
    QMetaObject::invokeMethod(m_relay, [relay = m_relay, plugged] {
        if (plugged)
            relay->listen();
        else
            relay->cut();
    });
    emit pluggedChanged();
}
