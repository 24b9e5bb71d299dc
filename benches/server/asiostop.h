// Ends Boost.Asio's loop when the program is to end.
#pragma once

#include "stop.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace Bench {

class AsioStop
{
public:
    explicit AsioStop(boost::asio::io_context &context)
        : m_descriptor(context, stopDescriptor())
    {
        m_descriptor.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                [&context](const boost::system::error_code &) { context.stop(); });
    }

private:
    boost::asio::posix::stream_descriptor m_descriptor;
};

} // namespace Bench
