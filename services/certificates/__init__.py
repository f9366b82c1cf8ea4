"""Decides who has earned a certificate, and proves it: issue, print, verify, void."""
