// A TCP connection to the server, with TLS or without.
#pragma once

#include "options.h"

#include <cstddef>
#include <memory>

#include <sys/types.h>

struct ssl_st;

namespace Load {

class Transport
{
public:
    /// Connects; waits up to 10 s, as does everything until `stopWaiting`.
    explicit Transport(const Options &options);
    ~Transport();
    Transport(const Transport &) = delete;
    Transport &operator=(const Transport &) = delete;

    int descriptor() const { return m_descriptor; }
    void stopWaiting(); ///< From now on the functions below fail with EAGAIN instead.

    // As send() and recv(): -1 with errno set.
    ssize_t send(const void *bytes, std::size_t count);
    ssize_t receive(void *bytes, std::size_t room);

    bool canDiscard() const
    {
        return !m_tls;
    } ///< The kernel throws nothing away that is encrypted.
    ssize_t discard(std::size_t count);

    void endWrites(); ///< The stream ends; no TLS.
    void resetWhenClosed(); ///< Leaves no port waiting.

private:
    ssize_t result(int returned);

    struct Deleter
    {
        void operator()(ssl_st *tls) const;
    };
    int m_descriptor;
    std::unique_ptr<ssl_st, Deleter> m_tls;
};

} // namespace Load
