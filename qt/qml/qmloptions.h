// The groups of properties that set options: compression { … }, heartbeat { … } and
// their like. Times are in milliseconds, sizes in bytes; ranges and defaults are those
// of the C++ class of the same name.
#pragma once

#include <wirebird/websocketcompression.h>
#include <wirebird/websocketheartbeat.h>
#include <wirebird/websocketlimits.h>
#include <wirebird/websocketreconnect.h>
#include <wirebird/websocketserverlimits.h>

#include <QtCore/qobject.h>
#include <QtQml/qqml.h>

#include <chrono>

namespace Wirebird {

/// WebSocketCompression.
class QmlCompression : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled NOTIFY changed)
    Q_PROPERTY(int level READ level WRITE setLevel NOTIFY changed)
    Q_PROPERTY(double threshold READ threshold WRITE setThreshold NOTIFY changed)
    Q_PROPERTY(int serverMaxWindowBits READ serverMaxWindowBits WRITE setServerMaxWindowBits
                   NOTIFY changed)
    Q_PROPERTY(int clientMaxWindowBits READ clientMaxWindowBits WRITE setClientMaxWindowBits
                   NOTIFY changed)
    Q_PROPERTY(bool serverNoContextTakeover READ serverNoContextTakeover
                   WRITE setServerNoContextTakeover NOTIFY changed)
    Q_PROPERTY(bool clientNoContextTakeover READ clientNoContextTakeover
                   WRITE setClientNoContextTakeover NOTIFY changed)
    QML_ANONYMOUS

public:
    QmlCompression(const WebSocketCompression &value, QObject *parent)
        : QObject(parent), m_value(value)
    {
    }

    const WebSocketCompression &value() const { return m_value; }
    bool isEnabled() const { return m_value.isEnabled(); }
    void setEnabled(bool enabled);
    int level() const { return m_value.level(); }
    void setLevel(int level);
    double threshold() const { return double(m_value.threshold()); }
    void setThreshold(double threshold);
    int serverMaxWindowBits() const { return m_value.serverMaxWindowBits(); }
    void setServerMaxWindowBits(int bits);
    int clientMaxWindowBits() const { return m_value.clientMaxWindowBits(); }
    void setClientMaxWindowBits(int bits);
    bool serverNoContextTakeover() const { return m_value.serverNoContextTakeover(); }
    void setServerNoContextTakeover(bool none);
    bool clientNoContextTakeover() const { return m_value.clientNoContextTakeover(); }
    void setClientNoContextTakeover(bool none);

Q_SIGNALS:
    void changed();

private:
    WebSocketCompression m_value;
};

/// WebSocketHeartbeat.
class QmlHeartbeat : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int interval READ interval WRITE setInterval NOTIFY changed)
    Q_PROPERTY(int timeout READ timeout WRITE setTimeout NOTIFY changed)
    QML_ANONYMOUS

public:
    QmlHeartbeat(const WebSocketHeartbeat &value, QObject *parent)
        : QObject(parent), m_value(value)
    {
    }

    const WebSocketHeartbeat &value() const { return m_value; }
    int interval() const { return int(m_value.interval().count()); }
    void setInterval(int interval);
    int timeout() const { return int(m_value.timeout().count()); }
    void setTimeout(int timeout);

Q_SIGNALS:
    void changed();

private:
    WebSocketHeartbeat m_value;
};

/// WebSocketReconnect.
class QmlReconnect : public QObject
{
    Q_OBJECT
    Q_PROPERTY(bool enabled READ isEnabled WRITE setEnabled NOTIFY changed)
    Q_PROPERTY(int initialDelay READ initialDelay WRITE setInitialDelay NOTIFY changed)
    Q_PROPERTY(int maximumDelay READ maximumDelay WRITE setMaximumDelay NOTIFY changed)
    Q_PROPERTY(double factor READ factor WRITE setFactor NOTIFY changed)
    Q_PROPERTY(double jitter READ jitter WRITE setJitter NOTIFY changed)
    Q_PROPERTY(int maximumAttempts READ maximumAttempts WRITE setMaximumAttempts NOTIFY changed)
    Q_PROPERTY(int resetAfter READ resetAfter WRITE setResetAfter NOTIFY changed)
    QML_ANONYMOUS

public:
    explicit QmlReconnect(QObject *parent) : QObject(parent) { }

    const WebSocketReconnect &value() const { return m_value; }
    bool isEnabled() const { return m_value.isEnabled(); }
    void setEnabled(bool enabled);
    int initialDelay() const { return int(m_value.initialDelay().count()); }
    void setInitialDelay(int delay);
    int maximumDelay() const { return int(m_value.maximumDelay().count()); }
    void setMaximumDelay(int delay);
    double factor() const { return m_value.factor(); }
    void setFactor(double factor);
    double jitter() const { return m_value.jitter(); }
    void setJitter(double jitter);
    int maximumAttempts() const { return m_value.maximumAttempts(); }
    void setMaximumAttempts(int attempts);
    int resetAfter() const { return int(m_value.resetAfter().count()); }
    void setResetAfter(int time);

Q_SIGNALS:
    void changed();

private:
    WebSocketReconnect m_value;
};

/// WebSocketLimits.
class QmlLimits : public QObject
{
    Q_OBJECT
    Q_PROPERTY(double maxMessageSize READ maxMessageSize WRITE setMaxMessageSize NOTIFY changed)
    Q_PROPERTY(double maxFrameSize READ maxFrameSize WRITE setMaxFrameSize NOTIFY changed)
    Q_PROPERTY(double maxFragments READ maxFragments WRITE setMaxFragments NOTIFY changed)
    Q_PROPERTY(double highWater READ highWater WRITE setHighWater NOTIFY changed)
    Q_PROPERTY(double maxUnsent READ maxUnsent WRITE setMaxUnsent NOTIFY changed)
    Q_PROPERTY(Overflow overflow READ overflow WRITE setOverflow NOTIFY changed)
    Q_PROPERTY(int handshakeTimeout READ handshakeTimeout WRITE setHandshakeTimeout
                   NOTIFY changed)
    Q_PROPERTY(int closeTimeout READ closeTimeout WRITE setCloseTimeout NOTIFY changed)
    Q_PROPERTY(int frameTimeout READ frameTimeout WRITE setFrameTimeout NOTIFY changed)
    QML_NAMED_ELEMENT(WebSocketLimits)
    QML_UNCREATABLE("WebSocketLimits are the property limits of others.")

public:
    enum Overflow {
        CloseConnection = WebSocketLimits::CloseConnection,
        DropNewest = WebSocketLimits::DropNewest,
        DropOldest = WebSocketLimits::DropOldest
    };
    Q_ENUM(Overflow)

    QmlLimits(const WebSocketLimits &value, QObject *parent) : QObject(parent), m_value(value) { }

    const WebSocketLimits &value() const { return m_value; }
    double maxMessageSize() const { return double(m_value.maxMessageSize()); }
    void setMaxMessageSize(double size);
    double maxFrameSize() const { return double(m_value.maxFrameSize()); }
    void setMaxFrameSize(double size);
    double maxFragments() const { return double(m_value.maxFragments()); }
    void setMaxFragments(double fragments);
    double highWater() const { return double(m_value.highWater()); }
    void setHighWater(double size);
    double maxUnsent() const { return double(m_value.maxUnsent()); }
    void setMaxUnsent(double size);
    Overflow overflow() const { return Overflow(m_value.overflow()); }
    void setOverflow(Overflow overflow);
    int handshakeTimeout() const { return int(m_value.handshakeTimeout().count()); }
    void setHandshakeTimeout(int timeout);
    int closeTimeout() const { return int(m_value.closeTimeout().count()); }
    void setCloseTimeout(int timeout);
    int frameTimeout() const { return int(m_value.frameTimeout().count()); }
    void setFrameTimeout(int timeout);

Q_SIGNALS:
    void changed();

private:
    WebSocketLimits m_value;
};

/// WebSocketServerLimits.
class QmlServerLimits : public QObject
{
    Q_OBJECT
    Q_PROPERTY(int maxConnections READ maxConnections WRITE setMaxConnections NOTIFY changed)
    Q_PROPERTY(int maxHandshakes READ maxHandshakes WRITE setMaxHandshakes NOTIFY changed)
    Q_PROPERTY(int maxHandshakesPerAddress READ maxHandshakesPerAddress
                   WRITE setMaxHandshakesPerAddress NOTIFY changed)
    Q_PROPERTY(int backlog READ backlog WRITE setBacklog NOTIFY changed)
    Q_PROPERTY(int maxHeaderSize READ maxHeaderSize WRITE setMaxHeaderSize NOTIFY changed)
    Q_PROPERTY(int maxHeaders READ maxHeaders WRITE setMaxHeaders NOTIFY changed)
    QML_ANONYMOUS

public:
    explicit QmlServerLimits(QObject *parent) : QObject(parent) { }

    const WebSocketServerLimits &value() const { return m_value; }
    int maxConnections() const { return int(m_value.maxConnections()); }
    void setMaxConnections(int connections);
    int maxHandshakes() const { return int(m_value.maxHandshakes()); }
    void setMaxHandshakes(int handshakes);
    int maxHandshakesPerAddress() const { return int(m_value.maxHandshakesPerAddress()); }
    void setMaxHandshakesPerAddress(int handshakes);
    int backlog() const { return int(m_value.backlog()); }
    void setBacklog(int backlog);
    int maxHeaderSize() const { return int(m_value.maxHeaderSize()); }
    void setMaxHeaderSize(int size);
    int maxHeaders() const { return int(m_value.maxHeaders()); }
    void setMaxHeaders(int headers);

Q_SIGNALS:
    void changed();

private:
    WebSocketServerLimits m_value;
};

} // namespace Wirebird
