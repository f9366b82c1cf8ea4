"""The sentences behind the codes of rules and problems."""

from shared.web.language import N_

MESSAGES: dict[str, str] = {
    "unknown_filter": N_("There is no filter of this name."),
    "year_out_of_range": N_("The year must lie between {first} and {last}."),
    "year_and_days": N_("Give either a year or days from and to, not both."),
    "period_reversed": N_("The first day {first} lies after the last day {last}."),
}
