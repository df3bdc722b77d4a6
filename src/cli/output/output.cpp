#include "cli/output/output.hpp"

#include "core/error.hpp"
#include "system/descriptor_io.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <utility>

namespace omen {

namespace {

bool is_writable(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

} // namespace

Output::Output(const OutputStyle& style, const Secrets* secrets, int descriptor, std::string name)
    : renderer_(renderer_of(style)), secrets_(secrets), fd_(descriptor), name_(std::move(name)) {
    if (!is_writable(descriptor)) fail(EBADF);
}

Output::Renderer Output::renderer_of(const OutputStyle& style) {
    switch (style.format) {
    case Format::json:
        return JsonRenderer(style, false);
    case Format::ndjson:
        return JsonRenderer(style, true);
    case Format::csv:
        return CsvRenderer(style);
    case Format::table:
        break;
    }
    return TableRenderer(style);
}

void Output::begin_stream(Columns columns) {
    std::visit([&](auto& renderer) { renderer.begin_stream(buffer_, columns); }, renderer_);
}

void Output::begin_watch() {
    std::visit([](auto& renderer) { renderer.begin_watch(); }, renderer_);
}

void Output::check_draws(const std::string& what) const {
    if (!is_table()) throw Error(Fault::usage, what + " is a picture", {.code = "bad_flags", .hint = "leave out -o"});
}

void Output::frame(const Screen& screen) {
    if (is_table()) buffer_ = screen.compose(buffer_);
}

void Output::flush() {
    const bool had_failed = std::exchange(failed_, true); // until all of it has been done
    if (secrets_ != nullptr) buffer_ = secrets_->masked(std::move(buffer_));
    const int error = had_failed ? 0 : write_all(fd_, buffer_);
    buffer_.clear();
    if (had_failed) return;
    if (error != 0) fail(error);
    if (after_flush_) after_flush_();
    failed_ = false;
}

void Output::fail(int error) {
    const std::string why = error == EINTR ? "its reader takes nothing" : std::strerror(error);
    throw OutputFailed{error == EPIPE, name_ + ": " + why};
}

} // namespace omen
