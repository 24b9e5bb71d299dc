// QWebSocketCorsAuthenticator: a value that carries an origin and a decision.
#include "support.h"

#include <type_traits>

using Authenticator = QWebSocketCorsAuthenticator;

static_assert(!std::is_convertible_v<QString, Authenticator>, "made explicitly");
static_assert(!std::is_convertible_v<const Authenticator &, Authenticator>, "copied explicitly");
static_assert(std::is_constructible_v<Authenticator, const Authenticator &>);
static_assert(std::is_move_constructible_v<Authenticator>);
static_assert(std::is_copy_assignable_v<Authenticator>);
#if WEBSOCKETS_SINCE(6, 4)
static_assert(std::is_nothrow_move_constructible_v<Authenticator>);
static_assert(std::is_nothrow_move_assignable_v<Authenticator>);
static_assert(noexcept(std::declval<Authenticator &>().swap(std::declval<Authenticator &>())));
#endif

class tst_QWebSocketCorsAuthenticator : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void allowsItsOriginFromTheStart();
    void keepsADecision();
    void anOriginMayBeEmpty();
    void aCopyIsItsOwn();
    void anAssignedCopyIsItsOwn();
    void canBeMoved();
    void swaps();
};

void tst_QWebSocketCorsAuthenticator::allowsItsOriginFromTheStart()
{
    const Authenticator authenticator("https://example.org");
    QCOMPARE(authenticator.origin(), QString("https://example.org"));
    QVERIFY(authenticator.allowed());
}

void tst_QWebSocketCorsAuthenticator::keepsADecision()
{
    Authenticator authenticator("a");
    authenticator.setAllowed(false);
    QVERIFY(!authenticator.allowed());
    authenticator.setAllowed(true);
    QVERIFY(authenticator.allowed());
}

void tst_QWebSocketCorsAuthenticator::anOriginMayBeEmpty()
{
    QCOMPARE(Authenticator(QString()).origin(), QString());
}

void tst_QWebSocketCorsAuthenticator::aCopyIsItsOwn()
{
    Authenticator first("a");
    first.setAllowed(false);
    Authenticator second(first);
    QCOMPARE(second.origin(), QString("a"));
    QVERIFY(!second.allowed());
    second.setAllowed(true);
    QVERIFY(!first.allowed());
}

void tst_QWebSocketCorsAuthenticator::anAssignedCopyIsItsOwn()
{
    Authenticator first("a");
    Authenticator second("b");
    second = first;
    QCOMPARE(second.origin(), QString("a"));
    second.setAllowed(false);
    QVERIFY(first.allowed());
    const Authenticator &itself = second;
    second = itself;
    QCOMPARE(second.origin(), QString("a"));
    QVERIFY(!second.allowed());
}

void tst_QWebSocketCorsAuthenticator::canBeMoved()
{
    Authenticator first("a");
    first.setAllowed(false);
    Authenticator second(std::move(first));
    QCOMPARE(second.origin(), QString("a"));
    Authenticator third("c");
    third = std::move(second);
    QCOMPARE(third.origin(), QString("a"));
    QVERIFY(!third.allowed());
}

void tst_QWebSocketCorsAuthenticator::swaps()
{
    Authenticator first("a");
    Authenticator second("b");
    second.setAllowed(false);
    first.swap(second);
    QCOMPARE(first.origin(), QString("b"));
    QVERIFY(!first.allowed());
    QCOMPARE(second.origin(), QString("a"));
    QVERIFY(second.allowed());
}

QTEST_GUILESS_MAIN(tst_QWebSocketCorsAuthenticator)
#include "tst_qwebsocketcorsauthenticator.moc"
