// QWebChannel over a WebSocket.
#pragma once

#include <QtCore/qglobal.h>
#include <QtWebChannel/qwebchannelabstracttransport.h>

#include <memory>

#if defined(WIREBIRD_WEBCHANNEL_BUILD)
#define WIREBIRD_WEBCHANNEL_EXPORT Q_DECL_EXPORT
#elif defined(WIREBIRD_WEBCHANNEL_SHARED)
#define WIREBIRD_WEBCHANNEL_EXPORT Q_DECL_IMPORT
#else
#define WIREBIRD_WEBCHANNEL_EXPORT
#endif

QT_BEGIN_NAMESPACE
class QWebChannel;
QT_END_NAMESPACE

namespace Wirebird {

class WebSocket;
class WebSocketChannelTransportPrivate;
class WebSocketServer;

/// What qwebchannel.js in a page talks to: a WebSocket as a transport of a
/// QWebChannel, or all of a server's.
class WIREBIRD_WEBCHANNEL_EXPORT WebSocketChannelTransport : public QWebChannelAbstractTransport
{
    Q_OBJECT
    Q_DISABLE_COPY(WebSocketChannelTransport)

public:
    explicit WebSocketChannelTransport(WebSocket *socket, QObject *parent = nullptr);
    ~WebSocketChannelTransport() override;

    static void serve(WebSocketServer *server, QWebChannel *channel);

    WebSocket *socket() const;

public Q_SLOTS:
    void sendMessage(const QJsonObject &message) override;

Q_SIGNALS:
    void disconnected();

private:
    std::unique_ptr<WebSocketChannelTransportPrivate> d;
};

} // namespace Wirebird
