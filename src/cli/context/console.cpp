#include "cli/context/console.hpp"

#include "cli/context/report.hpp"
#include "cli/output/terminal.hpp"
#include "core/text.hpp"
#include "system/descriptor_io.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace omen {

namespace {

constexpr std::size_t longest_answer = 1024;

OutputStyle style_of(Settings& settings) {
    const auto& values = settings.values();
    return {.format = values.output,
            .scaled = values.raw,
            .fields = settings.flags().fields,
            .header = settings.flags().header,
            .csv_safe = settings.flags().csv_safe,
            .colour = use_colour(values.colour, settings.variables()),
            .width = terminal_width(settings.variables())};
}

} // namespace

Output& Console::output() {
    if (!output_) output_.emplace(style_of(settings_), &secrets_);
    return *output_;
}

void Console::append_to(int descriptor, const std::string& name) {
    auto style = style_of(settings_);
    style.format = Format::ndjson;
    output_.emplace(std::move(style), &secrets_, descriptor, name);
}

void Console::flush() {
    if (output_) output_->flush();
}

void Console::note(const std::string& text) {
    write_stderr(note_line(secrets_.masked(text), settings_.values().output));
}

void Console::report(const Error& error) {
    omen::report(without_secrets(error), settings_.values().output);
}

Error Console::without_secrets(const Error& error) const {
    auto detail = error.detail();
    detail.code = secrets_.masked(std::move(detail.code));
    detail.hint = secrets_.masked(std::move(detail.hint));
    if (detail.client_order_id) detail.client_order_id = secrets_.masked(std::move(*detail.client_order_id));
    return Error(error.fault(), secrets_.masked(error.what()), std::move(detail));
}

std::optional<Descriptor> Console::terminal() {
    if (isatty(STDIN_FILENO) == 0) return std::nullopt;
    Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (terminal.get() < 0 || tcgetpgrp(terminal.get()) != getpgrp()) return std::nullopt;
    return terminal;
}

bool Console::ask(const std::string& question) const {
    const auto there = terminal();
    if (!there) return false;
    tcflush(there->get(), TCIFLUSH);
    write_all(there->get(), secrets_.masked(question + " [y/N] "));
    const auto answer = read_line(there->get(), longest_answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

} // namespace omen
