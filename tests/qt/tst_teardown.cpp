// The table of teardown.h for Wirebird's classes.
#include <wirebird/corsauthenticator.h>
#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

using Socket = Wirebird::WebSocket;
using Server = Wirebird::WebSocketServer;
constexpr bool isWirebird = true;

#include "teardown.h"

class tst_Teardown : public QObject
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

void tst_Teardown::initTestCase()
{
    m_witness = std::make_unique<Teardown::Witness>();
    QVERIFY(m_witness->open());
}

QTEST_GUILESS_MAIN(tst_Teardown)
#include "tst_teardown.moc"
