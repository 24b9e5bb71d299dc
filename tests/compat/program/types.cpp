// What programs declare about Qt WebSockets' types, and that each header is there.
#include <QMaskGenerator>
#include <QWebSocketCorsAuthenticator>
#include <QWebSocketProtocol>
#include <QtWebSockets>
#include <QtWebSockets/QtWebSocketsVersion>
#include <QtWebSockets/qmaskgenerator.h>
#include <QtWebSockets/qwebsocket.h>
#include <QtWebSockets/qwebsocketcorsauthenticator.h>
#include <QtWebSockets/qwebsocketprotocol.h>
#include <QtWebSockets/qwebsockets_global.h>
#include <QtWebSockets/qwebsocketserver.h>

#ifndef QT_WEBSOCKETS_LIB
#  error "QT_WEBSOCKETS_LIB is not defined"
#endif
static_assert(QTWEBSOCKETS_VERSION == QT_VERSION, "the version is not Qt's");

Q_DECLARE_METATYPE(QWebSocketProtocol::CloseCode)
Q_DECLARE_METATYPE(QWebSocketProtocol::Version)
Q_DECLARE_METATYPE(QWebSocketServer::SslMode)
Q_DECLARE_METATYPE(QWebSocketCorsAuthenticator *)
Q_DECLARE_METATYPE(QSslError)

namespace {

class Q_DECL_HIDDEN Masks : public QMaskGenerator
{
public:
    using QMaskGenerator::QMaskGenerator;
    bool seed() override { return true; }
    quint32 nextMask() override { return 0x01020304; }
};

} // namespace

bool typesWork()
{
    Masks masks;
    QWebSocket socket;
    socket.setMaskGenerator(&masks);
    QWebSocketCorsAuthenticator authenticator(QStringLiteral("http://example.org"));
    QWebSocketServer server(QString(), QWebSocketServer::NonSecureMode);
    return socket.maskGenerator() == &masks && authenticator.allowed()
        && QVariant::fromValue(QWebSocketProtocol::CloseCodeGoingAway)
               .value<QWebSocketProtocol::CloseCode>()
        == QWebSocketProtocol::CloseCodeGoingAway
        && server.metaObject()->propertyCount() == 1 && socket.metaObject()->propertyCount() == 1;
}
