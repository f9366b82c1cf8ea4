"""The sentences behind the codes of rules and problems."""

from shared.web.language import N_

MESSAGES: dict[str, str] = {
    "sign_in_refused": N_("Name or password is wrong, or the account is locked: five wrong passwords lock it for 15 minutes."),
    "code_refused": N_("This code cannot be used: it is mistyped, already used, replaced by a newer slip, or too old."),
    "too_many_tries": N_("There were too many wrong tries from this address. Wait fifteen minutes."),
    "second_factor_refused": N_("This code does not fit, or was used already. Wait for the next one; five wrong codes lock the account."),
    "identity_unknown": N_(
        "You are known there, but not linked with an account here. Sign in with your password, and link your account under “My sign-ins”."
    ),
    "identity_refused": N_(
        "This sign-in was not begun in this browser, was used already, took too long, or cannot be trusted. Begin it anew."
    ),
    "identity_taken": N_("Who signed in there is linked with another account. Ask the system administrator if that is not yours."),
    "provider_down": N_("The other sign-in cannot be reached at present. Use your password, or try again later."),
    "login_taken": N_("The sign-in name {login} is taken; choose another."),
    "role_needs_scope": N_("The role {role} needs to know for which unit, cohorts or person it is given."),
    "role_not_yours": N_("This role is not yours to give."),
    "client_name_taken": N_("There is already a program named {name}."),
    "password_length": N_("The password must have {shortest} to {longest} characters."),
    "password_classes": N_("The password must have {classes} of: small letters, capitals, digits, other signs."),
    "password_holds_login": N_("The password must not contain the sign-in name."),
    "passwords_differ": N_("The two passwords are not the same."),
    "login_form": N_("A sign-in name has 2 to 50 letters, digits, dots, hyphens or underscores, without blanks."),
    "login_is_id_number": N_("Do not use an ID number as a sign-in name."),
    "not_an_account": N_("One of those chosen is no account. Load the page again."),
    "required": N_("Name, sign-in name and role must be filled in."),
    "not_a_role": N_("Choose one of the roles in the list."),
    "county_code_form": N_("A county code has six digits."),
    "not_an_id": N_("“{text}” is not an id."),
}
