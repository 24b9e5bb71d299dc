// What the meta-objects say: signatures that programs connect to as text, enumerations, and that
// there are no properties.
#include "support.h"

#include <QtWebSockets/QMaskGenerator>

#include <QtCore/QMetaEnum>
#include <QtCore/QMetaMethod>

Q_DECLARE_METATYPE(QWebSocketProtocol::CloseCode)

namespace {

QByteArrayList signatures(const QMetaObject &meta, QMetaMethod::MethodType type)
{
    QByteArrayList found;
    for (int i = meta.methodOffset(); i < meta.methodCount(); ++i) {
        if (meta.method(i).methodType() == type)
            found.append(meta.method(i).methodSignature());
    }
    std::sort(found.begin(), found.end());
    return found;
}

void addSignatures(const QByteArrayList &list)
{
    for (const QByteArray &signature : list)
        QTest::newRow(signature) << signature;
}

} // namespace

class tst_MetaObjects : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void theClassesHaveTheirNames();
    void noClassHasProperties();
    void signalsOfASocket_data();
    void signalsOfASocket();
    void slotsOfASocket_data();
    void slotsOfASocket();
    void aSocketHasNoMoreThanItsSignalsAndSlots();
    void signalsOfAServer_data();
    void signalsOfAServer();
    void aServerHasNoMoreThanItsSignals();
    void sslModeIsAnEnumerationOfTheServer();
    void textsConnectSignalsAndSlots();
    void spiesTakeSignalsAsText();
};

void tst_MetaObjects::theClassesHaveTheirNames()
{
    QCOMPARE(QWebSocket::staticMetaObject.className(), "QWebSocket");
    QCOMPARE(QWebSocketServer::staticMetaObject.className(), "QWebSocketServer");
    QCOMPARE(QWebSocket::staticMetaObject.superClass(), &QObject::staticMetaObject);
    QCOMPARE(QWebSocketServer::staticMetaObject.superClass(), &QObject::staticMetaObject);
    // Has no Q_OBJECT, so that an application's subclass needs none either.
    QCOMPARE(&QMaskGenerator::staticMetaObject, &QObject::staticMetaObject);
}

void tst_MetaObjects::noClassHasProperties()
{
    const int ofQObject = QObject::staticMetaObject.propertyCount();
    QCOMPARE(QWebSocket::staticMetaObject.propertyCount(), ofQObject);
    QCOMPARE(QWebSocketServer::staticMetaObject.propertyCount(), ofQObject);
    QCOMPARE(QMaskGenerator::staticMetaObject.propertyCount(), ofQObject);
}

void tst_MetaObjects::signalsOfASocket_data()
{
    QTest::addColumn<QByteArray>("signature");
    addSignatures({
        "aboutToClose()",
        "connected()",
        "disconnected()",
        "stateChanged(QAbstractSocket::SocketState)",
        "proxyAuthenticationRequired(QNetworkProxy,QAuthenticator*)",
        "readChannelFinished()",
        "textFrameReceived(QString,bool)",
        "binaryFrameReceived(QByteArray,bool)",
        "textMessageReceived(QString)",
        "binaryMessageReceived(QByteArray)",
        "error(QAbstractSocket::SocketError)",
        "pong(quint64,QByteArray)",
        "bytesWritten(qint64)",
        "sslErrors(QList<QSslError>)",
        "preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator*)",
    });
#if WEBSOCKETS_SINCE(6, 2)
    addSignatures({
        "peerVerifyError(QSslError)",
        "alertSent(QSsl::AlertLevel,QSsl::AlertType,QString)",
        "alertReceived(QSsl::AlertLevel,QSsl::AlertType,QString)",
        "handshakeInterruptedOnError(QSslError)",
    });
#endif
#if WEBSOCKETS_SINCE(6, 5)
    addSignatures({"errorOccurred(QAbstractSocket::SocketError)"});
#endif
#if WEBSOCKETS_SINCE(6, 6)
    addSignatures({"authenticationRequired(QAuthenticator*)"});
#endif
}

void tst_MetaObjects::signalsOfASocket()
{
    QFETCH(QByteArray, signature);
    const int index = QWebSocket::staticMetaObject.indexOfSignal(signature);
    QVERIFY2(index >= 0,
             signatures(QWebSocket::staticMetaObject, QMetaMethod::Signal).join('\n'));
    QCOMPARE(QWebSocket::staticMetaObject.method(index).enclosingMetaObject(),
             &QWebSocket::staticMetaObject);
}

void tst_MetaObjects::slotsOfASocket_data()
{
    QTest::addColumn<QByteArray>("signature");
    addSignatures({
        "close(QWebSocketProtocol::CloseCode,QString)",
        "close(QWebSocketProtocol::CloseCode)",
        "close()",
        "open(QUrl)",
        "open(QNetworkRequest)",
        "ping(QByteArray)",
        "ping()",
        "ignoreSslErrors()",
    });
#if WEBSOCKETS_SINCE(6, 4)
    addSignatures({
        "open(QUrl,QWebSocketHandshakeOptions)",
        "open(QNetworkRequest,QWebSocketHandshakeOptions)",
    });
#endif
}

void tst_MetaObjects::slotsOfASocket()
{
    QFETCH(QByteArray, signature);
    QVERIFY2(QWebSocket::staticMetaObject.indexOfSlot(signature) >= 0,
             signatures(QWebSocket::staticMetaObject, QMetaMethod::Slot).join('\n'));
}

void tst_MetaObjects::aSocketHasNoMoreThanItsSignalsAndSlots()
{
    const QMetaObject &meta = QWebSocket::staticMetaObject;
    const int since62 = WEBSOCKETS_SINCE(6, 2) ? 4 : 0;
    const int since65 = WEBSOCKETS_SINCE(6, 5) ? 1 : 0;
    const int since66 = WEBSOCKETS_SINCE(6, 6) ? 1 : 0;
    const QByteArrayList emitted = signatures(meta, QMetaMethod::Signal);
    QVERIFY2(emitted.size() == 15 + since62 + since65 + since66, emitted.join('\n'));
    const QByteArrayList called = signatures(meta, QMetaMethod::Slot);
    QVERIFY2(called.size() == (WEBSOCKETS_SINCE(6, 4) ? 10 : 8), called.join('\n'));
    QCOMPARE(signatures(meta, QMetaMethod::Method), QByteArrayList());
    QCOMPARE(meta.enumeratorCount() - meta.enumeratorOffset(), 0);
}

void tst_MetaObjects::signalsOfAServer_data()
{
    QTest::addColumn<QByteArray>("signature");
    addSignatures({
        "acceptError(QAbstractSocket::SocketError)",
        "serverError(QWebSocketProtocol::CloseCode)",
        "originAuthenticationRequired(QWebSocketCorsAuthenticator*)",
        "newConnection()",
        "peerVerifyError(QSslError)",
        "sslErrors(QList<QSslError>)",
        "preSharedKeyAuthenticationRequired(QSslPreSharedKeyAuthenticator*)",
        "closed()",
    });
#if WEBSOCKETS_SINCE(6, 2)
    addSignatures({
        "alertSent(QSsl::AlertLevel,QSsl::AlertType,QString)",
        "alertReceived(QSsl::AlertLevel,QSsl::AlertType,QString)",
        "handshakeInterruptedOnError(QSslError)",
    });
#endif
#if WEBSOCKETS_SINCE(6, 12)
    addSignatures({"sslErrorsOccurred(QSslSocket*,QList<QSslError>)"});
#endif
}

void tst_MetaObjects::signalsOfAServer()
{
    QFETCH(QByteArray, signature);
    QVERIFY2(QWebSocketServer::staticMetaObject.indexOfSignal(signature) >= 0,
             signatures(QWebSocketServer::staticMetaObject, QMetaMethod::Signal).join('\n'));
}

void tst_MetaObjects::aServerHasNoMoreThanItsSignals()
{
    const QMetaObject &meta = QWebSocketServer::staticMetaObject;
    const int since62 = WEBSOCKETS_SINCE(6, 2) ? 3 : 0;
    const int since612 = WEBSOCKETS_SINCE(6, 12) ? 1 : 0;
    const QByteArrayList emitted = signatures(meta, QMetaMethod::Signal);
    QVERIFY2(emitted.size() == 8 + since62 + since612, emitted.join('\n'));
    QCOMPARE(signatures(meta, QMetaMethod::Slot), QByteArrayList());
    QCOMPARE(signatures(meta, QMetaMethod::Method), QByteArrayList());
}

void tst_MetaObjects::sslModeIsAnEnumerationOfTheServer()
{
    const auto meta = QMetaEnum::fromType<QWebSocketServer::SslMode>();
    QCOMPARE(meta.name(), "SslMode");
    QCOMPARE(meta.scope(), "QWebSocketServer");
    QCOMPARE(meta.keyCount(), 2);
    QCOMPARE(meta.keyToValue("SecureMode"), 0);
    QCOMPARE(meta.keyToValue("NonSecureMode"), 1);
}

void tst_MetaObjects::textsConnectSignalsAndSlots()
{
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QWebSocket socket;
    QWebSocket other;
    // A signature that is not there gives a warning, which fails the test.
    QVERIFY(connect(&server, SIGNAL(serverError(QWebSocketProtocol::CloseCode)), &socket,
                    SLOT(close(QWebSocketProtocol::CloseCode))));
    QVERIFY(connect(&server, SIGNAL(newConnection()), &socket, SLOT(ping())));
    QVERIFY(connect(&server, SIGNAL(closed()), &socket, SLOT(close())));
    QVERIFY(connect(&socket, SIGNAL(textFrameReceived(const QString&, bool)), &other,
                    SIGNAL(textFrameReceived(QString,bool))));
    QVERIFY(connect(&socket, SIGNAL(binaryMessageReceived(QByteArray)), &other,
                    SLOT(ping(QByteArray))));
    QVERIFY(connect(&socket, SIGNAL(sslErrors(const QList<QSslError>&)), &other,
                    SLOT(ignoreSslErrors())));
    QVERIFY(connect(&socket, SIGNAL(error(QAbstractSocket::SocketError)), &other,
                    SIGNAL(error(QAbstractSocket::SocketError))));
}

void tst_MetaObjects::spiesTakeSignalsAsText()
{
    QWebSocket socket;
    QSignalSpy errors(&socket, SIGNAL(error(QAbstractSocket::SocketError)));
    QSignalSpy states(&socket, SIGNAL(stateChanged(QAbstractSocket::SocketState)));
    QVERIFY(errors.isValid() && states.isValid());
    socket.open(QUrl("http://127.0.0.1/"));
    QCOMPARE(errors.count(), 1);
    QCOMPARE(errors.at(0).at(0).value<QAbstractSocket::SocketError>(),
             QAbstractSocket::UnsupportedSocketOperationError);
    QCOMPARE(states.count(), 0);

    qRegisterMetaType<QWebSocketProtocol::CloseCode>();
    QWebSocketServer server("test", QWebSocketServer::NonSecureMode);
    QSignalSpy serverErrors(&server, SIGNAL(serverError(QWebSocketProtocol::CloseCode)));
    // An address of no interface of this machine (RFC 5737).
    QVERIFY(!server.listen(QHostAddress("192.0.2.1")));
    QCOMPARE(serverErrors.count(), 1);
    QCOMPARE(serverErrors.at(0).at(0).value<CloseCode>(), CloseCodeAbnormalDisconnection);
}

QTEST_GUILESS_MAIN(tst_MetaObjects)
#include "tst_metaobjects.moc"
