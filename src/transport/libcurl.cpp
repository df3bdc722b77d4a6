#include "transport/libcurl.hpp"

#include "core/error.hpp"

#include <dlfcn.h>
#include <string>

namespace omen {

namespace {

constexpr const char* soname = "libcurl.so.4";

Error unusable(const std::string& why) {
    return {Fault::internal,
            "REST needs libcurl, which cannot be used: " + why,
            {.code = "libcurl_missing", .hint = "install it (Debian: libcurl4)"}};
}

std::string loader_reason() {
    const char* reason = dlerror();
    return reason != nullptr ? reason : soname;
}

} // namespace

const LibCurl& LibCurl::get() {
    static const LibCurl library;
    return library;
}

LibCurl::LibCurl() : library_(dlopen(soname, RTLD_NOW | RTLD_LOCAL)) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw unusable("it cannot be set up");
}

LibCurl::Symbol LibCurl::find(const char* name) const {
    void* address = library_ != nullptr ? dlsym(library_, name) : nullptr;
    if (address == nullptr) throw unusable(loader_reason());
    return {address};
}

} // namespace omen
