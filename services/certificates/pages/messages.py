"""The sentences behind the codes of rules and problems."""

from shared.web.language import N_

MESSAGES: dict[str, str] = {
    "name_unprintable": N_("The character {character} ({code_point}) is in none of the fonts certificates are printed with."),
    "name_refused": N_("This name cannot stand on a certificate: {reason} {character}"),
    "certificate_void": N_("This certificate is void already; a void number stays void."),
    "intake_unnumbered": N_("The intake {title} has no number, so its certificates have no series."),
    "not_an_id": N_("“{text}” is not an identifier."),
    "reason_missing": N_("Say why the certificate is voided."),
    "not_rendered": N_("The file of {number} is still being made. Try again in a minute."),
    "secret_lost": N_("The secret behind the codes of {number} is not the one it was issued with."),
    "too_many_checks": N_("Too many checks. Wait {seconds} seconds, then try again."),
}
