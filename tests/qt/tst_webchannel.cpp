// QWebChannel over WebSockets: what qwebchannel.js sends and gets, by a client that speaks its
// messages by hand.
#include "support.h"

#include <wirebird/websocketchanneltransport.h>

#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtWebChannel/QWebChannel>

namespace {

/// The types of the messages.
enum {
    Signal = 1,
    PropertyUpdate,
    Init,
    Idle,
    InvokeMethod = 6,
    ConnectToSignal,
    SetProperty = 9,
    Response
};

} // namespace

class Nest : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int eggs READ eggs WRITE setEggs NOTIFY eggsChanged)

public:
    int eggs() const { return m_eggs; }
    void setEggs(int eggs)
    {
        m_eggs = eggs;
        emit eggsChanged();
    }
    Q_INVOKABLE QString greet(const QString &name) { return "Hello, " + name; }

Q_SIGNALS:
    void eggsChanged();
    void hatched(const QString &name);

private:
    int m_eggs = 3;
};

/// A client of the channel.
class Page
{
public:
    WebSocket socket;
    QList<QJsonObject> messages;
    QJsonObject nest; ///< As the channel describes it.

    Page()
    {
        QObject::connect(&socket, &WebSocket::textMessageReceived, [this](const QString &text) {
            messages << QJsonDocument::fromJson(text.toUtf8()).object();
        });
    }

    bool open(const WebSocketServer &server)
    {
        socket.open(server.serverUrl());
        if (!waitFor([this] { return socket.isValid(); }))
            return false;
        const QJsonValue data = ask({ { "type", Init } });
        nest = data.toObject()["nest"].toObject();
        send({ { "type", Idle } });
        return !nest.isEmpty();
    }

    void send(const QJsonObject &message)
    {
        socket.sendTextMessage(QString::fromUtf8(QJsonDocument(message).toJson()));
    }

    /// What the response to `message` has.
    QJsonValue ask(QJsonObject message)
    {
        const int id = ++m_id;
        message["id"] = id;
        send(message);
        const QJsonObject response = next([id](const QJsonObject &message) {
            return message["type"].toInt() == Response && message["id"].toInt() == id;
        });
        return response["data"];
    }

    QJsonObject next(const std::function<bool(const QJsonObject &)> &isWanted)
    {
        QJsonObject found;
        waitFor([&] {
            for (const QJsonObject &message : messages) {
                if (isWanted(message))
                    found = message;
            }
            return !found.isEmpty();
        });
        return found;
    }
    QJsonObject next(int type)
    {
        return next([type](const QJsonObject &message) { return message["type"].toInt() == type; });
    }

    /// The number of a method, property or signal.
    int number(const QString &kind, const QString &name) const
    {
        for (const QJsonValue &value : nest[kind].toArray()) {
            const QJsonArray entry = value.toArray();
            if (entry[0].toString() == name)
                return entry[1].toInt();
            if (entry[1].toString() == name)
                return entry[0].toInt();
        }
        return -1;
    }
    int numberOfSignal(const QString &name) const { return number("signals", name); }

private:
    int m_id = 0;
};

class tst_WebChannel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void aMethodIsCalled();
    void aPropertyIsSet();
    void aPropertyChangeIsTold();
    void aSignalIsTold();
    void everyClientIsTold();
    void connectionsFromBeforeAreServed();
    void aConnectionThatIsGoneBeforeIsForgotten();
    void aClientThatGoesIsForgotten();
    void garbageClosesWith1007_data();
    void garbageClosesWith1007();
    void bytesCloseWith1003();
    void unknownObjectsDoNoHarm();
    void theChannelEndsItsConnections();
    void theServerMayGoFirst();
    void aTransportOwnsItsSocket();

private:
    std::unique_ptr<Nest> nest;
    std::unique_ptr<QWebChannel> channel;
    std::unique_ptr<WebSocketServer> server;
    int transports() const
    {
        return int(channel->findChildren<WebSocketChannelTransport *>().size());
    }
};

void tst_WebChannel::init()
{
    nest = std::make_unique<Nest>();
    channel = std::make_unique<QWebChannel>();
    channel->registerObject("nest", nest.get());
    server = std::make_unique<WebSocketServer>("test", WebSocketServer::NonSecureMode);
    QVERIFY(server->listen(QHostAddress::LocalHost));
    WebSocketChannelTransport::serve(server.get(), channel.get());
}

void tst_WebChannel::cleanup()
{
    server.reset();
    channel.reset();
    nest.reset();
}

void tst_WebChannel::aMethodIsCalled()
{
    Page page;
    QVERIFY(page.open(*server));
    const QJsonValue answer =
        page.ask({ { "type", InvokeMethod },
                   { "object", "nest" },
                   { "method", page.number("methods", "greet") },
                   { "args", QJsonArray { QString::fromUtf8("Zaunkönig") } } });
    QCOMPARE(answer.toString(), QString::fromUtf8("Hello, Zaunkönig"));
}

void tst_WebChannel::aPropertyIsSet()
{
    Page page;
    QVERIFY(page.open(*server));
    page.send({ { "type", SetProperty },
                { "object", "nest" },
                { "property", page.number("properties", "eggs") },
                { "value", 7 } });
    QVERIFY(waitFor([this] { return nest->eggs() == 7; }));
}

void tst_WebChannel::aPropertyChangeIsTold()
{
    Page page;
    QVERIFY(page.open(*server));
    nest->setEggs(5);
    const QJsonObject update = page.next(PropertyUpdate);
    const QJsonObject data = update["data"].toArray()[0].toObject();
    QCOMPARE(data["object"].toString(), QString("nest"));
    const QString property = QString::number(page.number("properties", "eggs"));
    QCOMPARE(data["properties"].toObject()[property].toInt(), 5);
}

void tst_WebChannel::aSignalIsTold()
{
    Page page;
    QVERIFY(page.open(*server));
    const int signal = page.numberOfSignal("hatched");
    page.send({ { "type", ConnectToSignal }, { "object", "nest" }, { "signal", signal } });
    // Answered after that.
    page.ask({ { "type", InvokeMethod },
               { "object", "nest" },
               { "method", page.number("methods", "greet") },
               { "args", QJsonArray { "you" } } });
    emit nest->hatched("Pip");
    const QJsonObject told = page.next(Signal);
    QCOMPARE(told["signal"].toInt(), signal);
    QCOMPARE(told["args"].toArray()[0].toString(), QString("Pip"));
}

void tst_WebChannel::everyClientIsTold()
{
    Page first, second;
    QVERIFY(first.open(*server));
    QVERIFY(second.open(*server));
    QCOMPARE(transports(), 2);
    nest->setEggs(9);
    QVERIFY(!first.next(PropertyUpdate).isEmpty());
    QVERIFY(!second.next(PropertyUpdate).isEmpty());
}

void tst_WebChannel::connectionsFromBeforeAreServed()
{
    WebSocketServer late("late", WebSocketServer::NonSecureMode);
    QVERIFY(late.listen(QHostAddress::LocalHost));
    Page page;
    page.socket.open(late.serverUrl());
    QVERIFY(waitFor([&] { return late.hasPendingConnections() && page.socket.isValid(); }));
    WebSocketChannelTransport::serve(&late, channel.get());
    QVERIFY(page.ask({ { "type", Init } }).toObject().contains("nest"));
}

void tst_WebChannel::aConnectionThatIsGoneBeforeIsForgotten()
{
    WebSocketServer late("late", WebSocketServer::NonSecureMode);
    QVERIFY(late.listen(QHostAddress::LocalHost));
    WebSocket client;
    client.open(late.serverUrl());
    QVERIFY(waitFor([&] { return late.hasPendingConnections() && client.isValid(); }));
    client.abort();
    WebSocketChannelTransport::serve(&late, channel.get());
    QCOMPARE(transports(), 1);
    QVERIFY(waitFor([this] { return transports() == 0; }));
}

void tst_WebChannel::aClientThatGoesIsForgotten()
{
    Page stays, goes, vanishes;
    QVERIFY(stays.open(*server));
    QVERIFY(goes.open(*server));
    QVERIFY(vanishes.open(*server));
    QCOMPARE(transports(), 3);
    goes.socket.close();
    vanishes.socket.abort();
    QVERIFY(waitFor([this] { return transports() == 1; }));
    nest->setEggs(1);
    QVERIFY(!stays.next(PropertyUpdate).isEmpty());
}

void tst_WebChannel::garbageClosesWith1007_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("nothing") << QString();
    QTest::newRow("no JSON") << QString("hello");
    QTest::newRow("an array") << QString("[1,2]");
    QTest::newRow("half an object") << QString("{\"type\":");
    QTest::newRow("too deep") << QString(5000, '[');
}

void tst_WebChannel::garbageClosesWith1007()
{
    QFETCH(QString, text);
    Page page, other;
    QVERIFY(page.open(*server));
    QVERIFY(other.open(*server));
    page.socket.sendTextMessage(text);
    QVERIFY(waitFor([&] { return page.socket.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(page.socket.closeCode(), CloseCodeWrongDatatype);
    QCOMPARE(page.socket.closeReason(), QString("not a JSON object"));
    nest->setEggs(2);
    QVERIFY(!other.next(PropertyUpdate).isEmpty());
}

void tst_WebChannel::bytesCloseWith1003()
{
    Page page;
    QVERIFY(page.open(*server));
    page.socket.sendBinaryMessage("{}");
    QVERIFY(waitFor([&] { return page.socket.state() == QAbstractSocket::UnconnectedState; }));
    QCOMPARE(page.socket.closeCode(), CloseCodeDatatypeNotSupported);
}

void tst_WebChannel::unknownObjectsDoNoHarm()
{
    Page page;
    QVERIFY(page.open(*server));
    page.send({ { "type", 99 } });
    page.send(
        { { "type", InvokeMethod }, { "object", "burrow" }, { "method", 5 }, { "id", 1000 } });
    page.send(
        { { "type", SetProperty }, { "object", "nest" }, { "property", -7 }, { "value", 1 } });
    page.send({ { "type", ConnectToSignal }, { "object", "nest" }, { "signal", 12345 } });
    QCOMPARE(page.ask({ { "type", InvokeMethod },
                        { "object", "nest" },
                        { "method", page.number("methods", "greet") },
                        { "args", QJsonArray { "you" } } })
                 .toString(),
             QString("Hello, you"));
}

void tst_WebChannel::theChannelEndsItsConnections()
{
    Page page;
    QVERIFY(page.open(*server));
    channel.reset();
    QVERIFY(waitFor([&] { return page.socket.state() == QAbstractSocket::UnconnectedState; }));
    // Who comes now waits for somebody else to fetch them.
    Page late;
    late.socket.open(server->serverUrl());
    QVERIFY(waitFor([&] { return late.socket.isValid(); }));
}

void tst_WebChannel::theServerMayGoFirst()
{
    Page page;
    QVERIFY(page.open(*server));
    server.reset();
    QCOMPARE(page.ask({ { "type", InvokeMethod },
                        { "object", "nest" },
                        { "method", page.number("methods", "greet") },
                        { "args", QJsonArray { "you" } } })
                 .toString(),
             QString("Hello, you"));
}

void tst_WebChannel::aTransportOwnsItsSocket()
{
    Pair pair;
    QVERIFY(pair.open());
    QPointer<WebSocket> socket = pair.peer;
    auto transport = std::make_unique<WebSocketChannelTransport>(socket);
    QCOMPARE(transport->socket(), socket.data());
    transport->sendMessage({ { "bird", "wren" } });
    QStringList texts;
    connect(pair.client.get(), &WebSocket::textMessageReceived,
            [&](const QString &text) { texts << text; });
    QVERIFY(waitFor([&] { return !texts.isEmpty(); }));
    QCOMPARE(texts[0], QString("{\"bird\":\"wren\"}"));
    delete socket;
    QCOMPARE(transport->socket(), nullptr);
    transport->sendMessage({});
    transport.reset();
}

QTEST_GUILESS_MAIN(tst_WebChannel)
#include "tst_webchannel.moc"
