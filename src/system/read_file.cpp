#include "system/read_file.hpp"

#include "system/descriptor.hpp"
#include "system/signals.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace omen {

std::string read_file(const std::string& path) {
    const Descriptor file(signals::repeat([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }));
    if (file.get() < 0) throw std::system_error(errno, std::generic_category());
    std::string text;
    std::array<char, 65'536> bytes;
    for (;;) {
        const auto count = signals::repeat([&] { return ::read(file.get(), bytes.data(), bytes.size()); });
        if (count < 0) throw std::system_error(errno, std::generic_category());
        if (count == 0) return text;
        text.append(bytes.data(), static_cast<std::size_t>(count));
    }
}

std::optional<std::string> read_file_if_there(const std::string& path) try {
    return read_file(path);
} catch (const std::system_error& error) {
    if (error.code() == std::errc::no_such_file_or_directory) return std::nullopt;
    throw;
}

} // namespace omen
