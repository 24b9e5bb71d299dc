// Payloads from a fixed sequence of numbers.
#include "payload.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace Load {
namespace {

/// More than the 32 KiB that a compressor looks back to, from messages of half a KiB on.
constexpr std::size_t jsonMessages = 64;

class Numbers
{
public:
    std::uint8_t byte()
    {
        m_state = m_state * 1664525 + 1013904223;
        return std::uint8_t(m_state >> 24);
    }
    unsigned below(unsigned bound) { return (unsigned(byte()) << 8 | byte()) % bound; }

private:
    std::uint32_t m_state = 1;
};

Bytes bytesOf(std::string_view text)
{
    return Bytes(text.begin(), text.end());
}

Bytes binary(std::size_t size, Numbers &numbers)
{
    Bytes payload(size);
    for (std::uint8_t &byte : payload)
        byte = numbers.byte();
    return payload;
}

Bytes ascii(std::size_t size, Numbers &numbers)
{
    Bytes payload(size);
    for (std::uint8_t &byte : payload)
        byte = std::uint8_t(' ' + numbers.byte() % 95);
    return payload;
}

/// Mostly Latin letters, as prose of many languages.
Bytes mixed(std::size_t size, Numbers &numbers)
{
    static constexpr std::string_view words[] = {
        "weather ",      "Gr\u00fc\u00dfe ", "na\u00efve ",         "price: 12.50 \u20ac ",
        "\u6771\u4eac ", "\U0001f426 ",      "\u043c\u0438\u0440 ", "and so on, "
    };
    std::string text;
    for (;;) {
        const std::string_view word = words[numbers.below(std::size(words))];
        if (text.size() + word.size() > size)
            break;
        text += word;
    }
    text.resize(size, '.');
    return bytesOf(text);
}

Bytes json(std::size_t size, Numbers &numbers)
{
    static constexpr std::string_view symbols[] = {
        "ACME", "BOLT", "CRUX", "DELV", "EMIT", "FLUX"
    };
    std::string text = "{\"quotes\":[";
    for (;;) {
        char quote[160];
        const std::string_view symbol = symbols[numbers.below(std::size(symbols))];
        std::snprintf(quote, sizeof quote,
                      "{\"symbol\":\"%.*s\",\"bid\":%u.%02u,\"ask\":%u.%02u,\"volume\":%u},",
                      int(symbol.size()), symbol.data(), 50 + numbers.below(200),
                      numbers.below(100), 50 + numbers.below(200), numbers.below(100),
                      numbers.below(60000));
        if (text.size() + std::string_view(quote).size() + 2 > size)
            break;
        text += quote;
    }
    if (text.back() == ',')
        text.back() = ' ';
    text.resize(size, ' ');
    if (size >= 2)
        text.replace(size - 2, 2, "]}");
    return bytesOf(text);
}

} // namespace

std::vector<Bytes> makePayloads(Kind kind, std::size_t size)
{
    Numbers numbers;
    switch (kind) {
    case Kind::Text:
        return { ascii(size, numbers) };
    case Kind::Mixed:
        return { mixed(size, numbers) };
    case Kind::Binary:
        return { binary(size, numbers) };
    case Kind::Json:
        break;
    }
    std::vector<Bytes> payloads;
    for (std::size_t i = 0; i < jsonMessages; ++i)
        payloads.push_back(json(size, numbers));
    return payloads;
}

} // namespace Load
