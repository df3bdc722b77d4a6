#include "client/trace/recorder.hpp"

#include "core/error.hpp"
#include "protocol/wire/json.hpp"
#include "system/descriptor_io.hpp"
#include "system/files.hpp"

#include <fmt/format.h>

#include <cstring>
#include <system_error>

namespace omen {

Recorder::Recorder(std::string path, IfThere if_there) : path_(std::move(path)) {
    try {
        file_ = open_to_write(path_, if_there);
    } catch (const std::system_error& error) {
        throw Error(Fault::usage, "--record " + path_ + ": " + error.code().message(),
                    {.code = "bad_value",
                     .hint = error.code() == std::errc::file_exists ? "name another, or use --force"
                                                                    : "name a file that can be written"});
    }
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
    // A line is one write where it goes into a file: a killed recording ends with a whole line.
    if (!failure_.empty()) return;
    if (const int error = write_all(file_.get(), text))
        failure_ = "--record " + path_ + ": " + std::strerror(error) + "; the recording ends here";
}

} // namespace omen
