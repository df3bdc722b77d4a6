#pragma once

#include "client/feeds/drop_copy_cursor.hpp"
#include "protocol/gateway/messages.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace omen::sim {

/// Reads what processes write out of a drop-copy, like somebody who acts upon it, beside the exchange's own record: is
/// each execution there once and in order, or a gap told? And is the cursor never ahead of what was written?
class DropCopyJudge {
  public:
    using Fail = std::function<void(const std::string&)>;

    explicit DropCopyJudge(Fail fail) : fail_(std::move(fail)) {}

    // ---- what happens at the exchange

    void happened(const gw::Execution& execution, unsigned run);
    /// From now on a gap may be told.
    void something_is_missing() { may_be_missing_ = true; }

    // ---- what a process does

    /// It begins with this cursor, if there is one; otherwise with `last`, or with what comes.
    void started(const std::optional<DropCopyCursor>& cursor, std::optional<std::uint64_t> last);
    /// Its subscription stands, in this run of the exchange, which had issued so much.
    void subscribed(const std::string& wallet, unsigned run, std::uint64_t issued);
    void wrote(const gw::Execution& execution);
    void wrote(const gw::DropCopyGap& gap);
    void wrote_state();
    void committed(const DropCopyCursor& cursor);

    /// When all is quiet: is everything that happened in this run written?
    void check_complete(const std::string& wallet, std::uint64_t issued);

  private:
    /// How far the reader has come: with what was written, or, as it is kept for the next process, with a cursor.
    struct Position {
        std::optional<std::uint64_t> sequence{};
        std::optional<unsigned> run{}; ///< none: whichever the next execution is of
        std::string wallet{};
    };

    Fail fail_;
    std::map<std::string, std::set<unsigned>> runs_of_; ///< by the execution's bytes
    bool may_be_missing_ = false;
    Position at_;            ///< all up to here has been written, or was said to be missing
    Position safe_;          ///< the same, with the state written behind each gap
    Position kept_;          ///< where the next process will begin
    bool needs_gap_ = false; ///< executions are missing behind the position
    bool needs_state_ = false;
};

} // namespace omen::sim
