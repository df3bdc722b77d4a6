#include "system/shared_library.hpp"

#include "core/error.hpp"

#include <dlfcn.h>
#include <string>

namespace omen {

namespace {

/// To be thrown right after the dl function that failed.
Error unusable(const char* soname, const char* package) {
    const char* reason = dlerror();
    return {Fault::internal,
            std::string(soname) +
                ", which this command needs, cannot be loaded: " + (reason != nullptr ? reason : "no reason given"),
            {.code = "library_missing", .hint = std::string("install it (Debian: ") + package + ")"}};
}

} // namespace

SharedLibrary::SharedLibrary(const char* soname, const char* package)
    : soname_(soname), package_(package), handle_(dlopen(soname, RTLD_LAZY | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw unusable(soname_, package_);
}

void* SharedLibrary::find(const char* function) const {
    void* address = dlsym(handle_, function);
    if (address == nullptr) throw unusable(soname_, package_);
    return address;
}

} // namespace omen
