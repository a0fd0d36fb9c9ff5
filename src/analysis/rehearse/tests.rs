mod faults;
mod world;

use world::{LENDING, PEOPLE, told, world};

#[test]
fn a_story_that_agrees_with_the_rules_passes() {
    let steps = told(
        r#"
        when mia create book { title "Moths" }
        then BOOK-001 status=SHELF version="0.1" owner=mia effective=nothing {
            checked-out by=nobody; holds draft; archived nothing; trail "BEGUN 0.1"
        }
        when mia take BOOK-001
        refused mia take BOOK-001 code=checked_out
        when mia give BOOK-001
        when mia show BOOK-001
        then BOOK-001 { awaits tom; trail "TAKEN 0.1" "GIVEN 0.1" "ASKED 0.1" }
        refused tom judge BOOK-001 code=usage { outcome fine }
        refused mia judge BOOK-001 code=not_assigned { outcome fine; note "Mine." }
        when tom judge BOOK-001 { outcome fine; note "Good." }
        then BOOK-001 status=LENT version="1.0" owner=nobody effective="1.0" {
            awaits nobody; holds issued; archived "0.1"
        }
        when mia take BOOK-001
        then BOOK-001 version="1.1" { checked-out by=mia; holds issued draft; trail "TAKEN 1.1 from 1.0" }
        refused eve take BOOK-001 code=unknown_user
        refused mia take BOOK-002 code=not_found
        refused mia take NOTE-1 code=not_found
        refused mia take "BOOK 1" code=invalid_argument
        refused mia create note code=unknown_type { title "Moths" }
        refused mia create book code=usage
        refused mia create book code=invalid_argument { title " " }
        refused tom create book code=permission_denied { title "Mine" }
        "#,
    );
    assert_eq!(steps, 21);
}

#[test]
fn the_members_of_the_definitions_take_no_part() {
    told(
        r#"
        when mia create book { title "Moths" }
        refused zoe judge BOOK-001 code=unknown_user { outcome fine; note "Good." }
        when mia show BOOK-001
        then BOOK-001 { awaits tom }
        "#,
    );
}

#[test]
fn a_number_is_free_again_once_its_document_is_struck_out() {
    told(
        r#"
        when mia create book { title "Moths" }
        when mia create slip { parent book-001; title "A note" }
        refused mia strike BOOK-001 code=gate_blocked { confirm }
        refused mia strike BOOK-001 code=usage
        when mia strike BOOK-001-SLIP-001 { confirm }
        when mia strike BOOK-001 { confirm }
        refused mia strike BOOK-001 code=not_found { confirm }
        when mia create book { title "Bees" }
        when mia create book { title "Wasps" }
        then BOOK-002 { trail "BEGUN 0.1" }
        "#,
    );
}

#[test]
fn children_react_and_are_looked_at_by_themselves() {
    told(
        r#"
        given { document BOOK-004 status=LENT version="2.0" effective="2.0" { holds issued } }
        when mia create slip { parent BOOK-004; title "A note" }
        when mia pulp BOOK-004
        then BOOK-004 status=PULPED
        then BOOK-004-SLIP-001 status=PULPED { trail "BEGUN 0.1" "PULPED 0.1" }
        refused mia create slip code=parent_state { parent BOOK-004; title "Too late" }
        when mia create book { title "The next" }
        then BOOK-005 version="0.1"
        "#,
    );
}

#[test]
fn a_text_given_back_is_kept_and_mended() {
    told(
        r#"
        given { planted BOOK-007 }
        then BOOK-007 status=LENT version="1.0" owner=nobody { holds issued; trail "BEGUN 1.0" }
        when mia take BOOK-007
        when mia give BOOK-007 {
            content """
                ---
                title: Moths
                ---
                **Edition:** 1.0
                **Lent On:** TBD
                """
        }
        when mia show BOOK-007
        when tom judge BOOK-007 { outcome fine; note "Good." }
        then BOOK-007 version="2.0" { archived "1.0" "1.1" }
        when mia mend BOOK-007
        then BOOK-007 { trail "MENDED 2.0" }
        when mia mend BOOK-007
        then BOOK-007 { trail }
        "#,
    );
}

#[test]
fn a_record_of_older_days_holds_what_its_status_says() {
    told(
        r#"
        given {
            document BOOK-001 status=PULPED version="2.0"
            document BOOK-002 status=SHELF version="1.1" owner=mia { checked-out by=mia; archived "1.0" }
            document BOOK-003 status=DESK version="0.1" owner=mia { awaits tom }
        }
        then BOOK-001 { holds issued }
        then BOOK-002 { holds draft; archived "1.0"; trail }
        when mia give BOOK-002
        then BOOK-002 { archived "1.0"; trail "GIVEN 1.1" }
        when tom judge BOOK-003 { outcome torn; note "Glue." }
        then BOOK-003 status=LENT
        "#,
    );
}

/// A command is not carried out: a story shows who may give it, and what they must be to the document.
#[test]
fn a_command_is_weighed_and_not_done() {
    told(
        r#"
        given { document BOOK-003 status=DESK version="0.1" owner=mia { awaits tom; answered tom=TORN } }
        then BOOK-003 { answered tom=TORN }
        when mia create book { title "Moths" }
        when mia read BOOK-004
        refused tom read BOOK-004 code=permission_denied
        when mia read
        refused mia read BOOK-009 code=not_found
        refused eve read code=unknown_user
        refused mia list code=permission_denied
        refused mia interact BOOK-004 code=not_checked_out
        when mia take BOOK-004
        when mia interact BOOK-004
        then BOOK-004 { trail "BEGUN 0.1" "TAKEN 0.1" }
        "#,
    );
}

/// What automatic arms look at is seen as well, and what is looked at by an action done first.
#[test]
fn a_decision_sees_what_may_follow_it() {
    let careful = LENDING.replace(
        "if all-answered",
        "if all-answered\n            if childless",
    );
    let careful = careful.replace(
        "action pulp {",
        "action burn { first strike { if in SHELF }; from LENT; log PULPED }\n    action pulp {",
    );
    assert_ne!(careful, LENDING);
    let story = r#"
        when mia create book { title "Moths" }
        when mia create slip { parent BOOK-001; title "A note" }
        refused mia burn BOOK-001 code=gate_blocked
        when mia show BOOK-001
        when tom judge BOOK-001 { outcome fine; note "Good." }
        then BOOK-001 status=DESK
    "#;
    let (_, rehearsal) = world(&careful, &format!("{PEOPLE}\n{story}"));
    assert!(rehearsal.is_passed(), "{:?}", rehearsal.stories);
}
