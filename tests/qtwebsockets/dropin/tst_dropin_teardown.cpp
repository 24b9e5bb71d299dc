// The table of teardown.h for the drop-in's classes.
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketCorsAuthenticator>
#include <QtWebSockets/QWebSocketServer>

using Socket = QWebSocket;
using Server = QWebSocketServer;
constexpr bool isWirebird = false;

#include "../../qt/teardown.h"

class tst_DropInTeardown : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase() { m_witness.reset(); }
    void aSocketInItsOwnSlots_data() { Teardown::addSocketRows(); }
    void aSocketInItsOwnSlots() { Teardown::runSocketRow(m_witness.get()); }
    void aClientInItsHandshake_data() { Teardown::addHandshakeRows(); }
    void aClientInItsHandshake() { Teardown::runHandshakeRow(m_witness.get()); }
    void aServerInItsOwnSlots_data() { Teardown::addServerRows(); }
    void aServerInItsOwnSlots() { Teardown::runServerRow(m_witness.get()); }
    void aServerThatSecures_data() { Teardown::addSecuringRows(); }
    void aServerThatSecures() { Teardown::runSecuringRow(m_witness.get()); }

private:
    std::unique_ptr<Teardown::Witness> m_witness;
};

void tst_DropInTeardown::initTestCase()
{
    m_witness = std::make_unique<Teardown::Witness>();
    QVERIFY(m_witness->open());
}

QTEST_GUILESS_MAIN(tst_DropInTeardown)
#include "tst_dropin_teardown.moc"
