// Where a client's masks come from.
#pragma once

#include "qwebsockets_global.h"

#include <QtCore/QObject>

QT_BEGIN_NAMESPACE

/// A generator of masks and keys of an application's own, for QWebSocket::setMaskGenerator().
class Q_WEBSOCKETS_EXPORT QMaskGenerator : public QObject
{
    Q_DISABLE_COPY(QMaskGenerator)

public:
    explicit QMaskGenerator(QObject *parent = nullptr);
    ~QMaskGenerator() override;

    /// Prepares the generator; false if that failed.
    virtual bool seed() = 0;
    /// The next mask: not to be guessed from those before it.
    virtual quint32 nextMask() = 0;
};

QT_END_NAMESPACE
