#include "transport/on_demand/libcurl.hpp"

#include "core/error.hpp"
#include "transport/on_demand/openssl.hpp"

namespace omen {

const LibCurl& LibCurl::get() {
    static const LibCurl functions;
    return functions;
}

LibCurl::LibCurl() {
    openssl::load(); // libcurl sets it up even for http, and would have it cleaned up at the end
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error(Fault::internal, "libcurl: cannot be set up");
}

} // namespace omen
