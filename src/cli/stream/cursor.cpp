#include "cli/stream/cursor.hpp"

namespace omen {

namespace {

/// An environment's name. One whose gateway a variable has moved to another host is another exchange; ports of this
/// machine say nothing.
std::string name_of(const Environment& environment) {
    const auto& gateway = environment.gateway;
    const bool moved = gateway.origin == "OMENCTL_GATEWAY_URL" && !gateway.loopback();
    return moved ? environment.name + " at " + gateway.authority() : environment.name;
}

} // namespace

StreamCursor::StreamCursor(const std::string& path, const Environment& environment)
    : path_(real_cursor_path(path)), lock_(path_), environment_(name_of(environment)), committed_(read_cursor(path_)) {
    if (!committed_) return;
    check_cursor(path_, *committed_, environment_, std::nullopt);
    wallet_ = committed_->wallet;
}

std::optional<std::uint64_t> StreamCursor::sequence() const {
    if (!committed_) return std::nullopt;
    return committed_->sequence;
}

void StreamCursor::catch_up(std::optional<std::uint64_t> sequence) {
    if (committed_ && sequence && committed_->sequence < *sequence) commit(sequence);
}

void StreamCursor::belong_to(const std::string& wallet) {
    if (committed_) check_cursor(path_, *committed_, environment_, wallet);
    wallet_ = wallet;
}

void StreamCursor::begin(std::optional<std::uint64_t> sequence) {
    if (!committed_) commit(sequence);
}

void StreamCursor::commit(std::optional<std::uint64_t> sequence) {
    if (!sequence || (committed_ && committed_->sequence == *sequence)) return;
    const DropCopyCursor cursor{.environment = environment_, .wallet = wallet_, .sequence = *sequence};
    write_cursor(path_, cursor);
    committed_ = cursor;
}

} // namespace omen
