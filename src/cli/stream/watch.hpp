#pragma once

#include "cli/context/command.hpp"

namespace omen {

/// A picture that a subscription keeps up to date.
class Picture {
  public:
    Picture() = default;
    virtual ~Picture() = default;
    Picture(const Picture&) = delete;
    Picture& operator=(const Picture&) = delete;

    /// Connects and subscribes; again after a lost connection, when nothing holds that was known before.
    virtual void connect(Deadline deadline) = 0;
    /// Handles the next event, waiting no longer than the deadline. Returns whether it changed the picture.
    virtual bool pump(Deadline deadline) = 0;
    /// Puts the picture into the output; nothing while there is none.
    virtual void draw(Output& output) = 0;
};

/// Shows a picture until a signal, or the end of the output's reader. Pictures are conflated: always the newest, at
/// most twenty a second. A connection that is lost is made again, with a word about it; the first one must succeed.
Exit watch(Context& context, Picture& picture);

} // namespace omen
