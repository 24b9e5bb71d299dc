// Where a client's masking keys come from.
#pragma once

#include <wirebird/global.h>

#include <QtCore/qobject.h>

namespace Wirebird {

/// Makes the masking keys of WebSocket::setMaskGenerator().
class WIREBIRD_QT_EXPORT MaskGenerator : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY(MaskGenerator)

public:
    explicit MaskGenerator(QObject *parent = nullptr);
    ~MaskGenerator() override;

    /// Called when the generator is set. The result says whether it could be done.
    virtual bool seed() = 0;

    /// A key that no peer can foresee (RFC 6455 section 5.3).
    virtual quint32 nextMask() = 0;
};

} // namespace Wirebird
