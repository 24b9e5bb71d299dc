// The headers: each of them by each of its names, all in one unit; and what they do not declare.
#include <QtWebSockets/QtWebSockets>
#include <QtWebSockets/QtWebSocketsDepends>
#include <QtWebSockets/QtWebSocketsVersion>

#include <QtWebSockets/QMaskGenerator>
#include <QtWebSockets/QWebSocket>
#include <QtWebSockets/QWebSocketCorsAuthenticator>
#include <QtWebSockets/QWebSocketProtocol>
#include <QtWebSockets/QWebSocketServer>

#include <QtWebSockets/qmaskgenerator.h>
#include <QtWebSockets/qtwebsocketsversion.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketcorsauthenticator.h>
#include <QtWebSockets/qwebsocketprotocol.h>
#include <QtWebSockets/qwebsockets_global.h>
#include <QtWebSockets/qwebsocketserver.h>

#include <QMaskGenerator>
#include <QWebSocket>
#include <QWebSocketCorsAuthenticator>
#include <QWebSocketProtocol>
#include <QWebSocketServer>
#include <QtWebSockets>

#include <qmaskgenerator.h>
#include <qwebsocket.h>
#include <qwebsocketcorsauthenticator.h>
#include <qwebsocketprotocol.h>
#include <qwebsocketserver.h>

#if defined(WIREBIRD_DROP_IN) || QT_VERSION >= QT_VERSION_CHECK(6, 4, 0)
#include <QWebSocketHandshakeOptions>
#include <QtWebSockets/QWebSocketHandshakeOptions>
#include <QtWebSockets/qwebsockethandshakeoptions.h>
#include <qwebsockethandshakeoptions.h>
#endif

#include <QtTest/QtTest>

#ifndef QT_WEBSOCKETS_LIB
#error "QT_WEBSOCKETS_LIB has to be defined by the target"
#endif
#ifndef Q_WEBSOCKETS_EXPORT
#error "Q_WEBSOCKETS_EXPORT has to be defined by the headers"
#endif

// Programs declare these by themselves: a declaration in the headers would be a second one.
Q_DECLARE_METATYPE(QWebSocketProtocol::CloseCode)
Q_DECLARE_METATYPE(QWebSocketProtocol::Version)
Q_DECLARE_METATYPE(QWebSocketCorsAuthenticator *)
Q_DECLARE_METATYPE(QWebSocketServer::SslMode)

class tst_Headers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theVersionIsAText();
    void networkAndCoreComeWithTheUmbrella();
    void aProgramsMetatypesCarryValues();
};

void tst_Headers::theVersionIsAText()
{
    QVERIFY(QByteArray(QTWEBSOCKETS_VERSION_STR).count('.') >= 1);
    QVERIFY(QTWEBSOCKETS_VERSION >= QT_VERSION_CHECK(5, 15, 0));
}

void tst_Headers::networkAndCoreComeWithTheUmbrella()
{
    const QTcpSocket socket;
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(QUrl("ws://a/").host(), QString("a"));
}

void tst_Headers::aProgramsMetatypesCarryValues()
{
    const auto code = QVariant::fromValue(QWebSocketProtocol::CloseCodeGoingAway);
    QCOMPARE(code.value<QWebSocketProtocol::CloseCode>(), QWebSocketProtocol::CloseCodeGoingAway);
    QWebSocketCorsAuthenticator authenticator("origin");
    const auto pointer = QVariant::fromValue(&authenticator);
    QCOMPARE(pointer.value<QWebSocketCorsAuthenticator *>(), &authenticator);
    const auto mode = QVariant::fromValue(QWebSocketServer::NonSecureMode);
    QCOMPARE(mode.value<QWebSocketServer::SslMode>(), QWebSocketServer::NonSecureMode);
}

QTEST_GUILESS_MAIN(tst_Headers)
#include "tst_headers.moc"
