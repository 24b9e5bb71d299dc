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
    static wirebird_status_t attach(wirebird_server_t server, QIODevice *device);

    ~Carrier() override;

protected:
    void customEvent(QEvent *event) override;

private:
    explicit Carrier(QIODevice *device);

    void follow();
    void carry();
    void give();
    void take();
    void endWriting();
    void finish();

    QPointer<QIODevice> m_device;
    StreamHandle m_stream;
    Wakeup *m_wakeup; ///< Destroyed by the engine.
    bool m_atEnd = false; ///< The device has said that no more comes.
    bool m_toldEnd = false;
    bool m_hasEnded = false; ///< Nothing more is written to the device.
};

} // namespace Wirebird
