// Accepts TCP connections for Qt's TLS.
#pragma once

#ifndef QT_NO_SSL
#  include <QtNetwork/qnetworkproxy.h>
#  include <QtNetwork/qtcpserver.h>

#  include <functional>
#  include <utility>

namespace Wirebird {

/// Hands over descriptors; keeps no connections. What it calls may close it.
class QtTlsListener final : public QTcpServer
{
public:
    QtTlsListener(std::function<void(qintptr)> accepted,
                  std::function<void(QAbstractSocket::SocketError)> failed, QObject *parent)
        : QTcpServer(parent), m_accepted(std::move(accepted))
    {
#  ifndef QT_NO_NETWORKPROXY
        // Servers listen on this machine, whatever the application's proxy.
        setProxy(QNetworkProxy::NoProxy);
#  endif
        connect(this, &QTcpServer::acceptError, this, std::move(failed));
    }

protected:
    void incomingConnection(qintptr descriptor) override { m_accepted(descriptor); }

private:
    const std::function<void(qintptr)> m_accepted;
};

} // namespace Wirebird
#endif
