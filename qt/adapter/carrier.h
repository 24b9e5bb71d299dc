// Bytes between a device of the application, such as a QTcpSocket, and the engine.
#pragma once

#include "handle.h"

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>

QT_BEGIN_NAMESPACE
class QIODevice;
QT_END_NAMESPACE

namespace Wirebird {

class Wakeup;

/// Carries the bytes of one device in the thread in which it was made, to which
/// the device has to belong; destroys itself with the device once the engine is
/// done with it, or with the thread.
class Carrier final : public QObject
{
public:
    /// Gives the device, open and connected, to a server of the engine.
    static wirebird_status_t attach(wirebird_server_t server, QIODevice *device,
                                    qint32 handshakeTimeout = 0);
    /// Opens a connection over a device that is not connected yet: its bytes are
    /// carried from start() on. `carrier` belongs to the caller until then.
    static wirebird_status_t open(wirebird_queue_t queue, const wirebird_client_options_t &options,
                                  QIODevice *device, wirebird_connection_t *connection,
                                  Carrier **carrier);

    void start();
    bool isWaiting() const { return m_isWaiting; }
    void carry();

    ~Carrier() override;

protected:
    void customEvent(QEvent *event) override;

private:
    explicit Carrier(QIODevice *device);

    wirebird_stream_options_t streamOptions() const;
    void unmake();
    void follow();
    void give();
    void take();
    void endWriting();
    void finish();

    QPointer<QIODevice> m_device;
    StreamHandle m_stream;
    Wakeup *m_wakeup; ///< Destroyed by the engine.
    bool m_atEnd = false; ///< The device has said that no more comes.
    bool m_toldEnd = false;
    bool m_isWaiting = false; ///< For start().
    bool m_hasEnded = false; ///< Nothing more is written to the device.
};

} // namespace Wirebird
