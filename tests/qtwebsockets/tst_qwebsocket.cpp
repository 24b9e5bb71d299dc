// QWebSocket without a connection: what it starts with, what it keeps, what is nothing.
#include "support.h"

#include <QtNetwork/QNetworkProxy>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslError>

#include <limits>
#include <type_traits>

static_assert(std::is_base_of_v<QObject, QWebSocket>);
static_assert(std::has_virtual_destructor_v<QWebSocket>);
static_assert(!std::is_copy_constructible_v<QWebSocket>);
static_assert(!std::is_copy_assignable_v<QWebSocket>);
static_assert(!std::is_convertible_v<QString, QWebSocket>, "made explicitly");

namespace {

constexpr quint64 largest = 2147483646; // INT_MAX - 1

class Subclass : public QWebSocket
{
public:
    using QWebSocket::QWebSocket;
};

} // namespace

class tst_QWebSocket : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void startsUnconnectedWithoutErrors();
    void startsWithoutARequest();
    void startsWithoutAddresses();
    void keepsWhatItWasMadeWith();
    void canBeSubclassedAndHaveAParent();
    void keepsAnyVersion_data();
    void keepsAnyVersion();
    void keepsItsPauseMode();
    void keepsItsProxy();
    void keepsAnyReadBufferSize_data();
    void keepsAnyReadBufferSize();
    void keepsItsSslConfiguration();
    void theLargestSizesAreKnown();
    void startsWithItsSizes();
    void keepsSizesUpToTheLargest();
    void ignoresSizesPastTheLargest();
    void sendingUnconnectedSendsNothing();
    void flushingUnconnectedIsTrue();
    void callsThatAreNothingUnconnected();
};

void tst_QWebSocket::startsUnconnectedWithoutErrors()
{
    const QWebSocket socket;
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(socket.error(), QAbstractSocket::UnknownSocketError);
    QCOMPARE(socket.errorString(), QString());
    QVERIFY(!socket.isValid());
    QCOMPARE(socket.closeCode(), CloseCodeNormal);
    QCOMPARE(socket.closeReason(), QString());
    QCOMPARE(socket.bytesToWrite(), qint64(0));
    QCOMPARE(socket.pauseMode(), QAbstractSocket::PauseNever);
    QCOMPARE(socket.readBufferSize(), qint64(0));
    QCOMPARE(socket.proxy().type(), QNetworkProxy::DefaultProxy);
}

void tst_QWebSocket::startsWithoutARequest()
{
    const QWebSocket socket;
    QCOMPARE(socket.origin(), QString());
    QCOMPARE(socket.resourceName(), QString());
    QCOMPARE(socket.requestUrl(), QUrl());
    QCOMPARE(socket.request().url(), QUrl());
    QVERIFY(socket.request().rawHeaderList().isEmpty());
}

void tst_QWebSocket::startsWithoutAddresses()
{
    const QWebSocket socket;
    QVERIFY(socket.localAddress().isNull());
    QCOMPARE(socket.localPort(), quint16(0));
    QVERIFY(socket.peerAddress().isNull());
    QCOMPARE(socket.peerPort(), quint16(0));
    QCOMPARE(socket.peerName(), QString());
}

void tst_QWebSocket::keepsWhatItWasMadeWith()
{
    QObject parent;
    const QWebSocket socket("https://example.org", Version13, &parent);
    QCOMPARE(socket.origin(), QString("https://example.org"));
    QCOMPARE(socket.parent(), &parent);
    QCOMPARE(QWebSocket().version(), VersionLatest);
    QCOMPARE(QWebSocket().parent(), nullptr);
}

void tst_QWebSocket::canBeSubclassedAndHaveAParent()
{
    QPointer<QWebSocket> socket;
    {
        QObject parent;
        socket = new Subclass("origin", VersionLatest, &parent);
        QCOMPARE(socket->origin(), QString("origin"));
    }
    QVERIFY(socket.isNull());
}

void tst_QWebSocket::keepsAnyVersion_data()
{
    QTest::addColumn<int>("version");
    for (const int version : {-1, 0, 4, 5, 6, 7, 8, 13})
        QTest::addRow("%d", version) << version;
}

void tst_QWebSocket::keepsAnyVersion()
{
    QFETCH(int, version);
    const QWebSocket socket(QString(), static_cast<Version>(version));
    QCOMPARE(int(socket.version()), version);
}

void tst_QWebSocket::keepsItsPauseMode()
{
    QWebSocket socket;
    socket.setPauseMode(QAbstractSocket::PauseOnSslErrors);
    QCOMPARE(socket.pauseMode(), QAbstractSocket::PauseOnSslErrors);
    socket.setPauseMode(QAbstractSocket::PauseNever);
    QCOMPARE(socket.pauseMode(), QAbstractSocket::PauseNever);
}

void tst_QWebSocket::keepsItsProxy()
{
    QWebSocket socket;
    QNetworkProxy proxy(QNetworkProxy::HttpProxy, "proxy.example", 3128, "user", "password");
    socket.setProxy(proxy);
    QCOMPARE(socket.proxy(), proxy);
    proxy.setPort(1);
    QCOMPARE(socket.proxy().port(), quint16(3128));
}

void tst_QWebSocket::keepsAnyReadBufferSize_data()
{
    QTest::addColumn<qint64>("size");
    QTest::newRow("some") << qint64(1024);
    QTest::newRow("none") << qint64(0);
    QTest::newRow("negative") << qint64(-1);
    QTest::newRow("largest") << std::numeric_limits<qint64>::max();
}

void tst_QWebSocket::keepsAnyReadBufferSize()
{
    QFETCH(qint64, size);
    QWebSocket socket;
    socket.setReadBufferSize(size);
    QCOMPARE(socket.readBufferSize(), size);
}

void tst_QWebSocket::keepsItsSslConfiguration()
{
    QWebSocket socket;
    QSslConfiguration configuration = socket.sslConfiguration();
    configuration.setPeerVerifyDepth(7);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    socket.setSslConfiguration(configuration);
    QCOMPARE(socket.sslConfiguration().peerVerifyDepth(), 7);
    QCOMPARE(socket.sslConfiguration().peerVerifyMode(), QSslSocket::VerifyNone);
}

void tst_QWebSocket::theLargestSizesAreKnown()
{
    QCOMPARE(QWebSocket::maxIncomingMessageSize(), largest);
    QCOMPARE(QWebSocket::maxIncomingFrameSize(), largest);
    QCOMPARE(QWebSocket::maxOutgoingFrameSize(), largest);
}

void tst_QWebSocket::startsWithItsSizes()
{
    const QWebSocket socket;
    QCOMPARE(socket.maxAllowedIncomingMessageSize(), largest);
    QCOMPARE(socket.maxAllowedIncomingFrameSize(), largest);
    QCOMPARE(socket.outgoingFrameSize(), quint64(524288));
}

void tst_QWebSocket::keepsSizesUpToTheLargest()
{
    QWebSocket socket;
    for (const quint64 size : {quint64(1), quint64(65536), largest}) {
        socket.setMaxAllowedIncomingMessageSize(size);
        QCOMPARE(socket.maxAllowedIncomingMessageSize(), size);
        socket.setMaxAllowedIncomingFrameSize(size);
        QCOMPARE(socket.maxAllowedIncomingFrameSize(), size);
        socket.setOutgoingFrameSize(size);
        QCOMPARE(socket.outgoingFrameSize(), size);
    }
}

void tst_QWebSocket::ignoresSizesPastTheLargest()
{
    QWebSocket socket;
    socket.setMaxAllowedIncomingMessageSize(10);
    socket.setMaxAllowedIncomingFrameSize(11);
    socket.setOutgoingFrameSize(12);
    for (const quint64 size : {largest + 1, std::numeric_limits<quint64>::max()}) {
        socket.setMaxAllowedIncomingMessageSize(size);
        QCOMPARE(socket.maxAllowedIncomingMessageSize(), quint64(10));
        socket.setMaxAllowedIncomingFrameSize(size);
        QCOMPARE(socket.maxAllowedIncomingFrameSize(), quint64(11));
        socket.setOutgoingFrameSize(size);
        QCOMPARE(socket.outgoingFrameSize(), quint64(12));
    }
}

void tst_QWebSocket::sendingUnconnectedSendsNothing()
{
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    QSignalSpy written(&socket, &QWebSocket::bytesWritten);
    QCOMPARE(socket.sendTextMessage("text"), qint64(0));
    QCOMPARE(socket.sendBinaryMessage("data"), qint64(0));
    QCOMPARE(socket.bytesToWrite(), qint64(0));
    QCOMPARE(log, QStringList());
    QCOMPARE(written.count(), 0);
}

void tst_QWebSocket::flushingUnconnectedIsTrue()
{
    QWebSocket socket;
    QVERIFY(socket.flush());
}

void tst_QWebSocket::callsThatAreNothingUnconnected()
{
    QStringList log;
    QWebSocket socket;
    follow(&socket, &log);
    socket.close(CloseCodeGoingAway, "bye");
    socket.abort();
    socket.ping("payload");
    socket.resume();
    socket.ignoreSslErrors();
    socket.ignoreSslErrors(QList<QSslError>{QSslError(QSslError::SelfSignedCertificate)});
#if WEBSOCKETS_SINCE(6, 2)
    socket.continueInterruptedHandshake();
#endif
    QCOMPARE(log, QStringList());
    QCOMPARE(socket.closeCode(), CloseCodeNormal);
    QCOMPARE(socket.closeReason(), QString());
    QCOMPARE(socket.state(), QAbstractSocket::UnconnectedState);
}

QTEST_GUILESS_MAIN(tst_QWebSocket)
#include "tst_qwebsocket.moc"
