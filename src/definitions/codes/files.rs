//! What can be wrong with a text, and with the file it stands in.

use super::{FindingCode, Level, codes};
use crate::definitions::report::Severity;

codes! {
    Syntax {
        SYNTAX = "syntax" Error
            "A text is not KDL, is nested too deep, or is too large."
            "mend what stands at the place; nothing else of the file is read before"
    }
    Shape {
        UNKNOWN_WORD = "unknown_word" Error
            "A word stands where it means nothing."
            "write one of the words that may stand here, or take it away"
        UNKNOWN_PROPERTY = "unknown_property" Error
            "A line is given a property it does not take."
            "take it away, or write it on the line it belongs to"
        UNKNOWN_GUARD = "unknown_guard" Error
            "A condition asks for something that is not a guard."
            "write one of the guards there are: owner, given, version, phase, mark, all-answered …"
        UNKNOWN_PLACE = "unknown_place" Error
            "A text is to be taken from or put in a place that there is not."
            "the places are template, workspace, draft and issued"
        MISSING_WORD = "missing_word" Error
            "Something that cannot be left out is missing."
            "write what is missing"
        SUPERFLUOUS_WORD = "superfluous_word" Error
            "A line says more than it can mean."
            "take it away"
        SAID_TWICE = "said_twice" Error
            "A line, a property or a word that stands once stands twice."
            "keep one of the two"
        NOT_A_WORD = "not_a_word" Error
            "A number, a flag or nothing stands where a word is expected."
            "put it in quotation marks"
        NOT_A_FLAG = "not_a_flag" Error
            "Something else stands where only true or false can be meant."
            "write `#true`; what is left out is false"
        BAD_VERSION = "bad_version" Error
            "What should be a version is none."
            "a version is two numbers with a point between them, such as \"1.0\""
        BAD_PATTERN = "bad_pattern" Error
            "An id, a folder or a template is written with something that is not a placeholder."
            "write one of the placeholders there are; other braces cannot stand in it"
    }
    Files {
        TOO_MANY = "too_many" Error
            "There is more of something than can be overseen."
            "nobody needs so many: divide it, or take away what is not used"
        EMPTY_RULEBOOK = "empty_rulebook" Error
            "A whole kind of definition is missing."
            "write at least one workflow, one doctype and one permit"
        EMPTY_FILE = "empty_file" Error
            "A file of definitions declares nothing."
            "delete it, or write what it is to declare"
        FILE_NAME = "file_name" Error
            "A file is not called by the name of what it declares."
            "give the file that name"
        SEVERAL_IN_FILE = "several_in_file" Error
            "A file declares more than one workflow or type."
            "give each a file of its own"
        STRAY_FILE = "stray_file" Warning
            "A file lies among the definitions and is not read as one."
            "move it elsewhere, or mend its name"
    }
}
