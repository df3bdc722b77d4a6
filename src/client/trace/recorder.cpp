#include "client/trace/recorder.hpp"

#include "core/error.hpp"
#include "protocol/wire/json.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace omen {

Recorder::Recorder(std::string path)
    : path_(std::move(path)), file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
    if (file_ < 0)
        throw Error(Fault::usage, "--record " + path_ + ": " + std::strerror(errno),
                    {.code = "bad_value", .hint = "name a file that can be written"});
}

Recorder::~Recorder() {
    ::close(file_);
}

void Recorder::markets(const std::vector<rest::MarketResponse>& markets) {
    if (!begun_ && !markets.empty()) write(R"({"t":0,"markets":)" + wire::to_json(markets) + "}\n");
}

void Recorder::line(const WireLine& line) {
    if (line.source != WireLine::Source::socket) return;
    std::string text = fmt::format(R"({{"t":{}.{:06},)", line.at / std::chrono::seconds(1),
                                   line.at % std::chrono::seconds(1) / std::chrono::microseconds(1));
    switch (line.what) {
    case WireLine::What::note:
        text += R"("note":)";
        wire::append_json_text(text, line.url + ": " + line.head);
        break;
    case WireLine::What::sent:
        text += R"("sent":)" + line.json;
        break;
    case WireLine::What::received:
        text += (line.positional ? R"("event":)" : R"("received":)") + line.json;
        break;
    }
    write(text + "}\n");
}

void Recorder::write(std::string text) {
    begun_ = true;
    // A line is one write: a killed recording ends with a whole line.
    if (failure_.empty() && ::write(file_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        failure_ = "--record " + path_ + ": " + std::strerror(errno) + "; the recording ends here";
}

} // namespace omen
