// Redirects: followed when the application wants it, and only where that is safe.
#include "support.h"

#include "peers/programs.h"

namespace {

/// What a socket says of redirects and of its end.
struct Followed
{
    QStringList log;
    WebSocket socket;

    Followed()
    {
        QObject::connect(&socket, &WebSocket::redirected, [this](const QUrl &url) {
            log.append("redirected to " + url.path() + " in "
                       + QVariant::fromValue(socket.state()).toString());
        });
        record(&socket, &log);
    }
    bool isOver() const
    {
        return socket.isValid() || log.filter("errorOccurred").size() > 0;
    }
};

} // namespace

class tst_Redirects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theyAreRefusalsByDefault();
    void theyAreFollowedIfTheSocketWantsIt_data();
    void theyAreFollowedIfTheSocketWantsIt();
    void theRequestsOwnPolicyHolds();
    void oneMoreThanAllowedIsAnError();
    void theSameOriginMayBeKept();
    void elsewhereCredentialsStayBehind();
    void reconnectingBeginsWhereOpenBegan();
    void whereTheLastOneLedIsKnownAfterAFailure();
};

void tst_Redirects::theyAreRefusalsByDefault()
{
    PythonServer server("interop/http_peer.py");
    Followed followed;
    QCOMPARE(followed.socket.redirectPolicy(), QNetworkRequest::ManualRedirectPolicy);
    followed.socket.open(server.url("/redirect/302/0/end"));
    QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
    QCOMPARE(followed.socket.responseStatus(), 302);
    QCOMPARE(followed.log.filter("redirected").size(), 0);
    QCOMPARE(followed.socket.responseUrl(), server.url("/redirect/302/0/end"));
    QVERIFY2(followed.socket.errorString().contains("302"),
             qPrintable(followed.socket.errorString()));
}

void tst_Redirects::theyAreFollowedIfTheSocketWantsIt_data()
{
    QTest::addColumn<int>("status");
    for (const int status : {301, 302, 303, 307, 308})
        QTest::newRow(qPrintable(QString::number(status))) << status;
}

void tst_Redirects::theyAreFollowedIfTheSocketWantsIt()
{
    QFETCH(int, status);
    PythonServer server("interop/http_peer.py");
    Followed followed;
    followed.socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    const QString further = QString("/redirect/%1/0/end").arg(status);
    const QUrl first = server.url(QString("/redirect/%1/1/end").arg(status));
    followed.socket.open(first);
    QCOMPARE(followed.socket.responseUrl(), first);
    QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
    QVERIFY2(followed.log.indexOf("connected") == followed.log.size() - 1,
             qPrintable(followed.log.join('|')));
    QCOMPARE(followed.log.filter("redirected"),
             (QStringList{"redirected to " + further + " in ConnectingState",
                          "redirected to /end in ConnectingState"}));
    QCOMPARE(followed.log.indexOf(QStringLiteral("ConnectedState")), 3);
    QCOMPARE(followed.socket.responseStatus(), 101);
    QCOMPARE(followed.socket.responseUrl(), server.url("/end"));
    QCOMPARE(followed.socket.requestUrl(), first);
}

void tst_Redirects::theRequestsOwnPolicyHolds()
{
    PythonServer server("interop/http_peer.py");
    QNetworkRequest request(server.url("/redirect/302/0/end"));
    {
        Followed followed;
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                             QNetworkRequest::NoLessSafeRedirectPolicy);
        request.setMaximumRedirectsAllowed(1000); // 50 are
        followed.socket.open(request);
        QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
        QVERIFY(followed.socket.isValid());
    }
    for (const auto policy : {QNetworkRequest::ManualRedirectPolicy,
                              QNetworkRequest::UserVerifiedRedirectPolicy}) {
        Followed followed;
        followed.socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, policy);
        followed.socket.open(request);
        QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
        QCOMPARE(followed.socket.responseStatus(), 302);
    }
}

void tst_Redirects::oneMoreThanAllowedIsAnError()
{
    PythonServer server("interop/http_peer.py");
    Followed followed;
    followed.socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    QNetworkRequest request(server.url("/redirect/302/2/end"));
    request.setMaximumRedirectsAllowed(2);
    followed.socket.open(request);
    QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
    QCOMPARE(followed.log.filter("redirected").size(), 2);
    QCOMPARE(followed.socket.responseStatus(), 302);
    QVERIFY2(followed.socket.errorString().contains("max_redirects (2)"),
             qPrintable(followed.socket.errorString()));
    QCOMPARE(followed.socket.responseUrl(), server.url("/redirect/302/0/end"));
}

void tst_Redirects::theSameOriginMayBeKept()
{
    PythonServer server("interop/http_peer.py");
    RawServer elsewhere;
    Followed near;
    near.socket.setRedirectPolicy(QNetworkRequest::SameOriginRedirectPolicy);
    near.socket.open(server.url("/redirect/307/0/end"));
    QVERIFY2(waitFor([&] { return near.isOver(); }), qPrintable(near.log.join('|')));
    QVERIFY(near.socket.isValid());
    Followed far;
    far.socket.setRedirectPolicy(QNetworkRequest::SameOriginRedirectPolicy);
    far.socket.open(server.url("/to?" + elsewhere.url().toString()));
    QVERIFY2(waitFor([&] { return far.isOver(); }), qPrintable(far.log.join('|')));
    QCOMPARE(far.log.filter("redirected").size(), 0);
    QVERIFY2(far.socket.errorString().contains("another scheme, host or port"),
             qPrintable(far.socket.errorString()));
    QVERIFY2(elsewhere.request.isEmpty(), elsewhere.request);
}

void tst_Redirects::elsewhereCredentialsStayBehind()
{
    PythonServer server("interop/http_peer.py");
    RawServer elsewhere;
    QUrl url = server.url("/to?" + elsewhere.url().toString());
    url.setUserName("bird");
    url.setPassword("seed");
    QNetworkRequest request(url);
    request.setRawHeader("Authorization", "Bearer worm");
    request.setRawHeader("X-Song", "tweet");
    Followed followed;
    followed.socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    followed.socket.open(request);
    QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
    QCOMPARE(followed.socket.responseUrl(), elsewhere.url());
    const QByteArray sent = elsewhere.request.toLower();
    QVERIFY2(!sent.contains("authorization") && sent.contains("x-song: tweet"), sent);
}

void tst_Redirects::reconnectingBeginsWhereOpenBegan()
{
    PythonServer server("interop/http_peer.py");
    RawServer elsewhere;
    const QUrl first = server.url("/to?" + elsewhere.url().toString());
    Followed followed;
    WebSocketReconnect reconnect;
    reconnect.setEnabled(true);
    reconnect.setInitialDelay(std::chrono::milliseconds(10));
    followed.socket.setReconnect(reconnect);
    followed.socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    followed.socket.open(first);
    QVERIFY2(waitFor([&] { return followed.socket.isValid(); }),
             qPrintable(followed.log.join('|')));
    QVERIFY(server.asked().contains("/to?"));
    elsewhere.request.clear();
    elsewhere.received.clear();
    elsewhere.socket->abort();
    QVERIFY2(waitFor([&] { return followed.log.count("connected") == 2; }),
             qPrintable(followed.log.join('|')));
    QVERIFY(server.asked().contains("/to?"));
    QCOMPARE(followed.socket.requestUrl(), first);
}

void tst_Redirects::whereTheLastOneLedIsKnownAfterAFailure()
{
    PythonServer server("interop/http_peer.py");
    QUrl nowhere;
    {
        RawServer gone;
        nowhere = gone.url();
    }
    Followed followed;
    followed.socket.setRedirectPolicy(QNetworkRequest::NoLessSafeRedirectPolicy);
    followed.socket.open(server.url("/to?" + nowhere.toString()));
    QVERIFY2(waitFor([&] { return followed.isOver(); }), qPrintable(followed.log.join('|')));
    QCOMPARE(followed.log.filter("redirected").size(), 1);
    QCOMPARE(followed.socket.responseUrl(), nowhere);
    QCOMPARE(followed.socket.error(), QAbstractSocket::ConnectionRefusedError);
}

QTEST_GUILESS_MAIN(tst_Redirects)
#include "tst_redirects.moc"
