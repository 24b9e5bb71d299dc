// Between the drop-in's value types and the adapter's.
#pragma once

#include "QtWebSockets/qwebsockethandshakeoptions.h"
#include "QtWebSockets/qwebsocketprotocol.h"

#include <wirebird/handshakeoptions.h>
#include <wirebird/websocketprotocol.h>

QT_BEGIN_NAMESPACE

inline Wirebird::WebSocketHandshakeOptions toWirebird(const QWebSocketHandshakeOptions &options)
{
    Wirebird::WebSocketHandshakeOptions result;
    result.setSubprotocols(options.subprotocols());
    return result;
}

inline QWebSocketHandshakeOptions fromWirebird(const Wirebird::WebSocketHandshakeOptions &options)
{
    QWebSocketHandshakeOptions result;
    result.setSubprotocols(options.subprotocols());
    return result;
}

inline QWebSocketProtocol::CloseCode fromWirebird(Wirebird::WebSocketProtocol::CloseCode code)
{
    return QWebSocketProtocol::CloseCode(code);
}

QT_END_NAMESPACE
