// QWebSocketHandshakeOptions: a value that carries subprotocols.
#include "support.h"

#include <QtWebSockets/QWebSocketHandshakeOptions>

#include <type_traits>

using Options = QWebSocketHandshakeOptions;

static_assert(std::is_default_constructible_v<Options>);
static_assert(std::is_copy_constructible_v<Options> && std::is_copy_assignable_v<Options>);
static_assert(std::is_nothrow_move_constructible_v<Options>);
static_assert(std::is_nothrow_move_assignable_v<Options>);
static_assert(noexcept(std::declval<Options &>().swap(std::declval<Options &>())));

class tst_QWebSocketHandshakeOptions : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void startsEmpty();
    void keepsSubprotocolsVerbatim();
    void comparesByValue();
    void aCopyIsItsOwn();
    void canBeMovedAndSwapped();
};

void tst_QWebSocketHandshakeOptions::startsEmpty()
{
    QCOMPARE(Options().subprotocols(), QStringList());
}

void tst_QWebSocketHandshakeOptions::keepsSubprotocolsVerbatim()
{
    const QStringList names{"chat", "chat", "", "not a token", "x\r\ny"};
    Options options;
    options.setSubprotocols(names);
    QCOMPARE(options.subprotocols(), names);
}

void tst_QWebSocketHandshakeOptions::comparesByValue()
{
    Options first;
    Options second;
    QVERIFY(first == second);
    QVERIFY(!(first != second));
    first.setSubprotocols({"a", "b"});
    QVERIFY(first != second);
    second.setSubprotocols({"b", "a"});
    QVERIFY(first != second);
    second.setSubprotocols({"a", "b"});
    QVERIFY(first == second);
}

void tst_QWebSocketHandshakeOptions::aCopyIsItsOwn()
{
    Options first;
    first.setSubprotocols({"a"});
    Options second(first);
    second.setSubprotocols({"b"});
    QCOMPARE(first.subprotocols(), QStringList("a"));
    second = first;
    QVERIFY(first == second);
}

void tst_QWebSocketHandshakeOptions::canBeMovedAndSwapped()
{
    Options first;
    first.setSubprotocols({"a"});
    Options second(std::move(first));
    QCOMPARE(second.subprotocols(), QStringList("a"));
    Options third;
    third = std::move(second);
    QCOMPARE(third.subprotocols(), QStringList("a"));
    Options fourth;
    fourth.swap(third);
    QCOMPARE(fourth.subprotocols(), QStringList("a"));
    QCOMPARE(third.subprotocols(), QStringList());
}

QTEST_GUILESS_MAIN(tst_QWebSocketHandshakeOptions)
#include "tst_qwebsockethandshakeoptions.moc"
