// Runs QML tests with proxies of the system's beside it, whose addresses the tests find in `proxies`.
#include "../qt/peers/programs.h"

#include <QtQml/QQmlContext>
#include <QtQml/QQmlEngine>
#include <QtQuickTest/quicktest.h>

class Proxies : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void applicationAvailable()
    {
        m_http = std::make_unique<Proxy>(Proxy::Kind::Tinyproxy);
        m_socks = std::make_unique<Proxy>(Proxy::Kind::Microsocks,
                                          QStringLiteral("-u bird -P seed"));
    }
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->rootContext()->setContextProperty(
            QStringLiteral("proxies"),
            QVariantMap{ { QStringLiteral("http"), m_http->port() },
                         { QStringLiteral("socks"), m_socks->port() } });
    }
    void cleanupTestCase()
    {
        m_http.reset();
        m_socks.reset();
    }

private:
    std::unique_ptr<Proxy> m_http;
    std::unique_ptr<Proxy> m_socks;
};

QUICK_TEST_MAIN_WITH_SETUP(proxies, Proxies)
#include "proxies.moc"
