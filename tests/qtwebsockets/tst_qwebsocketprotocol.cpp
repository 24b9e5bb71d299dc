// The enumerations of QWebSocketProtocol: plain, with the numbers of the protocol.
#include "support.h"

#include <type_traits>

// Unscoped enumerations become numbers by themselves.
static_assert(std::is_enum_v<CloseCode> && std::is_convertible_v<CloseCode, int>);
static_assert(std::is_enum_v<Version> && std::is_convertible_v<Version, int>);

class tst_QWebSocketProtocol : public QuietTest
{
    Q_OBJECT

private Q_SLOTS:
    void versionsHaveTheirNumbers_data();
    void versionsHaveTheirNumbers();
    void closeCodesHaveTheirNumbers_data();
    void closeCodesHaveTheirNumbers();
    void otherNumbersFitIntoACloseCode();
};

void tst_QWebSocketProtocol::versionsHaveTheirNumbers_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<int>("number");
    QTest::newRow("unknown") << int(VersionUnknown) << -1;
    QTest::newRow("0") << int(Version0) << 0;
    QTest::newRow("4") << int(Version4) << 4;
    QTest::newRow("5") << int(Version5) << 5;
    QTest::newRow("6") << int(Version6) << 6;
    QTest::newRow("7") << int(Version7) << 7;
    QTest::newRow("8") << int(Version8) << 8;
    QTest::newRow("13") << int(Version13) << 13;
    QTest::newRow("latest") << int(VersionLatest) << 13;
}

void tst_QWebSocketProtocol::versionsHaveTheirNumbers()
{
    QFETCH(int, version);
    QTEST(version, "number");
}

void tst_QWebSocketProtocol::closeCodesHaveTheirNumbers_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("number");
    QTest::newRow("normal") << int(CloseCodeNormal) << 1000;
    QTest::newRow("going away") << int(CloseCodeGoingAway) << 1001;
    QTest::newRow("protocol error") << int(CloseCodeProtocolError) << 1002;
    QTest::newRow("datatype not supported") << int(CloseCodeDatatypeNotSupported) << 1003;
    QTest::newRow("reserved") << int(CloseCodeReserved1004) << 1004;
    QTest::newRow("missing status code") << int(CloseCodeMissingStatusCode) << 1005;
    QTest::newRow("abnormal disconnection") << int(CloseCodeAbnormalDisconnection) << 1006;
    QTest::newRow("wrong datatype") << int(CloseCodeWrongDatatype) << 1007;
    QTest::newRow("policy violated") << int(CloseCodePolicyViolated) << 1008;
    QTest::newRow("too much data") << int(CloseCodeTooMuchData) << 1009;
    QTest::newRow("missing extension") << int(CloseCodeMissingExtension) << 1010;
    QTest::newRow("bad operation") << int(CloseCodeBadOperation) << 1011;
    QTest::newRow("TLS handshake failed") << int(CloseCodeTlsHandshakeFailed) << 1015;
}

void tst_QWebSocketProtocol::closeCodesHaveTheirNumbers()
{
    QFETCH(int, code);
    QTEST(code, "number");
}

void tst_QWebSocketProtocol::otherNumbersFitIntoACloseCode()
{
    QCOMPARE(int(static_cast<CloseCode>(4999)), 4999);
}

QTEST_GUILESS_MAIN(tst_QWebSocketProtocol)
#include "tst_qwebsocketprotocol.moc"
