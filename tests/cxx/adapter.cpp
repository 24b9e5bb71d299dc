#include "wirebird-cxx-test/adapter.h"

#include <wirebird/websocket.h>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qtimer.h>

namespace {

rust::String toRust(const QString &text)
{
    const QByteArray utf8 = text.toUtf8();
    return rust::String(utf8.constData(), std::size_t(utf8.size()));
}

} // namespace

rust::String url_of(const wirebird_address_t &address)
{
    return toRust(QStringLiteral("ws://127.0.0.1:%1/").arg(address.port));
}

int32_t send_back(const wirebird_event_t &event)
{
    const auto *data = static_cast<const char *>(event.data);
    return wirebird_connection_send_text(event.connection, data, event.length);
}

int32_t close_normally(wirebird_connection_t connection)
{
    return wirebird_connection_close(connection, 1000, {"enough", 6});
}

rust::Vec<rust::String> run_client(rust::Str url, rust::Vec<rust::String> messages)
{
    int argc = 1;
    char name[] = "adapter";
    char *argv[] = {name, nullptr};
    QCoreApplication application(argc, argv);

    QStringList pending;
    for (const rust::String &message : messages)
        pending << QString::fromUtf8(message.data(), int(message.size()));

    rust::Vec<rust::String> log;
    Wirebird::WebSocket socket;
    const auto sendNext = [&] {
        if (!pending.isEmpty())
            socket.sendTextMessage(pending.takeFirst());
    };
    QObject::connect(&socket, &Wirebird::WebSocket::connected, &socket, [&] {
        log.push_back(rust::String("connected"));
        sendNext();
    });
    QObject::connect(&socket, &Wirebird::WebSocket::textMessageReceived, &socket,
                     [&](const QString &message) {
                         log.push_back(toRust(message));
                         sendNext();
                     });
    QObject::connect(&socket, &Wirebird::WebSocket::disconnected, &application, [&] {
        log.push_back(toRust(QStringLiteral("disconnected %1 %2")
                                 .arg(socket.closeCode())
                                 .arg(socket.closeReason())));
        application.quit();
    });
    QTimer::singleShot(30000, &application, [&] {
        log.push_back(rust::String("too late"));
        application.quit();
    });
    socket.open(QUrl(QString::fromUtf8(url.data(), int(url.size()))));
    application.exec();
    return log;
}
