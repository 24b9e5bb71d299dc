// Echo server: Wirebird's C ABI without Qt, with callback dispatch from a loop of its own. Large
// payloads arrive in memory of this program and are sent from it without a copy.
#include "meter.h"
#include "options.h"
#include "stop.h"

#include <wirebird/wirebird.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <malloc.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

using namespace Bench;

namespace {

/// A large payload; bytes and UTF-8 both.
struct Block
{
    char *bytes;
};

void *create(void *, uint32_t, size_t length)
{
    auto *const bytes = static_cast<char *>(std::malloc(length + 1));
    auto *const block = bytes ? new (std::nothrow) Block{ bytes } : nullptr;
    if (!block)
        std::free(bytes);
    return block;
}

void *data(void *object, uint32_t)
{
    return static_cast<Block *>(object)->bytes;
}

bool resize(void *object, uint32_t, size_t length)
{
    auto *const block = static_cast<Block *>(object);
    auto *const bytes = static_cast<char *>(std::realloc(block->bytes, length + 1));
    if (bytes)
        block->bytes = bytes;
    return bytes != nullptr;
}

void release(void *object)
{
    auto *const block = static_cast<Block *>(object);
    std::free(block->bytes);
    delete block;
}

void destroy(void *object, uint32_t)
{
    release(object);
}

void wake(void *context)
{
    const uint64_t one = 1;
    // Can't fail: the counter is reset before it is full.
    [[maybe_unused]] const ssize_t written =
        write(*static_cast<const int *>(context), &one, sizeof one);
}

struct Server
{
    Options options;
    Meter meter;
    std::vector<wirebird_connection_t> connections; ///< Mode::Broadcast only.
};

void broadcast(Server &server, const wirebird_event_t &event)
{
    uint64_t sent = 0;
    wirebird_broadcast(server.connections.data(), server.connections.size(), event.payload,
                       event.data, event.length, &sent);
    server.meter.countMany(sent, event.length);
}

void message(Server &server, const wirebird_event_t &event)
{
    if (server.options.mode == Mode::Broadcast)
        broadcast(server, event);
    else
        server.meter.count(event.length);
    if (server.options.mode != Mode::Echo) {
        if (event.storage)
            release(event.storage);
        return;
    }
    if (event.storage)
        wirebird_connection_send_shared(event.connection, event.payload, event.data, event.length,
                                        release, event.storage, nullptr);
    else if (event.kind == WIREBIRD_EVENT_TEXT)
        wirebird_connection_send_text(event.connection, static_cast<const char *>(event.data),
                                      event.length);
    else
        wirebird_connection_send_binary(event.connection, event.data, event.length);
}

void opened(Server &server, wirebird_connection_t connection)
{
    if (server.options.mode == Mode::Handshakes)
        server.meter.count(0);
    if (server.options.mode == Mode::Broadcast)
        server.connections.push_back(connection);
}

void handle(void *context, const wirebird_event_t *event)
{
    Server &server = *static_cast<Server *>(context);
    switch (event->kind) {
    case WIREBIRD_EVENT_ACCEPTED:
        opened(server, event->connection);
        break;
    case WIREBIRD_EVENT_TEXT:
    case WIREBIRD_EVENT_BINARY:
        message(server, *event);
        break;
    case WIREBIRD_EVENT_CLOSED:
        wirebird_connection_release(event->connection);
        break;
    default:
        break;
    }
}

wirebird_queue_t makeQueue(const int *wakeDescriptor)
{
    wirebird_queue_options_t options;
    wirebird_queue_options_init(&options, sizeof options);
    options.wake = wake;
    options.context = const_cast<int *>(wakeDescriptor);
    options.storage = { create, data, resize, destroy, nullptr };
    wirebird_queue_t queue;
    if (wirebird_queue_new(&options, &queue) != WIREBIRD_OK)
        fail("starting", wirebird_last_error());
    return queue;
}

wirebird_server_t listen(wirebird_queue_t queue, const Options &told)
{
    wirebird_server_options_t options;
    wirebird_server_options_init(&options, sizeof options);
    options.accept = WIREBIRD_ACCEPT_ALL;
    wirebird_connection_options_t connection;
    wirebird_server_connection_options_init(&connection, sizeof connection);
    connection.compression = told.compression == Compression::Deflate;
    connection.compression_level = 6;
    options.connection = &connection;
    wirebird_server_t server;
    wirebird_address_t address;
    if (wirebird_server_listen(queue, &options, &server) != WIREBIRD_OK
        || wirebird_server_address(server, &address) != WIREBIRD_OK)
        fail("listening", wirebird_last_error());
    announce(address.port);
    return server;
}

} // namespace

int main(int argc, char **argv)
{
    Server server{ parseOptions(argc, argv), {}, {} };
    require(server.options, Can::Broadcast | Can::Deflate);
    // Freed payloads stay in the process: fresh pages for each message would be measured instead.
    mallopt(M_MMAP_THRESHOLD, 32 * 1024 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024 * 1024);

    pollfd descriptors[] = { { stopDescriptor(), POLLIN, 0 },
                             { eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), POLLIN, 0 } };
    const wirebird_queue_t queue = makeQueue(&descriptors[1].fd);
    const wirebird_server_t listener = listen(queue, server.options);
    while (poll(descriptors, 2, -1) >= 0 && descriptors[0].revents == 0) {
        uint64_t woken;
        if (read(descriptors[1].fd, &woken, sizeof woken) > 0)
            wirebird_queue_dispatch(queue, 0, 0, handle, &server);
    }
    wirebird_queue_dispatch(queue, 0, 0, handle, &server); // what has arrived already is counted
    server.meter.report((std::string("Wirebird ") + wirebird_version() + ", C").c_str());
    wirebird_server_release(listener);
    wirebird_queue_release(queue);
    return wirebird_shutdown(5000) == WIREBIRD_OK ? 0 : 1;
}
