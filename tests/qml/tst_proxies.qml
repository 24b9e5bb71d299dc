// A WebSocket through the proxy that its property names: tinyproxy for HTTP, microsocks for SOCKS 5,
// which wants to know who asks.
import QtQuick 2.15
import QtTest 1.15
import Wirebird 1.0

TestCase {
    id: test

    property var received: []

    name: "proxies"

    WebSocketServer {
        id: server

        listen: true
        onClientConnected: function (webSocket) {
            webSocket.onTextMessageReceived.connect(function (message) {
                webSocket.sendTextMessage(message)
            })
        }
    }

    Component {
        id: clientComponent

        WebSocket {
            onTextMessageReceived: function (message) { test.received.push(message) }
        }
    }

    function init() {
        received = []
    }

    function open(proxy) {
        return createTemporaryObject(clientComponent, test,
                                     { proxy: proxy, url: server.url, active: true })
    }

    function echoes(client) {
        tryCompare(client, "status", WebSocket.Open, 20000)
        client.sendTextMessage("through a tunnel")
        tryVerify(function () { return test.received.length === 1 }, 20000)
        compare(test.received[0], "through a tunnel")
    }

    function failure(client) {
        tryCompare(client, "status", WebSocket.Error, 20000)
        return client.errorString
    }

    function test_http() {
        echoes(open("http://127.0.0.1:" + proxies.http))
    }

    function test_socks() {
        echoes(open("socks5://bird:seed@127.0.0.1:" + proxies.socks))
    }

    function test_a_proxy_that_does_not_know_the_password() {
        const text = failure(open("socks5://bird:worm@127.0.0.1:" + proxies.socks))
        verify(/proxy/i.test(text), text)
        verify(!/worm/.test(text), text)
    }

    function test_a_proxy_of_the_other_kind() {
        verify(/proxy/i.test(failure(open("http://127.0.0.1:" + proxies.socks))))
    }

    function test_a_proxy_that_is_not_there_is_not_passed_by() {
        const text = failure(open("socks5://127.0.0.1:1"))
        verify(/proxy/i.test(text), text)
    }

    function test_the_proxy_may_be_changed() {
        const client = open("socks5://127.0.0.1:1")
        failure(client)
        client.active = false
        client.proxy = "http://127.0.0.1:" + proxies.http
        client.active = true
        echoes(client)
    }

    function test_what_is_no_proxy_is_warned_of() {
        ignoreWarning(/proxy takes http:/)
        failure(open("ftp://127.0.0.1:1"))
    }
}
