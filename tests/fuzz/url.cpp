#include "transport/url.hpp"

#include "core/error.hpp"
#include "fuzz/check.hpp"

using namespace omen;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const auto url = Url::parse(fuzz::text_of(data, size));
        fuzz::check(Url::parse(url.text()).text() == url.text(), "two spellings of one endpoint give the same text");
        fuzz::check(!url.host.empty() && url.path.starts_with('/'), "a host and a path");
        fuzz::check(url.text().find_first_of(" \t\r\n") == std::string::npos, "nothing that could split a header");
    } catch (const Error& error) {
        fuzz::check(error.fault() == Fault::usage, "a bad URL is a usage error");
    }
    return 0;
}
