//! What can be wrong with types, with permissions, and with what people are asked.

use super::{FindingCode, Level, codes};
use crate::definitions::report::Severity;

codes! {
    Types {
        BAD_ID = "bad_id" Error
            "Ids of this form cannot be."
            "an id holds capital letters, digits, `-` and `_`, and begins with a letter or digit"
        BAD_HOME = "bad_home" Error
            "Documents cannot be kept there."
            "name a folder beneath the root, without a point at its beginning"
        UNBOUND_PLACEHOLDER = "unbound_placeholder" Error
            "A placeholder stands where nobody knows what it stands for."
            "write only what the id itself says"
        COLLIDING_IDS = "colliding_ids" Error
            "Two types could have one id."
            "put another word into one of them"
        COLLIDING_TYPES = "colliding_types" Error
            "Two types are called by one word."
            "give one of them another: `named \"WORD\"`"
        HALF_A_CHILD = "half_a_child" Error
            "The id, `child-of` and the home do not agree on whether a type is a child."
            "say it in all of them, or in none"
        NO_PARENT = "no_parent" Error
            "A type without a parent speaks of its parent."
            "say whose child it is, `child-of TYPE`, or take the line away"
        ENDLESS_BLOCK = "endless_block" Error
            "What keeps its parent from acting while it is open has no end."
            "give its workflow a terminal state, or take `blocks-parent` away"
        NO_FOREBEAR = "no_forebear" Error
            "Every parent of a type is a child of its own, so none can ever be born."
            "name a parent that is nobody's child"
        UNFIT_TRACES = "unfit_traces" Error
            "A type cannot hold what is traced: it has no namespace, or another type holds it already."
            "write `traces` in one type that has a `{namespace}` in its id"
    }
    Authority {
        UNPERMITTED_ACTION = "unpermitted_action" Error
            "An action is permitted to nobody."
            "write in permissions/: `permit VERB { to GROUP }`"
        INHERITANCE_CYCLE = "inheritance_cycle" Error
            "A group inherits from itself."
            "take one `inherits=` of the circle away"
        NOBODY_ASKED = "nobody_asked" Error
            "Only those who are asked may do an action, and nobody is asked where it begins."
            "take `only assignee` away, or let a state it begins in await something"
        CANNOT_ANSWER = "cannot_answer" Error
            "A group is asked that may not do what is awaited of it."
            "permit the awaited action to the group, or ask another"
    }
    Prompts {
        BAD_PROMPT = "bad_prompt" Error
            "A prompt cannot be read: it is no YAML, or says what a prompt does not say."
            "mend what stands at the place; `grammar/prompt.schema.json` says what may stand in a prompt"
        UNWRITABLE_PROMPT = "unwritable_prompt" Error
            "A prompt or a layout cannot be written out: it is no template, or names what is not known."
            "mend what stands at the place; a task is written as a minijinja template is"
        MISSING_PROMPT = "missing_prompt" Error
            "A state gives a task, and no prompt says what is asked."
            "write the default prompt of the stage or of the task"
        MISSING_LAYOUT = "missing_layout" Error
            "A state gives a task, and no layout says what it looks like."
            "write the layout of the task, or of all"
        STRAY_PROMPT = "stray_prompt" Error
            "A prompt lies where none is looked up."
            "prompts are `TASK/STAGE/TYPE.yaml`, `TASK/STAGE/default.yaml` and `TASK/default.yaml`, in lower case"
    }
    Templates {
        UNKNOWN_TEMPLATE = "unknown_template" Warning
            "A template is named by an id that no document can have."
            "name a template by the id of a type, or write a type whose documents are templates"
        MISSING_TEMPLATE = "missing_template" Warning
            "A type names a template that is not there: its documents begin with a plain text."
            "mend the name, or write the template; in a project: create it, and bring it into force"
        BAD_TEMPLATE = "bad_template" Error
            "A template that documents are asked from cannot be asked from."
            "mend what stands at the place"
    }
    Scenarios {
        BAD_EVENT = "bad_event" Error
            "A story speaks of a line of the trail that cannot be one."
            "a line is an event and its version, such as \"BEGUN 0.1\""
        UNKNOWN_CODE = "unknown_code" Error
            "A story expects a refusal with a code that there is not."
            "name one of the error codes of the program"
    }
}
