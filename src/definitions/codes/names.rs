//! What can be wrong with names: how they are formed, what they stand for, and whether anybody uses them.

use super::{FindingCode, Level, codes};
use crate::definitions::report::Severity;

codes! {
    Names {
        BAD_NAME = "bad_name" Error
            "Something has a name that cannot be one."
            "a name begins with a letter or digit, and holds letters, digits, `-` and `_`, 64 at most"
        RESERVED_NAME = "reserved_name" Error
            "A name means something to the program already."
            "choose another name"
        DECLARED_TWICE = "declared_twice" Error
            "Two things of one kind have one name."
            "rename one of them, or take it away"
        RENAMED_PRESENT = "renamed_present" Error
            "What is called the earlier name of a state or a mark is one still."
            "take the earlier name away: a document in it stands where it stood"
        RENAMED_TWICE = "renamed_twice" Error
            "Two states, or two marks, claim one earlier name."
            "a document can be carried to one of them only: take the other away"
    }
    References {
        UNKNOWN_STATE = "unknown_state" Error
            "A state is named that the workflow does not declare."
            "name one of the states, or declare it: `state NAME \"…\"`"
        UNKNOWN_VERB = "unknown_verb" Error
            "A verb is named that no action has."
            "name the verb of an action, or write the action: `action VERB { … }`"
        UNKNOWN_ACTION = "unknown_action" Error
            "An action is to be done first that the workflow does not have."
            "name one of the actions, its variant included"
        UNKNOWN_EVENT = "unknown_event" Error
            "An event is logged that the workflow does not declare."
            "name one of the events, or declare it: `event NAME \"…\" { records … }`"
        UNKNOWN_OUTCOME = "unknown_outcome" Error
            "An outcome is named that the workflow does not declare."
            "name one of the outcomes, or declare it: `outcome NAME \"…\" stored-as=WORD`"
        UNKNOWN_MARK = "unknown_mark" Error
            "A mark is named that the workflow does not declare."
            "name one of the marks, or declare it: `mark NAME \"…\"`"
        UNKNOWN_PHASE = "unknown_phase" Error
            "A phase is named that the workflow does not declare."
            "name one of the phases, or declare it: `phase NAME \"…\"`"
        UNKNOWN_GROUP = "unknown_group" Error
            "A group is named that nothing declares."
            "name one of the groups, or declare it in permissions/: `group NAME \"…\"`"
        UNKNOWN_COMMAND = "unknown_command" Error
            "An event is said to be logged by something that is no command, or logs nothing."
            "name a command that logs: `doctor` or `migrate`"
        UNKNOWN_WORKFLOW = "unknown_workflow" Error
            "A type has a life that no workflow declares."
            "name one of the workflows, or write it in a file of its own in workflows/"
        UNKNOWN_ENTRY = "unknown_entry" Error
            "A type is born by an entry that its workflow does not have."
            "name one of the entries, or declare it in the workflow: `entry NAME to=STATE version=\"0.1\"`"
        UNKNOWN_REACTION = "unknown_reaction" Error
            "A type is to do a reaction that its workflow does not have."
            "name one of the reactions, or declare it in the workflow: `reaction NAME { … }`"
        UNKNOWN_DOCTYPE = "unknown_doctype" Error
            "A type is a child of one that nothing declares."
            "name one of the types, or write it in a file of its own in doctypes/"
    }
    Use {
        UNUSED_WORKFLOW = "unused_workflow" Error
            "No type has the life that a workflow describes."
            "give it to a type, `workflow NAME entry=…`, or delete the file"
        UNUSED_ENTRY = "unused_entry" Error
            "No type is born by an entry."
            "name it in a doctype's file, or take it away"
        UNUSED_REACTION = "unused_reaction" Error
            "No type does a reaction."
            "say in a doctype's file when it happens, or take it away"
        UNUSED_EVENT = "unused_event" Error
            "An event is declared and never logged."
            "log it, or take it away"
        UNUSED_MARK = "unused_mark" Error
            "A mark is declared and never set."
            "set it, or take it away"
        UNUSED_PHASE = "unused_phase" Error
            "A phase is declared and never begun."
            "set it, or take it away"
        UNUSED_OUTCOME = "unused_outcome" Error
            "Outcomes are declared, and no action records any."
            "record what is given, or take them away"
        UNUSED_FLAW = "unused_flaw" Error
            "Flaws are declared, and nothing mends them."
            "mend them with `repair`, or take them away"
        UNUSED_GROUP = "unused_group" Warning
            "A group may do nothing, and no rule asks for it."
            "permit something to it, or take it away"
        UNUSED_PERMIT = "unused_permit" Error
            "Something is permitted that is neither an action nor a command."
            "name an action or a command, or take the permit away"
        UNUSED_PROMPT = "unused_prompt" Warning
            "A prompt or a layout is never looked up, because a nearer one always is."
            "delete it, or one of those that stand in its way"
    }
}
