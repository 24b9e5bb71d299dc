/* What the code in the README and the guide takes for granted. Declared, not defined: the
   samples are compiled and not linked. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wirebird/wirebird.h>

#ifndef __cplusplus

#define SAMPLE_CONTEXT                                                                             \
    wirebird_queue_t queue, wirebird_server_t server, wirebird_connection_t connection,           \
        wirebird_connection_t *clients, size_t count, wirebird_event_t event

#else

#include <wirebird/httprequest.h>
#include <wirebird/httpresponder.h>
#include <wirebird/httpresponse.h>
#include <wirebird/websocket.h>
#include <wirebird/websocketserver.h>

#include <QtCore/QtCore>
#include <QtNetwork/QtNetwork>

#include <memory>

using namespace Wirebird;

/* A QObject of the application, in one of whose functions the code stands. */
struct Context : QObject
{
    QCoreApplication &app();
    WebSocket socket;
    WebSocketServer server{QStringLiteral("sample"), WebSocketServer::NonSecureMode};
    QNetworkAccessManager manager;
    QSslKey key;
    QThread *worker = nullptr;
    QString token;
    QList<WebSocket *> clients;
    QObject oven;

    bool isUser(const QUrlQuery &form);
    bool isSession(const QByteArray &cookie);
    QByteArray newSession();
    void resumeUploading();
    void pauseUploading();
    void subscribeAgain();
};

#endif
