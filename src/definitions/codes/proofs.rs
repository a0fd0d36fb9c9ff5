//! What a proof can find: the rules can be read, and do not hold what they promise; and what keeps a project from
//! living by them.

use super::{FindingCode, Level, codes};
use crate::definitions::report::Severity;

codes! {
    Proofs {
        BROKEN_INVARIANT = "broken_invariant" Error
            "A sentence that is called always true can be broken."
            "follow the story, and close the way it goes: by a permit, a `require`, or what an arm does"
        UNPROVED_INVARIANT = "unproved_invariant" Warning
            "A sentence holds as far as was looked, and there are more situations than that."
            "fewer groups, outcomes or marks make fewer situations"
        IDLE_INVARIANT = "idle_invariant" Warning
            "A sentence that is called always true is never asked about."
            "name states that are reached, or verbs that are done"
        APPROVED_TEXT_LOST = "approved_text_lost" Error
            "An approved text can come to lie nowhere, without having been archived."
            "archive it before its place is emptied or written over"
        ARCHIVE_REWRITTEN = "archive_rewritten" Error
            "A version can be archived a second time, with another text."
            "bump the version before somebody writes on, or archive before they do"
        VERSION_ASTRAY = "version_astray" Error
            "A text can bear a version that neither the record nor the trail would tell."
            "bump, move and `set effective-version` on the same way, and log an event after them"
        COPY_ASTRAY = "copy_astray" Error
            "A copy can come to be held by somebody who does not own the document."
            "`set owner actor` where a copy is taken, and nowhere while somebody else holds one: `require not checked-out`"
        RESTS_IN_PASSING = "rests_in_passing" Error
            "A document can be left in a state where it may only pass."
            "give the state an automatic arm that fits always, or do not call it passing"
        STRANDED_DOCUMENT = "stranded_document" Error
            "A document can come to stand where nobody can bring it to an end any more."
            "give somebody a way on, or let somebody else take it"
        UNREACHED_STATE = "unreached_state" Warning
            "No document ever comes to stand in a state, although ways lead to it."
            "an `if` or a `require` stands in every way to it: one of them never holds"
        UNTAKEN_WAY = "untaken_way" Warning
            "Nothing ever goes a way, though it begins somewhere."
            "an `if` or a `require` never holds here; a story about an older record may go it"
    }
    Practice {
        UNFIT_RECORD = "unfit_record" Error
            "A document of the project is kept in a way these rules have no word for."
            "let the rules name its type and its state again, or carry it over"
        UNFIT_CONFIGURATION = "unfit_configuration" Error
            "The configuration of the project is not as it must be."
            "`grammar/config.schema.json` says what may stand in it, and `qms help code` what it means"
        UNREGISTERED_NAMESPACE = "unregistered_namespace" Warning
            "Code is governed by documents of a namespace that there is not."
            "register it, or name another in `qms.config.json`"
        UNANSWERED_TASK = "unanswered_task" Warning
            "Somebody is asked about a document and can no longer answer."
            "let its owner withdraw it and ask others, or give the person a group that may answer"
        UNDERSTAFFED = "understaffed" Warning
            "The people there are cannot bring a document where the rules would let it go."
            "add a user to the group that is missing"
    }
}
