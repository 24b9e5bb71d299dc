// Where a client's masking keys come from.
#include <wirebird/maskgenerator.h>

namespace Wirebird {

/*!
    \class Wirebird::MaskGenerator
    \brief Makes masking keys in place of the engine's cryptographic generator.

    nextMask() is called from any thread, one call at a time, and must not call the
    WebSocket. Only tests and special hardware need this.
*/
/*! Makes a generator that nobody uses yet. */
MaskGenerator::MaskGenerator(QObject *parent) : QObject(parent) { }

MaskGenerator::~MaskGenerator() = default;

} // namespace Wirebird
