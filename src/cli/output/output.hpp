#pragma once

#include "cli/output/csv.hpp"
#include "cli/output/json.hpp"
#include "cli/output/screen.hpp"
#include "cli/output/table.hpp"
#include "client/trace/secrets.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace omen {

/// Output could not be written. `closed`: its reader has gone (EPIPE), which ends a read silently.
struct OutputFailed {
    bool closed;
    std::string reason; ///< "stdout: why"
};

/// What a command prints on stdout, in the format that the user chose: each has its renderer. Nothing is written before
/// flush(), or 60 KB of a stream.
///
/// A record that is not one row of a table gets a function that gives its row, or its rows. --fields may name fields of
/// the record and of its rows, in every format alike; where both have one of a name it is the row's.
class Output {
  public:
    /// Throws OutputFailed where the descriptor is not open for writing: better now than after something was sent.
    explicit Output(const OutputStyle& style, const Secrets* secrets = nullptr, int descriptor = 1,
                    std::string name = "stdout");

    int descriptor() const { return fd_; }

    /// A list of records: a table, one JSON array, one object a line, or CSV.
    template <wire::Declared T> void list(const std::vector<T>& records, const TableShape& shape) {
        std::visit([&](auto& renderer) { renderer.list(buffer_, records, shape); }, renderer_);
    }
    template <wire::Declared T> void list(const std::vector<T>& records, Columns columns) {
        list(records, TableShape{.columns = columns});
    }

    /// One record: a line a field or what `shape` says, one JSON object, or CSV.
    template <wire::Declared T, class ToRows = std::identity>
    void one(const T& record, const ToRows& to_rows = {}, const TableShape& shape = {}) {
        std::visit([&](auto& renderer) { renderer.one(buffer_, record, to_rows, shape); }, renderer_);
    }

    /// Begins a stream; in tables and CSV all its lines have these columns.
    void begin_stream(Columns columns);
    /// Begins a series of pictures of the same things: JSON has an object a line then.
    void begin_watch();
    /// One line of a stream: a row or rows, or one JSON object under json and ndjson alike.
    template <wire::Declared T, class ToRows = std::identity> void line(const T& record, const ToRows& to_rows = {}) {
        std::visit([&](auto& renderer) { renderer.line(buffer_, record, to_rows); }, renderer_);
        if (buffer_.size() >= flush_at) flush();
    }

    /// Ready-made lines, whatever the format.
    void text(std::string_view lines) { buffer_ += lines; }
    /// A usage Error saying that `what` is a picture, unless pictures are drawn: they are in tables.
    void check_draws(const std::string& what) const;

    /// Turns what was printed since the last flush() into a frame of a screen, where it is a table.
    void frame(const Screen& screen);

    /// Writes everything out. Throws OutputFailed, once: what could not be written is dropped, and all that is printed
    /// behind it.
    void flush();
    /// What is to be done after each flush(), when all that was printed so far has been written out.
    void after_flush(std::function<void()> act) { after_flush_ = std::move(act); }

  private:
    static constexpr std::size_t flush_at = 60'000;

    using Renderer = std::variant<TableRenderer, JsonRenderer, CsvRenderer>;
    static Renderer renderer_of(const OutputStyle& style);
    bool is_table() const { return std::holds_alternative<TableRenderer>(renderer_); }

    [[noreturn]] void fail(int error);

    Renderer renderer_;
    const Secrets* secrets_; ///< that are not printed
    int fd_;
    std::string name_; ///< of what is written to
    std::string buffer_;
    std::function<void()> after_flush_{};
    bool failed_ = false;
};

} // namespace omen
