// Sockets, and OpenSSL on top of them. Certificates are not verified: this program measures.
#include "transport.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace Load {
namespace {

int connectTo(std::uint16_t port)
{
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        fail("socket", std::strerror(errno));
    const timeval patience{ 10, 0 };
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        fail("connect", std::strerror(errno));
    return descriptor;
}

/// Shared by all connections; every handshake is a full one, as sessions are not handed on.
SSL_CTX *context()
{
    static SSL_CTX *const made = [] {
        SSL_CTX *const fresh = SSL_CTX_new(TLS_client_method());
        if (!fresh)
            fail("TLS", "no context");
        SSL_CTX_set_mode(fresh,
                         SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_CTX_set_session_cache_mode(fresh, SSL_SESS_CACHE_OFF);
        return fresh;
    }();
    return made;
}

} // namespace

void Transport::Deleter::operator()(ssl_st *tls) const
{
    SSL_free(tls);
}

Transport::Transport(const Options &options)
    : m_descriptor(connectTo(options.port))
{
    if (options.security == Security::None)
        return;
    m_tls.reset(SSL_new(context()));
    SSL_set_fd(m_tls.get(), m_descriptor);
    SSL_set_tlsext_host_name(m_tls.get(), "localhost");
    if (SSL_connect(m_tls.get()) != 1) {
        char text[256];
        ERR_error_string_n(ERR_get_error(), text, sizeof text);
        fail("TLS handshake", text);
    }
}

Transport::~Transport()
{
    m_tls.reset();
    close(m_descriptor);
}

void Transport::stopWaiting()
{
    fcntl(m_descriptor, F_SETFL, fcntl(m_descriptor, F_GETFL) | O_NONBLOCK);
}

ssize_t Transport::send(const void *bytes, std::size_t count)
{
    if (!m_tls)
        return ::send(m_descriptor, bytes, count, MSG_NOSIGNAL);
    return result(SSL_write(m_tls.get(), bytes, int(count)));
}

ssize_t Transport::receive(void *bytes, std::size_t room)
{
    if (!m_tls)
        return recv(m_descriptor, bytes, room, 0);
    return result(SSL_read(m_tls.get(), bytes, int(room)));
}

ssize_t Transport::discard(std::size_t count)
{
    return recv(m_descriptor, nullptr, count, MSG_TRUNC);
}

void Transport::endWrites()
{
    shutdown(m_descriptor, SHUT_WR);
}

void Transport::resetWhenClosed()
{
    const linger now{ 1, 0 };
    setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/// What OpenSSL says, in the words of the socket functions.
ssize_t Transport::result(int returned)
{
    if (returned > 0)
        return returned;
    switch (SSL_get_error(m_tls.get(), returned)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
        errno = EAGAIN;
        return -1;
    case SSL_ERROR_ZERO_RETURN:
        return 0;
    case SSL_ERROR_SYSCALL:
        return errno == 0 ? 0 : -1;
    default:
        errno = EPROTO;
        return -1;
    }
}

} // namespace Load
