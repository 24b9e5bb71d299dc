// The object that an event of the engine is for: what `user_data` points to.
#pragma once

#include <wirebird/wirebird.h>

#include <QtCore/qglobal.h>

namespace Wirebird {

class EventSink
{
public:
    /// Takes one event, on the thread that drains the queue. May destroy the sink.
    virtual void handle(const wirebird_event_t &event) = 0;

protected:
    EventSink() = default;
    ~EventSink() = default;
    Q_DISABLE_COPY(EventSink)
};

} // namespace Wirebird
