// The opening handshake (RFC 6455 section 4.1), with the key and the answer of its section 1.3.
#include "handshake.h"

#include <cerrno>
#include <cstring>
#include <string>

namespace Load {
namespace {

constexpr char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr char acceptKey[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
constexpr char extension[] = "permessage-deflate";
constexpr char fresh[] = "; server_no_context_takeover";
constexpr std::size_t mostHeader = 16 * 1024;

std::string requestFor(const Options &options)
{
    std::string request = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port)
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: "
        + key + "\r\n";
    if (options.compression != Compression::None)
        request += std::string("Sec-WebSocket-Extensions: ") + extension
            + (options.compression == Compression::FreshAnswers ? fresh : "") + "\r\n";
    return request + "\r\n";
}

} // namespace

void shakeHands(Transport &transport, const Options &options)
{
    const std::string request = requestFor(options);
    if (transport.send(request.data(), request.size()) != ssize_t(request.size()))
        fail("sending the handshake", std::strerror(errno));

    // Nothing comes behind the response before this side has sent a message.
    std::string response;
    while (response.find("\r\n\r\n") == std::string::npos) {
        char buffer[1024];
        const ssize_t received = transport.receive(buffer, sizeof buffer);
        if (received <= 0 || response.size() > mostHeader)
            fail("handshake", received < 0 ? std::strerror(errno) : "no complete response");
        response.append(buffer, std::size_t(received));
    }
    const auto has = [&](const char *part) { return response.find(part) != std::string::npos; };
    if (response.rfind("HTTP/1.1 101 ", 0) != 0 || !has(acceptKey))
        fail("handshake", response.c_str());
    if (options.compression == Compression::None)
        return;
    const bool isFresh = has("server_no_context_takeover");
    if (!has(extension) || isFresh != (options.compression == Compression::FreshAnswers))
        fail("handshake, another compression was wanted", response.c_str());
}

} // namespace Load
