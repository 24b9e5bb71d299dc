// The opening handshake (RFC 6455 section 4.1), with the key and the answer of its section 1.3.
#include "handshake.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace Load {
namespace {

constexpr char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr char acceptKey[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr std::size_t mostHeader = 16 * 1024;

void shakeHands(int descriptor, const Options &options)
{
    const std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port)
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: " + key + "\r\n\r\n";
    if (send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) != ssize_t(request.size()))
        fail("sending the handshake", std::strerror(errno));

    // Nothing comes behind the response before this side has sent a message.
    std::string response;
    while (response.find("\r\n\r\n") == std::string::npos) {
        char buffer[1024];
        const ssize_t received = recv(descriptor, buffer, sizeof buffer, 0);
        if (received <= 0 || response.size() > mostHeader)
            fail("handshake", received < 0 ? std::strerror(errno) : "no complete response");
        response.append(buffer, std::size_t(received));
    }
    if (response.rfind("HTTP/1.1 101 ", 0) != 0 || response.find(acceptKey) == std::string::npos)
        fail("handshake", response.c_str());
}

} // namespace

int openConnection(const Options &options)
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
    address.sin_port = htons(options.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        fail("connect", std::strerror(errno));
    if (options.protocol == Protocol::WebSocket)
        shakeHands(descriptor, options);
    fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    return descriptor;
}

} // namespace Load
