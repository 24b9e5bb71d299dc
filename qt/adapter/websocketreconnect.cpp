// Whether and when a connection that was lost is opened again: the settings.
#include <wirebird/websocketreconnect.h>

#include "connectionoptions.h"

#include <algorithm>

namespace Wirebird {

class WebSocketReconnectPrivate : public QSharedData
{
public:
    auto tie() const
    {
        return std::tie(enabled, initialDelay, maximumDelay, factor, jitter, maximumAttempts,
                        resetAfter);
    }

    bool enabled = false;
    std::chrono::milliseconds initialDelay{1000};
    std::chrono::milliseconds maximumDelay{30000};
    double factor = 2;
    double jitter = 0.5;
    int maximumAttempts = 0;
    std::chrono::milliseconds resetAfter{10000};
};

/*!
    \class Wirebird::WebSocketReconnect
    \brief Opens a connection again that was lost or could not be opened, after
    delays that grow.

    The n-th attempt in a row waits for initialDelay() × factor()ⁿ⁻¹, maximumDelay()
    at most, of which up to the part jitter() is left out at random, so that the
    clients of a server that comes back don't all come at once. The answers 408, 429
    and 503 of a server may ask for a longer delay (Retry-After, RFC 9110 section
    10.2.3), which is kept up to an hour.

    What is opened again and what is not: WebSocket::setReconnect().
*/

WebSocketReconnect::WebSocketReconnect() : d(new WebSocketReconnectPrivate) { }

WebSocketReconnect::WebSocketReconnect(const WebSocketReconnect &other) = default;
WebSocketReconnect::WebSocketReconnect(WebSocketReconnect &&other) noexcept = default;
WebSocketReconnect::~WebSocketReconnect() = default;
WebSocketReconnect &WebSocketReconnect::operator=(const WebSocketReconnect &other) = default;

/*! Default false. */
bool WebSocketReconnect::isEnabled() const
{
    return d->enabled;
}

void WebSocketReconnect::setEnabled(bool enabled)
{
    d->enabled = enabled;
}

/*! Before the first attempt. From 10 ms on; default 1 s. */
std::chrono::milliseconds WebSocketReconnect::initialDelay() const
{
    return d->initialDelay;
}

void WebSocketReconnect::setInitialDelay(std::chrono::milliseconds initialDelay)
{
    d->initialDelay = clampTime(initialDelay, 10);
}

/*! The longest delay, also where initialDelay() is longer. From 10 ms on; default 30 s. */
std::chrono::milliseconds WebSocketReconnect::maximumDelay() const
{
    return d->maximumDelay;
}

void WebSocketReconnect::setMaximumDelay(std::chrono::milliseconds maximumDelay)
{
    d->maximumDelay = clampTime(maximumDelay, 10);
}

/*! By how much each delay is longer than the one before. 1 to 10, default 2. */
double WebSocketReconnect::factor() const
{
    return d->factor;
}

/*! What is no number is ignored. */
void WebSocketReconnect::setFactor(double factor)
{
    if (factor == factor)
        d->factor = std::clamp(factor, 1.0, 10.0);
}

/*! The part of a delay that chance decides on. 0 to 1, default 0.5. */
double WebSocketReconnect::jitter() const
{
    return d->jitter;
}

/*! What is no number is ignored. */
void WebSocketReconnect::setJitter(double jitter)
{
    if (jitter == jitter)
        d->jitter = std::clamp(jitter, 0.0, 1.0);
}

/*! So many attempts in a row are made at most; 0, the default, for no end. */
int WebSocketReconnect::maximumAttempts() const
{
    return d->maximumAttempts;
}

void WebSocketReconnect::setMaximumAttempts(int maximumAttempts)
{
    d->maximumAttempts = std::max(maximumAttempts, 0);
}

/*!
    Attempts and delays are counted anew once a connection has lasted so long; one
    that the server ends at once is no success. From 0 on; default 10 s.
*/
std::chrono::milliseconds WebSocketReconnect::resetAfter() const
{
    return d->resetAfter;
}

void WebSocketReconnect::setResetAfter(std::chrono::milliseconds resetAfter)
{
    d->resetAfter = clampTime(resetAfter, 0);
}

bool WebSocketReconnect::equals(const WebSocketReconnect &other) const noexcept
{
    return d == other.d || d->tie() == other.d->tie();
}

} // namespace Wirebird
