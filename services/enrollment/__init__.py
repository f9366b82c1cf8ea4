"""Decides who joins which cohort: program, intake, cohort, quota, roster, waiting list, substitution."""
