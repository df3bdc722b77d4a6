#pragma once

#include "cli/context/context.hpp"
#include "cli/stream/bounds.hpp"

#include <string>
#include <vector>

namespace omen {

/// What a stream says of its own connection.
struct ConnectionView {
    std::string type; ///< disconnected or connected
    Timestamp timestamp;
    std::optional<std::string> reason{}; ///< of disconnected

    static constexpr auto declaration() {
        return wire::record("connection", wire::field("type", &ConnectionView::type),
                            wire::field("timestamp", &ConnectionView::timestamp),
                            wire::field("reason", &ConnectionView::reason));
    }
};

/// Where the lines of a stream go: each is printed in the format that was chosen, counted, and held against the
/// stream's bounds as the record that it is, whatever the format.
class StreamLines {
  public:
    /// `columns`: of tables and CSV; that of a lost connection's reason is added.
    StreamLines(Output& output, const StreamLimits& limits, Columns columns)
        : output_(output), bounds_(limits, Clock::now()) {
        std::vector<std::string_view> all(columns.begin(), columns.end());
        all.emplace_back("reason");
        output_.begin_stream(all);
    }

    StreamBounds& bounds() { return bounds_; }
    /// Whether the last line has been printed. What comes behind it is not.
    bool ended() const { return bounds_.reached(); }

    /// A line that is one row, or the row or rows that `rows(record)` gives.
    template <wire::Declared T, class Rows = std::identity> void print(const T& record, const Rows& rows = {}) {
        if (ended()) return;
        output_.line(record, rows);
        bounds_.printed(record);
    }

  private:
    Output& output_;
    StreamBounds bounds_;
};

} // namespace omen
