// Signals that are emitted one after the other although each slot may delete
// the object, move it to another thread, or call it again.
#pragma once

#include <QtCore/qglobal.h>

#include <functional>
#include <initializer_list>
#include <list>
#include <vector>

namespace Wirebird {

/// What an object still has to do, in order; at most one signal in each step,
/// as its last action. A call from a slot adds its own steps behind and runs
/// what is there, so signals keep their order in nested calls too. After a move
/// to another thread the rest runs there.
class Steps
{
public:
    using Step = std::function<void()>;

    Steps() = default;
    ~Steps() { leave(); }
    Q_DISABLE_COPY(Steps)

    bool isEmpty() const { return m_steps.empty(); }

    /// Adds a step behind all others.
    void add(Step step) { m_steps.push_back(std::move(step)); }

    /// From within a step: what has to come directly after it.
    void insert(std::initializer_list<Step> steps) { m_steps.insert(m_steps.begin(), steps); }

    /// Runs the steps until there are none, or until the object is gone. The
    /// caller must not touch the object afterwards without a Watch.
    void run();

    /// Drops what is left.
    void clear() { m_steps.clear(); }

    /// The object leaves this thread: whoever runs its steps stops.
    void leave();

    /// Tells after an emission whether the object is still there and still on
    /// this thread. Lives on the stack.
    class Watch
    {
    public:
        explicit Watch(Steps &steps) : m_steps(&steps) { steps.m_watches.push_back(this); }
        ~Watch()
        {
            if (m_steps)
                m_steps->m_watches.pop_back();
        }
        Q_DISABLE_COPY(Watch)

        bool isOver() const { return !m_steps; }

    private:
        friend class Steps;
        Steps *m_steps;
    };

private:
    std::list<Step> m_steps;
    std::vector<Watch *> m_watches; ///< The innermost last.
};

} // namespace Wirebird
