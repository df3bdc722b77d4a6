#include "transport/libcurl.hpp"

#include "core/error.hpp"

namespace omen {

const LibCurl& LibCurl::get() {
    static const LibCurl functions;
    return functions;
}

LibCurl::LibCurl() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error(Fault::internal, "libcurl: cannot be set up");
}

} // namespace omen
