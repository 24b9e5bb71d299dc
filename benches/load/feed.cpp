// The server of a client that is measured: sends one connection messages as fast as they are
// taken, for some time, then closes. Prints "port N", at the end a line of JSON.
#include "pattern.h"
#include "wire.h"

#include <cerrno>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

using namespace Load;

namespace {

using Clock = std::chrono::steady_clock;

int listen()
{
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto *const generic = reinterpret_cast<sockaddr *>(&address);
    if (bind(listener, generic, length) != 0 || ::listen(listener, 1) != 0
        || getsockname(listener, generic, &length) != 0)
        fail("listening", std::strerror(errno));
    std::printf("port %u\n", unsigned(ntohs(address.sin_port)));
    std::fflush(stdout);
    return listener;
}

/// The answer to a key (RFC 6455 section 4.2.2).
std::string acceptFor(const std::string &key)
{
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest);
    unsigned char encoded[64];
    const int length = EVP_EncodeBlock(encoded, digest, sizeof digest);
    return std::string(encoded, encoded + length);
}

void sendAll(int connection, const void *bytes, std::size_t count)
{
    const char *next = static_cast<const char *>(bytes);
    while (count > 0) {
        const ssize_t sent = send(connection, next, count, MSG_NOSIGNAL);
        if (sent <= 0)
            fail("sending", std::strerror(errno));
        next += sent;
        count -= std::size_t(sent);
    }
}

void shakeHands(int connection)
{
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
        char buffer[2048];
        const ssize_t received = recv(connection, buffer, sizeof buffer, 0);
        if (received <= 0)
            fail("handshake", "no complete request");
        request.append(buffer, std::size_t(received));
    }
    std::string lower = request;
    for (char &c : lower)
        c = c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    const std::string name = "sec-websocket-key:";
    const std::size_t at = lower.find(name);
    if (at == std::string::npos)
        fail("handshake", "no key");
    const std::size_t begin = request.find_first_not_of(' ', at + name.size());
    const std::string key = request.substr(begin, request.find('\r', begin) - begin);
    const std::string response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                 "Connection: Upgrade\r\nSec-WebSocket-Accept: "
        + acceptFor(key) + "\r\n\r\n";
    sendAll(connection, response.data(), response.size());
}

} // namespace

int main(int argc, char **argv)
{
    const Options options = parseOptions(argc, argv);
    const Pattern pattern(options, Side::Server);
    const int listener = listen();
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0)
        fail("accepting", std::strerror(errno));
    const timeval patience{ 20, 0 };
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    shakeHands(connection);

    const std::uint64_t atOnce = pattern.messagesIn(pattern.frames().size());
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(options.seconds);
    std::uint64_t messages = 0;
    while (messages < options.messages || (options.messages == 0 && Clock::now() < end)) {
        sendAll(connection, pattern.frames().data(), pattern.frames().size());
        messages += atOnce;
    }
    const std::uint8_t closeNow[] = { finalFrame | closeFrame, 2, 0x03, 0xe8 };
    sendAll(connection, closeNow, sizeof closeNow);
    char answer[64];
    if (recv(connection, answer, sizeof answer, 0) < 2)
        fail("closing", "no Close came back");
    close(connection); // the server's part (RFC 6455 section 7.1.1)
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    std::printf("{\"messages\": %" PRIu64 ", \"seconds\": %.6f, \"cpu_share\": %.3f}\n", messages,
                seconds, (double(time.tv_sec) + double(time.tv_nsec) / 1e9) / seconds);
}
