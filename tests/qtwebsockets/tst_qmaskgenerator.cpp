// QMaskGenerator: what an application's own generator is asked for.
#include "rawpeers.h"
#include "support.h"

#include <QtWebSockets/QMaskGenerator>

#include <type_traits>

static_assert(std::is_base_of_v<QObject, QMaskGenerator>);
static_assert(std::is_abstract_v<QMaskGenerator>);
static_assert(std::has_virtual_destructor_v<QMaskGenerator>);
static_assert(!std::is_copy_constructible_v<QMaskGenerator>);

namespace {

/// Gives one mask again and again, the same in either byte order.
class Repeating : public QMaskGenerator
{
public:
    explicit Repeating(char byte, QObject *parent = nullptr) : QMaskGenerator(parent), m_byte(byte)
    {}

    bool seed() override { return true; }
    quint32 nextMask() override
    {
        ++asked;
        return quint32(m_byte) * 0x01010101u;
    }

    int asked = 0;

private:
    char m_byte;
};

} // namespace

class tst_QMaskGenerator : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void hasAParent();
    void makesTheKeyAndTheMasks();
    void nullRestoresTheDefault();
    void isNotOwned();
    void masksDifferByDefault();
};

void tst_QMaskGenerator::hasAParent()
{
    QObject parent;
    const auto *generator = new Repeating('a', &parent);
    QCOMPARE(generator->parent(), &parent);
    const Repeating orphan('a');
    QCOMPARE(orphan.parent(), nullptr);
}

void tst_QMaskGenerator::makesTheKeyAndTheMasks()
{
    RawServer server;
    Repeating generator('a');
    QWebSocket socket;
    socket.setMaskGenerator(&generator);
    QCOMPARE(socket.maskGenerator(), &generator);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(field(server.request, "Sec-WebSocket-Key"), QByteArray(16, 'a').toBase64());
    QVERIFY(generator.asked >= 4);
    generator.asked = 0;
    socket.sendTextMessage("one");
    socket.sendTextMessage("two");
    QVERIFY(waitFor([&] { return framesOf(server.received).size() == 2; }));
    QCOMPARE(framesOf(server.received).at(0).mask, QByteArray("aaaa"));
    QCOMPARE(described(server.received), (QByteArrayList{"81 one", "81 two"}));
    QCOMPARE(generator.asked, 2);
}

void tst_QMaskGenerator::nullRestoresTheDefault()
{
    RawServer server;
    Repeating generator('a');
    QWebSocket socket;
    socket.setMaskGenerator(&generator);
    socket.setMaskGenerator(nullptr);
    QVERIFY(socket.maskGenerator() != &generator);
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    QCOMPARE(generator.asked, 0);
}

void tst_QMaskGenerator::isNotOwned()
{
    Repeating generator('a');
    {
        QWebSocket socket;
        socket.setMaskGenerator(&generator);
    }
    QCOMPARE(generator.nextMask(), 0x61616161u);
}

void tst_QMaskGenerator::masksDifferByDefault()
{
    RawServer server;
    QWebSocket socket;
    socket.open(server.url());
    QVERIFY(waitFor([&] { return socket.isValid(); }));
    for (int i = 0; i < 20; ++i)
        socket.sendTextMessage("hello");
    QVERIFY(waitFor([&] { return framesOf(server.received).size() == 20; }));
    QByteArrayList masks;
    for (const Frame &frame : framesOf(server.received)) {
        QCOMPARE(frame.mask.size(), 4);
        QVERIFY2(!masks.contains(frame.mask), frame.mask.toHex());
        masks.append(frame.mask);
    }
}

QTEST_GUILESS_MAIN(tst_QMaskGenerator)
#include "tst_qmaskgenerator.moc"
