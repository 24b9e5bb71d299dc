#ifndef WIREBIRD_H
#define WIREBIRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * The call did what it was asked to do.
 */
#define WIREBIRD_OK 0

/**
 * No event is waiting in the queue. Not an error.
 */
#define WIREBIRD_EMPTY 1

/**
 * The budget was used up and events are left; the queue has called `wake`
 * again. Not an error.
 */
#define WIREBIRD_MORE 2

/**
 * An argument is missing or outside its range; the message names it.
 */
#define WIREBIRD_ERROR_ARGUMENT -1

/**
 * The handle is stale, foreign, zero, or was released before.
 */
#define WIREBIRD_ERROR_HANDLE -2

/**
 * The call does not fit the state of the object: sending before the
 * connection is open or after it closed, answering a request twice.
 */
#define WIREBIRD_ERROR_STATE -3

/**
 * The process forked after the engine had started; a child has no engine.
 */
#define WIREBIRD_ERROR_FORKED -4

/**
 * The engine was shut down by `wirebird_shutdown`.
 */
#define WIREBIRD_ERROR_SHUT_DOWN -5

/**
 * A defect inside the library was caught at the boundary. The object
 * concerned is closed.
 */
#define WIREBIRD_ERROR_PANIC -6

/**
 * A limit was reached; the message names the setting.
 */
#define WIREBIRD_ERROR_LIMIT -7

/**
 * The engine could not be started: threads or descriptors are exhausted.
 */
#define WIREBIRD_ERROR_RESOURCES -8

/**
 * The URL can't be parsed, has a fragment, or has no host.
 */
#define WIREBIRD_ERROR_URL -20

/**
 * The URL's scheme is neither `ws` nor one that this build supports.
 */
#define WIREBIRD_ERROR_SCHEME -21

/**
 * The host name has no address.
 */
#define WIREBIRD_ERROR_HOST_NOT_FOUND -22

/**
 * The host refused the TCP connection.
 */
#define WIREBIRD_ERROR_CONNECTION_REFUSED -23

/**
 * The peer ended or reset the TCP connection without a Close frame.
 */
#define WIREBIRD_ERROR_CONNECTION_LOST -24

/**
 * The network or the host can't be reached, or another network failure.
 */
#define WIREBIRD_ERROR_NETWORK -25

/**
 * A timeout passed; the message names the setting.
 */
#define WIREBIRD_ERROR_TIMEOUT -26

/**
 * The address to listen on is in use.
 */
#define WIREBIRD_ERROR_ADDRESS_IN_USE -27

/**
 * The address to listen on does not belong to this machine.
 */
#define WIREBIRD_ERROR_ADDRESS_UNAVAILABLE -28

/**
 * The operating system does not permit the operation.
 */
#define WIREBIRD_ERROR_PERMISSION -29

/**
 * The server answered the opening handshake with a status other than 101;
 * the event's `value` is that status.
 */
#define WIREBIRD_ERROR_HTTP_STATUS -40

/**
 * The opening handshake broke HTTP or RFC 6455 section 4.
 */
#define WIREBIRD_ERROR_HANDSHAKE -41

/**
 * The `Sec-WebSocket-Accept` of the response does not match the key.
 */
#define WIREBIRD_ERROR_ACCEPT_KEY -42

/**
 * The server chose a subprotocol that was not asked for.
 */
#define WIREBIRD_ERROR_SUBPROTOCOL -43

/**
 * The server named an extension that was not offered.
 */
#define WIREBIRD_ERROR_EXTENSION -44

/**
 * The request asked for a WebSocket version other than 13.
 */
#define WIREBIRD_ERROR_VERSION -45

/**
 * The peer broke the framing rules of RFC 6455 section 5.
 */
#define WIREBIRD_ERROR_PROTOCOL -46

/**
 * The request was refused by the host.
 */
#define WIREBIRD_ERROR_REFUSED -47

/**
 * Bytes.
 */
#define WIREBIRD_PAYLOAD_BINARY 1

/**
 * Text in UTF-8; lengths are bytes.
 */
#define WIREBIRD_PAYLOAD_UTF8 2

/**
 * Text in UTF-16 of the machine's byte order; lengths are 16-bit units.
 */
#define WIREBIRD_PAYLOAD_UTF16 3

/**
 * Deliver WIREBIRD_EVENT_TEXT_FRAME and WIREBIRD_EVENT_BINARY_FRAME for each
 * frame of a fragmented message, before the message itself.
 */
#define WIREBIRD_WANT_FRAMES 1

/**
 * Deliver WIREBIRD_EVENT_WRITTEN.
 */
#define WIREBIRD_WANT_WRITTEN 2

/**
 * Deliver WIREBIRD_EVENT_PING.
 */
#define WIREBIRD_WANT_PING 4

/**
 * Largest incoming message in bytes, 1 to 2^63-1; a larger one closes with
 * 1009. Default: client 67,108,864, server 1,048,576.
 */
#define WIREBIRD_OPTION_MAX_MESSAGE_SIZE 1

/**
 * Largest incoming frame in bytes, 1 to 2^63-1; a larger one closes with
 * 1009. Default 2^63-1: the message limit decides.
 */
#define WIREBIRD_OPTION_MAX_FRAME_SIZE 2

/**
 * Most frames in one incoming message, empty ones included, from 1; one more
 * closes with 1008. Default 131,072.
 */
#define WIREBIRD_OPTION_MAX_FRAGMENTS 3

/**
 * Outgoing messages longer than this many bytes are sent in several frames;
 * text is cut between characters. From 4; default 2^63-1: one frame.
 */
#define WIREBIRD_OPTION_OUTGOING_FRAME_SIZE 4

/**
 * Unsent bytes above which WIREBIRD_EVENT_HIGH_WATER is delivered; once half
 * of it is written, WIREBIRD_EVENT_LOW_WATER. Default 1,048,576.
 */
#define WIREBIRD_OPTION_HIGH_WATER 5

/**
 * Unsent bytes above which a further message is refused with
 * WIREBIRD_ERROR_LIMIT and the connection closes with 1013. A single message
 * larger than this is accepted while nothing else is unsent. Default: server
 * 16,777,216, client 67,108,864.
 */
#define WIREBIRD_OPTION_MAX_UNSENT 6

/**
 * How long the closing handshake and the end of TCP may take, in ms, 1 to
 * 2^31-1. Default 5,000.
 */
#define WIREBIRD_OPTION_CLOSE_TIMEOUT 7

/**
 * A Ping is sent after this many ms in which nothing arrived; 0 is never.
 * Default: server 25,000, client 0.
 */
#define WIREBIRD_OPTION_PING_INTERVAL 8

/**
 * The connection is lost when nothing arrives for this many ms after such a
 * Ping; 0 is never. Default 20,000.
 */
#define WIREBIRD_OPTION_PONG_TIMEOUT 9

/**
 * The WIREBIRD_WANT_… set of optional events.
 */
#define WIREBIRD_OPTION_WANT 10

/**
 * Read only: bytes accepted for sending and not yet given to the operating
 * system, frame headers included.
 */
#define WIREBIRD_OPTION_UNSENT 11

/**
 * Read only: microseconds between the last answered Ping and its Pong; 0
 * before the first.
 */
#define WIREBIRD_OPTION_ROUND_TRIP 12

/**
 * Accept requests without an Origin header (they don't come from a browser),
 * of the same origin as the Host header, or of a listed one; refuse others
 * with 403.
 */
#define WIREBIRD_ACCEPT_SAME_ORIGIN 0

/**
 * Accept every valid request.
 */
#define WIREBIRD_ACCEPT_ALL 1

/**
 * Deliver WIREBIRD_EVENT_REQUEST for every valid request and wait for
 * `wirebird_connection_accept` or `wirebird_connection_refuse`.
 */
#define WIREBIRD_ACCEPT_ASK 2

/**
 * The message's last frame.
 */
#define WIREBIRD_FRAME_LAST 1

/**
 * The message came in a single frame, or its frames were not asked for by
 * WIREBIRD_WANT_FRAMES: no frame events preceded it.
 */
#define WIREBIRD_FRAME_WHOLE 2

/**
 * The opening handshake of a client connection succeeded. On the server
 * side: the response was written, with WIREBIRD_ACCEPT_ASK after the accept.
 * Messages follow.
 */
#define WIREBIRD_EVENT_OPENED 1

/**
 * A text message arrived.
 */
#define WIREBIRD_EVENT_TEXT 2

/**
 * A binary message arrived.
 */
#define WIREBIRD_EVENT_BINARY 3

/**
 * A frame of a fragmented text message arrived; `frame` says if it is the
 * last. Characters split between frames come with the frame that ends them.
 */
#define WIREBIRD_EVENT_TEXT_FRAME 4

/**
 * A frame of a fragmented binary message arrived.
 */
#define WIREBIRD_EVENT_BINARY_FRAME 5

/**
 * A Ping arrived and was answered; `data` is its payload.
 */
#define WIREBIRD_EVENT_PING 6

/**
 * A Pong arrived; `data` is its payload, `value` the microseconds since the
 * Ping that it answers (for an unsolicited one 2^64-1).
 */
#define WIREBIRD_EVENT_PONG 7

/**
 * The closing handshake began. `value` is 1 when the peer began it (then
 * `close_code` and `data`, the reason in the queue's text form, are the
 * peer's) and 0 when this side did for an error in what arrived, with
 * `status` and `message`.
 */
#define WIREBIRD_EVENT_CLOSING 8

/**
 * The connection is over; its last event. `close_code` is the peer's, 1005
 * if its Close had none, 1006 if there was no Close; `data` is the peer's
 * reason in the queue's text form. `status` is WIREBIRD_OK after a complete
 * closing handshake. For WIREBIRD_ERROR_HTTP_STATUS `value` is the status and
 * `data` the reason phrase.
 */
#define WIREBIRD_EVENT_CLOSED 9

/**
 * `value` bytes, headers included, were given to the operating system since
 * the last such event.
 */
#define WIREBIRD_EVENT_WRITTEN 10

/**
 * The unsent bytes went above the high-water mark; `value` is their number.
 */
#define WIREBIRD_EVENT_HIGH_WATER 11

/**
 * The unsent bytes went below half of the high-water mark.
 */
#define WIREBIRD_EVENT_LOW_WATER 12

/**
 * A valid request waits for `wirebird_connection_accept` or
 * `wirebird_connection_refuse`. Its headers can be read. `server` is set.
 */
#define WIREBIRD_EVENT_REQUEST 13

/**
 * With WIREBIRD_ACCEPT_SAME_ORIGIN or WIREBIRD_ACCEPT_ALL: a connection was
 * accepted and is open. `server` is set.
 */
#define WIREBIRD_EVENT_ACCEPTED 14

/**
 * A handshake at this server failed and was answered; `status` and `message`
 * say why, `value` is the HTTP status of the answer or 0. Has no connection.
 */
#define WIREBIRD_EVENT_HANDSHAKE_FAILED 15

/**
 * Accepting failed for want of descriptors or memory; the server tries again
 * by itself. Has no connection.
 */
#define WIREBIRD_EVENT_ACCEPT_FAILED 16

/**
 * The server stopped listening after `wirebird_server_close`; its last event.
 * Accepted connections live on.
 */
#define WIREBIRD_EVENT_SERVER_CLOSED 17

/**
 * The result of a call: 0 (`WIREBIRD_OK`), a positive notice that is no
 * failure, or a negative error. Numbers are never reused.
 */
typedef int32_t wirebird_status_t;

/**
 * Options of the engine.
 */
typedef struct {
  /**
   * Set by `wirebird_engine_options_init`.
   */
  uint32_t size;
  /**
   * Engine threads: 1 to 1,024. Default 0: one for each two cores, at
   * least one; the environment variable WIREBIRD_THREADS overrides it.
   */
  uint32_t threads;
} wirebird_engine_options_t;

/**
 * Where large payloads are put, so that the host receives an object of its
 * own type without a copy. All functions are called from engine threads and
 * must be thread-safe; none may throw or call into this library.
 */
typedef struct {
  /**
   * Makes an object of `length` bytes (for WIREBIRD_PAYLOAD_BINARY and
   * WIREBIRD_PAYLOAD_UTF8) or UTF-16 units (for WIREBIRD_PAYLOAD_UTF16).
   * NULL means that memory is exhausted: the connection closes with 1009.
   */
  void *(*create)(void *context, uint32_t payload, size_t length);
  /**
   * The address of the first byte or unit. Asked for again after `resize`.
   */
  void *(*data)(void *object, uint32_t payload);
  /**
   * Sets the length, growing or shrinking; the common part is kept. False
   * means that memory is exhausted; the object is unchanged then.
   */
  bool (*resize)(void *object, uint32_t payload, size_t length);
  /**
   * Destroys an object that was never handed over in an event.
   */
  void (*destroy)(void *object, uint32_t payload);
  /**
   * Passed to `create`; lives as long as the queue's `context`.
   */
  void *context;
} wirebird_storage_t;

/**
 * Options of a queue.
 */
typedef struct {
  /**
   * Set by `wirebird_queue_options_init`.
   */
  uint32_t size;
  /**
   * How text arrives: WIREBIRD_PAYLOAD_UTF8 (default) or
   * WIREBIRD_PAYLOAD_UTF16.
   */
  uint32_t text;
  /**
   * Called when the queue goes from empty to not empty, once until it has
   * been drained. From any thread; must return at once and must not call
   * into this library: post a message to the thread that drains the queue.
   * May be NULL with `wirebird_queue_wait` or polling.
   */
  void (*wake)(void *context);
  /**
   * Passed to `wake`.
   */
  void *context;
  /**
   * Called once, after the last call of `wake` and of the storage functions
   * has returned, from any thread. May be NULL.
   */
  void (*drop)(void *context);
  /**
   * Payloads longer than `small_payload` are put here. With NULL functions
   * (the default) the library's own memory is used.
   */
  wirebird_storage_t storage;
  /**
   * Payloads up to this many bytes arrive in memory of the queue, without
   * an object of their own. Default 4,096.
   */
  uint32_t small_payload;
  /**
   * Reading from connections pauses while more than this many bytes wait
   * in the queue. Default 1,048,576.
   */
  uint64_t max_waiting;
} wirebird_queue_options_t;

/**
 * What one connection may use and how long things may take. Every figure can
 * be changed later by `wirebird_connection_set`.
 */
typedef struct {
  /**
   * Set by `wirebird_client_connection_options_init` or
   * `wirebird_server_connection_options_init`.
   */
  uint32_t size;
  /**
   * Optional events to deliver: a combination of WIREBIRD_WANT_…. Default 0.
   */
  uint32_t want;
  /**
   * Returned in every event of the connection. Default NULL.
   */
  void *user_data;
  /**
   * See WIREBIRD_OPTION_MAX_MESSAGE_SIZE.
   */
  uint64_t max_message_size;
  /**
   * See WIREBIRD_OPTION_MAX_FRAME_SIZE.
   */
  uint64_t max_frame_size;
  /**
   * See WIREBIRD_OPTION_MAX_FRAGMENTS.
   */
  uint64_t max_fragments;
  /**
   * See WIREBIRD_OPTION_OUTGOING_FRAME_SIZE.
   */
  uint64_t outgoing_frame_size;
  /**
   * See WIREBIRD_OPTION_HIGH_WATER.
   */
  uint64_t high_water;
  /**
   * See WIREBIRD_OPTION_MAX_UNSENT.
   */
  uint64_t max_unsent;
  /**
   * See WIREBIRD_OPTION_CLOSE_TIMEOUT.
   */
  uint64_t close_timeout_ms;
  /**
   * See WIREBIRD_OPTION_PING_INTERVAL.
   */
  uint64_t ping_interval_ms;
  /**
   * See WIREBIRD_OPTION_PONG_TIMEOUT.
   */
  uint64_t pong_timeout_ms;
} wirebird_connection_options_t;

/**
 * A view of UTF-8 text, not terminated. NULL with length 0 is the empty text.
 */
typedef struct {
  /**
   * The first byte.
   */
  const char *data;
  /**
   * Length in bytes.
   */
  size_t length;
} wirebird_text_t;

/**
 * One header field of an HTTP message.
 */
typedef struct {
  /**
   * Field name, compared without regard to case.
   */
  wirebird_text_t name;
  /**
   * Field value: visible ASCII, spaces and tabs, or bytes from 0x80 up.
   */
  wirebird_text_t value;
} wirebird_header_t;

/**
 * Options of a client connection.
 */
typedef struct {
  /**
   * Set by `wirebird_client_options_init`.
   */
  uint32_t size;
  /**
   * The opening handshake, name look-up and TCP connection included, may
   * take this many ms, 1 to 2^31-1. Default 10,000.
   */
  uint32_t handshake_timeout_ms;
  /**
   * `ws://host[:port]/path?query`; required. Not kept after the call.
   */
  wirebird_text_t url;
  /**
   * The Origin header; empty (the default) sends none.
   */
  wirebird_text_t origin;
  /**
   * Subprotocols in order of preference; tokens of RFC 9110.
   */
  const wirebird_text_t *subprotocols;
  /**
   * How many subprotocols.
   */
  size_t subprotocol_count;
  /**
   * Further header fields of the request. The fields of the handshake
   * itself (Host, Connection, Upgrade, Sec-WebSocket-…) are refused, except
   * Host.
   */
  const wirebird_header_t *headers;
  /**
   * How many header fields.
   */
  size_t header_count;
  /**
   * The connection's own options; NULL for the defaults of a client.
   */
  const wirebird_connection_options_t *connection;
} wirebird_client_options_t;

/**
 * Options of a server.
 */
typedef struct {
  /**
   * Set by `wirebird_server_options_init`.
   */
  uint32_t size;
  /**
   * The port, 0 (default) for one that the system chooses.
   */
  uint16_t port;
  /**
   * How requests are decided: WIREBIRD_ACCEPT_SAME_ORIGIN (default),
   * WIREBIRD_ACCEPT_ALL or WIREBIRD_ACCEPT_ASK.
   */
  uint16_t accept;
  /**
   * An IP address to listen on; empty (default) is 127.0.0.1. "::" is every
   * address, IPv4 included; "0.0.0.0" every IPv4 address.
   */
  wirebird_text_t host;
  /**
   * A bound stream socket to use instead of `host` and `port`, or -1
   * (default). The server owns it from then on. Not on Windows.
   */
  int64_t descriptor;
  /**
   * Returned in every event of the server. Default NULL.
   */
  void *user_data;
  /**
   * The opening handshake may take this many ms, the decision of the host
   * included; 0 is no limit. Default 10,000.
   */
  uint32_t handshake_timeout_ms;
  /**
   * Handshakes under way at once, from 1; more wait unaccepted. Default 256.
   */
  uint32_t max_handshakes;
  /**
   * Connections open at once, from 1; one more is answered with 503.
   * Default 10,000.
   */
  uint32_t max_connections;
  /**
   * Length of the system's queue of connections not yet accepted. Default
   * 1,024.
   */
  uint32_t backlog;
  /**
   * The Server header of responses; empty (default) sends none.
   */
  wirebird_text_t name;
  /**
   * Subprotocols that the server speaks. The first of the client's that is
   * among them is chosen; none leaves the connection without one.
   */
  const wirebird_text_t *subprotocols;
  /**
   * How many subprotocols.
   */
  size_t subprotocol_count;
  /**
   * Origins accepted besides the server's own with
   * WIREBIRD_ACCEPT_SAME_ORIGIN, each as `scheme://host[:port]`.
   */
  const wirebird_text_t *origins;
  /**
   * How many origins.
   */
  size_t origin_count;
  /**
   * Options of accepted connections; NULL for the defaults of a server.
   */
  const wirebird_connection_options_t *connection;
} wirebird_server_options_t;

/**
 * How a request is accepted.
 */
typedef struct {
  /**
   * Set by `wirebird_accept_options_init`.
   */
  uint32_t size;
  /**
   * The subprotocol to answer with: one that the client asked for. NULL
   * data (default) leaves the choice to the server's list, an empty text
   * with data answers with none.
   */
  wirebird_text_t subprotocol;
  /**
   * Further header fields of the response.
   */
  const wirebird_header_t *headers;
  /**
   * How many header fields.
   */
  size_t header_count;
  /**
   * The connection's options; NULL for those of the server.
   */
  const wirebird_connection_options_t *connection;
} wirebird_accept_options_t;

/**
 * A queue of events. `id` 0 is no queue.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_queue_t;

/**
 * One WebSocket connection, of a client or accepted by a server. `id` 0 is
 * no connection.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_connection_t;

/**
 * A listening server. `id` 0 is no server.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_server_t;

/**
 * What happened. Pointers are valid until the next event is taken from the
 * same queue or the handler returns, whichever comes first.
 */
typedef struct {
  /**
   * WIREBIRD_EVENT_….
   */
  uint32_t kind;
  /**
   * WIREBIRD_OK, or why a connection or handshake failed.
   */
  int32_t status;
  /**
   * The `user_data` of the connection or server concerned.
   */
  void *user_data;
  /**
   * The connection concerned, or id 0.
   */
  wirebird_connection_t connection;
  /**
   * The server concerned, or id 0.
   */
  wirebird_server_t server;
  /**
   * Payload: bytes, UTF-8 bytes or UTF-16 units, as `payload` says.
   */
  const void *data;
  /**
   * Length of `data` in bytes, for UTF-16 in units.
   */
  size_t length;
  /**
   * The host's own object that holds `data`, made by the queue's storage
   * functions, or NULL. The receiver owns it and has to destroy it.
   */
  void *storage;
  /**
   * WIREBIRD_PAYLOAD_…, or 0 without payload.
   */
  uint32_t payload;
  /**
   * The close code of WIREBIRD_EVENT_CLOSING and WIREBIRD_EVENT_CLOSED.
   */
  uint16_t close_code;
  /**
   * WIREBIRD_FRAME_….
   */
  uint16_t frame;
  /**
   * A figure that the kind of event explains.
   */
  uint64_t value;
  /**
   * An English sentence on `status`, or empty.
   */
  wirebird_text_t message;
} wirebird_event_t;

/**
 * An IP address and a port.
 */
typedef struct {
  /**
   * 4, 6, or 0 when there is no address yet.
   */
  uint32_t family;
  /**
   * The zone of a link-local IPv6 address, else 0.
   */
  uint32_t scope_id;
  /**
   * The address in network byte order; the first four bytes for IPv4.
   */
  uint8_t bytes[16];
  /**
   * The port in host byte order.
   */
  uint16_t port;
} wirebird_address_t;

#ifndef WIREBIRD_API
#define WIREBIRD_API
#endif

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_engine_options_init(wirebird_engine_options_t *options,
                                               uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_options_init(wirebird_queue_options_t *options,
                                              uint32_t size);

/**
 * Writes a client's defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_connection_options_init(wirebird_connection_options_t *options,
                                                          uint32_t size);

/**
 * Writes a server's defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_connection_options_init(wirebird_connection_options_t *options,
                                                          uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_options_init(wirebird_client_options_t *options,
                                               uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_options_init(wirebird_server_options_t *options,
                                               uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 */
WIREBIRD_API
wirebird_status_t wirebird_accept_options_init(wirebird_accept_options_t *options,
                                               uint32_t size);

/**
 * The ABI's version: the major number in the high 16 bits, the minor in the low 16. A program built for a lower or equal minor of the same major works.
 */
WIREBIRD_API
uint32_t wirebird_abi_version(void);

/**
 * The library's version, as "0.1.0". Static.
 */
WIREBIRD_API const char *wirebird_version(void);

/**
 * Whether this build has a feature: "client", "server". Unknown names: false.
 */
WIREBIRD_API bool wirebird_has_feature(const char *name);

/**
 * Starts the engine with options. Not needed: the first queue starts it with defaults. WIREBIRD_ERROR_STATE if it runs already.
 */
WIREBIRD_API
wirebird_status_t wirebird_start(const wirebird_engine_options_t *options);

/**
 * Ends every connection, server and engine thread; handles become stale. Waits for the engine threads up to `timeout_ms`: the only function, with wirebird_queue_wait, that waits. Not needed at exit, but leak checkers are happier. The engine can't be started again.
 */
WIREBIRD_API
wirebird_status_t wirebird_shutdown(uint32_t timeout_ms);

/**
 * Makes a queue; options may be NULL.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_new(const wirebird_queue_options_t *options,
                                     wirebird_queue_t *queue);

/**
 * Takes one event: WIREBIRD_OK or WIREBIRD_EMPTY.
 */
WIREBIRD_API wirebird_status_t wirebird_queue_next(wirebird_queue_t queue, wirebird_event_t *event);

/**
 * Hands the events that wait now to `handler`, at most `max_events` (0: no bound) and no new one after `max_us` microseconds (0: no bound). What the handler sends is collected and written at the end. WIREBIRD_OK, or WIREBIRD_MORE if events are left (then wake has been called again). Events that arrive meanwhile are left for the next call. May be nested inside a handler of the same thread (a nested event loop), not called from two threads at once (WIREBIRD_ERROR_STATE).
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_dispatch(wirebird_queue_t queue,
                                          uint32_t max_events,
                                          uint32_t max_us,
                                          void (*handler)(void *context,
                                                          const wirebird_event_t *event),
                                          void *context);

/**
 * Writes now what handlers of the running dispatch on this thread have sent so far. For handlers that go on for long or run a nested event loop.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_flush(wirebird_queue_t queue);

/**
 * Waits until an event is there (WIREBIRD_OK) or `timeout_ms` passed (WIREBIRD_EMPTY); WIREBIRD_FOREVER (2^32-1) waits without end.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_wait(wirebird_queue_t queue,
                                      uint32_t timeout_ms);

/**
 * Releases a queue. Its connections and servers keep their events until they are given another queue or released.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_release(wirebird_queue_t queue);

/**
 * Opens a client connection. Returns at once; WIREBIRD_EVENT_OPENED or WIREBIRD_EVENT_CLOSED follow. Bad options (URL, scheme, header, subprotocol) fail here, with no connection.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_open(wirebird_queue_t queue,
                                       const wirebird_client_options_t *options,
                                       wirebird_connection_t *connection);

/**
 * Binds and listens, at once. Errors of the system come as status here.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_listen(wirebird_queue_t queue,
                                         const wirebird_server_options_t *options,
                                         wirebird_server_t *server);

/**
 * The address listened on.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_address(wirebird_server_t server,
                                          wirebird_address_t *address);

/**
 * The descriptor of the listening socket, still owned by the server; for inspection only. -1 when closed.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_descriptor(wirebird_server_t server,
                                             int64_t *descriptor);

/**
 * Stops accepting until resumed; the system's backlog fills up meanwhile.
 */
WIREBIRD_API wirebird_status_t wirebird_server_pause(wirebird_server_t server);

WIREBIRD_API wirebird_status_t wirebird_server_resume(wirebird_server_t server);

/**
 * Moves the server's events to another queue (id 0: keep them until there is one).
 */
WIREBIRD_API
wirebird_status_t wirebird_server_set_queue(wirebird_server_t server,
                                            wirebird_queue_t queue);

/**
 * Stops listening; WIREBIRD_EVENT_SERVER_CLOSED follows. Requests not yet answered get 503.
 */
WIREBIRD_API wirebird_status_t wirebird_server_close(wirebird_server_t server);

/**
 * Closes if need be and releases the handle; no event of the server follows.
 */
WIREBIRD_API wirebird_status_t wirebird_server_release(wirebird_server_t server);

/**
 * Answers WIREBIRD_EVENT_REQUEST with 101. The connection can be sent to and closed from now on; what is sent leaves after the response. options may be NULL.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_accept(wirebird_connection_t connection,
                                             const wirebird_accept_options_t *options);

/**
 * Answers WIREBIRD_EVENT_REQUEST with an HTTP status from 300 to 599, headers and a body (text/plain unless a Content-Type is given), and releases the connection.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_refuse(wirebird_connection_t connection,
                                             uint16_t status,
                                             const wirebird_header_t *headers,
                                             size_t header_count,
                                             wirebird_text_t body);

/**
 * Ends the TCP connection at once with no answer (request) and releases the handle.
 * Sends a text message of UTF-8; copied. Invalid UTF-8: WIREBIRD_ERROR_ARGUMENT.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_text(wirebird_connection_t connection,
                                                const char *data,
                                                size_t length);

/**
 * Sends a text message given in UTF-16 units; copied. Lone surrogates become U+FFFD. `bytes` (may be NULL) receives the length in UTF-8.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_utf16(wirebird_connection_t connection,
                                                 const uint16_t *data,
                                                 size_t length,
                                                 uint64_t *bytes);

/**
 * Sends a binary message; copied.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_binary(wirebird_connection_t connection,
                                                  const void *data,
                                                  size_t length);

/**
 * Sends a message without copying: `data` stays valid and unchanged until `release(context)` is called, exactly once, from any thread, before or after this returns, and also on error. `payload` is WIREBIRD_PAYLOAD_…, `length` in its unit.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_shared(wirebird_connection_t connection,
                                                  uint32_t payload,
                                                  const void *data,
                                                  size_t length,
                                                  void (*release)(void *context),
                                                  void *context,
                                                  uint64_t *bytes);

/**
 * Sends a Ping with up to 125 bytes; WIREBIRD_EVENT_PONG follows.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_ping(wirebird_connection_t connection,
                                           const void *data,
                                           size_t length);

/**
 * Begins the closing handshake (RFC 6455 section 7). `code` 1000-1003, 1007-1014, 3000-4999, or 0 for a Close without code; `reason` is cut at a character to 123 bytes. While the opening handshake runs it is given up. WIREBIRD_EVENT_CLOSED follows.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_close(wirebird_connection_t connection,
                                            uint16_t code,
                                            wirebird_text_t reason);

/**
 * Ends the TCP connection at once. WIREBIRD_EVENT_CLOSED with 1006 follows.
 */
WIREBIRD_API wirebird_status_t wirebird_connection_abort(wirebird_connection_t connection);

/**
 * Releases the handle; no event follows. An open connection is closed with 1001 in the background, a closing one completes, an unanswered request gets 503.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_release(wirebird_connection_t connection);

/**
 * Moves the connection's events, those that wait included, to another queue, in order. id 0: the connection keeps them until it has a queue (and stops reading when they are many).
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_set_queue(wirebird_connection_t connection,
                                                wirebird_queue_t queue);

/**
 * Changes what events carry as `user_data`, those that wait included.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_set_user_data(wirebird_connection_t connection,
                                                    void *user_data);

/**
 * Stops reading from the connection, so that the peer is slowed down by TCP, until resumed.
 */
WIREBIRD_API wirebird_status_t wirebird_connection_pause(wirebird_connection_t connection);

WIREBIRD_API wirebird_status_t wirebird_connection_resume(wirebird_connection_t connection);

/**
 * Changes a WIREBIRD_OPTION_….
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_set(wirebird_connection_t connection,
                                          uint32_t option,
                                          uint64_t value);

/**
 * Reads a WIREBIRD_OPTION_….
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_get(wirebird_connection_t connection,
                                          uint32_t option,
                                          uint64_t *value);

/**
 * Local and peer address; family 0 before TCP is connected. Either pointer may be NULL.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_addresses(wirebird_connection_t connection,
                                                wirebird_address_t *local,
                                                wirebird_address_t *peer);

/**
 * The negotiated subprotocol, or empty. Valid until the connection is released.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_subprotocol(wirebird_connection_t connection,
                                                  wirebird_text_t *subprotocol);

/**
 * The request target (server side), as "/chat?room=1". Valid until released.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_target(wirebird_connection_t connection,
                                             wirebird_text_t *target);

/**
 * The field number `index` of the peer's handshake: the request's on the server side, the response's on the client side. WIREBIRD_EMPTY past the last. Valid until released.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_header(wirebird_connection_t connection,
                                             size_t index,
                                             wirebird_header_t *header);

/**
 * What went wrong in the last call on this thread that returned an error:
 * one sentence in English that names the argument, setting or limit. Empty
 * before the first error. Valid until the next failing call on this thread.
 */
WIREBIRD_API const char *wirebird_last_error(void);

/**
 * A short English name of a status, for logs. Static; never NULL.
 */
WIREBIRD_API const char *wirebird_status_text(wirebird_status_t status);

#ifndef WIREBIRD_API
#define WIREBIRD_API
#endif

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* WIREBIRD_H */
