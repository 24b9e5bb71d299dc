// Where a client's masks come from.
#include "QtWebSockets/qmaskgenerator.h"

QT_BEGIN_NAMESPACE

/*!
    \class QMaskGenerator
    \brief An application's own generator of masks.

    QWebSocket takes one by setMaskGenerator() and doesn't own it. Without one,
    masks come from the engine's cryptographic generator, a fresh one for each
    frame, which is what RFC 6455 section 10.3 asks for.
*/

QMaskGenerator::QMaskGenerator(QObject *parent)
    : QObject(parent)
{
}

QMaskGenerator::~QMaskGenerator() = default;

QT_END_NAMESPACE
