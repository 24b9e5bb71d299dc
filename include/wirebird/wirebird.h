/*
 * Wirebird: WebSocket servers and clients (RFC 6455) for C and C++.
 * MIT OR Apache-2.0.
 *
 * Order of parameters: the object, inputs, outputs. Outputs are written only
 * when the status is WIREBIRD_OK or says otherwise. Text is UTF-8 with a
 * length, never NULL-terminated unless it is a plain `const char *`.
 *
 * HANDLES. wirebird_queue_t, wirebird_connection_t, wirebird_server_t,
 * wirebird_stream_t, wirebird_tls_t, wirebird_cookie_jar_t and
 * wirebird_request_t are small numbers, passed by value.
 * A handle that is zero, stale, of another type, or released before gives
 * WIREBIRD_ERROR_HANDLE, never worse. Each is released by its `..._release`,
 * once.
 *
 * THREADS. Every function may be called from any thread and inside any event.
 * None waits for the network and none joins a thread, except
 * wirebird_queue_wait and wirebird_shutdown, which say so. A queue is taken
 * from by one thread at a time, and a stream is carried by one thread in each
 * direction. `wake`, `drop`, `release`, `next_mask` and the storage functions
 * are called from any thread: they return soon and call nothing of this library.
 *
 * EVENTS. What happens to a connection or a server travels through the queue
 * that it was made with. Events of one connection arrive in order, on the
 * thread that takes them, and none after wirebird_connection_release has
 * returned on that thread; releasing inside one's own event is fine. The last
 * event of a connection is WIREBIRD_EVENT_CLOSED, exactly once.
 *
 * MEMORY. What goes in is copied before the call returns, or referenced until
 * the release callback that came with it is called. What comes out is valid
 * until the next event is taken from the same queue or the handler returns,
 * unless it says otherwise. An event's `storage` object belongs to the host.
 *
 * ERRORS. A negative status is an error; wirebird_last_error() is its text, on
 * the same thread. Nothing is refused silently. A defect of the library, caught
 * at this boundary, is WIREBIRD_ERROR_PANIC and closes the connection concerned.
 * No callback may throw a C++ exception into this library.
 *
 * OPTIONS. Option structs begin with their size: fill them by their `..._init`
 * and change what you need. Fields and values are only added.
 *
 * FORK. A child of a process whose engine has started gets
 * WIREBIRD_ERROR_FORKED from every function.
 */


#ifndef WIREBIRD_H
#define WIREBIRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef WIREBIRD_API
#if defined(_WIN32) && defined(WIREBIRD_DLL)
#define WIREBIRD_API __declspec(dllimport)
#else
#define WIREBIRD_API
#endif
#endif

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
 * The stream has come to the end of the engine's direction: end that direction
 * of the transport, or all of it if it knows no such thing. The engine reads
 * on. Not an error.
 */
#define WIREBIRD_END 3

/**
 * The engine has let go of the stream, and everything was taken: end the
 * transport once it has brought that away. Not an error.
 */
#define WIREBIRD_OVER 4

/**
 * The engine has aborted the stream: end the transport at once, by a reset if
 * it can do that. Not an error.
 */
#define WIREBIRD_RESET 5

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
 * The URL's scheme is neither `ws` nor `wss`.
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
 * The proxy's host name has no address.
 */
#define WIREBIRD_ERROR_PROXY_NOT_FOUND -60

/**
 * The proxy's host refused the TCP connection.
 */
#define WIREBIRD_ERROR_PROXY_CONNECTION_REFUSED -61

/**
 * The proxy ended the connection before it led to the server.
 */
#define WIREBIRD_ERROR_PROXY_CONNECTION_LOST -62

/**
 * The proxy did not answer in time; the message names the setting.
 */
#define WIREBIRD_ERROR_PROXY_TIMEOUT -63

/**
 * The proxy does not speak the protocol that it was said to, or its answer is
 * over a limit, or it can't be used.
 */
#define WIREBIRD_ERROR_PROXY_PROTOCOL -64

/**
 * The proxy wants credentials, or others than those it was told; the event's
 * `value` is its HTTP status, 407 or 401, for SOCKS 0.
 */
#define WIREBIRD_ERROR_PROXY_AUTHENTICATION -65

/**
 * The proxy did not connect to the server; the event's `value` is its HTTP
 * status, or its SOCKS reply (RFC 1928 section 6: 4 is host unreachable, 5
 * connection refused).
 */
#define WIREBIRD_ERROR_PROXY_REFUSED -66

/**
 * A redirect was not followed: too many, from `wss` to `ws`, or to no
 * WebSocket's URL; the event's `value` is the HTTP status.
 */
#define WIREBIRD_ERROR_REDIRECT -67

/**
 * The TLS handshake failed, or TLS broke; the event's `detail` is
 * WIREBIRD_TLS_ERROR_…, its `value` the alert's number together with
 * WIREBIRD_TLS_ALERT_SENT or WIREBIRD_TLS_ALERT_RECEIVED, or 0.
 */
#define WIREBIRD_ERROR_TLS -70

/**
 * The peer's certificate is not accepted; `detail` and `value` as for
 * WIREBIRD_ERROR_TLS.
 */
#define WIREBIRD_ERROR_CERTIFICATE -71

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
 * Deliver messages as they arrive, in pieces: WIREBIRD_EVENT_TEXT_FRAME and
 * WIREBIRD_EVENT_BINARY_FRAME, with WIREBIRD_FRAME_LAST at the message's end,
 * and no WIREBIRD_EVENT_TEXT or WIREBIRD_EVENT_BINARY. For messages too large
 * for memory, or too slow to wait for: raise WIREBIRD_OPTION_MAX_MESSAGE_SIZE
 * as needed. A piece is what one read brought of a frame, of a compressed one
 * up to 64 KiB; the last one may be empty. Text is cut between characters.
 */
#define WIREBIRD_WANT_STREAM 8

/**
 * Deliver WIREBIRD_EVENT_ROUND_TRIP.
 */
#define WIREBIRD_WANT_ROUND_TRIP 16

/**
 * Deliver WIREBIRD_EVENT_AUTHENTICATE when a server or a proxy wants
 * credentials, or refuses those that it was told, and wait for
 * `wirebird_connection_authenticate` or
 * `wirebird_connection_decline_authentication` (client side).
 */
#define WIREBIRD_WANT_AUTHENTICATION 64

/**
 * Deliver WIREBIRD_EVENT_TLS_ERRORS and wait for
 * `wirebird_connection_tls_continue`, instead of ending the handshake, if the
 * peer's certificate has errors. In a server's options: about the certificates
 * of clients.
 */
#define WIREBIRD_WANT_TLS_ERRORS 32

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
 * Unsent bytes above which WIREBIRD_EVENT_HIGH_WATER is delivered, unless they
 * are of a single message; once they are half of it,
 * WIREBIRD_EVENT_LOW_WATER. Default 1,048,576.
 */
#define WIREBIRD_OPTION_HIGH_WATER 5

/**
 * Unsent bytes above which happens what WIREBIRD_OPTION_OVERFLOW says: as a
 * default a further message is refused with WIREBIRD_ERROR_LIMIT and the
 * connection closes with 1013. A single message larger than this is accepted
 * while nothing else is unsent. Default: server 16,777,216, client 67,108,864.
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
 * system, frame headers included; messages that wait to be compressed count
 * as long as they are. What a thread sends while it collects counts until that
 * thread flushes, also if the engine has written it.
 */
#define WIREBIRD_OPTION_UNSENT 11

/**
 * Read only: microseconds between the last answered Ping and its Pong; 0
 * before the first.
 */
#define WIREBIRD_OPTION_ROUND_TRIP 12

/**
 * Messages shorter than this many bytes are not compressed, 0 to 2^63-1.
 * Default 64.
 */
#define WIREBIRD_OPTION_COMPRESSION_THRESHOLD 13

/**
 * What happens to a message past WIREBIRD_OPTION_MAX_UNSENT: one of
 * WIREBIRD_OVERFLOW_…, for messages sent from now on. Default
 * WIREBIRD_OVERFLOW_CLOSE.
 */
#define WIREBIRD_OPTION_OVERFLOW 20

/**
 * Read only: messages that were refused past WIREBIRD_OPTION_MAX_UNSENT,
 * dropped for newer ones, or replaced by `wirebird_connection_send_latest`.
 */
#define WIREBIRD_OPTION_DROPPED 21

/**
 * Read only: bytes given to the operating system since the opening handshake,
 * frame headers included.
 */
#define WIREBIRD_OPTION_BYTES_SENT 22

/**
 * Read only: bytes read since the opening handshake, frame headers included.
 */
#define WIREBIRD_OPTION_BYTES_RECEIVED 23

/**
 * Read only: messages accepted for sending, less those that were dropped or
 * replaced since; one in fragments counts with its last.
 */
#define WIREBIRD_OPTION_MESSAGES_SENT 24

/**
 * Read only: messages that arrived completely.
 */
#define WIREBIRD_OPTION_MESSAGES_RECEIVED 25

/**
 * The connection closes with 1001 when a frame has begun to arrive and no
 * further byte of it arrives for this many ms, the time in which nothing is
 * read left out: WIREBIRD_EVENT_CLOSING with WIREBIRD_ERROR_TIMEOUT. 0 is
 * never, else up to 2^31-1. Default 0.
 */
#define WIREBIRD_OPTION_FRAME_TIMEOUT 26

/**
 * Read only: 1 if the request (server side) has an Origin that is not of the
 * host and port in its Host header, else 0. Known from WIREBIRD_EVENT_REQUEST
 * on.
 */
#define WIREBIRD_OPTION_FOREIGN_ORIGIN 27

/**
 * Read only: 1 if permessage-deflate was negotiated, else 0.
 */
#define WIREBIRD_OPTION_COMPRESSION 28

/**
 * Read only: the level at which this side compresses, 1 to 9, whether or not
 * compression was negotiated.
 */
#define WIREBIRD_OPTION_COMPRESSION_LEVEL 29

/**
 * Read only: the negotiated LZ77 window of the server's messages, 8 to 15;
 * without compression 0.
 */
#define WIREBIRD_OPTION_SERVER_MAX_WINDOW_BITS 30

/**
 * Read only: the negotiated LZ77 window of the client's messages, 8 to 15;
 * without compression 0.
 */
#define WIREBIRD_OPTION_CLIENT_MAX_WINDOW_BITS 31

/**
 * Read only: 1 if it was negotiated that the server compresses each of its
 * messages for itself, else 0.
 */
#define WIREBIRD_OPTION_SERVER_NO_CONTEXT_TAKEOVER 32

/**
 * Read only: 1 if the client compresses each of its messages for itself, else
 * 0.
 */
#define WIREBIRD_OPTION_CLIENT_NO_CONTEXT_TAKEOVER 33

/**
 * Read only: 1 if the client's own connection is encrypted, as far as the
 * server or a trusted proxy knows, else 0 (server side).
 */
#define WIREBIRD_OPTION_SECURE 60

/**
 * Read only: this connection's number in the log, which no other connection of
 * the process has.
 */
#define WIREBIRD_OPTION_NUMBER 61

/**
 * The message is refused with WIREBIRD_ERROR_LIMIT, and the connection closes
 * with 1013.
 */
#define WIREBIRD_OVERFLOW_CLOSE 0

/**
 * The message, or the fragment of one, is refused with WIREBIRD_ERROR_LIMIT.
 */
#define WIREBIRD_OVERFLOW_DROP_NEWEST 1

/**
 * The messages that wait longest are dropped until the new one fits: whole
 * ones that were sent with this setting or by
 * `wirebird_connection_send_latest`, of which nothing was written or
 * compressed. If that does not help, nothing is dropped and the new one is
 * refused with WIREBIRD_ERROR_LIMIT. Up to 16 KiB, or a quarter of the limit
 * if that is less, are encoded ahead and not dropped any more. While a thread
 * of the engine is writing, up to as much again may wait until it pauses.
 */
#define WIREBIRD_OVERFLOW_DROP_OLDEST 2

/**
 * Payloads up to this many bytes arrive in memory of the queue, without an
 * object of their own, 0 to 2^32-1. Holds for connections and servers made
 * with this queue, for what arrives from now on. Default 4,096.
 */
#define WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD 1

/**
 * Reading from connections pauses while more than this many bytes wait in the
 * queue, 1 to 2^63-1. Default 1,048,576.
 */
#define WIREBIRD_QUEUE_OPTION_MAX_WAITING 2

/**
 * Those to any host.
 */
#define WIREBIRD_REDIRECT_ANYWHERE 0

/**
 * Those that keep scheme, host and port; others fail with
 * WIREBIRD_ERROR_REDIRECT.
 */
#define WIREBIRD_REDIRECT_SAME_ORIGIN 1

/**
 * Those that keep the scheme, to any host; others fail with
 * WIREBIRD_ERROR_REDIRECT.
 */
#define WIREBIRD_REDIRECT_SAME_SCHEME 2

/**
 * The proxy that HTTP_PROXY names for `ws`, HTTPS_PROXY for `wss`, or else
 * ALL_PROXY, unless NO_PROXY lists the host; each also in lower case. Read
 * during the call. Loopback addresses, `localhost` and Unix domain sockets are
 * always reached without one.
 */
#define WIREBIRD_PROXY_ENVIRONMENT 0

/**
 * No proxy.
 */
#define WIREBIRD_PROXY_NONE 1

/**
 * The proxy at `proxy_url`, for whatever server.
 */
#define WIREBIRD_PROXY_URL 2

/**
 * HTTP/1.1.
 */
#define WIREBIRD_HTTP_1_1 11

/**
 * HTTP/2.
 */
#define WIREBIRD_HTTP_2 20

/**
 * Who sends a request is its client.
 */
#define WIREBIRD_FORWARDED_NONE 0

/**
 * X-Forwarded-For names the client's address, X-Forwarded-Proto its scheme and
 * X-Forwarded-Host the host that it asked for. Of several addresses the last one
 * that is not among `trusted_proxies` counts. The port is 0 where they don't
 * tell one.
 */
#define WIREBIRD_FORWARDED_X 1

/**
 * The same by Forwarded (RFC 7239).
 */
#define WIREBIRD_FORWARDED_RFC7239 2

/**
 * They are answered with 426, and the connection ends.
 */
#define WIREBIRD_HTTP_REFUSE 0

/**
 * Each is delivered as WIREBIRD_EVENT_HTTP_REQUEST.
 */
#define WIREBIRD_HTTP_ASK 1

/**
 * The opening handshake may take this many ms from when the connection was
 * accepted, the decision of the host about the request included, that about
 * WIREBIRD_EVENT_TLS_ERRORS not; 0 is no limit, else up to 2^31-1. A request that is not complete by then is answered with 408; whoever
 * sent nothing, or waits for the host's decision, gets no answer. Default
 * 10,000.
 */
#define WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT 1

/**
 * Handshakes under way at once, 1 to 2^32-1; more wait unaccepted. Default
 * 256.
 */
#define WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES 2

/**
 * Handshakes under way at once from one IPv4 address or one /64 of IPv6, 1 to
 * 2^32-1, requests that wait for a decision left out. More wait for their
 * turn, in order, without being read; handshakes of other addresses pass them.
 * Up to `backlog` wait in all, then one of the address that has the most
 * waiting is closed, the last of them first, with
 * WIREBIRD_EVENT_HANDSHAKE_FAILED. Behind a proxy that `trusted_proxies` does
 * not name all clients have its address: name it, or raise this to
 * max_handshakes. Default 16.
 */
#define WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS 3

/**
 * Connections open at once, 1 to 2^32-1, requests that wait for a decision
 * included; one more is answered with 503. Default 10,000.
 */
#define WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS 4

/**
 * Most bytes of a request's header block, request line and empty line
 * included, 256 to 1,048,576; a longer one is answered with 431. Default 16,384.
 */
#define WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE 5

/**
 * Most header fields of a request, 1 to 10,000; one more is answered with
 * 431. Above 100, reading a request needs 64 bytes more for each. Default 100.
 */
#define WIREBIRD_SERVER_OPTION_MAX_HEADERS 6

/**
 * Read only: handshakes under way.
 */
#define WIREBIRD_SERVER_OPTION_HANDSHAKES 7

/**
 * Read only: handshakes that wait for others of their address.
 */
#define WIREBIRD_SERVER_OPTION_WAITING 8

/**
 * Read only: connections open, and requests that wait for a decision.
 */
#define WIREBIRD_SERVER_OPTION_CONNECTIONS 9

/**
 * TCP connections at once that serve plain HTTP, 1 to 2^32-1. They count from
 * their first request on, by themselves: neither among the handshakes nor among
 * the connections, so that they take nothing from WebSockets. One more is
 * answered with 503. Of HTTP/2, each of several requests at once counts, and a
 * connection that waits for the next request or WebSocket. Default 1,000.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS 40

/**
 * Largest body of a plain request in bytes, 0 to 2^63-1; a larger one is
 * answered with 413. Default 1,048,576.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE 41

/**
 * The body of a plain request may take this many ms to arrive, or it is
 * answered with 408; and the client may take nothing of an answer for so long,
 * or the connection ends, of HTTP/2 that request alone. 0 is no limit, else up to
 * 2^31-1. Default 30,000.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT 42

/**
 * The host may take this many ms to answer a plain request, or to begin to; then
 * it is answered with 503, and WIREBIRD_EVENT_HTTP_OVER tells the host. 0 is no
 * limit, else up to 2^31-1. Default 60,000.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT 43

/**
 * How long a connection that has served plain HTTP is kept for the next
 * request, in ms; 0 is no limit, else up to 2^31-1. Default 15,000.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT 44

/**
 * Requests and WebSockets at once on one TCP connection of HTTP/2, 1 to 2^31-1.
 * Each WebSocket counts in max_connections, too. Default 100.
 */
#define WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS 46

/**
 * The same of one IPv4 address or one /64 of IPv6, 1 to 2^32-1; one more is
 * answered with 503. Does not hold for `trusted_proxies` that name their clients
 * in header fields, nor on Unix domain sockets. Default 250.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS 47

/**
 * Read only: what counts under WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS.
 */
#define WIREBIRD_SERVER_OPTION_HTTP_CONNECTIONS 45

/**
 * Read only: the version of HTTP that the request came by: 10, 11 or 20.
 */
#define WIREBIRD_REQUEST_OPTION_HTTP_VERSION 1

/**
 * Read only: 1 if the client's own connection is encrypted, as far as the
 * server or a trusted proxy knows, else 0.
 */
#define WIREBIRD_REQUEST_OPTION_SECURE 2

/**
 * A `descriptor` of a server that does not listen, now or later: it serves
 * the streams of `wirebird_server_attach`. Its address has family 0.
 */
#define WIREBIRD_NO_SOCKET -2

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
 * TLS 1.2 (RFC 5246).
 */
#define WIREBIRD_TLS_1_2 771

/**
 * TLS 1.3 (RFC 8446).
 */
#define WIREBIRD_TLS_1_3 772

/**
 * Clients are not asked for a certificate.
 */
#define WIREBIRD_TLS_CLIENT_NONE 0

/**
 * Clients are asked for a certificate, and may have none.
 */
#define WIREBIRD_TLS_CLIENT_REQUEST 1

/**
 * Clients have to show a certificate.
 */
#define WIREBIRD_TLS_CLIENT_REQUIRE 2

/**
 * The certificate is its own issuer and not trusted.
 */
#define WIREBIRD_TLS_ERROR_SELF_SIGNED 1

/**
 * The chain ends in a self-signed certificate that is not trusted; the error
 * is that one's.
 */
#define WIREBIRD_TLS_ERROR_SELF_SIGNED_IN_CHAIN 2

/**
 * The certificate's issuer is not in the chain and not trusted.
 */
#define WIREBIRD_TLS_ERROR_UNKNOWN_ISSUER 3

/**
 * The certificate has expired.
 */
#define WIREBIRD_TLS_ERROR_EXPIRED 4

/**
 * The certificate is not valid yet.
 */
#define WIREBIRD_TLS_ERROR_NOT_YET_VALID 5

/**
 * The certificate is not for the host name or address (RFC 6125).
 */
#define WIREBIRD_TLS_ERROR_HOST_NAME 6

/**
 * The certificate was revoked.
 */
#define WIREBIRD_TLS_ERROR_REVOKED 7

/**
 * A signature is wrong.
 */
#define WIREBIRD_TLS_ERROR_BAD_SIGNATURE 8

/**
 * The certificate is not meant for servers, or for clients.
 */
#define WIREBIRD_TLS_ERROR_WRONG_USAGE 9

/**
 * The certificate can't be read, or is none of version 3.
 */
#define WIREBIRD_TLS_ERROR_BAD_ENCODING 10

/**
 * Neither the certificate nor one that vouches for it has a pinned key.
 */
#define WIREBIRD_TLS_ERROR_PIN 11

/**
 * The peer showed no certificate.
 */
#define WIREBIRD_TLS_ERROR_NO_CERTIFICATE 12

/**
 * A certificate of the chain may not issue others, or not so many, or an
 * issuer is used as a server.
 */
#define WIREBIRD_TLS_ERROR_INVALID_ISSUER 13

/**
 * A signature algorithm or key is not supported, or too weak.
 */
#define WIREBIRD_TLS_ERROR_ALGORITHM 14

/**
 * A critical extension is not known here.
 */
#define WIREBIRD_TLS_ERROR_CRITICAL_EXTENSION 15

/**
 * An issuer may not issue for this name.
 */
#define WIREBIRD_TLS_ERROR_NAME_CONSTRAINT 16

/**
 * Something else is wrong with the certificate.
 */
#define WIREBIRD_TLS_ERROR_OTHER 17

/**
 * The peer ended the handshake or the connection with an alert.
 */
#define WIREBIRD_TLS_ERROR_ALERT 64

/**
 * No version, cipher suite or application protocol in common.
 */
#define WIREBIRD_TLS_ERROR_INCOMPATIBLE 65

/**
 * The peer does not speak TLS, but plain HTTP or other text.
 */
#define WIREBIRD_TLS_ERROR_NOT_TLS 66

/**
 * The peer broke the protocol, or its bytes were changed on their way.
 */
#define WIREBIRD_TLS_ERROR_BROKEN 67

/**
 * The peer ended TCP in the middle of the handshake.
 */
#define WIREBIRD_TLS_ERROR_ENDED 68

/**
 * In `value`, besides the alert's number (RFC 8446 section 6): this side sent
 * the alert.
 */
#define WIREBIRD_TLS_ALERT_SENT 256

/**
 * In `value`, besides the alert's number: the peer sent the alert.
 */
#define WIREBIRD_TLS_ALERT_RECEIVED 512

/**
 * The peer is not accepted: the handshake ends.
 */
#define WIREBIRD_TLS_REFUSE 0

/**
 * The peer is accepted in spite of all these errors.
 */
#define WIREBIRD_TLS_ACCEPT 1

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
 * `status`, `message` and, if the peer broke a rule, `detail`.
 */
#define WIREBIRD_EVENT_CLOSING 8

/**
 * The connection is over; its last event. `close_code` is the peer's, 1005
 * if its Close had none, 1006 if there was no Close; `data` is the peer's
 * reason in the queue's text form. `status` is WIREBIRD_OK after a complete
 * closing handshake. For WIREBIRD_ERROR_HTTP_STATUS `value` is the status and
 * `data` the reason phrase. The header fields of a response that failed the
 * opening handshake, whatever is wrong with it, and the beginning of the body
 * of another status than 101 can be read until the connection is released.
 */
#define WIREBIRD_EVENT_CLOSED 9

/**
 * `value` bytes, headers included, were given to the operating system since
 * the last such event. A client's first one, before WIREBIRD_EVENT_OPENED, is
 * the request of its opening handshake, which no figure counts; with those
 * before it on the same connection that were answered by 401.
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
 * A handshake or another request at this server failed without the host's
 * doing; `status` and `message` say why, `value` is the HTTP status of the
 * answer or 0 if there was none. Has no connection.
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
 * A Ping was answered, one of the heartbeat's own too; `value` is the new
 * WIREBIRD_OPTION_ROUND_TRIP. Comes before the WIREBIRD_EVENT_PONG of a Ping
 * that the host sent.
 */
#define WIREBIRD_EVENT_ROUND_TRIP 24

/**
 * With WIREBIRD_WANT_AUTHENTICATION: who is at `value` (WIREBIRD_HOP_…) wants
 * credentials in the scheme `detail` (WIREBIRD_SCHEME_…), after those that came
 * with the options were told, if there are any. `data` is the realm in the
 * queue's text form, for SOCKS empty. `status` is WIREBIRD_OK if none were told
 * yet, WIREBIRD_ERROR_HTTP_STATUS (a server) or
 * WIREBIRD_ERROR_PROXY_AUTHENTICATION (a proxy) if those told last were refused;
 * `message` names the hop. Its response is the last one of
 * `wirebird_connection_response`. The opening handshake waits, within its
 * timeout, for `wirebird_connection_authenticate` or
 * `wirebird_connection_decline_authentication`.
 */
#define WIREBIRD_EVENT_AUTHENTICATE 30

/**
 * The server.
 */
#define WIREBIRD_HOP_SERVER 1

/**
 * The proxy before it.
 */
#define WIREBIRD_HOP_PROXY 2

/**
 * Basic (RFC 7617): the password travels as it is.
 */
#define WIREBIRD_SCHEME_BASIC 1

/**
 * Digest (RFC 7616), by MD5 or SHA-256 as the hop wants it.
 */
#define WIREBIRD_SCHEME_DIGEST 2

/**
 * User and password of SOCKS 5 (RFC 1929): they travel as they are.
 */
#define WIREBIRD_SCHEME_SOCKS 3

/**
 * A plain HTTP request waits for its answer, with the `http` option of a
 * server: `wirebird_request_answer` and its like, soon or later. `server` and
 * `request` are set; `value` is the length of its body.
 */
#define WIREBIRD_EVENT_HTTP_REQUEST 40

/**
 * Less than half of `high_water` bytes wait of a body that is being streamed,
 * after there were more than that, or a piece was refused. `request` is set.
 */
#define WIREBIRD_EVENT_HTTP_ROOM 41

/**
 * A request is over before the host has answered it completely: `status` and
 * `message` say why. Its handle is stale from now on; what was read from it
 * stays valid until the next event. `request` is set; its last event.
 */
#define WIREBIRD_EVENT_HTTP_OVER 42

/**
 * The peer's certificate has errors, and WIREBIRD_WANT_TLS_ERRORS is set: the
 * handshake waits, and nothing of the application is sent, until
 * `wirebird_connection_tls_continue`, within the time for the opening
 * handshake. `wirebird_connection_tls_error` has all errors. At a server
 * `server` is set, and `connection` is one whose request has not come: what
 * comes next are its events WIREBIRD_EVENT_REQUEST, WIREBIRD_EVENT_ACCEPTED or
 * WIREBIRD_EVENT_CLOSED.
 */
#define WIREBIRD_EVENT_TLS_ERRORS 50

/**
 * Reserved bits are set that no negotiated extension uses there (RFC 6455
 * section 5.2).
 */
#define WIREBIRD_VIOLATION_RESERVED_BITS 1

/**
 * A reserved opcode (RFC 6455 section 5.2).
 */
#define WIREBIRD_VIOLATION_RESERVED_OPCODE 2

/**
 * The client sent a frame that is not masked (RFC 6455 section 5.1).
 */
#define WIREBIRD_VIOLATION_UNMASKED 3

/**
 * The server sent a masked frame (RFC 6455 section 5.1).
 */
#define WIREBIRD_VIOLATION_MASKED 4

/**
 * A length is not encoded in its shortest form (RFC 6455 section 5.2).
 */
#define WIREBIRD_VIOLATION_LENGTH_NOT_MINIMAL 5

/**
 * A 64-bit length has its most significant bit set (RFC 6455 section 5.2).
 */
#define WIREBIRD_VIOLATION_LENGTH_TOP_BIT 6

/**
 * A control frame is fragmented (RFC 6455 section 5.5).
 */
#define WIREBIRD_VIOLATION_FRAGMENTED_CONTROL 7

/**
 * A control frame has more than 125 bytes of payload (RFC 6455 section 5.5).
 */
#define WIREBIRD_VIOLATION_CONTROL_TOO_LONG 8

/**
 * A continuation frame without a message to continue (RFC 6455 section 5.4).
 */
#define WIREBIRD_VIOLATION_NOTHING_TO_CONTINUE 9

/**
 * A message began before the one before it was complete (RFC 6455 section
 * 5.4).
 */
#define WIREBIRD_VIOLATION_INTERRUPTED_MESSAGE 10

/**
 * A text message is not valid UTF-8 (RFC 6455 section 8.1).
 */
#define WIREBIRD_VIOLATION_INVALID_TEXT 11

/**
 * A compressed message can't be inflated (RFC 7692 section 7.2.2).
 */
#define WIREBIRD_VIOLATION_INVALID_DEFLATE 12

/**
 * A Close frame has a payload of one byte (RFC 6455 section 5.5.1).
 */
#define WIREBIRD_VIOLATION_CLOSE_TOO_SHORT 13

/**
 * A Close frame has a code that must not be sent (RFC 6455 section 7.4).
 */
#define WIREBIRD_VIOLATION_CLOSE_CODE 14

/**
 * A Close frame's reason is not valid UTF-8 (RFC 6455 section 5.5.1).
 */
#define WIREBIRD_VIOLATION_INVALID_REASON 15

/**
 * A frame is over WIREBIRD_OPTION_MAX_FRAME_SIZE.
 */
#define WIREBIRD_VIOLATION_FRAME_TOO_LARGE 16

/**
 * A message is over WIREBIRD_OPTION_MAX_MESSAGE_SIZE.
 */
#define WIREBIRD_VIOLATION_MESSAGE_TOO_LARGE 17

/**
 * A message has more frames than WIREBIRD_OPTION_MAX_FRAGMENTS.
 */
#define WIREBIRD_VIOLATION_TOO_MANY_FRAGMENTS 18

/**
 * No record.
 */
#define WIREBIRD_LOG_OFF 0

/**
 * Defects.
 */
#define WIREBIRD_LOG_ERROR 1

/**
 * What somebody should look after: a limit that closed a connection, root
 * certificates that can't be read.
 */
#define WIREBIRD_LOG_WARNING 2

/**
 * Servers that listen, peers that were refused and why.
 */
#define WIREBIRD_LOG_INFO 3

/**
 * Each step of each connection.
 */
#define WIREBIRD_LOG_DEBUG 4

/**
 * Each frame: kind and size.
 */
#define WIREBIRD_LOG_TRACE 5

/**
 * No end of a wait: `timeout_ms` of `wirebird_queue_wait`.
 */
#define WIREBIRD_FOREVER UINT32_MAX

/**
 * Serve files and folders whose names begin with a dot.
 */
#define WIREBIRD_FILES_HIDDEN 1

/**
 * The result of a call: 0 (`WIREBIRD_OK`), a positive notice that is no
 * failure, or a negative error. Numbers are never reused.
 */
typedef int32_t wirebird_status_t;

/**
 * A view of bytes. NULL with length 0 is none.
 */
typedef struct {
  /**
   * The first byte.
   */
  const uint8_t *data;
  /**
   * How many.
   */
  size_t length;
} wirebird_bytes_t;

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
 * A certificate that is accepted in spite of one error.
 */
typedef struct {
  /**
   * The certificate with the error, in DER.
   */
  wirebird_bytes_t certificate;
  /**
   * The error: WIREBIRD_TLS_ERROR_….
   */
  uint32_t error;
} wirebird_tls_exception_t;

/**
 * What a client or a server says and accepts in TLS handshakes. Certificates
 * and keys are PEM or DER, as they are found; of files both, of memory both.
 */
typedef struct {
  /**
   * Set by `wirebird_tls_client_options_init` or
   * `wirebird_tls_server_options_init`.
   */
  uint32_t size;
  /**
   * 1 (default of clients) trusts the system's root certificates, which are
   * loaded once, at the first handshake that needs them; 0 (default of
   * servers) does not.
   */
  uint32_t system_roots;
  /**
   * Further roots: each PEM with any number of certificates, or one in DER.
   * A certificate in this list is also accepted as the peer's own.
   */
  const wirebird_bytes_t *ca;
  /**
   * How many.
   */
  size_t ca_count;
  /**
   * Further roots, by the names of their files.
   */
  const wirebird_text_t *ca_files;
  /**
   * How many.
   */
  size_t ca_file_count;
  /**
   * One's own certificate and those that lead to its root, in this order. A
   * server needs one; a client shows it to a server that asks.
   */
  const wirebird_bytes_t *certificates;
  /**
   * How many.
   */
  size_t certificate_count;
  /**
   * The same in a file, instead.
   */
  wirebird_text_t certificate_file;
  /**
   * The private key of the certificate, not encrypted: PKCS#8, PKCS#1 or
   * SEC1, RSA, ECDSA (P-256, P-384) or Ed25519.
   */
  wirebird_bytes_t key;
  /**
   * The same in a file, instead; may be the certificate's.
   */
  wirebird_text_t key_file;
  /**
   * The oldest version: WIREBIRD_TLS_1_2 (default) or WIREBIRD_TLS_1_3.
   */
  uint32_t min_version;
  /**
   * The newest version: WIREBIRD_TLS_1_2 or WIREBIRD_TLS_1_3 (default).
   */
  uint32_t max_version;
  /**
   * Application protocols in order of preference (RFC 7301). NULL (default)
   * is "http/1.1"; not NULL with `alpn_count` 0 is none.
   */
  const wirebird_text_t *alpn;
  /**
   * How many.
   */
  size_t alpn_count;
  /**
   * Client: whose certificate the server has to have, and whom it is asked
   * for; empty (default) is the host of the URL.
   */
  wirebird_text_t server_name;
  /**
   * Client: 1 (default) tells the server that name (RFC 6066 section 3), 0
   * does not. An IP address is never told.
   */
  uint32_t server_name_indication;
  /**
   * 1 (default): sessions are resumed, among the connections of this object.
   * 0: they are not. A server that asks clients for certificates never does,
   * and a client none with a server that was accepted in spite of an error.
   */
  uint32_t resumption;
  /**
   * SHA-256 hashes of public keys (SubjectPublicKeyInfo in DER), 32 bytes
   * each: the peer's own certificate, or one that vouches for it, up to and
   * with the trusted root, has to have one of these keys, besides everything
   * else. What else the peer shows does not count. NULL (default): any.
   */
  const uint8_t *pins;
  /**
   * How many hashes.
   */
  size_t pin_count;
  /**
   * Errors that are accepted: each of one certificate. Those errors are not
   * told and do not end a handshake; all others do. An issuer that is accepted
   * has to have signed what it vouches for.
   */
  const wirebird_tls_exception_t *exceptions;
  /**
   * How many.
   */
  size_t exception_count;
  /**
   * Server: whether clients show a certificate: WIREBIRD_TLS_CLIENT_NONE
   * (default), WIREBIRD_TLS_CLIENT_REQUEST or WIREBIRD_TLS_CLIENT_REQUIRE. It
   * has to be issued by one of the roots.
   */
  uint32_t client_certificates;
  /**
   * What issuers have revoked (RFC 5280): each PEM with any number of lists, or
   * one in DER. A peer whose certificate, or one that vouches for it, is in the
   * list of its issuer has WIREBIRD_TLS_ERROR_REVOKED; if that list is out of
   * date, WIREBIRD_TLS_ERROR_OTHER. What an issuer without a list has issued is
   * not looked up, and nothing is fetched. Make another object for newer lists.
   * NULL (default): none.
   */
  const wirebird_bytes_t *crls;
  /**
   * How many.
   */
  size_t crl_count;
  /**
   * More of them, by the names of their files.
   */
  const wirebird_text_t *crl_files;
  /**
   * How many.
   */
  size_t crl_file_count;
} wirebird_tls_options_t;

/**
 * What one side says and accepts in TLS handshakes. `id` 0 is none.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_tls_t;

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
 * What a TLS handshake told.
 */
typedef struct {
  /**
   * Set it to `sizeof` the struct before the call.
   */
  uint32_t size;
  /**
   * WIREBIRD_TLS_1_2 or WIREBIRD_TLS_1_3; 0 if the engine did not encrypt
   * this connection.
   */
  uint32_t version;
  /**
   * The cipher suite by its name at IANA, such as "TLS_AES_128_GCM_SHA256".
   */
  wirebird_text_t cipher_suite;
  /**
   * The application protocol that was agreed upon, or empty.
   */
  wirebird_text_t alpn;
  /**
   * Client: whose certificate the server had to have. Server: the name that
   * the client asked for, or empty.
   */
  wirebird_text_t server_name;
  /**
   * 1 if a session was resumed, else 0.
   */
  uint32_t resumed;
  /**
   * How many certificates the peer has shown.
   */
  uint32_t certificate_count;
  /**
   * How many errors they have.
   */
  uint32_t error_count;
} wirebird_tls_info_t;

/**
 * An error of one certificate.
 */
typedef struct {
  /**
   * WIREBIRD_TLS_ERROR_….
   */
  uint32_t error;
  /**
   * Which certificate of the chain has it; 0 is the peer's own.
   */
  uint32_t certificate;
} wirebird_tls_error_t;

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
   * See WIREBIRD_QUEUE_OPTION_SMALL_PAYLOAD.
   */
  uint32_t small_payload;
  /**
   * See WIREBIRD_QUEUE_OPTION_MAX_WAITING.
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
  /**
   * 1 (default of clients) offers or accepts permessage-deflate (RFC 7692),
   * 0 (default of servers) does not. These six hold for the opening
   * handshake; `wirebird_connection_extensions` says what came of it. From
   * its first compressed message on a connection takes about 330 KiB, with
   * windows of 9 bits 210, without context takeover none while idle.
   */
  uint32_t compression;
  /**
   * 1, fastest, to 9, smallest. Default 6.
   */
  uint32_t compression_level;
  /**
   * LZ77 window of the server's messages, 8 to 15: 2^n bytes. Default 15.
   */
  uint32_t server_max_window_bits;
  /**
   * LZ77 window of the client's messages, 8 to 15: 2^n bytes. Default 15.
   */
  uint32_t client_max_window_bits;
  /**
   * 1: the server compresses each of its messages for itself, and needs
   * memory for that only meanwhile. Default 0: messages refer to those
   * before them.
   */
  uint32_t server_no_context_takeover;
  /**
   * 1: the client does. Default 0.
   */
  uint32_t client_no_context_takeover;
  /**
   * See WIREBIRD_OPTION_COMPRESSION_THRESHOLD.
   */
  uint64_t compression_threshold;
  /**
   * See WIREBIRD_OPTION_OVERFLOW.
   */
  uint32_t overflow;
  /**
   * See WIREBIRD_OPTION_FRAME_TIMEOUT.
   */
  uint32_t frame_timeout_ms;
} wirebird_connection_options_t;

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

/**
 * A jar of cookies that connections may share. `id` 0 is no jar.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_cookie_jar_t;

/**
 * Options of a client connection.
 */
typedef struct {
  /**
   * Set by `wirebird_client_options_init`.
   */
  uint32_t size;
  /**
   * The opening handshake, name look-up, TCP connection and TLS included, may
   * take this many ms, 1 to 2^31-1. The time that the host takes to answer
   * WIREBIRD_EVENT_AUTHENTICATE or WIREBIRD_EVENT_TLS_ERRORS is not counted: it
   * may ask a person. Default 10,000.
   */
  uint32_t handshake_timeout_ms;
  /**
   * `ws://host[:port]/path?query`, or `wss://` with TLS; required. Not kept
   * after the call. A name
   * may have any letters (it is sent in punycode), an IPv6 address a zone:
   * `ws://[fe80::1%25eth0]/`. A user and a password in it are what `user` and
   * `password` are for, percent-encoded. `ws+unix:///path/of/socket:/path?query`
   * is `ws://localhost/path?query` with `unix_path`; the path of the socket is
   * percent-decoded.
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
  /**
   * Most bytes of the response's header block, status line included, 256 to
   * 1,048,576; a longer one fails with WIREBIRD_ERROR_LIMIT. Default 65,536.
   */
  uint32_t max_header_size;
  /**
   * Most header fields of the response, 1 to 10,000; one more fails with
   * WIREBIRD_ERROR_LIMIT. Default 100.
   */
  uint32_t max_headers;
  /**
   * Makes the masks of the frames that are sent, a call for each (its
   * big-endian bytes are the masking key), and Sec-WebSocket-Key from four
   * calls (in the machine's byte order). Called from any thread, by one at a
   * time; must return soon and must not call into this library. What it
   * returns has to be unpredictable (RFC 6455 section 10.3). NULL (default):
   * a cryptographic generator of the library's.
   */
  uint32_t (*next_mask)(void *context);
  /**
   * Passed to `next_mask` and `mask_drop`.
   */
  void *mask_context;
  /**
   * Called once, after the last call of `next_mask` has returned, from any
   * thread. Not called if no connection was made, or without `next_mask`.
   * May be NULL.
   */
  void (*mask_drop)(void *context);
  /**
   * Name look-up and connecting, to the proxy if there is one, may take this
   * many ms, up to 2^31-1, within `handshake_timeout_ms` and each time anew;
   * 0 (default): as long as that. Of a name's addresses those of both families
   * are tried in turn, 250 ms apart, and the first to connect is taken (RFC
   * 8305).
   */
  uint32_t connect_timeout_ms;
  /**
   * 1 (default) sends small messages at once (TCP_NODELAY), 0 lets TCP collect
   * them.
   */
  uint32_t no_delay;
  /**
   * TCP's own look for a peer that is gone: its first probe comes after so many
   * seconds of silence, 1 to 32,767; 0 (default): none.
   */
  uint32_t keep_alive_idle_s;
  /**
   * Seconds between the probes, 1 to 32,767; 0 (default): the system's.
   */
  uint32_t keep_alive_interval_s;
  /**
   * Unanswered probes until the connection is lost, 1 to 127; 0 (default): the
   * system's. Not on Windows.
   */
  uint32_t keep_alive_count;
  /**
   * Which way: WIREBIRD_PROXY_ENVIRONMENT (default), WIREBIRD_PROXY_NONE or
   * WIREBIRD_PROXY_URL.
   */
  uint32_t proxy_mode;
  /**
   * Most redirects that are followed (301, 302, 303, 307, 308), up to 50; 0
   * (default): none. Never from `wss` to `ws`; the fields Authorization, Cookie and
   * Proxy-Authorization of `headers`, `user` and `password`, and the certificate
   * and `server_name` of `tls` stay behind when scheme, host or port change.
   * One more fails with WIREBIRD_ERROR_REDIRECT.
   */
  uint32_t max_redirects;
  /**
   * The address to connect from, with port 0 for any; family 0 (default)
   * leaves the choice to the system.
   */
  wirebird_address_t local;
  /**
   * Connects to this Unix domain socket instead of the URL's host, never
   * through a proxy. Not on Windows. Default empty.
   */
  wirebird_text_t unix_path;
  /**
   * With WIREBIRD_PROXY_URL: `http://host:port` (CONNECT), `socks5://host:port`
   * or `socks5h://host:port` (SOCKS 5; the proxy looks names up in either
   * case), with `user:password@`, percent-encoded, if there is one. Without a
   * port it is 80, for SOCKS 1080.
   */
  wirebird_text_t proxy_url;
  /**
   * Instead of the user in the URL of the proxy, not encoded. For SOCKS user
   * and password have 1 to 255 bytes each.
   */
  wirebird_text_t proxy_user;
  /**
   * The password that belongs to `proxy_user`.
   */
  wirebird_text_t proxy_password;
  /**
   * Tells a server that answers 401 who asks, by Digest (MD5, SHA-256) or
   * Basic. Instead of those in `url`, not encoded. Nothing is told before the
   * server asks, and nothing again that it has refused.
   */
  wirebird_text_t user;
  /**
   * The password that belongs to `user`.
   */
  wirebird_text_t password;
  /**
   * Sends the jar's cookies and keeps those that responses set; id 0 (default)
   * is no jar. Connections may share one.
   */
  wirebird_cookie_jar_t cookies;
  /**
   * TLS for a `wss` URL, made by `wirebird_tls_client_new`; id 0 (default):
   * the defaults, which trust the system's roots. With a `ws` URL that no
   * redirect may lead away from it is WIREBIRD_ERROR_ARGUMENT. A stream of
   * `wirebird_client_attach` is encrypted by the engine only if this is given.
   */
  wirebird_tls_t tls;
  /**
   * Which of `max_redirects` are followed: WIREBIRD_REDIRECT_ANYWHERE (default),
   * WIREBIRD_REDIRECT_SAME_ORIGIN or WIREBIRD_REDIRECT_SAME_SCHEME.
   */
  uint32_t redirect_policy;
  /**
   * The version of HTTP for the opening handshake: WIREBIRD_HTTP_1_1
   * (default), or WIREBIRD_HTTP_2, by extended CONNECT (RFC 8441): over TLS by
   * ALPN, whatever the `alpn` of `tls`; without TLS right away (prior
   * knowledge). WIREBIRD_ERROR_HANDSHAKE if the server does not know it.
   */
  uint32_t http_version;
} wirebird_client_options_t;

/**
 * Options of a server. The limits can be changed later by
 * `wirebird_server_set`.
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
   * A bound stream socket to use instead of `host` and `port`, which the
   * server owns from then on (not on Windows); -1 (default); or
   * WIREBIRD_NO_SOCKET.
   */
  int64_t descriptor;
  /**
   * Returned in every event of the server. Default NULL.
   */
  void *user_data;
  /**
   * See WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT.
   */
  uint32_t handshake_timeout_ms;
  /**
   * See WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES.
   */
  uint32_t max_handshakes;
  /**
   * See WIREBIRD_SERVER_OPTION_MAX_CONNECTIONS.
   */
  uint32_t max_connections;
  /**
   * Length of the system's queue of connections not yet accepted, and of
   * the queue of those that wait for others of their address (see
   * WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS), 1 to 2^31-1.
   * Default 1,024.
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
  /**
   * See WIREBIRD_SERVER_OPTION_MAX_HANDSHAKES_PER_ADDRESS.
   */
  uint32_t max_handshakes_per_address;
  /**
   * See WIREBIRD_SERVER_OPTION_MAX_HEADER_SIZE.
   */
  uint32_t max_header_size;
  /**
   * See WIREBIRD_SERVER_OPTION_MAX_HEADERS.
   */
  uint32_t max_headers;
  /**
   * The permissions of the file at `unix_path`, such as 0600 (octal); 0
   * (default): as the process's umask says.
   */
  uint32_t unix_mode;
  /**
   * Listens on a Unix domain socket at this path instead of `host` and `port`,
   * with an address of family 0. The file is removed on close. A file that a
   * server left behind which is gone is replaced; if one listens there, or the
   * file is no socket, WIREBIRD_ERROR_ADDRESS_IN_USE. Its clients have no
   * address: max_handshakes_per_address does not hold for them. Not on Windows.
   * Default empty.
   */
  wirebird_text_t unix_path;
  /**
   * What becomes of requests that don't ask for a WebSocket: WIREBIRD_HTTP_….
   * Default WIREBIRD_HTTP_REFUSE.
   */
  uint32_t http;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS.
   */
  uint32_t http_max_connections;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP_MAX_BODY_SIZE.
   */
  uint64_t http_max_body_size;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP_BODY_TIMEOUT.
   */
  uint32_t http_body_timeout_ms;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP_ANSWER_TIMEOUT.
   */
  uint32_t http_answer_timeout_ms;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP_KEEP_ALIVE_TIMEOUT.
   */
  uint32_t http_keep_alive_timeout_ms;
  /**
   * A path, as "/healthz", that the engine answers by itself with 200 and
   * "ok", whatever `http` says: the process lives, the port is open, and the
   * engine has time. It says nothing about the host's own threads, which may
   * be busy. Empty (default): none.
   */
  wirebird_text_t health_path;
  /**
   * Every connection is encrypted, those of `wirebird_server_attach` too:
   * made by `wirebird_tls_server_new`. Id 0 (default): none is. The TLS
   * handshake counts in the time for the opening handshake and in the limits
   * of handshakes.
   */
  wirebird_tls_t tls;
  /**
   * Networks of the proxies in front of the server, as 10.0.0.0/8, fd00::/8,
   * 192.0.2.1, or unix for peers of a Unix domain socket. Nobody else is
   * believed anything about clients.
   */
  const wirebird_text_t *trusted_proxies;
  /**
   * How many networks.
   */
  size_t trusted_proxy_count;
  /**
   * 1: every connection that is accepted begins with a PROXY header, version
   * 1 or 2, in front of TLS and HTTP, from one of `trusted_proxies`; what has
   * none, or comes from elsewhere, is closed. The client that it names is the
   * peer everywhere, limits by address included. Default 0. Streams of
   * `wirebird_server_attach` have none.
   */
  uint32_t proxy_protocol;
  /**
   * In which header fields `trusted_proxies` name the client: one of
   * WIREBIRD_FORWARDED_…. Default WIREBIRD_FORWARDED_NONE. Choose what the
   * proxy sets by itself, or else clients may set it.
   */
  uint32_t forwarded;
  /**
   * Hosts that may be asked for, as in a Host field: "example.org" with any
   * port, "example.org:8080" with that one. Others are answered with 421:
   * against pages whose name resolves to this server's address (DNS
   * rebinding), for servers that only listen on loopback as well. None
   * (default): every host. The `health_path` is answered for every host.
   */
  const wirebird_text_t *hosts;
  /**
   * How many hosts.
   */
  size_t host_count;
  /**
   * 1: requests for a WebSocket without an Origin are answered with 403,
   * whatever `accept` says. Only browsers send one. Default 0.
   */
  uint32_t require_origin;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP2_MAX_STREAMS.
   */
  uint32_t http2_max_streams;
  /**
   * 1: without TLS, clients may begin with HTTP/2 right away (prior knowledge,
   * RFC 9113 section 3.3). Default 0. Over TLS clients choose HTTP/2 if "h2" is
   * among the `alpn` of `tls`. Either way plain requests arrive as others do,
   * and WebSockets by extended CONNECT (RFC 8441).
   */
  uint32_t http2_prior_knowledge;
  /**
   * See WIREBIRD_SERVER_OPTION_HTTP_MAX_CONNECTIONS_PER_ADDRESS.
   */
  uint32_t http_max_connections_per_address;
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
 * A record of the log. Payloads are not logged at all; credentials, cookies
 * and the queries of URLs neither.
 */
typedef struct {
  /**
   * `sizeof` of this struct in the library: later ones may have more.
   */
  uint32_t size;
  /**
   * WIREBIRD_LOG_ERROR to WIREBIRD_LOG_TRACE.
   */
  uint32_t level;
  /**
   * WIREBIRD_OPTION_NUMBER of the connection concerned, 0 if there is none.
   */
  uint64_t connection;
  /**
   * The part of the library: "client", "connection", "frame", "net",
   * "server". Others may follow.
   */
  wirebird_text_t category;
  /**
   * One line of English.
   */
  wirebird_text_t text;
} wirebird_log_record_t;

/**
 * Takes a record, which is valid during the call. It is called from any thread,
 * several at a time, inside calls of this library too: it returns soon and calls
 * nothing of this library.
 */
typedef void (*wirebird_log_function_t)(void *context, const wirebird_log_record_t *record);

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
 * A server. `id` 0 is no server.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_server_t;

/**
 * A plain HTTP request at a server that waits for its answer. `id` 0 is none.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_request_t;

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
  /**
   * Which rule the peer broke: WIREBIRD_VIOLATION_… in WIREBIRD_EVENT_CLOSING
   * with `value` 0 and WIREBIRD_ERROR_PROTOCOL; WIREBIRD_SCHEME_… in
   * WIREBIRD_EVENT_AUTHENTICATE; WIREBIRD_TLS_ERROR_… with WIREBIRD_ERROR_TLS
   * and WIREBIRD_ERROR_CERTIFICATE; else 0.
   */
  uint32_t detail;
  /**
   * The plain HTTP request concerned, or id 0.
   */
  wirebird_request_t request;
} wirebird_event_t;

/**
 * Options of a stream that the host carries.
 */
typedef struct {
  /**
   * Set by `wirebird_stream_options_init`.
   */
  uint32_t size;
  /**
   * Most bytes that wait in each direction, 1 to 2^31-1. Memory is used only
   * for those that do. Default 65,536.
   */
  uint32_t buffer_size;
  /**
   * At a server: how long the opening handshake may take from now on, in ms
   * up to 2^31-1; 0 is no limit, -1 (default) is
   * WIREBIRD_SERVER_OPTION_HANDSHAKE_TIMEOUT. A client has its own option.
   */
  int32_t handshake_timeout_ms;
  /**
   * This side's address, for `wirebird_connection_addresses`; family 0
   * (default) if it is not known.
   */
  wirebird_address_t local;
  /**
   * The peer's. Without it the stream does not count among the handshakes of
   * an address.
   */
  wirebird_address_t peer;
  /**
   * Called when there is something to take after `wirebird_stream_take` has
   * found nothing, when there is room after `wirebird_stream_give` has found
   * too little, and when the stream is aborted: once for each until the host
   * has looked again. Called first when the engine begins to write, perhaps
   * before the call has returned that makes the stream. From any thread, also
   * from one that is sending; must return at once and must not call into
   * this library: post a message to the thread that carries the bytes. May be
   * NULL with polling.
   */
  void (*wake)(void *context);
  /**
   * Called once, after the last call of `wake` has returned, from any
   * thread: when the handle was released and the engine needs the stream no
   * more. Not called if the stream could not be made. May be NULL.
   */
  void (*drop)(void *context);
  /**
   * Passed to `wake` and `drop`.
   */
  void *context;
} wirebird_stream_options_t;

/**
 * A stream of bytes that the host carries. `id` 0 is no stream.
 */
typedef struct {
  /**
   * Slot and generation; meaningless to the host.
   */
  uint64_t id;
} wirebird_stream_t;

/**
 * How an answer to a plain HTTP request begins.
 */
typedef struct {
  /**
   * Set by `wirebird_response_options_init`.
   */
  uint32_t size;
  /**
   * The status, 200 to 599. Default 200. Answers with a file may have
   * another one: what the request's conditions and ranges lead to.
   */
  uint16_t status;
  /**
   * WIREBIRD_FILES_…, for `wirebird_request_answer_below`. Default 0.
   */
  uint16_t files;
  /**
   * A reason phrase of one's own, visible ASCII, spaces and tabs; empty
   * (default) is the standard one. Only HTTP/1.1 has it.
   */
  wirebird_text_t reason;
  /**
   * Header fields. Connection, Upgrade, Content-Length, Transfer-Encoding and
   * Sec-WebSocket-… are refused: they follow from the answer. Without a
   * Content-Type there is none, but for files.
   */
  const wirebird_header_t *headers;
  /**
   * How many header fields.
   */
  size_t header_count;
} wirebird_response_options_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

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

/**
 * Writes a client's defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_tls_client_options_init(wirebird_tls_options_t *options,
                                                   uint32_t size);

/**
 * Writes a server's defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_tls_server_options_init(wirebird_tls_options_t *options,
                                                   uint32_t size);

/**
 * Makes the TLS side of clients, for `wirebird_client_options_t`. Reads the
 * files that the options name. `options` may be NULL.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT, also for a file, certificate or key that
 * can't be used, and a key of another certificate.
 *
 * `options` and what it points to are valid as their sizes say; `tls` is valid
 * for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_tls_client_new(const wirebird_tls_options_t *options,
                                          wirebird_tls_t *tls);

/**
 * Makes the TLS side of servers, for `wirebird_server_options_t`. Reads the
 * files that the options name.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT, as for `wirebird_tls_client_new`, and
 * without a certificate.
 *
 * `options` and what it points to are valid as their sizes say; `tls` is valid
 * for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_tls_server_new(const wirebird_tls_options_t *options,
                                          wirebird_tls_t *tls);

/**
 * Replaces one's own certificate and key by those in `options`, of which
 * nothing else is looked at, for handshakes from now on: a renewed certificate
 * needs no restart. A client resumes no session of the certificate from before.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT; the certificate from before stays.
 *
 * `options` and what it points to are valid as their sizes say.
 */
WIREBIRD_API
wirebird_status_t wirebird_tls_set_certificate(wirebird_tls_t tls,
                                               const wirebird_tls_options_t *options);

/**
 * Releases the handle. Clients and servers that were made with it keep what
 * they need.
 */
WIREBIRD_API wirebird_status_t wirebird_tls_release(wirebird_tls_t tls);

/**
 * Answers WIREBIRD_EVENT_TLS_ERRORS: WIREBIRD_TLS_ACCEPT goes on,
 * WIREBIRD_TLS_REFUSE ends the handshake with WIREBIRD_ERROR_CERTIFICATE.
 *
 * Errors: WIREBIRD_ERROR_STATE if nobody waits for an answer (any more),
 * WIREBIRD_ERROR_ARGUMENT.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_tls_continue(wirebird_connection_t connection,
                                                   uint32_t verdict);

/**
 * What the last TLS handshake told (a client that follows redirects has one
 * with each server): from WIREBIRD_EVENT_TLS_ERRORS or
 * WIREBIRD_EVENT_OPENED on, at a server from WIREBIRD_EVENT_REQUEST or
 * WIREBIRD_EVENT_ACCEPTED on, and after a handshake that failed for the peer's
 * certificate. Texts are valid until the connection is released.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `info` begins with its size and is valid for writing as many bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_tls_info(wirebird_connection_t connection,
                                               wirebird_tls_info_t *info);

/**
 * Certificate number `index` of the peer's chain in DER, 0 is its own;
 * WIREBIRD_EMPTY past the last one. As a resumed session began, if it was
 * resumed. Valid until the connection is released.
 *
 * `der` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_tls_certificate(wirebird_connection_t connection,
                                                      size_t index,
                                                      wirebird_bytes_t *der);

/**
 * Error number `index` of the peer's certificates, also of those that the host
 * has accepted; WIREBIRD_EMPTY past the last one.
 *
 * `error` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_tls_error(wirebird_connection_t connection,
                                                size_t index,
                                                wirebird_tls_error_t *error);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_engine_options_init(wirebird_engine_options_t *options,
                                               uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_options_init(wirebird_queue_options_t *options,
                                              uint32_t size);

/**
 * Writes a client's defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_connection_options_init(wirebird_connection_options_t *options,
                                                          uint32_t size);

/**
 * Writes a server's defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_connection_options_init(wirebird_connection_options_t *options,
                                                          uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_options_init(wirebird_client_options_t *options,
                                               uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_options_init(wirebird_server_options_t *options,
                                               uint32_t size);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_accept_options_init(wirebird_accept_options_t *options,
                                               uint32_t size);

/**
 * The version of the ABI: the major number in the high 16 bits, the minor in
 * the low 16. A program that was built for the same major and a lower or
 * equal minor works with this library.
 */
WIREBIRD_API uint32_t wirebird_abi_version(void);

/**
 * The version of the library, as "0.1.0". Static.
 */
WIREBIRD_API const char *wirebird_version(void);

/**
 * Whether this build has a feature: "client", "server", "tls". False for unknown
 * names and NULL.
 *
 * `name` is NULL or a terminated string.
 */
WIREBIRD_API bool wirebird_has_feature(const char *name);

/**
 * Starts the engine with options. Not needed: the first queue starts it with
 * the defaults. `options` may be NULL.
 *
 * Errors: WIREBIRD_ERROR_STATE if it runs already, WIREBIRD_ERROR_RESOURCES.
 *
 * `options` is NULL or valid as its `size` says.
 */
WIREBIRD_API wirebird_status_t wirebird_start(const wirebird_engine_options_t *options);

/**
 * Ends every connection, server and engine thread, and waits up to
 * `timeout_ms` for the threads. Every handle is stale afterwards, and the
 * engine can't be started again. Not needed at the end of a program, but leak
 * checkers are happier. Must not be called inside an event.
 */
WIREBIRD_API wirebird_status_t wirebird_shutdown(uint32_t timeout_ms);

/**
 * Gives the records of `level` and those more urgent to `function`, instead of
 * the function before. When this returns, no call of that one is under way, and
 * none follows. NULL or WIREBIRD_LOG_OFF ends it. Without this call nothing is
 * logged.
 *
 * Connections that were made while the level was WIREBIRD_LOG_OFF have the
 * number 0 in records.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT; WIREBIRD_ERROR_STATE inside `function`, and
 * where the process has set a subscriber of Rust's tracing by itself: that one
 * gets the log.
 *
 * `function` may be called from any thread with `context` until it is replaced.
 */
WIREBIRD_API
wirebird_status_t wirebird_log(wirebird_log_function_t function,
                               void *context,
                               uint32_t level);

/**
 * Makes a queue. `options` may be NULL for the defaults.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_RESOURCES if the engine
 * can't start, WIREBIRD_ERROR_SHUT_DOWN. No callback is called then.
 *
 * `options` is NULL or valid as its `size` says, with functions that keep the
 * promises of their documentation; `queue` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_new(const wirebird_queue_options_t *options,
                                     wirebird_queue_t *queue);

/**
 * Takes one event: WIREBIRD_OK, or WIREBIRD_EMPTY if none is waiting. What the
 * event points to is valid until the next call for the same queue.
 *
 * Errors: WIREBIRD_ERROR_STATE while another thread dispatches the queue.
 *
 * `event` is valid for writing.
 */
WIREBIRD_API wirebird_status_t wirebird_queue_next(wirebird_queue_t queue, wirebird_event_t *event);

/**
 * Hands the events that wait now to `handler`, at most `max_events` (0: no
 * bound), and no further one after `max_us` microseconds (0: no bound). What
 * the handler sends is collected and written at the end, one write for each
 * connection. Events that arrive meanwhile are left for the next call, for
 * which `wake` is called.
 *
 * Returns WIREBIRD_OK, or WIREBIRD_MORE if the bound was reached and events
 * are left; `wake` has been called for them. May be called again inside the
 * handler, for a nested event loop: it goes on with the events that are left.
 *
 * Errors: WIREBIRD_ERROR_STATE while another thread dispatches the queue.
 *
 * `handler` may be called with `context` and does not throw.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_dispatch(wirebird_queue_t queue,
                                          uint32_t max_events,
                                          uint32_t max_us,
                                          void (*handler)(void *context,
                                                          const wirebird_event_t *event),
                                          void *context);

/**
 * Collects what this thread sends from now on, whatever the connection, until
 * the next `wirebird_queue_flush` or the end of the next dispatch: one write
 * for each connection then. For a host that returns to its event loop soon
 * and calls one of them there. What is too large to wait is written by the
 * engine meanwhile.
 */
WIREBIRD_API wirebird_status_t wirebird_queue_collect(wirebird_queue_t queue);

/**
 * Writes now what this thread has collected: what handlers of the dispatch that
 * runs on it have sent so far, for handlers that go on for long, or what was
 * sent since `wirebird_queue_collect`. Call it before a nested event
 * loop waits: if the dispatch has events left, `wake` is called for them and
 * WIREBIRD_MORE returned.
 */
WIREBIRD_API wirebird_status_t wirebird_queue_flush(wirebird_queue_t queue);

/**
 * Waits until an event is there (WIREBIRD_OK) or `timeout_ms` passed
 * (WIREBIRD_EMPTY). WIREBIRD_FOREVER waits without end. For programs that
 * have no event loop of their own. An event of a connection that is released
 * meanwhile is left out: `wirebird_queue_next` may then say WIREBIRD_EMPTY.
 */
WIREBIRD_API wirebird_status_t wirebird_queue_wait(wirebird_queue_t queue, uint32_t timeout_ms);

/**
 * Changes one of WIREBIRD_QUEUE_OPTION_…, at once.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_set(wirebird_queue_t queue,
                                     uint32_t option,
                                     uint64_t value);

/**
 * Reads one of WIREBIRD_QUEUE_OPTION_….
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `value` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_queue_get(wirebird_queue_t queue,
                                     uint32_t option,
                                     uint64_t *value);

/**
 * Releases a queue. Its connections and servers keep their events until they
 * are given another queue or released. Whoever waits in
 * `wirebird_queue_wait` returns. May be called inside its own dispatch, which
 * ends with the event that is being handled.
 */
WIREBIRD_API wirebird_status_t wirebird_queue_release(wirebird_queue_t queue);

/**
 * Opens a client connection whose events go to `queue`. Returns at once;
 * WIREBIRD_EVENT_OPENED or WIREBIRD_EVENT_CLOSED follows.
 *
 * Errors, with no connection made: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_SCHEME,
 * WIREBIRD_ERROR_ARGUMENT for an origin, subprotocol, header, credentials, proxy
 * or figure, WIREBIRD_ERROR_HANDLE for a cookie jar that is gone.
 *
 * `options` and what it points to are valid as their sizes say; `connection`
 * is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_open(wirebird_queue_t queue,
                                       const wirebird_client_options_t *options,
                                       wirebird_connection_t *connection);

/**
 * Opens a client connection over a stream that the host carries and that leads
 * to the server already: the engine begins with the opening handshake. For a
 * `wss` URL the host has encrypted it, unless `options->tls` is given, with
 * which the engine does. As `wirebird_client_open` for the rest, but for what
 * belongs to connecting and for redirects, which are not followed.
 * `stream_options` may be NULL.
 *
 * `options`, `stream_options` and what they point to are valid as their sizes
 * say, with functions that keep the promises of their documentation;
 * `connection` and `stream` are valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_client_attach(wirebird_queue_t queue,
                                         const wirebird_client_options_t *options,
                                         const wirebird_stream_options_t *stream_options,
                                         wirebird_connection_t *connection,
                                         wirebird_stream_t *stream);

/**
 * Answers WIREBIRD_EVENT_AUTHENTICATE: the hop is told this user and password,
 * and the opening handshake goes on. The same as those that were just refused
 * are not told again: the handshake fails with the response then.
 *
 * Errors: WIREBIRD_ERROR_STATE if nobody asks (any more),
 * WIREBIRD_ERROR_ARGUMENT for control characters, CR and LF among them; the
 * handshake still waits then.
 *
 * `user` and `password` are valid as their lengths say.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_authenticate(wirebird_connection_t connection,
                                                   wirebird_text_t user,
                                                   wirebird_text_t password);

/**
 * Answers WIREBIRD_EVENT_AUTHENTICATE: there are no (other) credentials. The
 * handshake fails with the response that asked for them.
 *
 * Errors: WIREBIRD_ERROR_STATE if nobody asks (any more).
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_decline_authentication(wirebird_connection_t connection);

/**
 * The response number `number`, from 0, of a client's opening handshake among
 * those that did not switch protocols: redirects, challenges, what a proxy
 * answered instead of connecting, and the last one that the handshake failed
 * with. `url` is what was asked for, or the proxy, without credentials.
 * WIREBIRD_EMPTY past the last one. Valid until the connection is released.
 *
 * `status` and `url` are valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_response(wirebird_connection_t connection,
                                               size_t number,
                                               uint16_t *status,
                                               wirebird_text_t *url);

/**
 * The header field number `index` of that response. Names are in lower case.
 * WIREBIRD_EMPTY past the last one, and past the last response. Valid until the
 * connection is released.
 *
 * `header` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_response_header(wirebird_connection_t connection,
                                                      size_t number,
                                                      size_t index,
                                                      wirebird_header_t *header);

/**
 * The URL that was asked last (client side), after all redirects, without
 * credentials; known with WIREBIRD_EVENT_OPENED, and empty before that. Valid
 * until the connection is released.
 *
 * `url` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_url(wirebird_connection_t connection,
                                          wirebird_text_t *url);

/**
 * Makes an empty jar, for `wirebird_client_options_t.cookies`. It keeps up to
 * 4,096 bytes of a cookie, 180 cookies of a domain that somebody can register and
 * 3,000 in all, in memory only: past that those that were used least recently
 * leave, Secure ones last.
 *
 * The rules are those of RFC 6265 and of its successor (rfc6265bis): domain and
 * path have to match, and Secure cookies go to `wss` (and `https`) URLs only;
 * servers of `ws` and `http` URLs take no place of theirs. Names that begin with
 * `__Host-` or `__Secure-` hold what they promise. None is for a public suffix
 * such as `co.uk`, as the list was when this library was built.
 *
 * `jar` is valid for writing.
 */
WIREBIRD_API wirebird_status_t wirebird_cookie_jar_new(wirebird_cookie_jar_t *jar);

/**
 * Releases the handle. Connections that use the jar keep it until their opening
 * handshake is over.
 */
WIREBIRD_API wirebird_status_t wirebird_cookie_jar_release(wirebird_cookie_jar_t jar);

/**
 * Keeps a cookie as if `url` (`ws`, `wss`, `http` or `https`) had sent it in a
 * Set-Cookie field: `name=value; Path=/; Max-Age=60`.
 *
 * Errors: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_ARGUMENT if it can't be read or is
 * for somebody else's domain, or in the place of a Secure one, WIREBIRD_ERROR_LIMIT if it is too long or the jar
 * is full.
 *
 * `url` and `set_cookie` are valid as their lengths say.
 */
WIREBIRD_API
wirebird_status_t wirebird_cookie_jar_set(wirebird_cookie_jar_t jar,
                                          wirebird_text_t url,
                                          wirebird_text_t set_cookie);

/**
 * Writes the value of the Cookie field for `url` into `buffer`, not terminated,
 * and its length into `length`: 0 if there are no cookies for it. With a buffer
 * of less than that nothing but the length is written, and WIREBIRD_ERROR_LIMIT
 * returned; `buffer` may be NULL if `size` is 0.
 *
 * Errors: WIREBIRD_ERROR_URL, WIREBIRD_ERROR_LIMIT.
 *
 * `url` is valid as its length says, `buffer` for writing `size` bytes,
 * `length` for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_cookie_jar_get(wirebird_cookie_jar_t jar,
                                          wirebird_text_t url,
                                          char *buffer,
                                          size_t size,
                                          size_t *length);

/**
 * Forgets all cookies.
 */
WIREBIRD_API wirebird_status_t wirebird_cookie_jar_clear(wirebird_cookie_jar_t jar);

/**
 * Binds and listens at once, unless `options->descriptor` is
 * WIREBIRD_NO_SOCKET. The server's events go to `queue`.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT, WIREBIRD_ERROR_ADDRESS_IN_USE,
 * WIREBIRD_ERROR_ADDRESS_UNAVAILABLE, WIREBIRD_ERROR_PERMISSION,
 * WIREBIRD_ERROR_RESOURCES or WIREBIRD_ERROR_NETWORK. A given descriptor is
 * closed on errors of the system.
 *
 * `options` and what it points to are valid as their sizes say; `server` is
 * valid for writing; a `descriptor` is the caller's to give away.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_listen(wirebird_queue_t queue,
                                         const wirebird_server_options_t *options,
                                         wirebird_server_t *server);

/**
 * Begins the opening handshake on a stream that the host carries, as if it had
 * been accepted here: the server's options hold, and its events tell what comes
 * of it. Also while the server is paused. Begins later while max_handshakes are
 * under way. `stream_options` may be NULL.
 *
 * Errors, with no stream made: WIREBIRD_ERROR_STATE once the server was closed,
 * WIREBIRD_ERROR_ARGUMENT.
 *
 * `stream_options` is NULL or valid as its `size` says, with functions that
 * keep the promises of their documentation; `stream` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_attach(wirebird_server_t server,
                                         const wirebird_stream_options_t *stream_options,
                                         wirebird_stream_t *stream);

/**
 * The address that the server listens on, also after it closed; `family` is 0
 * if it never did.
 *
 * `address` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_address(wirebird_server_t server,
                                          wirebird_address_t *address);

/**
 * The descriptor of the listening socket, which the server goes on owning:
 * for inspection only. -1 once closed, without one, and on Windows.
 *
 * `descriptor` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_descriptor(wirebird_server_t server,
                                             int64_t *descriptor);

/**
 * Stops accepting until resumed; new connections wait in the system's queue
 * meanwhile. WIREBIRD_ERROR_STATE once closed.
 */
WIREBIRD_API wirebird_status_t wirebird_server_pause(wirebird_server_t server);

/**
 * Accepts again. WIREBIRD_ERROR_STATE once closed.
 */
WIREBIRD_API wirebird_status_t wirebird_server_resume(wirebird_server_t server);

/**
 * Moves the server's events, those that wait included, to another queue; id 0
 * keeps them until there is one. Accepted connections stay where they are.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT if the queue has another text form or other
 * storage functions.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_set_queue(wirebird_server_t server,
                                            wirebird_queue_t queue);

/**
 * Replaces all of what the server says and accepts in TLS handshakes, for those
 * that begin from now on.
 *
 * Errors: WIREBIRD_ERROR_STATE if the server was made without TLS or was closed,
 * WIREBIRD_ERROR_ARGUMENT.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_set_tls(wirebird_server_t server,
                                          wirebird_tls_t tls);

/**
 * Stops listening; the port is free at once. Requests that wait for a
 * decision are answered with 503, accepted connections live on.
 * WIREBIRD_EVENT_SERVER_CLOSED follows. WIREBIRD_ERROR_STATE the second time.
 */
WIREBIRD_API wirebird_status_t wirebird_server_close(wirebird_server_t server);

/**
 * Closes the server if need be and releases its handle; no event of it
 * follows. Accepted connections live on.
 */
WIREBIRD_API wirebird_status_t wirebird_server_release(wirebird_server_t server);

/**
 * Changes one of WIREBIRD_SERVER_OPTION_…, for handshakes that begin
 * afterwards: nothing under way or open is ended.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_set(wirebird_server_t server,
                                      uint32_t option,
                                      uint64_t value);

/**
 * Reads one of WIREBIRD_SERVER_OPTION_….
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `value` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_server_get(wirebird_server_t server,
                                      uint32_t option,
                                      uint64_t *value);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_response_options_init(wirebird_response_options_t *options,
                                                 uint32_t size);

/**
 * The request's method, as "GET". Valid until the request is answered or
 * released, or until the event after its WIREBIRD_EVENT_HTTP_OVER; so is what
 * the other functions give.
 *
 * `method` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_method(wirebird_request_t request,
                                          wirebird_text_t *method);

/**
 * The request's target as it was sent, as "/login?from=%2Fchat".
 *
 * `target` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_target(wirebird_request_t request,
                                          wirebird_text_t *target);

/**
 * The target up to its question mark, percent-encoded as it was sent. Begins
 * with a slash.
 *
 * `path` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_path(wirebird_request_t request,
                                        wirebird_text_t *path);

/**
 * The target behind its question mark, percent-encoded as it was sent, or
 * empty.
 *
 * `query` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_query(wirebird_request_t request,
                                         wirebird_text_t *query);

/**
 * The host that the client asked for, perhaps with a port: the Host field, in
 * HTTP/2 `:authority`. Empty if an HTTP/1.0 client did not say.
 *
 * `host` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_host(wirebird_request_t request,
                                        wirebird_text_t *host);

/**
 * The request's body: bytes of any kind, without transfer coding.
 *
 * `body` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_body(wirebird_request_t request,
                                        wirebird_text_t *body);

/**
 * The header field number `index` of the request. Names are in lower case.
 * WIREBIRD_EMPTY past the last one.
 *
 * `header` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_header(wirebird_request_t request,
                                          size_t index,
                                          wirebird_header_t *header);

/**
 * This side's address and the client's; `family` is 0 if it is not known.
 * Either pointer may be NULL.
 *
 * `local` and `peer` are NULL or valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_addresses(wirebird_request_t request,
                                             wirebird_address_t *local,
                                             wirebird_address_t *peer);

/**
 * Reads one of WIREBIRD_REQUEST_OPTION_….
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `value` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_get(wirebird_request_t request,
                                       uint32_t option,
                                       uint64_t *value);

/**
 * Changes what the request's own events carry as `user_data`: at first NULL.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_set_user_data(wirebird_request_t request,
                                                 void *user_data);

/**
 * Moves the request's events to another queue; id 0 keeps them until there is
 * one. At first they go to the queue that the request came from.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT if the queue has another text form or other
 * storage functions.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_set_queue(wirebird_request_t request,
                                             wirebird_queue_t queue);

/**
 * Answers a request with a body of `length` bytes, which are copied, and
 * releases its handle: no event follows. `options` may be NULL.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT, after which the request still waits;
 * WIREBIRD_ERROR_STATE if the client is gone or got 503 for the time it took
 * (the handle is released), or if the answer was begun by
 * `wirebird_request_begin`.
 *
 * `options` and what it points to are valid as their sizes say; `data` is
 * valid for reading `length` bytes; NULL with length 0 is empty.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_answer(wirebird_request_t request,
                                          const wirebird_response_options_t *options,
                                          const void *data,
                                          size_t length);

/**
 * The same without copying: `data` stays valid and unchanged until
 * `release(context)` is called. That happens exactly once, from any thread,
 * before or after this function returns, on errors too.
 *
 * As for `wirebird_request_answer`, `data` until it is released; `release` may
 * be called from any thread.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_answer_shared(wirebird_request_t request,
                                                 const wirebird_response_options_t *options,
                                                 const void *data,
                                                 size_t length,
                                                 void (*release)(void *context),
                                                 void *context);

/**
 * Answers a GET or HEAD request with a file, which the engine reads while it
 * sends, and releases the handle. Content-Type follows from the file's name
 * unless it is given; ETag, Last-Modified, conditions (304, 412) and ranges (206,
 * 416) are taken care of. 404 if there is no such file, 405 for other methods.
 *
 * Errors: as for `wirebird_request_answer`.
 *
 * `options` and what it points to, and `path`, are valid as their sizes say.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_answer_file(wirebird_request_t request,
                                               const wirebird_response_options_t *options,
                                               wirebird_text_t path);

/**
 * The same with a file below the folder `root`, named by a part of a request's
 * path: relative and percent-encoded, as "img/a%20b.png". Never one that lies
 * elsewhere: 404 for `..`, names that begin with a dot (unless
 * WIREBIRD_FILES_HIDDEN is set), names with a backslash, colon or NUL, and
 * symbolic links that lead out of the folder. For a folder its index.html is
 * served, after a redirection to the path with a slash at its end.
 *
 * Errors: as for `wirebird_request_answer`.
 *
 * `options` and what it points to, `root` and `path`, are valid as their sizes
 * say.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_answer_below(wirebird_request_t request,
                                                const wirebird_response_options_t *options,
                                                wirebird_text_t root,
                                                wirebird_text_t path);

/**
 * Begins an answer whose body follows by `wirebird_request_write` and ends with
 * `wirebird_request_finish`, soon or much later. If the client leaves before,
 * WIREBIRD_EVENT_HTTP_OVER says so. `options` may be NULL.
 *
 * Errors: as for `wirebird_request_answer`; WIREBIRD_ERROR_STATE also if it was
 * begun before.
 *
 * `options` and what it points to are valid as their sizes say.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_begin(wirebird_request_t request,
                                         const wirebird_response_options_t *options);

/**
 * Sends a piece of a body, which is copied: what is given leaves as soon as the
 * client takes it. `unsent`, unless NULL, receives how many bytes wait then.
 * Above the `high_water` of the server's connection options, wait for
 * WIREBIRD_EVENT_HTTP_ROOM.
 *
 * Errors: WIREBIRD_ERROR_LIMIT past the `max_unsent` of the server's connection
 * options: the piece is not sent, and WIREBIRD_EVENT_HTTP_ROOM follows.
 * WIREBIRD_ERROR_STATE before `wirebird_request_begin`, or if the client is
 * gone; WIREBIRD_ERROR_ARGUMENT.
 *
 * `data` is valid for reading `length` bytes; NULL with length 0 is empty.
 * `unsent` is NULL or valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_request_write(wirebird_request_t request,
                                         const void *data,
                                         size_t length,
                                         uint64_t *unsent);

/**
 * Ends the body of an answer that was begun, and releases the handle: what was
 * written leaves, no event follows.
 *
 * Errors: WIREBIRD_ERROR_STATE before `wirebird_request_begin`, or if the
 * client is gone (the handle is released then).
 */
WIREBIRD_API wirebird_status_t wirebird_request_finish(wirebird_request_t request);

/**
 * Releases a request; no event of it follows. Without an answer it gets 500; a
 * body that was begun and not finished is cut off, so that the client sees that
 * it is not complete.
 */
WIREBIRD_API wirebird_status_t wirebird_request_release(wirebird_request_t request);

/**
 * Writes the defaults into `options`; `size` is `sizeof *options`.
 *
 * `options` is valid for writing `size` bytes.
 */
WIREBIRD_API
wirebird_status_t wirebird_stream_options_init(wirebird_stream_options_t *options,
                                               uint32_t size);

/**
 * Hands over bytes that came from the peer, and says how many of them there
 * was room for: all, or `wake` is called once there is room for more. Bytes of
 * a stream that is over are dropped.
 *
 * Errors: WIREBIRD_ERROR_STATE after `wirebird_stream_give_end` or
 * `wirebird_stream_fail`, WIREBIRD_ERROR_ARGUMENT.
 *
 * `data` is valid as `length` says; `taken` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_stream_give(wirebird_stream_t stream,
                                       const void *data,
                                       size_t length,
                                       size_t *taken);

/**
 * The peer has ended its direction. Without a closing handshake before that
 * the connection is lost.
 *
 * Errors: WIREBIRD_ERROR_STATE the second time or after
 * `wirebird_stream_fail`.
 */
WIREBIRD_API wirebird_status_t wirebird_stream_give_end(wirebird_stream_t stream);

/**
 * Moves bytes for the peer into `buffer`, and says how many: WIREBIRD_OK.
 * Without any: WIREBIRD_EMPTY, and `wake` is called once there are some or the
 * stream ends; WIREBIRD_END, WIREBIRD_OVER or WIREBIRD_RESET, after which
 * `taken` is 0 as well. They stay in this order, and the last one stays for
 * good. What was written before the connection ended can be taken afterwards,
 * unless it was aborted.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `buffer` is valid for writing `size` bytes, `taken` for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_stream_take(wirebird_stream_t stream,
                                       void *buffer,
                                       size_t size,
                                       size_t *taken);

/**
 * The transport has failed: the connection is lost, with
 * WIREBIRD_ERROR_CONNECTION_LOST and this message, once it has read what was
 * given. Does nothing the second time.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `message` is valid as its length says.
 */
WIREBIRD_API
wirebird_status_t wirebird_stream_fail(wirebird_stream_t stream,
                                       wirebird_text_t message);

/**
 * Releases the handle. A connection that is not over is lost, as by
 * `wirebird_stream_fail`.
 */
WIREBIRD_API wirebird_status_t wirebird_stream_release(wirebird_stream_t stream);

/**
 * Counts no time for a client's `handshake_timeout_ms` until
 * `wirebird_connection_resume_handshake`: for a host that carries the stream and
 * asks a person about it, such as whether to trust a certificate. Called twice it
 * is as once. Without effect once the connection is open, and on a server's.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_pause_handshake(wirebird_connection_t connection);

/**
 * Counts the time again, from where it was.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_resume_handshake(wirebird_connection_t connection);

/**
 * Answers WIREBIRD_EVENT_REQUEST with 101. The connection can be sent to and
 * closed from now on; what is sent leaves after the response, and that, within
 * `wirebird_queue_dispatch`, at its end or by `wirebird_queue_flush`.
 * WIREBIRD_EVENT_OPENED or WIREBIRD_EVENT_CLOSED follows. `options` may be
 * NULL.
 *
 * Errors: WIREBIRD_ERROR_STATE if it was answered before or the peer is gone,
 * WIREBIRD_ERROR_ARGUMENT; the request still waits then.
 *
 * `options` and what it points to are valid as their sizes say.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_accept(wirebird_connection_t connection,
                                             const wirebird_accept_options_t *options);

/**
 * Answers WIREBIRD_EVENT_REQUEST with an HTTP status from 300 to 599, header
 * fields and a body (text/plain unless there is a Content-Type), and releases
 * the connection: no event follows.
 *
 * Errors: WIREBIRD_ERROR_STATE if it was answered before,
 * WIREBIRD_ERROR_ARGUMENT; the request still waits then.
 *
 * `headers`, what they point to, and `body` are valid as their sizes say.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_refuse(wirebird_connection_t connection,
                                             uint16_t status,
                                             const wirebird_header_t *headers,
                                             size_t header_count,
                                             wirebird_text_t body);

/**
 * The same with a reason phrase of one's own (RFC 9112 section 4): visible
 * ASCII, spaces and tabs; empty is the standard one. Only HTTP/1.1 has it.
 *
 * `reason`, `headers`, what they point to, and `body` are valid as their sizes
 * say.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_refuse_as(wirebird_connection_t connection,
                                                uint16_t status,
                                                wirebird_text_t reason,
                                                const wirebird_header_t *headers,
                                                size_t header_count,
                                                wirebird_text_t body);

/**
 * Begins the closing handshake (RFC 6455 section 7). Inside the handler of
 * WIREBIRD_EVENT_CLOSING with value 0 these words leave instead of the
 * engine's. `code` is 1000 to 1003,
 * 1007 to 1014 or 3000 to 4999, or 0 for a Close without a code; `reason` is
 * cut at a character to 123 bytes. While the opening handshake of a client
 * runs it is given up. WIREBIRD_EVENT_CLOSED follows.
 *
 * Errors: WIREBIRD_ERROR_STATE if it is closing already,
 * WIREBIRD_ERROR_ARGUMENT.
 *
 * `reason` is valid as its length says.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_close(wirebird_connection_t connection,
                                            uint16_t code,
                                            wirebird_text_t reason);

/**
 * Ends the TCP connection at once; a request is left without an answer.
 * WIREBIRD_EVENT_CLOSED with 1006 follows.
 */
WIREBIRD_API wirebird_status_t wirebird_connection_abort(wirebird_connection_t connection);

/**
 * Releases the handle; no event follows. An open connection is closed with
 * 1001 in the background, a closing one completes, a request that waits for a
 * decision is answered with 503.
 */
WIREBIRD_API wirebird_status_t wirebird_connection_release(wirebird_connection_t connection);

/**
 * Moves the connection's events, those that wait included, to another queue,
 * in order. Id 0: the connection keeps them until it has a queue, and stops
 * reading meanwhile.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT if the queue has another text form or other
 * storage functions.
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
 * Stops reading from the connection until resumed, so that TCP slows the peer
 * down. What was read already is still delivered.
 */
WIREBIRD_API wirebird_status_t wirebird_connection_pause(wirebird_connection_t connection);

/**
 * Reads again.
 */
WIREBIRD_API wirebird_status_t wirebird_connection_resume(wirebird_connection_t connection);

/**
 * Sends a text message of `length` bytes of UTF-8, which are copied.
 *
 * Errors: WIREBIRD_ERROR_STATE if the connection is not open,
 * WIREBIRD_ERROR_LIMIT past WIREBIRD_OPTION_MAX_UNSENT (what happens then says
 * WIREBIRD_OPTION_OVERFLOW), WIREBIRD_ERROR_ARGUMENT if it is not UTF-8.
 *
 * `data` is valid for reading `length` bytes; NULL with length 0 is empty.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_text(wirebird_connection_t connection,
                                                const char *data,
                                                size_t length);

/**
 * Sends a text message of `length` UTF-16 units, which are copied. Lone
 * surrogates become U+FFFD. `bytes`, unless NULL, receives the length in
 * UTF-8.
 *
 * Errors: as for `wirebird_connection_send_text`.
 *
 * `data` is valid for reading `length` units; NULL with length 0 is empty.
 * `bytes` is NULL or valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_utf16(wirebird_connection_t connection,
                                                 const uint16_t *data,
                                                 size_t length,
                                                 uint64_t *bytes);

/**
 * Sends a binary message of `length` bytes, which are copied.
 *
 * Errors: as for `wirebird_connection_send_text`.
 *
 * `data` is valid for reading `length` bytes; NULL with length 0 is empty.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_binary(wirebird_connection_t connection,
                                                  const void *data,
                                                  size_t length);

/**
 * Sends a message without copying it: `data` stays valid and unchanged until
 * `release(context)` is called. That happens exactly once, from any thread,
 * before or after this function returns, on errors too. `payload` is one of
 * WIREBIRD_PAYLOAD_…, `length` is in its unit. `bytes`, unless NULL, receives
 * the length on the wire.
 *
 * Errors: as for `wirebird_connection_send_text`.
 *
 * `data` is valid for reading `length` bytes or units until released;
 * `release` may be called from any thread; `bytes` is NULL or valid for
 * writing.
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
 * Sends a fragment of a message, for messages that are not there as a whole.
 * `frame` is WIREBIRD_FRAME_LAST for the last one, else 0. All fragments of a
 * message have the same kind of `payload`, and text is cut between characters.
 * `data` is copied. Until the last one nothing but Pings and a Close can be
 * sent besides. `bytes`, unless NULL, receives the length on the wire.
 *
 * WIREBIRD_OPTION_UNSENT and WIREBIRD_EVENT_LOW_WATER say when to go on with a
 * message larger than memory.
 *
 * Errors: as for `wirebird_connection_send_text`; WIREBIRD_ERROR_ARGUMENT for
 * another kind of payload than before.
 *
 * `data` is valid for reading `length` bytes or units; NULL with length 0 is
 * empty. `bytes` is NULL or valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_fragment(wirebird_connection_t connection,
                                                    uint32_t payload,
                                                    const void *data,
                                                    size_t length,
                                                    uint16_t frame,
                                                    uint64_t *bytes);

/**
 * Sends one message to many connections. It is copied once, converted to
 * UTF-8 once, and compressed once for all connections without context
 * takeover on this side whose level and window are the same. `sent`, unless
 * NULL, receives the number of connections that took it; those that are stale,
 * not open, in the middle of a message sent in fragments, or past
 * WIREBIRD_OPTION_MAX_UNSENT did not.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `connections` is valid for reading `count` handles, `data` for `length`
 * bytes or units; either may be NULL with length 0. `sent` is NULL or valid for
 * writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_broadcast(const wirebird_connection_t *connections,
                                     size_t count,
                                     uint32_t payload,
                                     const void *data,
                                     size_t length,
                                     uint64_t *sent);

/**
 * Sends a message of which only the newest matters: if one of the same `topic`
 * (a number that the caller chooses) waits to be sent, it is replaced in its
 * place, whatever its length; else the message is queued at the end. `payload`
 * is one of WIREBIRD_PAYLOAD_…; `data` is copied. `bytes`, unless NULL,
 * receives the length on the wire.
 *
 * A message that is among the next 16 KiB to be written, or of which a part
 * was, is not replaced any more.
 *
 * Errors: as for `wirebird_connection_send_text`.
 *
 * `data` is valid for reading `length` bytes or units; NULL with length 0 is
 * empty. `bytes` is NULL or valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_send_latest(wirebird_connection_t connection,
                                                  uint64_t topic,
                                                  uint32_t payload,
                                                  const void *data,
                                                  size_t length,
                                                  uint64_t *bytes);

/**
 * `wirebird_connection_send_latest` for many connections; copied and converted
 * once. `sent` and errors are those of `wirebird_broadcast`.
 *
 * As for `wirebird_broadcast`.
 */
WIREBIRD_API
wirebird_status_t wirebird_broadcast_latest(const wirebird_connection_t *connections,
                                            size_t count,
                                            uint64_t topic,
                                            uint32_t payload,
                                            const void *data,
                                            size_t length,
                                            uint64_t *sent);

/**
 * Sends a Ping with up to 125 bytes; WIREBIRD_EVENT_PONG follows. `data` is
 * copied.
 *
 * Errors: WIREBIRD_ERROR_STATE if the connection is not open,
 * WIREBIRD_ERROR_ARGUMENT.
 *
 * `data` is valid for reading `length` bytes; NULL with length 0 is empty.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_ping(wirebird_connection_t connection,
                                           const void *data,
                                           size_t length);

/**
 * Changes one of WIREBIRD_OPTION_…, at once.
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_set(wirebird_connection_t connection,
                                          uint32_t option,
                                          uint64_t value);

/**
 * Reads one of WIREBIRD_OPTION_….
 *
 * Errors: WIREBIRD_ERROR_ARGUMENT.
 *
 * `value` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_get(wirebird_connection_t connection,
                                          uint32_t option,
                                          uint64_t *value);

/**
 * This side's address and the peer's, which through a proxy is the proxy's;
 * `family` is 0 before a client has its response, for Unix domain sockets, and
 * if the host did not say. Either pointer may be NULL.
 *
 * `local` and `peer` are NULL or valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_addresses(wirebird_connection_t connection,
                                                wirebird_address_t *local,
                                                wirebird_address_t *peer);

/**
 * The negotiated subprotocol, or empty. Valid until the connection is
 * released.
 *
 * `subprotocol` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_subprotocol(wirebird_connection_t connection,
                                                  wirebird_text_t *subprotocol);

/**
 * The negotiated extensions as the server's Sec-WebSocket-Extensions names
 * them, such as "permessage-deflate; server_max_window_bits=12", or empty.
 * Valid until the connection is released.
 *
 * `extensions` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_extensions(wirebird_connection_t connection,
                                                 wirebird_text_t *extensions);

/**
 * The target of the request (server side), as "/chat?room=1"; empty on the
 * client side. Valid until the connection is released.
 *
 * `target` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_target(wirebird_connection_t connection,
                                             wirebird_text_t *target);

/**
 * The header field number `index` of the peer's handshake: of the request on
 * the server side, of the response on the client side, also when it refused
 * or failed the handshake. Names are in lower case. WIREBIRD_EMPTY past the
 * last one. Valid until the connection is released.
 *
 * `header` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_header(wirebird_connection_t connection,
                                             size_t index,
                                             wirebird_header_t *header);

/**
 * How the body of the response begins that ended the handshake with
 * WIREBIRD_ERROR_HTTP_STATUS, WIREBIRD_ERROR_REDIRECT or, of an HTTP proxy,
 * WIREBIRD_ERROR_PROXY_REFUSED or WIREBIRD_ERROR_PROXY_AUTHENTICATION (client
 * side), else empty: up to 1,024 bytes, of
 * any encoding and perhaps cut inside a character. What the server has not
 * sent a second after its header fields is not waited for. Valid until the
 * connection is released.
 *
 * `body` is valid for writing.
 */
WIREBIRD_API
wirebird_status_t wirebird_connection_response_body(wirebird_connection_t connection,
                                                    wirebird_text_t *body);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* WIREBIRD_H */
