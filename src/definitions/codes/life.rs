//! What can be wrong with the life of documents: the states, the ways between them, and what is done on them.

use super::{FindingCode, Level, codes};
use crate::definitions::report::Severity;

codes! {
    Graph {
        UNREACHABLE_STATE = "unreachable_state" Error
            "No entry and no arm leads to a state."
            "lead an arm to it, or take it away"
        DEAD_END = "dead_end" Error
            "A state is not terminal, and no arm leads out of it."
            "lead an arm out of it, or make it terminal"
        NO_END = "no_end" Warning
            "From a state no terminal state can be reached any more, though the workflow has one."
            "lead an arm on from it, or from where it leads to"
        TERMINAL_LEFT = "terminal_left" Error
            "An arm leads out of a terminal state."
            "take the arm away, or let the state be left"
        PASSING_REST = "passing_rest" Error
            "A document may come to rest in a state that is only passed."
            "write an arm without `if` in `automatic` that leads out of it"
        NEVER_AT_REST = "never_at_rest" Error
            "A state that is only passed is taken for one that documents rest in."
            "take `passing=#true` from the state, or let this begin or lead elsewhere"
        HIDDEN_ARM = "hidden_arm" Error
            "An arm is never taken, because one before it always fits."
            "put it before the other, or give the other an `if`"
        CONTRADICTION = "contradiction" Error
            "Conditions stand together that never hold together."
            "take one of them away"
        AUTOMATIC_CYCLE = "automatic_cycle" Error
            "Automatic arms lead in a circle, and would never end."
            "what follows by itself must come to rest: leave one of the arms to an action"
        FIRST_CYCLE = "first_cycle" Error
            "Actions are to be done before one another."
            "take one `first` of the circle away"
    }
    Actions {
        NO_ARM = "no_arm" Error
            "An action or a reaction begins nowhere."
            "say where it begins: `from STATE`, or `from any`"
        MISPLACED_GUARD = "misplaced_guard" Error
            "A condition asks what cannot be known where it stands."
            "take it away, or ask it where it can be known"
        MISPLACED_EFFECT = "misplaced_effect" Error
            "What lives a workflow of code has no record and no text that anything could be done to."
            "only `log`, `tell` and `bump` can be done to code"
        UNTOLD_MOVE = "untold_move" Error
            "Code moves on, and its trail would not say whereto: nothing else does."
            "log an event on every way that `records to_status`"
        NOT_DEMANDED = "not_demanded" Error
            "What is asked, or to be done first, needs an argument that the action itself is not given."
            "let the action demand it too: `require given …`"
        OUTCOME_NOT_GIVEN = "outcome_not_given" Error
            "An outcome is recorded that nobody gives."
            "only an action can record one, and it must say: `require given outcome`"
        NO_OUTCOMES = "no_outcomes" Error
            "An outcome is recorded, and the workflow has none."
            "declare at least one: `outcome NAME \"…\" stored-as=WORD`"
        NO_FLAWS = "no_flaws" Error
            "Flaws are mended, and the workflow knows none."
            "say what may be wrong: `flaw \"…\" { line \"…\" should-be=effective-version }`"
        TEMPLATE_CHANGED = "template_changed" Error
            "The template of a document is changed, which is not the document's."
            "it may only be copied from: `copy template to=…`"
        UNGUARDED_ERASE = "unguarded_erase" Error
            "What has been in force could be erased."
            "only an action may erase, and it must say: `require version below=\"1.0\"`"
        NOTHING_AWAITED = "nothing_awaited" Error
            "People are asked in a state that awaits nothing."
            "say what they answer with: `state NAME \"…\" { awaits VERB task=… stage=… }`"
        UNANSWERABLE = "unanswerable" Error
            "A state awaits an action that cannot be done there."
            "begin an arm of that action in the state"
        NO_TEXT = "no_text" Error
            "A document is born without a text."
            "`copy template to=draft` gives it one"
        NOBODY_WRITES = "nobody_writes" Error
            "A copy is put into the workspace of nobody."
            "write `set owner actor` before it"
        BORN_IN_FORCE = "born_in_force" Warning
            "Whoever may create a document puts it in force with that."
            "leave such an entry to `init`: give the type another `entry=`, and this one as `seed=`"
        PLANTED_OWNER = "planted_owner" Error
            "What `init` plants would have an owner, and `init` acts for nobody."
            "give `seed=` another entry, or take the line away"
        PRESUMED_TWICE = "presumed_twice" Error
            "Two phases are presumed in one state."
            "keep the state in the `presumed-in` of one of them"
    }
    Trail {
        UNKNOWN_FACT = "unknown_fact" Error
            "An event records what cannot be known where it is logged."
            "take it from what the event records, or do before what makes it known"
        RECORDED_TWICE = "recorded_twice" Error
            "A line of the trail would bear one key twice."
            "give one of them another key: `other_key=fact`"
        LOGGED_BESIDES = "logged_besides" Error
            "An event that a command logs is logged by the workflow too."
            "take `by=` away, or the line that logs it"
        LOGGED_TWICE = "logged_twice" Error
            "A command is said to log two events of one workflow; it logs the first."
            "take `by=` away from one of them"
        UNRECORDED = "unrecorded" Warning
            "A line that a command logs would not say what it did."
            "record it: `records fixes` for `doctor`, `records from_status to_status` for `migrate`"
        UNTOLD_WRITING = "untold_writing" Error
            "A text is written, the rules ask who wrote it, and no line of the trail tells."
            "log an event there that is logged nowhere else, or only where a text is written too"
        UNTOLD_ANSWER = "untold_answer" Error
            "An answer is kept, the rules ask which text it is about, and no line of the trail tells."
            "log an event there that `records outcome`"
        WRITTEN_BY_ANOTHER = "written_by_another" Error
            "A copy is taken in that another may hold than who acts, and the rules ask who wrote it."
            "let its holder do it: `require checked-out by=actor`"
    }
}
